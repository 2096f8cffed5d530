"""A tiny model of molecules for tests, and one that only draws from lists."""

from __future__ import annotations

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


def trained(home: Path) -> Path:
    """A tiny trained run on the chains, in its own home; its folder."""
    from genmodels.intake.molecule_sets import import_molecules
    from genmodels.training.loop import train

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENMODELS_HOME", str(home))
        (home / "chains.smi").write_text("\n".join([*CHAINS, *RINGS]))
        source = {"token": import_molecules(home / "chains.smi", "chains.smi"), "context": 24, "windows": 1500}
        asked = {"model": "transformer", "recipe": TINY, "data": "own-molecules", "source": source, "epochs": 2, "batch_size": 32}
        run = RunStore.default().create(Experiment.from_dict(asked))
        with run.lease():
            assert train(run) == "done", run.status
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
