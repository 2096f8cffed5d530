"""The gate for `.keras` files: looked at with zipfile, json, h5py and numpy, never with Keras, before anything is loaded.

A `.keras` file is a zip of metadata.json, config.json and model.weights.h5. Keras's safe mode is no boundary: functions
of Keras that a file names run while it loads. So only what was understood here is handed on, in a file written anew.
"""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from genmodels.intake import bounded_json, keras_config
from genmodels.intake.keras_config import Network
from genmodels.printable import printable
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    import h5py

LARGEST = 512 * 1024 * 1024  # bytes of a file
MEMBERS = {
    "metadata.json": 20_000,
    "config.json": 4_000_000,
    "model.weights.h5": LARGEST,
}  # exactly these, and their bytes at most
MOST_RATIO, CHUNK, MOST_DIRECTORY = 50, 1 << 20, 10_000
MOST_OBJECTS, MOST_DEEP = 12_000, 40  # groups and data sets of weights, and how far they nest
MOST_WEIGHTS = 100_000_000  # numbers of one data set
FEW = 64  # whole numbers that states of random numbers and counters are
SAVE_AGAIN = "save the model again with model.save('name.keras')"
STARTS = {
    b"\x89HDF\r\n\x1a\n": "is an HDF5 file and no .keras file",
    b"\x80": "is a pickle, which is never opened",
    b"\x1f\x8b": "is packed with gzip",
}


@dataclass(frozen=True)
class Checked:
    """A file that may be loaded: its network as it was understood, and the digest of the file."""

    network: Network
    digest: str
    weights: int  # numbers that the file holds


def check(file: Path, name: str = "") -> Checked:
    """Look at the whole file; raises `Refusal`, one sentence with file, place, reason and what to do."""
    with opened(file, name) as (checked, _):
        return checked


@contextmanager
def opened(file: Path, name: str = "") -> Iterator[tuple[Checked, IO[bytes]]]:
    """The same, and the HDF5 file of the weights while the context lasts."""
    told = printable(name or file.name, 60)
    try:
        with _archive(file) as archive, tempfile.TemporaryFile() as weights:
            _metadata(_content(archive, "metadata.json"))
            network = keras_config.read(_json(_content(archive, "config.json"), "config.json"))
            _copy(archive, "model.weights.h5", weights.write)
            held = _weights(weights)
            if network.weights > held:
                raise Refusal(
                    f"the layers of config.json need {network.weights:,} weights and model.weights.h5 holds {held:,}; {SAVE_AGAIN}."
                )
            weights.seek(0)
            with open(file, "rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            yield Checked(network, digest, held), weights
    except Refusal as refusal:
        raise Refusal(f"{told} is refused: {refusal}") from None


def write_anew(checked: Checked, weights: IO[bytes], target: Path) -> None:
    """A `.keras` file that holds the network as it was understood and the weights as they were checked, and nothing else."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3", "date_saved": ""}))
        archive.writestr("config.json", json.dumps(checked.network.config))
        with archive.open("model.weights.h5", "w") as stream:
            while content := weights.read(CHUNK):
                stream.write(content)


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    """The zip with exactly the three members, each within its size and plainly packed."""
    if not file.is_file():
        raise Refusal("it is no file; give the path of a .keras file.")
    size = file.stat().st_size
    if size > LARGEST:
        raise Refusal(f"it has {size:,} bytes and at most {LARGEST:,} are read; give a smaller network.")
    with open(file, "rb") as stream:
        _start_and_end(stream, size)
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError, OverflowError):
            raise Refusal(f"it is a damaged zip; {SAVE_AGAIN}.") from None
        with archive:
            _members(archive.infolist())
            yield archive


def _start_and_end(stream: IO[bytes], size: int) -> None:
    """Refuse by the first and last bytes what is no zip, and a list of members that would take memory."""
    start = stream.read(8)
    if not size:
        raise Refusal(f"it is empty; {SAVE_AGAIN}.")
    for magic, said in STARTS.items():
        if start.startswith(magic):
            raise Refusal(f"it {said}; {SAVE_AGAIN}.")
    stream.seek(max(0, size - 22 - 65_535))
    tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if not start.startswith(b"PK\x03\x04") or end < 0 or len(tail) - end < 22:
        raise Refusal(f"it is no zip, or was cut short; {SAVE_AGAIN}.")
    count, directory = struct.unpack("<HI", tail[end + 10 : end + 16])
    if b"PK\x06\x07" in tail[max(0, end - 20) : end] or count > len(MEMBERS) or directory > MOST_DIRECTORY:
        raise Refusal(
            f"its list of members is longer than that of {', '.join(MEMBERS)}, which are all that a .keras file holds; {SAVE_AGAIN}."
        )
    stream.seek(0)


def _members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if sorted(names) != sorted(MEMBERS):
        other = next((name for name in names if name not in MEMBERS), None)
        said = f"it holds {printable(repr(other), 60)}" if other else "a member is missing or stands twice"
        raise Refusal(f"{said}, and a .keras file of pictures holds {', '.join(MEMBERS)}, each once; {SAVE_AGAIN}.")
    for member in members:
        most = MEMBERS[member.filename]
        if member.flag_bits & 1:
            raise Refusal(f"{member.filename} is encrypted; save it without a password.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refusal(f"{member.filename} is packed in an unusual way; {SAVE_AGAIN}.")
        if member.file_size > most:
            raise Refusal(
                f"{member.filename} unpacks to {member.file_size:,} bytes and at most {most:,} are read; {SAVE_AGAIN}."
            )
        if member.file_size > max(100_000, MOST_RATIO * member.compress_size):
            raise Refusal(
                f"{member.filename} unpacks to more than {MOST_RATIO} times its size, as bombs do; {SAVE_AGAIN}."
            )


def _copy(archive: zipfile.ZipFile, name: str, write: Callable[[bytes], Any]) -> None:
    """Hand on a member in pieces; what the zip says of its size is not believed."""
    total, member = 0, archive.getinfo(name)
    try:
        with archive.open(member) as stream:
            while content := stream.read(CHUNK):
                total += len(content)
                if total > MEMBERS[name]:
                    raise Refusal(f"{name} unpacks to more than it says; {SAVE_AGAIN}.")
                write(content)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        struct.error,
    ) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(f"{name} is damaged in the zip; {SAVE_AGAIN}.") from None
    if total != member.file_size:
        raise Refusal(f"{name} unpacks to {total:,} bytes and the zip says {member.file_size:,}; {SAVE_AGAIN}.")


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    parts: list[bytes] = []
    _copy(archive, name, parts.append)
    return b"".join(parts)


def _json(content: bytes, name: str) -> Any:
    return bounded_json.read(content, name, most_bytes=MEMBERS[name], what_to_do=SAVE_AGAIN)


def _metadata(content: bytes) -> None:
    value = _json(content, "metadata.json")
    if not isinstance(value, dict) or not str(value.get("keras_version", "")).startswith("3"):
        raise Refusal(f"metadata.json does not say that Keras 3 wrote the file; {SAVE_AGAIN} of Keras 3.")


def _weights(stream: IO[bytes]) -> int:
    """How many numbers the HDF5 file holds, every one of them looked at; raises `Refusal` for whatever is not plain."""
    import h5py

    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    try:
        with h5py.File(stream, "r") as root:
            return _walk(root, size)
    except Refusal:
        raise
    except Exception:  # whatever the library says of a damaged file
        raise Refusal(f"model.weights.h5 is no HDF5 file, or a damaged one; {SAVE_AGAIN}.") from None


def _walk(root: h5py.Group, size: int) -> int:
    """Every group and data set once, by hard links only; data sets lie in the file as they say."""
    import h5py

    seen, waiting, numbers, held, objects = {_address(root)}, [("", root, 0)], 0, 0, 0
    while waiting:
        path, group, depth = waiting.pop()
        objects += len(group)
        if objects > MOST_OBJECTS or depth > MOST_DEEP:
            raise Refusal(
                f"model.weights.h5, {printable(path, 120)} has more groups and data sets than the {MOST_OBJECTS:,} that are read in all, or lies more than {MOST_DEEP} deep; {SAVE_AGAIN}."
            )
        for name in group:
            place = f"model.weights.h5, {printable(f'{path}/{name}', 120)}"
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise Refusal(f"{place} is a link to elsewhere; {SAVE_AGAIN}.")
            found = group[name]
            if (address := _address(found)) in seen:
                raise Refusal(f"{place} is a second link to something that was there; {SAVE_AGAIN}.")
            seen.add(address)
            if isinstance(found, h5py.Group):
                waiting.append((f"{path}/{name}", found, depth + 1))
            elif isinstance(found, h5py.Dataset):
                held += _plain(found, place)
                numbers += found.size if found.dtype.kind == "f" else 0
                if held > size:
                    raise Refusal(f"{place}: the data sets up to here have more bytes than the file; {SAVE_AGAIN}.")
                _finite(found, place)
            else:
                raise Refusal(f"{place} is no group and no data set; {SAVE_AGAIN}.")
    return numbers


def _address(found: h5py.Dataset) -> Any:
    import h5py

    info = h5py.h5o.get_info(found.id)
    return info.fileno, info.addr


def _plain(found: h5py.Dataset, place: str) -> int:
    """The bytes of a data set that lies in the file itself, unpacked, and holds numbers."""
    if found.external or found.is_virtual:
        raise Refusal(f"{place} takes its numbers from other files; {SAVE_AGAIN}.")
    if (
        found.shape is None
        or len(found.shape) > 8
        or not (found.dtype.kind == "f" or (found.dtype.kind in "iu" and found.size <= FEW))
    ):
        raise Refusal(
            f"{place} holds {printable(str(found.dtype), 40)} and no weights, which are numbers with a point; {SAVE_AGAIN}."
        )
    if found.size > MOST_WEIGHTS:
        raise Refusal(
            f"{place} has the shape {printable(str(found.shape), 60)} and at most {MOST_WEIGHTS:,} numbers are read; give a smaller network."
        )
    if found.id.get_create_plist().get_nfilters() or found.id.get_storage_size() != found.size * found.dtype.itemsize:
        raise Refusal(f"{place} is packed, or lacks numbers that it claims; {SAVE_AGAIN}.")
    return int(found.size) * int(found.dtype.itemsize)


def _finite(found: h5py.Dataset, place: str) -> None:
    if found.dtype.kind == "f" and not np.isfinite(found[()]).all():
        raise Refusal(f"{place} holds weights that are not finite numbers; train the network again.")
