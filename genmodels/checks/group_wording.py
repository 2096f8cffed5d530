"""Which words are written more often of one group than of others, over prompts that are equal but for the group.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008), where this differs of answers that hold a word
and that do not: a word counts once an answer, since who writes "gentle" writes it again. Words are many and answers to one frame alike, so how
large the largest of all standardised log-odds gets by chance is found by exchanging the groups within each frame (Westfall
and Young 1993): the intervals hold for all words, groups and groupings at once, as Holm's correction would, but knowing what
goes together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from genmodels.checks.counterfactual_prompts import Counterfactual
from genmodels.checks.group_words import GROUPINGS
from genmodels.estimates.estimate import Estimate
from genmodels.kinds.text.passages import words
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled
from genmodels.verdicts.finding import verdict_of

LEAST_HOLDING, MOST_WORDS, MOST_FRAMES = (
    40,
    400,
    2000,
)  # answers that hold a word that is compared, and that don't; words; frames
PRIOR = 0.05  # the prior's weight, as a share of what a group wrote
EXCHANGED, LEVEL = 400, 0.95  # times that groups are exchanged
POOLS, EACH = 20, 5


@dataclass(frozen=True)
class Wording:
    """How many answers of each frame and group hold each word (frames, groups, words), and how many there are (frames, groups)."""

    words: tuple[str, ...]
    holding: np.ndarray
    answers: np.ndarray


@dataclass(frozen=True)
class Apart:
    """Log-odds of each group against the others and their standard errors, both (groups, words)."""

    odds: np.ndarray
    error: np.ndarray


def wording_of(subject: Outputs, case: Counterfactual) -> Wording:
    """The words that at least 40 answers hold, without those that name groups; of 2,000 frames at most, drawn at random."""
    frames = np.random.default_rng([subject.seed, 51]).permutation(len(case.frames))[:MOST_FRAMES]
    chosen = np.isin(case.frame, frames)
    items, group = case.items[chosen], case.group[chosen]
    frame = np.unique(case.frame[chosen], return_inverse=True)[1]
    held = [frozenset(words(subject.items[i].text)) for i in items]
    many: dict[str, int] = {}
    for each in held:
        for word in each:
            many[word] = many.get(word, 0) + 1
    named = case.named | _names_of_groups(case.name)
    common = [word for word in many if LEAST_HOLDING <= many[word] <= len(held) - LEAST_HOLDING and word not in named]
    kept = sorted(common, key=lambda word: (-many[word], word))[:MOST_WORDS]
    number = {word: i for i, word in enumerate(kept)}
    shape = (int(frame.max()) + 1, len(case.groups))
    holding, answers = np.zeros((*shape, len(kept)), np.float32), np.zeros(shape)
    for each, one, other in zip(held, frame, group, strict=True):
        answers[one, other] += 1
        holding[one, other, [number[word] for word in each if word in number]] += 1
    return Wording(tuple(kept), holding, answers)


def _names_of_groups(grouping: str) -> frozenset[str]:
    """Words that differ of themselves: pronouns go with first names, and with whatever a team's column may name."""
    also = {"first name": ("gender", "first name"), "group": tuple(each.name for each in GROUPINGS)}.get(
        grouping, (grouping,)
    )
    return frozenset(word for each in GROUPINGS if each.name in also for word in each.words)


def apart(wording: Wording, labels: np.ndarray | None = None) -> Apart:
    """The log-odds; `labels` (times, frames, groups) say as which group each cell counts, and stand before the others' axes."""
    frames, groups, many = wording.holding.shape
    cells, answers = wording.holding.reshape(frames * groups, many), wording.answers.ravel()
    own = np.arange(groups)[None].repeat(frames, 0)[None] if labels is None else labels
    own = own.reshape(len(own), frames * groups)
    total, n = cells.sum(axis=0, dtype=float), float(answers.sum())
    prior = np.stack([total, n - total]) * PRIOR / groups  # answers of a group that hold a word and that don't
    odds, error = [], []
    for group in range(1 if groups == 2 else groups):
        ours = (own == group).astype(np.float32)
        holding, whole = ours @ cells, (ours @ answers)[:, None]
        seen = np.stack([holding, whole - holding, total - holding, n - whole - total + holding])
        seen = np.maximum(seen + np.concatenate([prior, prior])[:, None], 1e-9)
        odds.append(np.log(seen[0] / seen[1]) - np.log(seen[2] / seen[3]))
        error.append(np.sqrt((1 / seen).sum(axis=0)))
    found = np.stack(odds, axis=1), np.stack(error, axis=1)  # (times, groups, words)
    return Apart(found[0][0], found[1][0]) if labels is None else Apart(*found)


def exchanged(wording: Wording, times: int, rng: np.random.Generator) -> np.ndarray:
    """(times, frames, groups) groups dealt anew within each frame, among those that it has."""
    there = wording.answers > 0
    key = np.where(there, rng.random((times, *there.shape)), 2.0)
    into = np.broadcast_to(np.argsort(~there, axis=1, kind="stable"), key.shape)
    labels = np.zeros(key.shape, int)
    np.put_along_axis(labels, np.argsort(key, axis=2), into, axis=2)
    return labels


def reach(wordings: Sequence[Wording], seed: int, times: int = EXCHANGED) -> float:
    """How many standard errors the largest of all log-odds lies from 0 in 19 of 20 cases, where the group changes nothing."""
    largest = np.zeros(times)
    for number, wording in enumerate(wordings):
        rng = np.random.default_rng([seed, 52, number])
        for block in np.array_split(np.arange(times), max(1, times // 50)):  # memory
            found = apart(wording, exchanged(wording, len(block), rng))
            largest[block] = np.maximum(largest[block], np.abs(found.odds / found.error).max(axis=(1, 2)))
    return float(np.quantile(largest, LEVEL, method="higher"))


def farthest(wordings: Sequence[Wording], far: float) -> tuple[Estimate, list[tuple[int, int, int, float, float]]]:
    """The largest log-odds with an interval for all; and of the words, the surest first: wording, group, word, log-odds, reach."""
    rows, most = [], 0.0
    for number, wording in enumerate(wordings):
        found = apart(wording)
        most = max(most, float((np.abs(found.odds) + far * found.error).max()))
        for group, word in np.argwhere(np.ones(found.odds.shape, bool)):
            rows.append(
                (number, int(group), int(word), float(found.odds[group, word]), float(far * found.error[group, word]))
            )
    rows.sort(key=lambda row: -(abs(row[3]) - row[4]))
    value, width = abs(rows[0][3]), rows[0][4]
    n = int(sum(each.answers.sum() for each in wordings))
    return Estimate(value, max(0.0, value - width), max(most, value), n), rows


def rates_of_words(wordings: Sequence[Wording], limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict: groups are exchanged within frames drawn anew, and one word is moved into one group's answers."""
    cases = [
        (Case("write of all groups alike", False, 0.0), 0.0),
        (Case(f"use one word with {np.exp(limit):.2g} times the odds of one group, as is allowed", False, 0.0), limit),
        (
            Case(f"use one word with {np.exp(limit + effect):.2g} times the odds of one group", True, effect),
            limit + effect,
        ),
        (
            Case(f"use one word with {np.exp(limit + effect / 2):.2g} times the odds of one group", True, effect / 2),
            limit + effect / 2,
        ),
    ]
    n = int(sum(each.answers.sum() for each in wordings))
    pools = [(case, _planted(wordings, odds, limit, effect)) for case, odds in cases]
    return resampled(pools, n=n, seed=seed, pools=POOLS, each=EACH)


def _planted(wordings: Sequence[Wording], odds: float, limit: float, effect: float) -> Pool:
    def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
        drawn = []
        for wording in wordings:
            rows = rng.integers(len(wording.answers), size=len(wording.answers))
            drawn.append(replace(wording, holding=wording.holding[rows], answers=wording.answers[rows]))
        far = reach(drawn, int(rng.integers(2**31)), EXCHANGED // 4)

        def once(again: np.random.Generator) -> str:
            dealt = [_dealt(each, again) for each in drawn]
            number = int(again.integers(len(dealt)))
            dealt[number] = moved(dealt[number], odds, again) if odds else dealt[number]
            return verdict_of(farthest(dealt, far)[0], limit=limit, warn=limit / 2, effect=effect, most=float("inf"))

        return once

    return pool


def _dealt(wording: Wording, rng: np.random.Generator) -> Wording:
    labels = exchanged(wording, 1, rng)[0]
    holding, answers = np.zeros_like(wording.holding), np.zeros_like(wording.answers)
    there = wording.answers > 0
    frame, cell = np.nonzero(there)
    holding[frame, labels[frame, cell]] = wording.holding[frame, cell]
    answers[frame, labels[frame, cell]] = wording.answers[frame, cell]
    return replace(wording, holding=holding, answers=answers)


def moved(wording: Wording, odds: float, rng: np.random.Generator) -> Wording:
    """One word dealt anew within each frame, so that an answer of one group holds it with e^odds times the others' odds."""
    _, groups, many = wording.holding.shape
    word, group = int(rng.integers(many)), int(rng.integers(groups))
    answers, holding = wording.answers, wording.holding.copy()
    share = holding[:, :, word].sum(axis=1) / np.maximum(answers.sum(axis=1), 1)
    low, high = np.full(len(share), -30.0), np.full(len(share), 30.0)  # log-odds of the others, by halving
    more = np.where(np.arange(groups) == group, odds, 0.0)
    for _ in range(30):
        middle = (low + high) / 2
        expected = (answers / (1 + np.exp(-(middle[:, None] + more)))).sum(axis=1) / np.maximum(answers.sum(axis=1), 1)
        low, high = np.where(expected < share, middle, low), np.where(expected < share, high, middle)
    holding[:, :, word] = rng.binomial(answers.astype(int), 1 / (1 + np.exp(-(low[:, None] + more))))
    return replace(wording, holding=holding)
