"""Copies that were changed: is a picture a training picture that was moved, cropped, mirrored, recoloured or mixed?

A picture is first matched by the strengths of its waves (the absolute Fourier transform), which don't change when it is
moved. The few best matches, of every training picture cropped by up to an eighth of its size on each side or blurred, are laid over it
where they fit best (the peak of the cross-correlation), and the part of its variation that no gain and offset of them
explains is what counts: so it does not matter whether it is dimmed. Recoloured pictures are matched in the same way by
their lines alone. Halves and blends are looked for among pairs of training pictures that lie where they lay.

All scores are 0 for a copy and about 1 where there is none; what is next best, or explains it alone, is the unit. The same
search makes accidents among pictures that nobody copied, so chance must be counted by it too. Not looked for: turned,
stretched, shrunk, upside down, drawn anew, more than two training pictures in one, or two of these changes at once (but for moving,
cropping, blurring and dimming, which may come together and with mirroring).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.checks.laid_pictures import (
    BLOCK,
    SIZE,
    best_moves,
    blocks,
    cropped,
    lines,
    most_alike,
    next_alike,
    on_a_grid,
    small,
    smooth,
    squared_apart,
    transformed,
    unexplained,
    unit_rows,
    viewed,
    waves,
)

# Scores below which a picture counts as such a copy, found on other deals than those on which rates are counted.
LIMITS = {
    "moved": (0.1, 0.2, 0.4),
    "mirrored": (0.1, 0.2),
    "recoloured": (0.1, 0.2),
    "halved": (0.1, 0.3),
    "blended": (0.2, 0.4),
}
WORDS = {
    "as it is": "as they are",
    "moved": "moved by up to an eighth of the width, cropped by as much, dimmed or blurred",
    "mirrored": "mirrored",
    "recoloured": "recoloured",
    "halved": "put together of two halves",
    "blended": "blended of two",
}
NOT_LOOKED_FOR = "Turned, stretched, shrunk or redrawn copies, copies of small parts, and a few that are strongly compressed or blurred are not looked for"
VIEWS, MOVES = (0, 1, 2, 3, 4, -1), 4  # of 32 pixels: cut off on each side (-1: blurred), and moved
KEPT = 4000  # training pictures, up to which it is kept how alike they are among each other
CANDIDATES = 5  # matches that are laid over
LEAST_UNIT = 0.02  # of a score
HALF = 0.1  # of the variation of a picture that each half must have
ALIKE = 0.9  # correlation above which two training pictures are not a pair to blend


@dataclass(frozen=True)
class Matches:
    """For n pictures: the score, the training picture, the second one of a pair (else -1), and how it was laid over.

    `crop` is cut off on each side, `down` and `across` how far it is moved, all in pixels of the pictures at hand.
    """

    score: np.ndarray
    index: np.ndarray
    other: np.ndarray
    crop: np.ndarray
    down: np.ndarray
    across: np.ndarray

    def how(self, kind: str, i: int) -> str:
        """In words, what was done to the training picture: "mirrored, cropped by 3 pixels"."""
        words = (
            []
            if kind == "moved"
            else [{"halved": "halves of two pictures", "blended": "two pictures blended"}.get(kind, kind)]
        )
        if self.crop[i] > 0:
            words.append(f"cropped by {self.crop[i]:g} pixel{'s' if self.crop[i] != 1 else ''} on each side")
        if moved := max(abs(self.down[i]), abs(self.across[i])):
            words.append(f"moved by {moved:g} pixel{'s' if moved != 1 else ''}")
        if kind == "moved" and not words:
            words.append("blurred" if self.crop[i] < 0 else "dimmed or blurred")
        return ", ".join(words)


class Disguises:
    """Training pictures, uint8 (n, height, width, channels), among which the originals of changed copies are looked for."""

    def __init__(self, train: np.ndarray) -> None:
        self.pictures = small(train)
        self.size, self.scale = self.pictures.shape[1], train.shape[1] / self.pictures.shape[1]
        self.waves = {content: self._waves(drawn) for content, drawn in DRAWN.items()}
        self.grid = on_a_grid(self.pictures)
        self.units = unit_rows(self.grid)

    def _waves(self, content: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """(crops and blurred, n, waves)."""
        parts = list(blocks(len(self.pictures)))
        views = [
            [
                waves(viewed(content(cropped(self.pictures[part], max(crop, 0) * self.size / SIZE)), crop))
                for part in parts
            ]
            for crop in VIEWS
        ]
        return np.stack([np.concatenate(view) for view in views])

    def search(self, pictures: np.ndarray, apart: tuple[np.ndarray, np.ndarray] | None = None) -> dict[str, Matches]:
        """The best match of each of `pictures`, uint8 (n, height, width, channels), for every kind of change.

        `apart` holds keys of the pictures and of the training pictures: those of equal keys are not compared.
        """
        x, same = (
            small(pictures),
            None if apart is None else np.asarray(apart[0])[:, None] == np.asarray(apart[1])[None],
        )
        return {
            "moved": self._laid_over(x, "colours", same),
            "mirrored": self._laid_over(np.ascontiguousarray(x[:, :, ::-1]), "colours", same),
            "recoloured": self._laid_over(x, "lines", same),
            "halved": _joined([self._halved(x[part], None if same is None else same[part]) for part in blocks(len(x))]),
            "blended": _joined(
                [self._blended(x[part], None if same is None else same[part]) for part in blocks(len(x))]
            ),
        }

    def _laid_over(self, x: np.ndarray, content: str, same: np.ndarray | None) -> Matches:
        """The best of the few training pictures whose waves are most alike, each as it was cropped or blurred, laid where it fits."""
        n, k = len(x), min(CANDIDATES, len(self.pictures))
        seen = np.concatenate([smooth(DRAWN[content](x[part])) for part in blocks(n)])
        picture, view, far = np.empty((n, k), np.intp), np.empty((n, k), np.intp), np.empty(n, np.float32)
        for part in blocks(n):
            picture[part], view[part], far[part] = self._candidates(
                waves(seen[part]), content, None if same is None else same[part], k
            )
        left, down, across = self._fitted(seen, picture.ravel(), view.ravel(), content)
        chosen = np.arange(n) * k + left.reshape(-1, k).argmin(axis=1)
        crop = np.array(VIEWS)[view.ravel()[chosen]]
        pixels = np.where(crop > 0, crop * self.size / SIZE * self.scale, crop)
        return Matches(
            left[chosen] / far,
            picture.ravel()[chosen],
            np.full(n, -1),
            pixels,
            down[chosen] * self.scale,
            across[chosen] * self.scale,
        )

    def _candidates(
        self, strengths: np.ndarray, content: str, same: np.ndarray | None, k: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The k training pictures (n, k) whose waves are most alike, in which view, and how unlike (n,) those behind them are."""
        alike = most_alike(strengths, self.waves[content], same)
        picture = np.argpartition(-alike, k - 1, axis=1)[:, :k]
        row = np.repeat(np.arange(len(strengths)), k)
        view = np.einsum("vrd,rd->vr", self.waves[content][:, picture.ravel()], strengths[row]).argmax(axis=0)
        return picture, view.reshape(-1, k), np.sqrt(np.maximum(1 - next_alike(alike, k) ** 2, LEAST_UNIT**2))

    def _fitted(
        self, seen: np.ndarray, picture: np.ndarray, view: np.ndarray, content: str
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What k views of training pictures (n k,) leave unexplained of each of `seen` (n, ...), and how far they are moved.

        Rows of one view follow each other, so that each is drawn once, however often it is laid over.
        """
        each, most = len(picture) // len(seen), max(1, MOVES * self.size // SIZE)
        code = view * len(self.pictures) + picture
        order = np.argsort(code, kind="stable")
        left, down, across = np.empty(len(code), np.float32), np.empty(len(code), np.intp), np.empty(len(code), np.intp)
        ours = transformed(seen)
        ours[:, 0, 0] = 0
        for part in blocks(len(code), 2 * BLOCK):
            rows = order[part]
            codes, where = np.unique(code[rows], return_inverse=True)
            laid, row = self._views(codes, content), rows // each
            down[rows], across[rows] = best_moves(ours[row], transformed(laid)[where], seen.shape[1], most)
            left[rows] = unexplained(seen, laid, row, where, down[rows], across[rows])
        return left, down, across

    def _views(self, codes: np.ndarray, content: str) -> np.ndarray:
        """Training pictures as cropped or blurred: the numbers of views times how many pictures there are, plus those of pictures."""
        view, picture = np.divmod(codes, len(self.pictures))
        found = []
        for number in np.unique(view):  # codes are sorted, so views follow each other
            crop = VIEWS[number]
            found.append(
                viewed(
                    DRAWN[content](cropped(self.pictures[picture[view == number]], max(crop, 0) * self.size / SIZE)),
                    crop,
                )
            )
        return np.concatenate(found)

    def _halved(self, x: np.ndarray, same: np.ndarray | None) -> Matches:
        """How far the nearest halves are, as a share of the distance of the nearest whole picture."""
        ours, theirs = on_a_grid(x), self.grid
        middle = ours.shape[1] // 2
        score, index, other = np.full(len(x), np.inf), np.zeros(len(x), np.intp), np.zeros(len(x), np.intp)
        varied = ((ours - ours.mean((1, 2), keepdims=True)) ** 2).sum(-1)
        for axis in (1, 2):
            sides = (
                [np.s_[:, :middle], np.s_[:, middle:]] if axis == 1 else [np.s_[:, :, :middle], np.s_[:, :, middle:]]
            )
            squared = [squared_apart(ours[side], theirs[side], same) for side in sides]
            whole = np.maximum((squared[0] + squared[1]).min(axis=1), 1e-6 * theirs[0].size)
            nearest = [each.argmin(axis=1) for each in squared]
            halves = sum(each.min(axis=1) for each in squared)
            enough = np.minimum(*(varied[side].sum((1, 2)) for side in sides)) > HALF * varied.sum((1, 2)) + 1e-6
            found = np.where(enough, np.sqrt(halves / whole), 1.0)
            better = found < score
            score[better], index[better], other[better] = found[better], nearest[0][better], nearest[1][better]
        return _unmoved(score, index, other)

    def _among(self, some: np.ndarray) -> np.ndarray:
        """The correlations (n, m) of some training pictures (n,) with all."""
        return self._alike[some] if len(self.units) <= KEPT else self.units[some] @ self.units.T

    @cached_property
    def _alike(self) -> np.ndarray:
        return self.units @ self.units.T

    def _blended(self, x: np.ndarray, same: np.ndarray | None) -> Matches:
        """How much no blend of two training pictures explains, as a share of what none of them alone does."""
        alike = unit_rows(on_a_grid(x)) @ self.units.T
        if same is not None:
            alike[same] = 0
        k, rows = min(3, len(self.pictures)), np.arange(len(x))
        first = np.argpartition(-alike, k - 1, axis=1)[:, :k]
        alone = np.maximum(1 - np.maximum(alike, 0).max(axis=1) ** 2, 1e-4)
        left, index, other = np.full(len(x), np.inf), first[:, 0].copy(), first[:, 0].copy()
        for one in first.T:
            own, between = alike[rows, one][:, None], self._among(one)
            rest = np.maximum(1 - between**2, 1e-3)
            second, weight = (alike - own * between) / rest, (own - alike * between) / rest
            unfit = (second <= 0) | (weight <= 0) | (between >= ALIKE)
            weight *= own
            second *= alike
            explained = np.add(weight, second, out=weight)
            explained[unfit] = 0
            best = explained.argmax(axis=1)
            found = 1 - explained[rows, best]
            better = found < left
            left[better], index[better], other[better] = found[better], one[better], best[better]
        return _unmoved(np.sqrt(np.clip(left / alone, 0, 1)), index, other)


def _unmoved(score: np.ndarray, index: np.ndarray, other: np.ndarray) -> Matches:
    return Matches(score, index, other, *(np.zeros(len(score)) for _ in range(3)))


def _joined(parts: list[Matches]) -> Matches:
    names = ("score", "index", "other", "crop", "down", "across")
    return Matches(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


DRAWN: dict[str, Callable[[np.ndarray], np.ndarray]] = {"colours": lambda x: x, "lines": lines}  # what is compared
