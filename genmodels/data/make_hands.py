"""Makes `data/rasters/`: `python -m genmodels.data.make_hands FOLDER`, where FOLDER holds the packages' files.

Run once by us when a package has a new version; nothing else imports this. Of each hand it keeps what has a Unicode
name, but not pairs of people in two tones.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.data.dataset import package
from genmodels.data.emoji_names import TONE_OF, every_emoji
from genmodels.data.hand_sheets import HANDS, SIDE, write_sheet
from genmodels.estimates.splits import copies

JSON = dict[str, Any]


def make(folder: Path) -> None:
    """Draw every hand whose package lies in `folder` and keep its sheet."""
    packages = {hand: _read(folder / facts.file) for hand, facts in HANDS.items()}
    codes = {_bare(code): code for code in every_emoji()}
    names = {
        name: codes[_bare(code)]
        for _, chars in packages.values()
        for code, name in chars.items()
        if _bare(code) in codes
    }
    drawn, found = {}, {}
    for hand, (icons, chars) in packages.items():
        found[hand] = _found(icons, chars, codes, names)
        drawn[hand] = np.stack([_picture(icons, found[hand][code]) for code in sorted(found[hand])])
    family = np.split(
        copies(np.concatenate(list(drawn.values()))), np.cumsum([len(each) for each in drawn.values()])[:-1]
    )
    for (hand, images), copy in zip(drawn.items(), family, strict=True):
        file = write_sheet(hand, images, sorted(found[hand]), copy)
        print(f"{hand}: {len(images)} pictures, {file.stat().st_size:,} bytes")


def _read(file: Path) -> tuple[JSON, dict[str, str]]:
    """The drawings of a package, and the names of code points where it tells them."""
    with tarfile.open(file) as archive:
        icons, chars = (json.loads(archive.extractfile(f"package/{name}.json").read()) for name in ("icons", "chars"))  # type: ignore[union-attr]
    return icons, chars


def _bare(code: str) -> str:
    """Code points without the selector of colour, which packages write or leave out."""
    return "-".join(part for part in code.upper().split("-") if part != "FE0F")


def _found(icons: JSON, chars: Mapping[str, str], codes: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """The name of the drawing of each code that has a Unicode name; pairs in two tones are left out."""
    parents = {alias: each["parent"] for alias, each in icons.get("aliases", {}).items()}
    pairs = [(codes.get(_bare(code)), name) for code, name in chars.items()]
    pairs = pairs or [(names.get(name), name) for name in [*icons["icons"], *parents]]
    found: dict[str, str] = {}
    for code, name in pairs:
        name = parents.get(name, name)
        if code and name in icons["icons"] and len({part for part in code.split("-") if int(part, 16) in TONE_OF}) < 2:
            found.setdefault(code, name)
    return found


def _picture(icons: JSON, name: str) -> np.ndarray:
    """One drawing (32, 32, 3) on white: in the middle of a square, drawn at 64 x 64, and every four pixels averaged."""
    from PIL import Image

    icon = icons["icons"][name]
    left, top, width, height = (
        icon.get(key, icons.get(key, preset))
        for key, preset in (("left", 0), ("top", 0), ("width", 16), ("height", 16))
    )
    side = max(width, height)
    box = f"{left - (side - width) / 2} {top - (side - height) / 2} {side} {side}"
    svg = f'<svg viewBox="{box}">{icon["body"].replace("xlink:href", "href")}</svg>'
    png = package("resvg_py", "resvg-py").svg_to_bytes(
        svg_string=svg, width=2 * SIDE, height=2 * SIDE, background="#ffffff", skip_system_fonts=True
    )
    large = np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB"))
    return ((large.reshape(SIDE, 2, SIDE, 2, 3).sum((1, 3), dtype=np.uint16) + 2) // 4).astype(np.uint8)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
