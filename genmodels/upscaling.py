"""A trained upscaler, what it is measured against, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from genmodels.estimates.ratios import ratio
from genmodels.fidelity import psnr, ssim
from genmodels.findings import Estimate
from genmodels.nearness import held_out_drawings
from genmodels.recipe import Spec
from genmodels.refusal import Refusal

ROWS = 4  # pictures in one call, so that a picture does not depend on how many are asked for
FACTOR, SMALL = 4, 32  # times that it enlarges, pixels a side that it was measured on
UPSCALED = {"Upscaled": "to 128 x 128 by run upscaler"}  # what a file says
Row = tuple[str, Estimate, str, str, str]  # name, estimate, which way is better, unit, protocol
UNITS = {"PSNR": "dB", "SSIM": "1 is equal"}
BY_GROUP = "PSNR of the upscaler by group"
MEASURES = [f"{metric} of {way}" for metric in UNITS for way in ("the upscaler", "bicubic", "lanczos", "the upscaler, less bicubic")] + [BY_GROUP]


class TrainedUpscaler:
    """Enlarges uint8 pictures (n, height, width, channels) by four; grey ones are read as colour ones where it learned colour."""

    def __init__(self, recipe: Any, spec: Spec, networks: dict[str, Any]) -> None:
        from genmodels.learner import compiled

        self.recipe, self.spec, self.networks = recipe, spec, networks
        self._enlarge = compiled(lambda small: recipe.enlarged(networks, small))

    def upscale(self, images: np.ndarray) -> np.ndarray:
        """uint8 (n, 4 height, 4 width, channels) of uint8 (n, height, width, channels), at most 64 pixels a side."""
        from genmodels.generator import in_chunks

        channels, known = images.shape[-1], self.spec.shape[-1]
        if images.ndim != 4 or images.dtype != np.uint8 or channels not in (1, known) or max(images.shape[1:3]) > 64:
            raise Refusal(f"Pictures are {images.dtype} of shape {images.shape}; uint8 (n, height, width, {known}) of at most 64 pixels a side can be enlarged.")
        # What is white ink on black for a grey model is black on white for one that learned emoji.
        small = 255 - np.repeat(images, known, axis=-1) if channels < known else images
        large = in_chunks(lambda rows: np.asarray(self._enlarge(rows)), small.astype("float32") / 255, size=ROWS)
        large = np.round(np.clip(large, 0, 1) * 255).astype("uint8")
        return 255 - np.round(large.mean(axis=-1, keepdims=True)).astype("uint8") if channels < known else large

    def sample(self, n: int, *, seed: int, given: Any = None) -> np.ndarray:
        raise Refusal("This model enlarges pictures and draws none; choose a model that draws.")


def open_upscaler(name: str = "upscaler") -> TrainedUpscaler:
    """The upscaler of that run of the gallery; never of a user's run of the same name."""
    from genmodels.gallery import shipped

    run = shipped(name)
    if run.experiment.model != "upscaler":
        raise Refusal(f"Run {run.id} is of the model {run.experiment.model}; pictures are enlarged by a run of the model upscaler.")
    return run.generator()


def fits(run: Any, name: str = "upscaler") -> bool:
    """Was the upscaler measured on what a run draws? Nothing is loaded for that."""
    return run.spec.kind == "image" and fits_data(run.experiment.data, run.spec.shape, name)


def fits_data(data: str, shape: tuple[int, ...], name: str = "upscaler") -> bool:
    """Was the upscaler measured on pictures of this data set and shape: the same data, at 32 x 32 pixels in colour?"""
    from genmodels.gallery import GALLERY
    from genmodels.runs import Run, gallery_names

    return tuple(shape) == (SMALL, SMALL, 3) and name in gallery_names() and bool(data == Run(GALLERY / name).experiment.data)


def small_of(large: np.ndarray) -> np.ndarray:
    """The mean of each 4 x 4 pixels, uint8."""
    n, height, width, channels = large.shape
    parts = large.reshape(n, height // FACTOR, FACTOR, width // FACTOR, FACTOR, channels)
    return np.round(parts.mean(axis=(2, 4), dtype="float32")).astype("uint8")


def interpolated(small: np.ndarray, way: str) -> np.ndarray:
    """Pillow's enlargement by four, `way` being bicubic or lanczos."""
    from PIL import Image

    size, how = (FACTOR * small.shape[2], FACTOR * small.shape[1]), Image.Resampling[way.upper()]
    pictures = (np.asarray(Image.fromarray(each.squeeze()).resize(size, how)) for each in small)
    return np.stack([each.reshape(*size[::-1], small.shape[3]) for each in pictures])


def measure_upscaler(upscaler: TrainedUpscaler, data: Any, n: int, seed: int, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """PSNR and SSIM on all held-out pictures, of the upscaler and of two interpolations of the same small pictures."""
    large, drawings = data.test.images, held_out_drawings(data)
    small = small_of(large)
    made = {"the upscaler": upscaler.upscale(small)} | {way: interpolated(small, way) for way in ("bicubic", "lanczos")}
    protocol = f"held-out drawings, {large.shape[1]} x {large.shape[2]}, from the mean of each 4 x 4 pixels in 8 bits; interpolation by Pillow; intervals over {len(np.unique(drawings))} different drawings"
    for name, metric in (("PSNR", psnr), ("SSIM", ssim)):
        values = {way: metric(large, pictures) for way, pictures in made.items()}
        values["the upscaler, less bicubic"] = values["the upscaler"] - values["bicubic"]
        for way, each in values.items():
            yield f"{name} of {way}", _mean(each, drawings), "higher", UNITS[name], protocol
        if name == "PSNR":
            for grouping, groups in data.test.groups.items():
                for group in np.unique(groups[groups != ""]) if grouping != "role" else ():
                    if len(np.unique(drawings[groups == group])) > 1:
                        yield f"{BY_GROUP}: {group}", _mean(values["the upscaler"][groups == group], drawings[groups == group]), "higher", UNITS[name], f"{protocol}; by {grouping}"


def _mean(values: np.ndarray, drawings: np.ndarray) -> Estimate:
    return replace(ratio(values, np.ones(len(values)), drawings), n=len(values))
