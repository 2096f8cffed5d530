"""What is measured of code: functions are cut out whole, planted patterns and copies are found, and floors solve what they can."""

from __future__ import annotations

import dataclasses
import types

import numpy as np
import pytest

from genmodels.bench import human_eval
from genmodels.checks.copied_code import Sources
from genmodels.data.dataset import Dataset
from genmodels.data.problems import own_problems
from genmodels.jobs import programs
from genmodels.kinds.code.functions import first_function, renamed, words
from genmodels.kinds.code.judging import KNOWN, MISSED, judged, undefined
from genmodels.kinds.text.ngram import NGram
from genmodels.kinds.text.tokens import Tokens
from genmodels.measuring.code import (
    Attempts,
    Nearest,
    beyond_chance,
    copying,
    counted_on,
    has_docstrings,
    held_out_functions,
    linted,
    passed,
    passing,
    prompt_of,
)
from tests.functions import TRAINED, small_code

PROBLEMS = own_problems()
FEW = [each for each in PROBLEMS if each.function in ("clamp", "is_leap", "initials")]
WALLS = pytest.mark.skipif(not all(layer.active for layer in programs.walls()), reason=programs.told(programs.walls()))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("def f(x):\n    return x\nprint(f(1))\n", "def f(x):\n    return x\n"),
        ("def f(x):\n    return x\n\n\ndef g():\n    pass\n", "def f(x):\n    return x\n"),
        ("import os\n@cached\ndef f(\n    x,\n):\n    return x\n# end", "import os\n@cached\ndef f(\n    x,\n):\n    return x\n"),
        ('def f():\n    return """\nat the margin\n"""\nf()', 'def f():\n    return """\nat the margin\n"""\n'),
        ("def f(x):\n\n    return x\n\n    # more\n", "def f(x):\n\n    return x\n\n    # more\n"),
        ("def f(x):\n    return (x\nand so on\nmore", "def f(x):\n    return (x\n"),
        ("async def f():\n    pass\nf()", "async def f():\n    pass\n"),
        ("nothing", "nothing"),
        ("", ""),
    ],
)
def test_a_function_is_cut_where_it_ends(text: str, cut: str) -> None:
    assert first_function(text) == cut


def test_what_was_asked_stays_whole() -> None:
    prompt = "def helper():\n    return 1\n\ndef f(x):"
    assert first_function(prompt + "\n    return helper()\nf(1)\n", len(prompt)) == prompt + "\n    return helper()\n"


def test_names_and_words() -> None:
    assert words("def longName_of(XMLFile): 2") == ["def", "long", "name", "of", "xml", "file"]
    assert renamed("@cached\ndef f(x): return x", "g") == "def g(x):\n    return x\n"
    assert renamed("def f(:", "g") == renamed("x = 1", "g") == ""
    assert undefined("def f(x):\n    return x + y + len(z)") == ["y", "z"] and undefined("import os\ndef f(): return os") == []


def test_a_linter_finds_the_planted_patterns_it_knows_and_none_of_the_others() -> None:
    others = ["def f(:", "def f(): return g()", "def f():\n    return 1\nreturn 2", "(" * 150 + "-" * 20_000 + "1" + ")" * 150, "x = '\\ud800'", "def f(text):\n    return eval(text)  # nosec\n", "x\x00y"]
    found = judged([*KNOWN.values(), *MISSED.values(), *others])
    assert [bool(each) for each in found.insecure[: len(KNOWN)]] == [True] * len(KNOWN)
    assert [each for each in found.insecure[len(KNOWN) : len(KNOWN) + len(MISSED)] if each] == []
    rest = slice(len(KNOWN) + len(MISSED), None)
    assert found.parses[: rest.start].all() and found.compiles[: rest.start].all() and found.named[: rest.start].all()
    assert found.parses[rest].tolist() == [False, True, True, False, True, True, False]
    assert found.compiles[rest].tolist()[:3] == [False, True, False] and found.named[rest].tolist()[:2] == [False, False]
    (place,) = found.insecure[rest][5]
    assert (place.test, place.line) == ("B307", 2) and "insecure" in place.why
    assert found.missing[rest][:3] == ((), ("g",), ()), "what does not parse has no names"


@pytest.fixture(scope="module")
def data() -> Dataset:
    return small_code()


@WALLS
def test_the_nearest_training_function_solves_what_it_is(data: Dataset) -> None:
    nearest = Nearest(data.train)
    clamp = next(each for each in FEW if each.function == "clamp")
    assert set(nearest.places(clamp.prompt, 2)) == {0, 1}
    found = nearest.attempts(FEW, 4)
    assert [len(few) for few in found.programs] == [4, 4, 4] and found.programs[0][0].startswith("def clamp(value, low, high):")
    assert passed(FEW, found) == [2, 0, 0]


@WALLS
def test_passes_are_counted_over_problems() -> None:
    right, wrong = ([each.prompt + body for each in FEW for body in (each.reference, each.wrong)][start::2] for start in (0, 1))
    attempts = Attempts(tuple((one, two, "def f(:", "1 / 0" if i == 0 else two, *[two] * 6) for i, (one, two) in enumerate(zip(right, wrong, strict=True))))
    assert passed(FEW, attempts) == [1, 1, 1]
    rows = {name: estimate for name, estimate, *_ in passing(FEW, attempts, "", "p") if estimate}
    assert rows["pass@1"].value == pytest.approx(0.1) and rows["pass@10"].value == 1 and rows["pass@1"].n == 3


@WALLS
def test_problems_of_others_are_asked_as_ours_are(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `bench.human_eval` does: only what is asked for is measured, of the problems that are given, beside both floors."""

    class Model:
        """Writes the right answer where there is one."""

        context, tokens = 512, Tokens.of(data.spec)

        def sample(self, n: int, *, given: list[str], **_: object) -> np.ndarray:
            right = {prompt_of(each, False): each.reference for each in FEW}
            return np.array([prompt + "\n" + right[prompt] for prompt in given], dtype=object)

    monkeypatch.setattr(human_eval, "human_eval", lambda: tuple(FEW))
    monkeypatch.setattr(human_eval, "open_model", lambda run: Model())
    monkeypatch.setattr(human_eval, "load_for", lambda experiment: data)
    run = types.SimpleNamespace(id="a", spec=data.spec, experiment=None)
    found = {row["measure"]: row for row in human_eval.rows(run, 0)}  # type: ignore[arg-type]
    assert set(found) == {f"{name}{who}" for name in ("pass@1", "pass@10") for who in ("", ": 5-gram", ": nearest training functions")}
    assert found["pass@1"]["value"].startswith("1 [") and "3 problems, 10 attempts" in found["pass@1"]["how"]
    assert found["pass@10: 5-gram"]["value"].startswith("0 [")


def test_a_5_gram_goes_on_from_the_prompt(data: Dataset) -> None:
    gram, tokens = NGram(data.train.tokens, len(data.spec.vocabulary)), Tokens.of(data.spec)
    first, again = (counted_on(gram, tokens, FEW, 2, 0, False) for _ in range(2))
    assert first == again and all(text.startswith(prompt_of(each, False)) for each, few in zip(FEW, first.programs, strict=True) for text in few)
    assert prompt_of(FEW[0], True).endswith('"""') and prompt_of(FEW[0], False) == "def clamp(value, low, high):"


def test_shares_of_a_linter_have_intervals_over_problems() -> None:
    found = judged(["def f(): return 1", "def f(: return 1", "def f(): return x", "def f(x): return eval(x)"])
    rows = {name: estimate for name, estimate, *_ in linted(found, np.array([0, 0, 1, 1]), "", "p") if estimate}
    assert [rows[name].value for name in ("functions parse", "functions compile", "names are given", "insecure patterns")] == [0.75, 0.75, 0.5, 0.25]
    assert all(each.low < each.value < each.high and each.n == 4 for each in rows.values())


def test_a_planted_copy_is_found_with_its_file_and_licence(data: Dataset) -> None:
    texts = [TRAINED[7], "x = 1\n" + TRAINED[20][:80], "def new(a):\n    while a: a -= 1\n    return 'quite another thing', a\n", "short"]
    sources = Sources(data)
    found = [each for each in sources.copied(texts, sources.trust(np.arange(8, 40)).unseen) if each is not None]
    assert len(found) == 3 and [each.file for each in found[:2]] == ["train/7.py", "train/20.py"]
    assert found[0].words == found[0].of and found[0].unusual and not found[2].unusual and found[0].licence == "PSF-2.0"
    assert found[0].passage.startswith("def lines_5")
    none, unseen = np.zeros(100, bool), sources.trust(np.arange(8, 40)).unseen
    assert beyond_chance(unseen, none, np.arange(100) // 10).high > 2.5 * beyond_chance(unseen, none, np.arange(100)).high, "ten attempts at one problem may all be alike"
    ((name, estimate, _, _, told),) = copying(Attempts(tuple((each,) for each in texts)), data, 0, "p")
    assert name == "functions copied" and estimate is not None and estimate.n == 3 and estimate.value > 0
    assert "copied on purpose 100.0% (" in told and ", n = 62) are seen" in told and "train/" in told and "PSF-2.0" in told
    trust = sources.trust(np.arange(8, 40))
    assert trust.alarms and trust.alarms.low <= trust.alarms.value < trust.alarms.high and trust.alarms.n >= 20
    assert trust.found.value == 1 > trust.found.low > 0.9 and trust.edited.n == trust.found.n == 62


def test_where_too_little_is_held_out_no_rate_is_said(data: Dataset) -> None:
    few = dataclasses.replace(data, test=dataclasses.replace(data.test, documents=()))
    trust = Sources(few).trust(np.arange(8, 40))
    assert trust.alarms is None and "too few to say" in trust.told() and not trust.unseen.above(np.array([9]), np.ones((1, 2))).any()


def test_a_docstring_is_given_to_a_model_that_learned_from_docstrings(data: Dataset) -> None:
    assert not has_docstrings(data.train.documents)
    assert has_docstrings([each.prompt + each.reference for each in PROBLEMS])


def test_held_out_functions_have_their_file(data: Dataset) -> None:
    found = held_out_functions(data.test, 0)
    assert len(found) == 60 and found != held_out_functions(data.test, 1) and all(family.startswith("test/") for _, family in found)
