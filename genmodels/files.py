"""Files that are whole or not there, and the folder where everything of a user lives."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import secrets
import stat
from pathlib import Path
from typing import Any, BinaryIO

from genmodels.refusal import Refusal

REASONS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EROFS: "the disk is read-only; set GENMODELS_HOME to a folder that can be written",
    errno.EACCES: "writing there is not allowed; set GENMODELS_HOME to a folder of your own",
    errno.EPERM: "writing there is not allowed; set GENMODELS_HOME to a folder of your own",
    errno.ENOTDIR: "part of that path is a file; set GENMODELS_HOME to a folder",
    errno.EEXIST: "a file is in the way; set GENMODELS_HOME to a folder",
}


PRIVATE = 0o700  # who may do what with a folder of the home: its owner everything, others nothing
MOST_DOCUMENT = 32 << 20  # bytes of a JSON document
DEEPEST = 64  # lists and tables within one another; what is written here has at most 12
LARGEST = 2**53  # of whole numbers: up to there a float holds each of them


class Unreadable(Refusal):
    """A file that is there and can't be read; the message is the reason alone, such as "is no file"."""


class CannotWrite(Refusal, OSError):
    """A file or folder could not be written; `errno` says why, nothing was changed."""


def home() -> Path:
    """The folder of runs, imported data and caches: `GENMODELS_HOME`, or `~/.genmodels`. It is not made here."""
    return Path(os.environ.get("GENMODELS_HOME") or Path.home() / ".genmodels").expanduser()


def data_file(name: str) -> Path:
    """The benchmark file of that name in the folder GENMODELS_DATA; raises `Refusal` where it is not."""
    folder = os.environ.get("GENMODELS_DATA")
    file = Path(folder or os.devnull).expanduser() / name
    if not folder or not file.is_file():
        raise Refusal(f"The file {name} is not at hand; set GENMODELS_DATA to a folder that holds it.")
    return file


def make_folder(folder: Path) -> Path:
    """Make `folder` and those above it where they are missing; raises `CannotWrite` where new files can't be made.

    In GENMODELS_HOME, as it itself, they are made for their owner alone: prompts, texts, runs and keys are nobody else's.
    """
    try:
        private = [each for each in (folder, *folder.parents) if each == home() or home() in each.parents]
        for each in reversed(private):
            if not each.is_dir():
                each.parent.mkdir(parents=True, exist_ok=True)
                each.mkdir(PRIVATE, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise cannot_write(folder, OSError(errno.EACCES, "not writable"))
    return folder


def read_bytes(file: Path | str, most: int = MOST_DOCUMENT, start: int = 0) -> bytes:
    """The content of a regular file of at most `most` bytes, from byte `start` on.

    Never waits and never reads from a pipe or a device: the file is looked at before it is opened and again after. Raises
    `FileNotFoundError` where nothing is, `Unreadable` with the reason for everything else.
    """
    try:
        _regular(os.stat(file), start + most)
        with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY), "rb") as stream:
            _regular(os.fstat(stream.fileno()), start + most)
            stream.seek(start)
            content = stream.read(most + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"can't be read ({getattr(error, 'strerror', '') or 'its name is not allowed'})") from None
    if len(content) > most:
        raise Unreadable(f"grew beyond {most / 1e6:,.0f} MB while it was read")
    return content


def _regular(about: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise Unreadable("is no file but " + ("a folder" if stat.S_ISDIR(about.st_mode) else "a pipe or a device"))
    if about.st_size > most:
        raise Unreadable(f"has {about.st_size / 1e6:,.0f} MB, and at most {most / 1e6:,.0f} MB are read")


def read_document(file: Path | str, most: int = MOST_DOCUMENT) -> Any:
    """The JSON in a file, which anybody may have written: see `parsed`. Raises like `read_bytes`."""
    return parsed(read_bytes(file, most))


def parsed(content: bytes) -> Any:
    """JSON from UTF-8, with bounds: not deeper than `DEEPEST`, no whole number of `LARGEST` or more, no half characters.

    What JSON has no word for (NaN, an infinity, 1e999) comes as None. Raises `Unreadable` with the reason.
    """
    try:
        text = content.decode()
        document = json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=_nothing)
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8") from None
    except RecursionError:
        raise Unreadable(f"is nested more than {DEEPEST} levels deep") from None
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("is no JSON") from None
    if text.count("[") + text.count("{") > DEEPEST and _depth(document) > DEEPEST:
        raise Unreadable(f"is nested more than {DEEPEST} levels deep")
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Unreadable("holds half a character") from None
    return document


def _whole(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) >= LARGEST:
        raise Unreadable(f"holds a whole number of {len(digits):,} digits")
    return int(digits)


def _finite(digits: str) -> float | None:
    return value if math.isfinite(value := float(digits)) else None


def _nothing(name: str) -> None:
    return None


def _depth(document: object) -> int:
    """How deep lists and tables lie within one another; counted up to `DEEPEST` + 1."""
    level, depth = [document], 0
    while level and depth <= DEEPEST:
        level = [
            each
            for value in level
            if isinstance(value, list | dict)
            for each in (value.values() if isinstance(value, dict) else value)
        ]
        depth += bool(level)
    return depth


def open_to_append(file: Path) -> BinaryIO:
    """A regular file opened for appending, made where it is missing; raises `CannotWrite` for a pipe, a device or a folder."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EEXIST, "a pipe or a device is in the way")
    except OSError as error:
        raise cannot_write(file, error) from error
    return open(descriptor, "ab")


def last_lines(file: Path, most: int = 1_000_000) -> str:
    """The end of a text that may be long, such as a log; "" where there is none or it can't be read."""
    try:
        start = max(0, os.stat(file).st_size - most)
        return read_bytes(file, 2 * most, start).decode(errors="replace")
    except (OSError, Unreadable):
        return ""


def write_atomically(path: Path | str, content: bytes | str) -> None:
    """Replace the file at `path` by `content` (text as UTF-8) at once: a reader sees the old or the new file, whole.

    Written aside in the same folder, synced and renamed. A full or read-only disk raises `CannotWrite` (a `Refusal` and
    an `OSError`), leaves what was there, and takes the unfinished file away.
    """
    path = Path(path)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(aside, "xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        if isinstance(error, OSError):
            raise cannot_write(path, error) from error
        raise


def cannot_write(path: Path, error: OSError) -> CannotWrite:
    """The sentence for an `OSError` met while writing `path`."""
    reason = REASONS.get(error.errno or 0, f"{error.strerror or error}; see that the folder exists and can be written")
    shown = "".join(letter if letter.isprintable() else " " for letter in str(path))
    refusal = CannotWrite(f"{shown} can't be written: {reason}.")
    refusal.errno = error.errno
    return refusal
