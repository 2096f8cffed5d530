"""The lesson about Transformers as a new user takes it: what each step claims is what the model computes."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright
from streamlit.testing.v1 import AppTest

from dashboard.learn.fast_forward import before
from dashboard.learn.inside import nearest
from dashboard.learn.next_token import bars
from genmodels.commands import make_lessons
from genmodels.commands.make_lessons import WRITERS
from genmodels.kinds.text.decoding import temperature, tempered
from genmodels.kinds.text.tokens import Tokens
from genmodels.runs.run import Run
from genmodels.runs.store import shipped
from genmodels.trained.opening import open_model
from tests.conftest import GALLERY
from tests.dashboard.test_browser import ARGUMENTS, CHROMIUM
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (a fixture)
from tests.pages.test_prompt import run, words, writer  # noqa: F401  (fixtures)

STEPS = ["1 Tokens", "2 Vectors", "3 Attention", "4 Layers", "5 Next token", "6 Training"]
SAID = "The nurse said that the"
SCRIPT = Path(__file__).parents[2] / "dashboard" / "learn" / "next_token.js"


def lesson(**query: str) -> AppTest:
    test = opened("learn", lesson="transformer", **query)
    assert not test.exception, test.exception[0].value
    return test


def drawn_by(test: AppTest, part: str) -> dict[str, Any]:
    """What a part of the lesson was given for the browser."""
    found = [each.proto for each in test.get("bidi_component") if each.proto.component_name.endswith(part)]
    assert len(found) == 1, [each.proto.component_name for each in test.get("bidi_component")]
    return dict(json.loads(found[0].json))


@pytest.fixture(scope="module")
def model(writer: Path) -> Any:  # noqa: F811
    return open_model(Run(writer))


def test_all_steps_in_a_row_with_a_hostile_sentence(run: Run) -> None:  # noqa: F811
    test = lesson()
    for number, step in enumerate(STEPS):
        assert test.segmented_control(key="step").value == step
        assert not test.error and not test.exception, step
        if not number:
            test.text_input(key="sentence").set_value(HOSTILE[:200]).run()
        if number + 1 < len(STEPS):
            next(each for each in test.button if each.label.startswith("Next: ")).click().run()
    assert "The lower the loss" in words(test)


def test_the_tokens_shown_are_those_that_the_model_reads(run: Run, model: Any) -> None:  # noqa: F811
    shown = drawn_by(lesson(sentence=SAID, step=STEPS[0]), "pieces")
    tokens, _ = model.prompt(SAID)
    assert [int(each.replace(",", "")) for each in shown["under"]] == tokens.tolist()
    assert "".join(shown["pieces"][int(tokens[0] == 0) :]) == SAID.replace(" ", "␣")


def test_a_token_has_one_vector_until_layers_look_around(model: Any) -> None:
    found = model.read("the nurse the")
    same = [place for place, token in enumerate(found.tokens) if token == found.tokens[-1]]
    assert len(same) > 1, "the sentence has one token twice"
    first, last = found.vectors[:, same[0]].astype(float), found.vectors[:, same[-1]].astype(float)
    assert np.array_equal(first[0], last[0]) and not np.allclose(first[-1], last[-1])
    table = model.embeddings()
    assert np.allclose(table[found.tokens[-1]], last[0], atol=1e-3)
    near = nearest(table, 5, 3)
    cosines = table @ table[5] / np.linalg.norm(table, axis=1) / np.linalg.norm(table[5])
    assert near[0][0] == np.argsort(cosines)[-2] and near[0][1] == pytest.approx(np.sort(cosines)[-2], abs=1e-5)


def test_the_probabilities_are_the_models_and_all_of_them(run: Run, model: Any) -> None:  # noqa: F811
    shown = drawn_by(lesson(sentence=SAID, step=STEPS[4]), "next_token")
    logs = np.frombuffer(base64.b64decode(shown["logs"]), "<f4")
    tokens, _ = model.prompt(SAID)
    logits = np.asarray(model.networks["transformer"](np.pad(tokens, (0, model.context - len(tokens)))[None]))[0, len(tokens) - 1]
    own = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    assert np.allclose(np.exp(logs), own, atol=1e-4) and np.exp(logs.astype(float)).sum() == pytest.approx(1, abs=1e-5)
    assert shown["best"] == np.argsort(-logs, kind="stable")[: len(shown["best"])].tolist()


def test_the_rule_of_temperature_is_the_one_that_writes(model: Any) -> None:
    following = model.read(SAID).following
    for degrees in (0.0, 0.3, 1.0, 2.0):
        ruled = np.asarray(temperature(np.log(following)[None], degrees))[0].astype(float)
        assert np.allclose(tempered(following, degrees), np.exp(ruled) / np.exp(ruled).sum(), atol=1e-5), degrees


def test_the_browser_computes_the_same_and_sends_what_was_clicked(model: Any) -> None:
    """The script alone in a page: its percentages at several temperatures beside those of the rule."""
    found = model.read(SAID)
    data = bars(found, Tokens.of(model.spec))
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS).new_page()
        alone(page, SCRIPT, data)
        for degrees in (1.0, 0.0, 0.5, 2.0):
            page.evaluate("t => { const i = document.querySelector('input'); i.value = t; i.oninput(); }", degrees)
            shares = tempered(found.following, degrees)
            own = [shares[token] for token in data["best"]]
            shown = [float(each[:-2]) for each in page.locator(".share").all_inner_texts()]
            assert shown == pytest.approx([100 * each for each in [*own, 1 - sum(own)]], abs=0.0501), degrees
        page.get_by_role("button", name="Draw 10 tokens").click()
        place = next(place for place, token in enumerate(data["best"]) if token)
        page.locator("li button").nth(place).click()
        assert page.evaluate("window.sent") == [["drawn", [2, 10]], ["chosen", data["best"][place]]]


def test_the_sentence_grows_token_by_token_and_shrinks_again(run: Run, model: Any) -> None:  # noqa: F811
    test = lesson(sentence=SAID, step=STEPS[4])
    best = drawn_by(test, "next_token")["best"]
    token = next(each for each in best if each)
    test.session_state["to_grow"] = (token, 0.0, 1)
    test.run()
    assert test.session_state["grown"] == (token,) and "Made by a model" in words(test)
    after = np.frombuffer(base64.b64decode(drawn_by(test, "next_token")["logs"]), "<f4")
    assert np.allclose(np.exp(after), model.read(SAID, 5, (token,)).following, atol=1e-5)
    test.session_state["to_grow"] = (None, 0.0, 3)  # at 0 the most probable always
    test.run()
    expected = (token,)
    for _ in range(3):
        following = model.read(SAID, 1, expected).following
        if not (drawn := int(following.argmax())):
            break
        expected = (*expected, drawn)
    assert test.session_state["grown"] == expected
    next(each for each in test.button if each.label == "Back to my own words").click().run()
    assert test.session_state["grown"] == ()


def test_what_nobody_knows_is_said(run: Run) -> None:  # noqa: F811
    test = lesson(step="7 Magic", writer="nobody")
    assert len(test.warning) == 2 and "7 Magic" in words(test) and "nobody" in words(test)
    assert test.segmented_control(key="step").value == STEPS[0]


def test_the_frames_are_the_texts_that_the_training_kept(run: Run) -> None:  # noqa: F811
    shown = drawn_by(lesson(step=STEPS[5]), "fast_forward")
    kept = {epoch: json.loads(file.read_text()) for epoch, file in run.samples.items()}
    assert [frame["epoch"] for frame in shown["frames"]] == sorted(kept) != []
    for frame in shown["frames"]:
        assert [each["text"] for each in frame["texts"]] == [each["text"][:240] for each in kept[frame["epoch"]][:4]]
    losses = run.history["held_out_loss"].dropna().tolist()
    assert [frame["loss"][1] for frame in shown["frames"]] == losses


@pytest.fixture
def whole_gallery(no_gallery: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr("genmodels.gallery.GALLERY", GALLERY)


@pytest.mark.usefixtures("whole_gallery")
@pytest.mark.parametrize("name", WRITERS)
def test_from_noise_to_words_begins_before_the_training(name: str) -> None:
    """What ships of it is of the run's own experiment, and its loss is that of guessing."""
    untrained, trained = before(shipped(name)), shipped(name)
    assert untrained and untrained["experiment"] == trained.experiment.to_dict()
    assert untrained["held_out_loss"] == pytest.approx(np.log(len(Tokens.of(trained.spec))), abs=0.15)
    page = lesson(step=STEPS[5])
    page.selectbox(key="writer").set_value(name).run()
    shown = drawn_by(page, "fast_forward")["frames"]
    assert [frame["epoch"] for frame in shown] == [0, *sorted(trained.samples)]
    assert shown[0]["loss"] == [0, untrained["held_out_loss"]] and shown[0]["loss"][1] > shown[1]["loss"][1]
    assert [each["prompt"] for each in shown[0]["texts"]] == [each["prompt"] for each in shown[1]["texts"]]


@pytest.mark.usefixtures("whole_gallery")
def test_what_was_before_the_training_can_be_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("genmodels.commands.make_lessons.UNTRAINED", tmp_path)
    make_lessons.untrained(WRITERS[1])
    again, kept = json.loads((tmp_path / f"{WRITERS[1]}.json").read_text()), before(shipped(WRITERS[1]))
    assert kept and again["held_out_loss"] == pytest.approx(kept["held_out_loss"], abs=1e-3)
    assert [each["prompt"] for each in again["texts"]] == [each["prompt"] for each in kept["texts"]]


def test_a_run_without_it_says_so(run: Run) -> None:  # noqa: F811
    assert before(run) is None and "begins at epoch 1" in words(lesson(step=STEPS[5]))


def test_both_sliders_go_by_keys() -> None:
    frames = [{"epoch": epoch, "texts": [{"prompt": "", "text": f"text {epoch}"}], "loss": [epoch, 3.0]} for epoch in (0, 1, 2)]
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS).new_page()
        alone(page, SCRIPT.with_name("fast_forward.js"), {"frames": frames, "curve": [[0, 4], [2, 3]], "pace": 99999, "alt": "x"})
        assert page.locator(".where").inner_text().startswith("Before training: epoch 0 of 2")
        page.get_by_role("slider").press("ArrowRight")
        assert page.locator(".where").inner_text().startswith("Epoch 1 of 2") and "text 1" in page.locator(".texts").inner_text()
        page.keyboard.press("End")
        assert "text 2" in page.locator(".texts").inner_text() and page.get_by_role("slider").get_attribute("aria-valuetext") == "epoch 2"
        logs = base64.b64encode(np.log([0.5, 0.25, 0.25]).astype("<f4").tobytes()).decode()
        alone(page, SCRIPT, {"best": [0, 1, 2], "names": ["a", "b", "c"], "logs": logs, "hottest": 2, "several": 10, "full": False})
        page.get_by_role("slider").press("Home")
        assert page.locator(".share").all_inner_texts() == ["100.0 %", "0.0 %", "0.0 %", "0.0 %"]


def alone(page: Page, script: Path, data: dict[str, Any]) -> None:
    """A part of the lesson in an empty page."""
    page.set_content("<div id=host><div class=root></div></div>")
    page.evaluate(
        """async ([source, data]) => { const part = await import('data:text/javascript;base64,' + source); window.sent = [];
        part.default({ data, parentElement: document.querySelector('#host'), setTriggerValue: (...what) => window.sent.push(what) }); }""",
        [base64.b64encode(script.read_bytes()).decode(), data],
    )
