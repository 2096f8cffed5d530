"""A function that a model is asked for by its signature: the form, what came of it, and whether it solves the problem."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import resources, state
from dashboard.applications import code_made
from dashboard.applications.code_made import Made
from dashboard.applications.code_running import running
from dashboard.applications.code_shown import show
from dashboard.parts import folding, stating
from dashboard.parts.sharing import waits
from dashboard.safe_text import lines_of, plain_text
from dashboard.writing.form import trained_on
from genmodels.data.problems import Problem, asked_for, own_problems
from genmodels.explore.completions import MOST, completed, how, looked_at, problem_named
from genmodels.kinds.text.decoding import Decoding
from genmodels.measuring.code import LENGTH, TEMPERATURE, has_docstrings, prompt_of
from genmodels.runs.run import Run

OWN = "A function of your own"
DOCSTRINGS = {"As it learned": None, "Given": True, "Left out": False}
FIRST, LONGEST = 4, 400  # attempts; tokens of one


@dataclass(frozen=True)
class Asked:
    """What the form says: a problem by its name, or a signature and docstring; how many, from which seed, how."""

    problem: str
    signature: str
    docstring: str
    given: str  # one of DOCSTRINGS
    n: int
    seed: int
    decoding: Decoding

    def wanted(self) -> Problem:
        """The function that is asked for; raises `Refusal` for what is none."""
        return problem_named(self.problem) if self.problem != OWN else asked_for(self.signature, self.docstring)


def completed_view(run: Run) -> None:
    """The form; below it the functions that were completed last."""
    before: Made | None = state.get(state.COMPLETED)
    with folding.form("code_completed", before.asked if before and before.run == run.id else ""):
        asked = _form()
        pressed = st.button("Complete", type="primary", icon=":material/code:")
    if pressed:
        state.put(state.COMPLETED, _made(run, asked))
        folding.fold()
        st.rerun()
    made: Made | None = state.get(state.COMPLETED)
    if made is None or made.run != run.id:
        stating.empty(
            "Press Complete: the model goes on from the signature, and each function is read by Python, pyflakes and bandit and compared with the training files. Nothing is run.",
        )
        return
    show(run, made, "completed")
    if made.problem is not None and made.problem.tests:
        running(run, made)


def _form() -> Asked:
    """What is asked for."""
    names = [OWN, *(each.function for each in own_problems())]
    problem = st.selectbox(
        "Problem",
        names,
        help="Those with a name are ours and have questions with known answers, so that what is written can be run and judged.",
        **state.bound(state.PROBLEM),
    )
    signature = docstring = ""
    if problem == OWN:
        signature = st.text_input(
            "Signature", max_chars=500, placeholder="Such as def double(n):", **state.bound(state.SIGNATURE)
        )
        docstring = st.text_area(
            "Docstring",
            max_chars=2000,
            height=90,
            placeholder="What the function does",
            **state.bound(state.DOCSTRING),
        )
    else:
        st.code(lines_of(problem_named(problem).prompt), language="python", wrap_lines=True)
    return Asked(str(problem), signature or "", docstring or "", *_settings())


def _settings() -> tuple[str, int, int, Decoding]:
    """How many, how daring, how long, from which seed, and whether the docstring is given."""
    first, second, third, fourth, fifth = st.columns([1, 1, 1, 1, 2])
    n = first.number_input("Attempts", 1, MOST, FIRST, 1, **state.bound(state.NUMBER))
    temperature = second.number_input(
        "Temperature",
        0.1,
        2.0,
        TEMPERATURE,
        0.1,
        help="Lower: the more usual code. Higher: stranger code.",
        **state.bound(state.TEMPERATURE),
    )
    length = third.number_input(
        "Tokens", 8, LONGEST, LENGTH, 8, help="The most that are written", **state.bound(state.LENGTH)
    )
    seed = fourth.number_input(
        "Seed", 0, 2**31 - 1 - MOST, 0, 1, help="The same seed and settings write the same.", **state.bound(state.SEED)
    )
    given = fifth.selectbox(
        "Docstring to the model",
        list(DOCSTRINGS),
        help="As it learned: it is given where the training functions have docstrings, else the signature alone.",
        **state.kept("code.docstring"),
    )
    return str(given), int(n), int(seed), how(float(temperature), int(length))


def _made(run: Run, asked: Asked) -> Made:
    """Completed and looked at, with what is going on in one line."""
    with stating.working("code.completed", "Reading what the model learned from") as tell:
        return _completed(run, asked, asked.wanted(), tell)


def _completed(run: Run, asked: Asked, problem: Problem, tell: stating.Telling) -> Made:
    data, alone = code_made.learned_from(run)
    choice = DOCSTRINGS[asked.given]
    docstring = choice if choice is not None else data is None or has_docstrings(data.train.documents)
    tell("Loading the model")
    with resources.generator_in_turn(run, waits(tell)) as model:
        tell("The model is writing; the first functions of a session take some seconds more")
        texts = completed(model, problem, docstring=docstring, n=asked.n, seed=asked.seed, decoding=asked.decoding)
        weights = model.weights
    tell("Python, pyflakes and bandit are reading them, in a caged process; training files are searched")
    prompt = prompt_of(problem, docstring)
    looked = looked_at(texts, prompt, None if data is None else code_made.sources_of(data))
    both = (
        "signature and docstring were given"
        if docstring and problem.prompt.strip() != problem.signature.strip()
        else ""
    )
    return Made(
        run.id,
        trained_on(run),
        plain_text(problem.function, 40),
        both or "the signature alone was given",
        prompt,
        asked.seed,
        asked.decoding,
        tuple(texts),
        tuple(text[len(prompt) :] for text in texts),
        looked,
        weights,
        problem,
        docstring,
        alone,
    )
