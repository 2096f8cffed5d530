"""What people said of a sample of outputs: their answers, whoever gave them, each example known by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.labelling.question import CANNOT_TELL, Question


@dataclass(frozen=True)
class Given:
    """One answer: of which example, to which question, by whom; `repeat` where it was shown a second time, hidden."""

    item: str
    question: str
    rater: str
    answer: str
    repeat: bool = False


@dataclass(frozen=True)
class Labels:
    """The answers to `questions` of a sample drawn at random, in the order drawn, from `of` outputs.

    `skipped` counts lines that could not be read, `strange` those about an example, question or answer that is not there.
    """

    questions: tuple[Question, ...]
    sample: tuple[str, ...]
    given: tuple[Given, ...]
    of: int
    seed: int = 0
    skipped: int = 0
    strange: int = 0

    @cached_property
    def known(self) -> frozenset[str]:
        """The examples of the sample."""
        return frozenset(self.sample)

    @property
    def raters(self) -> tuple[str, ...]:
        """Who answered, in order of names."""
        return tuple(sorted({each.rater for each in self.given}))

    def answers(self, question: str) -> dict[str, dict[str, str]]:
        """Each example to what each rater said of it the first time."""
        found: dict[str, dict[str, str]] = {}
        for each in self.given:
            if each.question == question and not each.repeat:
                found.setdefault(each.item, {})[each.rater] = each.answer
        return found

    def told(self, question: str) -> dict[str, tuple[str, ...]]:
        """Each example to the answers of those who could tell; examples that nobody could tell are left out."""
        said = {item: _told(by.values()) for item, by in self.answers(question).items()}
        return {item: answers for item, answers in said.items() if answers}

    def untold(self, question: str) -> int:
        """Of how many examples everybody who saw them could not tell."""
        return sum(not _told(by.values()) for by in self.answers(question).values())

    def ratings(self, question: str) -> np.ndarray:
        """The answers (raters, examples), "" where there is none or it could not be told."""
        answers = self.answers(question)
        return np.array(
            [[_or_nothing(by.get(rater, "")) for by in answers.values()] for rater in self.raters], dtype=str
        )

    def repeats(self, question: str) -> tuple[list[str], list[str]]:
        """What raters said of hidden repeats: the first time, and again."""
        answers = self.answers(question)
        pairs = [
            (first, each.answer)
            for each in self.given
            if each.repeat and each.question == question and (first := answers.get(each.item, {}).get(each.rater))
        ]
        return [first for first, _ in pairs], [again for _, again in pairs]


def _told(answers: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in answers if each != CANNOT_TELL)


def _or_nothing(answer: str) -> str:
    return "" if answer == CANNOT_TELL else answer


def values_of(told: Mapping[str, Sequence[str]], answer: str) -> dict[str, float]:
    """Each example to the share (0 to 1) of its raters who gave this answer."""
    return {item: sum(each == answer for each in answers) / len(answers) for item, answers in told.items()}
