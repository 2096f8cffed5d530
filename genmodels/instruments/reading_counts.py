"""Counting what a reader gets wrong, way by way, and keeping it beside its weights."""

from __future__ import annotations

import io

import numpy as np

from genmodels.data.dataset import DATA
from genmodels.data.sets.people import CLASSES, emoji_people
from genmodels.files import write_atomically
from genmodels.instruments.drawn_by_models import redrawn
from genmodels.instruments.readers import reader_of
from genmodels.instruments.reading_errors import HOME, KEPT, KNOWN, LABELS, OTHERS, REDRAWN, summed
from genmodels.instruments.reading_limits import fitted
from genmodels.kinds.image.looks import LOOKS, looks
from genmodels.kinds.image.wear import WAYS
from genmodels.runs.run import Run
from genmodels.trained.roles import Reads

MOST = 700  # drawings of people of one kind whose errors are counted


def keep_errors(run: Run, grouping: str) -> None:
    """Count what the reader of a grouping gets wrong, and keep it beside the weights of its run."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **count(reader_of(grouping), LABELS[grouping]))  # type: ignore[arg-type]
    write_atomically(run.path / KEPT, buffer.getvalue())


def count(reader: Reads, label: str) -> dict[str, np.ndarray]:
    """The arrays of `Counted` for a reader of the data set `people` with that label, with the limits that half of its roles give."""
    measured = measure(reader, label)
    counted = summed(measured, np.ones(len(measured["true"]), bool))
    return counted | fitted(reader.classes, measured)


def measure(reader: Reads, label: str) -> dict[str, np.ndarray]:
    """Of each drawing (n,) what it truly is, and in each way how it looks (ways, n, 6) and what the reader makes of it (ways, n, classes)."""
    images, arrays = _drawings(label)  # the autoencoder that redraws knows no yellow people
    people, ways = arrays["role"] != "", [*WAYS, REDRAWN]
    seen, probable = (
        np.full((len(ways), len(images), len(LOOKS)), np.nan, np.float32),
        np.full((len(ways), len(images), len(reader.classes)), np.nan, np.float32),
    )
    for number, way in enumerate(ways):
        rows = (
            np.flatnonzero((arrays["kind"] != OTHERS) & arrays["redrawable"])
            if way == REDRAWN
            else np.arange(len(images))
        )
        worn = redrawn(images[rows]) if way == REDRAWN else np.stack([WAYS[way](image) for image in images[rows]])
        worn[~people[rows]] = (
            images[rows][~people[rows]] if way == REDRAWN else worn[~people[rows]]
        )  # it draws people only
        probable[number, rows], seen[number, rows] = reader.probabilities(worn), looks(worn)
    return arrays | {"ways": np.array(ways), "seen": seen, "probable": probable}


def _drawings(label: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The pictures that errors are counted on, and of each what it truly is, whose drawing, its role and its cluster."""
    test, known = DATA["people"].from_dict({"label": label}).load().test, emoji_people(label)[0]
    things = (
        DATA["people"].from_dict({"label": "woman or man"}).load().test
    )  # whatever is read: in these there is nobody
    things = things.take(np.flatnonzero(things.groups["gender"] == ""))
    rng = np.random.default_rng(7)
    somebody, home, own = (
        test.groups["gender"] != "",
        test.groups["hand"] == "openmoji",
        things.groups["hand"] == "openmoji",
    )
    parts = [
        (HOME, test.take(_some(home & somebody, rng))),
        (OTHERS, test.take(_some(~home & somebody, rng))),
        (KNOWN, known.take(_some(np.ones(len(known), bool), rng))),
    ]
    parts += [(HOME, things.take(_some(own, rng))), (OTHERS, things.take(_some(~own, rng)))]
    images = np.concatenate([part.images for _, part in parts])
    true = np.concatenate(
        [np.where(part.groups["gender"] == "", len(CLASSES[label]) - 1, part.labels) for _, part in parts]
    )
    kind = np.concatenate([np.full(len(part), name) for name, part in parts])
    role = np.concatenate([part.groups["role"] for _, part in parts]).astype(str)
    hand = np.concatenate([part.groups.get("hand", np.full(len(part), "openmoji")) for _, part in parts]).astype(str)
    tone = np.concatenate([part.groups["skin tone"] for _, part in parts]).astype(str)
    name = [
        f"{of} {what}" if what else str(number) for number, (of, what) in enumerate(zip(hand, role, strict=True))
    ]  # an object is one of its own
    return images, {
        "true": true.astype(np.int8),
        "role": role,
        "kind": kind,
        "redrawable": (role == "") | (tone != ""),
        "cluster": np.unique(name, return_inverse=True)[1].astype(np.int32),
    }


def _some(chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.sort(rng.permutation(np.flatnonzero(chosen))[:MOST])
