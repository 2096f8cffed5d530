"""Designs where they are used: a mock toolbar in light and in dark, and every usual size side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from genmodels.explore.design_files import at_size
from genmodels.kinds.image.icons import contrast
from genmodels.kinds.image.tracing import SIZES

LIGHT, DARK = (
    ("#1f2937", "#ffffff", "#e5e7eb"),
    ("#f3f4f6", "#111827", "#374151"),
)  # ink, ground, a button that is pressed
MOST = 12  # icons in a toolbar
BUTTON, ICON = 80, 48  # pixels of a button and of the icon in it: 40 and 24 of a screen of double density


def toolbar(icons: np.ndarray, *, dark: bool = False, pressed: int = 0) -> np.ndarray:
    """A toolbar of up to twelve icons (n, side, side, 1), the one that is `pressed` on a lighter field: uint8 (96, width, 3)."""
    ink, ground, field = DARK if dark else LIGHT
    few = icons[:MOST]
    bar = Image.new("RGB", (len(few) * BUTTON + 16, BUTTON + 16), ground)
    pen = ImageDraw.Draw(bar)
    pen.rectangle((0, 0, bar.width - 1, bar.height - 1), outline=field)
    for number, icon in enumerate(few):
        left = 8 + number * BUTTON
        chosen = number == pressed
        if chosen:
            pen.rounded_rectangle((left + 4, 12, left + BUTTON - 4, BUTTON + 4), radius=12, fill=field)
        drawn = at_size(icon, ICON, ink, field if chosen else ground)
        bar.paste(Image.fromarray(drawn), (left + (BUTTON - ICON) // 2, 8 + (BUTTON - ICON) // 2))
    return np.asarray(bar)


def sizes(icon: np.ndarray, *, dark: bool = False, shown: Sequence[int] = SIZES[:-1]) -> np.ndarray:
    """An icon (side, side, 1) in every usual size beside each other, standing on one line: uint8 (height, width, 3)."""
    ink, ground, field = DARK if dark else LIGHT
    sheet = Image.new("RGB", (sum(shown) + 12 * (len(shown) + 1), max(shown) + 24), ground)
    ImageDraw.Draw(sheet).rectangle((0, 0, sheet.width - 1, sheet.height - 1), outline=field)
    left = 12
    for side in shown:
        sheet.paste(Image.fromarray(at_size(icon, side, ink, ground)), (left, 12 + max(shown) - side))
        left += side + 12
    return np.asarray(sheet)


def least_contrast() -> float:
    """The least contrast of ink and what lies under it in both toolbars."""
    return min(contrast(ink, under) for ink, *grounds in (LIGHT, DARK) for under in grounds)
