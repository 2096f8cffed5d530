"""The page "Video" on a tiny trained run: each way to film, its files, what is given by mistake, and what is said where no model is there."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.applications.video_given import BETWEEN, HELD_OUT, LAST, NEXT, OWN, PICTURE, PROMPTED, WAYS
from dashboard.applications.video_made import Filmed
from genmodels.review.file_check import verify
from genmodels.runs.run import Run
from tests.clips import moving
from tests.genmodels.test_films import film
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)


@pytest.fixture
def run(home: Path, trained: Callable[..., Path]) -> Run:
    path = trained("latent-video")
    return Run(Path(shutil.copytree(path, home / "runs" / path.name)))


def press(test: AppTest, label: str = "Film") -> AppTest:
    return next(button for button in test.button if button.label == label).click().run(timeout=300)


def made(test: AppTest) -> list[Filmed]:
    found: list[Filmed] = test.session_state[state.FILMED]
    return found


def clean(test: AppTest) -> AppTest:
    assert not test.exception and not test.error, [each.value for each in (*test.exception, *test.error)]
    return test


def chosen(test: AppTest, way: str, source: str) -> AppTest:
    test.button_group(key=state.FILM_WAY).set_value(way).run()
    return test.button_group(key=f"video.source.{way}").set_value(source).run(timeout=60)


def test_without_a_model_it_says_how_to_train_one() -> None:
    test = opened("video")
    assert not test.exception and "Train the model video-diffusion" in test.info[0].value


def test_a_prompt_is_filmed_and_leaves_marked(run: Run) -> None:
    test = opened("video", run=run.id, prompt="a red car moving left slowly", seed="5")
    press(clean(test))
    (first,) = made(clean(test))
    assert first.seed == 5 and first.clip.shape == run.spec.shape and first.asked.way == PROMPTED
    assert len(first.clean) == len(first.noisy) == first.asked.drawing.steps and np.array_equal(first.clean[-1], first.clip)
    assert any("Made by a model" in caption.value and "seed \\= 5" in caption.value for caption in test.caption)
    assert test.button(key="change_video").label == "Change" and test.text_input(key="prompt").value == "a red car moving left slowly"
    assert any("a red car moving left slowly, seed 5, guidance" in each.value.replace("\\", "") for each in test.markdown)
    assert {"MP4", "GIF", "Strip (PNG)"} <= {each.label for each in test.get("download_button")}
    assert np.array_equal(made(press(test))[0].clip, first.clip), "the same seed, the same clip"
    found = verify(bytes(first.handed(run).as_film()), "a.mp4")
    assert found["manifest"]["verdict"] == "valid" and found["watermark"]["verdict"] == "found"
    assert "Marked by us and unchanged since" in found["sentence"] and "proves nothing" not in found["sentence"], "too plain for its print, known by its bytes"
    assert any("Not measured" in each.value or "not measured yet" in each.value for each in (*test.caption, *test.info))
    for key in ("video.steps.0", "video.novelty.0"):
        test.session_state[key] = True
    assert any("from the nearest of" in each.value for each in clean(test.run(timeout=60)).markdown)


def test_frames_that_are_given_stay_and_how_it_really_goes_on_stands_beside(run: Run) -> None:
    test = opened("video", run=run.id, film=NEXT)
    assert test.button_group(key=f"video.source.{NEXT}").value == HELD_OUT
    test.button(key="video.caption").click().run()
    (first,) = made(clean(press(test)))
    test_set = run.experiment.make_source().load().test
    assert first.asked.true and first.asked.prompt == test_set.captions[0] and first.asked.known.sum() == 4
    assert np.array_equal(first.clip[first.asked.known], test_set.images[0][first.asked.known])
    assert any("copy of the last frame" in each.value and "optical flow" in each.value for each in test.caption)
    facts = first.handed(run).facts
    assert facts["Begun from"].startswith("the frames 1, 2, 3, 4 of a clip") and facts["Prompt"] == test_set.captions[0]
    chosen(test, PICTURE, LAST)
    (second,) = made(clean(press(test)))
    assert np.array_equal(second.clip[0], first.clip[-1]) and not second.asked.true


def test_a_picture_and_a_film_of_ones_own_are_gone_on_from(run: Run) -> None:
    test = chosen(opened("video", run=run.id), PICTURE, OWN)
    assert "needs a picture to begin from" in press(test).error[0].value
    assert not any(each.key == "change_video" for each in test.button)  # what was refused leaves the form open
    buffer = io.BytesIO()
    Image.fromarray(moving(side=64)[0]).save(buffer, "PNG")
    test.file_uploader[0].set_value(("square.png", buffer.getvalue(), "image/png")).run()
    (first,) = made(clean(press(test)))
    assert first.asked.known.tolist() == [True] + [False] * 7 and np.array_equal(first.clip[0], first.asked.clip[0])
    assert np.abs(first.clip[0].astype(int) - moving(side=64)[0, ::2, ::2]).mean() < 12
    chosen(test, BETWEEN, OWN)
    test.file_uploader[0].set_value(("mine.mp4", film(moving(side=64)), "video/mp4")).run(timeout=120)
    (second,) = made(clean(press(test)))
    assert np.flatnonzero(second.asked.known).tolist() == [0, 5, 7] and "mine.mp4" in second.asked.source


@pytest.mark.parametrize(("content", "said"), [(b"no film at all", "is no film"), (film(moving(frames=1, side=64)), "has one frame"), (b"", "is empty")])
def test_a_bad_film_is_one_sentence(run: Run, content: bytes, said: str) -> None:
    test = chosen(opened("video", run=run.id), NEXT, OWN)
    test.file_uploader[0].set_value(("![x](http://a.b).mp4", content, "video/mp4")).run(timeout=120)
    assert not test.exception and said in test.error[0].value and "![x]" not in test.error[0].value


@pytest.mark.parametrize("query", [{"film": "nonsense"}, {"film": "![x](http://a.b)"}, {"seed": "-4"}, {"prompt": "<script>x</script> zzz"}, {"run": "nobody"}])
def test_a_strange_address_is_no_error(run: Run, query: dict[str, str]) -> None:
    test = opened("video", **({"run": run.id} | query))
    assert not test.exception and (test.error if "run" in query else not test.error)


def test_two_models_film_side_by_side_and_unknown_words_are_a_sentence(run: Run, home: Path) -> None:
    other = Run(Path(shutil.copytree(run.path, home / "runs" / f"{run.id}-again")))
    assert "knows none of the words" in press(opened("video", run=run.id, prompt="zzz qqq")).error[0].value
    test = opened("video", run=run.id, prompt="a green frog moving up")
    test.selectbox(key=state.FILM_BESIDE).set_value(other.id).run()
    first, second = made(clean(press(test)))
    assert any(each.value.replace("\\", "").endswith(f"filmed by {run.id} and {other.id}") for each in test.markdown)
    test.button(key="change_video").click().run()
    test.text_input(key="prompt").set_value("zzz qqq")
    press(test)
    assert test.error and any(each.value.startswith("Shown below: a green frog") for each in test.markdown)  # open, the old ones named
    assert (first.run, second.run) == (run.id, other.id) and np.array_equal(first.clip, second.clip)
    assert len({each.key for each in test.get("download_button")} - {None}) >= 6
    assert set(WAYS) == set(test.button_group(key=state.FILM_WAY).options)


def test_the_page_of_deepfake_risk_shows_what_films_survive(run: Run) -> None:
    test = opened("deepfake", run=run.id)
    assert not test.exception and not test.error and any("Survival matrix of planted clips" in each.value for each in test.header)
