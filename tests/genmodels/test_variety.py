"""Four seeds of a prompt: one picture, or four."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.checks.variety import ALIKE, spread_over_seeds
from genmodels.refusal import Refusal


def test_one_picture_whatever_the_seed_and_pictures_whatever_the_prompt() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(256, size=(5, 4, 8, 8, 3), dtype=np.uint8)
    same = np.repeat(noise[:, :1], 4, axis=1)
    assert spread_over_seeds(same) == pytest.approx(np.zeros(5), abs=2e-3)
    assert np.all(np.abs(spread_over_seeds(noise) - 1) < 0.2)
    nearly = np.clip(same.astype(int) + rng.integers(-3, 4, size=same.shape), 0, 255).astype(np.uint8)
    assert np.all((spread_over_seeds(nearly) > 0) & (spread_over_seeds(nearly) < ALIKE))


def test_it_is_the_mean_distance_of_pairs() -> None:
    pictures = np.zeros((2, 2, 1, 1, 1), np.uint8)
    pictures[0, 1], pictures[1] = 51, 255  # one fifth apart within the first prompt; 1 and 0.8 from the second
    assert spread_over_seeds(pictures) == pytest.approx([0.2 / 0.9, 0])


@pytest.mark.parametrize("shape", [(1, 4, 2, 2, 1), (4, 1, 2, 2, 1), (4, 2, 2, 1)])
def test_too_few_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(Refusal, match="at least"):
        spread_over_seeds(np.zeros(shape, np.uint8))


def test_one_picture_for_all_prompts_is_refused() -> None:
    with pytest.raises(Refusal, match="alike"):
        spread_over_seeds(np.zeros((3, 2, 2, 2, 1), np.uint8))
