"""Icons of user interfaces with their names as captions, drawn from the fonts that come with QtAwesome.

The fonts are read as files; neither QtAwesome nor Qt is imported.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from genmodels.cache import counting, drawn_once
from genmodels.data.dataset import Dataset, dataset
from genmodels.estimates.splits import copies, families, whole_families
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob
from genmodels.refusal import Refusal

HELD_OUT, SEED = 0.12, 0  # fixed: all runs hold out the same pictures


@dataclass(frozen=True)
class Font:
    """How the files begin, what to call it, its licence, and last words of names that say how, not what, is drawn."""

    start: str
    title: str
    licence: str
    styles: tuple[str, ...] = ()


FONTS = {
    "material": Font("materialdesignicons6-webfont", "Material Design Icons", "Apache-2.0", ("outline",)),
    "phosphor": Font("phosphor", "Phosphor Icons", "MIT", ("bold", "fill", "light", "thin")),
    "remix": Font("remixicon", "Remix Icon", "Apache-2.0", ("fill", "line")),
    "font-awesome": Font("fontawesome6-solid-webfont", "Font Awesome 6 Free", "OFL-1.1"),
}
FACES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5)  # sizes tried until an icon leaves a margin


@dataclass(frozen=True)
class Drawn:
    """What was drawn: names of n icons, images (n, size, size, 1), families of visibly equal ones, hash of the font."""

    names: list[str]
    images: np.ndarray
    copies: np.ndarray
    sha256: str


@dataset("icons")
@dataclass(frozen=True, kw_only=True)
class Icons(Knobs):
    """Icons of user interfaces in grey, white ink on black, with captions: 1,400 to 7,400 a family."""

    family: str = knob("material", help="Which set of icons", choices=tuple(FONTS))
    size: int = knob(28, help="Height and width in pixels", choices=(28, 32))

    kind: ClassVar[str] = "image"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = True
    licence: ClassVar[str] = "material, remix: Apache-2.0; phosphor: MIT; font-awesome: OFL-1.1"
    source: ClassVar[str] = "fonts and names in the package qtawesome (MIT)"

    def load(self) -> Dataset:
        """Images are uint8 (n, size, size, 1): 255 is ink, 0 is paper. The group "style" is outline, fill, bold ...

        A drawing and its variants (name and longer names that begin with it, such as "account-off-outline"), and
        icons that look the same, are on one side of the split.
        """
        font = FONTS[self.family]
        drawn = _drawn(self.family, self.size)
        held_out = whole_families(families(drawings(drawn.names, font.styles), drawn.copies), HELD_OUT, SEED)
        style = np.array([style_of(name, font.styles) or "regular" for name in drawn.names])
        everything = Examples(
            drawn.images,
            captions=tuple(name.replace("-", " ") for name in drawn.names),
            groups={"style": style} if font.styles else {},
        )
        return Dataset(
            name="icons",
            train=everything.take(np.flatnonzero(~held_out)),
            test=everything.take(np.flatnonzero(held_out)),
            spec=Spec("image", drawn.images.shape[1:]),
            licence=font.licence,
            source=f"{font.title}, {self.source} {_version()}; SHA-256 of the font {drawn.sha256}",
            credit=f"Icons: {font.title}, {font.licence}",
        )


def drawings(names: list[str], styles: tuple[str, ...]) -> list[str]:
    """The drawing that each name varies: its shortest beginning (whole words, style left out) that is itself a name."""
    plain = [name.removesuffix(f"-{style_of(name, styles)}") for name in names]
    known = set(plain)
    shortest = []
    for name in plain:
        words = name.split("-")
        beginnings = ("-".join(words[:count]) for count in range(1, len(words) + 1))
        shortest.append(next(each for each in beginnings if each in known))
    return shortest


def style_of(name: str, styles: tuple[str, ...]) -> str:
    """The last word of a name where it is a style, else ""."""
    last = name.rsplit("-", 1)[-1]
    return last if last in styles and last != name else ""


def _version() -> str:
    return importlib.metadata.version("qtawesome")


def _files(family: str) -> tuple[Path, Path]:
    """The font of a family and its map from name to code point."""
    found = importlib.util.find_spec("qtawesome")
    if found is None or not found.submodule_search_locations:
        raise Refusal("The data set icons needs the package qtawesome; install it with: pip install qtawesome")
    folder = Path(found.submodule_search_locations[0]) / "fonts"
    start = FONTS[family].start
    fonts, maps = sorted(folder.glob(f"{start}-[0-9]*.ttf")), sorted(folder.glob(f"{start}-charmap-*.json"))
    if not fonts or not maps:
        raise Refusal(
            f"qtawesome {_version()} holds no font {start!r}; reinstall it with: pip install qtawesome==1.4.2"
        )
    return fonts[-1], maps[-1]


def _drawn(family: str, size: int) -> Drawn:
    font, charmap = _files(family)
    facts = {"font": font.name, "map": charmap.name, "qtawesome": _version(), "size": size, "drawing": 2}
    arrays = drawn_once(f"icons-{family}", facts, lambda: _draw(font, charmap, size))
    return Drawn(arrays["names"].tolist(), arrays["images"], arrays["copies"], str(arrays["sha256"]))


def _draw(font: Path, charmap: Path, size: int) -> dict[str, np.ndarray]:
    """Every icon at four times the size, centred, made smaller where it is wider than the picture, then averaged."""
    from PIL import Image, ImageDraw, ImageFont

    large = 4 * size
    sizes = {scale: ImageFont.truetype(str(font), round(large * scale)) for scale in FACES}
    names: list[str] = []
    images: list[np.ndarray] = []
    for name, point in counting("icons", sorted(json.loads(charmap.read_text(encoding="utf-8")).items()), 100):
        letter = chr(int(point, 16))
        for face in sizes.values():
            left, top, right, bottom = face.getbbox(letter)
            if max(right - left, bottom - top) <= 0.93 * large:
                break
        canvas = Image.new("L", (large, large))
        place = ((large - left - right) / 2, (large - top - bottom) / 2)
        ImageDraw.Draw(canvas).text(place, letter, fill=255, font=face)
        if canvas.getbbox():
            names.append(name)
            images.append(np.asarray(canvas.reduce(4)))
    stack = np.stack(images)[..., None]
    sha256 = hashlib.sha256(font.read_bytes()).hexdigest()
    return {"names": np.array(names), "images": stack, "copies": copies(stack), "sha256": np.array(sha256)}
