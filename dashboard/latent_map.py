"""A map of the latent space: encoded pictures in two dimensions, and what the model draws where one clicks."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard import charts, gallery, resources, state
from dashboard.anchors import data_if_there, groupings, key_of, model_of, ordinary
from dashboard.film import data_url
from dashboard.text import plain_text
from genmodels.explore import directions, latent, maps
from genmodels.runs import Run

MAPPED = 600  # pictures on the map
THUMBNAILS = 90
MOST_GROUPS = 11  # in the legend


def map_view(run: Run) -> None:
    """Encoded training pictures, or samples of a model that can't encode, in two dimensions; a click decodes that place."""
    data = data_if_there(run)
    encoded = data is not None and hasattr(run.experiment.make_recipe(), "encode")
    known = groupings(run, data.train) if encoded else {}
    with st.container(border=True):
        left, right = st.columns(2)
        ways = maps.methods() if encoded else ("Components",)
        method = left.segmented_control("Method", ways, default=ways[0], required=True, help="UMAP appears where umap-learn is installed and the model can encode.", key=f"map.{ways[0]}")
        grouping = right.selectbox("Colour by", [*known, "nothing"], format_func=plain_text, **state.kept("map.colour")) if known else "nothing"

    def make() -> tuple[maps.Map, np.ndarray, np.ndarray]:
        with model_of(run) as model:
            if encoded:
                index = np.random.default_rng(0).permutation(len(data.train))[:MAPPED]
                latents = model.encode(data.train.images[index], data.train.labels[index] if model.classes else None)
                return maps.lay_out(latents, method), data.train.images[index], index
            axes = np.stack([each.vector for each in directions.unsupervised(model, components=2)])
            latents = model.latents(MAPPED, seed=0)
            return maps.on_axes(latents, axes), model.decode(latents), np.arange(MAPPED)

    with st.spinner("Laying out the map …"):
        laid, pictures, index = resources.explored(key_of(run, "map", method, encoded), make)
    groups = few_groups(known[grouping][index]) if grouping in known else np.full(len(index), "")
    chosen = st.plotly_chart(map_figure(laid, pictures, groups), key="map", on_select="rerun", selection_mode="points", config={"displaylogo": False})
    st.caption(about_map(laid, encoded))
    place = clicked(chosen)
    if place is not None:
        decoded_place(run, laid, place, data)


def about_map(laid: maps.Map, encoded: bool) -> str:
    """What is on the map, in words."""
    what = f"{len(laid.points)} training pictures, encoded." if encoded else f"{len(laid.points)} samples along the two strongest directions found without labels."
    explained = f" The two axes hold {laid.explained:.0%} of the variance." if laid.explained is not None else ""
    return f"{what} Neighbours look alike where the latent is smooth.{explained} Click anywhere to decode that place."


def few_groups(groups: np.ndarray) -> np.ndarray:
    """The most common groups by name, the rest as "other", those without one as "none"."""
    names, counts = np.unique(groups[groups != ""], return_counts=True)
    common = names[np.argsort(-counts, kind="stable")][: MOST_GROUPS if len(names) > MOST_GROUPS + 1 else len(names)]
    return np.where(groups == "", "none", np.where(np.isin(groups, common), groups, "other")).astype(object)


def map_figure(laid: maps.Map, pictures: np.ndarray, groups: np.ndarray) -> Any:
    """Points by group (colour and marker), some as pictures, over an invisible lattice that catches clicks."""
    from plotly import graph_objects as go

    figure = go.Figure()
    low, high = laid.points.min(axis=0), laid.points.max(axis=0)
    xs, ys = (axis.ravel() for axis in np.meshgrid(*(np.linspace(a, b, 31) for a, b in zip(low, high, strict=True))))
    figure.add_scatter(x=xs, y=ys, mode="markers", marker={"opacity": 0, "size": 18}, hoverinfo="none", showlegend=False)
    for slot, group in enumerate(sorted(set(groups))):
        of = groups == group
        figure.add_scatter(x=laid.points[of, 0], y=laid.points[of, 1], mode="markers", name=charts.chart_text(group or "pictures"),
                           marker={"color": charts.colour(slot), "symbol": slot, "size": 7}, opacity=0.75, hoverinfo="skip")  # fmt: skip
    width = float((high - low)[0]) / 16
    figure.update_layout(images=[
        {"source": data_url(pictures[i]), "xref": "x", "yref": "y", "x": laid.points[i, 0], "y": laid.points[i, 1], "sizex": width, "sizey": width * float((high - low)[1] / (high - low)[0]),
         "xanchor": "center", "yanchor": "middle", "opacity": 0.85, "layer": "below"} for i in range(min(THUMBNAILS, len(pictures)))
    ])  # fmt: skip
    charts.dress(figure, height=560)
    figure.update_layout(hovermode="closest", xaxis_title="first axis (standard deviations of the latent)", yaxis_title="second axis", clickmode="event+select", dragmode="pan")
    return figure


def clicked(chosen: Any) -> tuple[float, float] | None:
    points = chosen.selection.points if chosen and chosen.selection else []
    return (points[0]["x"], points[0]["y"]) if points else None


def decoded_place(run: Run, laid: maps.Map, place: tuple[float, float], data: Any) -> None:
    """What the model draws at a place of the map, beside the nearest training picture."""
    where = laid.back(*place)
    with model_of(run) as model:
        picture = model.decode(where)
    left, right = st.columns(2)
    with left:
        st.caption(f"Drawn at ({place[0]:.2f}, {place[1]:.2f})")
        gallery.images(picture, "The picture that the model draws at the clicked place", side=240, width=240)
    if data is None:
        return
    found, distance = latent.nearest_training(picture, data.train.images)
    with right:
        st.caption(f"Nearest training picture, distance {distance[0]:.3f} (copying: below {ordinary(run)[0]:.3f})")
        gallery.images(data.train.images[found], "The nearest training picture", side=240, width=240)
