"""Data sets: one file each. `DATA[name]` is a frozen dataclass of knobs whose `load()` gives a `Dataset`.

Opening this package reads no picture: registration is by import of small files, and the work is in `load()`.
The class says the cheap facts: `kind`, `licence`, and `offline` (no network is ever needed).
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from genmodels.recipe import Spec
from genmodels.refusal import Refusal
from genmodels.registry import Registry

DATA = Registry("data set")
dataset = DATA.add


def package(module: str, install: str) -> ModuleType:
    """The module of that name; raises `Refusal` saying what to install where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Refusal(f"This data set needs the package {install}; install it with: pip install {install}") from None


@dataclass(frozen=True)
class Examples:
    """One split. `images` are uint8 of shape (n, height, width, channels); the rest has one entry an image or is empty.

    `labels` are whole numbers below `Spec.classes`. `groups` maps the name of a grouping (gender, skin tone ...) to an
    array of texts, "" where the grouping does not apply.
    """

    images: np.ndarray
    labels: np.ndarray | None = None
    captions: tuple[str, ...] = ()
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.images)

    def order(self, seed: Sequence[int]) -> np.ndarray:
        """What an epoch trains on, in its order: every example once."""
        return np.random.default_rng(seed).permutation(len(self))

    def batch(self, index: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Images and labels at `index`, as a training step takes them."""
        return self.images[index], None if self.labels is None else self.labels[index]

    def facts(self) -> dict[str, Any]:
        """What else a run records of its training split."""
        return {}

    def speed(self, examples_per_second: float) -> dict[str, float]:
        """The speed of a training in the unit that is usual for it."""
        return {"images_per_second": examples_per_second}

    def digest(self, sha: Any) -> None:
        """Feed all of it to a hash."""
        sha.update(repr(self.images.shape).encode())
        sha.update(np.ascontiguousarray(self.images).data)
        sha.update(b"" if self.labels is None else self.labels.astype("<i4").tobytes())
        sha.update("\n".join(self.captions).encode())
        for name, values in sorted(self.groups.items()):
            sha.update("\n".join([name, *values]).encode())

    def with_mirrored(self) -> Examples:
        """These, and behind them the mirror image of each."""
        twice = self.take(np.tile(np.arange(len(self)), 2))
        return dataclasses.replace(twice, images=np.concatenate([self.images, self.images[:, :, ::-1]]))

    def take(self, index: np.ndarray) -> Examples:
        """The examples at `index`, in that order."""
        return Examples(
            self.images[index],
            None if self.labels is None else self.labels[index],
            tuple(self.captions[i] for i in index) if self.captions else (),
            {name: values[index] for name, values in self.groups.items()},
        )


@dataclass(frozen=True)
class Texts:
    """One split of texts or code: its documents, and the tokens of all of them in one row.

    `tokens` (n,) int32 has `END` (0) before the first document and after each. An example is a window of `context`
    tokens with the token after it; `windows` of them make an epoch (0: as many as fit side by side).
    """

    documents: tuple[str, ...]
    tokens: np.ndarray
    context: int
    windows: int = 0
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)  # one entry a document
    families: tuple[str, ...] = ()  # what each document is part of (a module), where that is known; no part of the digest

    def __len__(self) -> int:
        return self.windows or max(0, len(self.tokens) - 1) // self.context

    @property
    def characters(self) -> int:
        return sum(map(len, self.documents))

    def order(self, seed: Sequence[int]) -> np.ndarray:
        """Where the windows of an epoch begin: side by side from an offset drawn anew, each token once; or anywhere."""
        rng, most = np.random.default_rng(seed), len(self.tokens) - self.context
        if self.windows:
            return rng.integers(most, size=self.windows)
        offset = rng.integers(min(self.context, most - (len(self) - 1) * self.context))
        return offset + self.context * rng.permutation(len(self))

    def batch(self, starts: np.ndarray) -> tuple[np.ndarray, None]:
        """The windows (n, context + 1) that begin there."""
        return self.tokens[starts[:, None] + np.arange(self.context + 1)], None

    def facts(self) -> dict[str, Any]:
        """What else a run records of its training split."""
        return {"documents": len(self.documents), "characters": self.characters, "tokens": len(self.tokens)}

    def speed(self, examples_per_second: float) -> dict[str, float]:
        """The speed of a training in the unit that is usual for it."""
        return {"tokens_per_second": examples_per_second * self.context}

    def digest(self, sha: Any) -> None:
        """Feed all of it to a hash."""
        sha.update(repr((self.tokens.shape, self.context, self.windows)).encode())
        sha.update(self.tokens.astype("<i4").tobytes())
        sha.update("\0".join(self.documents).encode())
        for name, values in sorted(self.groups.items()):
            sha.update("\n".join([name, *values]).encode())


@dataclass(frozen=True)
class Dataset:
    """Training and held-out examples, `Examples` of pictures or `Texts`. No training ever sees `test`."""

    name: str
    train: Any
    test: Any
    spec: Spec
    licence: str
    source: str
    credit: str = ""  # must stand wherever the pictures are shown

    def digest(self) -> str:
        """SHA-256 over both splits: pictures or texts, labels, captions and groups. Recorded in every run."""
        sha = hashlib.sha256()
        for part in (self.train, self.test):
            part.digest(sha)
        return sha.hexdigest()


def describe(data: Dataset) -> dict[str, Any]:
    """What a page or `list data` says of a data set, ready for JSON: counts, shares of every group, licence, hash.

    `groups` maps a grouping to a list of {"group", "train", "test", "share"}; `share` is of the training examples that
    have a group in it.
    """
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in data.train.groups}
    for name, values in data.train.groups.items():
        held_out = data.test.groups[name]
        known = max(int((values != "").sum()), 1)
        for group in sorted({*values.tolist(), *held_out.tolist()} - {""}):
            train, test = int((values == group).sum()), int((held_out == group).sum())
            groups[name].append({"group": group, "train": train, "test": test, "share": train / known})
    written = isinstance(data.train, Texts)
    return {
        "name": data.name,
        "kind": data.spec.kind,
        "shape": list(data.spec.shape),
        "n_train": len(data.train),
        "n_test": len(data.test),
        "classes": [] if written else list(data.spec.vocabulary),
        "captions": 0 if written else len(set(data.train.captions) | set(data.test.captions)),
        **({"documents": [len(part.documents) for part in (data.train, data.test)],
            "characters": [part.characters for part in (data.train, data.test)],
            "tokens": [len(part.tokens) for part in (data.train, data.test)],
            "vocabulary": len(data.spec.vocabulary)} if written else {}),
        "groups": groups,
        "licence": data.licence,
        "credit": data.credit,
        "source": data.source,
        "sha256": data.digest(),
    }


from genmodels.data import (  # noqa: E402, F401  (registration)
    digits,
    emblems,
    fakes,
    folder,
    hands,
    icons,
    keras_sets,
    occupations,
    openmoji,
    people,
    python_code,
    python_docs,
    shakespeare,
    text,
)
