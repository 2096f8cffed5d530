"""Walks, planes, maps and directions, held against what they promise."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from genmodels.explore import directions, maps, walks
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.features import features
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained import interpolation
from genmodels.trained.opening import open_model
from tests.conftest import TINY

rng = np.random.default_rng(0)


@pytest.fixture(scope="module")
def vae(trained):
    return open_model(Run(trained("vae", epochs=20)))


@pytest.fixture(scope="module")
def gan(trained):
    return open_model(Run(trained("gan", epochs=20)))


@pytest.fixture(scope="module")
def conditional(trained):
    return open_model(Run(trained("vae", epochs=20, recipe=TINY["vae"] | {"conditional": True})))


def digits():
    from genmodels.data.sets.digits import Digits

    return Digits().load()


def of_digit(digit: int, part: slice = slice(None)) -> Examples:
    train = digits().train
    return train.take(np.flatnonzero(train.labels == digit)[part])


def test_spherical_turns_evenly_and_linear_goes_straight() -> None:
    a, b = rng.standard_normal((2, 64), dtype="float32")
    path = interpolation.interpolate(np.stack([a, b]), 9)
    lengths = np.linalg.norm(path, axis=1)
    np.testing.assert_allclose(np.diff(lengths), np.diff(lengths)[0], atol=1e-4)
    unit = path / lengths[:, None]
    angles = np.arccos(np.clip((unit[1:] * unit[:-1]).sum(axis=1), -1, 1))
    np.testing.assert_allclose(angles, angles[0], atol=1e-3)
    straight = interpolation.interpolate(np.stack([a, b]), 9, "linear")
    np.testing.assert_allclose(straight[4], (a + b) / 2, atol=1e-6)
    for each in (path, straight):
        np.testing.assert_allclose(each[[0, -1]], [a, b], atol=1e-5)


def test_a_path_goes_through_every_anchor_and_the_same_direction_is_no_trouble() -> None:
    anchors = rng.standard_normal((4, 8), dtype="float32")
    path = interpolation.interpolate(anchors, 31)
    np.testing.assert_allclose(path[::10], anchors, atol=1e-5)
    same = interpolation.interpolate(np.stack([anchors[0], 2 * anchors[0]]), 5)
    assert np.isfinite(same).all()
    np.testing.assert_allclose(same[2], 1.5 * anchors[0], rtol=1e-4)


def test_the_shell_holds_draws_and_warns_of_the_middle_of_a_straight_line() -> None:
    draws = rng.standard_normal((4000, 64))
    assert (walks.typicality(draws) < walks.SHELL).mean() == pytest.approx(walks.SHELL, abs=0.006)
    middle = interpolation.interpolate(np.stack([draws[0], -draws[0]]), 3, "linear")[1:2]
    assert walks.typicality(middle)[0] < 1e-6
    assert (walks.typicality(interpolation.interpolate(draws[:2], 32)) > walks.SHELL).all()


def test_a_plane_has_its_anchors_in_its_corners() -> None:
    anchors = rng.standard_normal((3, 5), dtype="float32")
    for kind in interpolation.KINDS:
        np.testing.assert_allclose(walks.plane(anchors, 7, kind)[[0, 6, 42]], anchors, atol=1e-6)
    draws = np.random.default_rng(0).standard_normal((3, 64), dtype="float32")
    assert (walks.typicality(walks.plane(draws, 9, "spherical")) > walks.SHELL).all()
    assert (walks.typicality(walks.plane(draws, 9)) < walks.SHELL).any()
    np.testing.assert_allclose(walks.plane(draws, 3)[4], (draws[1] + draws[2]) / 2, atol=1e-6)
    with pytest.raises(Refusal, match="three anchors, not 2"):
        walks.plane(anchors[:2])


def test_a_walk_is_its_frames_and_can_be_walked_again(vae, tmp_path: Path) -> None:
    path = walks.walk_seeds(vae, [3, 5, 8], frames=21)
    assert np.array_equal(path.images[0], vae.sample(1, seed=3)[0])
    assert np.array_equal(path.images[10], vae.decode(path.latents[10:11])[0])
    assert np.array_equal(walks.walk_again(vae, path.to_json()).images, path.images)
    files = walks.write_walk(path, tmp_path / "walk", {"run": "r", "credit": "C"})
    assert [file.name for file in files] == ["walk.gif", "strip.png", "walk.json"]
    document = json.loads(files[2].read_text())
    assert document["seeds"] == [3, 5, 8] and document["run"] == "r"
    from PIL import Image

    assert Image.open(files[0]).n_frames >= 15
    with pytest.raises(Refusal, match="seed -1 is below 0"):
        walks.walk_seeds(vae, [1, -1])


@pytest.mark.parametrize(
    "changes",
    [{"anchors": [[1, 2], [3]]}, {"anchors": [1, 2]}, {"anchors": [[float("nan")] * 4] * 2}, {"frames": None}, {"frames": 1e999}, {"seeds": ["x", "y"]}, {"seeds": 3}, {"label": {}}],
)
def test_what_describes_no_walk_is_refused(vae, changes: dict) -> None:
    path = json.loads(walks.Walk(vae.latents(2, seed=0), (1, 2), "linear", np.zeros((8, 4)), np.zeros((8, 8, 8, 1), "uint8")).to_json())
    assert len(walks.walk_again(vae, json.dumps(path)).images) == 8
    with pytest.raises(Refusal, match="not the description of a walk"):
        walks.walk_again(vae, json.dumps(path | changes))
    with pytest.raises(Refusal, match="not the description of a walk"):
        walks.walk_again(vae, '["linear"]')


def test_a_walk_that_would_fill_the_memory_is_refused(vae) -> None:
    with pytest.raises(Refusal, match="at most 4096"):
        walks.walk_seeds(vae, [1, 2], frames=10**9)


def test_a_conditional_model_is_told_one_label_on_the_whole_way(conditional) -> None:
    path = walks.walk_seeds(conditional, [3, 5], frames=8)
    assert np.array_equal(path.images[0], conditional.sample(1, seed=3)[0])
    assert path.label == conditional.labels(1, seed=3)[0]
    other = walks.walk_seeds(conditional, [3, 5], frames=8, label=(path.label + 1) % 10)
    assert not np.array_equal(other.images, path.images)
    assert np.array_equal(walks.walk_again(conditional, other.to_json()).images, other.images)
    assert np.array_equal(conditional.told(other.label).decode(other.latents), other.images)
    with pytest.raises(Refusal, match="There are"):
        walks.walk_seeds(conditional, [3, 5], label="eleven")


def test_a_model_without_labels_can_not_be_told_one(vae) -> None:
    with pytest.raises(Refusal, match="trained without labels"):
        walks.walk_seeds(vae, [1, 2], label=3)


def test_the_nearest_training_picture_of_a_training_picture_is_itself() -> None:
    data = digits()
    found, distance = walks.nearest_training(data.train.images[5:9], data.train.images)
    assert list(found) == [5, 6, 7, 8] and (distance < 1e-6).all()
    near, far = walks.ordinary_distances(data.test.images, data.train.images)
    distances = walks.nearest_training(data.test.images, data.train.images)[1]
    assert (distances < near).mean() == pytest.approx(0.05, abs=0.01) == (distances > far).mean()


def test_the_verdict_tells_copies_and_debris_from_new_pictures() -> None:
    data = digits()
    ordinary = walks.ordinary_distances(data.test.images, data.train.images)

    def said(images: np.ndarray) -> str:
        return walks.verdict(walks.nearest_training(images, data.train.images)[1], ordinary)

    assert said(data.test.images) == "inventing"
    assert said(data.train.images[:50]) == "copying"
    assert said(np.concatenate([data.train.images[:20], data.test.images[:80]])) == "copying"
    assert said(rng.integers(0, 256, (50, *data.spec.shape), dtype="uint8")) == "off"


def test_directions_without_labels_explain_less_and_less_and_change_the_picture(vae, gan) -> None:
    for generator in (vae, gan):
        found = directions.unsupervised(generator, components=3, n=500)
        shares = [direction.strength for direction in found]
        assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1 + 1e-6
        line = directions.along(generator.latents(1, seed=1)[0], found[0])
        pictures = generator.decode(line).astype(float)
        assert np.abs(pictures[0] - pictures[-1]).mean() > np.abs(pictures[3] - pictures[4]).mean()


def test_a_direction_between_digits_leads_to_the_other_digit(vae) -> None:
    data = digits()
    zeros, ones = of_digit(0), of_digit(1)
    held_out = tuple(data.test.take(np.flatnonzero(data.test.labels == digit)) for digit in (0, 1))
    direction = directions.between(vae, "0 → 1", zeros, ones, held_out=held_out)
    assert direction.found and direction.strength.value > 0.9
    assert direction.strength.n == 2 * min(map(len, held_out))
    both = np.concatenate([zeros.images, ones.images])
    judge = LogisticRegression(max_iter=500).fit(features(both), np.repeat([0, 1], [len(zeros), len(ones)]))
    start = vae.encode(held_out[0].images)
    shares = [judge.predict(features(vae.decode(directions.moved(start, [direction], [amount])))).mean() for amount in (0.0, 1.5, 3.0)]
    assert shares[0] < 0.2 and shares[2] > 0.8 and shares == sorted(shares)


@pytest.mark.parametrize("rare", [70, 20])  # a rare group is not told by always naming the common one
def test_two_parts_of_one_group_are_told_apart_as_seldom_as_the_interval_says(vae, rare: int) -> None:
    zeros, found = of_digit(0), 0
    for seed in range(30):
        order = np.random.default_rng(seed).permutation(140)
        direction = directions.between(vae, "none", zeros.take(order[:rare]), zeros.take(order[rare:]), seed=seed)
        assert direction.strength.n == 2 * (rare // 3)
        found += direction.found
    assert found <= 3  # 2.5 % are expected at most


def test_a_classifier_that_guesses_finds_nothing_in_what_is_drawn(vae) -> None:
    zeros, order = of_digit(0), np.random.default_rng(1).permutation(140)
    assert not directions.between(Drawing(vae), "none", zeros.take(order[:70]), zeros.take(order[70:])).found


def test_too_few_pictures_of_a_group_are_refused(vae) -> None:
    with pytest.raises(Refusal, match="at least 20 of each"):
        directions.between(vae, "few", of_digit(0, slice(5)), of_digit(0, slice(5, 10)))


class Drawing:
    """A trained decoder without its encoder, as a GAN is."""

    recipe, label = SimpleNamespace(encodes=False), None

    def __init__(self, vae) -> None:
        self.latents, self.labels, self.decode = vae.latents, vae.labels, vae.decode


def test_a_model_that_only_draws_finds_a_direction_through_what_its_draws_look_like(vae) -> None:
    zeros, ones = of_digit(0), of_digit(1)
    direction = directions.between(Drawing(vae), "0 → 1", zeros, ones)
    assert direction.found
    judge = LogisticRegression(max_iter=500).fit(features(np.concatenate([zeros.images, ones.images])), np.repeat([0, 1], [len(zeros), len(ones)]))
    start = vae.latents(200, seed=9)
    shares = [judge.predict(features(vae.decode(directions.moved(start, [direction], [amount])))).mean() for amount in (-2.0, 0.0, 2.0)]
    assert shares[0] < 0.3 and shares[2] > 0.7 and shares == sorted(shares)


def test_a_conditional_model_has_directions_of_each_label(conditional) -> None:
    told = conditional.told(3)
    found = directions.unsupervised(told, components=2, n=300)
    assert len(found) == 2 and all(np.isfinite(each.vector).all() for each in directions.unsupervised(conditional, components=2, n=300))
    line = directions.along(told.latents(1, seed=1)[0], found[0])
    assert np.array_equal(told.decode(line), conditional.decode(line, np.full(len(line), 3)))


def test_a_map_leads_back_to_the_latent(vae) -> None:
    latents = vae.latents(200, seed=0)
    laid = maps.lay_out(latents)
    assert laid.points.shape == (200, 2) and 0 < laid.explained <= 1
    again = laid._layout.transform(laid.back(*laid.points[7]))
    np.testing.assert_allclose(again[0], laid.points[7], atol=1e-3)
    np.testing.assert_allclose(laid.place(latents[:9]), laid.points[:9], atol=1e-3)
    near = laid.back(*laid.points[7]) - latents[7]
    assert np.linalg.norm(near) <= np.linalg.norm(latents.mean(axis=0) - latents[7]) + 1e-5  # the nearest in the plane
    axes = np.stack([each.vector for each in directions.unsupervised(vae, components=2, n=300)])
    given = maps.on_axes(latents, axes)
    np.testing.assert_allclose(given.place(latents[:9]), given.points[:9], atol=1e-4)
    np.testing.assert_allclose(maps.on_axes(given.back(*given.points[7]), axes).points[0], given.points[7], atol=1e-4)
    with pytest.raises(Refusal, match="Did you mean 'PCA'"):
        maps.lay_out(latents, "PCB")


@pytest.mark.parametrize(("frames", "kind", "sentence"), [(1, "linear", "is none"), (8, "sperical", "Did you mean 'spherical'")])
def test_walks_that_can_not_be(frames: int, kind: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        interpolation.interpolate(np.zeros((2, 4)), frames, kind)


def test_a_component_is_named_by_the_group_it_goes_with_and_chance_names_none() -> None:
    own = np.random.default_rng(4)
    latents = own.standard_normal((600, 8)).astype("float32")
    group = np.where(latents[:, 2] + own.standard_normal(600) > 0, "woman", "man")
    group[:50] = ""  # nobody knows of these
    parts = {"gender": group, "of nothing": own.choice(["a", "b", "c"], 600), "rare": np.where(np.arange(600) < 15, "few", "many")}
    found = [directions.Direction(f"Component {axis}", -np.eye(8)[axis], 0.1) for axis in (2, 5)]
    named, none = directions.correlates(found, latents, parts)
    assert named is not None and named.grouping == "gender" and named.value.low < named.value.value < named.value.high and named.value.n == 300
    direct = np.corrcoef(-latents[1::2, 2], group[1::2] == named.group)[0, 1]  # on the half that did not choose the group
    assert abs(named.value.value - direct) < 1e-6 and (direct < 0) == (named.group == "woman")
    assert none is None and directions.correlates([], latents, parts) == [] and directions.correlates(found, latents, {}) == [None, None]
