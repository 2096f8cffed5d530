"""Foreign films, decoded in a caged process alone: small frames at an even pace, and what a check of marks needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genmodels.files import write_atomically
from genmodels.intake.film_file import FILE, SIDE, form_of
from genmodels.jobs import sandbox
from genmodels.kinds.spec import Spec
from genmodels.printable import printable
from genmodels.provenance.formats import TEXT, format_of
from genmodels.refusal import Refusal

LIMITS = sandbox.Limits(memory=1536 * sandbox.MB, seconds=180, cpu_seconds=180)
OF_MARKS = sandbox.Limits(memory=1536 * sandbox.MB, seconds=60, cpu_seconds=60)


@dataclass(frozen=True)
class Frames:
    """Of a film: the mean of its frames, uint8 (height, width, 3); some of them (n, height, width, 3); where reading ended early ("": it did not)."""

    mean: np.ndarray
    some: np.ndarray
    ended: str


def read_small(hand_in: Callable[[Path], None], shown: str) -> tuple[np.ndarray, str]:
    """Frames (n, 64, 64, 3) of a film, eight a second and at least 16, and where it was read in part what was left.

    `hand_in` puts the film where the child reads it; `shown` is its name in messages. Raises `Refusal` for what is no film.
    """
    found = _read("genmodels.intake.film_file:read", hand_in, shown, {"frames": "u", "told": "u"}, LIMITS)
    frames = found["frames"]
    if frames.ndim != 4 or frames.shape[1:] != (SIDE, SIDE, 3) or frames.dtype != np.uint8:
        raise Refusal(f"{shown} gave something else than frames; nothing of it is kept.")
    return frames, _ended(found)


def read_for_marks(content: bytes, name: str) -> Frames:
    """What a check of marks needs of a film; raises `Refusal` for what is no film, is damaged, or has frames that are too large."""
    shown = printable(name, 80)
    found = _read(
        "genmodels.intake.film_marks:read",
        lambda target: write_atomically(target, content),
        shown,
        {"mean": "u", "some": "u", "told": "u"},
        OF_MARKS,
    )
    mean, some = found["mean"], found["some"]
    if mean.dtype != np.uint8 or mean.ndim != 3 or mean.shape[-1] != 3 or some.shape[1:] != mean.shape or not len(some):
        raise Refusal(f"{shown} gave something else than frames; nothing of it is looked at.")
    return Frames(mean, some.astype(np.uint8), _ended(found))


def as_clip(content: bytes, name: str, spec: Spec) -> np.ndarray:
    """The beginning of a foreign film as a clip that a model can go on from: uint8 `spec.shape`, eight frames a second.

    The middle square is taken; of a film shorter than a clip, moments evenly. Raises `Refusal` for what is no film.
    """
    frames, side, *_ = spec.shape
    small, _ = read_small(lambda target: write_atomically(target, content), printable(name, 80))
    return np.stack(
        [np.asarray(Image.fromarray(frame).resize((side, side), Image.Resampling.BOX)) for frame in small[:frames]]
    )


def _read(
    task: str, hand_in: Callable[[Path], None], shown: str, expected: dict[str, str], limits: sandbox.Limits
) -> dict[str, np.ndarray]:
    with sandbox.scratch() as folder:
        target = folder / sandbox.GIVEN / FILE
        hand_in(target)
        with open(target, "rb") as file:
            head = file.read(512)
        if not head:
            raise Refusal(f"{shown} is empty; give a film.")
        if not form_of(head):
            known = format_of(head)
            what = "no film" if known is TEXT else f"a {known.name} file and no film that is read here"
            raise Refusal(f"{shown} is {what}; give an MP4, WebM or GIF file.")
        found: Any = sandbox.run(task, folder, what=shown, arguments={"name": shown}, expected=expected, limits=limits)
    return dict(found)


def _ended(found: dict[str, np.ndarray]) -> str:
    told: Any = json.loads(found["told"].tobytes())
    return printable(str(told.get("ended", "")), 100)
