"""The four views of a latent space: walk, plane, map, directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from dashboard import charts, gallery, resources, state
from dashboard.film import data_url, film
from dashboard.text import refuse, safe_text
from genmodels.explore import directions, latent, maps
from genmodels.pictures import fitted, open_picture
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs import Run, RunStore, gallery_names

MAPPED = 600  # pictures on the map
THUMBNAILS = 90
UPLOAD_MB = 10


def explorable(store: RunStore) -> list[str]:
    """The runs that have weights to explore: the gallery, then the user's own, newest first."""
    own = [row["id"] for row in resources.run_rows(store) if not row["gallery"]]
    return [*gallery_names(), *(name for name in own if any((store[name].path / part).is_dir() for part in ("checkpoints", "epochs")))]


def data_of(run: Run) -> Any:
    """The data that a run was trained on, as it was skewed and split then."""
    return resources.dataset(run.experiment.data, run.experiment.source)


def key_of(run: Run, *parts: Any) -> tuple[Any, ...]:
    return (str(run.path), resources.newest(run), *parts)


# Anchors


def anchors(run: Run, fewest: int, most: int | None = None) -> tuple[np.ndarray, tuple[int | None, ...]]:
    """Latents that the user chose, by seeds, from held-out pictures or from uploads, with their seeds."""
    ways = ("Seeds", "Held-out pictures", "My pictures")
    way = st.segmented_control("Anchors from", ways, default=ways[0], required=True, key=f"anchors.{fewest}")
    if way == "Seeds":
        seeds = parsed_seeds(st.text_input("Seeds", "1, 2, 3", help="Whole numbers, separated by commas.", **state.bound(state.SEEDS)))
        chosen: tuple[int | None, ...] = tuple(seeds[:most] if most else seeds)
        with resources.generator(run) as model:
            points = np.concatenate([model.latents(1, seed=seed) for seed in chosen if seed is not None])
    else:
        pictures = held_out_pictures(run) if way == "Held-out pictures" else uploaded_pictures(run)
        pictures = pictures[:most]
        if len(pictures) < fewest:
            raise Refusal(f"{len(pictures)} pictures are chosen; choose at least {fewest}.")
        chosen = (None,) * len(pictures)
        with resources.generator(run) as model, st.spinner("Finding the latents of these pictures …"):
            points = resources.explored(key_of(run, "encoded", pictures.tobytes()), lambda: model.encode(pictures))
    if len(points) < fewest:
        raise Refusal(f"{len(points)} anchors are chosen; choose at least {fewest}.")
    return points, chosen


def parsed_seeds(text: str) -> list[int]:
    """Whole numbers from a text; one that is none is named."""
    seeds = []
    for part in text.replace(";", ",").split(",")[:24]:
        if part.strip():
            if not part.strip().isdecimal() or int(part) >= 2**31:
                raise Refusal(f"{part.strip()[:40]!r} is not a seed; write whole numbers below {2**31}, such as 1, 2, 3.")
            seeds.append(int(part))
    return seeds


def held_out_pictures(run: Run) -> np.ndarray:
    """Held-out pictures that the user picks by number and caption."""
    test = data_of(run).test
    names = [f"{i}: {test.captions[i]}" if test.captions else f"picture {i}" for i in range(min(len(test), 500))]
    picked = st.multiselect("Held-out pictures", range(len(names)), default=[0, min(1, len(names) - 1), min(2, len(names) - 1)], format_func=lambda i: safe_text(names[i], 60))
    return test.images[picked]


def uploaded_pictures(run: Run) -> np.ndarray:
    """The user's own pictures, checked and brought to the model's size."""
    files = st.file_uploader("Pictures", ["png", "jpg", "jpeg", "webp", "gif"], accept_multiple_files=True, max_upload_size=UPLOAD_MB)
    height, _, channels = run.spec.shape
    kept = [fitted(open_picture(file, file.name), height, "grey" if channels == 1 else "rgb") for file in files[:8]]
    if not kept:
        raise Refusal("No picture is uploaded yet; choose two or more.")
    return np.stack(kept)


# Views


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


def warn_outside(usual: np.ndarray) -> None:
    """A warning where the path leaves the shell in which draws from the prior lie."""
    outside = np.flatnonzero(usual < latent.SHELL)
    if len(outside):
        st.warning(
            f"{len(outside)} of {len(usual)} frames (first: {outside[0] + 1}) lie outside the shell that holds 99 % of the"
            " prior's draws: the model was hardly trained to draw there. Encoded pictures lie inside it by nature; between"
            " seeds, spherical interpolation stays in it.", icon=":material/warning:")  # fmt: skip


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


def copying(run: Run) -> float:
    """The distance to training pictures below which only 5 % of held-out pictures lie."""
    data = data_of(run)
    return resources.explored((str(run.path), "copying"), lambda: latent.copying_distance(data.test.images, data.train.images))


VIEWS: dict[str, Callable[[Run], None]] = {"Walk": walk_view, "Plane": plane_view, "Map": map_view, "Directions": directions_view}


def view(name: str) -> Callable[[Run], None]:
    """The view of that name; a wrong one (from the URL) is answered with the right ones."""
    if name not in VIEWS:
        raise Refusal(unknown("view", name, VIEWS))
    return VIEWS[name]
