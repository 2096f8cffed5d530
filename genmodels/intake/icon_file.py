"""A foreign icon, SVG or picture, as ink to begin from. An SVG is hostile until it was written anew.

Of an SVG only shapes, groups and plain gradients are kept; whatever runs, points elsewhere, repeats itself or needs a font
is refused, each by its name. What is kept is written anew and drawn in a caged child with little memory and time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from genmodels.files import write_atomically
from genmodels.jobs.sandbox import GIVEN, MB, Limits, run, scratch
from genmodels.kinds.image.files import open_transparent
from genmodels.kinds.image.svg import NAMESPACE, Element, drawn, parsed, written
from genmodels.printable import printable
from genmodels.provenance.formats import SVG, format_of
from genmodels.refusal import Refusal

LEAST_SIDE, LARGE = 8, 256  # pixels of a picture that is an icon; at which an SVG is drawn
AT_ONCE = 24  # SVG documents that one caged child draws
LARGEST, MOST_ASPECT = 100_000.0, 4.0  # units of a viewBox; longer side by the shorter
FAINT = 40  # of 255: less ink than that everywhere is none
LIMITS = Limits(memory=512 * MB, seconds=20, cpu_seconds=15, file_bytes=8 * MB)
KEPT = {
    "svg": "viewBox width height",
    "g": "",
    "path": "d",
    "rect": "x y width height rx ry",
    "circle": "cx cy r",
    "ellipse": "cx cy rx ry",
    "line": "x1 y1 x2 y2",
    "polyline": "points",
    "polygon": "points",
    "defs": "",
    "clipPath": "clipPathUnits",
    "linearGradient": "x1 y1 x2 y2 gradientUnits gradientTransform spreadMethod",
    "radialGradient": "cx cy r fx fy gradientUnits gradientTransform spreadMethod",
    "stop": "offset",
    "style": "",
}
ANYWHERE = [
    "id",
    "class",
    "style",
    "transform",
    "color",
    "display",
    "visibility",
    "opacity",
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "clip-path",
    "clip-rule",
    "stop-color",
    "stop-opacity",
]
SILENT = {"title", "desc", "metadata"}  # say something and draw nothing: left out
REFUSED = {
    "script": "a script",
    "foreignObject": "another document inside",
    "image": "a picture inside",
    "feImage": "a picture inside",
    "use": "parts that are used again (use), which can grow without end",
    "symbol": "parts that are used again (symbol)",
    "text": "a text, which needs a font; turn it into paths",
    "a": "a link",
    "animate": "an animation",
    "set": "an animation",
    "animateTransform": "an animation",
    "animateMotion": "an animation",
}
LOCAL = re.compile(r"url\(\s*['\"]?#[\w.-]+['\"]?\s*\)")
NUMBER = re.compile(r"\s*([-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)\s*(?:px|pt|mm|cm|in|em|%)?\s*")


def read_icon(content: bytes, side: int, name: str = "the icon") -> np.ndarray:
    """A foreign SVG, PNG, JPEG, GIF, WebP or BMP as an icon, uint8 (side, side, 1): 255 is ink, white on black as the data set icons.

    It is made square, nothing cut off. Ink is what is dark on light, what is light on dark, or what is there on nothing.
    Raises `Refusal`, in one sentence, for what can't be read, holds nothing, or is dangerous.
    """
    name = printable(name, 80)
    if not content:
        raise Refusal(f"{name} is empty; give an SVG or a PNG.")
    if not is_svg(content):
        return ink_of_picture(content, side, name)
    (ink,) = ink_of_svgs([kept_of(content, name)], side, [name], name)
    if isinstance(ink, Refusal):
        raise ink
    return ink


def ink_of_picture(content: bytes, side: int, name: str) -> np.ndarray:
    """A foreign picture as an icon, (side, side, 1). Raises `Refusal` as `read_icon`."""
    picture = open_transparent(content, name)
    if min(picture.size) < LEAST_SIDE or max(picture.size) > MOST_ASPECT * min(picture.size):
        raise Refusal(
            f"{name} has {picture.width} x {picture.height} pixels; an icon has at least {LEAST_SIDE} a side and is at most {MOST_ASPECT:g} times as long as wide."
        )
    if max(picture.size) > LARGE:
        picture.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    return _icon(np.asarray(picture), side, name)


def ink_of_svgs(kept: Sequence[str], side: int, names: Sequence[str], what: str) -> list[np.ndarray | Refusal]:
    """SVG documents that `kept_of` wrote, as icons (side, side, 1), or why one is none; all are drawn in one caged child.

    Raises `Refusal` where these (`what`) take more memory or time than a child has.
    """
    found: list[np.ndarray | Refusal] = []
    for start in range(0, len(kept), AT_ONCE):
        few = kept[start : start + AT_ONCE]
        pictures, drawn_well = _in_cage(few, what)
        for picture, well, name in zip(pictures, drawn_well, names[start:], strict=False):
            try:
                if not well:
                    raise Refusal(f"{name} can't be drawn; save it again as plain paths.")
                found.append(_icon(picture, side, name))
            except Refusal as refusal:
                found.append(refusal)
    return found


def draw_kept(given: Path, out: Path, side: int, count: int) -> dict[str, np.ndarray]:
    """The task of the caged child: what was kept of some SVG documents, drawn; one that can't be is left empty."""
    pictures, well = np.zeros((count, side, side, 4), np.uint8), np.zeros(count, bool)
    for number in range(count):
        try:
            pictures[number], well[number] = drawn((given / f"{number}.svg").read_text(), side), True
        except Refusal:
            continue
    return {"pictures": pictures, "well": well}


def is_svg(content: bytes) -> bool:
    """Whether a file is an SVG, or pretends to be one."""
    start = content[:512].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return format_of(content) == SVG or content[:2] == b"\x1f\x8b" or start[:1] == b"<"


def kept_of(content: bytes, name: str = "the SVG") -> str:
    """A foreign SVG written anew: shapes, groups and gradients, in a viewBox. Raises `Refusal` with what it holds besides."""
    root = parsed(content, name)
    for each in root.walk():
        if reason := _against(each):
            raise Refusal(f"{printable(name)} holds {reason}; an icon has shapes alone, so export it as plain paths.")
    box = _view_box(root, name)
    kept = _plain(root)
    if not any(each.name in KEPT and each.name in _SHAPES for each in kept.walk()):
        raise Refusal(f"{printable(name)} holds no shape; export the icon as paths.")
    kept.attributes = {"xmlns": NAMESPACE, "viewBox": " ".join(f"{each:g}" for each in box)} | {
        key: value for key, value in kept.attributes.items() if key not in ("viewBox", "width", "height", "id", "class")
    }
    return written(kept)


_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}


def _in_cage(kept: Sequence[str], what: str) -> tuple[np.ndarray, np.ndarray]:
    """The pictures (n, 256, 256, 4) of documents, and which of them could be drawn (n,)."""
    with scratch() as folder:
        for number, each in enumerate(kept):
            write_atomically(folder / GIVEN / f"{number}.svg", each.encode())
        answer = run(
            "genmodels.intake.icon_file:draw_kept",
            folder,
            what=what,
            expected={"pictures": "u", "well": "b"},
            limits=LIMITS,
            arguments={"side": LARGE, "count": len(kept)},
        )
    pictures, well = answer["pictures"], answer["well"]
    if pictures.shape != (len(kept), LARGE, LARGE, 4) or pictures.dtype != np.uint8 or well.shape != (len(kept),):
        raise Refusal(f"{what} gave something else than pictures; nothing of it is kept.")
    return pictures, well


def _icon(picture: np.ndarray, side: int, name: str) -> np.ndarray:
    """The ink of a picture (height, width, 4) in the middle of a square, (side, side, 1). Raises `Refusal` for a blank one."""
    ink = _ink(picture)
    if ink.max() < FAINT:
        raise Refusal(f"{name} is blank: nothing on it can be told from its ground.")
    whole = Image.fromarray(ink)
    longest = max(whole.size)
    square = Image.new("L", (longest, longest))
    square.paste(whole, ((longest - whole.width) // 2, (longest - whole.height) // 2))
    return np.asarray(square.resize((side, side), Image.Resampling.LANCZOS))[..., None]


def _ink(rgba: np.ndarray) -> np.ndarray:
    """Where ink is, uint8 (height, width), of uint8 (height, width, 4)."""
    alpha = rgba[..., 3].astype(np.float64) / 255
    grey = rgba[..., :3].astype(np.float64) @ (0.299, 0.587, 0.114)
    if alpha.min() < 0.5:  # on nothing: dark parts are ink; where none is dark, what is there
        dark = alpha * (255 - grey)
        return np.round(dark if dark.max() >= 128 else alpha * 255).astype(np.uint8)
    shown = alpha * grey + (1 - alpha) * 255
    edge = np.concatenate([shown[0], shown[-1], shown[:, 0], shown[:, -1]])
    return np.round(255 - shown if np.median(edge) > 127 else shown).astype(np.uint8)


def _against(element: Element) -> str:
    """What must not be in it, "" where there is nothing."""
    if element.name in REFUSED:
        return REFUSED[element.name]
    for key, value in element.attributes.items():
        if key.lower().startswith("on"):
            return f"a script ({printable(key, 20)})"
        if key in ("href", "src") and not value.startswith("#"):
            return "a reference to another file"
        if found := _elsewhere(value, style=key == "style"):
            return found
    if element.name == "style":
        return _elsewhere(element.text, style=True)
    if element.name == "clipPath" and any("url(" in v for e in element.walk() for v in e.attributes.values()):
        return "clip paths within clip paths"
    return ""


def _elsewhere(value: str, style: bool = False) -> str:
    if "url" in (left := LOCAL.sub("", value).lower()) and "(" in left:
        return "a reference to another file"
    if style and any(sign in left for sign in ("@", "\\", "<", "expression")):
        return "a style sheet with rules that are not read here"
    return "a script" if "javascript:" in left else ""


def _plain(element: Element) -> Element:
    """The element with what is kept of it; parts that only say something, or that are not known, are left out."""
    allowed = {*KEPT[element.name].split(), *ANYWHERE}
    named = {key: value for key, value in element.attributes.items() if key in allowed}
    children = [_plain(each) for each in _drawn_children(element)]
    return Element(element.name, named, children=children, text=element.text if element.name == "style" else "")


def _drawn_children(element: Element) -> Iterator[Element]:
    return (each for each in element.children if not each.foreign and each.name in KEPT and each.name not in SILENT)


def _view_box(root: Element, name: str) -> tuple[float, float, float, float]:
    """The part of the plane that is drawn; of `viewBox`, else of width and height."""
    told = root.attributes.get("viewBox", "").replace(",", " ").split()
    told = told or ["0", "0", root.attributes.get("width", ""), root.attributes.get("height", "")]
    read = [NUMBER.fullmatch(each) for each in told]
    numbers = [float(each[1]) for each in read if each]
    if len(numbers) != 4 or len(told) != 4:
        raise Refusal(f"{printable(name)} does not say its size; give it a viewBox, such as 0 0 24 24.")
    left, top, width, height = numbers
    sound = 0 < width <= LARGEST and 0 < height <= LARGEST and max(abs(left), abs(top)) <= LARGEST
    if not sound or max(width, height) > MOST_ASPECT * min(width, height):
        raise Refusal(
            f"{printable(name)} is {width:g} x {height:g} units; an icon has up to {LARGEST:,.0f} a side and is at most {MOST_ASPECT:g} times as long as wide."
        )
    return left, top, width, height
