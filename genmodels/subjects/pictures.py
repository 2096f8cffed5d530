"""A folder or zip of pictures as a subject."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from genmodels.intake.archives import readers
from genmodels.intake.pictures import BOUNDS, Pictures, Report, read_pictures
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import IMAGE, Item, Outputs, Reference, named


def outputs_of_pictures(
    source: Path | BinaryIO, *, name: str = "", seed: int = 0, report: Report = lambda what, done, of: None
) -> Outputs:
    """The pictures of a folder or zip, each with what was told of it; raises `Refusal` where none can be read.

    `name` is what they are called, where they do not come in a file of that name.
    """
    pictures = read_pictures(source, report, "pictures")
    items = tuple(
        Item(row.get("id", "") or name, name, told.prompt, "", told.seed, told.settings, row)
        for name, told, row in zip(pictures.names, pictures.told, pictures.rows, strict=True)
    )
    return Outputs(
        printable(name or named(source)),
        IMAGE,
        items,
        pictures,
        _contents(source, pictures),
        pictures.left_out,
        seed=seed,
        report=report,
    )


def reference_of_pictures(source: Path, what: str, report: Report = lambda what, done, of: None) -> Reference:
    """Pictures that were brought beside outputs; `what` names them while they are read."""
    pictures = read_pictures(source, report, what)
    return Reference(printable(named(source)), pictures=pictures, content=_contents(source, pictures))


def _contents(source: Path | BinaryIO, pictures: Pictures) -> Callable[[int], bytes]:
    """What reads the file of a picture again."""
    found = dict[str, Callable[[], bytes]]()

    def content(number: int) -> bytes:
        if not found:
            found.update((printable(name, 300), read) for name, read in readers(source, BOUNDS).items())
        if pictures.names[number] not in found:
            raise Refusal(f"{pictures.names[number]} is gone; bring the outputs again.")
        return found[pictures.names[number]]()

    return content
