"""Files that are whole or not there, and the folder where everything of a user lives."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

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
    """Make `folder` and those above it where they are missing; raises `CannotWrite` where new files can't be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise cannot_write(folder, OSError(errno.EACCES, "not writable"))
    return folder


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
    refusal = CannotWrite(f"{path} can't be written: {reason}.")
    refusal.errno = error.errno
    return refusal
