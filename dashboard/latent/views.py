"""The four views of a latent space: walk, plane, map, directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.film_player import Film, play
from dashboard.latent.anchors import anchors, data_if_there, key_of, model_of, ordinary, place_for, said, warn_outside
from dashboard.latent.directions import directions_view
from dashboard.latent.map import map_view
from dashboard.parts import charts, folding, handing_out, stating
from dashboard.parts.film import sheet
from dashboard.safe_text import plain_text
from genmodels.explore import walks
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names
from genmodels.trained import interpolation

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def explorable(store: RunStore) -> list[str]:
    """The runs that have weights to explore: the gallery, then the user's own, newest first."""
    drawing = [row for row in resources.run_rows(store) if row["model"] in MODELS and MODELS[row["model"]].decodes]
    own = [row["id"] for row in drawing if not row["gallery"]]
    shipped = [name for name in gallery_names() if name in {row["id"] for row in drawing}]
    found = [
        *shipped,
        *(name for name in own if any((store[name].path / part).is_dir() for part in ("checkpoints", "epochs"))),
    ]
    asked = {row["id"]: row["asked"] for row in drawing}
    return [name for name in found if not asked[name].get("recipe", {}).get("captioned")]


FRAMES, SIDE = 64, 9  # that the forms begin with


def _form(view: str, more: str) -> DeltaGenerator:
    """The form of a view, folded over its result, which is there at once and changes with every choice."""
    kind = state.parameter(state.KIND) or interpolation.KINDS[0]
    asked = f"{said()}, {plain_text(kind, 20)} interpolation, {more}"
    return folding.form(f"latent_{view}", asked, opened="Chosen")


def walk_view(run: Run) -> None:
    """A path between anchors, played in the browser, with the nearest training picture beside it."""
    form, place = _form("walk", f"{state.get('frames', FRAMES)} frames"), place_for("walk")
    with form, folding.opens("latent_walk"):
        above = st.container()  # the anchors; they may be refused, and the rest of the form stays
        left, right = st.columns(2)
        kind = left.segmented_control(
            "Interpolation",
            interpolation.KINDS,
            default=interpolation.KINDS[0],
            required=True,
            **state.bound(state.KIND),
        )
        frames = right.select_slider("Frames", (16, 32, 64, 128), FRAMES, **state.kept("frames"))
        with above:
            points, seeds = anchors(run, fewest=2)
    data = data_if_there(run)

    def make() -> tuple[walks.Walk, Any, list[Film]]:
        with model_of(run) as model:
            path = walks.walk(model, points, frames=frames, kind=kind, seeds=seeds)
        films, near = [Film("Drawn by the model", path.images)], None
        if data is not None:
            near = walks.nearest_training(path.images, data.train.images)
            films.append(Film("Nearest training picture", data.train.images[near[0]]))
        return path, near, films

    with place():
        with stating.waiting("Walking"):
            path, near, films = resources.explored(
                key_of(run, "walk", points.tobytes(), kind, frames, data is None), make
            )
        show_walk(run, path, near, films)


def show_walk(run: Run, path: walks.Walk, near: tuple[np.ndarray, np.ndarray] | None, films: Sequence[Film]) -> None:
    """The verdict in words, the film, how near it comes to training pictures, and the files."""
    usual = walks.typicality(path.latents)
    if near is not None:
        st.markdown(reading(near[1], ordinary(run)))
    warn_outside(usual)
    beside = (
        ": what the model draws on the way, and the nearest picture it was trained on."
        if near
        else " to see what the model draws on the way."
    )
    play(films, "walk", "A frame of the walk between the anchors.", large=True)
    st.caption(f"Press Play or move the slider{beside}")
    charts.data_behind(
        lambda: walk_table(near, usual), key="walk", name=f"walk-{run.experiment.model}-{run.experiment.data}"
    )
    if near is not None:
        distance_chart(near, usual, ordinary(run))
    downloads(run, path)


READINGS = {
    "copying": "**Close to training pictures in places.**",
    "off": "**Far from training pictures in places** (blurred counts as far): blur, debris, or another style.",
    "inventing": "**About as far from training pictures as real new pictures are.**",
}


def reading(distances: np.ndarray, usually: tuple[float, float]) -> str:
    """How near the path comes to training pictures, in words."""
    near, far = int((distances < usually[0]).sum()), int((distances > usually[1]).sum())
    return (
        f"{READINGS[walks.verdict(distances, usually)]} Of {len(distances)} frames {near} lie nearer to a training picture"
        f" than 95 % of held-out pictures do (distance below {usually[0]:.3f} of 1), and {far} farther than 95 % do (above"
        f" {usually[1]:.3f}). Of genuinely new pictures, too, 5\u00a0% would lie nearer and 5\u00a0% farther."
    )


def walk_table(near: tuple[np.ndarray, np.ndarray] | None, usual: np.ndarray) -> Any:
    import pandas

    columns: dict[str, Any] = {"frame": range(1, len(usual) + 1), "tail probability under the prior": usual}
    if near is not None:
        columns |= {"nearest training picture": near[0], "distance (RMS, 0 to 1)": near[1]}
    return pandas.DataFrame(columns)


def distance_chart(near: tuple[np.ndarray, np.ndarray], usual: np.ndarray, usually: tuple[float, float]) -> None:
    """How near the path comes to training pictures."""
    frames = np.arange(1, len(usual) + 1)
    lines = [
        charts.Line("walk", frames, near[1], 0),
        charts.Line("5 % of held-out pictures are nearer", frames, np.full(len(frames), usually[0]), 1),
        charts.Line("5 % of held-out pictures are farther", frames, np.full(len(frames), usually[1]), 2),
    ]
    figure = charts.curves(lines, x="frame", y="RMS distance (0 to 1)", height=280)
    charts.draw(
        figure,
        key="walk.distance",
        see="Distance to the nearest training picture. Between the two level lines lie 90 % of held-out pictures.",
        table=lambda: walk_table(near, usual),
        name="walk-distance",
    )


def downloads(run: Run, path: walks.Walk) -> None:
    """GIF, strip and JSON."""
    about = walks.about_walk(run, path)
    columns = st.columns(3)
    for column, (name, label, mime) in zip(
        columns,
        (
            ("walk.gif", "GIF", "image/gif"),
            ("strip.png", "PNG strip", "image/png"),
            ("walk.json", "JSON with all seeds", "application/json"),
        ),
        strict=True,
    ):
        handing_out.made(
            label,
            partial(lambda wanted: walks.walk_files(path, about)[wanted], name),
            name,
            mime,
            key=f"download.{name}",
            place=column,
            width="stretch",
        )


def plane_view(run: Run) -> None:
    """The plane through three anchors as a sheet of pictures."""
    form, place = _form("plane", f"{state.get('steps', SIDE)} pictures a side"), place_for("plane")
    with form, folding.opens("latent_plane"):
        above = st.container()
        left, right = st.columns(2)
        kind = left.segmented_control(
            "Interpolation",
            interpolation.KINDS,
            default=interpolation.KINDS[0],
            required=True,
            **state.bound(state.KIND),
        )
        steps = right.select_slider("Pictures per side", (5, 7, 9, 11), SIDE, **state.kept("steps"))
        with above:
            points, _ = anchors(run, fewest=3, most=3)
    data = data_if_there(run)
    places = walks.plane(points, steps, kind)

    def make() -> tuple[np.ndarray, Any]:
        with model_of(run) as model:
            pictures = model.decode(places)
        return pictures, None if data is None else walks.nearest_training(pictures, data.train.images)

    with place():
        with stating.waiting("Drawing the plane"):
            pictures, near = resources.explored(key_of(run, "plane", points.tobytes(), steps, kind, data is None), make)
        show_plane(run, pictures, near, walks.typicality(places), steps)


def show_plane(
    run: Run, pictures: np.ndarray, near: tuple[np.ndarray, np.ndarray] | None, usual: np.ndarray, steps: int
) -> None:
    """The sheet of pictures, each with its numbers under the pointer."""
    warn_outside(usual, "pictures")
    table = plane_table(near, usual, steps)
    hover = ["<br>".join(f"{name}: {value:.3g}" for name, value in row.items()) for row in table.to_dict("records")]
    charts.draw(
        sheet(pictures, steps, hover),
        key="plane",
        table=table,
        name=f"plane-{run.experiment.model}-{run.experiment.data}",
        see="First anchor at the upper left, second at the upper right, third at the lower left. Point at a picture for its place.",
    )


def plane_table(near: tuple[np.ndarray, np.ndarray] | None, usual: np.ndarray, steps: int) -> Any:
    """Where each picture of the plane lies, with what `walk_table` says of a frame."""
    down, right = np.divmod(np.arange(steps**2), steps)
    table = walk_table(near, usual).drop(columns="frame")
    table.insert(0, "to the second anchor", right / (steps - 1))
    table.insert(1, "to the third anchor", down / (steps - 1))
    return table


VIEWS: dict[str, Callable[[Run], None]] = {
    "Walk": walk_view,
    "Plane": plane_view,
    "Map": map_view,
    "Directions": directions_view,
}


def view(name: str) -> Callable[[Run], None]:
    """The view of that name; a wrong one (from the URL) is answered with the right ones."""
    if name not in VIEWS:
        raise Refusal(unknown("view", name, VIEWS))
    return VIEWS[name]
