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
    choice = st.selectbox("Subject", list(names), format_func=lambda each: names[each], key=state.OUTPUTS)
    run = choice.removeprefix(RUN) if choice.startswith(RUN) else ""
    state.to_url(state.OUTPUTS, "" if run else choice)
    state.set_in_url(state.RUN, run)
    state.put(state.AUDITED_RUN, run)
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
    """Take over what a link, or the page itself, asked for; what is not there is said, and nothing else shown in its place."""
    if (token := state.take(state.NEXT_OUTPUTS)) is not None:
        state.to_url(state.OUTPUTS, token)
        state.put(state.OUTPUTS, token)
        state.set_in_url(state.RUN, "")
        state.put(state.AUDITED_RUN, "")
    back = state.get(state.OUTPUTS) is None  # from another page: the choice is gone, the address is not
    state.from_url(state.OUTPUTS)
    if back and (there := state.in_url(state.OUTPUTS)):
        state.put(state.OUTPUTS, there)
    run = state.in_url(state.RUN)
    if run and (back or run != state.get(state.AUDITED_RUN)):
        state.put(state.OUTPUTS, f"{RUN}{run}")
    if (asked := state.get(state.OUTPUTS)) not in names:
        if asked:
            what = "runs to audit" if str(asked).startswith(RUN) else "outputs"
            called = str(asked).removeprefix(RUN)
            stating.warned(f"There are no {what} called {safe_text(called, 60)}; choose others.")
        state.put(state.OUTPUTS, "")
