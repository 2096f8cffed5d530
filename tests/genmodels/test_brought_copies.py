"""Copies among brought outputs: found however they were changed, granted where drawings have variants, honest where little was brought."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genmodels.audits.audit import AUDITS
from genmodels.intake.pictures import Pictures
from genmodels.intake.told_in_pictures import NOTHING
from genmodels.kinds.image.copied_ways import RECOLOURED, WAYS, changed
from genmodels.kinds.image.near_at_any_size import Originals
from genmodels.subjects.outputs import Item, Outputs, Reference


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
