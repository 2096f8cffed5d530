"""Functions that a model completed: cut, looked at, held against floors, and refused where they can't be asked for."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.checks.copied_code import Sources
from genmodels.data.problems import asked_for, own_problems
from genmodels.explore.completions import MOST, Floors, answered, completed, how, looked_at, marked_file, problem_named
from genmodels.jobs import programs
from genmodels.provenance.marking import body
from genmodels.refusal import Refusal
from tests.functions import TRAINED, small_code

WALLS = pytest.mark.skipif(not all(layer.active for layer in programs.walls()), reason=programs.told(programs.walls()))


class Writer:
    context = 64

    def prompt(self, text: str) -> tuple[np.ndarray, str]:
        return np.zeros(len(text)), ""

    def sample(self, n: int, **asked: object) -> np.ndarray:
        return np.array([f"{asked['given'][0]}\n    return {i}\nprint()" for i in range(n)], dtype=object)


def test_what_cant_be_asked_for_is_refused() -> None:
    short = asked_for("def f(x):")
    assert completed(Writer(), short, docstring=False, n=2, seed=0, decoding=how(0.8, 20)) == ["def f(x):\n    return 0\n", "def f(x):\n    return 1\n"]
    for n in (0, MOST + 1):
        with pytest.raises(Refusal, match="ask for 1 to 20 attempts"):
            completed(Writer(), short, docstring=False, n=n, seed=0, decoding=how(0.8, 20))
    with pytest.raises(Refusal, match="it has 66 tokens, and the model reads 64"):
        completed(Writer(), asked_for(f"def f({'x' * 58}):"), docstring=False, n=1, seed=0, decoding=how(0.8, 20))
    with pytest.raises(Refusal, match="No problem is called 'clap'. Did you mean 'clamp'"):
        problem_named("clap")


def test_a_passage_that_was_given_is_no_copy_of_the_model() -> None:
    sources, header = Sources(small_code()), "def made_one(value, low, high):"
    given, own = header + "\n    raise NotImplementedError\n", TRAINED[7]
    looked = looked_at([given, own, "x"], header, sources)
    assert looked.copied[0] is not None and looked.given(0) and not looked.unusual(0)
    assert looked.unusual(1) and not looked.given(1) and looked.copied[2] is None and not looked.unusual(2)
    assert looked_at([own], header, None).copied == (None,)


@WALLS
def test_floors_try_the_same_problem_and_every_question_is_judged() -> None:
    floors, clamp = Floors(small_code()), problem_named("clamp")
    texts = floors.attempts(clamp, docstring=False, n=2, seed=0, decoding=how(0.8, 20))
    assert set(texts) == {"5-gram", "nearest training functions"} and floors.nearest(clamp) == (TRAINED[0], "train/0.py")
    said: list[tuple[int, int]] = []
    half = "def clamp(value, low, high):\n    return low if value < low else value\n"
    found = answered(clamp, texts | {"half": [half, half]}, lambda *at: said.append(at))
    assert [each.passed for each in found["nearest training functions"]] == [True, True] and not any(each.passed for each in found["5-gram"])
    assert not found["half"][0].passed and 0 < sum(found["half"][0].right) < len(clamp.tests) and found["half"][0] == found["half"][1]
    assert said[-1][0] == said[-1][1] <= 5, "equal ones run once"


def test_the_first_line_of_a_file_of_python_says_what_made_it() -> None:
    problem = own_problems()[0]
    files = marked_file(problem.prompt + problem.reference, "Made by a model: x,\nseed 1.", {"Model": "x", "Seed": "1"})
    text = files.text.decode()
    assert text.startswith("# Made by a model: x, seed 1.\n\ndef ") and body(text) == problem.prompt + problem.reference
    compile(text, "it", "exec")
