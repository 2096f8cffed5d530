"""Documents with their middle last: what is cut comes together again, the set has as many as asked for, and a tiny model fills a gap."""

from __future__ import annotations

import string

import numpy as np
import pytest

from genmodels.data.sets.python_code import PythonCode, also_middle_last, stands_alone
from genmodels.kinds.code.middle import (
    MARKS,
    MIDDLE,
    PREFIX,
    SUFFIX,
    asked,
    in_order,
    is_middle_last,
    middle_last,
    unwritten,
)
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.tokens import END
from genmodels.refusal import Refusal


def test_what_is_cut_comes_together_again() -> None:
    rng, document = np.random.default_rng(0), "def f(x):\n    return x + 1\n"
    cut = {middle_last(document, rng) for _ in range(300)}
    assert len(cut) > 150 and all(each is not None and is_middle_last(each) and in_order(each) == document for each in cut)
    assert all(each is not None and [each.count(mark) for mark in MARKS] == [1, 1, 1] and not each.endswith(MIDDLE) for each in cut)
    middles = [len(str(each).split(MIDDLE)[1]) for each in cut]
    assert min(middles) == 1 and max(middles) > 20, "short and long gaps"
    assert middle_last("ab", rng) is None and in_order(document) == document and not is_middle_last(document)


def test_marks_of_a_stranger_make_no_gap() -> None:
    assert asked(f"a{MIDDLE}b", f"{PREFIX}c") == f"{PREFIX}ab{SUFFIX}c{MIDDLE}"
    assert not any(stands_alone(f"def f():\n    return '{mark}'") for mark in MARKS), "no document of code holds a mark"


def test_tokens_that_write_a_mark_or_its_beginning_are_never_written() -> None:
    mark = PREFIX.encode()
    added = unwritten((b"", b"def", mark, mark[:2], b")" + MIDDLE.encode(), "é".encode()))
    assert added is not None and (added < -1e8).tolist() == [False, False, True, True, True, False]
    assert unwritten((b"", b"def", mark[:2])) is None, "a model that never read a whole mark is left alone"


def test_a_share_of_the_training_functions_is_written_also_so() -> None:
    sides = {"train": [f"def f{n}(): return {n}" for n in range(100)], "train_groups": [str(n) for n in range(100)], "train_families": [f"{n}.py" for n in range(100)], "test": ["def g(): pass"]}
    more = also_middle_last(sides, 0.3)
    assert more == also_middle_last(sides, 0.3) and more["train"][:100] == sides["train"] and "test" not in more
    written = more["train"][100:]
    assert len(written) == 30 and all(map(is_middle_last, written))
    for text, group, family in zip(written, more["train_groups"][100:], more["train_families"][100:], strict=True):
        place = sides["train"].index(in_order(text))
        assert (group, family) == (str(place), f"{place}.py")


@pytest.mark.slow
def test_the_set_has_both_and_holds_out_the_same() -> None:
    plain, both = PythonCode().load(), PythonCode(middle=0.5).load()
    assert both.train.documents[: len(plain.train.documents)] == plain.train.documents and both.test.documents == plain.test.documents
    more = both.train.documents[len(plain.train.documents) :]
    assert abs(len(more) / len(plain.train.documents) - 0.5) < 0.01 and all(map(is_middle_last, more[::100]))
    assert len(both.train.families) == len(both.train.documents) == len(both.train.groups["part"])


def tiny(alphabet: str):
    from genmodels.models.recipe import MODELS
    from genmodels.networks.learner import Learner
    from genmodels.trained.writer import TextGenerator

    spec = Spec("code", (24,), vocabulary=(END, *alphabet))
    learner = Learner(MODELS["transformer"](layers=2, heads=2, width=16), spec, learning=False)
    return learner, TextGenerator(learner.recipe, spec, learner.networks)


def test_a_gap_is_filled_with_what_is_written_behind_the_last_mark() -> None:
    from genmodels.kinds.text.decoding import Decoding
    from genmodels.trained.middle import fill

    _, writer = tiny(string.ascii_lowercase + "".join(MARKS))
    prompt = asked("ab", "yz")
    texts = fill(writer, "ab", "yz", n=3, seed=5)
    whole = writer.sample(3, seed=5, given=[prompt], decoding=Decoding(length=16, watermark="none")).tolist()
    assert [prompt + text for text in texts] == whole and len(set(texts)) > 1 and all(len(text) <= 16 for text in texts)
    with pytest.raises(Refusal, match="leaves 0 of 24 tokens"):
        fill(writer, "a" * 20, "b" * 20, n=1, seed=0)
    with pytest.raises(Refusal, match="no token for 3 of the 3 marks of a gap"):
        fill(tiny(string.ascii_lowercase)[1], "a", "b", n=1, seed=0)


@pytest.mark.slow
def test_a_tiny_model_learns_what_stands_in_a_gap() -> None:
    """What is in the middle of these documents follows from both sides."""
    from genmodels.kinds.text.decoding import Decoding
    from genmodels.models.recipe import MODELS
    from genmodels.networks.learner import Learner
    from genmodels.trained.middle import fill
    from genmodels.trained.writer import TextGenerator

    rng, letters = np.random.default_rng(0), "abcd"
    spec = Spec("code", (16,), vocabulary=(END, *letters, *MARKS))
    numbers = {letter: place for place, letter in enumerate(spec.vocabulary)}

    def row(first: str, last: str) -> list[int]:
        text = asked(first, last) + first + last
        return [0, *(numbers[letter] for letter in text), *[0] * (16 - len(text))]

    learner = Learner(MODELS["transformer"](layers=2, heads=2, width=32, dropout=0.0, learning_rate=0.003, warmup=10, weight_decay=0.0), spec)
    for _ in range(600):
        pairs = rng.choice(list(letters), (32, 2))
        learner.step(np.array([row(*pair) for pair in pairs], np.int32))
    writer = TextGenerator(learner.recipe, spec, learner.networks)
    asked_for = [(first, last) for first in letters for last in letters]
    best = Decoding(temperature=0.0, watermark="none")
    right = sum(fill(writer, first, last, n=1, seed=0, decoding=best) == [first + last] for first, last in asked_for)
    assert right >= 12, "by chance one of 16"
