"""What the views of a latent space share: where they start from, and what they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.parts import stating
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.explore import walks
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.files import fitted, open_picture
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

UPLOAD_MB, MOST_SEEDS = 10, 24
LISTED = 500  # pictures of a split that are offered
SEEDS, FIRST = "1, 2, 3", (0, 1, 2)  # that the form begins with; held-out pictures likewise


def data_of(run: Run) -> Any:
    """The data that a run was trained on, as it was skewed and split then."""
    return resources.dataset(run.experiment.data, run.experiment.source)


def data_if_there(run: Run) -> Any:
    """The same, or None with the reason on the page: a run can be explored without its data."""
    try:
        return data_of(run)
    except Refusal as refusal:
        stating.noted(
            safe_text(f"The data are not here, so nothing is compared with them. {refusal}", 600),
        )
        return None


def choose_label(run: Run) -> None:
    """What a conditional model draws in every view."""
    if names := label_names(run):
        st.selectbox("Label to draw", names, format_func=plain_text, **state.bound(state.LABEL))


def label_names(run: Run) -> list[str]:
    """The names of the labels of a conditional model; of another none."""
    if not (run.spec.classes and run.experiment.make_recipe().conditional):
        return []
    return list(run.spec.vocabulary) or [str(i) for i in range(run.spec.classes)]


def label_of(run: Run) -> str | None:
    """The chosen label."""
    names = label_names(run)
    return next((name for name in names if name == state.get(state.LABEL)), names[0] if names else None)


@contextmanager
def model_of(run: Run) -> Iterator[Any]:
    """The model, locked while it is used, and told the chosen label."""
    with resources.generator(run) as model:
        yield model.told(label_of(run))


def key_of(run: Run, *parts: object) -> tuple[Any, ...]:
    return (str(run.path), resources.newest(run), label_of(run), *parts)


def ordinary(run: Run) -> tuple[float, float]:
    """Between these distances to training pictures lie 90 % of held-out pictures."""
    data = data_of(run)
    return resources.explored(
        (str(run.path), "ordinary"), lambda: walks.ordinary_distances(data.test.images, data.train.images)
    )


def groupings(run: Run, examples: Examples) -> dict[str, np.ndarray]:
    """The groups of each example by the name of the grouping; labels where there are no groups."""
    groups = {name: values for name, values in examples.groups.items() if len(set(values) - {""}) > 1}
    if not groups and examples.labels is not None:
        names = run.spec.vocabulary or [str(i) for i in range(run.spec.classes)]
        groups = {"label": np.array([names[label] for label in examples.labels])}
    return groups


def warn_outside(usual: np.ndarray, what: str = "frames") -> None:
    """A warning where places leave the shell in which draws from the prior lie."""
    outside = np.flatnonzero(usual < walks.SHELL)
    if len(outside):
        stating.warned(
            f"{len(outside)} of {len(usual)} {what} (first: {outside[0] + 1}) lie outside the shell that holds 99 % of the"
            " prior's draws: the model was hardly trained to draw there. Encoded pictures lie inside it by nature; between"
            " seeds, spherical interpolation stays in it.",
        )


def place_for(view: str) -> Callable[[], Any]:
    """Where the results go, to be called when they are there. After another choice of anchors the old ones are gone at once."""
    chosen = (state.ANCHORS, *map(_picked, SPLITS.values()), state.SEEDS, state.LABEL)
    asked = tuple(str(state.get(key)) for key in chosen)
    same = state.get(f"anchors.{view}.drawn") == asked
    state.put(f"anchors.{view}.drawn", asked)
    place = st.container() if same else st.empty()
    return lambda: place if same else place.container()


SPLITS = {"Held-out pictures": "test", "Training pictures": "train"}
WAYS = ("Seeds", *SPLITS, "My pictures")


def _picked(split: str) -> str:
    """The key of the pictures that are picked from a split of the data, by their numbers."""
    return f"{state.ANCHORS}.{split}"


def said() -> str:
    """Which anchors all views have, in one line of plain text; known before the form is drawn."""
    way = state.get(state.ANCHORS) or WAYS[0]
    if way == WAYS[0]:
        return f"Seeds {plain_text(state.parameter(state.SEEDS) or SEEDS, 60)}"
    if way in SPLITS:
        return f"{way} {plain_text(', '.join(map(str, state.get(_picked(SPLITS[way]), FIRST))), 60)}"
    return way


def from_address(run: Run) -> None:
    """Take over the pictures of the data that a link asks for as anchors, such as `train:57,12`; before the form is drawn."""
    state.from_url(state.PICTURES)
    asked = state.take(state.PICTURES)
    if not asked:
        return
    split, _, numbers = asked.partition(":")
    picked = [int(each) for each in numbers.split(",") if each.strip().isdecimal()][:MOST_SEEDS]
    way = next((each for each, name in SPLITS.items() if name == split), "")
    try:
        there = way and max(picked, default=0) < len(_examples(run, split)) and len(picked) == len(numbers.split(","))
    except Refusal:
        there = False
    if not there:
        stating.warned(safe_text(f"The data of this model have no pictures {asked[:60]!r}; the anchors stay.", 200))
        return
    state.put(state.ANCHORS, way)
    state.put(_picked(split), picked)


def anchors(run: Run, fewest: int, most: int | None = None) -> tuple[np.ndarray, tuple[int | None, ...]]:
    """Latents that the user chose, by seeds, from pictures of the data or from uploads, with their seeds: the same in all views."""
    if state.get(state.ANCHORS) not in WAYS:
        state.put(state.ANCHORS, WAYS[0])
    way = st.segmented_control("Anchors from", WAYS, required=True, **state.kept(state.ANCHORS)) or WAYS[0]
    if way not in SPLITS:
        state.to_url(state.PICTURES, "")
    if way == WAYS[0]:
        seeds = parsed_seeds(
            st.text_input("Seeds", SEEDS, help="Whole numbers, separated by commas.", **state.bound(state.SEEDS))
        )
        chosen: tuple[int | None, ...] = tuple(seeds[:most] if most else seeds)
        enough(len(chosen), fewest, "seed")
        with model_of(run) as model:
            points = np.concatenate([model.latents(1, seed=seed) for seed in chosen if seed is not None])
    else:
        pictures = pictures_of(run, way) if way in SPLITS else uploaded_pictures(run)
        pictures = pictures[:most]
        if way not in SPLITS and not len(pictures):
            stating.empty(f"Upload {counted(fewest, 'picture')} or more; they are encoded and are the anchors.")
            st.stop()
        enough(len(pictures), fewest, "picture")
        chosen = (None,) * len(pictures)
        with model_of(run) as model, stating.waiting("Finding the latents of these pictures"):
            points = resources.explored(key_of(run, "encoded", pictures.tobytes()), lambda: model.encode(pictures))
    return points, chosen


def enough(chosen: int, fewest: int, what: str) -> None:
    """Refuses fewer than a view needs."""
    if chosen < fewest:
        raise Refusal(f"{chosen} {what}{' is' if chosen == 1 else 's are'} chosen; choose at least {fewest}.")


def parsed_seeds(text: str) -> list[int]:
    """Whole numbers from a text; one that is none is named."""
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    if len(parts) > MOST_SEEDS:
        raise Refusal(f"{len(parts)} seeds are written; write {MOST_SEEDS} or fewer.")
    seeds = []
    for part in parts:
        if not part.strip().isdecimal() or int(part) >= 2**31:
            raise Refusal(f"{part.strip()[:40]!r} is not a seed; write whole numbers below {2**31}, such as 1, 2, 3.")
        seeds.append(int(part))
    return seeds


def _examples(run: Run, split: str) -> Examples:
    """Those that it learned from, or those that were kept back."""
    data = data_of(run)
    return data.train if split == "train" else data.test


def pictures_of(run: Run, way: str) -> np.ndarray:
    """Pictures of the data that the user picks by number and caption; the address names them."""
    examples, key = _examples(run, SPLITS[way]), _picked(SPLITS[way])
    listed = range(min(len(examples), LISTED))
    state.put(key, [number for number in state.get(key, FIRST) if number < len(examples)])
    picked = st.multiselect(
        way,
        [*listed, *(number for number in state.get(key) if number not in listed)],
        format_func=lambda i: plain_text(f"{i}: {examples.captions[i]}" if examples.captions else f"picture {i}", 60),
        **state.kept(key),
    )
    state.to_url(state.PICTURES, f"{SPLITS[way]}:{','.join(map(str, picked))}" if picked else "")
    return examples.images[picked]


def uploaded_pictures(run: Run) -> np.ndarray:
    """The user's own pictures, checked and brought to the model's size."""
    files = st.file_uploader(
        "Pictures", ["png", "jpg", "jpeg", "webp", "gif"], accept_multiple_files=True, max_upload_size=UPLOAD_MB
    )
    height, _, channels = run.spec.shape
    kept = [fitted(open_picture(file, file.name), height, "grey" if channels == 1 else "rgb") for file in files[:8]]
    return np.stack(kept) if kept else np.zeros((0, *run.spec.shape), np.uint8)
