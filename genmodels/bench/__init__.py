"""Side by side with peers, in one run, as ratios: above 1 ours is better.

Absolute times on a shared machine mean little, so both sides are kept warm, each in a process of its own, and take
turns A B A B, never at once, with the same number of threads. Every value is kept; a ratio is the median over the
pairs. Where a peer can be run in several published ways, each is paired with ours and the fastest counts.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
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


def _training(name: str, published: Sequence[str], **more: Sequence[Command]) -> Bench:
    """Training with default knobs on 32 x 32 x 3 pictures in batches of 64; a turn is an epoch of 2,048 of them.

    `published` are the ways in which keras.io calls `fit`; other ways, which say what the time is made of, are a peer
    of their own.
    """
    keras_io = {way: (PEERS + "keras_io", name, *way.split()) for way in ("arrays", "callback", "pipeline", "arrays graph", "pipeline graph")}
    layouts = (("contiguous",), ("channels_last",), ("channels_last", "fused"))
    peers = {
        "keras-io": [keras_io[way] for way in published],
        "keras-io-tuned": [command for way, command in keras_io.items() if way not in published],
        "pytorch": [(PYTORCH, name, *layout) for layout in layouts],
    }
    return Bench("images/s", 32, (OURS, name), peers | more)


BENCHES.add("train-vae")(_training("train-vae", ("arrays", "callback")))
BENCHES.add("train-gan")(
    _training(
        "train-gan",
        ("arrays", "callback", "pipeline"),
        **{"pytorch-our-step": [(PYTORCH, "train-gan", layout, "our-step") for layout in ("contiguous", "channels_last")]},
    )
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
    rows = []
    for name, bench in [(name, BENCHES[name]) for name in names or BENCHES]:
        print(f"{name}: {pairs} pairs of turns", file=sys.stderr)
        rows += race(name, bench, pairs)
    return rows


def race(name: str, bench: Bench, pairs: int) -> list[dict[str, Any]]:
    """Warm all sides of one bench, let them take turns, and compare; one row a peer."""
    absent: dict[Command, str] = {}
    took: dict[Command, list[tuple[float, float]]] = {}  # seconds a step of ours and theirs, of each pair of turns
    megabytes: dict[Command, int] = {}
    with ExitStack() as open_sides:
        sides: dict[Command, Side] = {}

        def attempt(command: Command, act: Callable[..., Any], *arguments: Any) -> Any:
            try:
                return act(*arguments)
            except Absent as reason:
                absent[command] = str(reason)
                sides.pop(command, None)
                return None

        for command in (bench.ours, *(command for commands in bench.peers.values() for command in commands)):
            if side := attempt(command, start, command):
                open_sides.callback(side.close)
                sides[command] = side
        for _ in range(pairs if bench.ours in sides else 0):
            for command in [each for each in sides if each != bench.ours]:  # ours, theirs, ours, theirs ...
                answers = []
                for each in (bench.ours, command):
                    if each in sides and (answer := attempt(each, sides[each].turn, bench.steps)):
                        answers.append(answer["seconds"] / bench.steps)
                        megabytes[each] = answer.get("peak_megabytes", 0)
                if len(answers) == 2:
                    took.setdefault(command, []).append((answers[0], answers[1]))
    rows = []
    for peer, commands in bench.peers.items():
        row: dict[str, Any] = {"bench": name, "peer": peer, "unit": bench.unit}
        whole = {command: took[command] for command in commands if len(took.get(command, ())) == pairs}
        if whole:
            row |= compare(bench.unit, whole)
            if megabytes[bench.ours]:
                row |= {"ours_megabytes": megabytes[bench.ours], "theirs_megabytes": megabytes[next(iter(whole))]}
        else:
            row["skipped"] = absent.get(commands[0]) or f"our own side is absent: {absent[bench.ours]}"
        rows.append(row)
    return rows


def compare(unit: str, took: Mapping[Command, Sequence[tuple[float, float]]]) -> dict[str, Any]:
    """The numbers of a row: `took` holds, for each way in which the peer was run, the seconds a step of every pair."""
    shown = UNITS[unit]
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


def start(command: Command) -> Side:
    return Side(command, interpreter(command))


def interpreter(command: Command) -> str:
    """The Python of a side: PyTorch has an environment of its own."""
    if command[0] != PYTORCH:
        return sys.executable
    python = os.environ.get("GENMODELS_TORCH_PYTHON") or str(ROOT / ".venv-torch" / "bin" / "python")
    if not Path(python).is_file():
        raise Absent("PyTorch's environment is missing; `make bench` makes it, or GENMODELS_TORCH_PYTHON names its Python")
    return python
