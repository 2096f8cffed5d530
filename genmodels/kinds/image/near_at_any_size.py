"""Which training picture comes nearest to a picture of any size, though it was mirrored, cropped, moved, recoloured or compressed.

Everything is computed of small copies, uint8 (n, 64, 64, 3). The lines of every training picture (`line_maps`), averaged
over a grid, as they are, mirrored, and of windows of 0.9 and 0.8 of its sides, are compared with those of a picture by
products; over the few best ones the picture is laid where it fits best (`laid_over`). What no gain and offset of the
window explains is how far off it is: once by its colours, once by its lines alone, whatever the colours are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from genmodels.kinds.image.laid_over import fitted, unexplained, windows
from genmodels.kinds.image.line_maps import FULL, blocks, line_maps, mirrored_maps

GRID = 8  # cells of a descriptor, each way
QUERIES = 256  # pictures that are looked for at once
CANDIDATES, NEXT = 6, 50  # training pictures over which a picture is laid; those behind them, which are the unit
FINALISTS, FIRST, SECOND = 2, 4, 5  # of them that are laid more exactly; steps of both fits
SIDE, COARSE = 32, 16  # pixels at which light and colours, and lines, are compared: finer lines depend on the size
LIGHT = np.full((3, 1), 1 / 3, np.float32)
LEAST_UNIT = 0.1
KINDS = ("colours", "lines")


def _views() -> list[tuple[float, float, float, float]]:
    """Windows (down, height, across, width): the whole, 2 x 2 of 0.9 and 3 x 3 of 0.8 of the sides."""
    found = [(0.0, 1.0, 0.0, 1.0)]
    for length, count in ((0.9, 2), (0.8, 3)):
        starts = [(1 - length) * (step + 0.5) / count for step in range(count)]
        found += [(down, length, across, length) for down in starts for across in starts]
    return found


VIEWS = np.array(_views(), np.float32)


@dataclass(frozen=True)
class Near:
    """For n pictures the training picture that each comes nearest to, how far off it is by each of `KINDS` (n,), and how it lies.

    `unit` is how far off the next training pictures are; `place` (n, 4) is the window that is seen, of the mirrored one where `mirrored`.
    """

    index: np.ndarray
    far: dict[str, np.ndarray]
    unit: np.ndarray
    place: np.ndarray
    mirrored: np.ndarray


def descriptors(maps: np.ndarray, view: Sequence[float] | np.ndarray) -> np.ndarray:
    """Maps (n, 64, 64, 3) seen through a window as rows (n, 192) of unit length around the mean of each map."""
    found = np.empty((len(maps), GRID * GRID * maps.shape[3]), np.float32)
    for part in blocks(len(maps), QUERIES):
        some = maps[part].astype(np.float32) / FULL
        cells = windows(some, np.tile(np.asarray(view, np.float32), (1, 1)), GRID)
        flat = (cells - cells.mean(axis=(1, 2), keepdims=True)).reshape(len(some), -1)
        found[part] = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-3)
    return found


class _Drawn:
    """Small copies and their maps, some of them mirrored, as what is fitted and compared: float32 (n, 64, 64, maps)."""

    def __init__(self, small: np.ndarray, maps: np.ndarray, mirror: np.ndarray | None = None) -> None:
        self.colours, self.lines = small.astype(np.float32) / 255, maps.astype(np.float32) / FULL
        if mirror is not None:
            self.colours[mirror] = self.colours[mirror][:, :, ::-1]
            self.lines[mirror] = mirrored_maps(self.lines[mirror])

    @property
    def line(self) -> np.ndarray:
        """How strong lines are."""
        return self.lines[..., :1]

    @property
    def light(self) -> np.ndarray:
        """How light it is."""
        return self.colours @ LIGHT

    def take(self, rows: np.ndarray) -> _Drawn:
        """Some of them."""
        some = _Drawn.__new__(_Drawn)
        some.colours, some.lines = self.colours[rows], self.lines[rows]
        return some

    def at(self, side: int, what: str) -> np.ndarray:
        """The whole at `side` pixels."""
        drawn = {"line": self.line, "lines": self.lines, "colours": self.colours, "light": self.light}[what]
        return windows(drawn, np.tile(VIEWS[:1], (len(drawn), 1)), side)


class Originals:
    """Small copies (n, 64, 64, 3) of training pictures among which the originals of copies are looked for."""

    def __init__(self, small: np.ndarray) -> None:
        self.small, self.maps = small, line_maps(small)
        self.views = [descriptors(self.maps, view) for view in VIEWS]

    def __len__(self) -> int:
        return len(self.maps)

    def nearest(
        self,
        small: np.ndarray,
        apart: tuple[np.ndarray, np.ndarray] | None = None,
        report: Callable[[int, int], None] = lambda done, of: None,
    ) -> Near:
        """The nearest of each of the pictures (n, 64, 64, 3).

        `apart` holds keys of them and of the training pictures: those of equal keys are not compared. `report` is told
        how many are done, of how many.
        """

        def look(part: slice) -> tuple[np.ndarray, ...]:
            return self._nearest(small[part], None if apart is None else apart[0][part, None] == apart[1][None])

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            parts = []
            for part in pool.map(look, blocks(len(small), QUERIES)):
                report(sum(len(each[0]) for each in parts), len(small))
                parts.append(part)
        joined = [np.concatenate([part[at] for part in parts]) for at in range(6)]
        return Near(joined[0], dict(zip(KINDS, joined[1:3], strict=True)), *joined[3:])

    def _nearest(self, small: np.ndarray, same: np.ndarray | None) -> tuple[np.ndarray, ...]:
        maps = line_maps(small)
        index, view, mirror, unit = self._candidates(maps, same)
        n, k = index.shape
        ours = _Drawn(small, maps)
        places = VIEWS[view]
        places[mirror, 2] = 1 - places[mirror, 2] - places[mirror, 3]
        chosen = np.tile(np.arange(n)[:, None], (1, k))
        theirs = _Drawn(self.small[index.ravel()], self.maps[index.ravel()], mirror.ravel())
        row = chosen.ravel()
        places = fitted(ours.at(SIDE, "line")[row], theirs.line, places.reshape(-1, 4), FIRST)
        lines = unexplained(ours.at(COARSE, "lines")[row], theirs.lines, places).reshape(n, k)
        colour = unexplained(ours.at(COARSE, "colours")[row], theirs.colours, places, offsets=False).reshape(n, k)
        left = np.argsort(lines + colour, axis=1)[:, :FINALISTS] + np.arange(n)[:, None] * k
        theirs, row, places = theirs.take(left.ravel()), np.repeat(np.arange(n), left.shape[1]), places[left.ravel()]
        by_lines = fitted(ours.at(SIDE, "line")[row], theirs.line, places, SECOND)
        by_light = fitted(ours.at(SIDE, "light")[row], theirs.light, places, SECOND)
        lines = unexplained(ours.at(COARSE, "lines")[row], theirs.lines, by_lines)
        colour = unexplained(ours.at(SIDE, "colours")[row], theirs.colours, by_light, offsets=False)
        best = np.arange(n) * left.shape[1] + (lines + colour).reshape(n, -1).argmin(axis=1)
        origin = left.ravel()[best]
        return index.ravel()[origin], colour[best], lines[best], unit, by_light[best], mirror.ravel()[origin]

    def _candidates(self, maps: np.ndarray, same: np.ndarray | None) -> tuple[np.ndarray, ...]:
        """The training pictures (n, k) whose lines are most alike, in which view and whether mirrored, and how unlike the next are (n,)."""
        ways = [descriptors(each, VIEWS[0]) for each in (maps, mirrored_maps(maps))]
        alike = room = None
        for view in self.views:
            for way in ways:
                if alike is None:
                    alike, room = way @ view.T, np.empty((len(maps), len(self)), np.float32)
                else:
                    np.maximum(alike, np.matmul(way, view.T, out=room), out=alike)
        assert alike is not None
        if same is not None:
            alike[same] = -1
        k = min(CANDIDATES, len(self))
        most = min(CANDIDATES + NEXT, len(self))
        order = np.argpartition(-alike, most - 1, axis=1)[:, :most]
        values = np.take_along_axis(alike, order, 1)
        first = np.argpartition(-values, k - 1, axis=1)[:, :k] if k < most else np.tile(np.arange(most), (len(maps), 1))
        index = np.take_along_axis(order, first, 1)
        behind = (values.sum(axis=1) - np.take_along_axis(values, first, 1).sum(axis=1)) / max(most - k, 1)
        unit = np.sqrt(np.maximum(1 - np.clip(behind, 0, 1) ** 2, LEAST_UNIT**2))
        row = np.repeat(np.arange(len(maps)), k)
        each = np.stack(
            [np.einsum("rd,rd->r", way[row], view[index.ravel()]) for view in self.views for way in ways]
        ).argmax(axis=0)
        return index, (each // 2).reshape(index.shape), (each % 2 == 1).reshape(index.shape), unit
