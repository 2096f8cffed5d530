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
    "clips/s": lambda seconds, amount: amount / seconds,
    "images/s": lambda seconds, amount: amount / seconds,
    "tokens/s": lambda seconds, amount: amount / seconds,
    "molecules/s": lambda seconds, amount: amount / seconds,
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
    with Track(bench, progress or Progress(name, bench.plan(pairs)[1])) as track:
        track.warm()
        track.take_turns(pairs)
    track.progress.over()
    return [{"bench": name, "peer": peer, "unit": bench.unit} | track.row(peer, pairs) for peer in bench.peers]


class Track(ExitStack):
    """The sides of a bench, all of them warm, and what was read of each; they are closed when it is left."""

    def __init__(self, bench: Bench, progress: Progress) -> None:
        super().__init__()
        self.bench, self.progress = bench, progress
        self.sides: dict[Command, Side] = {}
        self.absent: dict[Command, str] = {}
        self.took: dict[Command, list[tuple[float, float]]] = {}  # seconds a step of ours and theirs, of each pair
        self.begun: dict[Command, float] = {}  # seconds until a side was warm
        self.lasted: dict[Command, list[float]] = {}  # seconds of whole turns, and not only of what counts in them
        self.megabytes: dict[Command, int] = {}
        self.tokens: dict[Command, Any] = {}

    def attempt(self, command: Command, act: Callable[..., Any], *arguments: Any) -> Any:
        """What `act` gives; None, and the reason is kept, where the side is absent."""
        try:
            return act(*arguments)
        except Absent as reason:
            self.absent[command] = str(reason)
            self.sides.pop(command, None)
            return None

    def warm(self) -> None:
        """Start every side."""
        for number, command in enumerate(self.bench.sides(), start=1):
            since = time.monotonic()
            if side := self.attempt(command, start, command):
                self.callback(side.close)
                self.sides[command], self.begun[command] = side, time.monotonic() - since
                if "tokens" in side.about:
                    self.tokens[command] = side.about["tokens"]
            self.progress.passed(side_took(command)[0], f"started {number} of {len(self.bench.sides())} sides")

    def take_turns(self, pairs: int) -> None:
        """Ours, theirs, ours, theirs ...: so many pairs with every command that is there."""
        ours = self.bench.ours
        for number in range(1, 1 + (pairs if ours in self.sides else 0)):
            for command in [each for each in self.sides if each != ours]:
                seconds = [taken for each in (ours, command) if (taken := self.turn(each)) is not None]
                if len(seconds) == 2:
                    self.took.setdefault(command, []).append((seconds[0], seconds[1]))
                passed = self.bench.seconds_of(ours) + self.bench.seconds_of(command)
                self.progress.passed(passed, f"pair {number} of {pairs}")

    def turn(self, command: Command) -> float | None:
        """One turn of a side: its seconds a step; None where it is absent."""
        since = time.monotonic()
        if command not in self.sides:
            return None
        answer = self.attempt(command, self.sides[command].turn, self.bench.steps)
        if not answer:
            return None
        self.lasted.setdefault(command, []).append(time.monotonic() - since - SETTLE)
        self.megabytes[command] = answer.get("peak_megabytes", 0)
        return float(answer["seconds"] / self.bench.steps)

    def row(self, peer: str, pairs: int) -> dict[str, Any]:
        """Ours beside the fastest way of a peer that took all its turns; else why it was skipped."""
        ours, commands = self.bench.ours, self.bench.peers[peer]
        whole = {command: self.took[command] for command in commands if len(self.took.get(command, ())) == pairs}
        if not whole:
            return {"skipped": self.absent.get(commands[0]) or f"our own side is absent: {self.absent[ours]}"}
        row = compare(self.bench.unit, whole, self.bench.amount)
        row["took"] = {
            " ".join(each): [self.begun[each], statistics.median(self.lasted[each]) / self.bench.steps]
            for each in (ours, *whole)
        }
        if self.megabytes[ours]:
            row |= {"ours_megabytes": self.megabytes[ours], "theirs_megabytes": self.megabytes[next(iter(whole))]}
        if ours in self.tokens:
            row |= agreement(self.tokens[ours], [self.tokens.get(command, []) for command in whole])
        return row


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
