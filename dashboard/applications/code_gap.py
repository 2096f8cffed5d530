"""A gap in code that a model fills: only of models that learned from functions with their middle last."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.applications import code_made
from dashboard.applications.code_made import Made
from dashboard.applications.code_shown import show
from dashboard.parts import folding, stating
from dashboard.parts.sharing import waits
from dashboard.safe_text import safe_text
from dashboard.writing.form import trained_on
from genmodels.explore.completions import MOST, how, looked_at
from genmodels.kinds.code.middle import asked
from genmodels.kinds.text.decoding import Decoding
from genmodels.runs.run import Run
from genmodels.trained.middle import fill

BEFORE = "def mean(numbers):\n    total = 0\n"
BEHIND = "    return total / len(numbers)\n"
TRAIN = "genmodels train transformer --data python-code --with middle=0.5"


def gap_view(run: Run) -> None:
    """The form; below it what was filled in last."""
    if not learned_gaps(run):
        stating.noted(
            safe_text(
                f"This model goes on from a beginning and can't fill a gap: none of its training functions had its middle last. Train one with: {TRAIN}",
                400,
            ),
        )
        navigation.link("train", "Train a model of code", model="transformer", on="python-code")
        return
    last: Made | None = state.get(state.FILLED)
    with folding.form("code_filled", last.asked if last and last.run == run.id else ""):
        left, right = st.columns(2)
        before = left.text_area("Before the gap", BEFORE, height=160, max_chars=4000, **state.kept("gap.before"))
        behind = right.text_area("Behind the gap", BEHIND, height=160, max_chars=4000, **state.kept("gap.behind"))
        first, second, third, fourth = st.columns(4)
        n = first.number_input("Attempts", 1, MOST, 4, 1, **state.bound(state.NUMBER))
        temperature = second.number_input("Temperature", 0.1, 2.0, 0.8, 0.1, **state.bound(state.TEMPERATURE))
        length = third.number_input("Tokens", 8, 400, 64, 8, **state.bound(state.LENGTH))
        seed = fourth.number_input("Seed", 0, 2**31 - 1 - MOST, 0, 1, **state.bound(state.SEED))
        pressed = st.button("Fill the gap", type="primary", icon=":material/space_bar:")
    if pressed:
        made = _filled(run, before or "", behind or "", int(n), int(seed), how(float(temperature), int(length)))
        state.put(state.FILLED, made)
        folding.fold()
        st.rerun()
    made = state.get(state.FILLED)
    if made is None or made.run != run.id:
        stating.empty("Press Fill the gap: the model writes what could stand between the two.")
        return
    show(run, made, "filled")


def learned_gaps(run: Run) -> bool:
    """Whether a run learned from functions with their middle last."""
    share = run.experiment.source.get("middle", 0.0)
    return isinstance(share, int | float) and share > 0


def _filled(run: Run, before: str, behind: str, n: int, seed: int, decoding: Decoding) -> Made:
    """The gap filled n times, with what is going on in one line."""
    with stating.working("code.gap", "Reading what the model learned from") as tell:
        data, alone = code_made.learned_from(run)
        tell("Loading the model")
        with resources.generator_in_turn(run, waits(tell)) as model:
            tell("The model is writing; the first functions of a session take some seconds more")
            own = fill(model, before, behind, n=n, seed=seed, decoding=decoding)
            weights = model.weights
        tell("Python, pyflakes and bandit are reading them, in a caged process; training files are searched")
        texts = [before + middle + behind for middle in own]
        looked = looked_at(texts, asked(before, behind), None if data is None else code_made.sources_of(data))
    given = "what is before and behind the gap was given"
    return Made(
        run.id,
        trained_on(run),
        "gap",
        given,
        asked(before, behind),
        seed,
        decoding,
        tuple(texts),
        tuple(own),
        looked,
        weights,
        alone=alone,
    )
