"""The four data sets that a user fills: what was imported of each, and the first of it, read without the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from genmodels.data.examples import CHARACTERS, SHOWN, beginning, evenly, structures
from genmodels.intake import film_sets, molecule_sets, picture_sets, text_sets
from genmodels.kinds.image.files import cropped, open_picture, strip
from genmodels.refusal import Refusal

SIDE = 64  # pixels of a picture


@dataclass(frozen=True)
class Own:
    """A data set of imported things: how many of what, its index by a token, and the first of it."""

    imported: Callable[[], list[dict[str, Any]]]
    index: Callable[[str], dict[str, Any]]
    noun: str  # one set
    things: str  # what is in it
    counted: str  # the key of the count in `imported`, which is its plural too
    first: Callable[[str], Image.Image | str]  # by a token; may raise `Refusal`, `OSError` and `ValueError`


def _pictures(token: str) -> Image.Image:
    folder = picture_sets.SETS.folder(token) / "pictures"
    files = sorted(folder.glob("*.png"))[:SHOWN]
    if not files:
        raise Refusal("Its pictures are not there any more; import them again.")
    shown = [cropped(open_picture(file.read_bytes(), file.name), (SIDE, SIDE)) for file in files]
    return strip(np.stack([np.asarray(each) for each in shown]))


def _text(token: str) -> str:
    with open(text_sets.SETS.folder(token) / "text.txt", encoding="utf-8", errors="replace") as file:
        return beginning(file.read(8 * SHOWN * CHARACTERS), SHOWN * CHARACTERS)


def _molecules(token: str) -> Image.Image:
    with open(molecule_sets.SETS.folder(token) / "molecules.smi", encoding="utf-8", errors="replace") as file:
        return structures([line.strip() for line, _ in zip(file, range(SHOWN), strict=False)])


def _frames(token: str) -> Image.Image:
    clip = film_sets.first_clip(token)
    return strip(clip[evenly(len(clip))])


OWN = {
    "folder": Own(
        picture_sets.imported, picture_sets.read_index, picture_sets.SETS.noun, "pictures", "pictures", _pictures
    ),
    "text": Own(text_sets.imported_texts, text_sets.read_text_index, text_sets.SETS.noun, "texts", "characters", _text),
    "own-molecules": Own(
        molecule_sets.imported_molecules,
        molecule_sets.read_molecules_index,
        molecule_sets.SETS.noun,
        "molecules",
        "molecules",
        _molecules,
    ),
    "own-clips": Own(
        film_sets.imported_films, film_sets.read_films_index, film_sets.SETS.noun, "films", "clips", _frames
    ),
}
