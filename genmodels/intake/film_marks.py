"""What a check of marks needs of a foreign film, read in a caged child: the mean of its frames, and some of them.

The watermark of clips is one pattern in all frames, so the mean has it; the ledger keeps the prints of some frames. Decoding
ends after so many frames and pixels, whatever the file says of its length.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.intake.film_file import FILE, FORMS, decoded, form_of
from genmodels.kinds.video.files import library
from genmodels.refusal import Refusal

MOST_FRAMES, MOST_PIXELS = 1000, 600_000_000  # that are decoded of one film
LARGEST_FRAME = 4_200_000  # pixels of a frame that is looked into
KEPT = 16  # frames that are given back at most, evenly chosen


def read(given: Path, out: Path, name: str) -> dict[str, np.ndarray]:
    """The task of the child: `mean` (height, width, 3), `some` (n, height, width, 3), n at most 16, and what was read, as JSON."""
    av = library()
    with open(given / FILE, "rb") as file:
        form = form_of(file.read(16))
        if not form:
            raise Refusal(f"{name} is no film by its first bytes; give an MP4, WebM or GIF file.")
        file.seek(0)
        total, some, frames, ended = _seen(av, file, FORMS[form], name)
    mean = np.round(total / frames).astype(np.uint8)
    told = np.frombuffer(json.dumps({"frames": frames, "ended": ended}).encode(), np.uint8)
    return {"mean": mean, "some": np.stack(some), "told": told}


def _seen(av: Any, file: Any, form: str, name: str) -> tuple[np.ndarray, list[np.ndarray], int, str]:
    """The sum of all frames, some of them, how many there were, and why reading ended early ("": it did not)."""
    total, some, count, ended = np.zeros(()), Some(), 0, ""
    try:
        with av.open(file, format=form, metadata_errors="ignore") as opened:
            for frame, _ in decoded(opened, name, LARGEST_FRAME):
                array = frame.to_ndarray(format="rgb24")
                if count and array.shape != total.shape:
                    ended = "its frames change their size"
                    break
                total = total + array
                some.take(count, array)
                count += 1
                if count >= MOST_FRAMES or total.size // 3 * count >= MOST_PIXELS:
                    ended = f"more than {count:,} frames are not looked at"
                    break
    except av.error.FFmpegError as error:
        if not count:
            why = str(error.strerror or type(error).__name__)
            raise Refusal(f"{name} is damaged ({why}), so that no frame of it can be read; save it again.") from None
        ended = "it is damaged behind that"
    if not count:
        raise Refusal(f"{name} has no frame in it; give a film that shows something.")
    return total, some.all(), count, ended


class Some:
    """At most `KEPT` frames of however many come: every first, second, fourth ..., and the last."""

    def __init__(self) -> None:
        self.kept: dict[int, np.ndarray] = {}  # by their number
        self.every = 1
        self.last: tuple[int, np.ndarray] | None = None

    def take(self, number: int, frame: np.ndarray) -> None:
        """The next frame, counted from 0."""
        self.last = number, frame
        if number % self.every:
            return
        if len(self.kept) == KEPT:
            self.every *= 2
            self.kept = {each: kept for each, kept in self.kept.items() if each % self.every == 0}
        if number % self.every == 0:
            self.kept[number] = frame

    def all(self) -> list[np.ndarray]:
        """Those that were kept, and the last one."""
        return list((self.kept | dict([self.last] if self.last else [])).values())
