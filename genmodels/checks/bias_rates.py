"""How often the verdicts on bias are wrong, counted in place: their very rules on planted shares, at these n and limits.

What a reader would read of planted people is drawn from what it read of real ones. The drawings that its errors were
counted on are resampled whole, once a pool, and under every condition that the pictures look like; which of these is the
true one takes turns over the pools. So a rate carries both what chance does and what other drawings would have done.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from genmodels.checks.neutral_pictures import Drawn
from genmodels.data.emoji_names import TONES
from genmodels.estimates.corrected_shares import LEVEL, Errors, holm, inverses, p_value, solved
from genmodels.estimates.estimate import Estimate
from genmodels.instruments.groups import Instrument, Reading
from genmodels.verdicts.error_rates import POOLS, Case, Pool, Rates, digest, kept_by, resampled
from genmodels.verdicts.finding import verdict_of

DRAWS = 250
GRID = 17  # shares at which the interval is computed; between them it is interpolated
FEW = 6  # occupations that are skewed
VERSION = 2
KEPT = 4  # pools and bounds that are kept in memory
Verdicts = Callable[[np.random.Generator], str]
_kept: dict[str, Any] = {}


def of_gender(
    reading: Reading, reader: Instrument, reference: float, limit: float, effect: float, most: float
) -> Rates:
    """Of the verdict on the share of women: as many women and men as were read, of whom `reference` are women, or more or less."""
    people = int(np.isin(reading.read, reader.groups).sum())
    names = [
        (0.0, "draw as many women as the reference says"),
        (limit, "draw women as far from the reference as is accepted"),
    ]
    cases = [(Case(says, False), _other(reference, distance)) for distance, says in names[: 1 + (0 < limit < most)]]
    for distance, crude in ((limit + effect / 2, False), (limit + effect, False), (0.45, True)):
        if distance <= most and (not crude or distance > limit + effect):
            share = _other(reference, distance)
            cases.append((Case(f"draw {share:.0%} women", True, distance - limit, crude), share))
    key = ("gender", VERSION, people, len(reading.read), reference, limit, effect, *_digest(reading))
    return kept_by(key, lambda: _gender(reading, reader, cases, people, reference, limit, effect, most))


def _gender(
    reading: Reading,
    reader: Instrument,
    cases: Sequence[tuple[Case, float]],
    people: int,
    reference: float,
    limit: float,
    effect: float,
    most: float,
) -> Rates:
    pools, grid = _pools(reading, reader), np.unique(np.round(np.linspace(0, people, GRID)).astype(int))
    bounds = _all_bounds(reading, reader, people, len(reading.read) - people)

    def pool(share: float, number: int) -> Verdicts:
        low, high = bounds[number]
        truth = pools[number][1].rates[:2, :2]
        seen = float(np.array([share, 1 - share]) @ truth[:, 0] / (np.array([share, 1 - share]) @ truth.sum(axis=1)))

        def verdict(rng: np.random.Generator) -> str:
            k = rng.binomial(people, seen)
            a, b = float(np.interp(k, grid, low)) - reference, float(np.interp(k, grid, high)) - reference
            return verdict_of(
                Estimate(max(abs(a), abs(b)), max(0.0, a, -b), max(abs(a), abs(b)), people),
                limit=limit,
                effect=effect,
                most=most,
            )

        return verdict

    return resampled(taking_turns(cases, pool), n=people, seed=41)


def _all_bounds(reading: Reading, reader: Instrument, people: int, nobody: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Those of every pool."""
    grid = np.unique(np.round(np.linspace(0, people, GRID)).astype(int))
    return _once(
        ("bounds", people, nobody, *_digest(reading)),
        lambda: [_bounds(tables, grid, people, nobody) for tables, _ in _pools(reading, reader)],
    )


def _bounds(tables: Sequence[Errors], grid: np.ndarray, people: int, nobody: int) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the interval of the share of women for each number of women in `grid`."""
    inverted = inverses(tables, DRAWS)
    found = []
    for k in grid:
        counts = np.array([k, people - k, nobody], float)[: inverted.shape[-1]]
        share = solved(counts, inverted, tables[0]).among(("woman", "man")).estimate("woman", LEVEL)
        found.append((share.low, share.high))
    low, high = np.array(found).T
    return low, high


def of_tones(reading: Reading, reader: Instrument, limit: float, effect: float) -> Rates:
    """Of the verdict on five tones: as many people with a tone as were read, evenly, or one tone drawn more often."""
    toned = int(np.isin(reading.read, TONES).sum())
    planted = [(Case("draw all five tones equally often", False), 0.0)]
    planted += [(Case("draw one tone as far from a fifth as is accepted", False), limit)] if 0 < limit < 0.8 else []
    for distance, crude in ((limit + effect / 2, False), (limit + effect, False), (0.6, True)):
        if distance <= 0.8 and (not crude or distance > limit + effect):
            planted.append((Case(f"draw one tone in {0.2 + distance:.0%}", True, distance - limit, crude), distance))
    key = ("tones", VERSION, toned, int((reading.read == reader.classes[-1]).sum()), limit, effect, *_digest(reading))
    return kept_by(key, lambda: _tones(reading, reader, planted, toned, limit, effect))


def _tones(
    reading: Reading, reader: Instrument, cases: Sequence[tuple[Case, float]], toned: int, limit: float, effect: float
) -> Rates:
    pools = _pools(reading, reader)
    ready = [inverses(tables, DRAWS) for tables, _ in pools]
    none = int((reading.read == reader.classes[-1]).sum())

    def pool(distance: float, number: int) -> Verdicts:
        tables, truth = pools[number]
        shares = np.full(len(TONES), (0.8 - distance) / 4)
        shares[number % len(TONES)] = 0.2 + distance
        seen = shares @ truth.rates[: len(TONES), : len(TONES)]

        def verdict(rng: np.random.Generator) -> str:
            counts = np.append(rng.multinomial(toned, seen / seen.sum()), none).astype(float)
            estimate, _ = solved(counts, ready[number], tables[0]).among(TONES).gap(dict.fromkeys(TONES, 0.2))
            return verdict_of(estimate, limit=limit, effect=effect, most=0.8)

        return verdict

    return resampled(taking_turns(cases, pool), n=toned, seed=42)


def of_occupations(drawn: Drawn, counted: Sequence[int], women: float, effect: float) -> Rates:
    """Of the verdict on single occupations: all as the reference says, or a few of them not."""
    reading, reader = drawn.reading("gender"), drawn.readers["gender"]
    cases = [(Case("draw as many women as the reference says in every occupation", False), 0.0)]
    for distance, crude in ((effect / 2, False), (effect, False), (0.45, True)):
        if distance <= max(women, 1 - women) and (not crude or distance > effect):
            cases.append(
                (
                    Case(
                        f"draw {_other(women, distance):.0%} women in {min(FEW, len(counted))} of {len(counted)} occupations",
                        True,
                        distance,
                        crude,
                    ),
                    distance,
                )
            )
    key = ("occupations", VERSION, list(counted), women, effect, *_digest(reading))
    return kept_by(key, lambda: _occupations(reading, reader, cases, np.array(counted), women, effect))


def _occupations(
    reading: Reading,
    reader: Instrument,
    cases: Sequence[tuple[Case, float]],
    counted: np.ndarray,
    women: float,
    effect: float,
) -> Rates:
    pools = _pools(reading, reader)

    def pool(distance: float, number: int) -> Verdicts:
        tables, truth = pools[number]
        shares = np.full(len(counted), women)
        shares[:FEW] = _other(women, distance) if distance else women
        rates = truth.rates[:2, :2] / truth.rates[:2, :2].sum(axis=1, keepdims=True)
        seen = shares * rates[0, 0] + (1 - shares) * rates[1, 0]

        def verdict(rng: np.random.Generator) -> str:
            p = np.array(
                [
                    p_value(int(k), int(n), women, tables)
                    for k, n in zip(rng.binomial(counted, seen), counted, strict=True)
                ]
            )
            return "fail" if holm(p).min() <= LEVEL else "pass"

        return verdict

    return resampled(taking_turns(cases, pool), n=int(counted.sum()), seed=43)


def _pools(reading: Reading, reader: Instrument) -> list[tuple[list[Errors], Errors]]:
    """For each pool the tables of errors that drawings drawn anew give, and the true one, of each condition in turn."""

    def drawn() -> list[tuple[list[Errors], Errors]]:
        found = []
        for number in range(POOLS):
            rng = np.random.default_rng([number, 40])
            tables = [reader.counted.again(each, rng) for each in reading.conditions]
            found.append((tables, _raw(reading.conditions[number % len(reading.conditions)].errors)))
        return found

    return _once(("pools", *_digest(reading)), drawn)


def _once(what: Sequence[Any], compute: Callable[[], Any]) -> Any:
    """What `compute()` gives, kept while the same reader is asked about the same conditions: several verdicts share it."""
    key = digest(what)
    if key not in _kept:
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = compute()
    return _kept[key]


def _raw(errors: Errors) -> Errors:
    """The errors as they were counted, without a prior: a planted truth."""
    return Errors(errors.classes, 1e6 * errors.counts / errors.counts.sum(axis=1, keepdims=True))


def taking_turns(
    cases: Sequence[tuple[Case, float]], pool: Callable[[float, int], Verdicts]
) -> list[tuple[Case, Pool]]:
    """The cases with what makes their pools, which are the same ones for every case."""

    def of(value: float) -> Pool:
        numbers = itertools.count()
        return lambda rng: pool(value, next(numbers))

    return [(case, of(value)) for case, value in cases]


def _other(reference: float, distance: float) -> float:
    """The share that lies so far from the reference, on the side where there is room."""
    return reference + distance if reference + distance <= 1 else reference - distance


def _digest(reading: Reading) -> list[Any]:
    return [
        [(each.kind, each.way) for each in reading.conditions],
        *(each.errors.counts for each in reading.conditions),
    ]
