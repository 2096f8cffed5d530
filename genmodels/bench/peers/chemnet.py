"""ChemNet's reading of molecules, by the package fcd: `python -m genmodels.bench.peers.chemnet molecules.smi moments.json`.

Runs in an environment with PyTorch, RDKit and fcd (Preuer et al. 2018, arXiv 1803.09518). Writes the mean (512,) and the
covariance (512, 512) of what ChemNet's last but one layer says of each molecule, and how many there were.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from fcd import get_predictions, load_ref_model

from genmodels.files import write_atomically

PART = 2000  # molecules at a time


def main(file: str, out: str) -> None:
    """Read the first word of each line; says on standard error how far it is."""
    smiles = [line.split()[0] for line in Path(file).read_text().splitlines() if line.strip()]
    model, total, products = load_ref_model(), np.zeros(512), np.zeros((512, 512))
    shift = np.zeros(512)
    for start in range(0, len(smiles), PART):
        found = get_predictions(model, smiles[start : start + PART], n_jobs=0).astype("float64")
        shift = shift if start else found.mean(0)  # near the mean, so that nothing is lost by subtracting
        total += (found - shift).sum(0)
        products += (found - shift).T @ (found - shift)
        print(f"ChemNet: {start + len(found):,} of {len(smiles):,}", file=sys.stderr, flush=True)
    n, beside = len(smiles), total / len(smiles)
    covariance = (products - n * np.outer(beside, beside)) / (n - 1)
    told = {"mean": (beside + shift).tolist(), "covariance": covariance.tolist(), "n": n}
    write_atomically(Path(out), json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:3])
