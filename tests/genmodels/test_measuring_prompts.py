"""Prompted measures: planted right pictures score high, planted wrong ones low, and what can't be read is not measured."""

import dataclasses

import numpy as np
import pytest

from genmodels.data.dataset import DATA, Dataset
from genmodels.estimates.clustered import clustered, clustered_ratio
from genmodels.estimates.estimate import clopper_pearson
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import WordPieces
from genmodels.measuring.judged import Judged, families_of
from genmodels.measuring.prompted import measure_prompted, real_parrot, rounds_of
from genmodels.metrics.retrieval import r_precision
from genmodels.refusal import Refusal


class Planted:
    """A stand-in that has a picture for every prompt."""

    steps = 0

    def __init__(self, captions, images):
        self.pictures = dict(zip(captions, images, strict=True))

    def knows(self, text):
        return "golfing" not in text

    def sample(self, n, *, seed, given=None, drawing=None):
        return np.stack([self.pictures[each] for each in given])


@pytest.fixture(scope="module")
def data():
    return DATA["openmoji"].from_dict({"subset": "all", "split": "combination"}).load()


def measured(generator, data, *names):
    rows = measure_prompted(generator, data, rounds_of(generator, data, len(data.test)), 0, lambda name: name.split(":")[0] in names)
    return {name: estimate for name, estimate, *_ in rows}


def test_r_precision_of_one_direction_each_is_one_and_of_a_wrong_one_is_none():
    eye, captions = np.eye(60, dtype="float32"), [f"caption {i}" for i in range(60)]
    assert (r_precision(eye, eye, captions) == 1).all()
    assert r_precision(np.roll(eye, 1, axis=0), eye, captions).max() == 0  # a tie among all is not won


def test_r_precision_of_random_directions_is_chance():
    rng = np.random.default_rng(0)
    pictures, texts = (rng.standard_normal((400, 64)).astype("float32") for _ in range(2))
    assert abs(r_precision(pictures, texts, [str(i) for i in range(400)]).mean() - 1 / 50) < 0.015


def test_r_precision_leaves_out_captions_of_the_same_picture():
    texts = np.eye(60, dtype="float32")
    texts[1] = texts[0]  # the same vector, of a picture that looks the same
    families = np.arange(60)
    families[1] = 0
    captions = [str(i).zfill(2) for i in range(60)]
    assert (r_precision(texts, texts, captions, families=families) == 1).all()
    assert r_precision(texts, texts, captions)[:2].max() < 1


def test_too_few_captions_are_refused():
    with pytest.raises(Refusal, match="needs at least 50"):
        r_precision(np.eye(49), np.eye(49), [str(i) for i in range(49)])


def test_clusters_widen_the_interval_as_their_number_says():
    rng = np.random.default_rng(0)
    base = rng.integers(0, 2, 40).astype(float)
    alone, copied = clustered(base, range(40)), clustered(np.repeat(base, 20), np.repeat(range(40), 20))
    assert (alone.value, alone.low, alone.high) == pytest.approx((copied.value, copied.low, copied.high)) and alone.n == copied.n == 40
    exact = clopper_pearson(int(base.sum()), 40)
    assert (alone.low, alone.high) == pytest.approx((exact.low, exact.high), abs=0.01)


def test_the_interval_of_all_right_is_the_exact_one():
    exact = clopper_pearson(30, 30)
    assert clustered(np.ones(30), range(30)) == dataclasses.replace(exact)


def test_ratio_of_known_shares():
    over, under = np.repeat([1.0, 0.0], 50), np.ones(100)
    found = clustered_ratio(over, range(100), under, range(100))
    assert found.value == 0.5 and 0.39 < found.low < 0.42 and 0.58 < found.high < 0.61  # 0.5 +- 1.96 * 0.05


@pytest.mark.parametrize("grouping", ["skin tone", "gender"])
def test_right_pictures_are_read_right(data, grouping):
    found = measured(Planted(data.test.captions, data.test.images), data, grouping)
    assert found[f"{grouping}: samples"].value == found[f"{grouping}: real held-out pictures"].value
    assert found[f"{grouping}: samples as a share of real"].value == 1


def test_pictures_of_another_tone_are_read_wrong(data):
    tones = data.test.groups["skin tone"]
    other = [next(j for j in range(i + 1, i + len(tones)) if tones[j % len(tones)] != tones[i]) % len(tones) for i in range(len(tones))]
    found = measured(Planted(data.test.captions, data.test.images[other]), data, "skin tone")
    assert found["skin tone: samples"].value < 0.03


def test_retrieval_of_right_pictures_and_of_shuffled_ones(data):
    right = measured(Planted(data.test.captions, data.test.images), data, "R-precision")
    assert right["R-precision: samples"].value == right["R-precision: real held-out pictures"].value > 0.8
    assert right["R-precision: parrot"].value < right["R-precision: samples"].low
    moved = np.roll(data.test.images, 60, axis=0)
    assert measured(Planted(data.test.captions, moved), data, "R-precision")["R-precision: samples"].value < 0.15


def test_captions_without_a_known_word_are_left_out_and_said(data):
    planted = Planted(data.test.captions, data.test.images)
    rows = list(measure_prompted(planted, data, rounds_of(planted, data, len(data.test)), 0, lambda name: name == "kid"))
    strange = sum("golfing" in caption for caption in data.test.captions)
    assert strange > 0 and f"({strange} more have no word" in rows[0][4] and rows[0][1].n == len(data.test) - strange


def test_the_parrot_draws_training_pictures(data):
    train = {each.tobytes() for each in data.train.images}
    assert all(each.tobytes() in train for each in real_parrot(data))


def test_families_number_equal_pictures():
    images = np.stack([np.full((2, 2, 1), value, np.uint8) for value in (7, 3, 7)])
    assert (families_of(images) == [1, 0, 1]).all()


def test_pictures_that_no_reader_reads_are_not_measured_and_the_rest_is():
    large = DATA["openmoji"].from_dict({"subset": "all", "split": "combination", "size": 64}).load()
    found = measured(Planted(large.test.captions, large.test.images), large, "skin tone", "kid")
    assert found["kid"] is not None and found["skin tone: samples"] is None


class Words:
    """A judge whose texts and pictures lie at the number that their caption begins with; it never learned the word odd."""

    word_pieces = WordPieces.learned(["thing odd even"] * 3, 300)

    def __init__(self, right: bool) -> None:
        self.right, self.words = right, {"thing": 5, "even": 5} | {str(i): 5 for i in range(80)}

    def texts(self, captions):
        return np.eye(80, dtype="float32")[[int(caption.split()[0]) for caption in captions]]

    def pictures(self, images):
        return np.eye(80, dtype="float32")[images[:, 0, 0, 0] if self.right else 79 - images[:, 0, 0, 0]]


def numbered(judge: str) -> Dataset:
    """80 pictures, each with its number in it, captioned by it; all are known to the model but those called new."""
    images = np.repeat(np.arange(80, dtype=np.uint8)[:, None, None, None], 4, axis=1)
    captions = tuple(f"{i} thing {'odd' if i < 10 else 'new' if i < 15 else 'even'}" for i in range(80))
    known = Examples(images, captions=tuple(each.replace("new", "even") for each in captions))
    return Dataset("numbered", known, Examples(images, captions=captions), Spec("image", (4, 1, 1)), "", "", judge=judge)


def test_pictures_are_judged_by_the_judge_of_their_data_on_words_that_all_have_learned(monkeypatch):
    asked = []
    monkeypatch.setattr("genmodels.measuring.judged.open_shipped", lambda name, family: asked.append(name) or Words(True))
    data = numbered("judge-icons")
    judged = Judged(data)
    assert asked == ["judge-icons"] and len(judged.captions) == 65 and "of 65 captions" in judged.protocol and "15 more" in judged.protocol
    found, drawings = judged.found(data.test.images, data.test.captions)
    assert (found == 1).all() and len(drawings) == 65
    assert "50% are needed" in judged.too_poor(0.4) and not judged.too_poor(0.6)
    assert "80% are needed" in Judged(numbered("judge")).too_poor(0.6)


def test_where_no_caption_is_known_nothing_is_judged(monkeypatch):
    monkeypatch.setattr("genmodels.measuring.judged.open_shipped", lambda name, family: Words(True))
    data = numbered("judge")
    strange = dataclasses.replace(data, test=Examples(data.test.images, captions=tuple(f"{i} odd" for i in range(80))))
    with pytest.raises(Refusal, match="not learned all words"):
        Judged(strange)
