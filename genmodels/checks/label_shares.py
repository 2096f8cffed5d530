"""Shares of answers that people gave of a sample, with the help of what the team's own table guesses of all outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genmodels.checks.cheap_readers import guessed
from genmodels.estimates.agreement import TENTATIVE, agreement_with_oneself, krippendorff_alpha
from genmodels.estimates.estimate import CONFIDENCE, Estimate, clopper_pearson
from genmodels.estimates.prediction_powered import Guesses, share
from genmodels.intake.tables import key_of
from genmodels.labelling.labels import Labels, values_of
from genmodels.labelling.question import READERS, Question
from genmodels.refusal import Refusal
from genmodels.subjects.labelled import keys_of
from genmodels.subjects.outputs import Outputs

MOST_PROMPTS = 40  # that are told one by one
LEAST_TOGETHER = 20  # labels of two people on the same outputs, to say that they disagree
LEAST_OF_PROMPT = 5  # labels of a prompt to say a share
HALF = 0.5


@dataclass(frozen=True)
class Told:
    """What was told of n outputs for some answers of a question.

    `labels` (n,) from 0 to 1, `rows` (n,) their numbers among the outputs, `prompts` (n,), `guesses` of all outputs (N,) or None.
    """

    labels: np.ndarray
    rows: np.ndarray
    prompts: np.ndarray
    guesses: np.ndarray | None

    def among(self, within: np.ndarray) -> Told:
        """Of those outputs alone for which `within` (N,) is true."""
        chosen = within[self.rows]
        guesses = None if self.guesses is None else np.where(within, self.guesses, np.nan)
        return Told(self.labels[chosen], self.rows[chosen], self.prompts[chosen], guesses)

    @cached_property
    def read(self) -> Guesses | None:
        """The guesses of the labelled outputs and of all others; None where there is no reader, or no other."""
        if self.guesses is None:
            return None
        others = np.delete(self.guesses, self.rows)
        others = others[np.isfinite(others)]
        return Guesses(self.guesses[self.rows], others) if len(others) else None

    def share(self, confidence: float = CONFIDENCE) -> Estimate:
        """The share with its interval; prompts are strata."""
        return share(self.labels, self.read, strata=self.prompts, confidence=confidence)


class Answered:
    """The answers to one question, beside the outputs that they are of."""

    def __init__(self, outputs: Outputs, labels: Labels, question: Question) -> None:
        self.outputs, self.labels, self.question = outputs, labels, question
        self.told = labels.told(question.name)
        numbers = {key: number for number, key in enumerate(keys_of(outputs))}
        self.items = [item for item in self.told if item in numbers]
        self.rows = np.array([numbers[item] for item in self.items], int)
        self.prompts = np.array([outputs.items[row].prompt for row in self.rows], dtype=str)

    def __len__(self) -> int:
        return len(self.items)

    def of(self, answers: Sequence[str]) -> Told:
        """How far these answers were given."""
        values = [values_of(self.told, answer) for answer in answers]
        counted = np.array([sum(each[item] for each in values) for item in self.items])
        return Told(counted, self.rows, self.prompts, self.guessed(answers))

    def guessed(self, answers: Sequence[str]) -> np.ndarray | None:
        """What a cheap reader guesses of all outputs (N,): 1 for one of these answers, or a score of faults from 0 to 1."""
        if self.question.reader in READERS:
            return guessed(self.outputs, self.question, answers, self.rows)
        column = key_of(self.question.reader or self.question.name)
        cells = [each.columns.get(column, "") for each in self.outputs.items]
        if not any(cells):
            return None
        if tuple(answers) == self.question.faults and (scores := _scores(cells)) is not None:
            return scores
        read = [self.question.answer_of(cell) for cell in cells]
        return np.array([float(each in answers) for each in read]) if any(read) else None

    def helped(self, told: Told) -> str:
        """How often the reader and people say the same, where one of `READERS` was asked; "" otherwise."""
        if self.question.reader not in READERS:
            return ""
        if told.read is None:
            return f" Nothing was guessed by {self.question.reader}: it does not tell these answers apart here."
        same = int((np.abs(told.labels - told.read.labelled) < HALF).sum())
        agrees = clopper_pearson(same, len(told.labels))
        return f" Beside labels stand guesses ({self.question.reader}): they say what people say of {same:,} of {len(told.labels):,} outputs ({agrees.low:.0%} to {agrees.high:.0%}) and count only as far as they help."

    def by_prompt(self, answers: Sequence[str]) -> list[dict[str, Any]]:
        """Of the prompts with most labels, the share of these answers by itself."""
        names, counts = np.unique(self.prompts, return_counts=True)
        told, found = self.of(answers), []
        for number in np.argsort(-counts, kind="stable")[:MOST_PROMPTS]:
            if counts[number] >= LEAST_OF_PROMPT and names[number]:
                estimate = share(told.labels[self.prompts == names[number]])
                found.append({"prompt": str(names[number])[:300], **shown(estimate)})
        return found

    @cached_property
    def agreement(self) -> dict[str, Any]:
        """Alpha of several raters and the share of hidden repeats answered alike; what is not known is left out."""
        found = {}
        for name, estimate in (
            ("alpha", lambda: krippendorff_alpha(self.labels.ratings(self.question.name), self.labels.seed)),
            ("again", lambda: agreement_with_oneself(*self.labels.repeats(self.question.name))),
        ):
            try:
                found[name] = shown(estimate())
            except Refusal:
                continue
        return found

    @property
    def disputed(self) -> bool:
        """Whether raters agree so little, on enough outputs, that the question may mean different things to them."""
        alpha = self.agreement.get("alpha")
        return alpha is not None and alpha["n"] >= LEAST_TOGETHER and alpha["high"] < TENTATIVE

    def by_rater(self, answers: Sequence[str]) -> dict[str, float]:
        """The share of these answers among what each person told, of those who told enough."""
        given = self.labels.answers(self.question.name)
        said = {
            rater: [by[rater] for by in given.values() if by.get(rater) in self.question.answers]
            for rater in self.labels.raters
        }
        return {
            rater: sum(each in answers for each in told) / len(told)
            for rater, told in said.items()
            if len(told) >= LEAST_TOGETHER
        }

    def sentence(self) -> str:
        """Who told, how far they agree, and of how many nobody could tell."""
        raters, untold = self.labels.raters, self.labels.untold(self.question.name)
        told = f"{len(self):,} of {self.labels.of:,} outputs, drawn at random, were labelled by {len(raters)} {'person' if len(raters) == 1 else 'people'}"
        told += f"; of {untold:,} more nobody could tell" if untold else ""
        if "alpha" in self.agreement:
            told += "; alpha {value:.2f} ({low:.2f} to {high:.2f})".format(**self.agreement["alpha"])
        if "again" in self.agreement:
            told += "; {value:.0%} of {n} hidden repeats were answered alike".format(**self.agreement["again"])
        return told + "."


def shown(estimate: Estimate) -> dict[str, float]:
    """An estimate as exhibits have it."""
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}


def _scores(cells: Sequence[str]) -> np.ndarray | None:
    """Cells that are all numbers from 0 to 1; None where one is something else."""
    try:
        scores = np.array([float(cell) if cell else 0.0 for cell in cells])
    except ValueError:
        return None
    return scores if np.isfinite(scores).all() and scores.min() >= 0 and scores.max() <= 1 else None
