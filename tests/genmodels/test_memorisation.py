"""The numbers behind the memorisation audit; that it catches culprits is in the contract."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import betabinom, mannwhitneyu

from genmodels.checks.authenticity import less_authentic
from genmodels.checks.copying import share_of_copies
from genmodels.data.dataset import DATA, Dataset
from genmodels.estimates.estimate import clopper_pearson
from genmodels.estimates.ranks import data_copying_score, excess, probability_lower
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.near_copies import authentic, drawings_of, duplicates_of, nearness, unseen
from genmodels.kinds.spec import Spec
from genmodels.refusal import Refusal
from genmodels.subjects.planted import shifted


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_data_copying_score_is_the_standardised_mann_whitney(rng: np.random.Generator) -> None:
    samples, held_out = rng.integers(0, 30, 80).astype(float), rng.integers(5, 40, 50).astype(float)  # with ties
    u = mannwhitneyu(samples, held_out).statistic
    expected = (u - 80 * 50 / 2) / np.sqrt(80 * 50 * 131 / 12)
    assert data_copying_score(samples, held_out) == pytest.approx(expected)
    assert probability_lower(samples, held_out).value == pytest.approx(1 - u / (80 * 50))


def test_probability_lower_covers_its_true_value(rng: np.random.Generator) -> None:
    true = 0.7602499389  # P(N(0, 1) < N(1, 1)) = Phi(1 / sqrt 2)
    estimates = [probability_lower(rng.standard_normal(80), 1 + rng.standard_normal(50)) for _ in range(200)]
    assert 182 <= sum(e.low <= true <= e.high for e in estimates) <= 199


@pytest.mark.parametrize(("n", "m"), [(500, 100), (200, 400)])
def test_copies_are_found_just_when_their_number_is_improbable(n: int, m: int) -> None:
    """Against the exact distribution of how many of n are near where none of m is: beta-binomial with Jeffreys' prior."""
    for k in range(1, 25):
        improbable = betabinom.sf(k - 1, n, 0.5, m + 0.5) < 0.0125
        assert (excess(k, n, 0, m, 0.0125).low > 0) == improbable, k


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_the_share_of_copies_is_covered(rng: np.random.Generator, share: float) -> None:
    covered = 0
    for _ in range(60):
        samples = rng.random(400)
        samples[rng.random(400) < share] = 0
        estimate = share_of_copies(samples, np.arange(400), rng.random(200), np.arange(200))
        covered += estimate.low <= share <= estimate.high
    assert clopper_pearson(covered, 60).high >= 0.95


def test_samples_that_are_far_off_still_leave_room_for_copies() -> None:
    estimate = share_of_copies(np.full(1000, 2.0), np.arange(1000), np.random.default_rng(0).random(359), np.arange(359))
    assert estimate.value == estimate.low == 0
    assert estimate.high == pytest.approx(1 - (0.005 / 3) ** 0.001)  # under a higher share, no copy in 1,000 would be improbable


def test_pictures_of_one_role_count_as_one() -> None:
    """100 near pictures of one role are one accident; of 100 roles they are what chance does."""
    samples, near = np.full(200, 0.01), np.concatenate([np.zeros(100), np.ones(900)])
    alike = share_of_copies(samples[:10], np.arange(10), near, np.concatenate([np.zeros(100), np.arange(1, 901)]))
    apart = share_of_copies(samples[:10], np.arange(10), near, np.arange(1000))
    assert alike.low < apart.low


def test_one_drawing_hit_again_and_again_is_one_accident() -> None:
    samples = np.concatenate([np.full(60, 0.05), np.full(940, 2.0)])
    strangers = np.linspace(0.3, 1, 500)
    apart = share_of_copies(samples, np.arange(1000), strangers, np.arange(500))
    together = share_of_copies(samples, np.concatenate([np.zeros(60), np.arange(1, 941)]), strangers, np.arange(500))
    assert apart.low > 0.02 and together.low < apart.low / 2


def test_what_is_moved_by_a_pixel_is_still_a_copy(rng: np.random.Generator) -> None:
    train = rng.integers(256, size=(80, 32, 32, 3), dtype=np.uint8)
    assert (nearness(shifted(train[:5]), train).distance < 1e-6).all()


def test_what_nobody_copied_is_compared_with_other_roles_where_roles_were_held_out(rng: np.random.Generator) -> None:
    images = rng.integers(256, size=(60, 8, 8, 1), dtype=np.uint8)
    images[1::2] = images[::2] // 2 + 60  # pairs of one role that are alike
    roles = np.repeat([f"role {i}" for i in range(30)], 2)
    apart = Dataset("planted", Examples(images[:50], groups={"role": roles[:50]}), Examples(images[50:], groups={"role": roles[50:]}), Spec("image", (8, 8, 1)), "", "")
    together = Dataset("planted", Examples(images[::2], groups={"role": roles[::2]}), Examples(images[1::2], groups={"role": roles[1::2]}), Spec("image", (8, 8, 1)), "", "")
    far, families = unseen(apart)
    near, _ = unseen(together)
    assert np.median(near[:30]) < np.median(far[:10]) and len(far) == len(families) == 60
    assert len(set(families[10:])) == 25


def test_authenticity_falls_with_copies_and_not_with_new_pictures(rng: np.random.Generator) -> None:
    train, new = (rng.integers(256, size=(200, 8, 8, 1), dtype=np.uint8) for _ in range(2))
    copied = authentic(np.clip(train.astype(int) + rng.integers(-2, 3, train.shape), 0, 255).astype(np.uint8), train)
    assert copied.mean() < 0.02
    lost = less_authentic(copied, authentic(new, train))
    assert lost.low > 0 and less_authentic(authentic(new, train), authentic(new, train)).low < 0


def test_duplicates_of_openmoji_are_found_and_named() -> None:
    """DATA: about 150 pictures are pixel for pixel another name's."""
    data = DATA["openmoji"]().load()
    images = np.concatenate([data.train.images, data.test.images])
    assert 120 <= len(duplicates_of(images)) <= 200
    first, second = duplicates_of(images)[0]
    assert first < second and np.sqrt(((images[first] / 255.0 - images[second] / 255.0) ** 2).mean()) < 0.01  # alike by way of a third


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


def test_what_a_picture_is_a_variant_of_is_known_of_captioned_data_too() -> None:
    """Its labels are word pieces, a row each."""
    captions = ("woman firefighter, dark skin tone", "woman firefighter, light skin tone", "cat")
    examples = Examples(np.zeros((3, 4, 4, 3), np.uint8), np.zeros((3, 24), np.int32), captions)
    assert drawings_of(examples) == ["woman firefighter", "woman firefighter", "cat"]
    digits = Examples(np.zeros((40, 4, 4, 1), np.uint8), np.arange(40) % 2, tuple(("zero", "one")[i % 2] for i in range(40)))
    assert set(drawings_of(digits)) == {""}, "the name of a class is no drawing"
