"""How pictures look, whatever they show: how sharp, light, colourful and grainy they are. By this it is known how they were worn."""

from __future__ import annotations

import numpy as np

LOOKS = ("sharp", "soft", "flat", "paper", "ink", "colour")
ONE_COLOUR, WHITE = (
    1.0,
    6.0,
)  # of 255: what lightness leaves of the colours of a tinted picture; difference of channels of white paper
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
    beside = np.abs(
        4 * grey[:, 1:-1, 1:-1] - grey[:, :-2, 1:-1] - grey[:, 2:, 1:-1] - grey[:, 1:-1, :-2] - grey[:, 1:-1, 2:]
    )
    step, wide = np.abs(np.diff(grey, axis=2)).mean((1, 2)), np.abs(grey[:, :, 2:] - grey[:, :, :-2]).mean((1, 2))
    ordered = np.sort(grey.reshape(len(grey), -1), axis=1)
    tenth = ordered.shape[1] // 10
    return np.stack(
        [
            np.log(beside.mean((1, 2)) / contrast + 0.01),
            np.log((step + 1e-3) / (wide + 1e-3)),
            (beside < 0.012).mean((1, 2)),
            ordered[:, -tenth:].mean(1),
            ordered[:, :tenth].mean(1),
            (x.max(-1) - x.min(-1)).mean((1, 2)),
        ],
        axis=1,
    )


def colourless(images: np.ndarray) -> np.ndarray:
    """Which pictures (n,) have no colours to speak of."""
    return np.quantile((images.max(-1) - images.min(-1)).reshape(len(images), -1), 0.98, axis=1) < COLOURLESS


def tinted(images: np.ndarray) -> np.ndarray:
    """Which pictures (n,) are in tones of one colour, or have coloured paper, as by a filter over the whole of them.

    Tones of one colour (sepia, duotone): lightness alone explains each channel, by a cubic. Both limits lie beyond
    OpenMoji's 670 toned people that readers learn from, worn in each of `WAYS`: at most 0.1 % of them count as tinted
    (4.6 % of those at 20 pixels, dimmed, through JPEG), and of the 615 held out at most 1.6 % (4.4 %).
    """
    x = images.astype(np.float32).reshape(len(images), -1, 3)
    grey = x.mean(axis=-1, keepdims=True)
    lightest = np.argsort(-grey[..., 0], axis=1, kind="stable")[:, : x.shape[1] // 10]
    paper = np.median(np.take_along_axis(x, lightest[..., None], axis=1), axis=1)
    powers = ((grey - 128) / 128) ** np.arange(4, dtype=np.float32)
    normal = powers.swapaxes(1, 2) @ powers + 1e-3 * np.eye(4, dtype=np.float32)
    rest = x - grey - powers @ np.linalg.solve(normal, powers.swapaxes(1, 2) @ (x - grey))
    explained = np.sqrt((rest**2).sum(axis=-1).mean(axis=1)) < ONE_COLOUR
    return np.asarray((paper.max(axis=-1) - paper.min(axis=-1) > WHITE) | explained)
