"""Texts as a model writes them: streamed, stopped, shown with where they come from, downloaded."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import resources, state
from dashboard.parts import folding, forms, handing_out, stating
from dashboard.parts.sharing import waits
from dashboard.safe_text import counted, lines_of, made_caption, plain_text, safe_text
from dashboard.writing.code import verdict
from dashboard.writing.form import trained_on
from genmodels.kinds.kind import KINDS
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.tokens import Tokens
from genmodels.provenance import way_out
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

EVERY = 0.05  # seconds between two pictures of a stream
SHOWN = 3000  # characters of a prompt that are shown
SHORT = 40  # characters of one that stands beside its label
ENDS = {
    "": "stopped before its end",
    "end": "ended by the model",
    "stop": "ended at the stop text",
    "length": "ended at the most tokens",
}


@dataclass(frozen=True)
class Draft:
    """What is to be written: by which run, from which prompt and seed."""

    run: str
    prompt: str
    seed: int


@dataclass(frozen=True)
class Made:
    """A text that a model wrote, with all that is needed to have it written again."""

    run: str
    model: str  # "transformer on python-docs"
    kind: str  # text or code
    prompt: str
    seed: int
    decoding: dict[str, Any]
    text: str
    finished: str
    notice: str = ""
    weights: Weights | None = None  # of the model that wrote it

    @property
    def claimed(self) -> dict[str, Any]:
        """The settings that had a say."""
        return way_out.claimed(self.decoding, self.text, _tokens_of(self.run) if self.text else None)

    @property
    def line(self) -> str:
        """Where the text comes from, in one line of plain text."""
        settings = forms.told(
            {name: repr(value) if isinstance(value, str) else value for name, value in self.claimed.items()}
        )
        return made_by_a_model(
            f"{self.model}, run {self.run}, seed {self.seed}, {settings}. {ENDS.get(self.finished, self.finished).capitalize()}."
        )

    @property
    def told(self) -> str:
        """The same in short, for a view beside the one with the whole line."""
        return made_by_a_model(f"{self.model}, run {self.run}, seed {self.seed}.")

    @property
    def facts(self) -> dict[str, str]:
        of_weights = {} if self.weights is None else {"Epoch": self.weights.epoch, "Weights": self.weights.sha256}
        return {"Model": f"{self.model} {self.run}", **of_weights, "Seed": str(self.seed), "Prompt": self.prompt}

    def files(self) -> way_out.TextFiles:
        """The text under its line, and the signed statement about it; both enter it into the ledger, once."""
        of_weights = "" if self.weights is None else f" Epoch {self.weights.epoch}, weights {self.weights.sha256}."
        not_read = f" {' '.join(self.notice.split())}" if self.notice else ""
        whole = f"{self.line}{of_weights}{not_read}\n\n--- prompt ---\n{self.prompt}\n--- written by the model ---\n{self.text}\n"
        return way_out.texts([whole.encode(errors="replace").decode()], [self.facts])[0]

    def as_text(self) -> way_out.Marked:
        return self.files().text

    def as_signed(self) -> way_out.Marked:
        return self.files().statement

    def as_json(self) -> way_out.Marked:
        """All that made it, signed within."""
        return way_out.record(dataclasses.asdict(self) | {"decoding": self.claimed}, self.text, self.facts)


def _tokens_of(run: str) -> Tokens | None:
    """The tokens that a run writes with; None where the run is gone."""
    try:
        return Tokens.of(RunStore.default()[run].spec)
    except Refusal:
        return None


def written(view: str) -> list[Made]:
    """The texts that were written last in a view."""
    kept: dict[str, list[Made]] = state.get(state.WRITTEN, {})
    return kept.get(view, [])


def asked_for(texts: Sequence[Made], run: Run) -> str:
    """What texts were asked for, in one line of plain text: prompt, how many, first seed, and the settings that are not the
    usual ones; who wrote them, where that is not this run alone. "" where there is none."""
    if not texts:
        return ""
    prompts = list(dict.fromkeys(plain_text(each.prompt, 60) or "no prompt" for each in texts))
    usual = Decoding().to_dict()
    changed = {name: value for name, value in texts[0].decoding.items() if value != usual.get(name)}
    said = [" and ".join(prompts), counted(len(texts), "text"), f"seed {texts[0].seed}"]
    said += [f"{name.replace('_', ' ')} {plain_text(value, 30)}" for name, value in changed.items()]
    writers = list(dict.fromkeys(each.run for each in texts))
    return ", ".join(said) + ("" if writers == [run.id] else f", written by {' and '.join(writers)}")


def keep(view: str, texts: list[Made]) -> None:
    folding.fold()
    state.put(state.WRITTEN, {**state.get(state.WRITTEN, {}), view: texts})


def stream(view: str, drafts: Sequence[Draft], decoding: Decoding, store: RunStore) -> None:
    """Write the drafts, each in its column as it comes. Any press of a button ends it, and what was written stays.

    What is there so far is kept before it is drawn: Streamlit ends this run of the page where something is drawn. What was
    written before stays until the first token is there.
    """
    runs = {draft.run: store[draft.run] for draft in drafts}
    texts = [_begun(runs[draft.run], draft, decoding) for draft in drafts]
    labels, places = [], []
    for column, text in zip(st.columns(len(drafts)), texts, strict=True):
        with column, st.container(border=True, gap="xsmall"):
            _prompt(text)
            labels.append(st.empty())
            places.append(st.empty())
    for name, run in runs.items():
        numbers, last = [i for i, draft in enumerate(drafts) if draft.run == name], 0.0
        with (
            stating.working(f"writing.{name}", "Loading the model", stoppable=False) as tell,
            resources.generator_in_turn(run, waits(tell)) as model,
        ):
            tell("The model is writing; the first text of a new length takes some seconds")
            for i in numbers:
                labels[i].caption(made_caption(f": {texts[i].model}, run {run.id}, which is still writing.", 300))
            for parts in model.write(
                [drafts[i].prompt for i in numbers], seeds=[drafts[i].seed for i in numbers], decoding=decoding
            ):
                for i, part in zip(numbers, parts, strict=True):
                    texts[i] = dataclasses.replace(
                        texts[i], text=part.text, finished=part.finished, notice=part.notice, weights=model.weights
                    )
                keep(view, list(texts))
                if time.monotonic() - last >= EVERY:
                    for i in numbers:
                        places[i].text(lines_of(texts[i].text) or " ")
                    last = time.monotonic()


def _begun(run: Run, draft: Draft, decoding: Decoding) -> Made:
    return Made(run.id, trained_on(run), run.spec.kind, draft.prompt, draft.seed, decoding.to_dict(), "", "")


def _head(text: Made) -> None:
    """The prompt and the line that says that a model made what follows."""
    _prompt(text)
    st.caption(made_caption(text.line, 600))


def _prompt(text: Made) -> None:
    """What the user wrote; a short one beside its label."""
    if not text.prompt or KINDS[text.kind].language:
        return
    cut, short = len(text.prompt) - SHOWN, len(text.prompt) <= SHORT and "\n" not in text.prompt
    with st.container(horizontal=short, gap="small" if short else "xxsmall"):
        width: Any = "content" if short else "stretch"
        last = f"Prompt (its last {SHOWN:,} of {counted(len(text.prompt), 'character')})"
        st.caption("Prompt" if cut <= 0 else last, width=width)
        st.text(lines_of(text.prompt[-SHOWN:]), width=width)


def show(texts: Sequence[Made], key: str) -> None:
    """Texts side by side, each with its prompt, its line, what was wrong, and its downloads."""
    for number, (column, text) in enumerate(zip(st.columns(len(texts)), texts, strict=True)):
        with column, st.container(border=True, gap="xsmall"):
            _head(text)
            show_code(text) if KINDS[text.kind].language else st.text(lines_of(text.text) or "(nothing)")
            if text.notice:
                stating.noted(safe_text(text.notice, 600))
            downloads(text, f"{key}.{number}")


def show_code(text: Made) -> None:
    """Prompt and text as one highlighted code, and whether it parses."""
    code = text.prompt + text.text
    cut = max(0, len(text.prompt) - SHOWN)
    st.code(lines_of(code[cut:]) or " ", language="python", line_numbers=not cut, wrap_lines=True)
    found = verdict(code)
    lines = len(code.splitlines())
    begins = f"The first {counted(len(text.prompt), 'character')} are the prompt. " if text.prompt else ""
    if found.parses:
        stating.done(f"{begins}Python {found.sentence} it.")
    else:
        rest = f" The first {counted(found.whole, 'line')} of {lines} parse by themselves." if found.whole else ""
        stating.warned(f"{begins}Python does not parse it: {safe_text(found.sentence, 300)}.{rest}")


def downloads(text: Made, key: str) -> None:
    """The text with its line, and the record of how it was made."""
    with st.container(horizontal=True):
        name = f"{text.run}-seed-{text.seed}"
        handing_out.made("Text", text.as_text, f"{name}.txt", "text/plain", key=f"{key}.txt")
        handing_out.made(
            "Signed statement",
            text.as_signed,
            f"{name}.txt.provenance.json",
            "application/json",
            key=f"{key}.signed",
            icon=":material/verified:",
            help="Keep it beside the text: it says that a model made it, and shows every change since. It can be lost; the watermark and the ledger remain.",
        )
        handing_out.made("JSON", text.as_json, f"{name}.json", "application/json", key=f"{key}.json")
