"""MOSES (Polykovskiy et al. 2020, arXiv 1811.12823): the benchmark of models that write molecules."""

from __future__ import annotations

import gzip
import importlib.util
import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.molecule_data import MoleculeData
from genmodels.data.text_data import context_knob
from genmodels.knobs import knob
from genmodels.refusal import Refusal

FOLDER = "moses/dataset/data"
LARGEST = 200 << 20  # bytes of a file of it, unpacked
TRAINING = 1_584_663
OFFLINE = "molecules"


@dataset("moses")
@dataclass(frozen=True, kw_only=True)
class Moses(MoleculeData):
    """1,584,663 drug-like molecules of ZINC and 176,074 held out, as MOSES divides them (from the package molsets)."""

    context: int = context_knob(64)
    n: int = knob(TRAINING, 1000, TRAINING, "How many of the training molecules, the first ones")

    offline: ClassVar[bool] = False
    licence: ClassVar[str] = "MIT (MOSES); molecules of ZINC Clean Leads"

    def load(self) -> Dataset:
        """A document is a SMILES as MOSES writes it; the held-out split is its test set."""
        train, test = moses_split("train")[: self.n], moses_split("test")
        return self.dataset(
            "moses", self.spelled(train), test, f"MOSES, package molsets; {len(train):,} training molecules"
        )


def moses_split(name: str) -> list[str]:
    """The SMILES of "train", "test" or "test_scaffolds", in their order; raises `Refusal` where the files are not at hand.

    They are read from the package where it is installed, or from its wheel or a folder in GENMODELS_DATA; no code of it runs.
    """
    with gzip.open(io.BytesIO(_file(f"{name}.csv.gz"))) as packed:
        content = packed.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refusal(f"{name} of MOSES unpacks to more than {LARGEST:,} bytes and is not the file that is known.")
    lines = content.decode("ascii").splitlines()
    return [line.split(",")[0] for line in lines[1:]]


def _file(name: str) -> bytes:
    named = Path(os.environ.get("GENMODELS_DATA") or os.devnull).expanduser()
    for wheel in sorted(named.glob("molsets-*.whl")) if named.is_dir() else [named] * (named.suffix == ".whl"):
        with zipfile.ZipFile(wheel) as opened:
            return opened.read(f"{FOLDER}/{name}")
    found = importlib.util.find_spec("moses")
    folder = Path(found.origin).parent / "dataset" / "data" if found is not None and found.origin else named
    if not (folder / name).is_file():
        raise Refusal(
            f"moses needs {name} of the package molsets; install it with: pip install --no-deps molsets, "
            f"or set GENMODELS_DATA to a folder that holds its wheel, or use a data set that needs no network: {OFFLINE}."
        )
    return (folder / name).read_bytes()
