"""What a killed process leaves in GENMODELS_HOME: unfinished imports, files written aside, runs that were half deleted.

Nothing here is of use to anybody once its process is gone. A name says what it is, its newest change how long nobody worked
on it: what rested for a day is swept. In a run whose lease we hold, nobody else writes checkpoints, so there it is at once.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genmodels.files import home
from genmodels.jobs.sandbox import PREFIX

DAY = 86_400.0  # seconds without a change, after which nobody works on it any more
UNFINISHED = re.compile(
    r"\.importing-.+|\.deleted-.+|\..+\.part|\.[a-z0-9_.-]+\.(?:pem|key)\.[0-9a-f]{8}|[0-9]+\.partial"
)
MOST = 10_000  # entries of a folder that are looked at


@dataclass(frozen=True)
class Leftover:
    """A file or folder that was never finished: where, how many bytes, and how many seconds ago it was last changed."""

    path: Path
    bytes: int
    age: float

    @property
    def rests(self) -> bool:
        """Has nobody worked on it for a day? What was to be deleted never is in use."""
        return self.age > DAY or self.path.name.startswith(".deleted-")


def leftovers() -> list[Leftover]:
    """Everything unfinished in the home, also what somebody works on right now."""
    top = home()
    runs = [top / "runs", *_folders(top / "runs")]
    places = [
        top,
        top / "data",
        top / "keys",
        top / "cache",
        top / "measured",
        top / "audits",
        *_folders(top / "audits"),
        top / "brought",
        *(part for each in _folders(top / "brought") for part in (each, each / "audit")),
        top / "labels",
        *_folders(top / "labels"),
        *runs,
    ]
    places += [run / part for run in runs for part in ("checkpoints", "epochs", "samples", "reconstructions")]
    return [_measured(entry) for entry in (*(entry for place in places for entry in _unfinished(place)), *_cages())]


def _cages() -> list[Path]:
    """Scratch folders of caged children whose parent was killed, among the temporary files of this user."""
    found = Path(tempfile.gettempdir()).glob(f"{PREFIX}*")
    return [each for each in found if not each.is_symlink() and each.is_dir() and each.stat().st_uid == os.getuid()]


def sweep() -> list[Leftover]:
    """Delete what rests; gives what is gone. What can't be deleted stays, and `genmodels doctor` names it."""
    return [each for each in leftovers() if each.rests and _removed(each.path)]


def sweep_run(run: Path) -> None:
    """Delete the unfinished checkpoints of a run. Only who holds its lease may ask: nobody else writes any."""
    for part in ("checkpoints", "epochs"):
        for entry in _unfinished(run / part):
            _removed(entry)


def _unfinished(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= MOST:
                    return
                if UNFINISHED.fullmatch(entry.name):
                    yield Path(entry.path)
    except OSError:
        return


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _measured(path: Path) -> Leftover:
    """Bytes, and the age of the newest change in it; links are not followed."""
    size, newest = 0, 0.0
    inside = (
        [path, *(Path(folder) / name for folder, folders, names in os.walk(path) for name in [*folders, *names])]
        if path.is_dir() and not path.is_symlink()
        else [path]
    )
    for each in inside:
        try:
            about = each.lstat()
        except OSError:
            continue
        size, newest = size + about.st_size, max(newest, about.st_mtime)
    return Leftover(path, size, time.time() - newest)


def _removed(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return False
    return not os.path.lexists(path)
