"""The page "Code" on a model whose every function is known: what is written, seen, run in the cage, taken away, and typed by mistake."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import resources
from dashboard.applications import code_running
from genmodels.jobs import programs
from genmodels.jobs.programs import Layer
from genmodels.kinds.text.tokens import Tokens
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.functions import TRAINED, small_code
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)

WALLS = pytest.mark.skipif(not all(layer.active for layer in programs.walls()), reason=programs.told(programs.walls()))
RIGHT = "\n    return min(max(value, low), high)\n"
BODIES = (RIGHT, "\n    return eval(value, limits)\n", "\n    return (value\n", RIGHT)


class Writer:
    """Writes the same bodies for every prompt, the first for the first seed, and behind each what is no part of the function."""

    context, weights = 256, None

    def __init__(self, bodies: Sequence[str] = BODIES) -> None:
        self.bodies, self.tokens = bodies, Tokens.of(small_code().spec)

    def prompt(self, text: str) -> tuple[np.ndarray, str]:
        return np.zeros(len(text) // 4), "not in this model's vocabulary and left out: 'ß'" if "ß" in text else ""

    def sample(self, n: int, *, seed: int, given: Sequence[str], decoding: object) -> np.ndarray:
        texts = [given[0] + self.bodies[i % len(self.bodies)] + "\nprint(1)\n" for i in range(n)]
        return np.array(texts, dtype=object)


def made(**source: object) -> Run:
    run = RunStore.default().create(Experiment.from_dict({"model": "transformer", "data": "python-code", "source": source, "epochs": 1}))
    spec = small_code().spec
    (run.path / "facts.json").write_text(json.dumps({"spec": {"kind": "code", "shape": [64], "classes": 0, "vocabulary": spec.vocabulary, "merges": []}}))
    (run.path / "epochs").mkdir()
    run.write_status(state="done", step=1, steps=1, epoch=1, epochs=1)
    return run


@pytest.fixture
def run(home, monkeypatch: pytest.MonkeyPatch) -> Run:
    @contextlib.contextmanager
    def lent(run: Run, waiting: object) -> Iterator[Writer]:
        yield Writer()

    monkeypatch.setattr(resources, "generator_in_turn", lent)
    monkeypatch.setattr(resources, "dataset", lambda name, knobs=None: small_code())
    return made()


def page(run: Run, **query: str) -> AppTest:
    test = opened("code", run=run.id, **query)
    assert not test.exception, test.exception[0].value
    return test


def pressed(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run(timeout=180)
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    return " ".join(each.value for each in [*test.caption, *test.markdown, *test.warning, *test.error, *test.info]).replace("\\", "").replace("\u2060", "")


def test_without_a_model_it_says_what_to_do(home) -> None:
    test = opened("code")
    assert not test.exception and "Train the model transformer on the data set python-code" in words(test) and not test.button


@WALLS
def test_a_link_sets_the_form_functions_are_looked_at_and_run_only_when_that_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(run, problem="clamp", n="4", seed="7", temperature="0.5", length="40")
    asked = {each.key: each.value for each in test.number_input}
    assert (asked["n"], asked["seed"], asked["temperature"], asked["length"]) == (4, 7, 0.5, 40) and test.selectbox(key="problem").value == "clamp"
    assert f"genmodels measure {run.id} --metric 'pass@1'" in words(test) and "no person has read it" in words(test)
    assert not any((each.key or "").startswith("change_") for each in test.button), "nothing was made yet, so the form is open"
    ran: list[int] = []
    monkeypatch.setattr(code_running, "answered", lambda *given, _ours=code_running.answered: ran.append(1) or _ours(*given))
    pressed(test, "Complete")
    assert not test.error, test.error[0].value
    assert "Made by a model" in words(test) and "seeds 7 to 10" in words(test) and "the signature alone was given" in words(test)
    assert test.button(key="change_code_completed").label == "Change" and test.number_input(key="seed").value == 7
    assert "clamp, 4 attempts, seed 7, temperature 0.5, at most 40 tokens, the signature alone was given" in words(test)
    assert {each.label: each.value for each in test.metric} == {"Parse": "3 of 4", "Compile": "3 of 4", "Names given": "2 of 4", "Insecure": "1 of 4", "Copied": "0 of 4"}
    assert "Used and nowhere defined: limits" in words(test) and "(B307)" in words(test) and "Does not parse: line 2" in words(test)
    assert "words in a row stand in train/" in words(test) and "(PSF-2.0)" in words(test) and "no pattern found is not safe" in words(test)
    assert not any("print(1)" in each.value for each in test.code), "cut where the function ends"
    assert "walls that are up: process of its own" in words(test) and not ran
    pressed(test, "Run in the cage")
    assert not test.error and ran == [1], "once"
    passes = test.dataframe[0].value
    assert list(passes["Right"]) == [2, 0, 2] and list(passes["pass@1"]) == ["0.5", "0.00", "0.5"], "two training functions are clamps"
    assert [passes["95 % interval"][place] for place in (0, 2)] == ["0.1 to 0.9", "none"], "Clopper and Pearson of 2 in 4"
    answers = test.dataframe[1].value
    assert all(each.startswith("✓") for each in answers["Attempt 1"]) and all(each == "✗ none" for each in answers["Attempt 3"])
    assert "SyntaxError" in words(test) and "Of train/" in words(test)


def test_a_function_of_ones_own_is_never_run(run: Run) -> None:
    test = pressed(page(run, signature="def double(n):", docstring='Twice "n".', n="1"), "Complete")
    assert not test.error, test.error[0].value
    assert test.code[0].value.startswith("def double(n):\n") and "Made by a model" in words(test)
    assert [button.label for button in test.button if "cage" in button.label] == [] and "Does it solve" not in " ".join(each.value for each in test.header)


@pytest.mark.parametrize(("query", "said"), [
    ({"signature": ""}, "No signature is written"),
    ({"signature": "def <script>"}, "Python reads no signature in"),
    ({"signature": "def f(x):\n    return 1"}, "write one alone"),
    ({"signature": "def f(" + "x" * 400 + "ß):"}, "left out: 'ß'"),
    ({"signature": "def f(x):", "docstring": "word " * 390, "n": "3"}, ""),
    ({"code": "nothing"}, ""),
    ({"problem": "nothing", "n": "99999"}, ""),
])  # fmt: skip
def test_what_is_typed_by_mistake_is_a_sentence(run: Run, query: dict[str, str], said: str) -> None:
    test = pressed(page(run, **query), "Complete") if "code" not in query else page(run, **query)
    assert (len(test.error) == 1 and said in words(test)) or not said
    assert not said or not any((each.key or "").startswith("change_") for each in test.button), "what was refused leaves the form open"


def test_where_the_cage_cant_be_had_nothing_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_running, "walls", lambda: (Layer("files", False, "no Landlock"),))
    monkeypatch.setattr(code_running, "answered", lambda *given: pytest.fail("something was run"))
    test = pressed(page(run, problem="clamp", n="1"), "Complete")
    assert "not run on this machine, for want of walls: files (no Landlock)" in words(test)
    assert [button.label for button in test.button if "cage" in button.label] == []


def test_without_its_data_functions_are_shown_and_nothing_is_compared(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str, knobs: object = None) -> None:
        raise Refusal("The data can't be had.")

    monkeypatch.setattr(resources, "dataset", gone)
    test = pressed(page(run, problem="clamp", n="1"), "Complete")
    assert "Nothing is compared with training files: The data can't be had." in words(test) and "Not compared with training files" in words(test)
    assert test.metric[-1].value == "–" and not test.error


def test_a_gap_is_filled_by_a_model_that_learned_gaps_and_the_others_say_how_to_train_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(run, code="Fill a gap")
    assert "--with middle=0.5" in words(test) and not test.button
    other = made(middle=0.5)
    test = pressed(page(other, code="Fill a gap"), "Fill the gap")
    assert len(test.error) == 1 and "no token for 3 of the 3 marks" in words(test), "which it should have"
    monkeypatch.setattr("dashboard.applications.code_gap.fill", lambda model, before, behind, **more: ["    for each in numbers:\n        total += each\n"] * more["n"])
    test = pressed(page(other, code="Fill a gap", n="2"), "Fill the gap")
    assert not test.error and {each.label: each.value for each in test.metric}["Parse"] == "2 of 2"
    assert test.button(key="change_code_filled").label == "Change" and "gap, 2 attempts, seed 0" in words(test)
    assert "what is before and behind the gap was given" in words(test) and any("total += each\n    return" in each.value for each in test.code)


def test_what_leaves_is_marked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    test = pressed(page(run, problem="clamp", n="2"), "Complete")
    assert {each.label for each in test.get("download_button")} == {"Python", "Signed statement", "JSON", "All as a zip"}
    kept = test.session_state["code_completed"]
    files = kept.files(run, 0)
    assert files.text.decode().startswith("# Made by a model: transformer on python-code, run ") and files.text.decode().endswith(f"def clamp(value, low, high):{RIGHT}")
    compile(files.text, "it", "exec")
    found = verify(files.text, "clamp.py", sidecar=files.statement)
    assert found["manifest"]["verdict"] == "valid" and found["metadata"]["verdict"] == "says generated" and found["ledger"]["verdict"] == "exact match"
    document = json.loads(kept.record(run, 1))
    assert document["seen"]["names that nobody gave"] == ["limits"] and document["seed"] == 1 and document["decoding"]["watermark"] == "none"
    assert verify(json.dumps(document, indent=1).encode(), "clamp.json")["ledger"]["verdict"] == "exact match"
    assert sys.getsizeof(kept.everything(run, "x")) > 1000


def test_measures_of_code_come_first_and_those_not_asked_for_are_named(run: Run) -> None:
    row = {"value": 0.1, "low": 0.0, "high": 0.2, "n": 75, "better": "higher", "unit": "share", "protocol": "75 problems"}
    (run.path / "findings.json").write_text(json.dumps({"measures": [row | {"metric": "perplexity"}, row | {"metric": "pass@1: 5-gram"}, row | {"metric": "pass@1"}]}))
    test = page(run)
    assert list(test.dataframe[0].value["Measure"]) == ["Pass@1: 5-gram", "Pass@1", "Perplexity"]
    assert "Not measured: pass@10, functions parse" in words(test) and TRAINED
