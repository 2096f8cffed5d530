"""What every metric must keep, whoever adds one."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.data.dataset import DATA
from genmodels.estimates.estimate import Estimate
from genmodels.metrics.metric import METRICS
from genmodels.refusal import Refusal
from genmodels.subjects.stand_ins import Noise, TrainingMean

ALL = pytest.mark.parametrize("name", sorted(METRICS))


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Training and held-out pictures."""
    data = DATA["digits"]().load()
    order = np.random.default_rng(0).permutation(len(data.train))
    return data.train.images[order[:300]], data.test.images[:300]


@ALL
def test_it_says_how_to_read_it(name: str) -> None:
    about = METRICS[name].about()
    assert about["better"] in ("lower", "higher") and about["summary"].endswith(".") and "arXiv" in about["paper"]


@ALL
def test_it_estimates_with_an_interval_and_repeats(name: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    train, held_out = digits
    estimate = METRICS[name](held_out, train)
    assert isinstance(estimate, Estimate)
    assert METRICS[name].low <= estimate.low <= estimate.value <= estimate.high <= METRICS[name].high
    assert estimate.low < estimate.high
    assert estimate == METRICS[name](held_out, train)


@ALL
def test_real_pictures_do_better_than_noise(name: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    train, held_out = digits
    ours = METRICS[name](held_out, train)
    noise = METRICS[name](held_out, Noise((8, 8, 1)).sample(300, seed=0))
    assert ours.high < noise.low if METRICS[name].better == "lower" else ours.low > noise.high


@ALL
def test_identical_pictures_are_no_accident(name: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    """The mean picture again and again: an estimate or a refusal, never a traceback."""
    train, held_out = digits
    assert isinstance(METRICS[name](held_out, TrainingMean(train).sample(300, seed=0)), Estimate)


ROOM = np.zeros((30, 8, 8, 1), np.uint8)
POINTS = np.random.default_rng(0).standard_normal((30, 4))


@ALL
@pytest.mark.parametrize(
    ("real", "fake"),
    [
        (ROOM, ROOM[:, :4]),
        (ROOM, ROOM[:1]),
        (ROOM, ROOM[:0]),
        (ROOM, POINTS),
        (ROOM.astype(int), ROOM.astype(int)),
        (ROOM[..., 0], ROOM[..., 0]),
        (POINTS, POINTS[:, :3]),
        (POINTS, np.where(POINTS > 2, np.nan, POINTS) * np.nan),
        (POINTS.astype("complex"), POINTS),
    ],
)
def test_bad_input_is_refused_in_one_sentence(name: str, real: np.ndarray, fake: np.ndarray) -> None:
    with pytest.raises(Refusal) as refused:
        METRICS[name](real, fake)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 300
