"""Icons as outlines: ink of a few pixels traced to curves by vtracer, and drawn again at any size by resvg.

An icon is uint8 (side, side, 1), 255 is ink. It is enlarged (bicubic), divided at half ink, so that its soft edges say where
between two pixels an edge lies, and traced in black and white. What is made is checked: svg, g and path alone.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import numpy as np
from PIL import Image

from genmodels.kinds.image.files import to_picture
from genmodels.kinds.image.svg import Element, check_ours, drawn, parsed, written
from genmodels.refusal import Refusal

LARGE = 256  # pixels about, at which an icon is traced
MOST_SIDE = 128  # pixels of an icon that is traced
MOST_BYTES = 200_000  # of a drawing
HALF = 127
SIZES = (16, 24, 32, 48, 64, 128, 256)  # pixels at which icons are used
SPECKLE = 4  # pixels of the enlarged icon: patches whose side is below are left out
COLOUR = re.compile(r"#[0-9a-fA-F]{6}|currentColor")


@dataclass(frozen=True)
class Vector:
    """An icon as paths on a square of `side` units: outlines and where they stand, "translate(12,3)"."""

    side: int
    paths: tuple[tuple[str, str], ...]

    def svg(self, colour: str = "#000000", ground: str = "") -> str:
        """The icon as an SVG document in one colour; `ground`: on that colour, "" on nothing."""
        for each in (colour, ground or colour):
            if not COLOUR.fullmatch(each):
                raise Refusal(f"The colour is {each[:40]!r}; write it as #rrggbb, such as #1f2937.")
        root = Element(
            "svg",
            {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {self.side} {self.side}"}
            | {"width": "24", "height": "24"},
        )
        if ground:
            root.children.append(Element("path", {"d": f"M0 0H{self.side}V{self.side}H0Z", "fill": ground}))
        group = Element("g", {"fill": colour})
        group.children = [Element("path", {"d": d, "transform": place}) for d, place in self.paths]
        root.children.append(group)
        return written(root)

    def ink(self, side: int) -> np.ndarray:
        """The icon drawn again, uint8 (side, side, 1), 255 is ink."""
        return drawn(self.svg(), side)[..., 3:]


def traced(icon: np.ndarray) -> Vector:
    """The outlines of an icon (side, side, 1) or (side, side) of 8 to 128 pixels. Raises `Refusal` for one that is empty or too fine.

    vtracer 0.6 (the stacking of visioncortex): time and size are bounded by the pixels that it is given, about 256 x 256.
    """
    try:
        import vtracer
    except ImportError:
        raise Refusal("Outlines are traced by the package vtracer, which is not there: pip install vtracer") from None
    icon = icon[..., 0] if icon.ndim == 3 else icon
    side = icon.shape[0]
    if icon.ndim != 2 or icon.shape != (side, side) or not 8 <= side <= MOST_SIDE:
        raise Refusal(f"The icon has the shape {icon.shape}; a square of 8 to {MOST_SIDE} pixels can be traced.")
    large = side * max(1, round(LARGE / side))
    ink = np.asarray(to_picture(icon).resize((large, large), Image.Resampling.BICUBIC)) > HALF
    if not ink.any() or ink.all():
        raise Refusal("The icon is empty or all ink, so there is no outline to trace; draw another one.")
    buffer = io.BytesIO()
    Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)).convert("RGB").save(buffer, "PNG", compress_level=1)
    svg = vtracer.convert_raw_image_to_svg(
        buffer.getvalue(), "png", colormode="binary", mode="spline", filter_speckle=SPECKLE, path_precision=1
    )
    if len(svg) > MOST_BYTES:
        raise Refusal(
            f"The outlines take {len(svg):,} characters, at most {MOST_BYTES:,} leave; the icon is too fine, so smooth it first."
        )
    found = [each.attributes for each in parsed(svg.encode(), "The tracing").walk() if each.name == "path"]
    vector = Vector(large, tuple((each["d"].strip(), each.get("transform", "")) for each in found))
    if not vector.paths:
        raise Refusal("Nothing of the icon is large enough to be traced; draw another one.")
    check_ours(vector.svg().encode())
    return vector


def apart(icon: np.ndarray, again: np.ndarray) -> tuple[float, float]:
    """How far a drawing is from the icon (both (side, side, 1)): root mean square of the difference (1: black to white), and
    the share of ink that both have of what either has (intersection over union of ink, as grey levels)."""
    a, b = (each.astype(np.float64) / 255 for each in (icon, again))
    union = np.maximum(a, b).sum()
    return float(np.sqrt(((a - b) ** 2).mean())), float(np.minimum(a, b).sum() / union) if union else 1.0
