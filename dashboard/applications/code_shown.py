"""Functions that a model wrote, each with what is seen of it; and how far what is seen can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from dashboard.applications.code_made import Made, downloads
from dashboard.parts import handing_out, stating
from dashboard.safe_text import lines_of, made_caption, plain_text, safe_text
from dashboard.writing.code import verdict
from genmodels.explore.completions import Looked
from genmodels.kinds.code.judging import KNOWN, MISSED
from genmodels.runs.run import Run

GOOD, BAD, TOLD = ":material/check_circle:", ":material/error:", ":material/info:"
MOST_NAMES, MOST_PATTERNS = 8, 4  # of a function that are named


def show(run: Run, made: Made, key: str) -> None:
    """All of them, two beside each other."""
    st.caption(made_caption(made.origin, 600))
    if made.alone:
        stating.warned(safe_text(made.alone, 400))
    _numbers(made.looked, len(made.texts))
    numbers = range(len(made.texts))
    for first in numbers[::2]:
        for column, number in zip(st.columns(2, gap="medium"), numbers[first : first + 2], strict=False):
            with column, st.container(border=True):
                _one(run, made, number, key)
    if len(numbers) > 1:
        name = f"{plain_text(run.id, 60)}-{made.name}"
        handing_out.made(
            "All as a zip",
            lambda: made.everything(run, name),
            f"{name}.zip",
            "application/zip",
            key=f"{key}.zip",
            help="Each function as a file of Python, with its signed statement beside it",
        )
    st.caption(safe_text(trusted(made.looked), 1200))


def _numbers(looked: Looked, n: int) -> None:
    """How many pass each check."""
    judged = looked.judged
    copied = sum(map(looked.unusual, range(n)))
    with st.container(horizontal=True):
        for label, count, told in (
            ("Parse", int(judged.parses.sum()), "Python reads them"),
            ("Compile", int(judged.compiles.sum()), "Python makes a program of them, which is not run"),
            ("Names given", int(judged.named.sum()), "pyflakes finds no name that nobody gave"),
            ("Insecure", sum(map(bool, judged.insecure)), "bandit finds a pattern of medium or high severity"),
        ):
            st.metric(label, f"{count} of {n}", width="stretch", help=told)
        st.metric(
            "Copied",
            f"{copied} of {n}" if looked.trust else "–",
            width="stretch",
            help="They share more with the training files than 99 of 100 unseen functions of their length do",
        )


def _one(run: Run, made: Made, number: int, key: str) -> None:
    text = made.texts[number]
    st.markdown(f"**Attempt {number + 1}**, seed {made.seed + number}")
    st.code(lines_of(text) or " ", language="python", wrap_lines=True)
    if made.problem is None:
        st.caption("Written into the gap:")
        st.code(lines_of(made.own[number]) or " ", language="python", wrap_lines=True)
    st.markdown("  \n".join(seen(made.looked, number, text)))
    downloads(run, made, number, key)


def seen(looked: Looked, number: int, text: str) -> Iterator[str]:
    """What is seen of one function, a line of markdown each."""
    judged = looked.judged
    if not judged.parses[number]:
        yield f"{BAD} Does not parse: {safe_text(verdict(text).sentence, 200)}"
    elif not judged.compiles[number]:
        yield f"{BAD} Parses and does not compile"
    else:
        yield f"{GOOD} Parses and compiles"
    if judged.parses[number]:
        missing = judged.missing[number]
        names = ", ".join(missing[:MOST_NAMES]) + " and others" * (len(missing) > MOST_NAMES)
        yield f"{BAD} Used and nowhere defined: {safe_text(names, 200)}" if missing else f"{GOOD} Every name is defined"
        yield from _patterns(looked, number)
    yield _copied(looked, number)


def _patterns(looked: Looked, number: int) -> Iterator[str]:
    places = looked.judged.insecure[number]
    if not places:
        yield f"{TOLD} bandit finds no insecure pattern"
    for each in places[:MOST_PATTERNS]:
        yield f"{BAD} Insecure, line {each.line}: {safe_text(f'{each.why} ({each.test})', 240)}"


def _copied(looked: Looked, number: int) -> str:
    found = looked.copied[number]
    if looked.trust is None:
        return f"{TOLD} Not compared with training files"
    if found is None:
        return f"{TOLD} Too short to be compared with training files"
    if not found.words:
        return f"{GOOD} No word of it stands in a training file"
    unusual = looked.unusual(number)
    beyond = "more than in 99 of 100 unseen functions of its length" if unusual else "as in unseen functions"
    beyond = "all of them given" if looked.given(number) else beyond
    where = f"{found.file or 'a training text'} ({found.licence or 'licence not known'})"
    told = (
        f"{found.words} of its {found.of} words in a row stand in {where}, {beyond}: “{plain_text(found.passage, 160)}”"
    )
    return f"{BAD if unusual else TOLD} {safe_text(told, 500)}"


def trusted(looked: Looked) -> str:
    """How often what is seen is wrong, in plain text."""
    trust = looked.trust
    copies = (
        f"Copies are looked for in words, so that capitals and spaces do not count. {trust.told()} " if trust else ""
    )
    return (
        f"{copies}bandit finds the {len(KNOWN)} planted patterns of kinds that it knows and none of {len(MISSED)} others ({', '.join(MISSED)}): no pattern found is not safe. "
        "Types are not checked: functions that stand alone have lost what their names are."
    )
