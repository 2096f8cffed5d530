"""Side by side with peers, in one run, as ratios: above 1 ours is better.

Absolute times on a shared machine mean little, so both sides are kept warm, each in a process of its own, and take
turns A B A B, never at once, with the same number of threads. Every value is kept; a ratio is the median over the
pairs. Where a peer can be run in several published ways, all run and the fastest counts.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genmodels.bench.turns import ROOT, Absent, Side
from genmodels.refusal import Refusal
from genmodels.registry import Registry

Command = tuple[str, ...]  # a module and its arguments
BENCHES = Registry("bench")
OURS = "genmodels.bench.ours"
PEERS = "genmodels.bench.peers."
PYTORCH = PEERS + "pytorch"
BATCH = 64
# From the seconds of a step to the unit in which they are shown.
UNITS = {
    "images/s": lambda seconds: BATCH / seconds,
    "ms": lambda seconds: 1000 * seconds,
    "s": lambda seconds: seconds,
}


@dataclass(frozen=True)
class Bench:
    """One comparison. Each peer has one command or more, of which the fastest counts; a turn is `steps` steps."""

    unit: str
    steps: int
    ours: Command
    peers: Mapping[str, Sequence[Command]]


def _training(name: str, **more: Sequence[Command]) -> Bench:
    """Training with default knobs on 32 x 32 x 3 pictures in batches of 64."""
    keras_io = PEERS + "keras_io"
    peers = {
        "keras-io": [(keras_io, name, "arrays"), (keras_io, name, "callback"), (keras_io, name, "pipeline")],
        "keras-io-graph": [(keras_io, name, "arrays", "graph"), (keras_io, name, "pipeline", "graph")],
        "pytorch": [(PYTORCH, name, "contiguous"), (PYTORCH, name, "channels_last"), (PYTORCH, name, "channels_last", "fused")],
    }
    return Bench("images/s", 20, (OURS, name), peers | more)


BENCHES.add("train-vae")(_training("train-vae"))
BENCHES.add("train-gan")(
    _training("train-gan", **{"pytorch-our-step": [(PYTORCH, "train-gan", layout, "our-step") for layout in ("contiguous", "channels_last")]})
)
BENCHES.add("latent-walk")(Bench("ms", 1, (OURS, "latent-walk"), {"predict": [(PEERS + "predict",)]}))
BENCHES.add("frechet")(Bench("s", 1, (OURS, "frechet"), {"scipy": [(PEERS + "metrics", "frechet")]}))
BENCHES.add("prdc")(Bench("s", 1, (OURS, "prdc"), {"prdc": [(PEERS + "metrics", "prdc")]}))
FIRST = "genmodels.bench.first_page"
BENCHES.add("first-page")(
    Bench("s", 1, (FIRST, "start", "ours"), {peer: [(FIRST, "start", peer)] for peer in ("streamlit-empty", "tensorboard")})
)
BENCHES.add("page-change")(Bench("ms", 4, (FIRST, "change", "ours"), {"streamlit-empty": [(FIRST, "change", "streamlit-empty")]}))


def run(names: Sequence[str] = (), pairs: int = 5) -> list[dict[str, Any]]:
    """Rows of bench, peer, unit, ours, theirs, ratio, ours_all, theirs_all (medians and every turn, in the unit).

    `variants` holds the median of each way the peer was run, `variant` the one that counts. A peer that can't take
    part has `skipped`, the reason, in place of numbers. No names mean all benches.
    """
    if pairs < 1:
        raise Refusal(f"The number of pairs is {pairs}; it must be at least 1.")
    chosen = [(name, BENCHES[name]) for name in names or BENCHES]
    return [row for name, bench in chosen for row in race(name, bench, pairs)]


def race(name: str, bench: Bench, pairs: int) -> list[dict[str, Any]]:
    """Warm all sides of one bench, let them take turns, and compare; one row a peer."""
    with ExitStack() as open_sides:
        sides: dict[Command, Side] = {}
        reasons: dict[Command, str] = {}
        for command in (bench.ours, *(command for commands in bench.peers.values() for command in commands)):
            try:
                sides[command] = Side(command, *interpreter(command))
                open_sides.callback(sides[command].close)
            except Absent as absent:
                reasons[command] = str(absent)
        seconds: dict[Command, list[float]] = {command: [] for command in sides}
        memory: dict[Command, float | None] = {}
        for _ in range(pairs if bench.ours in sides and len(sides) > 1 else 0):
            for command, side in list(sides.items()):
                try:
                    answer = side.turn(bench.steps)
                except Absent as absent:
                    reasons[command] = f"it broke: {absent}"
                    sides.pop(command)
                    continue
                seconds[command].append(answer["seconds"] / bench.steps)
                memory[command] = answer.get("peak_megabytes")
    rows = []
    for peer, commands in bench.peers.items():
        row = {"bench": name, "peer": peer, "unit": bench.unit}
        took_part = [command for command in commands if len(seconds.get(command, ())) == pairs]
        if bench.ours in reasons:
            row["skipped"] = f"our own side did not start: {reasons[bench.ours]}"
        elif not took_part:
            row["skipped"] = reasons[commands[0]]
        else:
            row |= compare(bench, seconds, took_part)
            if memory[bench.ours]:
                row |= {"ours_megabytes": memory[bench.ours], "theirs_megabytes": memory[took_part[0]]}
        rows.append(row)
    return rows


def compare(bench: Bench, seconds: Mapping[Command, list[float]], commands: Sequence[Command]) -> dict[str, Any]:
    """The numbers of a row, from the seconds a step of every turn; `commands` are the ways the peer was run."""
    shown = UNITS[bench.unit]
    fastest = min(commands, key=lambda command: statistics.median(seconds[command]))
    ours, theirs = seconds[bench.ours], seconds[fastest]
    variants = {" ".join(command[1:]) or command[0]: shown(statistics.median(seconds[command])) for command in commands}
    return {
        "ours": shown(statistics.median(ours)),
        "theirs": shown(statistics.median(theirs)),
        "ratio": statistics.median(b / a for a, b in zip(ours, theirs, strict=True)),
        "ours_all": [shown(each) for each in ours],
        "theirs_all": [shown(each) for each in theirs],
        "variant": " ".join(fastest[1:]),
        "variants": variants,
    }


def interpreter(command: Command) -> tuple[str, ...]:
    """The Python of a side where it is not ours: PyTorch has an environment of its own."""
    if command[0] != PYTORCH:
        return ()
    python = os.environ.get("GENMODELS_TORCH_PYTHON") or str(ROOT / ".venv-torch" / "bin" / "python")
    if not Path(python).is_file():
        raise Absent("PyTorch's environment is missing; `make bench` makes it, or GENMODELS_TORCH_PYTHON names its Python")
    return (python,)
