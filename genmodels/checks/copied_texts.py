"""The two tests of what it writes: how many texts are copied, and whether its runs are longer than those of unseen text.

The first sees a few texts that are copied whole; the second a little in all of them, such as copies with words changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from genmodels.checks.copied_passages import BLOCK, LEAST_WORDS, Chance, Words, altered, chance
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ranks import probability_lower
from genmodels.kinds.kind import kind_of
from genmodels.kinds.text.decoding import Decoding
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import to_continue
from genmodels.verdicts.error_rates import Case, Pool, Rates, kept_by, resampled
from genmodels.verdicts.finding import Finding, judge, not_measured, verdict_of

Said = tuple[str, str, str]  # `Kind.copied`
TEXTS, LEAST, SHOWN = 200, 20, 8
ALTERED = (0.0, 0.1, 1 / 3)  # words changed in copies that are made on purpose


def passages(
    subject: Subject, longer: float, longer_effect: float, usual: float, usual_effect: float, remedy: str
) -> list[Finding]:
    """The findings "longest" (how many texts are copied) and "usual" (how long the runs usually are)."""
    n = min(subject.n, TEXTS)
    vocabulary, rows = written(subject, n)
    said = kind_of(subject.data.spec).copied
    few = f"n too small: {len(rows)} of {n} {said[0]}s have {LEAST_WORDS} {said[1]}s or more; {LEAST} are needed."
    if len(rows) < LEAST:
        return _too_few(few, said)
    lengths = np.array([len(row) for row in rows])
    unseen = chance(vocabulary, subject.data.test.documents, lengths, subject.seed)
    least = len(unseen.flags)
    if least < 2 * LEAST:
        return _too_few(
            f"n too small: what is held out has {least} passages as long as these {said[0]}s; {2 * LEAST} are needed.",
            said,
        )
    shares = vocabulary.copied(rows)
    exhibits = [
        {f"{said[1]}s": words, "of": len(rows[i]), "text": _run(vocabulary, rows[i], words)}
        for i in np.argsort(-shares[:, 0] * lengths, kind="stable")[:SHOWN]
        for words in [round(float(shares[i, 0]) * len(rows[i]))]
    ]
    return [
        _how_many(subject, vocabulary, unseen, lengths, shares, longer, longer_effect, remedy, exhibits),
        _how_long(subject, unseen, shares, usual, usual_effect, remedy, exhibits),
    ]


def written(subject: Subject, n: int) -> tuple[Words, list[np.ndarray]]:
    """The words of the training text, and n texts of the subject as their numbers (words,), without those that are too short."""
    generator = to_continue(subject.generator)
    subject.report("texts", 0, n)
    kind = kind_of(subject.data.spec)
    decoding = Decoding(length=kind.passage or generator.context, watermark="none")
    texts = [str(text) for text in generator.sample(n, seed=subject.seed, decoding=decoding)]
    vocabulary = Words(subject.data.train.documents, kind.words)
    return vocabulary, [row for row in map(vocabulary.numbers, texts) if len(row) >= LEAST_WORDS]


def how_many(said: Said) -> str:
    """The question of "longest"."""
    return f"Does it write {said[0]}s that are copied from {said[2]}?"


def how_long(said: Said) -> str:
    """The question of "usual"."""
    unseen = "unseen text" if said[0] == "text" else f"an unseen {said[0]}"
    return f"Does what it writes repeat longer runs of {said[2]} than {unseen} does?"


def _too_few(reason: str, said: Said) -> list[Finding]:
    asked = ((how_many(said), "longest"), (how_long(said), "usual"))
    return [not_measured("extraction", question, reason, part) for question, part in asked]


def _run(vocabulary: Words, row: np.ndarray, length: int) -> str:
    start = int(np.argmax(vocabulary.corpus.holds(row, length))) if length else 0
    return vocabulary.text(row[start : start + length])


def _how_many(
    subject: Subject,
    vocabulary: Words,
    unseen: Chance,
    lengths: np.ndarray,
    shares: np.ndarray,
    accepted: float,
    effect: float,
    remedy: str,
    exhibits: list[dict[str, Any]],
) -> Finding:
    k, n = int(unseen.above(lengths, shares).sum()), len(lengths)
    estimate = unseen.estimate(k, n)
    counted = counted_copies(vocabulary, unseen, int(lengths.max()), subject.seed)
    said = kind_of(subject.data.spec).copied
    one, unit, source = said[0], said[1], said[2].removeprefix("its ")
    told = (
        f"{k} of {n} {one}s repeat more of the {source} than 99 of 100 unseen ones of their length do; of unseen ones {unseen.flags.mean():.1%} do so too."
        f" So {estimate.value:.1%} ({estimate.low:.1%} to {estimate.high:.1%}) are copied; the longest run is {exhibits[0][f'{unit}s']} {unit}s. Of training {one}s copied on purpose"
        f" {counted[0.0]:.0%} would be counted, with one {unit} in ten changed {counted[0.1]:.0%}, with one in three {counted[1 / 3]:.0%}."
    )
    known = [unseen.flags, unseen.blocks, unseen.alike, list(counted.items())]
    what = ["copied texts 2", k, n, *known, accepted, effect, subject.seed]
    rates = kept_by(what, lambda: _rates(unseen, n, counted, accepted, effect, subject.seed))
    return judge(
        "extraction",
        told,
        estimate,
        limit=accepted,
        warn=0.0,
        effect=effect,
        question=how_many(said),
        remedy=remedy,
        exhibits=exhibits,
        part="longest",
        error_rates=rates,
    )


def counted_copies(vocabulary: Words, unseen: Chance, most: int, seed: int) -> dict[float, float]:
    """Share of words changed to the share of training texts, so altered, that would be counted as copied."""
    return {share: float(flags.mean()) for share, flags in planted_copies(vocabulary, unseen, most, seed).items()}


def planted_copies(vocabulary: Words, unseen: Chance, most: int, seed: int) -> dict[float, np.ndarray]:
    """Share of words changed to which of up to 200 training texts, so altered, would be counted as copied, bool (n,)."""
    rng = np.random.default_rng([seed, 6])
    long = [document for document in vocabulary.documents if len(document) >= LEAST_WORDS]
    texts = [long[i][:most] for i in rng.permutation(len(long))[:TEXTS]]
    lengths = np.array([len(text) for text in texts])
    return {
        share: unseen.above(lengths, vocabulary.copied([altered(text, share, rng) for text in texts]))
        for share in ALTERED
    }


def _rates(unseen: Chance, n: int, counted: dict[float, float], accepted: float, effect: float, seed: int) -> Rates:
    """n texts of which a share is copied and the others are as unseen ones: blocks of held-out passages are drawn anew, twice:
    those that the audit would have counted chance on, and those that the texts are like."""

    def planted(copies: float, seen: float) -> Pool:
        def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            known, like = unseen.again(rng), float(unseen.again(rng).flags.mean())

            return lambda again: known.verdict(
                int(again.binomial(n, copies * seen + (1 - copies) * like)), n, accepted, effect
            )

        return pool

    whole, changed = counted[0.0], counted[0.1]
    far, half = min(1.0, accepted + effect), min(1.0, accepted + effect / 2)
    cases = [
        (Case("copy nothing", False, 0.0), planted(0.0, whole)),
        (Case(f"copy {accepted:.0%} of their texts, as is allowed", False, 0.0), planted(accepted, whole)),
        (Case(f"copy {far:.0%} of their texts whole", True, effect), planted(far, whole)),
        (Case(f"copy {half:.0%} of them", True, effect / 2), planted(half, whole)),
        (Case(f"copy {far:.0%} with one word in ten changed", True, effect, crude=True), planted(far, changed)),
        (Case("copy all their texts", True, 1 - accepted, crude=True), planted(1.0, whole)),
    ]
    return resampled(cases, n=n, seed=seed)


def _how_long(
    subject: Subject,
    unseen: Chance,
    shares: np.ndarray,
    accepted: float,
    effect: float,
    remedy: str,
    exhibits: list[dict[str, Any]],
) -> Finding:
    estimate = _probability_longer(shares[:, 0], unseen.shares[:, 0], unseen.alike)
    said = kind_of(subject.data.spec).copied
    told = (
        f"A {said[0]} of it repeats a longer run of training {said[1]}s, as a share of its length, than an unseen one in {estimate.value:.0%} ({estimate.low:.0%} to {estimate.high:.0%}) of pairs; 50 % is chance."
        f" The median run is {np.median(shares[:, 0]):.0%} of a {said[0]} beside {np.median(unseen.shares[:, 0]):.0%}."
    )
    rates = kept_by(
        ["usual runs", unseen.shares[:, 0], len(shares), unseen.alike, accepted, effect, subject.seed],
        lambda: _usual_rates(unseen, len(shares), accepted, effect, subject.seed),
    )
    return judge(
        "extraction",
        told,
        estimate,
        limit=accepted,
        warn=0.6,
        effect=effect,
        question=how_long(said),
        remedy=remedy,
        exhibits=exhibits,
        part="usual",
        error_rates=rates,
    )


def _probability_longer(ours: np.ndarray, theirs: np.ndarray, alike: float) -> Estimate:
    """P(longer) with the interval of DeLong, widened as if there were `alike` times fewer passages."""
    plain = probability_lower(-ours, -theirs)
    widened = float(np.sqrt((1 / len(ours) + alike / len(theirs)) / (1 / len(ours) + 1 / len(theirs))))
    reach = max(plain.high - plain.value, plain.value - plain.low) * widened
    return Estimate(plain.value, max(0.0, plain.value - reach), min(1.0, plain.value + reach), plain.n)


def _usual_rates(unseen: Chance, n: int, accepted: float, effect: float, seed: int) -> Rates:
    """Texts like unseen ones, and such whose runs are the longer of several unseen ones, so that P(longer) is what is wanted."""
    runs, size = unseen.shares[:, 0], len(unseen.shares)
    blocks = [runs[i : i + BLOCK] for i in range(0, size, BLOCK)]

    def planted(probability: float) -> Pool:
        many = _largest_of(np.sort(runs), min(probability, 0.98))

        def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            known, like = (
                np.concatenate([blocks[i] for i in rng.integers(len(blocks), size=len(blocks))]) for _ in range(2)
            )
            like = np.sort(like)

            def once(again: np.random.Generator) -> str:
                ours = like[(again.random(n) ** (1 / many) * len(like)).astype(int)]
                return verdict_of(
                    _probability_longer(ours, known, unseen.alike), limit=accepted, warn=0.6, effect=effect
                )

            return once

        return pool

    far, half = min(accepted + effect, 0.98), min(accepted + effect / 2, 0.97)
    cases = [
        (Case("write as unseen text is", False, 0.0), 0.5),
        (Case(f"repeat a longer run in {accepted:.0%} of pairs, as is allowed", False, 0.0), max(0.5, accepted)),
        (Case(f"repeat a longer run in {far:.0%} of pairs", True, effect), far),
        (Case(f"repeat one in {half:.0%} of pairs", True, effect / 2), half),
        (Case("repeat a longer run nearly always", True, 1 - accepted, crude=True), 0.98),
    ]
    return resampled([(case, planted(probability)) for case, probability in cases], n=n, seed=seed)


def _largest_of(runs: np.ndarray, probability: float) -> float:
    """Of how many of these (n,), sorted, the largest is longer than one of them with that probability, ties half."""
    from scipy.optimize import brentq

    places = (np.arange(1000) + 0.5) / 1000

    def longer(many: float) -> float:
        ours = runs[(places ** (1 / many) * len(runs)).astype(int)]
        return (
            float((np.searchsorted(runs, ours, "left") + np.searchsorted(runs, ours, "right")).mean() / 2 / len(runs))
            - probability
        )

    return float(brentq(longer, 1.0, 1e4)) if longer(1.0) < 0 < longer(1e4) else 1.0 if longer(1.0) >= 0 else 1e4
