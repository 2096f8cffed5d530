"""Icons of user interfaces with their names as captions, drawn from the fonts that come with QtAwesome.

The fonts are read as files; neither QtAwesome nor Qt is imported.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
ALL = "all"  # in place of a family: the four together
BOTH, FIRST, SECOND = "both", "first", "second"  # halves of the training drawings
JUDGE = "judge-icons"  # the run of the gallery that learned from the first half


@dataclass(frozen=True)
class Font:
    """How the files begin, what to call it, its licence, and last words of names that say how, not what, is drawn.

    `said` is the word that all families together have for a style; "" is the style of names that tell none.
    """

    start: str
    title: str
    licence: str
    styles: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)


FONTS = {
    "material": Font("materialdesignicons6-webfont", "Material Design Icons", "Apache-2.0", ("outline",), {"": "fill"}),
    "phosphor": Font("phosphor", "Phosphor Icons", "MIT", ("bold", "fill", "light", "thin"), {"": "outline"}),
    "remix": Font("remixicon", "Remix Icon", "Apache-2.0", ("fill", "line"), {"line": "outline"}),
    "font-awesome": Font("fontawesome6-solid-webfont", "Font Awesome 6 Free", "OFL-1.1", (), {"": "fill"}),
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

    family: str = knob(
        "material",
        help="Which set of icons; all: the four together, with the style as the last word of each caption",
        choices=(*FONTS, ALL),
    )
    size: int = knob(28, help="Height and width in pixels", choices=(28, 32))
    half: str = knob(
        BOTH,
        help="Half of the training drawings, so that what draws and what judges can learn from different ones",
        choices=(BOTH, FIRST, SECOND),
    )

    kind: ClassVar[str] = "image"
    title: ClassVar[str] = "Icons of user interfaces"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = True
    licence: ClassVar[str] = "material, remix: Apache-2.0; phosphor: MIT; font-awesome: OFL-1.1"
    source: ClassVar[str] = "fonts and names in the package qtawesome (MIT)"

    def load(self) -> Dataset:
        """Images are uint8 (n, size, size, 1): 255 is ink, 0 is paper. The group "style" is outline, fill, bold ...

        A drawing and its variants (name and longer names that begin with it, such as "account-off-outline"), and
        icons of a family that look the same, are on one side of the split, and in one half. What a family holds out is the
        same in `all`; no icon that `all` holds out looks the same as a training icon of another family.
        """
        names = tuple(FONTS) if self.family == ALL else (self.family,)
        fonts, everything = [FONTS[name] for name in names], [_drawn(name, self.size) for name in names]
        parts = [_split(drawn, font) for drawn, font in zip(everything, fonts, strict=True)]
        part = np.concatenate(parts)
        examples = _joined([self._examples(drawn, font) for drawn, font in zip(everything, fonts, strict=True)])
        learned = part == self.half if self.half != BOTH else part != ""
        sources = [
            f"{font.title}, {self.source} {_version()}; SHA-256 of the font {drawn.sha256}"
            for drawn, font in zip(everything, fonts, strict=True)
        ]
        return Dataset(
            name="icons",
            train=examples.take(np.flatnonzero(learned)),
            test=examples.take(np.flatnonzero(part == "")),
            spec=Spec("image", examples.images.shape[1:]),
            licence="; ".join(dict.fromkeys(font.licence for font in fonts)),
            source="; ".join(sources),
            credit=f"Icons: {'; '.join(f'{font.title}, {font.licence}' for font in fonts)}",
            judge=JUDGE if self.half == SECOND else Dataset.judge,
        )

    def held_out_drawings(self) -> np.ndarray:
        """The drawing of each held-out icon (n,), numbered: what another sample of icons would hold others of."""
        names = tuple(FONTS) if self.family == ALL else (self.family,)
        found = []
        for name in names:
            drawn = _drawn(name, self.size)
            held_out = _split(drawn, FONTS[name]) == ""
            found += [f"{name} {each}" for each in _families(drawn, FONTS[name])[held_out]]
        return np.unique(found, return_inverse=True)[1]

    def _examples(self, drawn: Drawn, font: Font) -> Examples:
        """The icons of a family with their captions."""
        if self.family == ALL:
            captions, style = styled(drawn.names, font)
        else:
            captions = [name.replace("-", " ") for name in drawn.names]
            style = [style_of(name, font.styles) or "regular" for name in drawn.names] if font.styles else []
        return Examples(drawn.images, captions=tuple(captions), groups={"style": np.array(style)} if style else {})


def styled(names: Sequence[str], font: Font) -> tuple[list[str], list[str]]:
    """Names as captions with the style as the last word, by one word for all families, and these words, "" for none.

    A name that tells no style has that of its family where it has a sibling that tells one, or where no name tells any.
    """
    captions, words = list[str](), list[str]()
    with_style = {plain_name(name, font.styles) for name in names if style_of(name, font.styles)}
    for name in names:
        style, plain = style_of(name, font.styles), plain_name(name, font.styles)
        untold = not style and bool(font.styles) and plain not in with_style
        word = "" if untold else font.said.get(style, style)
        captions.append(f"{plain.replace('-', ' ')} {word}".strip())
        words.append(word)
    return captions, words


def _joined(parts: Sequence[Examples]) -> Examples:
    """Examples behind each other, with the groups that all have."""
    groups = set.intersection(*(set(part.groups) for part in parts))
    return Examples(
        np.concatenate([part.images for part in parts]),
        captions=tuple(caption for part in parts for caption in part.captions),
        groups={name: np.concatenate([part.groups[name] for part in parts]) for name in sorted(groups)},
    )


def _families(drawn: Drawn, font: Font) -> np.ndarray:
    """The drawing of each icon (n,), those that look the same taken together."""
    return families(drawings(drawn.names, font.styles), drawn.copies)


def _split(drawn: Drawn, font: Font) -> np.ndarray:
    """Of each icon (n,) the half of the training drawings that it is in, "" where it is held out."""
    family = _families(drawn, font)
    half = np.where(whole_families(family, 0.5, SEED + 1), FIRST, SECOND)
    return np.where(whole_families(family, HELD_OUT, SEED), "", half)


def drawings(names: list[str], styles: tuple[str, ...]) -> list[str]:
    """The drawing that each name varies: its shortest beginning (whole words, style left out) that is itself a name."""
    plain = [plain_name(name, styles) for name in names]
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


def plain_name(name: str, styles: tuple[str, ...]) -> str:
    """A name without its style."""
    return name.removesuffix(f"-{style_of(name, styles)}")


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
