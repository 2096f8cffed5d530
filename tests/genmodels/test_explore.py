"""Walks, planes, maps and directions, held against what they promise."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from genmodels.explore import directions, latent, maps
from genmodels.refusal import Refusal
from genmodels.runs import Run

rng = np.random.default_rng(0)


@pytest.fixture(scope="module")
def vae(trained):
    return Run(trained("vae", epochs=20)).generator()


@pytest.fixture(scope="module")
def gan(trained):
    return Run(trained("gan", epochs=20)).generator()


def digits():
    from genmodels.data.digits import Digits

    return Digits().load()


def test_spherical_turns_evenly_and_linear_goes_straight() -> None:
    a, b = rng.standard_normal((2, 64), dtype="float32")
    path = latent.interpolate(np.stack([a, b]), 9)
    lengths = np.linalg.norm(path, axis=1)
    np.testing.assert_allclose(np.diff(lengths), np.diff(lengths)[0], atol=1e-4)
    unit = path / lengths[:, None]
    angles = np.arccos(np.clip((unit[1:] * unit[:-1]).sum(axis=1), -1, 1))
    np.testing.assert_allclose(angles, angles[0], atol=1e-3)
    straight = latent.interpolate(np.stack([a, b]), 9, "linear")
    np.testing.assert_allclose(straight[4], (a + b) / 2, atol=1e-6)
    for each in (path, straight):
        np.testing.assert_allclose(each[[0, -1]], [a, b], atol=1e-5)


def test_a_path_goes_through_every_anchor_and_the_same_direction_is_no_trouble() -> None:
    anchors = rng.standard_normal((4, 8), dtype="float32")
    path = latent.interpolate(anchors, 31)
    np.testing.assert_allclose(path[::10], anchors, atol=1e-5)
    same = latent.interpolate(np.stack([anchors[0], 2 * anchors[0]]), 5)
    assert np.isfinite(same).all()
    np.testing.assert_allclose(same[2], 1.5 * anchors[0], rtol=1e-4)


def test_the_shell_holds_draws_and_warns_of_the_middle_of_a_straight_line() -> None:
    draws = rng.standard_normal((4000, 64))
    assert (latent.typicality(draws) < latent.SHELL).mean() == pytest.approx(latent.SHELL, abs=0.006)
    middle = latent.interpolate(np.stack([draws[0], -draws[0]]), 3, "linear")[1:2]
    assert latent.typicality(middle)[0] < 1e-6
    assert (latent.typicality(latent.interpolate(draws[:2], 32)) > latent.SHELL).all()


def test_a_plane_has_its_anchors_in_its_corners() -> None:
    anchors = rng.standard_normal((3, 5), dtype="float32")
    sheet = latent.plane(anchors, 7)
    np.testing.assert_allclose(sheet[[0, 6, 42]], anchors, atol=1e-6)
    with pytest.raises(Refusal, match="three anchors, not 2"):
        latent.plane(anchors[:2])


def test_a_walk_is_its_frames_and_can_be_walked_again(vae, tmp_path: Path) -> None:
    path = latent.walk_seeds(vae, [3, 5, 8], frames=21)
    assert np.array_equal(path.images[0], vae.sample(1, seed=3)[0])
    assert np.array_equal(path.images[10], vae.decode(path.latents[10:11])[0])
    assert np.array_equal(latent.walk_again(vae, path.to_json()).images, path.images)
    files = latent.write_walk(path, tmp_path / "walk", {"run": "r", "credit": "C"})
    assert [file.name for file in files] == ["walk.gif", "strip.png", "walk.json"]
    document = json.loads(files[2].read_text())
    assert document["seeds"] == [3, 5, 8] and document["run"] == "r"
    from PIL import Image

    assert Image.open(files[0]).n_frames >= 15
    with pytest.raises(Refusal, match="not the description of a walk"):
        latent.walk_again(vae, '{"kind": "linear"}')


def test_the_nearest_training_picture_of_a_training_picture_is_itself() -> None:
    data = digits()
    found, distance = latent.nearest_training(data.train.images[5:9], data.train.images)
    assert list(found) == [5, 6, 7, 8] and (distance < 1e-6).all()
    limit = latent.copying_distance(data.test.images, data.train.images)
    share = (latent.nearest_training(data.test.images, data.train.images)[1] < limit).mean()
    assert share == pytest.approx(0.05, abs=0.01)


def test_directions_without_labels_explain_less_and_less_and_change_the_picture(vae, gan) -> None:
    for generator in (vae, gan):
        found = directions.unsupervised(generator, components=3, n=500)
        shares = [direction.strength for direction in found]
        assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1 + 1e-6
        line = directions.along(generator.latents(1, seed=1)[0], found[0])
        pictures = generator.decode(line).astype(float)
        assert np.abs(pictures[0] - pictures[-1]).mean() > np.abs(pictures[3] - pictures[4]).mean()


def test_a_direction_between_digits_leads_to_the_other_digit(vae) -> None:
    train = digits().train
    zeros, ones = (train.images[train.labels == digit][:120] for digit in (0, 1))
    direction = directions.between(vae, "0 → 1", zeros, ones)
    assert direction.found and direction.strength.value > 0.9
    encoded = vae.encode(zeros[:20])
    centre = [vae.encode(group).mean(axis=0) for group in (zeros, ones)]
    moved = directions.moved(encoded, [direction], [3.0])

    def nearer(latents: np.ndarray) -> float:
        return float((np.linalg.norm(latents - centre[1], axis=1) < np.linalg.norm(latents - centre[0], axis=1)).mean())

    assert nearer(moved) > nearer(encoded)


def test_a_direction_between_two_halves_of_one_group_is_not_found(vae) -> None:
    zeros = digits().train.images[digits().train.labels == 0]
    assert not directions.between(vae, "none", zeros[:60], zeros[60:120]).found
    with pytest.raises(Refusal, match="at least 20 of each"):
        directions.between(vae, "few", zeros[:5], zeros[5:10])


def test_a_gan_finds_a_direction_through_what_its_draws_look_like(gan) -> None:
    train = digits().train
    zeros, ones = (train.images[train.labels == digit][:120] for digit in (0, 1))
    try:
        direction = directions.between(gan, "0 → 1", zeros, ones)
    except Refusal as refusal:
        assert "hardly ever draws" in str(refusal)
    else:
        assert direction.vector.shape == (gan.latent,) and direction.strength.n > 600


def test_a_map_leads_back_to_the_latent(vae) -> None:
    latents = vae.latents(200, seed=0)
    laid = maps.lay_out(latents)
    assert laid.points.shape == (200, 2) and 0 < laid.explained <= 1
    again = laid._layout.transform(laid.back(*laid.points[7]))
    np.testing.assert_allclose(again[0], laid.points[7], atol=1e-3)
    with pytest.raises(Refusal, match="Did you mean 'PCA'"):
        maps.lay_out(latents, "PCB")


@pytest.mark.parametrize(("frames", "kind", "sentence"), [(1, "linear", "is none"), (8, "sperical", "Did you mean 'spherical'")])
def test_walks_that_can_not_be(frames: int, kind: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        latent.interpolate(np.zeros((2, 4)), frames, kind)
