"""How pictures look, whatever they show: how sharp, light, colourful and grainy they are. By this it is known how they were worn."""

from __future__ import annotations

import numpy as np

LOOKS = ("sharp", "soft", "flat", "paper", "ink", "colour")
COLOURLESS = 16  # greatest difference of channels in a picture without colours, of 255; JPEG alone makes up to 10 of it


def looks(images: np.ndarray) -> np.ndarray:
    """Six numbers (n, 6) of pictures uint8 (n, height, width, 3).

    sharp, soft: log of the mean step from pixel to pixel and of that over two pixels, less that of the whole contrast;
    flat: share of places where nothing changes; paper, ink: grey level of the lightest and darkest tenth, 0 to 1;
    colour: mean difference of channels, 0 to 1.
    """
    x = images.astype(np.float32) / 255
    grey = x.mean(-1)
    contrast = grey.std((1, 2)) + 0.02
    beside = np.abs(4 * grey[:, 1:-1, 1:-1] - grey[:, :-2, 1:-1] - grey[:, 2:, 1:-1] - grey[:, 1:-1, :-2] - grey[:, 1:-1, 2:])
    step, wide = np.abs(np.diff(grey, axis=2)).mean((1, 2)), np.abs(grey[:, :, 2:] - grey[:, :, :-2]).mean((1, 2))
    ordered = np.sort(grey.reshape(len(grey), -1), axis=1)
    tenth = ordered.shape[1] // 10
    return np.stack([
        np.log(beside.mean((1, 2)) / contrast + 0.01), np.log((step + 1e-3) / (wide + 1e-3)), (beside < 0.012).mean((1, 2)),
        ordered[:, -tenth:].mean(1), ordered[:, :tenth].mean(1), (x.max(-1) - x.min(-1)).mean((1, 2)),
    ], axis=1)  # fmt: skip


def colourless(images: np.ndarray) -> np.ndarray:
    """Which pictures (n,) have no colours to speak of."""
    return np.quantile((images.max(-1) - images.min(-1)).reshape(len(images), -1), 0.98, axis=1) < COLOURLESS


def without_blue(images: np.ndarray) -> np.ndarray:
    """Which pictures (n,) have next to no pixel with more blue than red: 53 % of OpenMoji's toned drawings, and all tinted brown."""
    x = images.astype(np.int16)
    blue = (x.max(-1) - x.min(-1) > 1.5 * COLOURLESS) & (x[..., 2] >= x[..., 0])
    return blue.reshape(len(x), -1).mean(axis=1) < 0.005
