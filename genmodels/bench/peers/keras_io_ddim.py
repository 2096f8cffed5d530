"""Keras in the way of keras.io's "Denoising Diffusion Implicit Models": the network is called at each step, eagerly.

The same network, weights, noise, guidance and number of steps as ours; `python -m genmodels.bench.peers.keras_io_ddim`.
"""

from __future__ import annotations

import itertools

import keras
import numpy as np
from keras import ops

from genmodels.bench import pictures
from genmodels.bench.ours_pictures import SPEC, set_weights
from genmodels.bench.turns import serve
from genmodels.models.diffusion import Diffusion


def reverse_diffusion(network: keras.Model) -> np.ndarray:
    """Noise to pictures in [-1, 1], a step at a time."""
    states, mean = map(ops.convert_to_tensor, pictures.told())
    noisy = ops.convert_to_tensor(pictures.noise())
    visits = pictures.angles()
    for angle, following in itertools.pairwise(visits):
        at = ops.full((2 * pictures.PICTURES, 1), angle, dtype="float32")
        velocity = network([ops.concatenate([noisy, noisy]), at, states, mean], training=False)
        asked, against = ops.split(velocity, 2)
        velocity = against + pictures.GUIDANCE * (asked - against)
        signal, spread = float(np.cos(angle)), float(np.sin(angle))
        clean = ops.clip(signal * noisy - spread * velocity, -1.0, 1.0)
        noise = (noisy - signal * clean) / spread
        noisy = float(np.cos(following)) * clean + float(np.sin(following)) * noise
    return np.asarray(clean)


def main() -> None:
    """Serve the drawing loop of the Keras example with our network."""
    network = Diffusion()._unet(SPEC)
    set_weights(network)

    def work(steps: int) -> None:
        for _ in range(steps):
            reverse_diffusion(network)

    serve(work, warm_up=2, tokens=pictures.eight_bit(reverse_diffusion(network)))


if __name__ == "__main__":
    main()
