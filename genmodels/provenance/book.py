"""The ledger as read: which entry is a file like, by its bytes, the fingerprint of a picture or the shingles of a text?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genmodels.kinds.image.fingerprint import SIGNS, distances, signs_of, telling
from genmodels.kinds.text.fingerprint import shingles

NEAR = 0.08  # by which a picture may differ from one in the ledger
ALIKE = 8  # entries that a picture may be like at once
SHARED = 0.25  # share of an entry's shingles that a text has to hold
LEAST_SHINGLES = 5
FIRST = "0" * 64  # what the first line follows

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Match:
    """The entry of the ledger that is nearest: `exact`: the very bytes; `distance`: 0 where all is alike.

    `keyed`: was it entered under the key of this machine? Without, it is no proof. `begun`: it is the picture that the
    entry's was begun from, or one like it. `alike` are the nearest entries of a picture, this one first, at most eight: seeds
    and frames of one drawing can be alike.
    """

    entry: Entry
    exact: bool
    distance: float
    keyed: bool = True
    begun: bool = False
    alike: tuple[Entry, ...] = ()


@dataclass
class Book:
    """The ledger as read. `entries` are what this machine entered, `older` what is from before there was a key.

    `damaged`: lines that are torn, changed, out of order or not under the key; `unread`: lines that can't be judged, since
    the key is not there; `reason`: why nothing could be read.
    """

    entries: Sequence[Entry] = ()
    older: Sequence[Entry] = ()
    damaged: int = 0
    unread: int = 0
    last: str = FIRST
    reason: str = ""

    def picture(self, fingerprint: str, sha256: str = "", middle: str = "") -> Match | None:
        """The entry of the same bytes, or of the picture nearest to this one within `NEAR`.

        `middle` is `fingerprints.of_middle`: what a drawing was begun from is told as that. A picture too plain to be told
        from others is known by its bytes alone.
        """
        return (
            _same(sha256, self.entries, True)
            or _nearest(middle, self._beginnings, begun=True)
            or _nearest(fingerprint, self._pictures)
            or _same(sha256, self.older, False)
            or _nearest(fingerprint, self._older_pictures, keyed=False)
        )

    def text(self, text: str, sha256: str = "") -> Match | None:
        """The entry of the same bytes, or of the text of which this one holds most."""
        own = shingles(text)
        return (
            _same(sha256, self.entries, True)
            or _fullest(own, self.entries, True)
            or _same(sha256, self.older, False)
            or _fullest(own, self.older, False)
        )

    @cached_property
    def seen(self) -> frozenset[str]:
        """The contents that were entered under the key."""
        return frozenset(entry["sha256"] for entry in self.entries)

    @cached_property
    def _pictures(self) -> Prints:
        return prints_of(self.entries, "print")

    @cached_property
    def _beginnings(self) -> Prints:
        return prints_of(self.entries, "begun")

    @cached_property
    def _older_pictures(self) -> Prints:
        return prints_of(self.older, "print")


Prints = tuple[list[Entry], np.ndarray]  # entries, and the signs of each, int8 (n, 384)


def prints_of(entries: Sequence[Entry], name: str) -> Prints:
    """The entries whose picture can be told from others by its fingerprint."""
    own = [entry for entry in entries if isinstance(entry.get(name), str) and telling(entry[name])]
    return own, np.array([signs_of(entry[name]) for entry in own], np.int8).reshape(-1, SIGNS)


def _same(sha256: str, entries: Sequence[Entry], keyed: bool) -> Match | None:
    entry = next((entry for entry in entries if entry["sha256"] == sha256), None) if sha256 else None
    return Match(entry, True, 0.0, keyed) if entry else None


def _nearest(fingerprint: str, among: Prints, *, keyed: bool = True, begun: bool = False) -> Match | None:
    entries, signs = among
    if not entries or not telling(fingerprint):
        return None
    apart = distances(fingerprint, signs)
    near = [int(i) for i in np.argsort(apart, kind="stable")[:ALIKE] if apart[i] <= NEAR]
    return (
        Match(entries[near[0]], False, float(apart[near[0]]), keyed, begun, tuple(entries[i] for i in near))
        if near
        else None
    )


def _fullest(own: set[int], entries: Sequence[Entry], keyed: bool) -> Match | None:
    best = None
    for entry in entries:
        kept = entry.get("print")
        if isinstance(kept, list) and len(kept) >= LEAST_SHINGLES:
            held = sum(shingle in own for shingle in kept)
            if (
                held >= LEAST_SHINGLES
                and held >= SHARED * len(kept)
                and (best is None or 1 - held / len(kept) < best.distance)
            ):
                best = Match(entry, False, 1 - held / len(kept), keyed)
    return best
