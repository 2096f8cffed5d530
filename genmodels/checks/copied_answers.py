"""How many answers hold a passage of the training texts that is longer than chance makes, and what chance does.

Chance is counted on passages that nobody copied, as long as the answers: of the held-out texts, or, where none were
brought, of the training texts, each looked up in the texts of other families only (texts that share half of what they say
are one family). What several families of training texts hold (a licence, a saying) is common to all and passed over, there
and here; it counts in the longest run alone. Half of the families says how long a passage is usual by chance, and how many of the other half are longer
all the same is the rate of chance; then the halves are exchanged. Families are what is independent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from genmodels.checks.copied_passages import alike
from genmodels.checks.planted_passages import planted
from genmodels.estimates.clustered import share_over
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.ranks import at_least, excess
from genmodels.estimates.splits import families
from genmodels.kinds.text.passages import Found, Known, told
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Outputs, Reference

LEAST, LEAST_WORDS = 20, 8  # answers of so many words; words of a passage that counts as long
LEAST_FAMILIES = 20  # of texts that nobody copied
QUANTILE = 0.995  # of passages that nobody copied, which is what is usual by chance
FINDABLE = 0.8  # of planted passages that are to be found, even where longer ones are usual by chance
MOST_PASSAGES, MOST_ANSWERS, MOST_WORDS = 4000, 20_000, 6_000_000  # that are read
SHOWN, LONGEST = 8, 300  # answers beside the verdict, characters of a passage


@dataclass(frozen=True)
class Unseen:
    """Passages (m,) that nobody copied. `k` words are more than usual; `long` and `counts` say of each family (families,) how
    many of its passages are so long and how many it has.

    `exact` (m,) are the longest runs word for word, `families` (m,) what passages are of, `what` says whose they are;
    `alike` is how many times fewer independent passages there are.
    """

    k: int
    long: np.ndarray
    counts: np.ndarray
    alike: float
    exact: np.ndarray
    families: np.ndarray
    what: str

    @property
    def rate(self) -> float:
        """The share of passages that are so long by chance."""
        return float(self.long.sum() / self.counts.sum())

    @property
    def independent(self) -> float:
        """Half as many independent passages as these vary like: what is written has subjects of its own, which vary as much."""
        n, families, rate = float(self.counts.sum()), len(self.counts), self.rate
        spread = float(((self.long - rate * self.counts) ** 2).sum()) * families / max(families - 1, 1) / n**2
        like = rate * (1 - rate) / spread if spread > 0 else n
        return max(1.0, min(like, n / self.alike) / 2)

    def estimate(self, k: int, n: int) -> Estimate:
        """Share of copies beyond chance with its interval, where k of n answers are so long."""
        found = excess(k, n, self.rate * self.independent, self.independent)
        return Estimate(max(0.0, min(found.value, found.high)), found.low, found.high, n)

    def judged_at(self, n: int, limit: float, effect: float) -> tuple[int, int]:
        """From how many of n answers on the verdict is a fail, and up to how many it is a pass."""
        m = self.independent
        fails = least(lambda k: at_least(k, n, self.rate * m, m, limit) < 0.025, n)
        passes = least(lambda k: clopper_pearson(k, n).high > limit + effect, n) - 1
        return fails, passes

    def again(self, rng: np.random.Generator) -> Unseen:
        """Families drawn anew, what is usual being kept."""
        drawn = rng.integers(len(self.counts), size=len(self.counts))
        return replace(self, long=self.long[drawn], counts=self.counts[drawn])


def least(true: Callable[[int], bool], most: int) -> int:
    """The least number from 0 on of which something is true that stays true; `most` + 1 where it is of none."""
    low, high = 0, most + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if true(middle) else (middle + 1, high)
    return low


class Copied:
    """What the answers of a subject repeat of its training texts, beside what texts that nobody copied repeat."""

    def __init__(self, subject: Outputs) -> None:
        assert subject.training is not None
        self.subject, rng = subject, np.random.default_rng([subject.seed, 41])
        self.numbers = np.sort(rng.permutation(subject.n)[:MOST_ANSWERS])
        subject.report("training texts", 0, len(subject.training))
        self.documents, self.searched = part_of(subject.training, subject.seed)
        self.known = Known(self.documents)
        self.rows = [self.known.numbers(subject.items[i].text) for i in self.numbers]
        self.lengths = np.array([len(row) for row in self.rows])
        if (enough := int((self.lengths >= LEAST_WORDS).sum())) < LEAST:
            raise Refusal(
                f"n too small: {enough} of {subject.n} answers have {LEAST_WORDS} words or more; {LEAST} are needed."
            )
        subject.report("answers", 0, len(self.rows))
        self.found = self.known.find(self.rows, most_families=1)  # without what is common to all
        self.whole = self.known.find(self.rows)

    @cached_property
    def planted(self) -> dict[str, np.ndarray]:
        """For each change the words (tries,) that are the same in the longest passage found of planted ones."""
        return planted(self.known, self.documents, int(np.median(self.lengths[self.lengths > 0])), self.subject.seed)

    @property
    def findable(self) -> int:
        """Words that 8 of 10 planted passages have in common with what they were copied from, of the change that leaves least."""
        lengths = [each for each in self.planted.values() if len(each)]
        return min((int(np.quantile(each, 1 - FINDABLE, method="lower")) for each in lengths), default=0)

    @cached_property
    def unseen(self) -> Unseen:
        """What chance does; raises `Refusal` where there are fewer than 20 families of texts that nobody copied."""
        self.subject.report("passages that nobody copied", 0, MOST_PASSAGES)
        lengths = self.lengths[self.lengths >= LEAST_WORDS]
        return unseen(self.known, self.subject.held_out, lengths, self.subject.seed, self.findable)

    def counted(self) -> tuple[int, int]:
        """How many of how many answers hold a longer passage than usual, as independent ones.

        Answers to one prompt count as what they vary like, and so do answers that repeat texts of one family.
        """
        flags = (self.found.near >= self.unseen.k).astype(float)
        prompts = [self.subject.items[i].prompt or f"answer {i}" for i in self.numbers]
        family = self.known.families[self.known.document[np.maximum(self.found.place, 0)]]
        repeated = np.where(flags > 0, family, -1 - np.arange(len(flags)))
        n = min(share_over(flags, np.array(prompts))[1], share_over(flags, repeated)[1])
        return round(float(flags.mean()) * n), n

    @property
    def together(self) -> np.ndarray:
        """What belongs together of the answers (n,): those to one prompt, and those that repeat texts of one family."""
        near = self.found.near >= self.unseen.k
        family = self.known.families[self.known.document[np.maximum(self.found.place, 0)]].tolist()
        prompts = [self.subject.items[i].prompt or None for i in self.numbers]
        return families(prompts, [each if flag else None for each, flag in zip(family, near, strict=True)])

    @property
    def source(self) -> str:
        """The SHA-256 of the training texts."""
        return self.subject.training.sha256 if self.subject.training else ""

    def estimate(self) -> Estimate:
        """Share of answers that are copied beyond chance; n counts answers."""
        found = self.unseen.estimate(*self.counted())
        return Estimate(found.value, found.low, found.high, len(self.rows))

    def exhibits(self, found: Found, by: np.ndarray) -> list[dict[str, Any]]:
        """The answers that hold the most by these numbers of words (n,), each passage beside the one it is like."""
        shown: list[dict[str, Any]] = []
        for i in np.argsort(-by, kind="stable")[:SHOWN].tolist():
            if found.place[i] < 0:
                continue
            item, place, length = self.subject.items[self.numbers[i]], int(found.place[i]), int(found.length[i])
            document = int(self.known.document[place])
            theirs = told(self.documents[document], place - int(self.known.first[document]), length)
            shown.append(
                {
                    "item": printable(item.id),
                    "place": printable(item.place),
                    "words": int(found.near[i]),
                    "word for word": int(found.exact[i]),
                    "answer": printable(told(item.text, int(found.start[i]), length), LONGEST),
                    "training": printable(theirs, LONGEST),
                }
            )
        return shown


def part_of(reference: Reference, seed: int) -> tuple[list[str], str]:
    """The texts of a reference, or as many drawn at random as have 6 million words; "" or how many these are."""
    sizes, chosen, total = [len(each) for each in reference.documents], list[int](), 0
    for i in np.random.default_rng([seed, 42]).permutation(len(sizes)).tolist():
        if chosen and total + sizes[i] > 6 * MOST_WORDS:
            break
        total += sizes[i]
        chosen.append(i)
    whole = len(chosen) == len(sizes)
    told_of = "" if whole else f" Only {len(chosen):,} of {len(sizes):,} training texts were searched, drawn at random."
    return [reference.documents[i][: 6 * MOST_WORDS] for i in sorted(chosen)], told_of


def unseen(known: Known, held_out: Reference | None, lengths: np.ndarray, seed: int, findable: int = 0) -> Unseen:
    """Passages that nobody copied, as long as answers (n,) are; planted ones of `findable` words are to be found (0: no matter)."""
    rng = np.random.default_rng([seed, 43])
    if held_out is not None and held_out.documents:
        documents, _ = part_of(held_out, seed)
        theirs = Known(documents)
        rows = [known.numbers(each) for each in documents]
        new = np.array([known.holds(row) < 0.5 for row in rows])  # the others stand in the training texts themselves
        family, of = theirs.families, np.repeat(np.arange(len(rows)), theirs.sizes)
        stream, kept = np.concatenate(rows), new[of]
        stream, of, apart = stream[kept], of[kept], False
        what = (
            f"held-out passages ({int((~new).sum())} of {len(new)} held-out texts stand in the training texts and were left out)"
            if not new.all()
            else "held-out passages"
        )
    else:
        family, of, stream, what = (
            known.families,
            known.document,
            known.tokens,
            "training passages among those of other texts",
        )
        apart = True
    places = _places(len(stream), lengths, rng)
    texts = [stream[first:end] for first, end in places]
    within = [np.unique(family[of[first:end]]) for first, end in places]
    families = np.array([family[of[first]] for first, _ in places], int)
    names = np.unique(families)
    if len(names) < LEAST_FAMILIES:
        raise Refusal(
            f"What chance does can't be counted: there are {len(names)} different texts that nobody copied, and {LEAST_FAMILIES} are needed; give more texts that it never saw (--held-out)."
        )
    common = known.find(texts, within if apart else None, most_families=1)
    whole = known.find(texts, within if apart else None)
    first = np.isin(families, rng.permutation(names)[: len(names) // 2])
    usual = [_usual(common.near[half], findable) for half in (first, ~first)]
    numbers = np.unique(families, return_inverse=True)[1]
    long = np.bincount(numbers, common.near >= np.where(first, usual[1], usual[0]))
    counts = np.bincount(numbers).astype(float)
    return Unseen(max(usual), long, counts, alike(common.near, numbers), whole.exact, numbers, what)


def _places(total: int, lengths: np.ndarray, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Where passages as long as answers begin and end in a stream of words, side by side, or spread where they are fewer."""
    sizes = np.minimum(rng.choice(lengths, MOST_PASSAGES), max(total // LEAST_FAMILIES, 1))
    ends = np.cumsum(sizes)
    count = int((ends <= total).sum())
    room = total - int(ends[count - 1]) if count else 0
    starts = (ends - sizes)[:count] + (room * np.arange(count)) // max(count, 1)
    return [(first, first + n) for first, n in zip(starts.tolist(), sizes[:count].tolist(), strict=True)]


def _usual(near: np.ndarray, findable: int) -> int:
    """One word more than what is usual by chance, but no more than planted passages have."""
    usual = int(np.quantile(near, QUANTILE, method="higher")) + 1
    return max(LEAST_WORDS, min(usual, findable) if findable else usual)
