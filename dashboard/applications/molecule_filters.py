"""Which molecules are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.parts import stating
from dashboard.safe_text import counted
from genmodels.explore.molecules import KNOWN, LIKENESS
from genmodels.kinds.molecule.files import Found

ORDERS: dict[str, tuple[Callable[[Found], float], bool]] = {  # what is sorted by, and whether the highest comes first
    "as written": (lambda each: each.seed, False),
    "QED, highest first": (lambda each: each.numbers.qed, True),
    "logP, lowest first": (lambda each: each.numbers.logp, False),
    "logP, highest first": (lambda each: each.numbers.logp, True),
    "weight, lightest first": (lambda each: each.numbers.weight, False),
    "SA score, easiest first": (lambda each: each.numbers.access, False),
    "farthest from known ones": (lambda each: float(each.more.get(LIKENESS, 0)), False),
}


def filtered(molecules: Sequence[Found], key: str) -> list[Found]:
    """Those that pass what was chosen, each structure once, sorted."""
    once = list({each.smiles: each for each in reversed(molecules)}.values())[::-1]
    with st.expander("Filter and sort", icon=":material/filter_alt:"):
        left, middle, right = st.columns(3)
        order = left.selectbox("Order", list(ORDERS), key=f"{key}.order")
        qed = middle.slider("QED at least", 0.0, 1.0, 0.0, 0.05, key=f"{key}.qed")
        access = right.slider("SA score at most", 1.0, 10.0, 10.0, 0.5, key=f"{key}.access")
        low, high = left.slider("logP", -10.0, 15.0, (-10.0, 15.0), 0.5, key=f"{key}.logp")
        weight = middle.slider("Weight at most (daltons)", 50, 1500, 1500, 10, key=f"{key}.weight")
        rings = right.slider("Rings", 0, 12, (0, 12), key=f"{key}.rings")
        with st.container(horizontal=True):
            rules = st.checkbox("Lipinski: at most one rule broken", key=f"{key}.rules")
            new = st.checkbox("New ones only", key=f"{key}.new")
    kept = [
        each
        for each in once
        if each.numbers.qed >= qed
        and each.numbers.access <= access
        and (
            low <= each.numbers.logp <= high
            or (low == -10 and each.numbers.logp < low)
            or (high == 15 and each.numbers.logp > high)
        )
        and (each.numbers.weight <= weight or weight == 1500)
        and (rings[0] <= each.numbers.rings <= rings[1] or (rings[1] == 12 and each.numbers.rings > 12))
        and (not rules or each.numbers.broken <= 1)
        and (not new or each.more.get(KNOWN) == "new")
    ]
    by, highest = ORDERS[order]
    if not kept:
        stating.empty("No molecule passes; widen the filter.")
    elif len(kept) < len(once):
        st.caption(f"{counted(len(kept), 'molecule')} of {len(once):,} pass.")
    return sorted(kept, key=by, reverse=highest)
