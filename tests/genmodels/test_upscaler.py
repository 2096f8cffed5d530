"""Enlarging pictures, and how near they come, against closed cases."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.kinds.image.fidelity import psnr, ssim
from genmodels.kinds.image.resizing import interpolated, small_of
from genmodels.kinds.spec import Spec
from genmodels.measuring.upscaler import measure_upscaler
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model, open_shipped
from genmodels.trained.upscaler import TrainedUpscaler


@pytest.fixture
def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)


def test_psnr_of_a_known_error(pictures: np.ndarray) -> None:
    grey = np.full((2, 16, 16, 1), 100, np.uint8)
    assert psnr(grey, grey + 10) == pytest.approx(20 * np.log10(25.5)) and (psnr(pictures, pictures) == 100).all()


def test_ssim_of_closed_cases(pictures: np.ndarray) -> None:
    assert ssim(pictures, pictures) == pytest.approx(1)
    low, high = np.full((1, 32, 32, 1), 50, np.uint8), np.full((1, 32, 32, 1), 200, np.uint8)  # without variance only the means count
    assert ssim(low, high) == pytest.approx((2 * 50 * 200 + 2.55**2) / (50**2 + 200**2 + 2.55**2))
    noise = np.random.default_rng(1).integers(0, 256, pictures.shape, dtype=np.uint8)
    assert np.abs(ssim(pictures, noise)).max() < 0.05 < 0.5 < ssim(pictures, pictures // 2 + 64).min()


def test_making_small_and_large(pictures: np.ndarray) -> None:
    flat = np.full((2, 64, 64, 1), 7, np.uint8)
    assert (small_of(flat) == 7).all() and small_of(pictures).shape == (5, 16, 16, 3)
    for way in ("bicubic", "lanczos"):
        assert (interpolated(small_of(flat), way) == 7).all() and interpolated(small_of(pictures), way).shape == pictures.shape


def test_an_untrained_upscaler_is_bicubic(pictures: np.ndarray) -> None:
    from genmodels.models.upscaler import Upscaler
    from genmodels.networks.learner import Learner

    learner = Learner(Upscaler(width=4, blocks=1), Spec("image", (64, 64, 3)), learning=False)
    made = TrainedUpscaler(learner.recipe, learner.spec, learner.networks).upscale(small_of(pictures))
    assert np.abs(made.astype(float) - interpolated(small_of(pictures), "bicubic"))[:, 8:-8, 8:-8].mean() < 3  # another coefficient at Pillow


def test_it_learns_to_beat_bicubic_and_a_picture_does_not_depend_on_the_others(trained) -> None:
    run = Run(trained("upscaler"))
    gained = run.history["psnr_over_bicubic"].dropna()
    assert gained.iloc[-1] > 0.2 and run.samples
    upscaler, data = open_model(run), run.experiment.make_source().load()
    small = small_of(data.test.images[:6])
    assert np.array_equal(upscaler.upscale(small)[4:5], upscaler.upscale(small[4:5]))
    rows = {row[0]: row for row in measure_upscaler(upscaler, data, 0, 0, lambda name: True)}
    assert rows["PSNR of the upscaler, less bicubic"][1].low > 0 and rows["SSIM of bicubic"][1].n == len(data.test)
    with pytest.raises(Refusal, match="at most 64 pixels"):
        upscaler.upscale(np.zeros((1, 100, 100, 3), np.uint8))


def test_a_missing_upscaler_is_named(home) -> None:
    with pytest.raises(Refusal, match="'enlarger'"):
        open_shipped("enlarger", "upscaler")
