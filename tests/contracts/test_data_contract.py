"""What every data set that needs no network keeps to."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from genmodels.data import DATA, Dataset, Examples, describe
from genmodels.refusal import Refusal

OFFLINE = sorted(name for name, source in DATA.items() if source.offline and name != "folder")
FAMILIES = [("icons", {"family": family}) for family in ("phosphor", "remix", "font-awesome")]
CASES = (
    [(name, {}) for name in OFFLINE]
    + FAMILIES
    + [("openmoji", {"split": "combination"}), ("openmoji", {"subset": "all"})]
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]} {case[1]}")
def loaded(request: pytest.FixtureRequest) -> Dataset:
    name, knobs = request.param
    return DATA[name](**knobs).load()


def keys(part: Examples) -> set[bytes]:
    return {image.tobytes() for image in part.images}


def test_pictures_are_what_the_spec_says(loaded: Dataset) -> None:
    for part in (loaded.train, loaded.test):
        assert part.images.dtype == np.uint8
        assert part.images.shape[1:] == loaded.spec.shape
        assert part.images.std() > 20  # drawn, not blank
        assert all(image.min() < image.max() for image in part.images)


def test_captions_labels_and_groups_are_one_a_picture(loaded: Dataset) -> None:
    for part in (loaded.train, loaded.test):
        assert len(part.captions) in (0, len(part))
        assert all(len(values) == len(part) for values in part.groups.values())
        if loaded.spec.classes:
            assert part.labels is not None
            assert set(np.unique(part.labels)) == set(range(loaded.spec.classes))
            assert len(loaded.spec.vocabulary) == loaded.spec.classes
        else:
            assert part.labels is None


def test_no_picture_is_on_both_sides_of_the_split(loaded: Dataset) -> None:
    assert not keys(loaded.train) & keys(loaded.test)


def test_a_tenth_to_a_fifth_is_held_out(loaded: Dataset) -> None:
    share = len(loaded.test) / (len(loaded.test) + len(loaded.train))
    assert 0.04 < share < 0.21  # the combinations of openmoji are of its people only


def test_it_says_its_licence_and_source(loaded: Dataset) -> None:
    assert loaded.licence and loaded.source
    described = json.loads(json.dumps(describe(loaded)))
    assert described["n_train"] == len(loaded.train)
    assert described["sha256"] == loaded.digest()
    for groups in described["groups"].values():
        assert sum(each["share"] for each in groups) == pytest.approx(1)


@pytest.mark.parametrize("name", OFFLINE)
def test_two_loads_are_equal_and_the_hash_sees_one_pixel(name: str) -> None:
    first, second = DATA[name]().load(), DATA[name]().load()
    assert first.digest() == second.digest()
    images = first.train.images.copy()
    images[0, 0, 0, 0] ^= 1
    changed = dataclasses.replace(first, train=dataclasses.replace(first.train, images=images))
    assert changed.digest() != first.digest()


@pytest.mark.parametrize("name", sorted(DATA))
def test_every_knob_has_help_and_survives_json(name: str) -> None:
    source = DATA[name]()
    assert source.summary().endswith((".", ")"))
    assert all(knob.help for knob in source.knobs())
    assert DATA[name].from_dict(json.loads(json.dumps(source.to_dict()))) == source
    assert source.kind == "image" and source.licence and isinstance(source.offline, bool)


def test_a_wrong_name_is_answered_with_the_right_one() -> None:
    with pytest.raises(Refusal, match="Did you mean 'openmoji'"):
        DATA["openmojis"]
