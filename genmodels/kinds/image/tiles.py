"""A few examples out of a sheet of samples, as a strip."""

from __future__ import annotations

import numpy as np

from genmodels.kinds.image.files import grid

WHITE = 250  # from here on a pixel is paper
MARGIN = 4  # pixels of paper that are left around what is drawn


def tiles(sheet: np.ndarray, tile: tuple[int, int, int] | None, columns: int, rows: int = 1) -> np.ndarray:
    """The first `columns * rows` examples on which there is something, side by side, without the paper around them.

    `sheet` is uint8 (height, width, 3); `tile` height and width of an example and the gap between two, None where the
    sheet is one example. Gives a sheet of the same kind, the whole one where no tile of it holds anything.
    """
    if tile is None:
        return sheet
    height, width, gap = tile
    places = [
        (top, left)
        for top in range(0, len(sheet) - height + 1, height + gap)
        for left in range(0, sheet.shape[1] - width + 1, width + gap)
    ]
    found = [sheet[top : top + height, left : left + width] for top, left in places]
    inked = [each for each in found if (each < WHITE).any()][: columns * rows]
    if not inked:
        return sheet
    few = np.stack(inked)
    ink = few.min(axis=3).min(axis=0) < WHITE
    down, across = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    few = few[
        :,
        max(0, down[0] - MARGIN) : down[-1] + 1 + MARGIN,
        max(0, across[0] - MARGIN) : across[-1] + 1 + MARGIN,
    ]
    return np.asarray(grid(few, min(columns, len(few))))
