"""How often the verdicts on copied passages of answers are wrong: passages are planted, as they are and changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from genmodels.checks.copied_answers import Copied, Unseen
from genmodels.checks.planted_passages import LEAST_TRIES, PLANTED, passages_of
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled, unknown_rates

POOLS = 100  # of families drawn anew
SHARES = (0.005, 0.01, 0.05)  # of the answers


def rates_of_copied(copied: Copied, limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict on the share of copied answers, with as many answers. `power` is of the change that is found least."""
    n, lengths = copied.counted()[1], copied.planted
    if len(lengths["word for word"]) < LEAST_TRIES:
        return unknown_rates("too few training texts are long enough to plant passages of them")
    found = {name: float((each >= copied.unseen.k).mean()) for name, each in lengths.items()}
    far, judged = min(1.0, limit + effect), _judged(copied.unseen, n, limit, effect, seed)
    cases = [(Case("copy nothing", False, 0.0), _pool(judged, n, 0.0, 0.0))]
    if limit > 0:
        allowed = Case(f"copy a passage in the accepted {100 * limit:.3g} % of their answers", False, 0.0)
        cases.append((allowed, _pool(judged, n, limit, found["word for word"])))
    for share in sorted({*(min(1.0, limit + each) for each in SHARES), far}):
        for name, seen in found.items():
            says = f"copy {PLANTED} words {name} in {100 * share:.3g} % of their answers"
            crude = share - limit > effect + 1e-9
            cases.append((Case(says, True, share - limit, crude), _pool(judged, n, share, seen)))
    rates = resampled(cases, n=n, seed=seed)
    asked = [row for row in rates["cases"] if row["culprit"] and np.isclose(row["effect"], far - limit)]
    worst = min(asked, key=lambda row: row["rate"])
    told = {"power": worst["rate"], "power_low": worst["low"], "case": worst["case"], "passed": worst["passed"]}
    return rates | told | {"warned_of": 0.0, "found": found}


Judged = tuple[
    int, int, float
]  # from how many answers on it fails, up to how many it passes, the rate of chance of others


def _judged(unseen: Unseen, n: int, limit: float, effect: float, seed: int) -> list[Judged]:
    """The rule with families drawn anew, 100 times, and the rate of chance among families that are drawn anew again."""
    drawn = []
    for number in range(POOLS):
        rng = np.random.default_rng([seed, 46, number])
        known, like = unseen.again(rng), unseen.again(rng).rate
        drawn.append((*known.judged_at(n, limit, effect), like))
    return drawn


def _pool(judged: list[Judged], n: int, copies: float, seen: float) -> Pool:
    """n answers of which a share is copied and found with the probability `seen`."""

    def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
        fails, passes, like = judged[int(rng.integers(len(judged)))]

        def once(again: np.random.Generator) -> str:
            k = int(again.binomial(n, copies * seen + (1 - copies) * like))
            return "fail" if k >= fails else "pass" if k <= passes else "not measured"

        return once

    return pool


def rates_of_longest(copied: Copied, limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict on the longest run, with as many answers: one answer holds one run that is longer."""
    unseen, n, far = copied.unseen, len(copied.rows), round(limit + effect)
    rng = np.random.default_rng([seed, 45])
    passages = passages_of(
        copied.documents, 2 * far, rng
    )  # words as written are fewer than words that are compared, or more
    runs = [copied.known.numbers(" ".join(each))[:far] for each in passages]
    runs = [each for each in runs if len(each) == far]
    if len(runs) < LEAST_TRIES:
        return unknown_rates(
            f"fewer than {LEAST_TRIES} training texts have {2 * far} words, of which a run could be planted"
        )
    seen = float((copied.known.find(runs).exact > limit).mean())

    def planted(many: int) -> Pool:
        def pool(again: np.random.Generator) -> Any:
            names = np.unique(unseen.families)
            drawn = np.concatenate([unseen.exact[unseen.families == name] for name in again.choice(names, len(names))])
            none = (1 - float((drawn > limit).mean())) ** n * (1 - seen) ** many
            return lambda once: "fail" if once.random() > none else "pass"

        return pool

    cases = [
        (Case("copy nothing", False, 0.0), planted(0)),
        (Case(f"copy a run of {far} words in one of their answers", True, effect), planted(1)),
    ]
    return resampled(cases, n=n, seed=seed)
