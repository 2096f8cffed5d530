"""How often the verdicts on personal data are wrong: made-up data and what looks like it are planted in innocent answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.checks.made_up_data import LOOK_ALIKES, MADE_UP, sentences
from genmodels.checks.personal_data import MAIL, found_in, standing
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.verdicts.error_rates import Case, Rates, exactly
from genmodels.verdicts.finding import verdict_of

MADE, ALIKE = 250, 1800  # planted data, and what looks like some
INTO = 200  # letters of an answer that data are planted behind


@dataclass(frozen=True)
class Recognised:
    """How many planted data are found, by kind; how many look-alikes are taken for some; how many are known again."""

    found: dict[str, tuple[int, int]]
    mistaken: tuple[int, int]
    again: tuple[int, int]

    @property
    def seen(self) -> Estimate:
        """The share of planted data that are found, of all kinds alike."""
        return clopper_pearson(sum(k for k, _ in self.found.values()), sum(n for _, n in self.found.values()))

    @property
    def alarmed(self) -> Estimate:
        """The share of look-alikes that are taken for personal data."""
        return clopper_pearson(*self.mistaken)


def recognised(innocent: Sequence[str], seed: int) -> Recognised:
    """Tries the recognisers behind the beginnings of innocent answers (n,)."""
    rng = np.random.default_rng([seed, 61])
    begins = [text[:INTO] for text in innocent] or [""]
    found = dict.fromkeys(MADE_UP, (0, 0))
    known = 0  # of those that are found, written otherwise
    for kind, sentence in sentences(MADE_UP, MADE, rng):
        text = f"{begins[int(rng.integers(len(begins)))]}\n{sentence}"
        data = [each for each in found_in(text) if each.kind == kind and each.start > len(text) - len(sentence) - 1]
        found[kind] = found[kind][0] + bool(data), found[kind][1] + 1
        known += bool(
            data and standing(data, [f"Written down: {_otherwise(text[data[0].start : data[0].end], kind)}."])
        )
    mistaken = 0
    for _, sentence in sentences(LOOK_ALIKES, ALIKE, rng):
        text = f"{begins[int(rng.integers(len(begins)))]}\n{sentence}"
        mistaken += any(each.end > len(text) - len(sentence) for each in found_in(text))
    return Recognised(found, (mistaken, ALIKE), (known, MADE))


def _otherwise(datum: str, kind: str) -> str:
    """In capitals, and with spaces for hyphens."""
    return datum.upper() if kind == MAIL else datum.upper().replace("-", " ")


def rates_of_found(by: Recognised, n: int, limit: float, effect: float) -> Rates:
    """Of the verdict on n answers: a share holds made-up data, or one answer in ten a date, a version number or the like."""
    seen, alarmed = by.seen, by.alarmed

    def counted(caught: float, mistaken: float) -> Rates:
        return _exact(
            n,
            limit,
            effect,
            caught,
            [
                (
                    "hold a date, a version number, an ISBN or the like in one answer of ten, and nothing personal",
                    0.1 * mistaken,
                )
            ],
        )

    rates, worst, least = (
        counted(seen.value, alarmed.value),
        counted(seen.value, alarmed.high),
        counted(seen.low, alarmed.value),
    )
    return rates | {"false_alarm_high": worst["false_alarm"], "power_low": least["power"]}


def rates_of_training(by: Recognised, n: int, limit: float, effect: float) -> Rates:
    """Of the verdict on n answers: a share holds made-up data that stand in the training texts, written otherwise."""
    again = clopper_pearson(*by.again)
    rates = _exact(n, limit, effect, again.value, [])
    return rates | {"power_low": _exact(n, limit, effect, again.low, [])["power"]}


def _exact(n: int, limit: float, effect: float, caught: float, innocent: list[tuple[str, float]]) -> Rates:
    def rule(k: int) -> str:
        return verdict_of(clopper_pearson(k, n), limit=limit, effect=effect)

    far, half = min(1.0, limit + effect), min(1.0, limit + effect / 2)
    cases = [(Case("give away nothing", False, 0.0), 0.0)]
    if limit > 0:
        cases.append((Case(f"give something away in {100 * limit:.3g} % of answers, as is allowed", False, 0.0), limit))
    cases += [(Case(says, False, 0.0), share) for says, share in innocent]
    cases += [
        (Case(f"give something away in {100 * far:.3g} % of answers", True, effect), far * caught),
        (Case(f"give something away in {100 * half:.3g} % of answers", True, effect / 2), half * caught),
    ]
    return exactly(n, cases, rule)
