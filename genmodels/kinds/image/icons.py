"""Icons as ink: symmetry, snapping to a grid, weight and roundness, and how well they can be seen.

An icon is uint8 (side, side, 1): 255 is ink, 0 is paper. Everything here is plain arithmetic on pixels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from genmodels.refusal import Refusal
from genmodels.registry import unknown

SYMMETRIES = ("none", "left and right", "top and bottom", "both", "turned by half")
CORNERS = ("upper left", "upper right", "lower left", "lower right")
HALF = 127.5
LEAST_CONTRAST = 3.0  # of icons and what lies beside them (WCAG 2.2, 1.4.11)


def symmetric(icon: np.ndarray, axis: str) -> np.ndarray:
    """The icon with its left half mirrored to the right, its upper half to the bottom, both, or turned by half around its middle."""
    if axis not in SYMMETRIES:
        raise Refusal(unknown("symmetry", axis, SYMMETRIES))
    found, half = icon.copy(), icon.shape[0] // 2
    if axis in ("left and right", "both"):
        found[:, -half:] = found[:, :half][:, ::-1]
    if axis in ("top and bottom", "both"):
        found[-half:] = found[:half][::-1]
    if axis == "turned by half":
        found[-half:] = found[:half][::-1, ::-1]
    return found


def snapped(icon: np.ndarray, cell: int) -> np.ndarray:
    """The icon on a grid of cells of so many pixels: each is ink where half of it or more is; at 1 each pixel for itself.

    0 leaves it as it is. Cells that the side does not fill are cut off at the right and at the bottom.
    """
    if not 0 <= cell <= icon.shape[0] // 4:
        raise Refusal(f"The grid has cells of {cell} pixels; choose 0 (none) to {icon.shape[0] // 4}.")
    if cell == 0:
        return icon
    side = -(-icon.shape[0] // cell) * cell
    wide = np.zeros((side, side), np.float64)
    wide[: icon.shape[0], : icon.shape[1]] = icon[..., 0]
    cells = wide.reshape(side // cell, cell, side // cell, cell).mean(axis=(1, 3)) > HALF
    again = np.repeat(np.repeat(cells, cell, axis=0), cell, axis=1)
    return (again[: icon.shape[0], : icon.shape[1], None] * 255).astype(np.uint8)


def heavier(icon: np.ndarray, by: float) -> np.ndarray:
    """The icon with every outline moved outwards by so many pixels (inwards below 0), edges one pixel soft."""
    if not -4 <= by <= 4:
        raise Refusal(f"The weight is changed by {by:g} pixels; choose -4 to 4.")
    return icon if by == 0 else _from_distance(_distance(icon) + by)


def rounded(icon: np.ndarray, by: float) -> np.ndarray:
    """The icon with corners rounded: blurred by so many pixels (standard deviation) and divided at half again, edges one pixel soft."""
    from scipy.ndimage import gaussian_filter

    if not 0 <= by <= 4:
        raise Refusal(f"Corners are rounded by {by:g} pixels; choose 0 to 4.")
    if by == 0:
        return icon
    soft = gaussian_filter(icon[..., 0].astype(np.float64) / 255, by)
    steep = max(1.0, by * np.sqrt(2 * np.pi))  # a straight edge, blurred, falls by 1 / that a pixel
    return _from_distance((soft - 0.5) * steep)


def stroke(icon: np.ndarray) -> float:
    """How wide the strokes of an icon are, in pixels: four times the mean distance of ink from its edge; nan without ink.

    Exact for a long stroke, whose ink is from 0 to half its width away from its edge.
    """
    distance = _distance(icon)
    inside = distance[distance > 0]
    return float(4 * inside.mean()) if inside.size else float("nan")


def even(icons: np.ndarray, width: float | None = None) -> np.ndarray:
    """Icons (n, side, side, 1) with strokes of about one width: the median of theirs where none is given; by at most 1.5 pixels each.

    One that would lose half of its ink is left as it is.
    """
    widths = np.array([stroke(each) for each in icons])
    wanted = float(np.nanmedian(widths)) if width is None and np.isfinite(widths).any() else width
    found = []
    for icon, own in zip(icons, widths, strict=True):
        other = (
            icon if wanted is None or not np.isfinite(own) else heavier(icon, float(np.clip(wanted - own, -3, 3)) / 2)
        )
        found.append(other if other.sum() >= icon.sum() / 2 else icon)
    return np.stack(found)


def corner_mask(side: int, corner: str, share: float = 0.5) -> np.ndarray:
    """A mask (side, side), true in a corner that takes this share of the side."""
    if corner not in CORNERS:
        raise Refusal(unknown("corner", corner, CORNERS))
    down, across = corner.split()
    top, left = (0.0 if down == "upper" else 1 - share), (0.0 if across == "left" else 1 - share)
    return rectangle_mask(side, top, left, top + share, left + share)


def rectangle_mask(side: int, top: float, left: float, bottom: float, right: float) -> np.ndarray:
    """A mask (side, side), true in a rectangle whose edges are shares of the side. Raises `Refusal` where it holds no pixel."""
    edges = [top, left, bottom, right]
    if not all(0 <= each <= 1 for each in edges) or top >= bottom or left >= right:
        raise Refusal(
            f"The rectangle goes from {top:g}, {left:g} to {bottom:g}, {right:g}; give edges from 0 to 1, the first ones below the second."
        )
    first, second, third, fourth = (round(each * side) for each in edges)
    mask = np.zeros((side, side), bool)
    mask[first : max(third, first + 1), second : max(fourth, second + 1)] = True
    return mask


def contrast(first: str, second: str) -> float:
    """The contrast of two colours "#rrggbb", from 1 (none) to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise Refusal(f"The colour is {colour[:40]!r}; write it as #rrggbb, such as #1f2937.")
    parts: Sequence[float] = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def _distance(icon: np.ndarray) -> np.ndarray:
    """How far each pixel (side, side) is from the edge of ink, in pixels: above 0 inside, below 0 outside, to a fraction at soft edges."""
    from scipy.ndimage import distance_transform_edt

    share = icon[..., 0].astype(np.float64) / 255
    inside = share > 0.5
    if not inside.any() or inside.all():
        return np.full(share.shape, 99.0 if inside.any() else -99.0)
    far = np.where(inside, distance_transform_edt(inside) - 0.5, 0.5 - distance_transform_edt(~inside))
    soft = (share > 0.02) & (share < 0.98)
    return np.where(soft & (np.abs(far) <= 1), share - 0.5, far)


def _from_distance(distance: np.ndarray) -> np.ndarray:
    return np.round(255 * np.clip(distance + 0.5, 0, 1)).astype(np.uint8)[..., None]
