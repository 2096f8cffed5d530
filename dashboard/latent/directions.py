"""Directions of the latent space: a slider each, and how well those with labels tell their groups apart."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.latent.anchors import anchors, data_if_there, groupings, key_of, model_of, said, warn_outside
from dashboard.parts import folding, samples, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.explore import directions, walks
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.verdicts.finding import spaced

MOVED = 8  # pictures in a row
ENCODED = 500  # pictures of each group
OPENED_AT = 2.0  # standard deviations by which the direction between two groups is moved at first


def directions_view(run: Run) -> None:
    """A slider a direction: those found without labels, and one between any two groups of the data."""
    with (
        folding.form("latent_directions", f"{said()}, moved along directions", opened="Chosen"),
        folding.opens("latent_directions"),
    ):
        points, _ = anchors(run, fewest=1)
        seed = st.number_input("Seed of the pictures beside them", 0, 2**31 - 1, 1, **state.kept("directions.seed"))
    with stating.waiting("Looking for directions"), model_of(run) as model:
        free = resources.explored(key_of(run, "directions"), lambda: directions.unsupervised(model))
    known = labelled_direction(run)
    sliders(run, points[:MOVED], int(seed), [*known, *free], correlations(run, free))


def correlations(run: Run, free: list[directions.Direction]) -> list[directions.Correlate | None]:
    """With which group of the data each component goes, where the model encodes and there are groups."""
    data = data_if_there(run) if run.experiment.make_recipe().encodes else None
    known = groupings(run, data.train) if data is not None else {}
    if data is None or not known:
        return [None] * len(free)

    def find() -> list[directions.Correlate | None]:
        index = np.random.default_rng(0).permutation(len(data.train))[: 2 * ENCODED]
        with model_of(run) as model:
            latents = model.encode(data.train.images[index], data.train.labels[index] if model.classes else None)
        return directions.correlates(free, latents, {name: values[index] for name, values in known.items()})

    return resources.explored(key_of(run, "correlates"), find)


def labelled_direction(run: Run) -> list[directions.Direction]:
    """The direction between two groups that the user chooses, with how well it tells them apart."""
    data = data_if_there(run)
    known = groupings(run, data.train) if data is not None else {}
    if not known:
        return []
    with st.container(border=True):
        left, middle, right = st.columns(3)
        grouping = left.selectbox(
            "With labels: grouping", list(known), format_func=plain_text, **state.kept("directions.grouping")
        )
        groups = sorted(set(known[grouping]) - {""})
        first = middle.selectbox("From", groups, format_func=plain_text)
        second = right.selectbox("To", groups, index=len(groups) - 1, format_func=plain_text)
        if first == second:
            stating.empty("Choose two different groups.")
            return []

        def find() -> directions.Direction:
            rng, held_out = np.random.default_rng(0), groupings(run, data.test).get(grouping)
            used = [
                data.train.take(rng.permutation(np.flatnonzero(known[grouping] == group))[:ENCODED])
                for group in (first, second)
            ]
            kept = held_out is not None and tuple(
                data.test.take(np.flatnonzero(held_out == group)) for group in (first, second)
            )
            with model_of(run) as model:
                return directions.between(model, f"{first} → {second}", *used, held_out=kept or None)

        try:
            with stating.waiting(safe_text(f"Looking for the direction from {first} to {second}")):
                found = resources.explored(key_of(run, "between", grouping, first, second), find)
        except Refusal as refusal:
            refuse(refusal)
            return []
        strength = found.strength
        rate = f"Of the pictures kept back it tells {strength.said(percent=True)} apart; in brackets the 95 % interval."
        rate = spaced(rate)
        st.caption(f"Found. {rate}" if found.found else f"Not found. {rate} That is no better than chance.")
    return [found]


@st.fragment
def sliders(
    run: Run, points: np.ndarray, seed: int, found: list[directions.Direction], alike: list[directions.Correlate | None]
) -> None:
    """The anchors, and draws beside them to make eight, moved along each direction by its slider; only this part is drawn again."""
    drawn, amounts = st.container(), []
    notes = [None] * (len(found) - len(alike)) + alike
    for row in range(0, len(found), 2):
        for column, direction, note in zip(st.columns(2), found[row : row + 2], notes[row : row + 2], strict=False):
            strength = direction.strength
            free = isinstance(strength, float)
            label = direction.name
            label += f" ({100 * strength:.0f} % of variance)" if isinstance(strength, float) else ""
            label += f": {'more' if note.value.value > 0 else 'less'} “{plain_text(note.group, 40)}”" if note else ""
            begin = OPENED_AT if not free and direction.found else 0.0
            amounts.append(
                column.slider(
                    safe_text(label),
                    -4.0,
                    4.0,
                    begin,
                    0.25,
                    key=f"direction.{direction.name}",
                    help=safe_text(_help(note), 400),
                )
            )
    with model_of(run) as model:
        start = np.concatenate([points, model.latents(MOVED, seed=seed)])[:MOVED]
        moved = directions.moved(start, found, amounts)
        pictures = model.decode(np.concatenate([start, moved]))
    with drawn:
        samples.images(
            pictures, "Eight samples above the same eight moved along the chosen directions", columns=MOVED, side=960
        )
        by = [f"{direction.name} by {amount:g}" for direction, amount in zip(found, amounts, strict=True) if amount]
        st.caption(
            f"Above: {counted(len(points), 'anchor')}, then draws from the seed. Below: moved by the sliders"
            + (safe_text(f": {', '.join(by)}", 300) if by else "")
            + "."
        )
        warn_outside(walks.typicality(moved), "pictures below")


def _help(note: directions.Correlate | None) -> str:
    """What a slider moves along."""
    unit = "In standard deviations of the latent along it."
    if note is None:
        return unit
    r = note.value
    return (
        f"{unit} To the right pictures look {'more' if r.value > 0 else 'less'} like the group {note.group} ({note.grouping}): correlation {r.said(n=False)},"
        f" the 95 % interval in brackets, n = {r.n} training pictures that did not choose the group."
    )
