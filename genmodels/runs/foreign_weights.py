"""The weights in a stranger's zip: how many there are and what they unpack to, looked at before they are read."""

from __future__ import annotations

import zipfile
from pathlib import Path

from genmodels import checkpoints
from genmodels.intake import archives
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.runs.foreign_json import AGAIN, json_of

# Bytes of all arrays, unpacked, and to their size packed.
MAX_ARRAYS, MAX_RATIO = archives.MAX_TOTAL, 20


def check_weights(folder: Path) -> None:
    """Weights of every kept step: a manifest of known form, and arrays that unpack to no more than they should."""
    budget = MAX_ARRAYS
    for kept in [*checkpoints.steps(folder / "checkpoints"), *checkpoints.steps(folder / "epochs")]:
        place = f"{kept.parent.name}/{kept.name}"
        _manifest(kept, place)
        for file in sorted(kept.glob("*.npz")):
            budget -= _arrays(file, f"{place}/{file.name}", budget)
        checkpoints.load(kept)


def _manifest(kept: Path, place: str) -> None:
    file = kept / "manifest.json"
    if not file.is_file():
        raise Refusal(f"{place}/manifest.json is missing in the zip; {AGAIN}.")
    manifest = json_of(file, f"{place}/manifest.json")
    about = manifest.get("about") if isinstance(manifest, dict) else None
    hashes = manifest.get("sha256") if isinstance(manifest, dict) else None
    if (
        not isinstance(about, dict)
        or not isinstance(hashes, dict)
        or not all(isinstance(each, str) for each in hashes.values())
    ):
        raise Refusal(f"{place}/manifest.json in the zip is no list of files with their hashes; {AGAIN}.")
    for name in hashes:
        if name not in ("weights.npz", "training.npz"):
            raise Refusal(
                f"{place}/manifest.json names a file {printable(name, 40)!r} that is no part of a checkpoint; {AGAIN}."
            )
    files = {each.name for each in kept.iterdir()} - {"manifest.json"}
    if "weights.npz" not in hashes or files != set(hashes):
        raise Refusal(
            f"{place} in the zip has other files than its manifest names, or a file is missing or damaged; {AGAIN}."
        )


def _arrays(file: Path, place: str, budget: int) -> int:
    """The bytes that the arrays of a file unpack to, by its list of members; refused before one is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, OverflowError):
        raise Refusal(f"{place} in the zip is missing or damaged; {AGAIN}.") from None
    if len(members) > archives.MAX_MEMBERS or len({member.filename for member in members}) != len(members):
        raise Refusal(f"{place} in the zip holds an array twice, or more than {archives.MAX_MEMBERS:,}; {AGAIN}.")
    for member in members:
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refusal(f"{place} in the zip is encrypted or packed in an unusual way; {AGAIN}.")
    total = sum(member.file_size for member in members)
    if total > max(1_000_000, MAX_RATIO * file.stat().st_size):
        raise Refusal(
            f"{place} in the zip unpacks to {total:,} bytes, more than {MAX_RATIO} times its size, as bombs do; {AGAIN}."
        )
    if total > budget:
        raise Refusal(
            f"The weights in the zip up to {place} unpack to more than {MAX_ARRAYS // 1_000_000} MB; copy the folder of the run instead."
        )
    return total
