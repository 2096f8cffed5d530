"""How one bench is run: all sides warm, turns A B A B, and the medians over the pairs as one row a peer."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from genmodels.bench.expected import PAIRS, Progress, pairs_within, side_took
from genmodels.bench.turns import ROOT, SETTLE, Absent, Side

Command = tuple[str, ...]  # a module and its arguments
PEERS = "genmodels.bench.peers."
PYTORCH = PEERS + "pytorch"
# From the seconds of a step, and how much is made in it, to the unit in which they are shown.
UNITS: dict[str, Callable[[float, float], float]] = {
    "images/s": lambda seconds, amount: amount / seconds,
    "tokens/s": lambda seconds, amount: amount / seconds,
    "ms": lambda seconds, amount: 1000 * seconds,
    "ms/token": lambda seconds, amount: 1000 * seconds,
    "s": lambda seconds, amount: seconds,
}


@dataclass(frozen=True)
class Bench:
    """One comparison. Each peer has one command or more, of which the fastest counts.

    A turn is `steps` steps, each of which makes `amount` pictures or tokens. The first command of a peer is that which was
    the fastest when all were run last; peers in `asides` only say what the time is made of.
    """

    unit: str
    steps: int
    ours: Command
    peers: Mapping[str, Sequence[Command]]
    amount: float = 1
    asides: tuple[str, ...] = ()

    def fastest(self) -> Bench:
        """Ours beside the fastest way of each peer alone."""
        return replace(
            self, peers={peer: commands[:1] for peer, commands in self.peers.items() if peer not in self.asides}
        )

    def within(self, seconds: float) -> Bench:
        """Without the peers that take longest, so that one pair of the others ends in time."""
        bench = self
        while len(bench.peers) > 1 and bench.plan(1)[1] > seconds:
            slowest = max(bench.peers, key=lambda peer: replace(bench, peers={peer: bench.peers[peer]}).plan(1)[1])
            bench = replace(bench, peers={peer: commands for peer, commands in bench.peers.items() if peer != slowest})
        return bench

    def plan(self, pairs: int | None, short: bool = False) -> tuple[int, float]:
        """How many pairs there will be, and how many seconds that takes; where it is to be short, as many as fit."""
        fixed, a_pair = sum(side_took(each)[0] for each in self.sides()), self.seconds_a_pair()
        pairs = pairs or (pairs_within(fixed, a_pair) if short else PAIRS)
        return pairs, fixed + pairs * a_pair

    def sides(self) -> list[Command]:
        """Our command and those of all peers, every variant."""
        return [self.ours, *(command for commands in self.peers.values() for command in commands)]

    def seconds_a_pair(self) -> float:
        """Of one turn of ours and one of theirs, for every command of every peer."""
        return sum(self.seconds_of(self.ours) + self.seconds_of(command) for command in self.sides()[1:])

    def seconds_of(self, command: Command) -> float:
        """How long a turn of that command takes, in seconds, as it took before."""
        return SETTLE + self.steps * side_took(command)[1]

    def rows(self, name: str, pairs: int, progress: Progress | None = None) -> list[dict[str, Any]]:
        """The rows of the table of this bench, from so many pairs of turns."""
        return race(name, self, pairs, progress)


def race(name: str, bench: Bench, pairs: int, progress: Progress | None = None) -> list[dict[str, Any]]:
    """Warm all sides of one bench, let them take turns, and compare; one row a peer."""
    progress = progress or Progress(name, bench.plan(pairs)[1])
    absent: dict[Command, str] = {}
    took: dict[Command, list[tuple[float, float]]] = {}  # seconds a step of ours and theirs, of each pair of turns
    begun: dict[Command, float] = {}  # seconds until a side was warm
    lasted: dict[Command, list[float]] = {}  # seconds of whole turns, and not only of what counts in them
    megabytes: dict[Command, int] = {}
    tokens: dict[Command, Any] = {}
    with ExitStack() as open_sides:
        sides: dict[Command, Side] = {}

        def attempt(command: Command, act: Callable[..., Any], *arguments: Any) -> Any:
            try:
                return act(*arguments)
            except Absent as reason:
                absent[command] = str(reason)
                sides.pop(command, None)
                return None

        for number, command in enumerate(bench.sides(), start=1):
            since = time.monotonic()
            if side := attempt(command, start, command):
                open_sides.callback(side.close)
                sides[command], begun[command] = side, time.monotonic() - since
                if "tokens" in side.about:
                    tokens[command] = side.about["tokens"]
            progress.passed(side_took(command)[0], f"started {number} of {len(bench.sides())} sides")
        for number in range(1, 1 + (pairs if bench.ours in sides else 0)):
            for command in [each for each in sides if each != bench.ours]:  # ours, theirs, ours, theirs ...
                answers = []
                for each in (bench.ours, command):
                    since = time.monotonic()
                    if each in sides and (answer := attempt(each, sides[each].turn, bench.steps)):
                        answers.append(answer["seconds"] / bench.steps)
                        lasted.setdefault(each, []).append(time.monotonic() - since - SETTLE)
                        megabytes[each] = answer.get("peak_megabytes", 0)
                if len(answers) == 2:
                    took.setdefault(command, []).append((answers[0], answers[1]))
                progress.passed(bench.seconds_of(bench.ours) + bench.seconds_of(command), f"pair {number} of {pairs}")
    progress.over()
    rows = []
    for peer, commands in bench.peers.items():
        row: dict[str, Any] = {"bench": name, "peer": peer, "unit": bench.unit}
        whole = {command: took[command] for command in commands if len(took.get(command, ())) == pairs}
        if whole:
            row |= compare(bench.unit, whole, bench.amount)
            row["took"] = {
                " ".join(each): [begun[each], statistics.median(lasted[each]) / bench.steps]
                for each in (bench.ours, *whole)
            }
            if megabytes[bench.ours]:
                row |= {"ours_megabytes": megabytes[bench.ours], "theirs_megabytes": megabytes[next(iter(whole))]}
            if bench.ours in tokens:
                row |= agreement(tokens[bench.ours], [tokens.get(command, []) for command in whole])
        else:
            row["skipped"] = absent.get(commands[0]) or f"our own side is absent: {absent[bench.ours]}"
        rows.append(row)
    return rows


def compare(unit: str, took: Mapping[Command, Sequence[tuple[float, float]]], amount: float = 1) -> dict[str, Any]:
    """The numbers of a row: `took` holds, for each way in which the peer was run, the seconds a step of every pair."""

    def shown(seconds: float) -> float:
        return UNITS[unit](seconds, amount)

    theirs = {command: [each for _, each in turns] for command, turns in took.items()}
    fastest = min(took, key=lambda command: statistics.median(theirs[command]))
    ours = [each for each, _ in took[fastest]]
    return {
        "ours": shown(statistics.median(ours)),
        "theirs": shown(statistics.median(theirs[fastest])),
        "ratio": statistics.median(b / a for a, b in took[fastest]),
        "ours_all": [shown(each) for each in ours],
        "theirs_all": [shown(each) for each in theirs[fastest]],
        "variant": " ".join(fastest[1:]),
        "variants": {" ".join(command[1:]): shown(statistics.median(each)) for command, each in theirs.items()},
    }


def agreement(ours: Sequence[Sequence[int]], theirs: Sequence[Sequence[Sequence[int]]]) -> dict[str, Any]:
    """Whether all ways in which a peer was run wrote our tokens (B, n): in the worst of them `equal_tokens` of `tokens`."""
    flat = [token for row in ours for token in row]
    equal = [
        sum(a == b for a, b in zip(flat, (token for row in each for token in row), strict=False)) for each in theirs
    ]
    return {"identical": min(equal) == len(flat), "equal_tokens": min(equal), "tokens": len(flat)}


def start(command: Command) -> Side:
    """Start the process of that command, which waits for its turns."""
    return Side(command, interpreter(command))


def interpreter(command: Command) -> str:
    """The Python of a side: PyTorch has an environment of its own."""
    if not command[0].startswith(PYTORCH):
        return sys.executable
    python = os.environ.get("GENMODELS_TORCH_PYTHON") or str(ROOT / ".venv-torch" / "bin" / "python")
    if not Path(python).is_file():
        raise Absent(
            "PyTorch's environment is missing; `make bench` makes it, or GENMODELS_TORCH_PYTHON names its Python"
        )
    return python
