"""A tiny model of molecules for tests, and one that only draws from lists."""

from __future__ import annotations

import fcntl
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genmodels.runs.experiment import Experiment
from genmodels.runs.store import RunStore

# 340 chains with something at their end: whatever is written of these characters is mostly a molecule.
CHAINS = ["".join(parts) for n in range(1, 5) for parts in itertools.product(("C", "CO", "CN", "CC"), repeat=n)]
# Rings, so that scaffolds can be held out.
RINGS = [f"{chain}c1ccccc1" for chain in CHAINS[:30]]
TINY = {"layers": 2, "heads": 2, "width": 32}


def trained_once(shared: Path) -> Path:
    """A tiny trained run on the chains, in a home of its own; its folder."""
    from genmodels.intake.molecule_sets import import_molecules
    from genmodels.training.loop import train

    home = shared / "chains"
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "lock", "w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be training it
        patch.setenv("GENMODELS_HOME", str(home))
        store = RunStore(home / "runs")
        if not (run := next(iter(store), None)):
            (home / "chains.smi").write_text("\n".join([*CHAINS, *RINGS]))
            source = {"token": import_molecules(home / "chains.smi", "chains.smi"), "context": 24, "windows": 1500}
            asked = {"model": "transformer", "recipe": TINY, "data": "own-molecules", "source": source, "epochs": 2, "batch_size": 32}
            run = store.create(Experiment.from_dict(asked))
            with run.lease():
                train(run)
    assert run.state == "done", run.status
    return run.path


@dataclass(frozen=True)
class Drawer:
    """Draws from lists of molecules, each with its probability."""

    parts: Sequence[tuple[float, Sequence[str]]]
    context: int = 100
    tokens: Any = None
    watermark_key: bytes | None = None

    def sample(self, n: int, *, seed: int, given: object = None, decoding: object = None) -> np.ndarray:
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(self.parts), n, p=[share for share, _ in self.parts])
        return np.array([self.parts[i][1][rng.integers(len(self.parts[i][1]))] for i in chosen], object)
