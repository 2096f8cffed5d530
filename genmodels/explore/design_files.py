"""Designs as files that leave, each marked: outlines as SVG, pictures in the usual sizes, a family as a zip."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from genmodels.kinds.image.files import resized
from genmodels.kinds.image.tracing import SIZES, Vector, apart, traced
from genmodels.provenance import way_out
from genmodels.provenance.claims import MAKER
from genmodels.refusal import Refusal

Facts = Mapping[str, str]
MOST_IN_ZIP, IN_ROW = 48, 8  # icons in a zip and on a sheet; of a row of a sheet
INK, PAPER = "#000000", "#ffffff"


def svg_file(icon: np.ndarray, facts: Facts, colour: str = INK) -> way_out.Marked:
    """The outlines of an icon as a signed SVG on nothing, in one colour. Raises `Refusal` as `traced`."""
    return way_out.drawing(outlines(icon).svg(colour), facts)


def png_file(icon: np.ndarray, side: int, facts: Facts, colour: str = INK, ground: str = PAPER) -> way_out.Marked:
    """An icon as a marked PNG of one of `SIZES`: drawn from its outlines; where it has none, enlarged."""
    return way_out.picture(at_size(icon, side, colour, ground), facts)


def sheet_file(icons: np.ndarray, side: int, facts: Facts, colour: str = INK, ground: str = PAPER) -> way_out.Marked:
    """All icons on one marked PNG sheet, in rows of eight, each at one of `SIZES`, with half an icon between them."""
    if not 1 <= len(icons) <= MOST_IN_ZIP:
        raise Refusal(f"There are {len(icons)} icons; a sheet holds 1 to {MOST_IN_ZIP}.")
    step, columns = side + side // 2, min(IN_ROW, len(icons))
    rows = -(-len(icons) // columns)
    paper = tuple(int(ground[at : at + 2], 16) for at in (1, 3, 5))
    found = np.full((rows * step + side // 2, columns * step + side // 2, 3), paper, np.uint8)
    for number, icon in enumerate(icons):
        top, left = (side // 2 + each * step for each in divmod(number, columns))
        found[top : top + side, left : left + side] = at_size(icon, side, colour, ground)
    return way_out.picture(found, facts)


def at_size(icon: np.ndarray, side: int, colour: str = INK, ground: str = PAPER) -> np.ndarray:
    """An icon in its colours, uint8 (side, side, 3)."""
    if side not in SIZES:
        raise Refusal(f"The size is {side} pixels; choose one of {', '.join(map(str, SIZES))}.")
    share = _ink(icon, side).astype(np.float64) / 255
    ink, paper = (np.array([int(each[at : at + 2], 16) for at in (1, 3, 5)], float) for each in (colour, ground))
    return np.round(share * ink + (1 - share) * paper).astype(np.uint8)


def zipped(names: Sequence[str], icons: np.ndarray, facts: Facts, colour: str = INK) -> way_out.Marked:
    """A family as a zip: of each icon its SVG and every size, a sheet of all in every size, and a table of what is in it. One that can't be traced has pictures alone."""
    if not 1 <= len(icons) <= MOST_IN_ZIP or len(names) != len(icons):
        raise Refusal(f"There are {len(icons)} icons with {len(names)} names; a zip holds 1 to {MOST_IN_ZIP}.")
    files: dict[str, way_out.Marked | bytes] = {}
    listed: list[dict[str, object]] = []
    for number, (name, icon) in enumerate(zip(names, icons, strict=True), start=1):
        plain = f"{number:02}-{file_name(name)}"
        own = {**facts, "Icon": name}
        entry: dict[str, object] = {"icon": name, "files": plain}
        try:
            files[f"svg/{plain}.svg"] = svg_file(icon, own, colour)
            entry["tracing_differs_by"] = round(apart(icon, outlines(icon).ink(icon.shape[0]))[0], 4)
        except Refusal as reason:
            entry["no_svg"] = str(reason)
        for side in SIZES:
            files[f"png/{side}/{plain}.png"] = png_file(icon, side, own, colour)
        listed.append(entry)
    for side in SIZES:
        files[f"sheets/{side}.png"] = sheet_file(icons, side, facts, colour)
    files["icons.json"] = json.dumps(
        {"made_by": MAKER, "credit": facts.get("Credit", ""), "icons": listed}, indent=1
    ).encode()
    return way_out.archive(files)


def outlines(icon: np.ndarray) -> Vector:
    """The outlines of an icon (side, side, 1), traced once. Raises `Refusal` as `traced`."""
    found = _outlines(icon.tobytes(), icon.shape)
    if isinstance(found, str):
        raise Refusal(found)
    return found


@lru_cache(maxsize=128)
def _outlines(pixels: bytes, shape: tuple[int, ...]) -> Vector | str:
    """The outlines, or the sentence that says why there are none."""
    try:
        return traced(np.frombuffer(pixels, np.uint8).reshape(shape))
    except Refusal as refusal:
        return str(refusal)


def file_name(words: str) -> str:
    """A word as a part of a name of a file: small letters, digits and dashes."""
    plain = re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")[:40]
    return plain or hashlib.sha256(words.encode()).hexdigest()[:8]


def _ink(icon: np.ndarray, side: int) -> np.ndarray:
    """The ink of an icon, uint8 (side, side, 1), from its outlines; where it has none, enlarged."""
    return _drawn(icon.tobytes(), icon.shape, side)


@lru_cache(maxsize=256)
def _drawn(pixels: bytes, shape: tuple[int, ...], side: int) -> np.ndarray:
    found = _outlines(pixels, shape)
    if isinstance(found, str):
        return resized(np.frombuffer(pixels, np.uint8).reshape(1, *shape), (side, side, 1))[0]
    return found.ink(side)
