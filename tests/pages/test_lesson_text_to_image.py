"""The lesson from text to image as a new user takes it: what each stage claims is what the model computes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.text.word_pieces import WordPieces
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)

STEPS = ["1 Word pieces", "2 Vectors", "3 Denoising", "4 Upscaling", "5 Switch off"]


@pytest.fixture
def run(home: Path, trained: Callable[..., Path]) -> Run:
    path = trained("diffusion")
    return Run(Path(shutil.copytree(path, home / "runs" / path.name)))


def lesson(**query: str) -> AppTest:
    test = opened("learn", lesson="text-to-image", **query)
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    return " ".join(each.value for each in [*test.caption, *test.markdown, *test.info, *test.warning]).replace("\\", "").replace("\u2060", "")


def test_all_stages_in_a_row_with_what_is_there_to_click(run: Run) -> None:
    test = lesson()
    assert test.text_input(key="pictured").value, "an example is there, nothing need be invented"
    for number, step in enumerate(STEPS):
        assert test.segmented_control(key="step").value == step
        assert not test.error and not test.exception, step
        if number + 1 < len(STEPS):
            next(each for each in test.button if each.label.startswith("Next: ")).click().run()
    assert "Made by a model" in words(test) and "Both pictures begin with the same noise" in words(test)
    assert "differ by " in words(test) and "differ by 0.0\u00a0%" not in words(test), "the text is off, and missed"
    test.toggle(key="learn.told").set_value(True).run()
    assert "differ by 0.0\u00a0%" in words(test), "with everything on both are one picture"


def test_the_pieces_are_those_that_the_encoder_reads(run: Run) -> None:
    test = lesson(pictured="Arrow LEFT circle")
    shown = [dict(json.loads(each.proto.json)) for each in test.get("bidi_component") if each.proto.component_name.endswith("pieces")]
    numbers = WordPieces.of(run.spec).encode(["arrow left circle"])[0]
    assert [int(each.replace(",", "")) for each in shown[0]["under"]] == numbers[numbers > 0].tolist()


def test_no_guidance_no_text_and_the_vectors(run: Run) -> None:
    """Guidance 0 draws what is drawn without text, 1 is the network's own prediction, and the mean is that of the rows."""
    model: Any = open_model(run)

    def drawn(prompt: str, guidance: float) -> np.ndarray:
        *_, last = model.draw([prompt], seeds=[3], drawing=Drawing(steps=4, guidance=guidance))
        return np.asarray(last.clean[0], int)

    assert np.abs(drawn("arrow left circle", 0.0) - drawn("", 2.0)).max() <= 1
    assert np.abs(drawn("", 1.0) - drawn("", 2.0)).max() <= 1, "without text there is nothing to exaggerate"
    assert np.abs(drawn("arrow left circle", 2.0) - drawn("", 2.0)).max() > 1
    states, mean = model.vectors("arrow left circle")
    assert np.allclose(states.mean(axis=0), mean, atol=1e-4)


def test_unknown_words_are_said(run: Run) -> None:
    assert "Not seen in training" in words(lesson(pictured="arrow zzyzx"))
