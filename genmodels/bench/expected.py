"""How long a bench will take, said before it begins and while it runs; from what its sides took in the last whole run.

`took.json` holds the seconds to start each side, its warm-up included, and the seconds of one of its steps, on two cores;
`python -m genmodels.bench.speed` keeps them when it makes the table.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from genmodels.files import write_atomically

TOOK = Path(__file__).parent / "took.json"
UNKNOWN = (10.0, 1.0)  # seconds to start a side and of a step, where nobody has measured it
PAIRS = 5
LONGEST = 110.0  # seconds that a bench may take where it is to be short
EVERY = 10.0  # seconds between two lines of progress where these do not replace one another
Took = Mapping[str, Sequence[float]]


def side_took(command: Sequence[str]) -> tuple[float, float]:
    """Seconds to start that side, and of one step."""
    start, step = _kept().get(" ".join(command), UNKNOWN)
    return float(start), float(step)


def pairs_within(fixed: float, a_pair: float, seconds: float = LONGEST) -> int:
    """As many pairs as fit, after what is spent anyway: 1 at least, `PAIRS` at most."""
    return int(min(PAIRS, max(1, (seconds - fixed) // max(a_pair, 1e-3))))


def keep(took: Took) -> None:
    """Keep what sides took, beside what is known of others."""
    known = {name: [round(float(each), 4) for each in seconds] for name, seconds in {**_kept(), **took}.items()}
    lines = [f"{json.dumps(name)}: {json.dumps(seconds)}" for name, seconds in sorted(known.items())]
    write_atomically(TOOK, "{\n" + ",\n".join(lines) + "\n}\n")
    _kept.cache_clear()


@lru_cache(maxsize=1)
def _kept() -> dict[str, list[float]]:
    return dict(json.loads(TOOK.read_text())) if TOOK.is_file() else {}


def told(seconds: float) -> str:
    """Seconds as a person says them: "40 s", "2 min 10 s"."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


class Progress:
    """Says on stderr where a bench is and about how long it still takes: in one line of a terminal, else every ten seconds."""

    def __init__(self, name: str, expected: float) -> None:
        self.name, self.expected, self.done = name, expected, 0.0
        self.began = self.said = time.monotonic()

    def passed(self, seconds: float, where: str) -> None:
        """What was expected to take so many seconds is done."""
        self.done += seconds
        now, together = time.monotonic(), sys.stderr.isatty()
        if together or now - self.said >= EVERY:
            self.said = now
            line = f"{self.name}: {where}, about {told(self.left(now - self.began))} left"
            print(f"\r{line:<78}" if together else line, end="" if together else "\n", file=sys.stderr, flush=True)

    def left(self, gone: float) -> float:
        """Seconds that are left, when the rest is as much slower or quicker than expected as what is done was."""
        rest = max(0.0, self.expected - self.done)
        return rest * gone / self.done if self.done else rest

    def over(self) -> None:
        """Clear the line of progress; nothing where the output is no terminal."""
        if sys.stderr.isatty():
            print(f"\r{'':<78}\r", end="", file=sys.stderr, flush=True)
