"""Whether completed functions solve their problem: asked in the cage, beside what learned nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.applications.code_made import Made, floors_of, learned_from
from dashboard.parts import stating
from dashboard.safe_text import counted, lines_of, plain_text, safe_text
from genmodels.data.problems import Problem
from genmodels.estimates import rounding
from genmodels.estimates.estimate import clopper_pearson
from genmodels.explore.completions import Answered, answered
from genmodels.jobs.programs import ENDS, told, walls, why_not
from genmodels.measuring.code import FLOOR, NEAREST
from genmodels.runs.run import Run

MODEL = "This model"
LIMITS = "Each function has 3 s of the processor and 256 MB; what the right answers are never enters."
RIGHT, WRONG = "✓", "✗"


@dataclass(frozen=True)
class Tried:
    """What came of the functions that were made, and of the floors, by whose they are; the nearest training function and its file."""

    of: Made
    answers: dict[str, list[Answered]]
    nearest: str = ""
    file: str = ""


def running(run: Run, made: Made) -> None:
    """Which walls are up, the button, and what came of it; where walls are missing nothing runs."""
    problem = made.problem
    if problem is None:
        return
    st.header("Does it solve the problem?", anchor=False)
    with stating.waiting("Trying the walls of the cage"):
        layers = walls()
    if reason := why_not(layers):
        stating.warned(safe_text(reason, 600))
        return
    st.caption(safe_text(f"{told(layers)} {LIMITS}", 600))
    if st.button("Run in the cage", icon=":material/play_arrow:", key="code.run"):
        state.put(state.TRIED, _tried(run, made, problem))
    tried: Tried | None = state.get(state.TRIED)
    if tried is None or tried.of is not made:
        stating.empty(
            f"Press Run in the cage: each function is asked {counted(len(problem.tests), 'question')}, and so are a 5-gram's and the nearest training functions.",
        )
        return
    _passes(tried)
    _answers(tried, problem)
    if tried.nearest:
        with st.expander("The nearest training function", icon=":material/library_books:"):
            st.code(lines_of(tried.nearest), language="python", wrap_lines=True)
            st.caption(
                safe_text(
                    f"Of {tried.file or 'the training text'}, found by the words of the signature and docstring.", 300
                )
            )


def _tried(run: Run, made: Made, problem: Problem) -> Tried:
    """Everything run, with how far it is."""
    with stating.working("code.running", "Preparing what it is compared with") as tell:
        texts: dict[str, Sequence[str]] = {MODEL: made.texts}
        nearest = file = ""
        data, _ = learned_from(run)
        if data is not None:
            floors = floors_of(data)
            texts |= floors.attempts(
                problem, docstring=made.docstring, n=len(made.texts), seed=made.seed, decoding=made.decoding
            )
            nearest, file = floors.nearest(problem)
            file = f"{file} ({data.licence})" if file else ""

        def report(done: int, of: int) -> None:
            tell(f"{done} of {of} different functions were run", done / of)

        answers = answered(problem, texts, report)
        return Tried(made, answers, nearest, file)


def _passes(tried: Tried) -> None:
    """How many attempts answer every question rightly."""
    rows: list[dict[str, Any]] = []
    for name, few in tried.answers.items():
        right = sum(each.passed for each in few)
        share = clopper_pearson(right, len(few))
        found = rounding.told(share.value, share.low, share.high)
        by_chance = name != NEAREST  # the nearest functions are always the same
        rows.append(
            {
                "Whose": {FLOOR: "A 5-gram", NEAREST: "Nearest training functions"}.get(name, name),
                "Attempts": len(few),
                "Right": right,
                "pass@1": found.value if by_chance else f"{right / len(few):.2g}",
                "95 % interval": f"{found.low} to {found.high}" if by_chance else "none",
            }
        )
    st.dataframe(
        rows,
        hide_index=True,
        key="code.passes",
        alt="How many attempts solve the problem, beside a 5-gram and the nearest training functions",
    )
    st.caption(
        "An attempt passes where every answer is right. The interval (Clopper and Pearson) is for other attempts at this one problem; the nearest "
        "functions are always the same and have none. How often the model solves other problems is measured over all of ours, below."
    )


def _answers(tried: Tried, problem: Problem) -> None:
    """Which answers of each attempt were right, a line for each question."""
    few = tried.answers[MODEL]
    rows = [
        {"Asked": _cell(f"{problem.function}{_arguments(given)}"), "Right answer": _cell(repr(right))}
        | {f"Attempt {number}": _answer(each, place) for number, each in enumerate(few, 1)}
        for place, (given, right) in enumerate(problem.tests)
    ]
    st.dataframe(
        rows, hide_index=True, key="code.answers", alt="The questions, the right answers, and those of each attempt"
    )
    ends = "; ".join(f"{number} {_end(each)}" for number, each in enumerate(few, 1))
    st.caption(safe_text(f"How each attempt ended: {ends}.", 1500))


def _arguments(given: tuple[Any, ...]) -> str:
    return repr(given) if len(given) != 1 else f"({given[0]!r})"


def _answer(each: Answered, place: int) -> str:
    if place >= len(each.ran.answers):
        return f"{WRONG} none"
    return _cell(f"{RIGHT if each.right[place] else WRONG} {each.ran.answers[place]!r}")


def _cell(text: str) -> str:
    return plain_text(text, 120)


def _end(each: Answered) -> str:
    """How an attempt ended, with the last line of what it raised."""
    said = f" ({plain_text(each.ran.said, 100)})" if each.ran.said else ""
    return f"{ENDS[each.ran.ended]}{said}"
