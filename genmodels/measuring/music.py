"""The measures of a model of music, each beside what held-out pieces come to, and a 5-gram of tokens.

Distributions are compared by the divergence of Jensen and Shannon (Lin 1991), in bits: 0 where they are alike, 1 where they share
nothing. Few pieces make any two differ a little; the jackknife over pieces takes that off and gives the interval, and what the halves
of the held-out pieces come to is what remains of chance. Crossings and parallels are as `kinds.music.counting` defines them: Bach has them too,
so his rate stands beside. A copied passage is one in any key (`kinds.music.passages`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ratios import jackknifed_reach, ratio
from genmodels.kinds.music import counting
from genmodels.kinds.music.copied import copies_of
from genmodels.kinds.music.notation import Piece, document, is_given, piece_of
from genmodels.kinds.music.passages import pieces, words
from genmodels.kinds.text.ngram import NGram
from genmodels.kinds.text.tokens import Tokens
from genmodels.measuring.texts import FLOOR, Row

if TYPE_CHECKING:
    from genmodels.trained.composer import Composer

NATS = "nats a step"
DISTRIBUTIONS: dict[str, Callable[[Piece], np.ndarray]] = {
    "pitch classes": counting.pitch_classes,
    "intervals": counting.intervals,
    "harmonies": counting.harmonies,
}
RATES: dict[str, tuple[Callable[[Piece], tuple[int, int]], str]] = {
    "voice crossings": (counting.crossings, "share of steps"),
    "parallel fifths": (lambda piece: counting.parallels(piece)[::2], "share of moves of two voices"),
    "parallel octaves": (lambda piece: counting.parallels(piece)[1:], "share of moves of two voices"),
}
COPIED = "longest copied passage"
OF_PIECES = (NATS, *DISTRIBUTIONS, *RATES, COPIED)
HALVES, HELD_OUT = "held-out halves", "held-out pieces"
LEAST, FEWEST = 8, 4  # steps of a piece that is counted; pieces
LOOKED_AT = 64  # steps of a piece in which copies are looked for, the same of all


def measure_music(
    generator: Composer, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """Every measure whose name is `wanted`, of the whole held-out split and of n pieces."""
    if wanted(NATS):
        protocol = "each held-out piece from its beginning, its first step given; all voices of a step together"
        yield NATS, nats_a_step(generator, data.test.documents), "lower", "nats", protocol
    if not any(map(wanted, OF_PIECES[1:])):
        return
    composed = long_enough(generator.sample(n, seed=seed).tolist())
    real = long_enough(data.test.documents)
    protocol = f"{len(composed)} pieces of {n} with {LEAST} steps or more, at temperature 1"
    if min(len(composed), len(real)) < FEWEST:
        few = f"{len(composed)} of {n} pieces and {len(real)} held-out ones have {LEAST} steps or more; {FEWEST} of each are needed"
        yield from ((name, None, "lower", "", few) for name in OF_PIECES[1:])
        return
    families = _families(data)
    if any(map(wanted, DISTRIBUTIONS)):
        yield from _distributions(data, composed, real, families, protocol, seed)
    for name, (counted, unit) in RATES.items():
        for whose, found, said in (
            (name, _rate(composed, counted), protocol),
            (f"{name}: {HELD_OUT}", _rate(real, counted, families), f"{len(real)} held-out pieces"),
        ):
            if found is not None:
                yield whose, found, "lower", unit, said
    if wanted(COPIED):
        yield from _copied(data, composed, protocol)


def nats_a_step(generator: Composer, documents: Sequence[str]) -> Estimate:
    """Mean negative log-likelihood of a step given all before it, the first of each piece left out (arXiv 1803.01271, table 1).

    The voices of a step are read one after another, from the highest down, so that this bounds the likelihood of the step as a
    set of keys, which other papers state, from above. The interval is for other pieces.
    """
    return ratio(*generator.nats(documents))


def long_enough(documents: Sequence[str]) -> list[Piece]:
    """The pieces of documents that have steps enough to be counted."""
    return [piece for piece in map(piece_of, documents) if len(piece.score) >= LEAST]


def _families(data: Dataset) -> np.ndarray:
    """Which held-out pieces are alike, being of one melody (n,); each by itself where that is not known."""
    kept = [len(piece_of(each).score) >= LEAST for each in data.test.documents]
    names = np.array(data.test.families or range(len(kept)), str)[kept]
    return np.unique(names, return_inverse=True)[1]


def _distributions(
    data: Dataset, composed: list[Piece], real: list[Piece], families: np.ndarray, protocol: str, seed: int
) -> Iterator[Row]:
    counted = by_ngram(data, len(composed), seed)
    half = np.random.default_rng([seed, 1]).permutation(families.max() + 1)[families] * 2 > families.max()
    for name, count in DISTRIBUTIONS.items():
        theirs = np.array([count(piece) for piece in real])
        both = f"{protocol}, beside {len(real)} held-out ones, a note or step of any piece counting as one"
        ours = np.array([count(piece) for piece in composed])
        yield name, divergence(ours, theirs, families), "lower", "bits", both
        parts = divergence(theirs[half], theirs[~half], families[~half], families[half])
        yield (
            f"{name}: {HALVES}",
            parts,
            "lower",
            "bits",
            f"{half.sum()} held-out pieces beside the other {(~half).sum()}",
        )
        floor = np.array([count(piece) for piece in counted])
        if len(floor) > 1:
            yield (
                f"{name}: {FLOOR}",
                divergence(floor, theirs, families),
                "lower",
                "bits",
                f"{len(floor)} pieces of a {FLOOR} of the training tokens",
            )


def by_ngram(data: Dataset, n: int, seed: int) -> list[Piece]:
    """n pieces that a 5-gram of the training pieces writes, those of steps enough."""
    tokens = Tokens.of(data.spec)
    plain = [document for document in data.train.documents if not is_given(document)]
    floor, rng = NGram(tokens.encode_all(plain), len(tokens)), np.random.default_rng([seed, 4])
    return long_enough([tokens.decode(floor.sample(rng, data.train.context - 1)) for _ in range(n)])


def divergence(
    ours: np.ndarray, theirs: np.ndarray, families: np.ndarray | None = None, own: np.ndarray | None = None
) -> Estimate:
    """Jensen-Shannon divergence in bits of the sums of two tables of counts (pieces, kinds), less what few pieces add by chance, with an
    interval for other pieces; `families` (of theirs) and `own` say which vary together. Between 0 and 1."""
    groups = [_summed(ours, own), _summed(theirs, families)]
    plain = _jensen_shannon(*(each.sum(axis=0) for each in groups))
    value, reach = plain, 0.0
    for number, each in enumerate(groups):
        other = groups[1 - number].sum(axis=0)
        without = np.array([_jensen_shannon(each.sum(axis=0) - one, other) for one in each])
        value -= (len(each) - 1) * (float(without.mean()) - plain)
        reach = float(np.hypot(reach, jackknifed_reach(without)))
    value = min(max(value, 0.0), 1.0)
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), len(ours))


def _summed(table: np.ndarray, families: np.ndarray | None) -> np.ndarray:
    """Counts (families, kinds), without kinds that nobody has."""
    if families is None:
        return table
    numbers = np.unique(families, return_inverse=True)[1]
    sums = np.zeros((numbers.max() + 1, table.shape[1]), table.dtype)
    np.add.at(sums, numbers, table)
    return sums


def _jensen_shannon(ours: np.ndarray, theirs: np.ndarray) -> float:
    p, q = ours / max(ours.sum(), 1), theirs / max(theirs.sum(), 1)
    middle = (p + q) / 2
    return float(sum((each[each > 0] * np.log2(each[each > 0] / middle[each > 0])).sum() for each in (p, q)) / 2)


def _rate(
    those: list[Piece], counted: Callable[[Piece], tuple[int, int]], families: np.ndarray | None = None
) -> Estimate | None:
    over, under = np.array([counted(piece) for piece in those]).T
    if under.sum() == under.max():
        return None  # all of it lies in one piece
    found = ratio(over, under, families)
    return replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def _copied(data: Dataset, composed: list[Piece], protocol: str) -> Iterator[Row]:
    """The mean of the longest passages, of pieces and of held-out ones cut to the same length, those of one melody drawn together."""
    copies = copies_of(data.train, data.test)
    ours = [own[:LOOKED_AT] for piece in composed if len(own := words(document(piece))) >= LOOKED_AT]
    melody = dict(zip(data.test.documents, data.test.families or data.test.documents, strict=True))
    melodies = np.array([melody[each] for each in pieces(data.test) if len(words(each)) >= LOOKED_AT])
    told = f"their first {LOOKED_AT} steps, in any key; shorter pieces left out"
    for name, those, alike, who in (
        (COPIED, copies.longest_of(ours), np.arange(len(ours)), protocol),
        (f"{COPIED}: {HELD_OUT}", copies.held_out(LOOKED_AT), melodies, f"{len(melodies)} held-out pieces"),
    ):
        if len(np.unique(alike)) > 1:
            yield name, ratio(those, np.ones(len(those)), alike), "lower", "steps", f"{who}; {told}"
