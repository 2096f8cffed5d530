"""How near pictures come to training pictures, and how near those come that nobody copied.

A distance is the root mean square difference of pixels, 0 to 1, the least over shifts of up to two pixels, between a
picture and the ten training pictures that look most like it when both are averaged over an 8 x 8 grid.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.estimates.neighbours import squared_distances
from genmodels.estimates.splits import copies, families
from genmodels.kinds.image.examples import Examples, Splits
from genmodels.kinds.image.features import averaged
from genmodels.refusal import Refusal

NEAR = 0.1  # relative distance from which a picture is nearly equal: the second limit of the memorisation audit
NEXT = 50  # training pictures that a distance is compared with (Carlini et al. 2023)
CANDIDATES, CELLS = 10, 8  # training pictures that are compared pixel by pixel; the grid by which they are found
EQUAL = 0.005  # root mean square: a copy pixel for pixel, but for rounding
REFERENCES = 2000  # training pictures that are compared with the others
MANY = 10_000  # pictures, above which only byte for byte equal ones are found twice


@dataclass(frozen=True)
class Nearness:
    """For n pictures: the nearest training picture, its distance (0 to 1), and the mean distance to the 50 next ones."""

    index: np.ndarray
    distance: np.ndarray
    others: np.ndarray

    @property
    def relative(self) -> np.ndarray:
        """The distance as a share of that to the next ones, (n,)."""
        return self.distance / self.others


@dataclass(frozen=True)
class Strangers:
    """m pictures that nobody copied: how near they come to training pictures, and which of them are alike (m,).

    The first are the held-out ones; behind them are training pictures, which are compared with the others only: those
    whose key in `train_keys` is not their own in `keys` (of held-out ones -1).
    """

    images: np.ndarray
    near: Nearness
    families: np.ndarray
    keys: np.ndarray
    train_keys: np.ndarray

    def __len__(self) -> int:
        return len(self.images)


def strangers(data: Splits, most: int = REFERENCES) -> Strangers:
    """Held-out pictures, and up to `most` training pictures that are compared with the others.

    Where whole roles were held out, a training picture is not compared with its own role; where combinations were, it is
    (and only roles with a held-out combination are taken), since then a held-out picture too has the same drawing in
    another tone in training, and that is no copying.
    """
    train, test = data.train, data.test
    own, other = _families(train), _families(test)
    shared = np.intersect1d(own[own >= 0], other[other >= 0])
    whole = len(shared) == 0  # roles were held out whole
    fit = (
        np.arange(len(train)) if whole else np.flatnonzero(np.isin(own, shared))
    )  # others have no drawing in another tone
    chosen = np.random.default_rng(0).permutation(fit)[:most]
    same = copies(train.images) if len(train) <= MANY else np.arange(len(train))
    keys = families(np.where(own >= 0, own, -1 - np.arange(len(own))), same) if whole else same
    held_out = nearness(test.images, train.images)
    others = nearness(train.images[chosen], train.images, (keys[chosen], keys))
    near = Nearness(
        *(
            np.concatenate([getattr(each, name) for each in (held_out, others)])
            for name in ("index", "distance", "others")
        )
    )
    number = np.concatenate([other, own[chosen]])
    alike = np.where(number >= 0, number, number.max() + 1 + np.arange(len(number)))
    return Strangers(
        np.concatenate([test.images, train.images[chosen]]),
        near,
        alike,
        np.concatenate([np.full(len(test), -1), keys[chosen]]),
        keys,
    )


def unseen(data: Splits) -> tuple[np.ndarray, np.ndarray]:
    """How near (m,) pictures come to training pictures that nobody copied, and which of them are alike (m,)."""
    found = strangers(data)
    return found.near.relative, found.families


def _families(examples: Examples) -> np.ndarray:
    """A number (n,) for the drawing that each picture is a variant of, else -1; the same in every split."""
    return np.array([zlib.crc32(name.encode()) if name else -1 for name in drawings_of(examples)], np.int64)


def families_of(examples: Examples) -> np.ndarray:
    """A number (n,) that variants of one drawing share, and pictures that are equal; every other picture has its own."""
    return families([name or None for name in drawings_of(examples)], copies(examples.images))


def held_out_drawings(data: Splits) -> np.ndarray:
    """A number (n,) for what each held-out picture is a variant of: what another sample of held-out pictures would draw anew.

    Variants of one role share it, pictures that are equal, and those whose caption begins alike where no training caption
    does. A caption that training pictures have too is the name of a class, whose pictures are each their own.
    """
    known, roles = set(drawings_of(data.train)), data.test.groups.get("role", np.full(len(data.test), ""))
    names = [
        name if role or name not in known else None
        for role, name in zip(roles.tolist(), drawings_of(data.test), strict=True)
    ]
    return families(
        [name or None for name in names],
        copies(data.test.images) if len(data.test) <= MANY else np.arange(len(data.test)),
    )


def drawings_of(examples: Examples) -> list[str]:
    """What each picture is a variant of: its role, else its caption up to the first comma (tones come after it), else "".

    Captions that only say the class of a picture (zero, one, two) name no drawing.
    """
    roles = examples.groups.get("role", np.full(len(examples), "")).tolist()
    captions = examples.captions or [""] * len(examples)
    if (
        examples.labels is not None
        and examples.labels.ndim == 1
        and len(set(captions))
        == len(set(zip(examples.labels.tolist(), captions, strict=True)))
        <= max(len(captions) / 10, 1)
    ):
        captions = [""] * len(examples)
    return [str(role) or caption.split(",")[0] for role, caption in zip(roles, captions, strict=True)]


def nearness(pictures: np.ndarray, train: np.ndarray, apart: tuple[np.ndarray, np.ndarray] | None = None) -> Nearness:
    """How near pictures come to training pictures, both uint8 (n, height, width, channels).

    `apart` is for training pictures themselves: the families of `pictures` and of `train`. A picture is then compared
    with none of its family (of 0 or more) and with none that is equal to it.
    """
    queries, reference = _averages(pictures), _averages(train)
    margin = min(2, train.shape[1] // 16)
    n = len(pictures)
    index, distance, others = np.empty(n, np.intp), np.empty(n), np.empty(n)
    for part, squared in squared_distances(queries, reference):
        if apart is not None:
            squared[(apart[0][part, None] == apart[1][None]) & (apart[0][part, None] >= 0)] = np.inf
            squared[squared <= EQUAL**2 * reference.shape[1]] = np.inf
        k = min(NEXT + 1, len(train) - 1)
        near = np.argpartition(squared, k - 1, axis=1)[:, :k]
        near = np.take_along_axis(near, np.argsort(np.take_along_axis(squared, near, 1), axis=1, kind="stable"), 1)
        for row, number in enumerate(range(part.start, part.stop)):
            picture = pictures[number].astype(np.float32) / 255
            around = train[near[row]].astype(np.float32) / 255
            straight = np.sqrt(((around - picture) ** 2).mean(axis=(1, 2, 3)))
            best = np.minimum(straight[:CANDIDATES], _shifted(picture, around[:CANDIDATES], margin))
            nearest = int(best.argmin())
            others[number] = np.delete(straight, nearest).mean()
            if not others[number]:
                raise Refusal("More than 50 training pictures are alike, so that the distance to them says nothing.")
            index[number], distance[number] = near[row, nearest], best[nearest]
    return Nearness(index, distance, others)


def _shifted(picture: np.ndarray, others: np.ndarray, margin: int) -> np.ndarray:
    """The least distance (n,) to each of n pictures over shifts by up to `margin` pixels, of the part that both show.

    The best shift is found by products, which are fast; its distance is then taken of the differences, which is exact.
    """
    height, width = picture.shape[:2]
    inner = others[:, margin : height - margin, margin : width - margin].reshape(len(others), -1)
    windows = np.lib.stride_tricks.sliding_window_view(picture, (height - 2 * margin, width - 2 * margin), axis=(0, 1))
    seen = np.ascontiguousarray(windows.transpose(0, 1, 3, 4, 2)).reshape(-1, inner.shape[1])
    squared = np.einsum("ij,ij->i", seen, seen)[:, None] - 2 * seen @ inner.T
    return np.sqrt(((inner - seen[squared.argmin(axis=0)]) ** 2).mean(axis=1))


def _averages(images: np.ndarray) -> np.ndarray:
    """Pictures averaged over a grid of 8 x 8 cells, float32 (n, 64 channels) from 0 to 1."""
    parts = [averaged(images[i : i + 256].astype(np.float32) / 255, CELLS) for i in range(0, len(images), 256)]
    return np.concatenate(parts).reshape(len(images), -1)


def authentic(pictures: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Whether the nearest training picture (on the grid) of each picture (n,) has a training picture nearer to it (Alaa et al. 2022)."""
    queries, reference = _averages(pictures), _averages(train)
    own = np.empty(len(train))
    for part, squared in squared_distances(reference, reference):
        squared[np.arange(len(squared)), np.arange(part.start, part.stop)] = np.inf
        own[part] = squared.min(axis=1)
    found = np.empty(len(pictures), bool)
    for part, squared in squared_distances(queries, reference):
        nearest = squared.argmin(axis=1)
        found[part] = squared[np.arange(len(squared)), nearest] > own[nearest]
    return found


def duplicates_of(images: np.ndarray) -> list[tuple[int, int]]:
    """(earlier, later) indices of pictures that are equal (root mean square below 0.005); each later one once.

    Among more than 10,000 pictures only those that are equal byte for byte are looked for.
    """
    keys: Any = copies(images).tolist() if len(images) <= MANY else [picture.tobytes() for picture in images]
    seen: dict[Any, int] = {}
    return [(first, i) for i, key in enumerate(keys) if (first := seen.setdefault(key, i)) != i]
