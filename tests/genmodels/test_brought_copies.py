"""Copies among brought outputs: found however they were changed, granted where drawings have variants, honest where little was brought."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genmodels.audits.audit import AUDITS
from genmodels.checks.brought_copies import Searched
from genmodels.checks.brought_copies_rule import Held, Scores, distance_of
from genmodels.intake.pictures import Pictures
from genmodels.intake.told_in_pictures import NOTHING
from genmodels.kinds.image.copied_ways import RECOLOURED, WAYS, changed
from genmodels.kinds.image.near_at_any_size import Originals
from genmodels.subjects.outputs import Item, Outputs, Reference
from genmodels.verdicts.error_rates import unknown_rates


def shapes(n: int, seed: int, tones: int = 1) -> np.ndarray:
    """n drawings of seven shapes in so many tones each, as small copies (n x tones, 64, 64, 3)."""
    rng, found = np.random.default_rng([seed, 5]), []
    for _ in range(n):
        boxes = [(*rng.integers(-8, 48, 2).tolist(), *rng.integers(10, 36, 2).tolist()) for _ in range(7)]
        colours = rng.integers(0, 256, (8, 3))
        for tone in range(tones):
            picture = Image.new("RGB", (64, 64), tuple(colours[7].tolist()))
            for number, (left, top, wide, high) in enumerate(boxes):
                draw, box = ImageDraw.Draw(picture), (left, top, left + wide, top + high)
                fill = tuple(((colours[number] + 40 * tone * (number == 6)) % 256).tolist())
                (draw.ellipse if number % 2 else draw.rectangle)(box, fill=fill)
            found.append(np.asarray(picture))
    return np.stack(found)


def pictures_of(small: np.ndarray, what: str) -> Pictures:
    sha256 = tuple(hashlib.sha256(each.tobytes()).hexdigest() for each in small)
    names = tuple(f"{what}/{number}.png" for number in range(len(small)))
    return Pictures(names, (NOTHING,) * len(small), ({},) * len(small), small, np.full((len(small), 2), 64), sha256, ())


def outputs(small: np.ndarray, train: np.ndarray, held_out: np.ndarray | None = None) -> Outputs:
    pictures = pictures_of(small, "outputs")
    beside = None if held_out is None else Reference("held out", pictures_of(held_out, "held out"))
    items = tuple(Item(name, name) for name in pictures.names)
    return Outputs("outputs", "image", items, pictures, training=Reference("training", pictures_of(train, "training")), held_out=beside)


@pytest.fixture(scope="module")
def originals() -> tuple[np.ndarray, Originals]:
    small = shapes(80, 1)
    return small, Originals(small)


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_is_found_however_it_was_changed(originals: tuple[np.ndarray, Originals], way: str) -> None:
    small, among = originals
    near = among.nearest(changed(small[:12], way, 0))
    other = among.nearest(shapes(12, 2))
    kind = "lines" if way in RECOLOURED else "colours"
    assert (near.index[:, 0] == np.arange(12)).mean() >= 0.9
    assert np.median(near.relative(kind)[:, 0]) < 0.5 * np.median(other.relative(kind)[:, 0])


def test_a_window_is_found_where_it_was_cut(originals: tuple[np.ndarray, Originals]) -> None:
    small, among = originals
    cut = [np.asarray(Image.fromarray(each).crop((4, 8, 56, 60)).resize((64, 64), Image.Resampling.BILINEAR)) for each in small[:8]]
    near = among.nearest(np.stack(cut))
    assert np.allclose(np.median(near.place[:, 0], axis=0), [8 / 64, 52 / 64, 4 / 64, 52 / 64], atol=0.02) and not near.mirrored[:, 0].any()


def test_few_training_pictures_have_no_error_rates_and_exact_copies_are_still_found() -> None:
    train = shapes(30, 1)
    findings = AUDITS["copies"](outputs(np.concatenate([train[:20], shapes(20, 2)]), train))
    assert findings[0].verdict == "fail" and "30 training pictures" in findings[0].error_rates["not_measured"]
    assert findings[0].exhibits[0]["training"].startswith("training/")


def test_too_few_outputs_and_no_training_pictures_are_not_measured() -> None:
    few = outputs(shapes(5, 2), shapes(30, 1))
    assert "5 outputs" in AUDITS["copies"](few)[0].reason
    alone = replace(few, training=None)
    assert "No training pictures were brought" in AUDITS["copies"](alone)[0].reason


def test_pictures_of_one_colour_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genmodels.checks.brought_copies.PLANTED", 5)
    plain = np.full((3, 64, 64, 3), 200, np.uint8)
    found = AUDITS["copies"](outputs(np.concatenate([shapes(25, 2), plain]), np.concatenate([shapes(30, 1), plain[:2]])))
    assert "Left out: 3 outputs and 2 training pictures of one colour." in found[0].claim and found[0].estimate.n == 25
    assert "25 are of one colour" in AUDITS["copies"](outputs(np.concatenate([shapes(5, 2), np.repeat(plain[:1], 25, 0)]), shapes(30, 1)))[0].reason


def test_held_out_pictures_that_are_training_pictures_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genmodels.checks.brought_copies.PLANTED", 5)
    train, unseen = shapes(30, 1), shapes(20, 3)
    found = AUDITS["copies"](outputs(shapes(25, 2), train, np.concatenate([unseen, train[:4]])))
    assert "4 held-out pictures that are training pictures" in found[0].claim


@pytest.mark.parametrize(("variants_nobody_copied", "verdict"), [(True, "not fail"), (False, "fail")])
def test_new_variants_are_granted_where_variants_are_common_among_pictures_that_nobody_copied(monkeypatch: pytest.MonkeyPatch, variants_nobody_copied: bool, verdict: str) -> None:
    """Drawings come in three tones: one is trained on, and another is drawn. It is a copy only where nobody's third tone is as near."""
    monkeypatch.setattr("genmodels.checks.brought_copies.PLANTED", 10)
    monkeypatch.setattr("genmodels.audits.copies.kept_by", lambda known, compute: unknown_rates("not asked here"))
    tones = shapes(60, 1, 3).reshape(60, 3, 64, 64, 3)
    train, drawn = tones[:, 0], tones[:15, 1]
    honest = shapes(100, 2)
    held_out = tones[:, 2] if variants_nobody_copied else shapes(60, 3)
    found = AUDITS["copies"](outputs(np.concatenate([drawn, honest]), train, held_out))
    assert (found[0].verdict == "fail") == (verdict == "fail")


def test_what_is_as_near_to_pictures_that_nobody_copied_is_no_copy() -> None:
    near, training = np.array([0.5] * 12 + [2.0] * 288), np.arange(300) < 6
    others = np.full(100, 2.0)
    both = Held(near, np.arange(300), training, others, np.ones(100, bool), np.arange(100), 1.0)
    only = replace(both, training=np.ones(300, bool))
    assert both.counts() == (6, 300, 6, 400.0) and both.verdict(0.0, 0.1) == "pass"
    assert only.counts() == (12, 300, 0, 400.0) and only.verdict(0.0, 0.1) == "fail"


def test_copies_of_variants_of_one_drawing_count_once() -> None:
    held = Held(np.full(50, 0.5), np.zeros(50, int), np.ones(50, bool), np.full(100, 2.0), np.ones(100, bool), np.arange(100), 1.0)
    assert held.counts()[0] == 1


def test_families_that_are_not_known_and_the_own_one_are_passed_over() -> None:
    far = {kind: np.array([[0.1, 0.2], [0.1, 0.2]]) for kind in ("copies", "recoloured")}
    found = Scores(far, np.array([[7, 1], [5, 6]]), 5)  # five drawings; families 0 to 2 that nobody copied
    assert found.nearest(np.array([0, 1])).hits.tolist() == [1, 5]
    assert found.nearest(np.array([0, 1]), np.array([1, 0])).hits.tolist() == [1, 6]
    nothing = found.nearest(np.array([2]), np.array([2, 2]))
    assert nothing.far["copies"].tolist() == [0.2, np.inf]


def test_the_distance_that_counts_lies_below_what_chance_does() -> None:
    unseen, planted = np.linspace(0.4, 1, 200), [np.full(40, 0.05), np.full(40, 0.2)]
    assert 0.2 < distance_of(unseen, np.arange(200), planted, 2000, 0.01) < 0.45


def test_pictures_that_nobody_copied_are_held_against_each_other_but_for_their_own_family() -> None:
    train, unseen = shapes(40, 1), np.repeat(shapes(20, 3), 2, 0)
    searched = Searched(train, np.arange(40), np.arange(40), unseen, [None] * 40, 0)
    assert len(np.unique(searched.names)) == 20  # equal ones are one family
    known = np.unique(searched.names)
    assert (searched.honest(np.arange(40), known).far["copies"] > 0.2).all()
    assert searched.odds(known) == 2.0
