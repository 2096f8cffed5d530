"""What is drawn of a subject: each draw under its name, with a seed of its own that findings on disk rely on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from genmodels.data.dataset import DATA
from genmodels.subjects.subject import CHUNK, DRAWS, Subject


class Recorder:
    """Draws black pictures and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        self.asked.append((n, seed))
        return np.zeros((n, 8, 8, 1), np.uint8)


@pytest.mark.parametrize(
    ("what", "apart"),
    [("samples", 0), ("neutral prompts", 0), ("pairs", 50_000), ("held-out captions", 60_000), ("training captions", 70_000), ("seeds of one caption", 80_000)],
)
def test_every_draw_has_the_seed_that_it_had(what: str, apart: int) -> None:
    generator, said = Recorder(), list[tuple[Any, ...]]()
    subject = Subject(generator, DATA["digits"]().load(), n=10, seed=3, report=lambda *news: said.append(news))
    assert subject.draw(what, ["a prompt"] * (CHUNK + 6)).shape == (CHUNK + 6, 8, 8, 1)
    assert generator.asked == [(CHUNK, 3 + apart), (6, 3 + apart + CHUNK)], "the i-th picture has the seed of the draw + i"
    assert said == [(what, 0, CHUNK + 6), (what, CHUNK, CHUNK + 6)] and subject.seed_of(what) == 3 + apart
    assert subject.draw(what, ["a prompt"], "pairs that differ").shape == (1, 8, 8, 1) and said[-1] == ("pairs that differ", 0, 1)


def test_no_draw_is_without_a_test_of_its_seed() -> None:
    assert len(DRAWS) == 6
    with pytest.raises(KeyError):
        Subject(Recorder(), DATA["digits"]().load()).draw("something", ["a prompt"])
