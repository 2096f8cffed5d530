"""Which subject the page Audit is about: outputs that were brought, or a run; in the address as ?outputs= or ?run=."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import streamlit as st

from dashboard import state
from dashboard.parts import stating
from dashboard.review import asking
from dashboard.safe_text import plain_text, safe_text
from genmodels.kinds.kind import KINDS
from genmodels.review import brought
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

RUN = "run:"  # begins the choice of a run; no token of outputs has a colon


def chosen(store: RunStore) -> brought.Brought | Run | None:
    """What is looked at, by the address; None where it is all of them, or new."""
    known = {each.token: each for each in brought.everything()}
    runs = asking.audited_runs(store, tuple(KINDS))
    names = {"": "All of them, or bring new outputs"}
    names |= called(known.values())
    names |= {f"{RUN}{name}": f"{plain_text(name, 60)} (a run)" for name in runs}
    if len(names) == 1 and not state.in_url(state.RUN):
        state.forget(state.OUTPUTS)
        return None
    _from_address(names)
    choice = st.selectbox(
        "Subject", list(names), format_func=lambda each: names[each], key=state.OUTPUTS, on_change=_to_address
    )
    run = choice.removeprefix(RUN) if choice.startswith(RUN) else ""
    if not run:
        return known.get(choice)
    state.put(state.CHOSEN_MODEL, run)
    return store[run]


def called(subjects: Iterable[brought.Brought]) -> dict[str, str]:
    """By token what each is called in a list; of equal names, when it was brought too: a list knows its lines by their words."""
    rows = list(subjects)
    titles = Counter(plain_text(each.title, 60) for each in rows)
    found = {}
    for each in rows:
        title = plain_text(each.title, 60)
        if titles[title] > 1 or title.endswith(")"):
            title += f" ({datetime.fromtimestamp(each.when, UTC):%Y-%m-%d %H:%M}, {each.token[-6:]})"
        found[each.token] = title
    return found


def _from_address(names: dict[str, str]) -> None:
    """The address says what is chosen, so that Back, a link and the menu are followed; what is not there is said, and nothing
    else shown in its place."""
    state.follow((state.OUTPUTS, state.RUN, state.DEMO))
    if (token := state.take(state.NEXT_OUTPUTS)) is not None:
        _write(token)
    run = state.in_url(state.RUN)
    asked = f"{RUN}{run}" if run else state.in_url(state.OUTPUTS)
    if asked and asked not in names:
        what = "runs to audit" if run else "outputs"
        stating.warned(f"There are no {what} called {safe_text(asked.removeprefix(RUN), 60)}; choose others.")
        _write("")
    state.put(state.OUTPUTS, asked if asked in names else "")


def _to_address() -> None:
    _write(state.get(state.OUTPUTS) or "")


def _write(choice: str) -> None:
    """A choice as the address has it."""
    run = choice.startswith(RUN)
    state.set_in_url(state.RUN, choice.removeprefix(RUN) if run else "")
    state.set_in_url(state.OUTPUTS, "" if run else choice)
