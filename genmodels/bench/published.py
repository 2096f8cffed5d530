"""Benches that are no race: how a time grows, and a value that somebody published."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genmodels.bench.racing import Bench, Command, start
from genmodels.bench.turns import Absent


@dataclass(frozen=True)
class Growth:
    """The same race at several sizes, the rows of which say `size`."""

    races: Mapping[int, Bench]

    def rows(self, name: str, pairs: int) -> list[dict[str, Any]]:
        return [row | {"size": size} for size, each in self.races.items() for row in each.rows(name, pairs)]


@dataclass(frozen=True)
class Published:
    """A published value beside ours, for which less is better: a training of so many steps from each of `seeds`.

    Our side is started as `ours` and the seed. The row has the mean of the seeds and, as `low` and `high`, its 95 %
    interval by Student's t.
    """

    peer: str
    value: float
    unit: str
    ours: Command
    answer: str  # what our side calls the value
    steps: int
    seeds: tuple[int, ...] = (0, 1, 2)

    def rows(self, name: str, pairs: int) -> list[dict[str, Any]]:
        row: dict[str, Any] = {"bench": name, "peer": self.peer, "unit": self.unit, "published": True}
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
            print(f"{name}: seed {seed}: {answers[-1][self.answer]:.4f} {self.unit}", file=sys.stderr)
        values = [answer[self.answer] for answer in answers]
        mean, reach = statistics.fmean(values), self.reach(values)
        return [
            row | {
                "ours": mean, "low": mean - reach, "high": mean + reach, "theirs": self.value, "ratio": self.value / mean,
                "ours_all": values, "theirs_all": [self.value], "seeds": list(self.seeds),
                "seconds_all": [answer["seconds"] for answer in answers],
            }
        ]  # fmt: skip

    @staticmethod
    def reach(values: list[float]) -> float:
        """Half of the 95 % interval of the mean (Student 1908)."""
        from scipy.stats import t

        n = len(values)
        return float(t.ppf(0.975, n - 1)) * statistics.stdev(values) / math.sqrt(n)
