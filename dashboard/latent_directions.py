"""Directions of the latent space: a slider each, and how well those with labels tell their groups apart."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import gallery, resources, state
from dashboard.anchors import data_of, key_of, warn_outside
from dashboard.text import refuse, safe_text
from genmodels.explore import directions, latent
from genmodels.refusal import Refusal
from genmodels.runs import Run


def directions_view(run: Run) -> None:
    """A slider a direction: those found without labels, and one between any two groups of the data."""
    with st.spinner("Looking for directions …"), resources.generator(run) as model:
        free = resources.explored(key_of(run, "directions"), lambda: directions.unsupervised(model))
    known = labelled_direction(run)
    sliders(run, [*known, *free])


def labelled_direction(run: Run) -> list[directions.Direction]:
    """The direction between two groups that the user chooses, with how well it tells them apart."""
    train = data_of(run).train
    groupings = {name: sorted({g for g in values if g}) for name, values in train.groups.items() if len({g for g in values if g}) > 1}
    if train.labels is not None and not groupings:
        names = run.spec.vocabulary or tuple(str(i) for i in range(run.spec.classes))
        groupings = {"label": list(names)}
    if not groupings:
        return []
    with st.container(border=True):
        left, middle, right = st.columns(3)
        grouping = left.selectbox("With labels: grouping", list(groupings), format_func=safe_text, **state.kept("directions.grouping"))
        first = middle.selectbox("From", groupings[grouping], format_func=safe_text)
        second = right.selectbox("To", groupings[grouping], index=min(1, len(groupings[grouping]) - 1), format_func=safe_text)
        if first == second:
            st.info("Choose two different groups.")
            return []
        values = train.groups[grouping] if grouping in train.groups else np.array([groupings["label"][label] for label in train.labels])
        sides = [np.flatnonzero(values == group)[:500] for group in (first, second)]
        labels = None if train.labels is None else (train.labels[sides[0]], train.labels[sides[1]])

        def find() -> directions.Direction:
            with resources.generator(run) as model:
                return directions.between(model, f"{first} → {second}", *(train.images[side] for side in sides), labels=labels)

        try:
            with st.spinner(safe_text(f"Looking for the direction from {first} to {second} …")):
                found = resources.explored(key_of(run, "between", grouping, first, second), find)
        except Refusal as refusal:
            refuse(refusal)
            return []
        strength = found.strength
        told = f"Tells the two apart in {strength.value:.0%} of latents held back (95 % interval {strength.low:.0%} to {strength.high:.0%}, n = {strength.n})."
        st.caption(told if found.found else f"Not found: {told} That is no better than chance.")
    return [found]


@st.fragment
def sliders(run: Run, found: list[directions.Direction]) -> None:
    """Eight draws, moved along each direction by its slider; only this part is drawn again."""
    seed = st.number_input("Seed of the eight pictures", 0, 2**31 - 1, 1, **state.kept("directions.seed"))
    columns = st.columns(2)
    amounts = []
    for number, direction in enumerate(found):
        label = direction.name if not isinstance(direction.strength, float) else f"{direction.name} ({direction.strength:.0%} of variance)"
        amounts.append(columns[number % 2].slider(safe_text(label), -4.0, 4.0, 0.0, 0.25, key=f"direction.{direction.name}", help="In standard deviations of the latent along it."))
    with resources.generator(run) as model:
        start = model.latents(8, seed=int(seed))
        before, after = model.decode(start), model.decode(directions.moved(start, found, amounts))
    st.caption("Above: as drawn from the seed. Below: moved by the sliders.")
    gallery.images(np.concatenate([before, after]), "Eight samples above the same eight moved along the chosen directions", columns=8, side=960)
    warn_outside(latent.typicality(directions.moved(start, found, amounts)))
