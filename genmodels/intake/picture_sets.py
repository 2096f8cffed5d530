"""A user's own pictures: read from a folder or a zip, checked, and kept under the home folder.

An imported set is `data/<token>/` with `pictures/00000.png ...` (re-encoded, at most 512 pixels wide or high) and
`index.json` (title, captions, groups, SHA-256 of every file). Names from outside are shown, never used as paths.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np

from genmodels.estimates.splits import copies, whole_families
from genmodels.files import make_folder
from genmodels.intake.archives import ArchiveRefused, members
from genmodels.intake.captions_table import Captions, read_captions
from genmodels.intake.names import plain
from genmodels.intake.own_sets import OwnSets
from genmodels.kinds.image.files import fitted, open_picture, png_bytes
from genmodels.printable import printable
from genmodels.refusal import Refusal

LARGEST = 512  # pixels a side that are kept
FEWEST = 10  # pictures: fewer can't be divided into a training and a held-out split
TABLE = "captions.csv"
ARCHIVES = {".zip", ".cbz", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".cbr"}
HEADS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
)
SETS = OwnSets("index.json", "imported set of pictures", "imported set", "pictures")
SPLITS = {"train", "training", "test", "val", "valid", "validation"}


@dataclass
class Found:
    """What a folder or zip holds: names and small copies of its pictures, what was refused and why, captions."""

    names: list[str] = field(default_factory=list)
    thumbnails: list[np.ndarray] = field(default_factory=list)  # (32, 32, 3) each, to find copies
    sizes: list[tuple[int, int]] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    captions: Captions | None = None


def preview(source: Path | BinaryIO, *, holdout: float = 0.15, seed: int = 0) -> dict[str, Any]:
    """What an import would give, writing nothing; ready for JSON.

    {"pictures", "refused": [{"file", "reason"}], "sizes": [[width, height] smallest, largest], "copies", "train",
    "test", "captions": None or {"rows", "matched", "without", "unknown": [{"line", "file"}], "groups"}, "problem"}.
    `problem` is the sentence with which an import would be refused, or "". Raises `Refusal` where nothing can be read.
    """
    found = Found()
    for _ in _pictures(source, found):
        pass
    held_out = split(np.stack(found.thumbnails), holdout, seed) if found.names else np.zeros(0, bool)
    by_area = sorted(found.sizes, key=lambda size: size[0] * size[1])
    return {
        "pictures": len(found.names),
        "refused": found.refused,
        "sizes": [list(by_area[0]), list(by_area[-1])] if by_area else [],
        "copies": len(found.names) - len(np.unique(copies(np.stack(found.thumbnails)))) if found.names else 0,
        "train": int((~held_out).sum()),
        "test": int(held_out.sum()),
        "captions": found.captions.matching(found.names) if found.captions else None,
        "problem": _problem(found),
    }


def import_pictures(source: Path | BinaryIO, name: str, *, licence: str = "not stated") -> str:
    """Keep the pictures of a folder or zip; returns the token by which the data set `folder` finds them.

    Pictures that can't be read are left out and listed in the index. Raises `Refusal` where fewer than 10 are left,
    where captions.csv is wrong, and where the disk is full or read-only; then nothing is left behind.
    """
    found, digests = Found(), []

    def fill(folder: Path) -> dict[str, Any]:
        make_folder(folder / "pictures")
        for number, picture in enumerate(_pictures(source, found)):
            content = png_bytes(picture)
            digests.append(hashlib.sha256(content).hexdigest())
            (folder / "pictures" / f"{number:05}.png").write_bytes(content)
        if problem := _problem(found):
            raise Refusal(problem)
        return _index(found, digests, printable(name) or "pictures", printable(licence))

    return SETS.keep(name, fill)


def is_pictures(source: Path) -> bool:
    """Whether it is a folder, an archive of any kind or a picture, by its ending or its first bytes; else it may be a text."""
    if source.is_dir() or source.suffix.lower() in ARCHIVES:
        return True
    if not source.is_file():
        return False
    with open(source, "rb") as file:
        return file.read(16).startswith(HEADS)


def kept_of(token: str) -> dict[str, Any]:
    """What an import kept: {"pictures", "captioned", "captions", "left_out": [{"file", "reason"}]}; captions are lines of the
    table. Where some mean no picture, also "unmatched": [{"line", "file"}], the first 1,000 of them."""
    index = read_index(token)
    captioned = sum(bool(caption) for caption in index["captions"])
    unmatched = {"unmatched": index["unmatched"]} if index.get("unmatched") else {}
    return {
        "pictures": len(index["files"]),
        "captioned": captioned,
        "captions": index.get("told", 0),
        "left_out": index["refused"],
        **unmatched,
    }


def imported() -> list[dict[str, Any]]:
    """The imported sets by title: {"token", "title", "pictures"} each; a damaged one is left out."""
    return [
        {"token": token, "title": index["title"], "pictures": len(index["files"])}
        for token, index in SETS.readable(read_index)
    ]


def read_index(token: str) -> dict[str, Any]:
    """The index of an imported set; raises `Refusal` for an unknown token or a damaged index."""
    return SETS.read(token, _sound)


def _sound(index: dict[str, Any]) -> dict[str, Any]:
    texts = all(
        isinstance(index[name], list) and all(isinstance(each, str) for each in index[name])
        for name in ("files", "sha256")
    )
    if not texts or not isinstance(index["title"], str) or len(index["files"]) < len(index["sha256"]):
        raise ValueError
    return index


def read_pictures(token: str, index: dict[str, Any]) -> Iterator[bytes]:
    """The PNG files of an imported set in order, each as it was written; raises `Refusal` for one that is not."""
    for number, digest in enumerate(index["sha256"]):
        file = SETS.folder(token) / "pictures" / f"{number:05}.png"
        content = file.read_bytes() if file.is_file() else b""
        if hashlib.sha256(content).hexdigest() != digest:
            name = printable(str(index["files"][number]))
            raise Refusal(f"{file.name} ({name}) of {token} is missing or changed; import the pictures again.")
        yield content


def split(images: np.ndarray, holdout: float, seed: int) -> np.ndarray:
    """A mask of shape (n,), true where held out; pictures that look the same are on one side."""
    return whole_families(copies(images), holdout, seed)


def _pictures(source: Path | BinaryIO, found: Found) -> Iterator[Any]:
    """Every readable picture, at most 512 pixels a side; `found` is filled on the way."""
    for name, read in members(source):
        if PurePosixPath(name).name.lower() == TABLE:
            if found.captions is not None:
                raise Refusal(f"There are two tables called {TABLE}; give one.")
            found.captions = read_captions(
                read(), PurePosixPath(name.replace("\\", "/")).parent.as_posix().removeprefix(".")
            )
            continue
        try:
            picture = open_picture(read(), name)
        except ArchiveRefused:
            raise
        except Refusal as refusal:
            found.refused.append({"file": printable(name), "reason": str(refusal)})
            continue
        found.names.append(name)
        found.sizes.append(picture.size)
        found.thumbnails.append(fitted(picture, 32))
        picture.thumbnail((LARGEST, LARGEST))
        yield picture


def _problem(found: Found) -> str:
    """The sentence that refuses an import, or ""."""
    count = len(found.names)
    if not count and not found.refused:
        return "There is no picture in it; give a folder or zip of PNG, JPEG, GIF, WebP or BMP files."
    if not count:
        first = found.refused[0]["reason"]
        return f"None of the {len(found.refused)} files is a picture that can be read. The first: {first}"
    if count < FEWEST:
        return (
            f"Only {count} of {count + len(found.refused)} files are pictures that can be read; give at least {FEWEST}."
        )
    return ""


def _index(found: Found, digests: list[str], title: str, licence: str) -> dict[str, Any]:
    table = found.captions or Captions()
    rows = table.of(found.names)
    fits = table.matching(found.names)
    groups = {name: [row.groups[i] if row else "" for row in rows] for i, name in enumerate(table.groupings)}
    folders = folder_groups(found.names)
    if len(set(folders)) > 1:
        groups.setdefault("folder", folders)
    return {
        "title": title,
        "licence": licence,
        "files": [printable(name) for name in found.names],
        "sha256": digests,
        "captions": [row.caption if row else "" for row in rows] if found.captions else [],
        "groups": groups,
        "refused": found.refused,
        "matched": fits["matched"],
        "unmatched": fits["unknown"][:1000],
        "told": len(table.rows),
        "took": table.took,
    }


def folder_groups(names: Sequence[str]) -> list[str]:
    """What the folders say of each picture: their path without what all paths have in common, as "cat" of cat/2023.

    Folders that name a split, such as train or val, say nothing of what is in them.
    """
    paths = [[part for part in plain(name).split("/")[:-1] if part.casefold() not in SPLITS] for name in names]
    while paths and all(paths) and len({path[0] for path in paths}) == 1:
        paths = [path[1:] for path in paths]
    while paths and all(paths) and len({path[-1] for path in paths}) == 1:
        paths = [path[:-1] for path in paths]
    return [printable("/".join(path)) for path in paths]
