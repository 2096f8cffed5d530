"""What data sets of texts share: four knobs, documents divided by whole families, documents made into a `Dataset`."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from genmodels.cache import drawn_once, tellable
from genmodels.data.dataset import Dataset, package
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.tokens import BYTES, CHARACTER, SELFIES, SYMBOLS, UNITS, Tokens
from genmodels.knobs import Knobs, knob
from genmodels.refusal import Refusal

HELD_OUT = 0.1  # share of the families of a text that no training sees
PIECE = 100_000  # characters
CUT = re.compile(r"[ \n](?=\S)")


def unit_knob(default: str, choices: tuple[str, ...] = UNITS) -> Any:
    """The knob that says what a token is."""
    return knob(
        default,
        help="What a token is: one character, a frequent run of bytes or characters, or symbols of SELFIES",
        choices=choices,
    )


def vocabulary_knob(default: int) -> Any:
    """The knob that says how many tokens pairs may make."""
    return knob(
        default, BYTES + 1, 32_768, "How many different tokens pairs may make; characters are as many as there are"
    )


def context_knob(default: int) -> Any:
    """The knob that says how many tokens a window has, 8 to 1,024."""
    return knob(default, 8, 1024, "Tokens in one window: how far back a model looks")


@dataclass(frozen=True, kw_only=True)
class TextData(Knobs):
    """Base of the data sets of texts: what a token is, and what is seen of the tokens."""

    unit: str = unit_knob("byte-pair")
    vocabulary: int = vocabulary_knob(2048)
    context: int = context_knob(256)
    windows: int = knob(0, 0, 10_000_000, "Windows in an epoch, drawn anywhere; 0: side by side, each token once")

    kind: ClassVar[str] = "text"
    offline: ClassVar[bool] = True
    licence: ClassVar[str] = ""
    training: ClassVar[type[Texts]] = Texts  # how both splits are walked through

    def shares(self) -> dict[str, float]:
        """Occupation to the share of she that was planted in the training text; none but in a text made for it."""
        return {}

    def dataset(
        self,
        name: str,
        train: Sequence[str],
        test: Sequence[str],
        source: str,
        *,
        licence: str = "",
        groups: Sequence[Mapping[str, Sequence[str]]] = ({}, {}),
        families: Sequence[Sequence[str]] = ((), ()),
    ) -> Dataset:
        """The documents of both splits as a `Dataset`; the tokens are those of the training documents.

        `groups`, one mapping a split, name the group of each document; `families`, one list a split, what each is part of.
        Raises `Refusal` where a split is shorter than a window. The tokens are learned once and then read from the cache.
        """
        tokens, rows = self._tokens(name, train, test)
        for split, row in zip(("training", "held-out"), rows, strict=True):
            if len(row) < self.context + 2:
                raise Refusal(
                    f"context is {self.context}, but the {split} text of {name} is {len(row)} tokens; choose a smaller context or give more text."
                )
        parts = [
            walked(
                tuple(documents),
                row,
                self.context,
                windows,
                {key: np.array(values, str) for key, values in group.items()},
                tuple(known),
            )
            for walked, documents, row, windows, group, known in zip(
                (self.training, self.training), (train, test), rows, (self.windows, 0), groups, families, strict=True
            )
        ]
        spec = Spec(self.kind, (self.context,), 0, tokens.vocabulary, tokens.merges)
        return Dataset(name, parts[0], parts[1], spec, licence or self.licence, source)

    def _tokens(self, name: str, train: Sequence[str], test: Sequence[str]) -> tuple[Tokens, list[np.ndarray]]:
        facts: dict[str, Any] = {"documents": fingerprint(train, test), "unit": self.unit, "tokens": 1}
        facts |= versions(self.unit)
        if self.unit not in (CHARACTER, SELFIES):
            facts["vocabulary"] = self.vocabulary

        def learn() -> dict[str, np.ndarray]:
            tokens = Tokens.learned(searched(train, self.vocabulary), self.unit, self.vocabulary)
            told = as_bytes([tokens.vocabulary, tokens.merges])
            return {"told": told, "train": encoded(tokens, train), "test": encoded(tokens, test)}

        arrays = drawn_once(f"{name}-tokens", facts, learn)
        vocabulary, merges = from_bytes(arrays["told"])
        return Tokens(tuple(vocabulary), tuple(merges)), [arrays["train"], arrays["test"]]


def fingerprint(*splits: Sequence[str]) -> str:
    """SHA-256 of the documents of splits."""
    sha = hashlib.sha256()
    for documents in splits:
        sha.update("\0".join(documents).encode() + b"\1")
    return sha.hexdigest()


def read_once(name: str, facts: Mapping[str, Any], read: Callable[[], Any]) -> Any:
    """What `read()` gives (JSON), from the cache where it is there; `facts` are all that decide it."""
    return from_bytes(drawn_once(name, facts, lambda: {"json": as_bytes(read())})["json"])


def divided(found: Iterable[tuple[str, str, str]], seed: int) -> dict[str, list[str]]:
    """(document, family, group) as {"train", "train_groups", "test", "test_groups", "train_families", "test_families"}, whole families held out.

    Exact copies are joined. A document that some training family holds is not held out, so none is on both sides.
    """
    sides: tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]] = ({}, {})
    for document, family, group in found:
        sides[held_out(family, seed)].setdefault(document, (group, family))
    train, test = sides
    test = {document: told for document, told in test.items() if document not in train}
    parts = {"train": train, "test": test}
    told = {
        f"{name}_{kind}": [each[i] for each in side.values()]
        for name, side in parts.items()
        for i, kind in enumerate(("groups", "families"))
    }
    return {"train": list(train), "test": list(test), **told}


def held_out(family: str, seed: int) -> bool:
    """Whether a family is held out: decided by its name alone, so that it stays where it is when others come or go."""
    return place(family, seed) < HELD_OUT


def place(family: str, seed: int) -> float:
    """A number from 0 to 1 that a name and a seed decide: its SHA-256."""
    return int.from_bytes(hashlib.sha256(f"{seed} {family}".encode()).digest()[:8], "big") / 2**64


def pieces(document: str, least: int = PIECE) -> Iterator[str]:
    """A document cut where no token can reach across, before a single space or newline: same tokens, less memory."""
    start = 0
    while (cut := CUT.search(document, start + least)) is not None:
        yield document[start : cut.start()]
        start = cut.start()
    yield document[start:]


def searched(documents: Sequence[str], vocabulary: int) -> Iterator[str]:
    """The pieces of all documents, from which tokens are learned; says how far that is."""
    report, of = tellable(), sum(map(len, documents))

    def every() -> Iterator[str]:
        done = said = 0
        for document in documents:
            for piece in pieces(document):
                yield piece
                done += len(piece)
                if done - said >= PIECE:
                    report("Searching characters for tokens", said := done, of)
        report(f"Joining frequent bytes to {vocabulary:,} tokens", 0, 0)

    return every()


def encoded(tokens: Tokens, documents: Sequence[str], least: int = PIECE) -> np.ndarray:
    """As `tokens.encode_all(documents)`, some pieces at a time: a text of 20 MB at once would take gigabytes."""
    rows, batch, size = [np.zeros(1, np.int32)], [], 0
    last: list[bool] = []  # whether a piece ends its document
    report, done, of = tellable(), 0, sum(map(len, documents))
    for document in documents:
        for piece in pieces(document, least):
            batch.append(piece)
            last.append(False)
            if (size := size + len(piece)) > 4 * least:
                rows.append(tokens.encode_all(batch)[1:])
                report("Writing characters as tokens", done := done + size, of)
                batch, size = [], 0
        last[-1] = True
    row = np.concatenate([*rows, tokens.encode_all(batch)[1:]] if batch else rows)
    ends = np.flatnonzero(row == 0)[1:]
    return np.delete(row, ends[~np.array(last, bool)])


def as_bytes(value: object) -> np.ndarray:
    """JSON as an array of bytes, which a cache can keep without pickle."""
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def from_bytes(array: np.ndarray) -> Any:
    """The document of which `array`, uint8 (bytes,), is the JSON text."""
    return json.loads(array.tobytes())


def versions(unit: str) -> dict[str, str]:
    """The libraries that make tokens of that unit, with their versions. Refuses where one is missing."""
    needed = ("selfies",) * (unit in SYMBOLS) + ("tokenizers",) * (unit not in (CHARACTER, SELFIES))
    for library in needed:
        package(library, library)
    return {library: importlib.metadata.version(library) for library in needed}
