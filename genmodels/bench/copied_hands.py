"""Pictures of several hands at three sizes, and copies of them made in every way: what the audit of near-copies is tried on.

Emoji of OpenMoji, icons of Material Design, and parts of the photographs of a folder.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from genmodels.cache import cache
from genmodels.data.sets import icons, openmoji
from genmodels.estimates.splits import copies, families
from genmodels.files import make_folder, write_atomically
from genmodels.intake.pictures import SIDE
from genmodels.kinds.image.copied_ways import WAYS
from genmodels.kinds.image.features import averaged

SIZES, LARGE = (64, 256, 512), 512
ALIKE = 0.02  # root mean square difference of two drawings of one sign
MOST, A_FAMILY, COPIED = 2400, 6, 120  # pictures of a hand, of a family, and copied ones
TILE = 240  # pixels of a part of a photograph

Picture = tuple[str, Image.Image]  # its family, and the picture


@dataclass(frozen=True)
class Hand:
    """Small copies of n pictures at each size, their families, which were copied, and their copies by size and way."""

    families: np.ndarray
    small: Mapping[int, np.ndarray]
    copied: np.ndarray
    copies: Mapping[tuple[int, str], np.ndarray]


def emoji() -> Iterator[Picture]:
    """Drawings of OpenMoji."""
    pictures = openmoji.named(each.stem for each in openmoji._folder().glob("*.svg"))
    chosen = _dealt([str(each.role or each.drawing or each.code) for each in pictures])
    for number, family in chosen:
        yield family, Image.fromarray(openmoji._rastered([pictures[number]], LARGE)[0][0])


def signs() -> Iterator[Picture]:
    """Icons of Material Design."""
    font, charmap = icons._files("material")
    points = sorted(json.loads(charmap.read_text(encoding="utf-8")).items())
    face = ImageFont.truetype(str(font), round(0.86 * LARGE))
    for number, family in _dealt(icons.drawings([name for name, _ in points], icons.FONTS["material"].styles)):
        canvas, letter = Image.new("L", (LARGE, LARGE), 255), chr(int(points[number][1], 16))
        left, top, right, bottom = face.getbbox(letter)
        place = ((LARGE - left - right) / 2, (LARGE - top - bottom) / 2)
        ImageDraw.Draw(canvas).text(place, letter, fill=0, font=face)
        yield family, canvas.convert("RGB")


def photographs(folder: Path) -> Iterator[Picture]:
    """Parts of photographs, each 240 pixels wide, enlarged; no two overlap, so each is a family."""
    for file in sorted(folder.rglob("*.jpg")):
        whole = Image.open(io.BytesIO(file.read_bytes())).convert("RGB")
        for down in range(0, whole.height - TILE + 1, TILE):
            for across in range(0, whole.width - TILE + 1, TILE):
                part = whole.crop((across, down, across + TILE, down + TILE))
                yield f"{file.name} {down} {across}", part.resize((LARGE, LARGE), Image.Resampling.LANCZOS)


def _dealt(names: list[str]) -> list[tuple[int, str]]:
    """Numbers and families of at most `MOST` pictures, `A_FAMILY` of a family, whole families in random order."""
    order = {name: at for at, name in enumerate(np.random.default_rng(1).permutation(sorted(set(names))).tolist())}
    counts: dict[str, int] = {}
    found = []
    for number in sorted(range(len(names)), key=lambda number: (order[names[number]], number)):
        counts[names[number]] = counts.get(names[number], 0) + 1
        if counts[names[number]] <= A_FAMILY:
            found.append((number, names[number]))
    return found[:MOST]


def drawn(pictures: Iterator[Picture]) -> Hand:
    """A hand's pictures at every size; of the first third, which is trained on, some are copied in every way."""
    names, small, copied = list[str](), {size: list[np.ndarray]() for size in SIZES}, list[int]()
    made: dict[tuple[int, str], list[np.ndarray]] = {(size, way): [] for size in SIZES for way in WAYS}
    for number, (family, picture) in enumerate(pictures):
        names.append(family)
        is_copied = number % 6 == 0 and len(copied) < COPIED
        copied += [number] if is_copied else []
        for size in SIZES:
            sized = picture.resize((size, size), Image.Resampling.LANCZOS)
            small[size].append(_small(sized))
            for way, change in WAYS.items() if is_copied else ():
                made[size, way].append(_small(change(sized, np.random.default_rng([number, size]))))
    return Hand(
        joined(names, np.stack(small[LARGE])),
        {size: np.stack(each) for size, each in small.items()},
        np.array(copied),
        {key: np.stack(each) for key, each in made.items()},
    )


def joined(names: Sequence[object], small: np.ndarray) -> np.ndarray:
    """Families (n,): pictures of one name, and those that are equal or each other's mirror image, since one is no news of the other."""
    rows = averaged(np.concatenate([small, small[:, :, ::-1]]).astype(np.float32), 16).round().astype(np.uint8)
    return families([*names, *names], copies(rows, ALIKE))[: len(small)]


def _small(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def kept(name: str, pictures: Callable[[], Iterator[Picture]]) -> Hand:
    """A hand as it is kept in the cache, else drawn and kept."""
    file = cache() / f"copies-{name}.npz"
    if file.exists():
        found = dict(np.load(file, allow_pickle=False))
        sizes = {size: found[f"small {size}"] for size in SIZES}
        made = {(size, way): found[f"{size} {way}"] for size in SIZES for way in WAYS}
        return Hand(found["families"], sizes, found["copied"], made)
    hand = drawn(pictures())
    arrays = {f"small {size}": each for size, each in hand.small.items()}
    arrays |= {f"{size} {way}": each for (size, way), each in hand.copies.items()}
    arrays |= {"families": hand.families, "copied": hand.copied}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    make_folder(file.parent)
    write_atomically(file, buffer.getvalue())
    return hand
