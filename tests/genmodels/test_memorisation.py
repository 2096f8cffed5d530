"""The numbers behind the memorisation audit; that it catches culprits is in the contract."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import betabinom, mannwhitneyu

from genmodels.audits.memorisation import data_copying_score, nearness, probability_nearer, share_of_copies
from genmodels.findings import clopper_pearson
from genmodels.refusal import Refusal


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_data_copying_score_is_the_standardised_mann_whitney(rng: np.random.Generator) -> None:
    samples, held_out = rng.integers(0, 30, 80).astype(float), rng.integers(5, 40, 50).astype(float)  # with ties
    u = mannwhitneyu(samples, held_out).statistic
    expected = (u - 80 * 50 / 2) / np.sqrt(80 * 50 * 131 / 12)
    assert data_copying_score(samples, held_out) == pytest.approx(expected)
    assert probability_nearer(samples, held_out).value == pytest.approx(1 - u / (80 * 50))


def test_probability_nearer_covers_its_true_value(rng: np.random.Generator) -> None:
    true = 0.7602499389  # P(N(0, 1) < N(1, 1)) = Phi(1 / sqrt 2)
    estimates = [probability_nearer(rng.standard_normal(80), 1 + rng.standard_normal(50)) for _ in range(200)]
    assert 182 <= sum(e.low <= true <= e.high for e in estimates) <= 199


@pytest.mark.parametrize(("n", "m"), [(500, 99), (200, 400)])
def test_copies_are_found_just_when_their_number_is_improbable(n: int, m: int) -> None:
    """Against the exact distribution of how many of n fall below the nearest of m, if all orders are equally likely."""
    held_out = np.arange(1, m + 1) / m
    for k in range(1, 25):
        samples = np.concatenate([np.zeros(k), np.full(n - k, 2.0)])
        by_nearest = betabinom.sf(k - 1, n, 1, m) < 0.0125
        j = int(np.ceil(0.01 * m))
        by_share = betabinom.sf(k - 1, n, j, m + 1 - j) < 0.0125
        assert (share_of_copies(samples, held_out).low > 0) == (by_nearest or by_share), k


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_the_share_of_copies_is_covered(rng: np.random.Generator, share: float) -> None:
    covered = 0
    for _ in range(60):
        samples = rng.random(400)
        samples[rng.random(400) < share] = 0
        estimate = share_of_copies(samples, rng.random(200))
        covered += estimate.low <= share <= estimate.high
    assert clopper_pearson(covered, 60).high >= 0.95


def test_samples_that_are_far_off_still_leave_room_for_copies() -> None:
    estimate = share_of_copies(np.full(1000, 2.0), np.random.default_rng(0).random(359))
    assert estimate.value == estimate.low == 0
    assert estimate.high == pytest.approx(
        1 - 0.0125**0.001
    )  # under a higher share, no copy in 1,000 would be improbable


def test_a_copy_is_found_with_its_original(rng: np.random.Generator) -> None:
    train = rng.integers(256, size=(100, 8, 8, 3), dtype=np.uint8)
    samples = rng.integers(256, size=(5, 8, 8, 3), dtype=np.uint8)
    samples[3] = train[42]
    found = nearness(samples, train)
    assert found.index[3] == 42 and found.distance[3] == 0 and found.relative[3] == 0
    assert (np.delete(found.relative, 3) > 0.8).all()


def test_distances_are_root_mean_squares_of_the_whole_range() -> None:
    black, white = np.zeros((1, 8, 8, 1), np.uint8), np.full((60, 8, 8, 1), 255, np.uint8)
    assert nearness(black, white).distance[0] == pytest.approx(1.0)


def test_training_pictures_next_to_nothing_tell_nothing() -> None:
    alike = np.full((60, 8, 8, 1), 7, np.uint8)
    with pytest.raises(Refusal, match="alike"):
        nearness(alike[:3], alike)
