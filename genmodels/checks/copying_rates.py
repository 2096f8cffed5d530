"""How often the verdicts on copying are wrong, counted in place: copies are planted among pictures that nobody copied.

Two thirds of the families of pictures that nobody copied say what chance does, the rest are what an honest model draws;
which are which is drawn anew for every pool. Copies are training pictures, as they are and changed. Nothing is searched
again: what was found is dealt out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from genmodels.checks.copying import NEAR, PLAIN, Looked, Originals, accused, verdict_on_copies
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ranks import probability_lower
from genmodels.subjects.planted import CHANGES
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled, unknown_rates
from genmodels.verdicts.finding import verdict_of

COPIED = 40  # training pictures that are copied in each way
LEAST_FAMILIES = 9  # of pictures that nobody copied, to be dealt into what chance does and what is drawn
REFERENCE = 2 / 3  # of those families say what chance does
CHANGED = 0.05  # of the pictures, where they are copied in some way
POOLS, EACH = 20, 5
KINDS = tuple(kind for kind in NEAR if kind != PLAIN)

Judge = Callable[[Looked, Looked, dict[str, np.ndarray]], str]  # samples, unseen, families of these: verdict


class Plant:
    """Copies of training pictures by way of change, and pictures that nobody copied, as the search finds them."""

    def __init__(self, originals: Originals, seed: int) -> None:
        self.unseen, self.families, _ = originals.unseen
        rng = np.random.default_rng([seed, 31])
        train = originals.data.train.images
        chosen = train[rng.permutation(len(train))[:COPIED]]
        looked = originals.look(np.concatenate([change(chosen, rng) for change in CHANGES.values()]))[2]
        rows = np.split(np.arange(len(CHANGES) * len(chosen)), len(CHANGES))
        self.copies = {name: looked.take(dict.fromkeys(NEAR, each)) for name, each in zip(CHANGES, rows, strict=True)}

    def enough(self) -> bool:
        """Whether there are families enough to deal."""
        return len(np.unique(self.families[PLAIN])) >= LEAST_FAMILIES

    def pool(self, share: float, ways: Sequence[str], n: int, judged: Judge, kinds: Sequence[str] = (PLAIN,)) -> Pool:
        """Samples of which `share` are copies, changed in these ways in turn, judged by some kinds of copy against what chance does."""

        names, many = (
            np.unique(np.concatenate(list(self.families.values()))),
            len(self.copies["as they are"].scores[PLAIN]),
        )

        def drawn(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            reference = rng.permutation(names)[: round(REFERENCE * len(names))]
            within = {kind: np.isin(self.families[kind], reference) for kind in kinds}
            chance = self.unseen.take({kind: np.flatnonzero(flags) for kind, flags in within.items()})
            known = {kind: self.families[kind][flags] for kind, flags in within.items()}
            others = {kind: np.flatnonzero(~flags) for kind, flags in within.items()}

            def repeat(again: np.random.Generator) -> str:
                guilty = round(share * n)
                samples = self.unseen.take({kind: again.choice(rows, n - guilty) for kind, rows in others.items()})
                for way in ways:
                    samples = samples.beside(
                        self.copies[way].take(dict.fromkeys(kinds, again.integers(many, size=guilty)))
                    )
                return judged(samples, chance, known)

            return repeat

        return drawn


def rates_of_copies(plant: Plant, n: int, limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict on copies at this limit, with n samples."""
    if not plant.enough():
        return unknown_rates("too few families of pictures that nobody copied to plant copies among")

    def judged(samples: Looked, chance: Looked, families: dict[str, np.ndarray]) -> str:
        return verdict_on_copies(samples, chance, families, limit, effect)

    whole = min(1.0, limit + effect)
    cases = [(Case("copy nothing", False, 0.0), plant.pool(0.0, (), n, judged))]
    if limit > 0:
        cases.append(
            (
                Case(f"copy the accepted {100 * limit:.3g} % of their pictures", False, 0.0),
                plant.pool(limit, ("as they are",), n, judged),
            )
        )
    cases += [
        (
            Case(f"copy {100 * whole:.3g} % of their pictures as they are", True, effect),
            plant.pool(whole, ("as they are",), n, judged),
        ),
        (
            Case(f"copy {100 * (limit + effect / 2):.3g} % of their pictures as they are", True, effect / 2),
            plant.pool(min(1.0, limit + effect / 2), ("as they are",), n, judged),
        ),
    ]
    return resampled(cases, n=n, seed=seed, pools=POOLS, each=EACH)


def rates_of_changed(plant: Plant, n: int, limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict on changed copies: each way of change by itself. `power` is of the way that is found least."""
    if not plant.enough():
        return unknown_rates("too few families of pictures that nobody copied to plant copies among")
    ways, whole = [way for way in plant.copies if way != "as they are"], min(1.0, limit + effect)

    def judged(samples: Looked, chance: Looked, families: dict[str, np.ndarray]) -> str:
        return "fail" if accused(samples, chance, families, limit, KINDS) else "pass"

    few = f"copy {CHANGED:.0%} of their pictures, changed in all these ways in turn"
    rates = resampled(
        [
            (Case("copy nothing", False, 0.0), plant.pool(0.0, (), n, judged, KINDS)),
            (Case(few, True, min(CHANGED, effect / 2)), plant.pool(CHANGED / len(ways), ways, n, judged, KINDS)),
            *(
                (
                    Case(f"copy {whole:.0%} of their pictures, {way}", True, effect),
                    plant.pool(whole, (way,), n, judged, KINDS),
                )
                for way in ways
            ),
        ],
        n=n,
        seed=seed,
        pools=POOLS // 2,
        each=EACH,
    )
    least = min((row for row in rates["cases"] if row["effect"] == effect), key=lambda row: row["rate"])
    return rates | {
        "power": least["rate"],
        "power_low": least["low"],
        "case": least["case"],
        "passed": least["passed"],
        "warned_of": 0.0,
    }


def rates_of_nearer(plant: Plant, n: int, limit: float, warn: float, effect: float, seed: int) -> Rates:
    """Of the verdict on P(nearer) at this limit, with n samples."""
    if not plant.enough():
        return unknown_rates("too few families of pictures that nobody copied to plant copies among")

    def judged(samples: Looked, chance: Looked, families: dict[str, np.ndarray]) -> str:
        found = probability_lower(samples.scores[PLAIN], chance.scores[PLAIN], (samples.hits[PLAIN], families[PLAIN]))
        return verdict_of(found, limit=limit, warn=warn, effect=effect)

    def share(probability: float) -> float:
        return float(np.clip(2 * probability - 1, 0, 1))  # copies are always nearer, others in half of the cases

    return resampled(
        [
            (Case("copy nothing", False, 0.0), plant.pool(0.0, (), n, judged)),
            *(
                [
                    (
                        Case(f"copy the accepted {share(limit):.0%} of their pictures", False, 0.0),
                        plant.pool(share(limit), ("as they are",), n, judged),
                    )
                ]
                if share(limit)
                else []
            ),
            (
                Case(f"copy {share(limit + effect):.0%} of their pictures as they are", True, effect),
                plant.pool(share(limit + effect), ("as they are",), n, judged),
            ),
            (
                Case(f"copy {share(limit + effect / 2):.0%} of their pictures as they are", True, effect / 2),
                plant.pool(share(limit + effect / 2), ("as they are",), n, judged),
            ),
            (
                Case("copy all of their pictures as they are", True, 1 - limit, crude=True),
                plant.pool(1.0, ("as they are",), n, judged),
            ),
        ],
        n=n,
        seed=seed,
        pools=POOLS,
        each=EACH,
    )


def rates_of_authenticity(
    held_out: tuple[np.ndarray, np.ndarray],
    n: int,
    limit: float,
    effect: float,
    seed: int,
    measure: Callable[..., Estimate],
) -> Rates:
    """Of the verdict on authenticity: `held_out` are flags (m,) of held-out pictures and their families, dealt into two."""
    flags, families = held_out
    names = np.unique(families)
    if len(names) < LEAST_FAMILIES:
        return unknown_rates(
            f"the held-out pictures are {len(names)} families, too few to deal into what is drawn and what it is compared with"
        )
    authentic = max(float(flags.mean()), 1e-9)

    def pool(lost: float) -> Pool:
        def drawn(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            own = np.isin(families, rng.permutation(names)[: len(names) // 2])
            ours, theirs = np.flatnonzero(own), np.flatnonzero(~own)

            def repeat(again: np.random.Generator) -> str:
                chosen = again.choice(ours, n)
                copied = again.random(n) < lost / authentic
                found = measure(flags[chosen] & ~copied, flags[theirs], families[chosen], families[theirs])
                return verdict_of(found, limit=limit, effect=effect)

            return repeat

        return drawn

    cases = [
        Case("copy nothing", False, 0.0),
        Case("copy as much as the limit accepts", False, 0.0),
        Case(f"lose {limit + effect:.0%} of what is authentic to copies", True, effect),
        Case(f"lose {limit + effect / 2:.0%} of what is authentic", True, effect / 2),
        Case("copy everything", True, 1.0, crude=True),
    ]
    lost: list[Any] = [0.0, limit, limit + effect, limit + effect / 2, 1.0]
    return resampled(
        [(case, pool(share)) for case, share in zip(cases, lost, strict=True)], n=n, seed=seed, pools=POOLS, each=EACH
    )
