"""Names of files from outside: which of them a table means, however either of them is written."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote

INVISIBLE = {"Cf", "Cc"}  # zero-width and soft characters, direction marks


def plain(name: str) -> str:
    """A name in one normal form: composed, with plain spaces and slashes, without what can't be seen and without "./"."""
    composed = unicodedata.normalize("NFC", name.replace("\\", "/"))
    seen = "".join(
        " " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c) not in INVISIBLE
    )
    parts = [" ".join(part.split()) for part in seen.split("/")]
    return "/".join(part for part in parts if part and part != ".")


def found(told: Sequence[str], names: Sequence[str], base: str = "") -> list[int | None]:
    """For each name that a table tells, the place in `names` of the file that it means; None where none or several fit.

    It may be written from the top, from the table's own folder `base`, without its folders, with other capitals or
    compatibility characters, without its ending or with another, or as in an address (%20); what fits more exactly goes first.
    """
    ways: list[Callable[[str], str]] = [
        plain,
        _folded,
        lambda name: _last(_folded(name)),
        lambda name: _stem(_last(_folded(name))),
    ]
    ways += [lambda name: _last(_folded(unquote(name))), lambda name: _stem(_last(_folded(unquote(name))))]
    inside = [f"{base}/{name}" if base else name for name in told]
    places: list[int | None] = [None] * len(told)
    for way in ways:
        of_files = [way(name) for name in names]
        times, where = Counter(of_files), {key: place for place, key in enumerate(of_files)}
        for number, (name, below) in enumerate(zip(told, inside, strict=True)):
            for key in (way(below), way(name)):
                if places[number] is None and key and times[key] == 1:
                    places[number] = where[key]
    return places


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", plain(name)).casefold()


def _last(name: str) -> str:
    return PurePosixPath(name).name


def _stem(name: str) -> str:
    return PurePosixPath(name).stem
