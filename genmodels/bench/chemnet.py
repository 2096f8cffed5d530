"""FCD (Preuer et al. 2018, arXiv 1803.09518) of molecules that a model wrote: `python -m genmodels.bench.chemnet MADE.smi test [MOST]`.

The second word is "test", "scaffold test" or "train" of MOSES, or another file; of each at most MOST are read, drawn with seed 0. ChemNet is read by the package fcd in the environment of
the benches (`make bench`; or GENMODELS_TORCH_PYTHON names its Python). What it says of a set is kept in the cache: a molecule
takes about 10 ms of a core, so that the 176,000 of the test set take half an hour once.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from genmodels.bench.racing import PEERS, PYTORCH, interpreter
from genmodels.bench.turns import ROOT
from genmodels.cache import drawn_once
from genmodels.data.moses_files import moses_split
from genmodels.files import write_atomically
from genmodels.refusal import Refusal

SETS = {"test": "test", "scaffold test": "test_scaffolds", "train": "train"}


def fcd(made: Mapping[str, np.ndarray], known: Mapping[str, np.ndarray]) -> float:
    """Fréchet's distance of two sets by their means (512,) and covariances (512, 512)."""
    values, vectors = np.linalg.eigh(known["covariance"])
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    both = np.sqrt(np.clip(np.linalg.eigvalsh(root @ made["covariance"] @ root), 0, None)).sum()
    shift = made["mean"] - known["mean"]
    return float(shift @ shift + np.trace(made["covariance"]) + np.trace(known["covariance"]) - 2 * both)


def moments(smiles: Sequence[str]) -> Mapping[str, np.ndarray]:
    """What ChemNet says of molecules, read once."""
    digest = hashlib.sha256("\n".join(smiles).encode()).hexdigest()
    return drawn_once("chemnet", {"smiles": digest, "fcd": 1}, lambda: _read(smiles))


def _read(smiles: Sequence[str]) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "molecules.smi", Path(folder) / "moments.json"
        write_atomically(given, "".join(f"{each}\n" for each in smiles))
        python = interpreter((PYTORCH,))
        ended = subprocess.run([python, "-m", f"{PEERS}chemnet", str(given), str(out)], cwd=ROOT, check=False)
        if ended.returncode != 0:
            raise Refusal(
                "ChemNet could not be read; it needs PyTorch, rdkit and fcd beside it, which `make bench` installs"
            )
        return {name: np.array(value) for name, value in json.loads(out.read_bytes()).items()}


def molecules_of(name: str, most: int = 0) -> list[str]:
    """The molecules of a set of MOSES, or of a file of SMILES; of more than `most` so many, drawn with seed 0 (0: all)."""
    if name in SETS:
        found = moses_split(SETS[name])
    else:
        found = [line.split()[0] for line in Path(name).read_text().splitlines() if line.strip()]
    if not 0 < most < len(found):
        return found
    return [found[i] for i in np.sort(np.random.default_rng(0).permutation(len(found))[:most])]


def main(made: str, known: str, most: str = "0") -> None:
    """Print the distance as JSON."""
    one, other = molecules_of(made), molecules_of(known, int(most))
    value = fcd(moments(one), moments(other))
    print(json.dumps({"fcd": value, "n": len(one), "beside": known, "of": len(other)}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
