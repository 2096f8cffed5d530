"""How well an upscaler enlarges: PSNR and SSIM beside two interpolations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ratios import ratio
from genmodels.kinds.image.fidelity import psnr, ssim
from genmodels.kinds.image.near_copies import held_out_drawings
from genmodels.kinds.image.resizing import interpolated, small_of
from genmodels.trained.upscaler import TrainedUpscaler

Row = tuple[str, Estimate, str, str, str]  # name, estimate, which way is better, unit, protocol
UNITS = {"PSNR": "dB", "SSIM": "1 is equal"}
BY_GROUP = "PSNR of the upscaler by group"
MEASURES = [
    f"{metric} of {way}"
    for metric in UNITS
    for way in ("the upscaler", "bicubic", "lanczos", "the upscaler, less bicubic")
] + [BY_GROUP]


def measure_upscaler(
    upscaler: TrainedUpscaler, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
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
                        yield (
                            f"{BY_GROUP}: {group}",
                            _mean(values["the upscaler"][groups == group], drawings[groups == group]),
                            "higher",
                            UNITS[name],
                            f"{protocol}; by {grouping}",
                        )


def _mean(values: np.ndarray, drawings: np.ndarray) -> Estimate:
    return replace(ratio(values, np.ones(len(values)), drawings), n=len(values))
