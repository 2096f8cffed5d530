"""Intervals of measures: what they are of, and that clusters, documents and drawings count as one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t

from genmodels.estimates.clustered import clustered_ratio
from genmodels.estimates.clusters import Clusters, pairs_variance
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ratios import ratio
from genmodels.metrics.kernel_distance import kernel_distance_difference
from genmodels.metrics.metric import METRICS
from genmodels.metrics.nearest import nearest_ratio_of_these
from genmodels.metrics.precision_recall import of_these, precision_recall, recall_by
from genmodels.metrics.texts import bits_per_character
from genmodels.refusal import Refusal


def width(estimate: Estimate) -> float:
    return estimate.high - estimate.low


@pytest.fixture(scope="module")
def families() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """32 drawings in five tones each, 160 examples; the drawing of each; 160 others."""
    rng = np.random.default_rng(0)
    drawing = np.repeat(np.arange(32), 5)
    return rng.standard_normal((32, 16))[drawing] + 0.4 * rng.standard_normal((160, 16)), drawing, rng.standard_normal((160, 16))


@pytest.mark.parametrize("name", sorted(METRICS))
def test_drawings_in_five_tones_say_less_than_as_many_drawings(name: str, families: tuple[np.ndarray, ...]) -> None:
    real, drawing, fake = families
    alone, together = METRICS[name](real, fake), METRICS[name](real, fake, Clusters.of(160, 160, drawing))
    assert alone.value == together.value and alone.of == together.of == "another sample of both"
    assert width(together) > width(alone) and together.low <= together.value <= together.high
    renamed = METRICS[name](real, fake, Clusters.of(160, 160, np.array([f"drawing {31 - each}" for each in drawing])))
    assert width(renamed) == pytest.approx(width(together), rel=0.35)  # halves are dealt in another order


def test_for_these_pictures_intervals_are_as_narrow_as_they_were(families: tuple[np.ndarray, ...]) -> None:
    real, _, fake = families
    these, both = of_these(real, fake), precision_recall(real, fake)
    assert these.precision.value == both.precision.value and these.precision.of == "these pictures"
    assert these.precision.high == pytest.approx(METRICS["precision"](real, fake).value, abs=0.1)
    assert width(these.density) < width(both.density)
    assert width(nearest_ratio_of_these(real, fake)) < width(METRICS["nearest"](real, fake))


def test_the_same_twice_gives_the_same_interval(families: tuple[np.ndarray, ...]) -> None:
    real, drawing, fake = families
    first = recall_by(real, fake, drawing % 2 == 0)
    METRICS["recall"](fake, real)
    assert first == recall_by(real, fake, drawing % 2 == 0)


@pytest.mark.parametrize(("n", "m"), [(6, 6), (9, 200), (19, 30)])
def test_few_examples_have_wide_intervals_and_no_error(n: int, m: int) -> None:
    rng = np.random.default_rng(1)
    four = precision_recall(rng.standard_normal((n, 4)), rng.standard_normal((m, 4)))
    for each in (four.precision, four.recall, four.density, four.coverage):
        assert each.low <= each.value <= each.high and width(each) > 0.1


def test_a_measure_that_is_one_everywhere_still_has_a_width() -> None:
    points = np.random.default_rng(2).standard_normal((100, 4))
    recall = METRICS["recall"](points, points.copy())
    assert recall.value == recall.high == 1 and 0.95 < recall.low < 1
    far = METRICS["precision"](points, points + 100)
    assert far.value == far.low == 0 and 0 < far.high < 0.05 and METRICS["density"](points, points + 100).high > 0


def test_pairs_of_a_linear_kernel_have_a_closed_form() -> None:
    """|mean x - mean y|^2 of two standard normal samples varies by 2 d (1 / n + 1 / m)^2 and is d (1 / n + 1 / m) on average."""
    rng = np.random.default_rng(3)
    found = np.mean([pairs_variance(lambda x, y: x @ y.T, rng.standard_normal((80, 6)), rng.standard_normal((120, 6)), Clusters.of(80, 120)) for _ in range(40)], axis=0)
    share = 1 / 80 + 1 / 120
    assert found[0] == pytest.approx(12 * share**2, rel=0.1) and found[1] == pytest.approx(6 * share, rel=0.1)


def test_answers_to_the_same_prompts_are_compared_pair_by_pair() -> None:
    rng = np.random.default_rng(4)
    real, first = rng.standard_normal((60, 8)), rng.standard_normal((60, 8)) + 1
    second = first + 0.01 * rng.standard_normal((60, 8))
    clusters = Clusters.of(60, 60)
    apart, paired = (kernel_distance_difference(real, first, second, clusters, paired=each) for each in (False, True))
    assert paired.value == apart.value and width(paired) < width(apart) / 5


def test_clusters_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Refusal, match="one name an example"):
        Clusters.of(5, 6, np.zeros(4))


# Ratios


def test_equal_documents_have_students_interval_but_for_the_degrees_of_freedom() -> None:
    values = np.random.default_rng(5).standard_normal(400) + 3
    found = ratio(values, np.ones(400))
    assert found.value == pytest.approx(values.mean()) and found.n == 400
    assert found.high - found.value == pytest.approx(t.ppf(0.975, 399) * values.std(ddof=1) / 20, rel=0.02)


def test_windows_of_one_module_count_once() -> None:
    rng = np.random.default_rng(6)
    module = np.repeat(np.arange(30), 10)
    nats, characters = 100 * (1 + 0.3 * rng.standard_normal(30)[module]), np.full(300, 80)
    apart, together = bits_per_character(nats, characters), bits_per_character(nats, characters, module)
    assert apart.value == pytest.approx(together.value) and together.n == 30 and apart.n == 300
    assert width(together) / width(apart) == pytest.approx(math.sqrt(10), rel=0.1)
    with pytest.raises(Refusal, match="at least 2 documents"):
        bits_per_character(nats, characters, np.zeros(300))


def test_a_ratio_of_shares_has_a_width_where_all_are_read_right() -> None:
    names = np.repeat(np.arange(12), 3)
    all_right = clustered_ratio(np.ones(36), names, np.ones(36), names)
    assert all_right.value == 1 and all_right.low < 0.9 and all_right.high > 1.1
    none = clustered_ratio(np.zeros(36), names, np.ones(36), names)
    assert none.value == none.low == 0 and none.high > 0.1
