"""How different are the pictures that several seeds give of one prompt? Where they are one picture, the seed decides nothing."""

from __future__ import annotations

import numpy as np

from genmodels.refusal import Refusal

SEEDS, PROMPTS = 4, 24  # pictures of a prompt, and prompts, that an audit asks for
ALIKE = 0.1  # of the distance between pictures of different prompts: below it pictures are nearly equal


def spread_over_seeds(pictures: np.ndarray) -> np.ndarray:
    """How far apart the pictures of each prompt are, as a share of how far they are from those of other prompts: (prompts,).

    `pictures` are uint8 (prompts, seeds, height, width, channels), 2 of each at least; a distance is the root mean square
    difference of pixels. 0: all seeds give one picture; 1: the prompt decides nothing. Raises `Refusal` for fewer.
    """
    if pictures.ndim != 5 or min(pictures.shape[:2]) < 2:
        raise Refusal(
            f"Pictures have the shape {pictures.shape}; (prompts, seeds, height, width, channels) is needed, 2 prompts and 2 seeds at least."
        )
    prompts, seeds = pictures.shape[:2]
    flat = pictures.reshape(prompts * seeds, -1).astype(np.float32) / 255
    squares = np.square(flat).mean(axis=1)
    products = flat @ flat.T / flat.shape[1]
    distance = np.sqrt(np.maximum(squares[:, None] + squares - 2 * products, 0)).reshape(prompts, seeds, prompts, seeds)
    total = distance.sum(axis=(1, 3))  # (prompts, prompts)
    within = np.diagonal(total) / (seeds * (seeds - 1))
    across = (total.sum(axis=1) - np.diagonal(total)) / (seeds * seeds * (prompts - 1))
    if not across.all():
        raise Refusal(
            "The pictures of all prompts are alike, so that there is nothing to compare seeds with; ask for different things."
        )
    return within / across
