"""The files of MOSES (Polykovskiy et al. 2020, arXiv 1811.12823): its three sets of molecules and its filters.

They are read from the package molsets where it is installed, or from its wheel or a folder in GENMODELS_DATA; no code of
it runs.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import os
import zipfile
from pathlib import Path

from genmodels.refusal import Refusal

DATA, METRICS = "dataset/data", "metrics"
LARGEST = 200 << 20  # bytes of a file of it, unpacked
OFFLINE = "molecules"


def moses_split(name: str) -> list[str]:
    """The SMILES of "train", "test" or "test_scaffolds", in their order; raises `Refusal` where the files are not at hand."""
    with gzip.open(io.BytesIO(_file(DATA, f"{name}.csv.gz"))) as packed:
        content = packed.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refusal(f"{name} of MOSES unpacks to more than {LARGEST:,} bytes and is not the file that is known.")
    lines = content.decode("ascii").splitlines()
    return [line.split(",")[0] for line in lines[1:]]


def moses_filters() -> tuple[str, ...]:
    """The patterns (SMARTS) of MOSES's medicinal chemistry filters and of PAINS, in their order."""
    ours = csv.DictReader(io.StringIO(_file(METRICS, "mcf.csv").decode("ascii")))
    pains = csv.reader(io.StringIO(_file(METRICS, "wehi_pains.csv").decode("ascii")))
    return (*(row["smarts"] for row in ours), *(row[0].strip() for row in pains if row))


def _file(folder: str, name: str) -> bytes:
    named = Path(os.environ.get("GENMODELS_DATA") or os.devnull).expanduser()
    for wheel in sorted(named.glob("molsets-*.whl")) if named.is_dir() else [named] * (named.suffix == ".whl"):
        with zipfile.ZipFile(wheel) as opened, opened.open(f"moses/{folder}/{name}") as file:
            return file.read(LARGEST)
    found = importlib.util.find_spec("moses")
    place = Path(found.origin).parent / folder if found is not None and found.origin else named
    if not (place / name).is_file():
        raise Refusal(
            f"MOSES's {name} is not at hand; install it with: pip install --no-deps molsets, "
            f"or set GENMODELS_DATA to a folder that holds its wheel, or use a data set that needs no network: {OFFLINE}."
        )
    return (place / name).read_bytes()
