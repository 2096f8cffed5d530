"""Membership over families: what no model knows is not taken for memory, and what was learned by heart is seen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from genmodels.checks.membership import (
    Sides,
    auc_of,
    beyond,
    dealt,
    picture_families,
    rates,
    shift,
    told,
    verdict_on,
    window_families,
)
from genmodels.data.dataset import DATA
from genmodels.estimates.ranks import placements, probability_lower
from genmodels.kinds.text.examples import Texts


def planted(seed: int, memory: float = 0.0, families: tuple[int, int] = (80, 11), each: int = 14) -> Sides:
    """Losses that are ink, a part of each family and noise, less `memory` of training examples."""
    rng = np.random.default_rng(seed)
    parts = []
    for number, count in enumerate(families):
        family = np.repeat(np.arange(count), each)
        ink = rng.standard_normal(count)[family] + 0.3 * rng.standard_normal(len(family))
        parts.append((ink + 0.5 * rng.standard_normal(len(family)) - memory * (number == 0), family + 1000 * number, ink))
    return Sides(parts[0][0], parts[1][0], (parts[0][1], parts[1][1]), {"ink": (parts[0][2], parts[1][2])})


def test_without_clusters_it_is_the_interval_of_delong() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = rng.standard_normal(300), 0.5 + rng.standard_normal(200)
    apart = probability_lower(ours, theirs, (np.arange(300), 1000 + np.arange(200)))
    alone = probability_lower(ours, theirs)
    assert apart.value == alone.value and apart.high - apart.low == pytest.approx(alone.high - alone.low, rel=0.03)


def test_an_interval_over_families_holds_one_half_where_nothing_was_learned() -> None:
    """Repeating pictures of 11 drawings: the interval over pictures holds it in far fewer than 95 %."""
    over, single = [], []
    for seed in range(150):
        sides = planted(seed)
        for found, estimate in ((over, probability_lower(sides.ours, sides.theirs, sides.families)), (single, probability_lower(sides.ours, sides.theirs))):
            found.append(estimate.low <= 0.5 <= estimate.high)
    assert np.mean(over) >= 0.92 and np.mean(single) < 0.6


def test_real_drawings_dealt_anew_are_seldom_accused_for_their_ink() -> None:
    data = DATA["openmoji"]().load()
    families = picture_families(data.train, data.test)
    ink = [part.images.mean(axis=(1, 2, 3)) for part in (data.train, data.test)]
    edges = [np.abs(np.diff(part.images.astype(float), axis=2)).mean(axis=(1, 2, 3)) for part in (data.train, data.test)]
    sides, family = Sides(ink[0], ink[1], families, {}), np.concatenate(families)
    number, other, verdicts = np.concatenate(ink), np.concatenate(edges), []
    for seed in range(100):
        train, test = dealt(sides, np.random.default_rng([55, seed]))
        assert not set(family[train]) & set(family[test])
        verdicts.append(verdict_on(auc_of(Sides(number[train], number[test], (family[train], family[test]), {"edges": (other[train], other[test])})), 0.6, 0.5, 0.1))
    assert verdicts.count("warn") + verdicts.count("fail") <= 6 and verdicts.count("fail") <= 1


def test_a_loss_that_is_a_blind_number_tells_nothing() -> None:
    sides = planted(0)
    ink = Sides(*sides.blind["ink"], sides.families, sides.blind)
    assert not np.concatenate(beyond(ink)).any() and auc_of(ink).value == 0.5


def test_memory_is_seen_beyond_ink_with_few_families() -> None:
    found = told(planted(1, memory=1.5))
    assert found.auc.low > 0.6 and found.auc.low > found.alone.low and verdict_on(found.auc, 0.6, 0.5, 0.1) == "fail"


def test_an_interval_wholly_below_one_half_is_no_pass() -> None:
    assert verdict_on(told(planted(1, memory=-1.5)).auc, 0.6, 0.5, 0.1) == "not measured"


def test_a_shift_gives_the_wanted_probability() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = rng.standard_normal(400), rng.standard_normal(300)
    assert placements(ours - shift(ours, theirs, 0.7), theirs)[0].mean() == pytest.approx(0.7, abs=0.01)


def test_rates_say_what_a_limit_does_to_who_learned_nothing() -> None:
    sides = planted(2, families=(300, 100), each=3)
    usual, harsh = rates(sides, 0.6, 0.5, 0.1, 0), rates(sides, 0.4, 0.5, 0.1, 0)
    assert usual["false_alarm"] <= 0.05 and usual["power"] > 0.5 and usual["how"] == "in place"  # 2.5 % by the limit, of 100 repetitions
    assert usual["n"] == 100 and usual["families"] == [300, 100] and usual["examples"] == [900, 300], "families are what counts, examples stand beside them"
    assert harsh["false_alarm"] > 0.5  # at this limit nearly everybody fails, and that is what is said


def test_rates_hold_those_of_other_families() -> None:
    """With 11 held-out families 8 % of 300 innocent worlds fail at the limit .45: what one of them shows must hold that."""
    shown = [rates(planted(seed), 0.45, 0.5, 0.1, 0) for seed in range(2)]
    assert all(row["cases"][0]["low"] <= 0.08 <= row["cases"][0]["high"] for row in shown)


def test_windows_are_of_documents_and_classes_are_no_drawings() -> None:
    tokens = np.array([0, 1, 1, 1, 1, 1, 1, 1, 1, 0] + [2] * 9 + [0] + ([3] * 9 + [0]) * 12)
    part = Texts(tuple(map(str, range(14))), tokens, 4)
    found = window_families(part, np.arange((len(tokens) - 1) // 4))
    assert found.min() == 0 and len(np.unique(found)) == 14 and (np.diff(found) >= 0).all()
    modules = dataclasses.replace(part, families=tuple("aabbcdefghijkl"))
    assert len(np.unique(window_families(modules, np.arange((len(tokens) - 1) // 4)))) == 12, "documents of one module are alike"
    digits = DATA["digits"]().load()
    assert len(np.unique(picture_families(digits.train, digits.test)[0])) > 1000
