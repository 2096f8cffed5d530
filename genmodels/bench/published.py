"""Benches that are no race: how a time grows, and a value that somebody published."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from genmodels.bench.expected import PAIRS, Progress, pairs_within, side_took
from genmodels.bench.racing import Bench, Command, start
from genmodels.bench.turns import Absent


@dataclass(frozen=True)
class Growth:
    """The same race at several sizes, the rows of which say `size`."""

    races: Mapping[int, Bench]

    def fastest(self) -> Growth:
        """The same with only the fastest variant of each side, at every size."""
        return Growth({size: each.fastest() for size, each in self.races.items()})

    def within(self, seconds: float) -> Growth:
        """Without the largest sizes, so that one pair of the others ends in time."""
        sizes = sorted(self.races)
        while len(sizes) > 1 and Growth({size: self.races[size] for size in sizes}).plan(1)[1] > seconds:
            sizes.pop()
        return Growth({size: self.races[size] for size in sizes})

    def plan(self, pairs: int | None, short: bool = False) -> tuple[int, float]:
        """How many pairs there will be at each size, and how many seconds that takes."""
        fixed = sum(side_took(side)[0] for each in self.races.values() for side in each.sides())
        a_pair = sum(each.seconds_a_pair() for each in self.races.values())
        pairs = pairs or (pairs_within(fixed, a_pair) if short else PAIRS)
        return pairs, fixed + pairs * a_pair

    def rows(self, name: str, pairs: int, progress: Progress | None = None) -> list[dict[str, Any]]:
        """The rows of the table of this bench, each with its size, from so many pairs of turns."""
        progress = progress or Progress(name, self.plan(pairs)[1])
        return [row | {"size": size} for size, each in self.races.items() for row in each.rows(name, pairs, progress)]


@dataclass(frozen=True)
class Published:
    """A published value beside ours, for which less is better: a training of so many steps from each of `seeds`.

    Our side is started as `ours` and the seed. The row has the mean of the seeds and, as `low` and `high`, its 95 %
    interval by Student's t; one seed alone has none (`low` and `high` are None).
    """

    peer: str
    value: float
    unit: str
    ours: Command
    answer: str  # what our side calls the value
    steps: int
    seeds: tuple[int, ...] = (0, 1, 2)

    def fastest(self) -> Published:
        """One seed alone, of which nobody knows how far it is from the next."""
        return replace(self, seeds=self.seeds[:1])

    def within(self, seconds: float) -> Published:
        """With as many seeds as end in time, which may be none."""
        start, step = side_took(self.ours)
        return replace(self, seeds=self.seeds[: int(seconds / (start + self.steps * step))])

    def plan(self, pairs: int | None, short: bool = False) -> tuple[int, float]:
        """Pairs are not meant; how many seconds the seeds take."""
        start, step = side_took(self.ours)
        return pairs or PAIRS, len(self.seeds) * (start + self.steps * step)

    def rows(self, name: str, pairs: int, progress: Progress | None = None) -> list[dict[str, Any]]:
        """The row of the table of this bench, beside the number that its peer published."""
        progress = progress or Progress(name, self.plan(pairs)[1])
        row: dict[str, Any] = {"bench": name, "peer": self.peer, "unit": self.unit, "published": True}
        if not self.seeds:
            return [row | {"skipped": f"it would take longer than two minutes; `genmodels bench {name}` runs it"}]
        answers = []
        for seed in self.seeds:
            try:
                side = start((*self.ours, str(seed)))
                try:
                    answers.append(side.turn(self.steps))
                finally:
                    side.close()
            except Absent as reason:
                return [row | {"skipped": str(reason).partition("Refusal: ")[2] or str(reason)}]
            progress.passed(
                progress.expected / len(self.seeds), f"seed {seed}: {answers[-1][self.answer]:.4f} {self.unit}"
            )
        progress.over()
        values = [answer[self.answer] for answer in answers]
        mean, reach = statistics.fmean(values), self.reach(values) if len(values) > 1 else None
        return [
            row
            | {
                "ours": mean,
                "low": None if reach is None else mean - reach,
                "high": None if reach is None else mean + reach,
                "theirs": self.value,
                "ratio": self.value / mean,
                "ours_all": values,
                "theirs_all": [self.value],
                "seeds": list(self.seeds),
                "seconds_all": [answer["seconds"] for answer in answers],
            }
        ]

    @staticmethod
    def reach(values: list[float]) -> float:
        """Half of the 95 % interval of the mean (Student 1908)."""
        from scipy.stats import t

        n = len(values)
        return float(t.ppf(0.975, n - 1)) * statistics.stdev(values) / math.sqrt(n)
