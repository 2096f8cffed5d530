"""Rings, scaffolds and numbers of what was written, beside those of training molecules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.molecule_cards import structure
from dashboard.applications.molecules_written import known_of
from dashboard.parts import charts, stating
from dashboard.safe_text import counted
from genmodels.estimates.estimate import clopper_pearson
from genmodels.explore.molecules import Known
from genmodels.kinds.molecule.alerts import alerts
from genmodels.kinds.molecule.chemistry import scaffold
from genmodels.kinds.molecule.properties import Properties, properties
from genmodels.runs.run import Run
from genmodels.verdicts.finding import spaced

COMPARED = 1000  # training molecules
BINS, FREQUENT, FEWEST = 30, 8, 20
NUMBERS = (("qed", "QED"), ("logp", "logP"), ("weight", "Weight (daltons)"), ("access", "SA score"))


@dataclass(frozen=True)
class Side:
    """The numbers of some molecules, and how often each scaffold occurs among them."""

    numbers: tuple[Properties, ...]
    scaffolds: Counter[str]

    @classmethod
    def of(cls, smiles: Sequence[str], numbers: Sequence[Properties] = ()) -> Side:
        """Counted; what is no molecule is left out."""
        found = numbers or [each for one in smiles if (each := properties(one)) is not None]
        return cls(tuple(found), Counter(scaffold(one) for one in smiles))


def statistics_view(run: Run) -> None:
    """Both sides next to each other."""
    made = state.get(state.MOLECULES)
    if made is None or made.run != run.id or len(made.looked.molecules) < FEWEST:
        stating.empty(
            f"Have {FEWEST} molecules or more written on the view Generate first; they are compared with training molecules here.",
        )
        return
    known = known_of(run)
    theirs = resources.explored(("statistics", run.id, known.n), lambda: _of_training(known))
    ours = Side.of([each.smiles for each in made.looked.molecules], [each.numbers for each in made.looked.molecules])
    st.caption(
        f"{counted(len(ours.numbers), 'molecule')} that were written, beside {counted(len(theirs.numbers), 'training molecule')}, evenly chosen of {known.n:,}."
    )
    _rings(ours, theirs)
    _distributions(ours, theirs)
    _scaffolds(ours, theirs)


def _of_training(known: Known) -> Side:
    step = max(1, len(known.compared) // COMPARED)
    return Side.of(known.compared[::step][:COMPARED])


def _rings(ours: Side, theirs: Side) -> None:
    import pandas

    st.header("Rings", anchor=False)
    rows = []
    for rings in range(max(each.rings for side in (ours, theirs) for each in side.numbers) + 1):
        row: dict[str, float] = {"Rings": rings}
        for name, side in (("Written", ours), ("Training", theirs)):
            share = clopper_pearson(sum(each.rings == rings for each in side.numbers), len(side.numbers))
            row |= {name: share.value, f"{name}, low": share.low, f"{name}, high": share.high}
        rows.append(row)
    table = pandas.DataFrame(rows)
    lines = [
        charts.Line(name, table["Rings"].to_numpy(float), table[name].to_numpy(float), slot)
        for slot, name in enumerate(("Written", "Training"))
    ]
    figure = charts.curves(lines, x="Rings in a molecule", y="Share of molecules", height=280)
    charts.draw(
        figure.update_yaxes(tickformat=".0%"),
        key="molecules.rings",
        table=table,
        name="rings",
        see="How many rings molecules have; the table has 95 % intervals.",
    )


def _distributions(ours: Side, theirs: Side) -> None:
    import pandas

    st.header("Numbers", anchor=False)
    chosen = st.segmented_control(
        "Number", [label for _, label in NUMBERS], default=NUMBERS[0][1], required=True, key="molecules.number"
    )
    name = next(name for name, label in NUMBERS if label == chosen)
    sides = [np.array([getattr(each, name) for each in side.numbers]) for side in (ours, theirs)]
    edges = np.histogram_bin_edges(np.concatenate(sides), BINS)
    shares = [np.histogram(side, edges)[0] / len(side) for side in sides]
    table = pandas.DataFrame({"From": edges[:-1], "To": edges[1:], "Written": shares[0], "Training": shares[1]})
    lines = [
        charts.Line(label, edges, np.append(share, share[-1:]), slot)
        for slot, (label, share) in enumerate(zip(("Written", "Training"), shares, strict=True))
    ]
    figure = charts.curves(lines, x=str(chosen), y="Share of molecules", height=280)
    figure.update_traces(mode="lines", line_shape="hv")
    charts.draw(
        figure.update_yaxes(tickformat=".0%"),
        key="molecules.numbers",
        table=table,
        name="molecule-numbers",
        see=f"{chosen} of written and of training molecules. Medians: {np.median(sides[0]):.2f} and {np.median(sides[1]):.2f}.",
    )


def _scaffolds(ours: Side, theirs: Side) -> None:
    st.header("Scaffolds", anchor=False)
    with_rings = {name: count for name, count in ours.scaffolds.items() if name}
    new = [name for name in with_rings if name not in theirs.scaffolds]
    said = (
        f"The rings of a molecule and what joins them (Bemis and Murcko 1996): {counted(len(with_rings), 'different scaffold')} among the written molecules, "
        f"{len(new):,} of them not among these training molecules; {100 * (ours.scaffolds[''] / max(1, sum(ours.scaffolds.values()))):.0f}\u00a0% have no ring "
        f"({100 * (theirs.scaffolds[''] / max(1, sum(theirs.scaffolds.values()))):.0f}\u00a0% in training)."
    )
    st.caption(spaced(f"{said} Drawn are the most frequent ones without alerts."))
    n, m = sum(ours.scaffolds.values()), sum(theirs.scaffolds.values())
    with st.container(horizontal=True):
        drawn = {name: count for name, count in with_rings.items() if not alerts(name)}
        for name, count in sorted(drawn.items(), key=lambda each: -each[1])[:FREQUENT]:
            with st.container(border=True, width=236):
                structure(
                    name, spaced(f"{count / n:.1%} written, {theirs.scaffolds[name] / m:.1%} in training"), 200, 150
                )
