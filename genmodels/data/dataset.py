"""What a data set is: a frozen dataclass of knobs in `DATA`, whose `load()` gives a `Dataset`.

The class says the cheap facts: `kind`, `licence`, and `offline` (no network is ever needed).
"""

from __future__ import annotations

import hashlib
import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from genmodels.kinds.kind import kind_of
from genmodels.kinds.spec import Spec
from genmodels.refusal import Refusal
from genmodels.registry import Registry

DATA = Registry("data set")
dataset = DATA.add


def title_of(name: str) -> str:
    """What a page calls a set: in plain words, else by its name."""
    return DATA[name].title or name.replace("-", " ").capitalize()


def package(module: str, install: str) -> ModuleType:
    """The module of that name; raises `Refusal` saying what to install where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Refusal(f"This data set needs the package {install}; install it with: pip install {install}") from None


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
    judge: str = "judge"  # the run of the gallery that says whether a picture that was drawn shows its caption

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
    return {
        "name": data.name,
        "kind": data.spec.kind,
        "shape": list(data.spec.shape),
        "n_train": len(data.train),
        "n_test": len(data.test),
        **kind_of(data.spec).facts(data.spec, data.train, data.test),
        "groups": groups,
        "licence": data.licence,
        "credit": data.credit,
        "source": data.source,
        "sha256": data.digest(),
    }
