"""What is said of following: nothing at chance, changed pairs without the reader's own slips, and roles that are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.checks.following import above_chance, must_follow, or_blind
from genmodels.checks.following_rules import changed, slips, told_apart
from genmodels.estimates.corrected_shares import Errors
from genmodels.estimates.estimate import Estimate
from genmodels.kinds.image.looks import colourless, looks
from genmodels.kinds.image.wear import WAYS, worn
from genmodels.refusal import Refusal
from genmodels.verdicts.finding import judge

GENDERS = ("woman", "man")
SLIPPING = Errors(GENDERS, 60 * np.array([[0.95, 0.05], [0.1, 0.9]]))
EVEN = np.array([0.5, 0.5])


def test_who_ignores_what_is_asked_follows_nothing() -> None:
    rng = np.random.default_rng(0)
    asked, read = rng.choice(GENDERS, 400), rng.choice(GENDERS, 400, p=[0.8, 0.2])
    share, chance, least = above_chance(read, asked, np.arange(400))
    assert share == pytest.approx(chance, abs=0.06) and least < 0.05
    with pytest.raises(Refusal, match="not followed"):
        must_follow("gender", read, asked, np.arange(400))
    must_follow("gender", np.where(rng.random(400) < 0.2, read, asked), asked, np.arange(400))


def test_slips_by_hand() -> None:
    assert slips(np.array([[0.9, 0.1], [0.0, 1.0]]), EVEN) == pytest.approx(0.5 * 2 * 0.9 * 0.1)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_the_readers_own_slips_are_no_changes(share: float) -> None:
    """A perfect illustrator is not accused at a limit of 0, and the interval holds the share that really changes."""
    slipped, wrong, held = float(slips(SLIPPING.rates, EVEN)), 0, 0
    for number in range(200):
        rng = np.random.default_rng([number, 1])
        differ = rng.random(120) < share + (1 - share) * slipped
        found = changed(differ, np.arange(120), [SLIPPING], EVEN, draws=400)
        wrong += found.low > share
        held += found.low <= share <= found.high
    assert wrong <= 0.03 * 200 and held >= 0.95 * 200


def test_three_roles_for_all_prompts_are_three_roles() -> None:
    prompts, each = 61, 33
    nearest = np.repeat(np.arange(prompts) % 3, each)  # the prompts of a role are always drawn like one of three
    asked = np.repeat(np.arange(prompts), each)
    told = told_apart(np.bincount(asked[nearest == asked], minlength=prompts), np.bincount(nearest, minlength=prompts), each, len(asked))
    assert told.sum() == 3 and told[:3].all()
    drawn = np.random.default_rng(0).integers(3, size=len(asked))  # and here by chance, whatever is asked
    assert not told_apart(np.bincount(asked[drawn == asked], minlength=prompts), np.bincount(drawn, minlength=prompts), each, len(asked)).any()
    assert told_apart(np.full(prompts, each), np.full(prompts, each), each, len(asked)).all()


def test_every_way_of_wear_changes_how_pictures_look() -> None:
    rng = np.random.default_rng(0)
    image = np.full((32, 32, 3), 255, np.uint8)
    image[8:24, 10:20], image[10:14, 12:18] = (222, 187, 144), (0, 0, 0)
    own = looks(image[None])
    for name, way in WAYS.items():
        again = way(image)
        assert again.shape == image.shape and again.dtype == np.uint8
        assert name == "as drawn" or np.abs(looks(again[None]) - own).max() > 0.02, name
    assert colourless(WAYS["grey"](image)[None]).all() and not colourless(image[None]).any()
    assert all(worn(image, rng).shape == image.shape for _ in range(20))


def test_a_pass_that_would_find_nobody_is_not_measured() -> None:
    finding = judge("bias", "a claim", Estimate(0.0, -0.1, 0.1, 200), limit=0.15, effect=0.15, part="followed")
    assert finding.verdict == "pass" and or_blind(finding, {"power": 0.9}, 0.3).verdict == "pass"
    blind = or_blind(finding, {"power": 0.0}, 0.3)
    assert blind.verdict == "not measured" and "0 % of the tries" in blind.reason
    assert or_blind(finding, {"not_measured": "no reference"}, 0.3).verdict == "pass"
