"""The page "Product design" on models whose every answer is known: each view, what is typed by mistake, and what is said where no model is there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from dashboard.applications import design_looks, design_models, design_source, design_views
from genmodels.checks.look_alikes import Counted, Known, LookAlikes
from genmodels.estimates.estimate import Estimate
from genmodels.intake.icon_set import IconSet
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.spec import Spec
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from tests.dashboard.made import made
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)


def icon(shift: int = 0) -> np.ndarray:
    picture = Image.new("L", (32, 32))
    ImageDraw.Draw(picture).ellipse((4 + shift, 4, 27, 27), outline=255, width=4)
    return np.asarray(picture)[..., None]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set icons of two, so that none is drawn."""

    def of(name: str, family: str) -> np.ndarray:
        if name not in ("home", "heart"):
            raise Refusal(f"Unknown icon {name!r}.")
        return icon(4 * (name == "heart"))

    monkeypatch.setattr(design_source, "known_icon", of)


class Icons:
    """A model that draws a ring for every prompt, and whose places are the mean ink of four quarters of an icon."""

    spec, latent, steps, weights, seen = Spec("image", (8, 8, 1)), 4, True, None, {"outline": 900}

    def knows(self, text: str) -> bool:
        return "xylqz" not in text

    def draw(self, prompts: Sequence[str], *, seeds: Sequence[int], drawing: Drawing, start: np.ndarray | None = None, mask: np.ndarray | None = None) -> Iterator[SimpleNamespace]:
        drawn = np.repeat(icon()[None, ::4, ::4], len(prompts), axis=0)
        yield SimpleNamespace(clean=drawn if mask is None else np.where(mask[None, :, :, None], drawn, start))

    def encode(self, images: np.ndarray) -> np.ndarray:
        return images.reshape(-1, 2, 4, 2, 4).mean(axis=(2, 4)).reshape(-1, 4).astype("float32") / 128 - 1

    def decode(self, latents: np.ndarray) -> np.ndarray:
        four = np.clip((latents.reshape(-1, 2, 2) + 1) * 128, 0, 255).astype(np.uint8)
        return np.repeat(np.repeat(four, 4, axis=1), 4, axis=2)[..., None]


@pytest.fixture
def run(home: Path, known: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run of which nothing is loaded: what draws and has places stands in for it."""

    @contextlib.contextmanager
    def lent(run: Run, waiting: object) -> Iterator[Icons]:
        yield Icons()

    name = made("done").id
    monkeypatch.setattr(design_views.resources, "generator_in_turn", lent)
    monkeypatch.setattr(design_models, "fitting", lambda store: {design_models.DRAWS: (name,), design_models.SPACE: (name,)})
    return name


def page(**query: str) -> AppTest:
    test = opened("design", **query)
    assert not test.exception, test.exception[0].value
    return test


def pressed(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run(timeout=180)
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    return " ".join(each.value for each in [*test.caption, *test.markdown, *test.warning, *test.error, *test.info]).replace("\\", "").replace("\u2060", "")


def fold(test: AppTest) -> str:
    """What the button beside what the designs were asked for says; "" where the form is open for want of designs."""
    return next((each.label for each in test.button if (each.key or "").startswith("change_")), "")


def test_without_a_model_it_says_which_of_the_gallery_it_asks(home: Path) -> None:
    test = opened("design")
    assert not test.exception and "vae-icons" in words(test) and "diffusion-design" in words(test) and not test.button


def test_a_view_whose_model_is_missing_says_which_that_is(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(design_models, "fitting", lambda store: {design_models.DRAWS: (), design_models.SPACE: (run,)})
    test = page(design="Family")
    assert "The gallery's is diffusion-design" in words(test) and not test.button


def test_an_icon_is_varied_finished_and_can_be_taken_away(run: str) -> None:
    test = page(run=run, seed="5")
    assert "press Vary" in words(test) and not fold(test)
    next(each for each in test.slider if each.label == "Strength").set_value(0.4)
    pressed(test, "Vary")
    assert not test.error, test.error[0].value
    assert "Made by a model" in words(test) and "seed 5" in words(test)
    assert fold(test) == "Change" and "home varied, 8 icons, latent space, strength 0.4, seed 5" in words(test)
    assert next(each for each in test.slider if each.label == "Strength").value == 0.4
    assert {each.label for each in test.get("download_button")} >= {"SVG", "PNG, 48 pixels", "All as a zip"}
    test.selectbox(key="finish.Variations.symmetry").set_value("both").run()
    assert not test.exception and not test.error


def test_two_icons_are_blended(run: str) -> None:
    test = pressed(page(run=run, design="Blend"), "Blend")
    assert not test.error, test.error[0].value
    assert "home to heart, 1 of 8" in words(test) and fold(test) == "Change" and "home to heart, 8 steps" in words(test)


def test_a_family_is_drawn_and_words_that_are_not_known_are_named(run: str) -> None:
    test = page(run=run, design="Family")
    test.text_area[0].set_value("house, xylqz").run()
    pressed(test, "Draw the family")
    assert not test.error, test.error[0].value
    assert "house" in words(test) and "xylqz" in words(test) and fold(test) == "Change"


def test_a_corner_is_drawn_anew_and_a_name_that_is_not_there_is_a_sentence(run: str) -> None:
    test = page(run=run, design="Inpaint")
    assert "25\u00a0% of" in words(test)
    pressed(test, "Draw the part")
    assert not test.error, test.error[0].value
    assert "Begun from" in words(test) and "home, 25 % redrawn, 4 icons" in words(test)
    test.button(key="change_design_Inpaint").click().run()
    test.text_input[0].set_value("<script>").run()
    pressed(test, "Draw the part")
    assert len(test.error) == 1 and "Unknown icon" in words(test)
    assert fold(test) == "Fold" and "Shown below: home, 25 % redrawn" in words(test), "what was refused leaves the form open"


def test_an_icon_of_an_own_set_is_varied_and_the_set_can_be_kept_to_train_on(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def file(label: str, **more: object) -> SimpleNamespace:
        return SimpleNamespace(name="mine.zip", getvalue=lambda: b"zip")

    monkeypatch.setattr(design_source.st, "file_uploader", file)
    monkeypatch.setattr(design_source, "read_icon_set", lambda content, side, name: IconSet(("ring", "moon"), np.stack([icon(), icon(4)]), ("evil.svg holds a script.",)))
    monkeypatch.setattr(design_source, "keep_for_training", lambda icons, title: "mine-1a2b")
    test = page(run=run)
    test.segmented_control(key="vary.way").set_value("My set").run()
    assert "2 icons read; 1 file left out. The first: evil.svg holds a script" in words(test)
    pressed(test, "Keep these icons to train on")
    assert "token mine-1a2b" in test.success[0].value.replace("\\", "").replace("\u2060", "")
    pressed(test, "Vary")
    assert not test.error and "ring 1" in words(test)


def test_look_alikes_are_searched_and_the_page_says_how_often_it_is_wrong(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    icons = np.concatenate([icon()[None], (rng.random((60, 8, 8, 1)) > 0.5).repeat(4, 1).repeat(4, 2) * np.uint8(255)])
    looking = LookAlikes(Known(("home", *(f"n{i}" for i in range(60))), ("Other",) * 61, np.arange(61), icons))
    monkeypatch.setattr(design_looks.LookAlikes, "of_all_families", lambda: looking)
    monkeypatch.setattr(design_looks.resources, "dataset", lambda name, knobs=None: None)
    rate = Estimate(0.9, 0.8, 0.95, 60)
    monkeypatch.setattr(design_looks, "counted", lambda: Counted(0.1, rate, {"as it is": rate}, 0, 61, rate))
    test = page(run=run, design="Look-alikes")
    assert "Not legal advice" in words(test) and "Nothing was designed" in words(test)
    test.segmented_control(key="looks.which").set_value("One icon").run()
    pressed(test, "Search")
    assert not test.error, test.error[0].value
    assert "1 of 1 design** looks like an icon that is known" in words(test) and "Nearest: home of Other" in words(test)
    assert fold(test) == "Change" and "Look-alikes of 1 icon: home" in words(test)
    assert "of planted look-alikes it finds" in words(test) and "no person" in words(test)
    assert test.metric[0].value == "14.68 : 1"
    monkeypatch.setattr(design_looks, "counted", lambda: None)
    pressed(test, "Search")
    assert "No verdict" in words(test) and "Error rate not measured" in words(test)
