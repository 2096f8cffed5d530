"""SVG as a tree, read within bounds: nothing is fetched, nothing is run, and no entity is known.

What a file may hold is decided by whoever reads the tree; what leaves from here holds `svg`, `g` and `path` alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image

from genmodels.printable import printable
from genmodels.refusal import Refusal

NAMESPACE = "http://www.w3.org/2000/svg"
MOST_BYTES, MOST_ELEMENTS, DEEPEST = 1_000_000, 5_000, 32
LARGEST_SIDE = 1024  # pixels at which a drawing is drawn, at most
OURS = {  # elements that a file of ours holds, each with its attributes
    "svg": re.compile(r"(xmlns|viewBox|width|height|fill)"),
    "g": re.compile(r"(transform|fill)"),
    "path": re.compile(r"(d|transform|fill|fill-rule)"),
}
PLAIN = re.compile(r"[\w\s.,#()+-]*", re.ASCII)  # values of a file of ours: numbers, commands of paths, colours


@dataclass
class Element:
    """An element of SVG by its local name; `foreign`: of another namespace. Children in their order, `text` what stands between."""

    name: str
    attributes: dict[str, str]
    foreign: bool = False
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def walk(self) -> Iterator[Element]:
        """It and all below it, whatever is of another namespace left out."""
        waiting = [self]
        while waiting:
            each = waiting.pop()
            if not each.foreign:
                yield each
                waiting += reversed(each.children)


def parsed(content: bytes, name: str = "the SVG") -> Element:
    """The tree of an SVG file of at most 1 MB, 5,000 elements and 32 levels. Raises `Refusal` for anything else.

    A document type, and with it every entity, is refused before it is read.
    """
    name = printable(name)
    if len(content) > MOST_BYTES:
        raise Refusal(f"{name} has {len(content) / 1e6:.1f} MB; an SVG of an icon has at most 1 MB, so simplify it.")
    if content.startswith(b"\x1f\x8b"):
        raise Refusal(f"{name} is compressed (.svgz); save it as a plain SVG.")
    reader = _Reader(name)
    try:
        reader.parser.Parse(content, True)
    except Refusal:
        raise
    except expat.ExpatError as error:
        raise Refusal(f"{name} is no whole SVG ({printable(str(error), 100)}); save it again.") from None
    except (LookupError, ValueError):
        raise Refusal(f"{name} is in an encoding that is not known; save it as UTF-8.") from None
    root = reader.root
    if root is None or root.name != "svg" or root.foreign:
        raise Refusal(f"{name} is no SVG; its first element has to be svg.")
    return root


class _Reader:
    """What is made of the events of the parser."""

    def __init__(self, name: str) -> None:
        self.name, self.count = name, 0
        self.root: Element | None = None
        self.open: list[Element] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = lambda tag: self.open.pop()
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, root: str, system: str | None, public: str | None, inside: bool) -> None:
        raise Refusal(
            f"{self.name} declares a document type, which can hold entities and point elsewhere; save it without one."
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise Refusal(f"{self.name} has more than {MOST_ELEMENTS:,} elements; an icon has a few, so simplify it.")
        if len(self.open) >= DEEPEST:
            raise Refusal(f"{self.name} is nested more than {DEEPEST} deep; ungroup its parts.")
        uri, _, local = tag.rpartition(" ")
        named = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = Element(local, named, foreign=uri not in ("", NAMESPACE))
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def _text(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text


def written(root: Element) -> str:
    """The tree as a text; texts between elements are written for `style` alone."""

    def inner(element: Element) -> str:
        named = "".join(f" {key}={quoteattr(value)}" for key, value in element.attributes.items())
        inside = "".join(inner(each) for each in element.children if not each.foreign)
        inside += element.text if element.name == "style" else ""
        return f"<{element.name}{named}>{inside}</{element.name}>" if inside else f"<{element.name}{named}/>"

    return inner(root)


def check_ours(content: bytes) -> None:
    """Raises `Refusal` where a file of ours holds anything but svg, g and path with numbers and colours in them."""
    for each in parsed(content, "The drawing").walk():
        allowed = OURS.get(each.name)
        bad = [] if allowed else [each.name]
        for key, value in each.attributes.items():
            if allowed and not (allowed.fullmatch(key) and PLAIN.fullmatch(value)):
                bad.append(f"{each.name} {key}")
        bad += [f"an element of another kind in {each.name}" for child in each.children if child.foreign]
        bad += [f"a text in {each.name}"] * bool(each.text.strip())
        if bad:
            raise Refusal(f"The drawing holds {printable(bad[0], 60)}, which does not leave; draw it again.")


def drawn(svg: str, side: int) -> np.ndarray:
    """An SVG of ours drawn at `side` pixels, uint8 RGBA (side, side, 4); resvg, without fonts and without files.

    Raises `Refusal` where it can't be drawn.
    """
    try:
        import resvg_py
    except ImportError:
        raise Refusal("An SVG is drawn by the package resvg-py, which is not there: pip install resvg-py") from None
    if not 1 <= side <= LARGEST_SIDE:
        raise Refusal(f"The side is {side} pixels; drawings are drawn at 1 to {LARGEST_SIDE}.")
    try:
        png = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, skip_system_fonts=True)
    except ValueError as error:
        raise Refusal(f"The SVG can't be drawn ({printable(str(error), 100)}); save it again.") from None
    with Image.open(io.BytesIO(bytes(png)), formats=["PNG"]) as picture:
        found = np.asarray(picture.convert("RGBA"))
    if found.shape == (side, side, 4):
        return found
    square = Image.new("RGBA", (side, side))
    square.paste(Image.fromarray(found), ((side - found.shape[1]) // 2, (side - found.shape[0]) // 2))
    return np.asarray(square)
