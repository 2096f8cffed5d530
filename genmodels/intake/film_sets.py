"""A user's own films: MP4, WebM or GIF, alone or in a folder or zip, each read in a caged process, and kept as small clips.

An imported set is `data/<token>/` with `clips.npz` (clips of 16 frames of 64 x 64, and which film each is of) and
`films.json` (title, licence, names, captions, SHA-256). Names from outside are shown, never used as paths.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np

from genmodels.files import write_atomically
from genmodels.intake.archives import ArchiveRefused, Bounds, members
from genmodels.intake.caged_films import read_small
from genmodels.intake.captions_table import Captions, read_captions
from genmodels.intake.film_file import FRAMES, SIDE, form_of
from genmodels.intake.own_sets import OwnSets
from genmodels.printable import printable
from genmodels.refusal import Refusal

FEWEST, MOST = 10, 2000  # clips of a set
LARGEST = 4_000_000_000  # bytes of one film
BOUNDS = Bounds(members=2000, total=4_000_000_000)
TABLE = "captions.csv"
ENDINGS = (".mp4", ".m4v", ".mov", ".webm", ".mkv")
SETS = OwnSets("films.json", "imported set of films", "imported set of films", "films")


@dataclass
class Found:
    """Clips uint8 (16, 64, 64, 3) with the number of their film; names and captions of films; what was left out, and why."""

    clips: list[np.ndarray] = field(default_factory=list)
    film: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    captions: Captions | None = None


def import_films(source: Path | BinaryIO, name: str, *, title: str = "", licence: str = "not stated") -> str:
    """Keep clips of films; returns the token by which the data set `own-clips` finds them.

    `name` is that of the file, folder or zip. A film is cut into clips of two seconds (16 frames, eight a second), at most the
    first 40 seconds of it. Raises `Refusal` where none can be read, where there are fewer than 10 clips, and where the disk is
    full; then nothing is left behind.
    """
    found = _found(source, name)
    if not found.clips:
        first = f" The first: {found.left_out[0]['reason']}" if found.left_out else ""
        raise Refusal(f"None of the {len(found.left_out):,} files is a film that can be read.{first}")
    if len(found.clips) < FEWEST:
        raise Refusal(
            f"There are {len(found.clips)} clips of {FRAMES} frames in {len(found.names)} films; at least {FEWEST} are needed, so give more or longer films."
        )
    buffer = io.BytesIO()
    np.savez_compressed(buffer, clips=np.stack(found.clips), film=np.array(found.film))
    content = buffer.getvalue()

    def fill(folder: Path) -> dict[str, Any]:
        write_atomically(folder / "clips.npz", content)
        return {
            "title": printable(title or Path(name).stem) or "films",
            "licence": printable(licence),
            "sha256": hashlib.sha256(content).hexdigest(),
            "clips": len(found.clips),
            "films": [printable(each, 200) for each in found.names],
            "captions": _captions(found),
            "left_out": found.left_out,
        }

    return SETS.keep(title or Path(name).stem, fill)


def imported_films() -> list[dict[str, Any]]:
    """The imported sets by title: {"token", "title", "clips"} each; a damaged one is left out."""
    return [
        {"token": token, "title": index["title"], "clips": index["clips"]}
        for token, index in SETS.readable(read_films_index)
    ]


def read_films_index(token: str) -> dict[str, Any]:
    """The index of an imported set; raises `Refusal` for an unknown token or a damaged index."""
    return SETS.read(token, _sound)


def _sound(index: dict[str, Any]) -> dict[str, Any]:
    kinds = {"title": str, "licence": str, "sha256": str, "clips": int, "left_out": list}
    texts = {name: [str(each) for each in list(index[name])] for name in ("films", "captions")}
    if len(texts["films"]) != len(texts["captions"]):
        raise ValueError
    return {name: kind(index[name]) for name, kind in kinds.items()} | texts


def read_clips(token: str) -> tuple[np.ndarray, np.ndarray]:
    """The clips of an imported set, uint8 (n, 16, 64, 64, 3), and which film each is of (n,); raises `Refusal` where they have changed."""
    digest = read_films_index(token)["sha256"]
    file = SETS.folder(token) / "clips.npz"
    content = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refusal(f"The clips of {token} are missing or changed; import the films again.")
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        return kept["clips"], kept["film"]


def first_clip(token: str) -> np.ndarray:
    """The first clip of an imported set, uint8 (16, 64, 64, 3), of which alone is read; raises `Refusal` where it is damaged."""
    try:
        with zipfile.ZipFile(SETS.folder(token) / "clips.npz").open("clips.npy") as file:
            if np.lib.format.read_magic(file) != (1, 0):
                raise ValueError
            (_, *shape), _, dtype = np.lib.format.read_array_header_1_0(file)
            if dtype != np.uint8 or tuple(shape) != (FRAMES, SIDE, SIDE, 3):
                raise ValueError
            return np.frombuffer(file.read(FRAMES * SIDE * SIDE * 3), np.uint8).reshape(shape)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise Refusal(f"The clips of {token} are missing or changed; import the films again.") from None


def is_films(source: Path) -> bool:
    """Is it a film by its first bytes and its name, or a folder with films in it? A GIF is one where it says that it goes round."""
    if source.is_dir():
        return any(each.suffix.lower() in ENDINGS for each in source.iterdir())
    if not source.is_file():
        return False
    with open(source, "rb") as file:
        head = file.read(1000)
    form, moves = form_of(head), b"NETSCAPE2.0" in head
    return form in ("film", "web film") or (form == "animation" and moves) or source.suffix.lower() in ENDINGS


def _found(source: Path | BinaryIO, name: str) -> Found:
    """All clips that can be had, film after film."""
    found = Found()
    for each, hand_in in _films(source, name, found):
        shown = printable(PurePosixPath(each.replace("\\", "/")).name, 80)
        try:
            frames, ended = read_small(hand_in, shown)
        except ArchiveRefused:
            raise
        except Refusal as reason:
            found.left_out.append({"file": shown, "reason": str(reason)})
            continue
        if ended:
            found.left_out.append({"file": shown, "reason": f"Of {shown} {ended}."})
        for start in range(0, len(frames) - FRAMES + 1, FRAMES):
            found.clips.append(frames[start : start + FRAMES])
            found.film.append(len(found.names))
        found.names.append(each)
        if len(found.clips) > MOST:
            raise Refusal(f"There are more than {MOST:,} clips of {FRAMES} frames; give a part of these films.")
    if len(found.names) == 0 and len(found.left_out) == 1:
        raise Refusal(found.left_out[0]["reason"])
    return found


def _films(source: Path | BinaryIO, name: str, found: Found) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Name of each film, and what puts it where the child reads; a table of captions is read on the way."""
    if not isinstance(source, Path) or source.is_file():
        head = _head(source)
        if not head.startswith(b"PK\x03\x04"):
            yield name, lambda target: _copied(source, target, name)
            return
    for each, content in members(source, BOUNDS):
        if PurePosixPath(each).name.lower() == TABLE:
            found.captions = read_captions(
                content(), PurePosixPath(each.replace("\\", "/")).parent.as_posix().removeprefix(".")
            )
        else:
            yield each, lambda target, content=content: write_atomically(target, content())  # type: ignore[misc]


def _head(source: Path | BinaryIO) -> bytes:
    if isinstance(source, Path):
        with open(source, "rb") as file:
            return file.read(16)
    source.seek(0)
    head = source.read(16)
    source.seek(0)
    return head


def _copied(source: Path | BinaryIO, target: Path, name: str) -> None:
    """Copy a film to where the child reads it, a piece at a time; raises `Refusal` for one that is too large or empty."""
    size = source.stat().st_size if isinstance(source, Path) else source.seek(0, os.SEEK_END)
    if not 0 < size <= LARGEST:
        raise Refusal(
            f"{printable(name, 80)} has {size / 1e6:,.0f} MB; films of up to {LARGEST // 1_000_000:,} MB are read, so cut it."
            if size
            else f"{printable(name, 80)} is empty; give a film."
        )
    if isinstance(source, Path):
        shutil.copyfile(source, target)
        return
    source.seek(0)
    with open(target, "wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def _captions(found: Found) -> list[str]:
    """What each film shows: as the table says, else as its name does."""
    rows = found.captions.of(found.names) if found.captions else [None] * len(found.names)
    return [row.caption if row and row.caption else _said(name) for row, name in zip(rows, found.names, strict=True)]


def _said(name: str) -> str:
    """The words of a name without its numbers: "red_car-02.mp4" says "red car"."""
    return " ".join(re.findall(r"[^\W\d_]+", printable(PurePosixPath(name.replace("\\", "/")).stem, 80)))
