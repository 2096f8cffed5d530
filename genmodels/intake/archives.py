"""The files of a foreign folder or zip, read one by one within a budget and never written under their own names."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from genmodels.files import Unreadable, read_bytes
from genmodels.printable import printable
from genmodels.refusal import Refusal

MAX_MEMBERS = 5_000
MAX_MEMBER = 25_000_000  # bytes of one file, unpacked
MAX_TOTAL = 512_000_000  # bytes of all, unpacked, and of the archive itself
MOST_MB = MAX_TOTAL >> 20  # the same as browsers count; an upload of 512 of those is announced as 1 GB
MAX_RATIO = 200  # unpacked to packed; of files of more than 100 kB
MAX_DIRECTORY = 4_000_000  # bytes of a zip's list of members, which is read into memory whole
CHUNK = 1 << 16


class ArchiveRefused(Refusal):
    """The whole folder or archive is refused, not one file of it."""


@dataclass(frozen=True)
class Bounds:
    """How many files are read, and how many bytes of all of them; `total` is also the size of a zip itself."""

    members: int
    total: int


class Budget:
    """Counts the bytes that were really read."""

    def __init__(self, total: int) -> None:
        self.total = self.left = total

    def spend(self, count: int) -> None:
        """Take off so many bytes; raises `ArchiveRefused` when more than allowed come out."""
        self.left -= count
        if self.left < 0:
            raise ArchiveRefused(
                f"The files unpack to more than {self.total // 1_000_000:,} MB; give fewer or smaller ones."
            )


def members(source: Path | BinaryIO, bounds: Bounds | None = None) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Name and reader of every file in a folder or zip, sorted by name; hidden files are left out.

    A reader raises `Refusal` for a file that is too large, packed too tightly, encrypted or damaged, for what is no file
    (a link, a pipe) and for what may not be read, a folder included; and `ArchiveRefused` once all together are too large.
    """
    bounds = bounds or Bounds(MAX_MEMBERS, MAX_TOTAL)
    if isinstance(source, Path) and source.is_dir():
        yield from _of_folder(source, bounds)
    elif isinstance(source, Path):
        try:
            with open(source, "rb") as file:
                yield from _of_zip(file, bounds)
        except OSError as error:
            if isinstance(error, Refusal):
                raise
            reason = error.strerror or type(error).__name__
            raise ArchiveRefused(
                f"{printable(str(source))} can't be read ({reason}); give a folder or a zip."
            ) from None
    else:
        yield from _of_zip(source, bounds)


def readers(source: Path | BinaryIO, bounds: Bounds) -> dict[str, Callable[[], bytes]]:
    """Name to reader of every file in a folder or zip; they may be called at any time and in any order.

    A zip stays open as long as one of its readers is held.
    """
    if isinstance(source, Path) and source.is_dir():
        return dict(_of_folder(source, bounds))
    file = open(source, "rb") if isinstance(source, Path) else source
    return dict(_entries(_opened(file, bounds), bounds))


def _of_folder(folder: Path, bounds: Bounds) -> Iterator[tuple[str, Callable[[], bytes]]]:
    budget, files = Budget(bounds.total), list[tuple[str, Path]]()
    closed: dict[str, str] = {}  # folders that can't be looked into

    def note(error: OSError) -> None:
        closed[Path(error.filename).relative_to(folder).as_posix()] = error.strerror or "closed"

    for inside, below, names in os.walk(folder, onerror=note):
        here = Path(inside)
        files += [
            (path.relative_to(folder).as_posix(), path)
            for path in (here / each for each in (*names, *(each for each in below if (here / each).is_symlink())))
            if not _hidden(path.relative_to(folder).as_posix())
        ]
        below[:] = [each for each in below if not each.startswith(".") and not (here / each).is_symlink()]
        _count(len(files), bounds)

    def reader(name: str, path: Path) -> bytes:
        try:
            content = read_bytes(path, MAX_MEMBER) if not path.is_symlink() else None
        except (Unreadable, FileNotFoundError) as reason:
            raise Refusal(
                f"{printable(name)} {reason if isinstance(reason, Unreadable) else 'is gone'}; it is left out."
            ) from None
        if content is None:
            raise Refusal(f"{printable(name)} is a link, which is not followed; copy what it leads to.")
        budget.spend(len(content))
        return content

    def shut(name: str) -> bytes:
        raise Refusal(f"The folder {printable(name)} can't be read ({closed[name]}); nothing in it was looked at.")

    for name, path in sorted(files):
        yield name, partial(reader, name, path)
    for name in sorted(closed):
        yield name, partial(shut, name)


def _of_zip(file: BinaryIO, bounds: Bounds) -> Iterator[tuple[str, Callable[[], bytes]]]:
    with _opened(file, bounds) as archive:
        yield from _entries(archive, bounds)


def _opened(file: BinaryIO, bounds: Bounds) -> zipfile.ZipFile:
    _check_directory(file, bounds)
    try:
        return zipfile.ZipFile(file)
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        struct.error,
        NotImplementedError,
        RuntimeError,
        OverflowError,
    ) as error:
        raise ArchiveRefused(f"The zip is damaged ({printable(str(error))}); pack it again.") from None


def _entries(archive: zipfile.ZipFile, bounds: Bounds) -> Iterator[tuple[str, Callable[[], bytes]]]:
    budget = Budget(bounds.total)
    chosen = [each for each in archive.infolist() if not each.is_dir() and not _hidden(each.filename)]
    _count(len(chosen), bounds)
    for each in sorted(chosen, key=lambda each: each.filename):
        yield each.filename.replace("\\", "/"), partial(_unpack, archive, each, budget)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> bytes:
    """One member, counted while it is read: what the zip says of its size is not believed."""
    name = printable(member.filename)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refusal(f"{name} is a link, which is not followed; pack what it leads to.")
    if member.flag_bits & 1:
        raise Refusal(f"{name} is encrypted; pack it without a password.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refusal(f"{name} is packed in an unusual way; pack it as an ordinary zip (deflate).")
    buffer = io.BytesIO()
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                buffer.write(chunk)
                budget.spend(len(chunk))
                _size(name, buffer.tell())
                if buffer.tell() > max(100_000, MAX_RATIO * member.compress_size):
                    raise Refusal(
                        f"{name} unpacks to more than {MAX_RATIO} times its size, as bombs do; pack what it was made of."
                    )
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
        raise Refusal(f"{name} is damaged in the zip ({printable(str(error))}); pack it again.") from None
    return buffer.getvalue()


def _check_directory(file: BinaryIO, bounds: Bounds) -> None:
    """Refuse, from the last bytes alone, what is no zip or lists more than is read (APPNOTE 4.3.16)."""
    size = file.seek(0, io.SEEK_END)
    if size > bounds.total:
        raise ArchiveRefused(f"The zip is larger than {bounds.total // 1_000_000:,} MB; give fewer or smaller files.")
    file.seek(max(0, size - 22 - 65_535 - 20))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise ArchiveRefused("This is no zip, or it was cut short; give a folder or a zip.")
    count, directory = struct.unpack("<HI", tail[end + 10 : end + 16])
    locator = tail[max(0, end - 20) : end]
    if locator.startswith(b"PK\x06\x07"):  # zip64: the true numbers stand in a record of their own (APPNOTE 4.3.14)
        file.seek(min(struct.unpack("<Q", locator[8:16])[0], size))
        record = file.read(56)
        file.seek(0)
        if len(record) < 56 or not record.startswith(b"PK\x06\x06"):
            raise ArchiveRefused("The zip64 record of the zip is not where it should be; pack it again.")
        count, directory = struct.unpack("<QQ", record[32:48])
    if directory > max(MAX_DIRECTORY, 400 * bounds.members):
        count = bounds.members + 1
    _count(count, bounds)


def _count(count: int, bounds: Bounds) -> None:
    if count > bounds.members:
        raise ArchiveRefused(f"There are more than {bounds.members:,} files; give at most so many.")


def _size(name: str, size: int) -> None:
    if size > MAX_MEMBER:
        raise Refusal(f"{printable(name)} is larger than {MAX_MEMBER // 1_000_000} MB; make it smaller.")


def _hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts)
