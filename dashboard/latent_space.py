"""The four views of a latent space: walk, plane, map, directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from dashboard import charts, gallery, resources, state
from dashboard.anchors import anchors, copying, data_of, key_of, warn_outside
from dashboard.film import film
from dashboard.latent_directions import directions_view
from dashboard.latent_map import map_view
from genmodels.explore import latent
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs import Run, RunStore, gallery_names


def explorable(store: RunStore) -> list[str]:
    """The runs that have weights to explore: the gallery, then the user's own, newest first."""
    own = [row["id"] for row in resources.run_rows(store) if not row["gallery"]]
    return [*gallery_names(), *(name for name in own if any((store[name].path / part).is_dir() for part in ("checkpoints", "epochs")))]


def walk_view(run: Run) -> None:
    """A path between anchors, played in the browser, with the nearest training picture beside it."""
    with st.container(border=True):
        points, seeds = anchors(run, fewest=2)
        left, right = st.columns(2)
        kind = left.segmented_control("Interpolation", latent.KINDS, default=latent.KINDS[0], required=True, **state.bound(state.KIND))
        frames = right.select_slider("Frames", (16, 32, 64, 128), 64, **state.kept("frames"))
    data = data_of(run)

    def make() -> tuple[latent.Walk, np.ndarray, np.ndarray, float, Any]:
        with resources.generator(run) as model:
            path = latent.walk(model, points, frames=frames, kind=kind, seeds=seeds)
        found, distances = latent.nearest_training(path.images, data.train.images)
        drawn = film([("Drawn by the model", path.images), ("Nearest training picture", data.train.images[found])])
        return path, found, distances, copying(run), drawn

    path, found, distances, copy_limit, drawn = resources.explored(key_of(run, "walk", points.tobytes(), kind, frames), make)
    usual = latent.typicality(path.latents)
    st.markdown(reading(distances, copy_limit))
    warn_outside(usual)
    charts.draw(drawn, key="walk", see="Drag the slider or press Play: left what the model draws on the way, right the nearest picture it was trained on.",
                table=lambda: walk_table(found, distances, usual), name=f"walk-{run.experiment.model}-{run.experiment.data}")  # fmt: skip
    distance_chart(distances, copy_limit)
    downloads(run, path)


def reading(distances: np.ndarray, limit: float) -> str:
    """Is the path inventing or copying? In words."""
    near = int((distances < limit).sum())
    verdict = "**Copying in places.**" if near > max(0.15 * len(distances), 1) else "**Inventing.**"
    return (
        f"{verdict} {near} of {len(distances)} frames lie nearer to a training picture than 95 % of held-out pictures do"
        f" (distance below {limit:.3f} of 1; by chance 5 % would)."
    )


def walk_table(found: np.ndarray, distances: np.ndarray, usual: np.ndarray) -> Any:
    import pandas

    return pandas.DataFrame({"frame": range(1, len(found) + 1), "nearest training picture": found, "distance (RMS, 0 to 1)": distances, "tail probability": usual})


def distance_chart(distances: np.ndarray, limit: float) -> None:
    """How near the path comes to training pictures."""
    frames = np.arange(1, len(distances) + 1)
    lines = [charts.Line("walk", frames, distances, 0), charts.Line("5 % of held-out pictures are nearer", frames, np.full(len(frames), limit), 1)]
    figure = charts.curves(lines, x="frame", y="RMS distance (0 to 1)", height=280)
    charts.draw(figure, key="walk.distance", see="Below the lower line a frame is as near to a training picture as only 1 in 20 held-out pictures is.",
                table=lambda: walk_table(frames, distances, distances), name="walk-distance")  # fmt: skip


def downloads(run: Run, path: latent.Walk) -> None:
    """GIF, strip and JSON."""
    import tempfile
    from pathlib import Path

    about = {"model": run.experiment.model, "run": run.id, "credit": run.facts.get("credit", "")}
    columns = st.columns(3)

    def content(name: str) -> Callable[[], bytes]:
        def read() -> bytes:
            with tempfile.TemporaryDirectory() as folder:
                latent.write_walk(path, Path(folder), about)
                return (Path(folder) / name).read_bytes()

        return read

    for column, (name, label, mime) in zip(columns, (("walk.gif", "GIF", "image/gif"), ("strip.png", "PNG strip", "image/png"), ("walk.json", "JSON with all seeds", "application/json")), strict=True):
        column.download_button(label, content(name), file_name=name, mime=mime, icon=":material/download:", width="stretch", key=f"download.{name}")


def plane_view(run: Run) -> None:
    """The plane through three anchors as a sheet of pictures."""
    with st.container(border=True):
        points, _ = anchors(run, fewest=3, most=3)
        steps = st.select_slider("Pictures a side", (5, 7, 9, 11), 9, **state.kept("steps"))
    places = latent.plane(points, steps)
    with resources.generator(run) as model:
        pictures = resources.explored(key_of(run, "plane", points.tobytes(), steps), lambda: model.decode(places))
    warn_outside(latent.typicality(places))
    st.caption("First anchor at the upper left, second at the upper right, third at the lower left.")
    gallery.images(pictures, f"{steps} by {steps} pictures on the plane through three anchors", columns=steps, side=640)


VIEWS: dict[str, Callable[[Run], None]] = {"Walk": walk_view, "Plane": plane_view, "Map": map_view, "Directions": directions_view}


def view(name: str) -> Callable[[Run], None]:
    """The view of that name; a wrong one (from the URL) is answered with the right ones."""
    if name not in VIEWS:
        raise Refusal(unknown("view", name, VIEWS))
    return VIEWS[name]
