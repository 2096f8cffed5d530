"""Readers of groups: what they may and may not read, and how well."""


import numpy as np
import pytest

from genmodels.data import DATA
from genmodels.models.reader import Reader
from genmodels.reading_groups import open_reader
from genmodels.recipe import Spec
from genmodels.refusal import Refusal


@pytest.mark.parametrize(("name", "label", "least"), [("reader-tone", "tone", 0.97), ("reader-gender", "woman or man", 0.92)])
def test_readers_of_the_gallery_read_held_out_combinations(name, label, least):
    test = DATA["openmoji"].from_dict({"split": "combination", "label": label}).load().test
    reader = open_reader(name)
    assert (reader.probabilities(test.images).argmax(1) == test.labels).mean() >= least
    assert sum(int(np.prod(w.shape)) for w in reader.networks["reader"].weights) < 500_000


def test_woman_or_man_has_no_picture_that_is_drawn_for_another_gender_too():
    data = DATA["openmoji"].from_dict({"subset": "all", "split": "combination", "label": "woman or man"}).load()
    drawn = {}
    for part in (data.train, data.test):
        assert set(part.groups["gender"]) == {"woman", "man"}
        for image, gender in zip(part.images, part.groups["gender"], strict=True):
            drawn.setdefault(image.tobytes(), set()).add(gender)
    assert max(map(len, drawn.values())) == 1
    everything = DATA["openmoji"].from_dict({"subset": "all"}).load()
    for part in (everything.train, everything.test):
        for image, gender in zip(part.images, part.groups["gender"], strict=True):
            assert gender != "person" or image.tobytes() not in drawn


def test_a_reader_of_any_colours_does_not_see_colours():
    recipe, images = Reader(colours="any", width=4), np.random.default_rng(0).uniform(size=(3, 32, 32, 3)).astype("float32")
    network = recipe.networks(Spec("image", (32, 32, 3), 2, ("woman", "man")))
    turned = images[..., [1, 2, 0]]
    np.testing.assert_allclose(recipe.read(network, images), recipe.read(network, turned), atol=1e-4)


def test_data_without_labels_are_refused():
    with pytest.raises(Refusal, match="no labels"):
        Reader().networks(Spec("image", (32, 32, 3)))


def test_other_shapes_are_refused():
    with pytest.raises(Refusal, match="this reader reads"):
        open_reader("reader-tone").read(np.zeros((2, 64, 64, 3), np.uint8))
