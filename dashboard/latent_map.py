"""A map of the latent space: encoded pictures in two dimensions, and what the model draws where one clicks."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard import charts, gallery, resources, state
from dashboard.anchors import copying, data_of, key_of
from dashboard.film import data_url
from genmodels.explore import latent, maps
from genmodels.runs import Run

MAPPED = 600  # pictures on the map
THUMBNAILS = 90


def map_view(run: Run) -> None:
    """Encoded training pictures laid out in two dimensions; a click decodes that place."""
    data = data_of(run)
    groupings = [name for name, values in data.train.groups.items() if len(set(values)) > 1]
    with st.container(border=True):
        left, right = st.columns(2)
        method = left.segmented_control("Method", maps.methods(), default="PCA", required=True, help="UMAP appears where umap-learn is installed.")
        grouping = right.selectbox("Colour by", [*groupings, "nothing"], **state.kept("map.colour")) if groupings else "nothing"
    index = np.random.default_rng(0).permutation(len(data.train))[:MAPPED]

    def make() -> tuple[maps.Map, np.ndarray]:
        with resources.generator(run) as model:
            if hasattr(model.recipe, "encode"):
                labels = None if data.train.labels is None else data.train.labels[index]
                return maps.lay_out(model.encode(data.train.images[index], labels), method), data.train.images[index]
            latents = model.latents(MAPPED, seed=0)
            return maps.lay_out(latents, method), model.decode(latents)

    with st.spinner("Laying out the map …"):
        laid, pictures = resources.explored(key_of(run, "map", method), make)
    encoded = hasattr(run.experiment.make_recipe(), "encode")
    groups = data.train.groups[grouping][index] if grouping in groupings and encoded else np.full(len(pictures), "")
    chosen = st.plotly_chart(map_figure(laid, pictures, groups), key="map", on_select="rerun", selection_mode="points", config={"displaylogo": False})
    what = f"{len(pictures)} training pictures, encoded" if encoded else f"{len(pictures)} samples of the prior (this model has no encoder)"
    explained = f" The two axes hold {laid.explained:.0%} of the variance." if laid.explained is not None else ""
    st.caption(f"{what}; a small part of them is drawn. Neighbours look alike where the latent is smooth.{explained} Click anywhere to decode that place.")
    place = clicked(chosen)
    if place is not None:
        decoded_place(run, laid, place)


def map_figure(laid: maps.Map, pictures: np.ndarray, groups: np.ndarray) -> Any:
    """Points by group (colour and marker), some as pictures, over an invisible lattice that catches clicks."""
    from plotly import graph_objects as go

    figure = go.Figure()
    low, high = laid.points.min(axis=0), laid.points.max(axis=0)
    xs, ys = (axis.ravel() for axis in np.meshgrid(*(np.linspace(a, b, 31) for a, b in zip(low, high, strict=True))))
    figure.add_scatter(x=xs, y=ys, mode="markers", marker={"opacity": 0, "size": 18}, hoverinfo="none", showlegend=False)
    for slot, group in enumerate(sorted(set(groups))[:12]):
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


def decoded_place(run: Run, laid: maps.Map, place: tuple[float, float]) -> None:
    """What the model draws at a place of the map, beside the nearest training picture."""
    where = laid.back(*place)
    train = data_of(run).train
    with resources.generator(run) as model:
        picture = model.decode(where)
    found, distance = latent.nearest_training(picture, train.images)
    left, right = st.columns(2)
    with left:
        st.caption(f"Drawn at ({place[0]:.2f}, {place[1]:.2f})")
        gallery.images(picture, "The picture that the model draws at the clicked place", side=240, width=240)
    with right:
        st.caption(f"Nearest training picture, distance {distance[0]:.3f} (copying: below {copying(run):.3f})")
        gallery.images(train.images[found], "The nearest training picture", side=240, width=240)
