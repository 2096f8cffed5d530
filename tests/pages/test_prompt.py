"""The prompt page on real trained models: every view, the line under every text, and what is typed by mistake."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import resources
from dashboard.safe_text import lines_of
from dashboard.writing.attention import packed
from dashboard.writing.code import verdict
from dashboard.writing.counterfactual import candidates, swapped
from dashboard.writing.making import Made
from dashboard.writing.tokens import branched
from genmodels.kinds.text.tokens import Tokens
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)

VIEWS = ["Text", "Tokens", "Attention", "Logit lens", "Counterfactual", "Compare"]
WORDS = "The nurse said that she would come soon.\nThe doctor wrote that he had read the book.\nShe and he met the teacher at noon.\n"
TINY = {"layers": 2, "heads": 2, "width": 32}


@pytest.fixture(scope="session")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny trained run on a few sentences, made once: its folder. Copy it before you change it."""
    from genmodels.intake.text_sets import import_text
    from genmodels.training.loop import train

    home = tmp_path_factory.mktemp("texts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENMODELS_HOME", str(home))
        (home / "own.txt").write_text(WORDS * 100)
        source = {"token": import_text(home / "own.txt", "own"), "context": 32, "windows": 1200}
        asked = {"model": "transformer", "recipe": TINY, "data": "text", "source": source, "epochs": 2, "batch_size": 16}
        run = RunStore.default().create(Experiment.from_dict(asked))
        with run.lease():
            assert train(run) == "done", run.status
    return run.path


@pytest.fixture
def run(writer: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """In its own home, so that the page compiles it once for all tests: don't change it."""
    monkeypatch.setenv("GENMODELS_HOME", str(writer.parent.parent))
    return Run(writer)


def copied(writer: Path, home: Path) -> Run:
    return Run(Path(shutil.copytree(writer, home / "runs" / writer.name)))


@pytest.fixture
def code(home: Path, writer: Path) -> Run:
    """The same network as a model of code."""
    run = copied(writer, home)
    facts = json.loads((run.path / "facts.json").read_text())
    facts["spec"]["kind"] = "code"
    (run.path / "facts.json").write_text(json.dumps(facts))
    return run


def page(run: Run, **query: str) -> AppTest:
    test = opened("prompt", run=run.id, **query)
    assert not test.exception, test.exception[0].value
    return test


def write(test: AppTest, prompt: str | None = None) -> AppTest:
    """What the page shows after Write was pressed."""
    if prompt is not None:
        test.text_area(key="prompt").set_value(prompt)
    next(button for button in test.button if button.label == "Write").click().run()
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    return " ".join(element.value for element in [*test.caption, *test.warning, *test.error, *test.info]).replace("\\", "").replace("\u2060", "")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_before_and_after_writing(run: Run, view: str) -> None:
    test = page(run, view=view, prompt="The nurse said that she ", seed="3")
    assert test.text_area(key="prompt").value == "The nurse said that she " and test.number_input(key="seed").value == 3
    assert not test.error, test.error[0].value
    write(test)
    assert not test.error, test.error[0].value
    assert f"run {run.id}, seed 3" in words(test) and "Made by a model" in words(test)
    expected = {"Tokens": "Where entropy is high", "Attention": "Each row of the map sums to 100 %", "Logit lens": "the last on top",
                "Counterfactual": "How probable each whole continuation is", "Compare": "How many bits each needs"}  # fmt: skip
    assert expected.get(view, "Made by") in words(test)


def fold_of(test: AppTest) -> tuple[str, str]:
    """The button beside what a result was asked for, and that line; empty where there is none."""
    lines = [each.value.replace("\\", "") for each in test.markdown]
    return next((each.label for each in test.button if (each.key or "").startswith("change_")), ""), next((each for each in lines if ", seed " in each), "")


def test_the_form_folds_over_what_was_written_and_opens_where_it_asks_for_something_else(run: Run) -> None:
    test = write(page(run, prompt="The nurse ", seed="3"))
    assert fold_of(test)[0] == "Change" and fold_of(test)[1].endswith("The nurse, 1 text, seed 3")
    assert test.text_area(key="prompt").value == "The nurse "
    test.button(key="change_writing_text").click().run()
    assert fold_of(test)[0] == "Fold"
    test.text_area(key="prompt").set_value("She ").run()
    assert fold_of(test) == ("", "Shown below: The nurse, 1 text, seed 3")  # the old text is never without its prompt
    assert fold_of(write(test)) == ("Change", ":material/tune: She, 1 text, seed 3")
    test.session_state["view"] = "Counterfactual"
    assert fold_of(test.run()) == ("", "")  # nothing was written in this view
    test.session_state["view"] = "Tokens"
    assert fold_of(test.run())[0] == "Change"


def test_the_text_that_is_looked_into_is_the_same_in_every_view(run: Run) -> None:
    test = page(run, prompt="The nurse ", seed="3", view="Tokens")
    test.segmented_control(key="samples").set_value(3)
    write(test)
    assert test.segmented_control(key="one_example").value == "3" and fold_of(test)[1].endswith("looking into text 1, seed 3")
    test.segmented_control(key="one_example").set_value("5").run()
    assert test.query_params["looked"] in ("5", ["5"])
    for view in ("Attention", "Text", "Compare", "Logit lens"):
        test.segmented_control(key="view").set_value(view).run()
        assert not test.exception and (view == "Compare" or fold_of(test)[1].endswith("looking into text 3, seed 5")), view
    assert test.segmented_control(key="one_example").value == "5" and "seed 5." in words(test)
    test.button(key="change_writing_text").click().run()
    test.number_input(key="seed").set_value(7)
    assert fold_of(write(test))[1].endswith("looking into text 1, seed 7") and "looked" not in test.query_params  # another text


def test_what_can_not_be_written_leaves_the_form_open(run: Run) -> None:
    test = write(page(run, prompt="The "))
    test.button(key="change_writing_text").click().run()
    next(each for each in test.number_input if each.label == "Length").set_value(9_999)
    test.text_area(key="prompt").set_value("x" * 2_000_000)
    next(button for button in test.button if button.label == "Write").click().run()
    assert not test.exception and test.error and fold_of(test)[0] != "Change"


def test_the_same_seed_gives_the_same_text_and_another_seed_another(run: Run) -> None:
    test = page(run, prompt="The ", seed="5")
    test.segmented_control(key="samples").set_value(2)
    texts = [element.value for element in write(test).text]
    assert texts[0] == texts[2] == "The" and texts[1] != texts[3]
    assert [element.value for element in write(page(run, prompt="The ", seed="6")).text][1] == texts[3]


def test_what_is_written_carries_where_it_comes_from() -> None:
    made = Made("a-run", "transformer on text", "text", "The ", 7, {"temperature": 0.5, "stop": "\n"}, "end.", "stop")
    assert made.line == "Made by a model: transformer on text, run a-run, seed 7, temperature = 0.5, stop = '\\n'. Ended at the stop text."
    assert made.line in made.as_text().decode() and made.as_text().decode().endswith("The \n--- written by the model ---\nend.\n")
    record = json.loads(made.as_json())
    assert {"made_by": "a model", "model": "transformer on text", "run": "a-run", "seed": 7, "prompt": "The ", "text": "end."}.items() <= record.items()
    assert record["decoding"] == {"temperature": 0.5, "stop": "\n"}


@pytest.mark.parametrize(("prompt", "said"), [
    ("", ""),
    ("The nurse said that she would come soon. " * 9, "longer than the context of 32 tokens"),
    ("The qu\u00e9 Z", "not in this model's vocabulary and left out: 'q' '\u00e9' 'Z'"),
    ("\u05e9\u05dc\u05d5\u05dd \u202e", "left out"),
    ("The \U0001f469\u200d\u2695\ufe0f nurse", "'\U0001f469'"),
    ("The\0 nurse\x07", "2 control characters left out"),
    ("she " * 25_000, "longer than the context"),
    ("<script>alert(1)</script> ![x](http://evil.example/a.png) :red[hi]", "left out"),
])  # fmt: skip
def test_a_prompt_of_any_kind_is_a_text_or_a_sentence(run: Run, prompt: str, said: str) -> None:
    test = write(page(run), prompt)
    assert not test.error, test.error[0].value
    assert said in words(test)
    assert test.text[-1].value
    for element in [*test.markdown, *test.caption, *test.info]:
        assert "<script" not in element.value.replace("\\<", "") and "![" not in element.value and "://" not in element.value
    for view in ("Tokens", "Counterfactual", "Compare"):
        test.segmented_control(key="view").set_value(view).run()
        assert not test.exception, (view, test.exception[0].value)
        assert not test.error, (view, test.error[0].value)


@pytest.mark.parametrize("view", ["Tokens", "Attention", "Logit lens"])
def test_without_a_text_a_view_invites_with_examples(run: Run, view: str) -> None:
    test = page(run, view=view)
    assert not test.error and "There is no text to look into yet" in words(test)
    offered = [button for button in test.button if (button.key or "").startswith("example.")]
    assert offered and all(not Tokens.of(run.spec).unknown(button.key.removeprefix("example.")) for button in offered)
    offered[0].click().run()
    assert not test.exception and not test.error and test.session_state["prompt"] == offered[0].key.removeprefix("example.") and test.session_state["written"]["text"]


@pytest.mark.parametrize("changes", [{"temperature": 0.0}, {"temperature": 100.0}, {"top_k": 100_000, "top_p": 0.0}, {"beams": 3, "length": 20}, {"stop": "\\n"}])
def test_extreme_settings_write(run: Run, changes: dict) -> None:
    test = page(run, prompt="The nurse said")
    for name, value in changes.items():
        kind = test.text_input if isinstance(value, str) else test.number_input
        kind(key=f"knob.decoding.{name}").set_value(value)
    write(test)
    assert not test.error and test.text[-1].value
    if "stop" in changes:
        assert "\n" not in test.text[-1].value and "stop = 'n'" in words(test)


def test_code_is_highlighted_and_parsed_by_python(code: Run) -> None:
    """Whatever the model writes on, the second line closes what nothing opened."""
    test = write(page(code, prompt="she = he\n)"))
    assert test.code[0].language == "python" and test.code[0].value.startswith("she = he\n)")
    assert "Python does not parse it: line 2: unmatched ')'" in words(test) and "The first 1 line of " in words(test)


def test_a_wrong_view_or_run_is_no_crash(run: Run) -> None:
    assert not page(run, view="../../etc").exception
    assert not opened("prompt", run="no-such-run", seed="-4", prompt="x").exception


def test_a_run_that_is_deleted_meanwhile_is_a_sentence(home: Path, writer: Path) -> None:
    copy = copied(writer, home)
    test = page(copy)
    shutil.rmtree(copy.path)
    assert not test.run().exception
    assert "no trained model of texts" in words(test)


def test_continuations_that_the_model_cannot_read_are_named(run: Run) -> None:
    test = page(run, view="Counterfactual", prompt="The doctor said that she ")
    assert "'engineer'" in words(test) and not test.error
    table = next(frame.value for frame in test.dataframe if "Continuation" in frame.value)
    assert list(table["Continuation"]) == ["nurse", "doctor", "teacher"]
    assert np.allclose(table["ratio (second / first)"], table["after the second prompt"] / table["after the first prompt"])
    assert test.text_area[1].value == "The doctor said that he "


def test_a_picture_model_is_not_offered(home: Path, trained) -> None:
    shutil.copytree(trained("vae"), home / "runs" / trained("vae").name)
    assert "no trained model of texts" in words(opened("prompt"))


def test_a_second_session_waits_for_the_model_and_says_so(run: Run) -> None:
    said: list[float] = []
    with resources.generator(run):
        assert resources.busy(run)
        waiting = threading.Thread(target=lambda: _take(run, said))
        waiting.start()
        time.sleep(1)
        assert said and waiting.is_alive()
    waiting.join(timeout=10)
    assert not waiting.is_alive() and not resources.busy(run)
    with pytest.raises(ZeroDivisionError), resources.generator_in_turn(run, lambda: None):
        raise ZeroDivisionError  # as when a stream is stopped
    assert not resources.busy(run)


def _take(run: Run, said: list[float]) -> None:
    with resources.generator_in_turn(run, lambda: said.append(time.monotonic())):
        pass


@pytest.mark.parametrize(("text", "parses", "sentence", "whole"), [
    ("x = 1\n", True, "parses", 1), ("", True, "parses", 0), ("x = 1\ny = (\n", False, "line 2", 1), ("def f(:\n", False, "line 1", 0),
    ("a\0b", False, "null", 0), ("(" * 5000, False, "line 1", 0), ("-" * 100_000 + "1", False, "line 1", 0), ("x\n" * 200_000, False, "not checked", 0),
    ("s = '\\d'\n", True, "parses", 1),
])  # fmt: skip
def test_the_verdict_on_code_is_that_of_the_parser(text: str, parses: bool, sentence: str, whole: int) -> None:
    found = verdict(text)
    assert (found.parses, found.whole) == (parses, whole) and sentence in found.sentence


def test_a_branch_is_the_text_up_to_there_and_the_alternative() -> None:
    tokens = Tokens(("<end>", *"abcdef"))
    reading = SimpleNamespace(tokens=np.array([3, 4, 5]), alternatives=np.array([[1, 2], [1, 6], [0, 2]]))
    assert branched(reading, tokens, "abcde", 1, 1) == "abcf"  # "ab" was not read any more: too long ago
    assert branched(reading, tokens, "cde", 2, 1) == "cdb"


def test_attention_is_sent_small_and_comes_back_within_a_step() -> None:
    weights = np.tril(np.random.default_rng(0).random((2, 5, 5)))
    weights /= weights.sum(-1, keepdims=True)
    import base64

    roots = np.frombuffer(base64.b64decode(packed(weights.astype("float16"))), "uint8").reshape(2, 15) / 255
    rows, columns = np.tril_indices(5)
    assert np.abs(roots**2 - weights[:, rows, columns]).max() < 0.005


def test_words_are_swapped_whole_with_their_capitals() -> None:
    assert swapped("She saw that she, the shepherd, fled.", "she", "he") == "He saw that he, the shepherd, fled."
    assert swapped("a.b a+b", "a+b", "\\1") == "a.b \\1" and swapped("x", "", "y") == "x"
    assert candidates("nurse, doctor,, nurse", ["She is a", "He is a"]) == [" nurse", " doctor"]
    assert candidates("nurse", ["She is a ", "He is a "]) == ["nurse"]
    with pytest.raises(Refusal, match="at most 20"):
        candidates(",".join(map(str, range(21))), ["a"])


def test_what_turns_the_direction_is_seen() -> None:
    assert lines_of("a\u202eb\0\r\nc\td\u200d") == "a\ufffdb\ufffd\nc\td\u200d"
