"""Arrays on disk that are whole or absent: written aside, synced, hashed, renamed into place.

A checkpoint is a folder `<step>/` with `weights.npz` (every variable of every network), for resuming also
`training.npz` (optimizers, state of the random numbers, step) and `manifest.json` (SHA-256 of each file).
What ships may hold matrices in eight bits (`in_eight_bits`); whoever loads it gets floats.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.files import read_document
from genmodels.refusal import Refusal

Arrays = Mapping[str, np.ndarray]
MAX_RATIO = 200  # unpacked to packed
MAX_BYTES = 2 << 30  # of one array file, checked before memory is taken
WHOLE, SCALE = ":8 bits", ":scale"  # ends of the names of a matrix in eight bits and of its scales


class Damaged(Refusal):
    """A checkpoint whose files are not the ones that were written."""


def save(folder: Path, *, about: Mapping[str, Any], **parts: Arrays) -> None:
    """Write each part to `folder/<part>.npz` with a manifest; the folder appears complete or not at all."""
    aside = folder.with_name(folder.name + ".partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        hashes = {}
        for part, arrays in parts.items():
            with open(aside / f"{part}.npz", "wb") as file:
                pack = np.savez_compressed if any(name.endswith(WHOLE) for name in arrays) else np.savez
                pack(file, **arrays)  # type: ignore[arg-type]
                file.flush()
                os.fsync(file.fileno())
            hashes[f"{part}.npz"] = sha256(aside / f"{part}.npz")
        with open(aside / "manifest.json", "w") as file:
            json.dump({"about": dict(about), "sha256": hashes}, file)
            file.flush()
            os.fsync(file.fileno())
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(aside, folder)
        _sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def load(folder: Path) -> tuple[dict[str, Any], dict[str, dict[str, np.ndarray]]]:
    """What `save` was told about, and its parts; raises `Damaged` with the name of the bad file."""
    try:
        manifest = read_document(folder / "manifest.json")
        hashes, about = dict(manifest["sha256"]), dict(manifest["about"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Damaged(f"{folder.name}/manifest.json is missing or damaged; an earlier checkpoint is needed.") from None
    parts = {}
    for name, expected in hashes.items():
        if name not in ("weights.npz", "training.npz"):
            raise Damaged(f"{folder.name}/manifest.json names a file {name[:40]!r} that is no part of a checkpoint.")
        file = folder / name
        if not file.is_file() or sha256(file) != expected:
            raise Damaged(f"{folder.name}/{name} is missing or damaged; an earlier checkpoint is needed.")
        parts[name.removesuffix(".npz")] = in_full(read_arrays(file))
    return about, parts


def in_eight_bits(arrays: Arrays) -> dict[str, np.ndarray]:
    """Float matrices as whole numbers from -127 to 127 with a scale for each output (last axis); other arrays as they are.

    The largest error of a weight is 1/254 of the largest weight that leads to the same output.
    """
    stored: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        if array.dtype.kind == "f" and array.ndim > 1:
            largest = np.abs(array.astype(np.float32)).max(axis=tuple(range(array.ndim - 1)))
            scale = np.where(largest > 0, largest, 1).astype(np.float32) / 127
            stored[name + WHOLE] = np.rint(array / scale).astype(np.int8)
            stored[name + SCALE] = scale
        else:
            stored[name] = array
    return stored


def in_full(arrays: Arrays) -> dict[str, np.ndarray]:
    """Arrays with matrices that are stored in eight bits as float32. Raises `Damaged` where scales don't fit."""
    found: dict[str, np.ndarray] = {}
    if sum(array.size for name, array in arrays.items() if name.endswith(WHOLE)) * 4 > MAX_BYTES:
        raise Damaged(f"Matrices in eight bits would take more than {MAX_BYTES >> 20} MB as floats; use smaller ones.")
    for name, array in arrays.items():
        if name.endswith(WHOLE):
            scale = arrays.get(name.removesuffix(WHOLE) + SCALE)
            if array.dtype != np.int8 or scale is None or scale.dtype != np.float32 or scale.shape != array.shape[-1:]:
                raise Damaged("A matrix in eight bits has no scales that fit it; an earlier checkpoint is needed.")
            found[name.removesuffix(WHOLE)] = array.astype(np.float32) * scale
        elif not (name.endswith(SCALE) and name.removesuffix(SCALE) + WHOLE in arrays):
            found[name] = array
    return found


def newest_whole(folder: Path) -> tuple[Path | None, list[str]]:
    """The newest checkpoint whose hashes are right, and a sentence for each newer one that is damaged."""
    complaints: list[str] = []
    for candidate in reversed(steps(folder)):
        try:
            load(candidate)
            return candidate, complaints
        except Refusal as refusal:
            complaints.append(str(refusal))
    return None, complaints


def steps(folder: Path) -> list[Path]:
    """The checkpoint folders in `folder` in the order of their steps."""
    if not folder.is_dir():
        return []
    return sorted((p for p in folder.iterdir() if p.name.isdecimal()), key=lambda p: int(p.name))


def keep_newest(folder: Path, count: int = 2) -> None:
    """Delete all but the newest `count` checkpoints."""
    for old in steps(folder)[:-count]:
        shutil.rmtree(old, ignore_errors=True)


def read_arrays(file: Path) -> dict[str, np.ndarray]:
    """The arrays of an `.npz`, without pickle; every claimed size is checked against the bytes that are there."""
    arrays = {}
    try:
        with zipfile.ZipFile(file) as archive:
            total = sum(member.file_size for member in archive.infolist())
            if total > MAX_BYTES or total > max(1_000_000, MAX_RATIO * file.stat().st_size):
                raise Damaged(
                    f"{file.name} is larger than {MAX_BYTES >> 20} MB, or unpacks to more than {MAX_RATIO} times its size, as bombs do."
                )
            for member in archive.infolist():
                with archive.open(member) as stream:
                    version = np.lib.format.read_magic(stream)
                    read = (
                        np.lib.format.read_array_header_1_0
                        if version == (1, 0)
                        else np.lib.format.read_array_header_2_0
                    )
                    shape, _, dtype = read(stream)
                    if (
                        dtype.hasobject
                        or stream.tell() + int(np.prod(shape, dtype=object)) * dtype.itemsize != member.file_size
                    ):
                        raise Damaged(f"{file.name} holds an array of another size than it claims.")
                with archive.open(member) as stream:
                    arrays[member.filename.removesuffix(".npy")] = np.lib.format.read_array(stream, allow_pickle=False)
    except (
        OSError,
        ValueError,
        zipfile.BadZipFile,
        EOFError,
        RuntimeError,
        NotImplementedError,
        MemoryError,
        zlib.error,
    ) as error:
        if isinstance(error, Refusal):
            raise
        raise Damaged(f"{file.name} can't be read as arrays ({type(error).__name__}).") from None
    return arrays


def sha256(file: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
