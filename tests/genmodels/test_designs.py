"""Designing icons: the work behind the page, on models whose every answer is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genmodels.explore import designs
from genmodels.explore.designs import Finish
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.icons import (
    SYMMETRIES,
    contrast,
    corner_mask,
    even,
    heavier,
    rectangle_mask,
    rounded,
    snapped,
    stroke,
    symmetric,
)
from genmodels.kinds.spec import Spec
from genmodels.refusal import Refusal
from genmodels.trained.prompted import Step


class Places:
    """A space whose places are the mean ink of four quarters of an icon of 8 pixels."""

    spec, latent = Spec("image", (8, 8, 1)), 4

    def encode(self, images: np.ndarray) -> np.ndarray:
        return images.reshape(-1, 2, 4, 2, 4).mean(axis=(2, 4)).reshape(-1, 4).astype("float32") / 128 - 1

    def decode(self, latents: np.ndarray) -> np.ndarray:
        four = np.clip((latents.reshape(-1, 2, 2) + 1) * 128, 0, 255).astype(np.uint8)
        return np.repeat(np.repeat(four, 4, axis=1), 4, axis=2)[..., None]


class Hand:
    """Draws, of a prompt, an icon of one grey: its length; remembers what it was asked."""

    spec, steps = Spec("image", (8, 8, 1)), True

    def __init__(self, **seen: int) -> None:
        self.asked: list[tuple] = []
        self.seen = seen or {"outline": 900, "fill": 6}

    def knows(self, text: str) -> bool:
        return "zz" not in text

    def draw(self, prompts: Sequence[str], *, seeds: Sequence[int], drawing: Drawing, start: np.ndarray | None = None, mask: np.ndarray | None = None, towards: object = None, shares: object = None) -> Iterator[Step]:
        self.asked += [(prompt, seed, drawing.strength, mask) for prompt, seed in zip(prompts, seeds, strict=True)]
        drawn = np.full((len(prompts), 8, 8, 1), 200, np.uint8)
        drawn = drawn if mask is None or start is None else np.where(mask[None, :, :, None], drawn, start[None])
        yield Step(1, 1, 0.0, drawn, drawn)


def icon(value: int = 255) -> np.ndarray:
    found = np.zeros((8, 8, 1), np.uint8)
    found[:4, :4] = value
    return found


def test_no_strength_is_the_icon_as_the_model_sees_it_and_all_of_it_is_another() -> None:
    model = Places()
    seen = model.decode(model.encode(icon()[None]))
    assert (designs.varied(model, icon(), 3, 0.0, seed=1) == seen).all()
    near, far = (np.abs(designs.varied(model, icon(), 24, s, seed=1).astype(float) - seen).mean() for s in (0.2, 0.8))
    assert 0 < near < far
    both = [designs.varied(model, icon(), n, 0.5, seed=1) for n in (2, 5)]
    assert (both[0] == both[1][:2]).all(), "more of them have the same first ones"
    model2, other = Places(), np.zeros((8, 8, 1), np.uint8)
    strip = designs.blended(model2, icon(), other, 5)
    assert len(strip) == 5 and (strip[0] == seen[0]).all() and (strip[-1] == model.decode(model.encode(other[None]))[0]).all()


def test_redrawing_inpainting_and_families_ask_the_model_as_they_say() -> None:
    hand = Hand()
    assert (designs.redrawn(hand, icon(), "home", 2, 0.0, seed=3) == icon()).all() and not hand.asked
    designs.redrawn(hand, icon(), "home", 2, 0.4, seed=3)
    assert [each[:3] for each in hand.asked] == [("home", 3, 0.4), ("home", 4, 0.4)]
    mask = corner_mask(8, "lower right")
    again = designs.inpainted(hand, icon(), mask, "home", 2, seed=5)
    assert (again[:, ~mask] == icon()[~mask]).all() and (again[:, mask] == 200).all()
    made = designs.family(hand, ["home", " heart ", "home", "zzz", ""], "outline", seed=7)
    assert made.words == ("home", "heart") and "zzz" in made.notice and [a[:2] for a in hand.asked[-2:]] == [("home outline", 7), ("heart outline", 7)]
    grid = designs.style_grid(hand, "cloud", seed=0)
    assert {style for style, _ in grid} == {"filled", "outline"} and {name for _, name in grid} == {"thin", "regular", "bold", "rounded"}
    assert [each[0] for each in hand.asked[-2:]] == ["cloud", "cloud outline"], "a word of few captions is no style"
    knows = Hand(outline=900, fill=900, bold=400, thin=400)
    weights = designs.style_grid(knows, "cloud", seed=0)
    assert {each[0] for each in knows.asked} == {"cloud fill", "cloud outline", "cloud bold", "cloud thin"} and set(weights) == set(grid)
    assert designs.words_of("home, heart\n cloud,,\n") == ["home", "heart", "cloud"]


def test_a_thin_style_breaks_no_stroke() -> None:
    class Line(Hand):
        spec = Spec("image", (32, 32, 1))

        def draw(self, prompts: Sequence[str], **asked: object) -> Iterator[Step]:
            drawn = np.stack([bar(1.8)] * len(prompts))
            yield Step(1, 1, 0.0, drawn, drawn)

    grid = designs.style_grid(Line(), "line", seed=0)
    assert (grid["outline", "thin"][..., 0].max(axis=0)[4:28] > 150).all(), "the line is there from end to end"
    assert grid["outline", "thin"].sum() < grid["outline", "bold"].sum()


def test_an_icon_of_another_size_is_made_to_fit() -> None:
    assert designs.varied(Places(), np.zeros((32, 32, 1), np.uint8), 1, 0.5, seed=0).shape == (1, 8, 8, 1)


class Coloured(Hand):
    spec = Spec("image", (8, 8, 3))


@pytest.mark.parametrize(("call", "said"), [
    (lambda: designs.varied(Places(), icon(), 25, 0.5, seed=0), "1 to 24"),
    (lambda: designs.varied(Places(), icon(), 2, 1.5, seed=0), "from 0 to 1"),
    (lambda: designs.redrawn(Coloured(), icon(), "a", 1, 0.5, seed=0), "one grey channel"),
    (lambda: designs.family(Hand(), ["zz"], "outline", seed=0), "knows none of 'zz'"),
    (lambda: designs.family(Hand(), ["a"], "gothic", seed=0), "style"),
    (lambda: designs.inpainted(Hand(), icon(), np.zeros((8, 8), bool), "a", 1, seed=0), "marks nothing"),
    (lambda: corner_mask(8, "middle"), "corner"),
    (lambda: rectangle_mask(8, 0.5, 0, 0.2, 1), "the first ones below"),
    (lambda: snapped(icon(), 3), "0 \\(none\\) to 2"),
    (lambda: symmetric(icon(), "upside"), "symmetry"),
    (lambda: heavier(icon(), 9), "-4 to 4"),
    (lambda: contrast("red", "#ffffff"), "#rrggbb"),
])  # fmt: skip
def test_what_can_not_be_is_a_sentence(call, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        call()


def bar(width: float, side: int = 32) -> np.ndarray:
    large = Image.new("L", (side * 8, side * 8))
    ImageDraw.Draw(large).rectangle((16, round((side / 2 - width / 2) * 8), side * 8 - 17, round((side / 2 + width / 2) * 8) - 1), fill=255)
    return np.asarray(large.reduce(8))[..., None]


def test_symmetry_and_the_grid_do_what_they_say() -> None:
    random = np.random.default_rng(0).integers(0, 256, (9, 9, 1)).astype(np.uint8)
    assert (symmetric(random, "left and right") == symmetric(random, "left and right")[:, ::-1]).all()
    assert (symmetric(random, "both") == symmetric(random, "both")[::-1, ::-1]).all()
    turned = symmetric(random, "turned by half")
    rest = np.ones((9, 9), bool)
    rest[4] = False  # the middle row is its own partner only where it is symmetric
    assert (turned[rest] == turned[::-1, ::-1][rest]).all() and (symmetric(random, SYMMETRIES[0]) == random).all()
    on_grid = snapped(random, 2)
    assert set(np.unique(on_grid)) <= {0, 255} and (on_grid[0:8:2, 0:8:2] == on_grid[1:8:2, 1:8:2]).all() and on_grid.shape == (9, 9, 1)
    assert (snapped(random, 0) == random).all() and set(np.unique(snapped(random, 1))) <= {0, 255}


def test_weight_and_strokes_are_in_pixels() -> None:
    for width in (4.0, 6.0):
        assert stroke(bar(width)) == pytest.approx(width, abs=0.8)
    grown = heavier(bar(4), 1.0)
    assert grown[..., 0].sum(axis=0)[16] / 255 == pytest.approx(6, abs=0.3), "each outline moves by one pixel"
    assert heavier(bar(4), -1.0)[..., 0].sum(axis=0)[16] / 255 == pytest.approx(2, abs=0.3)
    widths = [stroke(each) for each in even(np.stack([bar(3), bar(4), bar(5)]))]
    assert max(widths) - min(widths) < 1.2 < 2.0
    square = np.zeros((32, 32, 1), np.uint8)
    square[8:24, 8:24] = 255
    soft = rounded(square, 2.0)
    assert ((soft[16, :, 0] > 25) & (soft[16, :, 0] < 230)).sum() <= 4, "edges are one pixel soft, however round corners are"
    assert soft[8, 8] < 128 and soft[16, 16] == 255 and abs(int(soft.sum()) - int(square.sum())) < 0.1 * square.sum()
    done = Finish(rounded=1.0, weight=0.5, symmetry="both", cell=1).of(square[None])
    assert done.shape == (1, 32, 32, 1) and set(np.unique(done)) <= {0, 255}


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21) and contrast("#123456", "#123456") == 1
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005) and contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)  # the known pair on either side of 4.5
    assert contrast("#0000ff", "#ffffff") == pytest.approx(8.59, abs=0.005)
