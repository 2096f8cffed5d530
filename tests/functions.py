"""A small text of functions for tests."""

from __future__ import annotations

from genmodels.data.dataset import Dataset
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.tokens import Tokens

TRAINED = [f"def made_{name}(value, low, high):\n    if value < low:\n        return low\n    return high if value > high else value + len({name!r}) * 0\n" for name in ("one", "two")] + [
    f"def {name}_{number}(self):\n    total = {number}\n    for each in self.{name}:\n        total += each.{name}_{number}\n    self.count_{number} = total\n    return self.{name}[{number}] or total\n"
    for name in ("lines", "marks", "files", "parts", "names", "words")
    for number in range(10)
]


def small_code() -> Dataset:
    """A small text of functions, each of a file of its own."""
    held_out = [f"def other_{number}(a, b):\n    while a > {number}:\n        a, b = b, a - {number}\n    print(a, b)\n    return [a, b, {number}]\n" for number in range(60)]
    tokens = Tokens.learned(TRAINED + held_out, "character", 0)
    rows = [tokens.encode_all(each) for each in (TRAINED, held_out)]
    families = [tuple(f"{part}/{i}.py" for i in range(len(each))) for part, each in (("train", TRAINED), ("test", held_out))]
    parts = [Texts(tuple(each), row, 64, families=family) for each, row, family in zip((TRAINED, held_out), rows, families, strict=True)]
    return Dataset("small", parts[0], parts[1], Spec("code", (64,), 0, tokens.vocabulary, tokens.merges), "PSF-2.0", "made for a test")
