"""One sign, drawn or photographed, as a small picture of its ink, in the way in which the handwritten digits were made."""

from __future__ import annotations

import numpy as np
from PIL import Image

from genmodels.kinds.image.files import open_picture
from genmodels.printable import printable
from genmodels.refusal import Refusal

CELL = 4  # points of a field on a side, which are counted for each pixel, as in the UCI digits
FAINT, HALF = 32, 0.5  # grey levels between ink and paper that are needed; share of the darkest ink that counts as ink


def as_ink(content: bytes, side: int, name: str = "the picture") -> np.ndarray:
    """A foreign picture as uint8 (side, side, 1), 0 paper and 255 ink.

    Paper is what most of it shows, dark or light. The ink is cut out, made as large as the field allows and counted in each
    cell. Raises `Refusal` as `open_picture`, and where nothing stands out from the paper.
    """
    grey = np.asarray(open_picture(content, name).convert("L"), np.int16)
    ink = np.abs(grey - int(np.median(grey)))
    if ink.max() < FAINT:
        raise Refusal(
            f"In {printable(name)} nothing stands out from the paper; draw or take a picture with darker ink."
        )
    marked = ink > HALF * ink.max()
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    cut = Image.fromarray((255 * marked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]).astype(np.uint8))
    field = side * CELL
    scale = field / max(cut.size)
    size = max(1, round(cut.width * scale)), max(1, round(cut.height * scale))
    sheet = Image.new("L", (field, field))
    sheet.paste(cut.resize(size, Image.Resampling.BOX), ((field - size[0]) // 2, (field - size[1]) // 2))
    points = (np.asarray(sheet) > 127).reshape(side, CELL, side, CELL)
    return np.round(255 * points.mean(axis=(1, 3))).astype(np.uint8)[..., None]
