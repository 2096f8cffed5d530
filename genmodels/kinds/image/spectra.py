"""The mean spectrum of pictures, in which upsampling and noise leave traces that the eye does not see (Durall et al. 2020)."""

from __future__ import annotations

import numpy as np

BLOCK = 8  # pixels: side of a square that JPEG transforms by itself
FLOOR = 1e-4  # added to the power, 1 being black to white: a picture of one colour has a logarithm too


def rings(side: int) -> np.ndarray:
    """A matrix (side^2, side / 2 + 1) float32 that averages a Fourier plane over the places at each rounded distance."""
    frequencies = np.fft.fftfreq(side) * side
    distance = np.minimum(np.rint(np.hypot(frequencies[:, None], frequencies[None, :])), side // 2).astype(int).ravel()
    matrix = np.eye(side // 2 + 1, dtype=np.float32)[distance]
    return matrix / matrix.sum(axis=0)


def radial_spectrum(images: np.ndarray) -> np.ndarray:
    """Mean log power (n, side / 2 + 1) at 0 to side / 2 periods a picture, of uint8 (n, side, side, channels)."""
    grey = images.astype(np.float32).mean(axis=-1) / 127.5 - 1
    power = np.log(np.abs(np.fft.fft2(grey)) ** 2 + FLOOR)
    return power.reshape(len(images), -1) @ rings(images.shape[1])


def block_cosines(side: int) -> np.ndarray:
    """A matrix B (side, side) float32 so that B x B' holds the cosine transform (DCT-II, orthonormal) of each block of a picture x."""
    k = np.arange(BLOCK)
    one = np.sqrt(2 / BLOCK) * np.cos((2 * k[None] + 1) * k[:, None] * np.pi / (2 * BLOCK))
    one[0] /= np.sqrt(2)
    return np.kron(np.eye(side // BLOCK), one).astype(np.float32)


def block_bands(side: int) -> np.ndarray:
    """A matrix (side^2, 14) float32 that averages cosine coefficients, one block, over each diagonal: u + v = 1 to 14."""
    k = np.arange(side) % BLOCK
    matrix = np.eye(2 * BLOCK - 1, dtype=np.float32)[(k[:, None] + k[None]).ravel()][:, 1:]
    return matrix / (matrix.sum(axis=0) / (side // BLOCK) ** 2)
