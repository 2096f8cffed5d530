"""The audit of deepfakes: its verdict is about a share of samples, and so are its error rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genmodels.audits.audit import AUDITS
from genmodels.audits.deepfake import DeepfakeLimits, rank_rates, ranked, share_rates, told_by
from genmodels.data.dataset import DATA
from genmodels.estimates.ranks import probability_lower as of_independent
from genmodels.instruments.detector import Detector, Scale
from genmodels.subjects.stand_ins import Parrot
from genmodels.subjects.subject import Subject


class Reader:
    """Takes a picture for generated, real or something else as its first pixel says."""

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        kinds = np.array([[0.98, 0.01, 0.01], [0.01, 0.98, 0.01], [0.01, 0.01, 0.98]])
        return kinds[np.select([images[:, 0, 0, 0] == 251, images[:, 0, 0, 0] == 252], [1, 2], 0)]


class Model:
    """Draws real pictures, a share of which is told, and a share of which can't be read."""

    def __init__(self, images: np.ndarray, told: float, strange: float = 0.0) -> None:
        self.images, self.told, self.strange = images, told, strange

    def sample(self, n: int, *, seed: int, given: Any = None) -> np.ndarray:
        images = self.images[np.arange(n) % len(self.images)].copy()
        images[: round(self.told * n), 0, 0] = 251
        images[n - round(self.strange * n) :, 0, 0] = 252
        return images


def findings(told: float, strange: float = 0.0, n: int = 300) -> list[Any]:
    data = DATA["openmoji"](subset="all").load()
    detector = Detector(Reader(), Scale(1.0, 0.0, 2.0, 100))
    return told_by(detector, Subject(Model(data.train.images, told, strange), data, n=n), DeepfakeLimits())


def test_the_share_that_is_not_found_is_judged_and_its_rates_are_of_that_verdict() -> None:
    assert [findings(told)[0].verdict for told in (0.9, 0.2)] == ["pass", "fail"]
    found = findings(0.9)[0]
    assert found.estimate.value == pytest.approx(0.1) and found.estimate.n == 300 and found.claim.startswith("10 % of 300 samples")
    rates = found.error_rates
    assert rates["how"] == "in place" and rates["false_alarm"] < 0.08 and rates["power"] > 0.95 and rates["effect"] == pytest.approx(0.2)


def test_what_the_detector_cannot_read_is_not_measured() -> None:
    found = findings(0.1, strange=0.8)
    assert {each.verdict for each in found} == {"not measured"} and "can't read 80 %" in found[0].reason


def test_a_limit_that_cannot_be_broken_is_only_reported() -> None:
    data = DATA["openmoji"](subset="all").load()
    found = told_by(Detector(Reader(), Scale(1.0, 0.0, 2.0, 100)), Subject(Model(data.train.images, 0.1), data, n=200), DeepfakeLimits(missed=1.0))
    assert found[0].verdict == "reported" and "not_measured" in found[0].error_rates


def test_a_probability_of_ranks_knows_that_variants_are_alike() -> None:
    rng = np.random.default_rng(0)
    samples, others = rng.normal(size=200), rng.normal(size=200)
    alone, alike = (ranked(samples, np.repeat(others, times), np.repeat(np.arange(200), times)) for times in (1, 5))
    expected = of_independent(samples, others)
    assert (alone.value, alone.low) == (pytest.approx(expected.value), pytest.approx(expected.low, abs=0.002))
    assert alike.low == pytest.approx(alone.low, abs=0.002)  # five copies of a drawing say no more than one


def test_planted_ranks_are_caught_and_innocents_pass() -> None:
    rng = np.random.default_rng(1)
    rates = rank_rates(rng.normal(3, 1, 400), rng.normal(size=600), np.repeat(np.arange(300), 2), 0.3, 0.15)
    assert rates["power"] > 0.9 and min(row["rate"] for row in rates["cases"] if not row["culprit"]) < 0.03
    assert "not_measured" in rank_rates(rng.normal(size=200), rng.normal(size=200), np.arange(200), 0.3, 0.1)


def test_rates_of_the_share_hold_at_another_limit_and_n() -> None:
    quiet, drawings = np.ones(200, bool), np.arange(200)
    for n, limit in ((100, 0.2), (1000, 0.7)):
        rates = share_rates(quiet, drawings, n, limit, 0.2)
        assert rates["n"] == n and rates["false_alarm"] <= 0.06 and rates["small_power"] <= rates["power"]


def test_of_tiny_pictures_nothing_is_said() -> None:
    """Digits of 8 pixels, enlarged, were taken for real drawings, all of them."""
    data = DATA["digits"]().load()
    found = AUDITS["deepfake"](Subject(Parrot(data.train.images), data, n=200))
    assert {finding.verdict for finding in found} == {"not measured"} and all("8 pixels" in finding.reason for finding in found)
