"""The instruments: one's own first, then those of the gallery, each with what it does and what was measured of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import navigation, resources
from dashboard.parts import stating, verdicts
from dashboard.run_rows import Row, measures
from dashboard.runs import choosing, working
from dashboard.safe_text import safe_text
from dashboard.training import live
from genmodels.models.recipe import MODELS
from genmodels.runs.store import RunStore

COLUMNS = 2


def view() -> None:
    """A card each; a sentence where there is none."""
    store = RunStore.default()
    rows = [row for row in resources.run_rows(store) if measures(row)]
    own, shipped = [row for row in rows if not row["gallery"]], [row for row in rows if row["gallery"]]
    if own:
        st.header("Yours", anchor=False)
        working.view(choosing.choose(rows), store)
        _cards(own, store)
        st.header("Came with it", anchor=False)
    if shipped:
        _cards(shipped, store)
    else:
        stating.noted("No instrument came with this copy; `make gallery` makes them all.")


def _cards(rows: Sequence[Row], store: RunStore) -> None:
    for start in range(0, len(rows), COLUMNS):
        for column, row in zip(st.columns(COLUMNS), rows[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                _card(row, store)


def _card(row: Row, store: RunStore) -> None:
    navigation.link(live.page(row["state"]), safe_text(row["name"] or row["id"], 60), run=row["id"])
    if not row["gallery"]:
        live.badge(row["state"])
    st.markdown(safe_text(MODELS[row["model"]].summary(), 200))
    st.caption(safe_text(f"{row['model']} trained on {row['data']}", 200))
    if row["problem"]:
        st.caption(f":material/broken_image: Damaged: {safe_text(row['problem'], 120)}.")
    else:
        verdicts.highlights(resources.summary(store[row["id"]])["findings"])
