"""Training pictures varied at random, so that what reads them learns what is drawn and not these pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genmodels.lazy_keras import ops

if TYPE_CHECKING:
    from genmodels.lazy_keras import Tensor
    from genmodels.networks.learner import Learner


def varied(learner: Learner, images: Tensor, shift: int = 2, colour: float = 0.0) -> Tensor:
    """Pictures (n, height, width, channels) in [0, 1], each moved by up to `shift` pixels (white comes in) and recoloured.

    With `colour` 1 brightness moves by up to 0.25, and contrast and saturation by factors from 0.5 to 1.5. All random
    numbers are the learner's.
    """
    n = ops.shape(images)[0]
    height, width, channels = images.shape[1:]
    rows, columns = _moved(learner, n, height, shift), _moved(learner, n, width, shift)
    x = 1 - ops.einsum("nhi,nhwc,nwj->nijc", rows, 1 - images, columns)
    if colour:
        brightness, contrast, saturation = (colour * (learner.uniform(n, 1, 1, 1) - 0.5) for _ in range(3))
        mean = ops.mean(x, axis=(1, 2, 3), keepdims=True)
        x = mean + (x - mean) * (1 + contrast) + brightness / 2
        grey = ops.mean(x, axis=-1, keepdims=True)
        x = ops.clip(grey + (x - grey) * (1 + saturation) if channels > 1 else x, 0.0, 1.0)
    return x


def _moved(learner: Learner, n: int, size: int, shift: int) -> Tensor:
    """Matrices (n, size, size) that move a line of pixels by a whole number from -shift to shift."""
    by = ops.floor(learner.uniform(n, 1) * (2 * shift + 1)) - shift
    places = ops.cast(ops.arange(size), "float32")
    return ops.cast(ops.equal(ops.expand_dims(places + by, -1), places), "float32")
