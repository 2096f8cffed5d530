"""A map of the latent space: encoded pictures in two dimensions, and what the model draws where one clicks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.latent.anchors import anchors, data_if_there, groupings, key_of, model_of, ordinary, said
from dashboard.parts import charts, folding, samples, stating
from dashboard.parts.film import data_url
from dashboard.safe_text import plain_text
from genmodels.data.dataset import Dataset
from genmodels.explore import directions, maps, walks
from genmodels.kinds.image.files import grid
from genmodels.runs.run import Run

ANCHOR = "anchors"  # the group of what was chosen
MAPPED = 600  # pictures on the map
COLUMNS = 25  # of the sheet that the map cuts its pictures from
MOST_GROUPS = 11  # in the legend


def map_view(run: Run) -> None:
    """Encoded training pictures, or samples of a model that can't encode, in two dimensions; a click decodes that place."""
    with folding.form("latent_map", f"{said()}, marked on the map", opened="Chosen"), folding.opens("latent_map"):
        points, seeds = anchors(run, fewest=1)
    data = data_if_there(run)
    encoded = data is not None and run.experiment.make_recipe().encodes
    known = groupings(run, data.train) if encoded else {}
    method, grouping = _choices(encoded, known)

    def make() -> tuple[maps.Map, np.ndarray, np.ndarray]:
        with model_of(run) as model:
            if encoded:
                index = np.random.default_rng(0).permutation(len(data.train))[:MAPPED]
                latents = model.encode(data.train.images[index], data.train.labels[index] if model.classes else None)
                return maps.lay_out(latents, method), data.train.images[index], index
            axes = np.stack([each.vector for each in directions.unsupervised(model, components=2)])
            latents = model.latents(MAPPED, seed=0)
            return maps.on_axes(latents, axes), model.decode(latents), np.arange(MAPPED)

    with stating.waiting("Laying out the map"):
        laid, pictures, index = resources.explored(key_of(run, "map", method, encoded), make)
    groups = few_groups(known[grouping][index]) if grouping in known else np.full(len(index), "")
    captions = [data.train.captions[i] for i in index] if encoded and data.train.captions else [""] * len(index)
    with model_of(run) as model:
        drawn = model.decode(points)
    named = [f"anchor {i}" + ("" if seed is None else f", seed {seed}") for i, seed in enumerate(seeds, start=1)]
    marked = dataclasses.replace(
        laid,
        points=np.concatenate([laid.place(points), laid.points]),
        latents=np.concatenate([points, laid.latents]),
    )
    marks = np.concatenate([np.full(len(points), ANCHOR, object), groups.astype(object)])
    about = about_map(laid, encoded)
    shown(run, marked, np.concatenate([drawn, pictures]), marks, [*named, *captions], about, data)


def _choices(encoded: bool, known: Mapping[str, np.ndarray]) -> tuple[str, str]:
    """How the map is laid out, and by which grouping its points are coloured."""
    with st.container(border=True):
        left, right = st.columns(2)
        ways = maps.methods() if encoded else ("Components",)
        method = left.segmented_control(
            "Method",
            ways,
            default=ways[0],
            required=True,
            help="UMAP appears where umap-learn is installed and the model can encode.",
            key=f"map.{ways[0]}",
        )
        grouping = (
            right.selectbox("Colour by", [*known, "nothing"], format_func=plain_text, **state.kept("map.colour"))
            if known
            else "nothing"
        )
    return method, grouping


@st.fragment
def shown(
    run: Run,
    laid: maps.Map,
    pictures: np.ndarray,
    groups: np.ndarray,
    captions: list[str],
    about: str,
    data: Dataset | None,
) -> None:
    """The map and what was clicked; only this part is drawn again."""
    place = picture_map(laid, pictures, groups, captions, about)
    st.caption(f"{about} The pictures in frames are the anchors.")
    charts.data_behind(
        lambda: map_table(laid, groups, captions), key="map", name=f"map-{run.experiment.model}-{run.experiment.data}"
    )
    if place is not None:
        decoded_place(run, laid, place, data)


def map_table(laid: maps.Map, groups: np.ndarray, captions: list[str]) -> Any:
    import pandas

    return pandas.DataFrame({"x": laid.points[:, 0], "y": laid.points[:, 1], "group": groups, "caption": captions})


def about_map(laid: maps.Map, encoded: bool) -> str:
    """What is on the map, in words."""
    what = (
        f"{len(laid.points)} training pictures, encoded."
        if encoded
        else f"{len(laid.points)} samples along the two strongest directions found without labels."
    )
    explained = (
        f" The two axes hold {100 * laid.explained:.0f}\u00a0% of the variance." if laid.explained is not None else ""
    )
    return f"{what} Neighbours look alike where the latent is smooth.{explained} Point at one to see it; click anywhere to decode that place."


def few_groups(groups: np.ndarray) -> np.ndarray:
    """The most common groups by name, the rest as "other", those without one as "none"."""
    names, counts = np.unique(groups[groups != ""], return_counts=True)
    common = names[np.argsort(-counts, kind="stable")][: MOST_GROUPS if len(names) > MOST_GROUPS + 1 else len(names)]
    return np.where(groups == "", "none", np.where(np.isin(groups, common), groups, "other")).astype(object)


def picture_map(
    laid: maps.Map, pictures: np.ndarray, groups: np.ndarray, captions: list[str], alt: str
) -> tuple[float, float] | None:
    """Points by group (colour and mark) whose pictures show under the pointer; the place that was clicked last."""
    names = sorted(set(groups))
    data = {
        "points": laid.points.round(4).tolist(),
        "groups": [names.index(group) for group in groups],
        "names": [plain_text(name, 60) for name in names],
        "colours": [charts.colour(slot) for slot in range(len(names))],
        "marked": int(np.sum(groups == ANCHOR)),  # the first of the points
        "captions": [plain_text(caption, 80) for caption in captions],
        "sprite": data_url(np.asarray(grid(pictures, COLUMNS, gap=0))),
        "columns": COLUMNS,
        "side": pictures.shape[1],
        "axes": ["first axis (standard deviations of the latent)", "second axis"],
        "alt": alt + " Arrow keys move, Enter decodes.",
    }
    draw = st.components.v2.component(
        "picture_map", html='<div class="map"></div>', css=_beside(".css"), js=_beside(".js")
    )
    key = f"map.{hash((laid.points.tobytes(), pictures.tobytes()))}"  # another map has no place clicked yet
    place = draw(data=data | {"chosen": state.get(key, {}).get("place")}, key=key, on_place_change=lambda: None).place
    return (float(place[0]), float(place[1])) if place else None


def _beside(suffix: str) -> str:
    return Path(__file__).with_suffix(suffix).read_text()


def decoded_place(run: Run, laid: maps.Map, place: tuple[float, float], data: Dataset | None) -> None:
    """What the model draws at a place of the map, beside the nearest training picture."""
    where = laid.back(*place)
    with model_of(run) as model:
        picture = model.decode(where)
    left, right = st.columns(2)
    with left:
        st.caption(f"Drawn at ({place[0]:.2f}, {place[1]:.2f})")
        samples.images(picture, "The picture that the model draws at the clicked place", side=240, width=240)
    if data is None:
        return
    found, distance = walks.nearest_training(picture, data.train.images)
    with right:
        st.caption(f"Nearest training picture, distance {distance[0]:.3f} (copying: below {ordinary(run)[0]:.3f})")
        samples.images(data.train.images[found], "The nearest training picture", side=240, width=240)
