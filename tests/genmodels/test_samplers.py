"""Samplers against what can be solved by hand: data that are one point, and normal data."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.samplers import SAMPLERS, angles
from genmodels.refusal import Refusal

each_sampler = pytest.mark.parametrize("name", sorted(SAMPLERS))
SPREAD = 0.5  # standard deviation of the normal data
HIGHEST = 1.55


def last(name: str, predict, noise: np.ndarray, steps: int) -> np.ndarray:
    *_, (noisy, _) = SAMPLERS[name](predict, noise, angles(steps, HIGHEST))
    return noisy


def of_normal_data(noisy: np.ndarray, angle: float) -> np.ndarray:
    """E[clean | noisy] where clean is normal with the standard deviation `SPREAD`."""
    return SPREAD**2 * np.cos(angle) / (SPREAD**2 * np.cos(angle) ** 2 + np.sin(angle) ** 2) * noisy


@each_sampler
@pytest.mark.parametrize("steps", [1, 2, 10])
def test_where_all_data_are_one_point_it_is_reached_exactly(name: str, steps: int) -> None:
    point = np.full((2, 3, 3, 1), 0.25, "float32")
    noise = np.random.default_rng(0).standard_normal(point.shape, dtype="float32")
    assert np.allclose(last(name, lambda noisy, angle: point, noise, steps), point, atol=1e-5)


@pytest.mark.parametrize(("name", "within"), [("ddim", (0.2, 0.1, 0.05)), ("dpm-solver++", (0.01, 0.01, 0.01))])
def test_normal_data_are_reached_the_nearer_the_more_steps(name: str, within: tuple[float, ...]) -> None:
    noise = np.random.default_rng(0).standard_normal((1, 8, 8, 1))
    true = noise * SPREAD / np.sqrt(SPREAD**2 * np.cos(HIGHEST) ** 2 + np.sin(HIGHEST) ** 2)  # the flow keeps noisy / its deviation
    for steps, most in zip((20, 40, 80), within, strict=True):
        assert np.abs(last(name, of_normal_data, noise, steps) - true).max() < most


def test_the_second_order_sampler_needs_fewer_steps() -> None:
    noise = np.ones((1, 1, 1, 1))
    true = SPREAD / np.sqrt(SPREAD**2 * np.cos(HIGHEST) ** 2 + np.sin(HIGHEST) ** 2)
    errors = {name: abs(last(name, of_normal_data, noise, 10).item() - true) for name in SAMPLERS}
    assert errors["dpm-solver++"] < errors["ddim"] / 2


@each_sampler
def test_it_gives_every_step_and_may_be_left(name: str) -> None:
    visits = SAMPLERS[name](of_normal_data, np.ones((1, 2, 2, 1)), angles(7, HIGHEST))
    next(visits)
    assert len(list(visits)) == 6


@pytest.mark.parametrize("knobs", [{"steps": 0}, {"steps": 251}, {"guidance": 1000}, {"guidance": float("nan")}, {"sampler": "euler"},
                                   {"strength": 0}, {"negative": "x" * 1001}])  # fmt: skip
def test_settings_out_of_range_are_refused_in_a_sentence(knobs: dict) -> None:
    with pytest.raises(Refusal, match=next(iter(knobs))):
        Drawing.from_dict(knobs)
