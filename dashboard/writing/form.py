"""What the prompt page asks for: a model of texts, where the text begins, and how the next token is chosen."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import resources, state
from dashboard.parts import forms, samples
from dashboard.safe_text import plain_text, safe_text
from genmodels.data.dataset import DATA
from genmodels.kinds.kind import KINDS
from genmodels.kinds.text.decoding import Decoding, unescaped
from genmodels.kinds.text.tokens import Tokens
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names

MOST_CHARACTERS = 1_000_000  # of a prompt
SAMPLES = (1, 2, 3, 4)
EXAMPLES = {  # by data set: how its documents begin, to be clicked
    "python-docs": (
        "The function returns",
        "Return the",
        "If the file",
        "This method is called",
        "Raise an exception",
        "The default is",
    ),
    "python-code": ("def __init__(self", "def read(", "class Error(", "for name in", "try:", "def test_"),
    "occupations": (
        "The nurse said that",
        "The engineer told",
        "Nobody helped the doctor",
        "The teacher smiled",
        "The pilot wrote",
        "The cook asked",
    ),
}
MOST_EXAMPLES, LONGEST_EXAMPLE = 6, 30  # examples; characters of one that is cut from a document


def writers(store: RunStore) -> list[str]:
    """The runs of models of texts that have weights: the gallery, then the user's own, newest first."""
    return of_role(store, "writer")


def of_role(store: RunStore, role: str) -> list[str]:
    """The runs of models that write such sequences, by the role that their kind gives them (`Kind.writer`), and have weights."""
    rows = [
        row
        for row in resources.run_rows(store)
        if row["model"] in MODELS
        and any(KINDS[kind].tokens for kind in MODELS[row["model"]].kinds)
        and (row["data"] not in DATA or KINDS[DATA[row["data"]].kind].writer == role)
    ]
    shipped = [row["id"] for row in rows if row["gallery"] and row["id"] in gallery_names()]
    own = [row["id"] for row in rows if not row["gallery"]]
    return [
        *shipped,
        *(name for name in own if any((store[name].path / part).is_dir() for part in ("checkpoints", "epochs"))),
    ]


def trained_on(run: Run) -> str:
    """`transformer on python-docs`, in plain text."""
    experiment = run.experiment
    return plain_text(f"{experiment.model} on {experiment.data}", 120)


def prompt_area(run: Run) -> str:
    """Where the text begins; empty at the beginning of a document."""
    state.from_url(state.PROMPT)
    example = (examples(run) or ("The",))[0]
    prompt = (
        st.text_area(
            "Prompt",
            height=90,
            placeholder=f"Such as: {example} … Left empty, the model begins a document.",
            **state.kept(state.PROMPT),
        )
        or ""
    )
    if len(prompt) > MOST_CHARACTERS:
        raise Refusal(
            f"The prompt has {len(prompt):,} characters; give at most {MOST_CHARACTERS:,}, of which the model reads the end."
        )
    return prompt


def example_buttons(run: Run) -> None:
    """Beginnings that the model can go on from; a click puts one into the prompt and has the model write."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for example in examples(run):
            st.button(
                safe_text(example, 60),
                key=f"example.{example}",
                on_click=_ask_for,
                args=(example,),
                help="Write on from this",
            )


def _ask_for(prompt: str) -> None:
    state.put(state.PROMPT, prompt)
    state.put(state.WRITE_NOW, True)


def examples(run: Run) -> list[str]:
    """About six beginnings in the model's vocabulary: of texts of one's own, what its samples were written after."""
    found = EXAMPLES.get(run.experiment.data) or dict.fromkeys(_beginnings(run))
    tokens = Tokens.of(run.spec)
    return [each for each in found if not tokens.unknown(each)][:MOST_EXAMPLES]


def _beginnings(run: Run) -> list[str]:
    """The first words of the texts in the newest file of samples."""
    newest = max(run.samples.items(), default=None)
    try:
        texts = samples.written_texts(newest[1]) if newest else []
    except Refusal:
        return []
    shown = ((text["prompt"] or text["text"]).split("\n")[0] for text in texts)
    return [line[:LONGEST_EXAMPLE].rsplit(" ", 1)[0] for line in shown if line.strip()]


def settings_form(*, several: bool) -> tuple[int, int, Any]:
    """Seed, number of texts, and how the next token is chosen, behind one button."""
    with st.popover("Seed and settings", icon=":material/tune:", width="content"):
        seed, n = _seed_and_samples(several)
        return seed, n, _decoding_form()


def _seed_and_samples(several: bool) -> tuple[int, int]:
    """The first seed, and how many texts are written side by side (each further one has the next seed)."""
    left, right, _ = st.columns([1, 2, 1])
    seed = left.number_input(
        "Seed",
        0,
        2**31 - 8,
        0,
        1,
        help="The same seed, prompt and settings give the same text.",
        **state.bound(state.SEED),
    )
    if not several:
        return int(seed), 1
    n = right.segmented_control(
        "Texts side by side",
        SAMPLES,
        default=1,
        required=True,
        help="Each further text has the next seed.",
        **state.kept(state.SAMPLES),
    )
    return int(seed), int(n or 1)


def _decoding_form() -> Any:
    """How the next token is chosen from the model's probabilities."""
    answers = forms.knob_form("decoding", Decoding.knobs())
    st.caption("In the text that stops the writing, \\\\n stands for a new line.")
    answers["stop"] = unescaped(answers["stop"])
    return Decoding.from_dict(answers)
