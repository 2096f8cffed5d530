"""Four training examples of each set, which ship, so that a first visit shows what is in a set without reading it.

`python -m genmodels.commands.data_examples` takes them from the data again, evenly chosen, and a test holds them against the data:
pictures, frames of a clip, structures and bars of music as one sheet (NAME.png), beginnings of texts in texts.json.
"""

from __future__ import annotations

import io
import json
import platform
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageOps

from genmodels.data.dataset import DATA, Dataset
from genmodels.data.facts import OF_PYTHON
from genmodels.kinds.image.files import strip
from genmodels.kinds.kind import kind_of
from genmodels.kinds.molecule.drawing import SIDE, sheet
from genmodels.kinds.music.notation import piece_of
from genmodels.kinds.music.passages import pieces
from genmodels.kinds.music.roll import roll

FOLDER = Path(__file__).parent / "examples"
TEXTS = FOLDER / "texts.json"
SHOWN = 4
STEPS = 24  # of a piece of music
CHARACTERS = 44  # of a text, without its breaks of lines; fewer texts than are shown share what all would have
SHORTEST = 20  # characters of a text that is shown
COLOURS = 32  # of a sheet of structures


def picture_of(name: str) -> Path | None:
    """The sheet that ships of a set; None where there is none."""
    file = FOLDER / f"{name}.png"
    return file if file.is_file() else None


def beginnings_of(name: str) -> tuple[str, ...]:
    """How the texts begin that ship of a set; none where none does, or where another Python has other ones."""
    found = _texts().get(name, {"python": "", "texts": []})
    return tuple(found["texts"]) if found["python"] in ("", platform.python_version()) else ()


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, list[str]]]:
    return dict(json.loads(TEXTS.read_text())) if TEXTS.is_file() else {}


def evenly(n: int) -> list[int]:
    """Numbers of the examples that are shown of `n`.

    >>> evenly(100), evenly(2)
    ([0, 33, 66, 99], [0, 1])
    """
    return sorted({round(i * (n - 1) / (SHOWN - 1)) for i in range(SHOWN)}) if n else []


def sheet_of(data: Dataset) -> Image.Image | None:
    """The examples of a set as one picture; None of texts."""
    draw = SHEETS.get(data.spec.kind)
    return draw(data) if draw else None


def texts_of(data: Dataset) -> dict[str, object]:
    """What is kept of a set of texts, with the Python that it was read from, "" for any."""
    documents = [text for text in data.train.documents if len(text) >= SHORTEST] or data.train.documents
    chosen = [documents[i] for i in evenly(len(documents))]
    if kind_of(data.spec).language:
        chosen = [text.partition("\n")[0] for text in chosen]  # of code the signature
    texts = [beginning(text, CHARACTERS * SHOWN // len(chosen)) for text in chosen]
    return {"python": platform.python_version() if data.name in OF_PYTHON else "", "texts": texts}


def beginning(text: str, most: int = CHARACTERS) -> str:
    """The beginning of a text as one line.

    >>> beginning("Once\\n  upon a time", 12)
    'Once upon a…'
    """
    line = " ".join(text[: 8 * most].split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def structures(smiles: Sequence[str]) -> Image.Image:
    """Structures side by side, each as large as its square allows, of few colours."""
    drawn = Image.open(io.BytesIO(sheet(smiles, len(smiles)))).convert("RGB")
    squares = [drawn.crop((place * SIDE, 0, (place + 1) * SIDE, SIDE)) for place in range(len(smiles))]
    boxes = [ImageChops.invert(square).getbbox() for square in squares]
    filled = [
        ImageOps.pad(each.crop(box), (SIDE, SIDE), color="white") for each, box in zip(squares, boxes, strict=True)
    ]
    return strip(np.stack([np.asarray(ImageOps.expand(each, 10, "white")) for each in filled])).quantize(COLOURS)


def _pictures(data: Dataset) -> Image.Image:
    return strip(data.train.images[evenly(len(data.train))])


def _frames(data: Dataset) -> Image.Image:
    """Of the first clip."""
    return strip(data.train.images[0][evenly(data.spec.shape[0])])


def _structures(data: Dataset) -> Image.Image:
    return structures([data.train.documents[i] for i in evenly(len(data.train.documents))])


def _bars(data: Dataset) -> Image.Image:
    """The beginnings of pieces, as rolls."""
    found = pieces(data.train)
    rolls = [roll(piece_of(found[i]), STEPS) for i in evenly(len(found))]
    return strip(np.stack(rolls)).quantize(COLOURS)


SHEETS: dict[str, Callable[[Dataset], Image.Image]] = {
    "image": _pictures,
    "video": _frames,
    "molecule": _structures,
    "music": _bars,
}


def credit_of(name: str) -> dict[str, str]:
    """What a sheet says of its set: its name, its licence, and whom to name."""
    source = DATA[name]
    return {"Set": name, "Licence": source.licence} | ({"Credit": source.credit} if source.credit else {})
