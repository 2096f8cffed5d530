"""A molecule in space, to be turned with the mouse or a finger."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.parts import charts, stating
from genmodels.kinds.molecule.drawing import InSpace, in_space

COLOURS = {  # of atoms, as chemists are used to them, each seen on light and dark
    "C": "#808080",
    "H": "#b8b8b8",
    "N": "#3f63e0",
    "O": "#e03b2f",
    "S": "#b99700",
    "F": "#3f9e3f",
    "Cl": "#2f9e2f",
    "Br": "#a0522d",
    "I": "#8a3fb0",
    "P": "#e07f1f",
}
SIZES = {"H": 5}
OTHER, USUAL = "#c05f9f", 9


def space(smiles: str, key: str) -> None:
    """One way in which the molecule may lie in space; laid out when it is asked for."""
    folded = st.expander("In space", key=f"{key}.space", on_change="rerun", icon=":material/view_in_ar:")
    if not folded.open:
        return
    with folded:
        found = resources.explored(("in space", smiles), lambda: in_space(smiles))
        if found is None:
            stating.noted("RDKit can't lay this molecule out in space in ten seconds.")
            return
        st.plotly_chart(
            figure(found), key=f"{key}.space.figure", config={"displaylogo": False}, alt="The molecule in space"
        )
        st.caption(
            "One of the ways in which it may lie (ETKDG, then MMFF where that knows its atoms), not how it lies in water or in a protein. Turn it with the mouse."
        )


def figure(found: InSpace) -> Any:
    """Atoms as balls, bonds as lines."""
    from plotly import graph_objects as go

    ends = np.full((len(found.bonds), 3, 3), np.nan)  # of each bond both ends, and a gap
    for row, (first, second, _) in zip(ends, found.bonds, strict=True):
        row[0], row[1] = found.places[first], found.places[second]
    x, y, z = ends.reshape(-1, 3).T
    made = go.Figure(
        go.Scatter3d(
            x=x, y=y, z=z, mode="lines", line={"color": "#909090", "width": 7}, hoverinfo="skip", showlegend=False
        )
    )
    for symbol in dict.fromkeys(found.symbols):
        x, y, z = found.places[[each == symbol for each in found.symbols]].T
        size, colour = SIZES.get(symbol, USUAL), COLOURS.get(symbol, OTHER)
        made.add_trace(
            go.Scatter3d(
                x=x, y=y, z=z, mode="markers", name=symbol, marker={"size": size, "color": colour}, hoverinfo="name"
            )
        )
    nothing = {"visible": False}
    made.update_layout(
        scene={"xaxis": nothing, "yaxis": nothing, "zaxis": nothing, "aspectmode": "data"},
        height=420,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"orientation": "h", "title": charts.chart_text("Atoms")},
    )
    return made
