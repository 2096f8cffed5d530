"""A trained upscaler, what it is measured against, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genmodels import gallery
from genmodels.kinds.image.resizing import SMALL
from genmodels.kinds.spec import Spec
from genmodels.models.upscaler import upscaled
from genmodels.runs.run import Run
from genmodels.runs.store import gallery_names

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks
    from genmodels.models.upscaler import Upscaler

UPSCALED = {"Upscaled": "to 128 x 128 by run upscaler"}  # what a file says


class TrainedUpscaler:
    """Enlarges uint8 pictures (n, height, width, channels) by four; grey ones are read as colour ones where it learned colour."""

    def __init__(self, recipe: Upscaler, spec: Spec, networks: Networks) -> None:
        from genmodels.networks.compute import compiled

        self.recipe, self.spec, self.networks = recipe, spec, networks
        self._enlarge = compiled(lambda small: recipe.enlarged(networks, small))

    def upscale(self, images: np.ndarray) -> np.ndarray:
        """uint8 (n, 4 height, 4 width, channels) of uint8 (n, height, width, channels), at most 64 pixels a side."""
        return upscaled(self._enlarge, images, self.spec.shape[-1])


def fits(run: Run, name: str = "upscaler") -> bool:
    """Was the upscaler measured on what a run draws? Nothing is loaded for that."""
    return fits_data(run.experiment.data, run.spec.shape, name)


def fits_data(data: str, shape: tuple[int, ...], name: str = "upscaler") -> bool:
    """Was the upscaler measured on pictures of this data set and shape: the same data, at 32 x 32 pixels in colour?"""
    return (
        tuple(shape) == (SMALL, SMALL, 3)
        and name in gallery_names()
        and bool(data == Run(gallery.GALLERY / name).experiment.data)
    )
