"""Which training picture comes nearest to a picture of any size, though it was mirrored, cropped, moved, recoloured or compressed.

Everything is computed of small copies, uint8 (n, 64, 64, 3). The lines of every training picture (`line_maps`), averaged
over a grid, as they are, mirrored, and of windows of 0.9 and 0.8 of its sides, are compared with those of a picture by
products; over the few best ones the picture is laid where it fits best (`laid_over`). What no gain and offset of the
window explains in the worst part of it is how far off it is: once by its colours, once by its lines or its light alone,
whatever the colours are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from genmodels.kinds.image.laid_over import fitted, unexplained, windows, worst_part
from genmodels.kinds.image.line_maps import FULL, blocks, line_maps, mirrored_maps

GRID = 8  # cells of a descriptor, each way
QUERIES = 128  # pictures that are looked for at once
CANDIDATES, NEXT = 6, 50  # training pictures over which a picture is laid; those behind them, which are the unit
FINALISTS, FIRST, SECOND = 2, 4, 4  # of them that are laid more exactly; steps of both fits
SIDE, COARSE = 32, 16  # pixels at which light and colours, and lines, are compared: finer lines depend on the size
LIGHT = np.array([[0.299], [0.587], [0.114]], np.float32)  # as pictures are made grey (ITU-R BT.601)
LEAST_UNIT = 0.1
SAME_LIGHT = 0.2  # of how far off lines are, beside how far off light is: a clear sky has the light of any other
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
    """For n pictures the f training pictures that each comes nearest to, the nearest first: (n, f) each.

    `far` says how far off they are by each of `KINDS`; `unit` (n,) how far off those behind them are; `place` (n, f, 4) is the
    window that is seen, of the mirrored one where `mirrored`.
    """

    index: np.ndarray
    far: dict[str, np.ndarray]
    unit: np.ndarray
    place: np.ndarray
    mirrored: np.ndarray

    def relative(self, kind: str) -> np.ndarray:
        """How far off (n, f): colours as a share of the unit, since a blurred picture is near to everything (Carlini et al. 2023)."""
        return self.far[kind] / self.unit[:, None] if kind == "colours" else self.far[kind]


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
        if mirror is not None:
            small, maps = small.copy(), maps.copy()
            small[mirror], maps[mirror] = small[mirror][:, :, ::-1], mirrored_maps(maps[mirror])
        self.colours, self.lines = small.astype(np.float32) / 255, maps.astype(np.float32) / FULL
        self.line, self.light = self.lines[..., :1], self.colours @ LIGHT


def _compared(ours: _Drawn, theirs: _Drawn, places: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, ...]:
    """How far off `theirs` (m) are from those of `ours` that `row` (m,) names: as a whole, in the worst part by colours and by lines or light; and where they fit."""
    line, light = _whole(ours.line, SIDE)[row], _whole(ours.light, SIDE)[row]
    by_lines, by_light = fitted(line, theirs.line, places, SECOND), fitted(light, theirs.light, places, SECOND)
    colours = _whole(ours.colours, SIDE)[row]
    colour, rough = (unexplained(colours, theirs.colours, at, offsets=False) for at in (by_light, by_lines))
    by_light = np.where((rough < colour)[:, None], by_lines, by_light)
    whole = np.minimum(colour, rough) + unexplained(_whole(ours.lines, COARSE)[row], theirs.lines, by_lines)
    lines = worst_part(_whole(ours.lines, SIDE)[row], theirs.lines, by_light)
    lit = worst_part(light, theirs.light, by_light) + SAME_LIGHT * lines
    return whole, worst_part(colours, theirs.colours, by_light, offsets=False), np.minimum(lines, lit), by_light


def _whole(drawn: np.ndarray, side: int) -> np.ndarray:
    """The whole of each picture (n, 64, 64, maps) as means at `side` pixels."""
    n, size, _, maps = drawn.shape
    return drawn.reshape(n, side, size // side, side, size // side, maps).mean(axis=(2, 4))


def _coarse(maps: np.ndarray) -> np.ndarray:
    """How strong lines are, at 32 pixels: float32 (n, 32, 32, 1)."""
    parts = [_whole(maps[part, :, :, :1].astype(np.float32) / FULL, SIDE) for part in blocks(len(maps), QUERIES)]
    return np.concatenate(parts)


class Originals:
    """Small copies (n, 64, 64, 3) of training pictures among which the originals of copies are looked for."""

    def __init__(self, small: np.ndarray) -> None:
        self.small, self.maps = small, line_maps(small)
        self.coarse = _coarse(self.maps)
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
            parts = list[tuple[np.ndarray, ...]]()
            for part in pool.map(look, blocks(len(small), QUERIES)):
                report(sum(len(each[0]) for each in parts), len(small))
                parts.append(part)
        joined = [np.concatenate([part[at] for part in parts]) for at in range(6)]
        return Near(joined[0], dict(zip(KINDS, joined[1:3], strict=True)), *joined[3:])

    def _nearest(self, small: np.ndarray, same: np.ndarray | None) -> tuple[np.ndarray, ...]:
        maps = line_maps(small)
        index, view, mirror, unit = self._candidates(maps, same)
        n, k = index.shape
        row, index, mirror = np.repeat(np.arange(n), k), index.ravel(), mirror.ravel()
        places = VIEWS[view.ravel()]
        places[mirror, 2] = 1 - places[mirror, 2] - places[mirror, 3]
        ours, theirs = _Drawn(small, maps), self.coarse[index]
        theirs[mirror] = theirs[mirror][:, :, ::-1]
        line = _whole(ours.line, COARSE)[row]
        places = fitted(line, theirs, places, FIRST)
        finalists = min(FINALISTS, k)
        left = np.argsort(unexplained(line, theirs, places).reshape(n, k), axis=1)[:, :finalists]
        chosen = (left + np.arange(n)[:, None] * k).ravel()
        index, mirror, places, row = index[chosen], mirror[chosen], places[chosen], row[chosen]
        drawn = _Drawn(self.small[index], self.maps[index], mirror)
        whole, colours, lines, places = _compared(ours, drawn, places, row)
        order = np.argsort(whole.reshape(n, finalists), axis=1, kind="stable") + np.arange(n)[:, None] * finalists
        return index[order], colours[order], lines[order], unit, places[order], mirror[order]

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
