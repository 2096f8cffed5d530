"""An audit as a job: one process that says how far it is, can be stopped, and leaves its result in one folder.

The folder holds audit.json (the result), progress.json, took.json (how long the last one took), log.txt, and a lease that
is locked while the audit runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from genmodels.files import CannotWrite, home, last_lines, make_folder, open_to_append, write_atomically
from genmodels.refusal import Refusal
from genmodels.runs import documents
from genmodels.runs.run import Run

PROGRESS: documents.Fields = {
    "audit": documents.is_text,
    "what": documents.is_text,
    "done": documents.is_number,
    "of": documents.is_number,
    "started": documents.is_seconds,
    "noted": documents.is_seconds,
    "pid": documents.is_number,
    "born": documents.is_seconds,
    "names": documents.is_text,
    "n": documents.is_number,
}
TOOK: documents.Fields = {"names": documents.is_text, "n": documents.is_number, "seconds": documents.is_number}
EVERY = 0.3  # seconds between two notes of progress


class Stopped(Exception):
    """Somebody asked the audit to stop. No `Refusal`: what answers those with "not measured" must not swallow a stop."""


class Progress:
    """Notes in a folder how far an audit is; raises `Stopped` when a stop is asked for there."""

    def __init__(self, folder: Path, asked: Mapping[str, Any] | None = None) -> None:
        self.folder, self.noted, self.audit = folder, 0.0, ""
        self.asked = {name: asked[name] for name in ("names", "n") if name in asked} if asked else {}
        self.started = float((asked or {}).get("started") or time.time())  # with the time that loading took

    def __call__(self, what: str, done: int, of: int) -> None:
        if (self.folder / "stop").exists():
            raise Stopped("The audit was stopped; nothing of it is kept.")
        if time.time() - self.noted >= EVERY:
            self.noted = time.time()
            note = {
                "audit": self.audit,
                "what": what,
                "done": done,
                "of": of,
                "started": self.started,
                "noted": self.noted,
            } | self.asked
            write_atomically(self.folder / "progress.json", json.dumps(note))

    def ended(self) -> None:
        """Keep how long it took, for whoever asks for the same again."""
        if self.asked:
            write_atomically(
                self.folder / "took.json", json.dumps(self.asked | {"seconds": time.time() - self.started})
            )


@contextlib.contextmanager
def at_work(folder: Path) -> Iterator[Progress]:
    """Hold the lease of a folder while an audit runs in it; raises `Refusal` where another one does."""
    make_folder(folder)
    with open_to_append(folder / "lease") as lease:
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"An audit is already running in {folder.name}; stop it or wait for it.") from None
        (folder / "stop").unlink(missing_ok=True)
        asked, _ = documents.read(folder / "progress.json", PROGRESS)
        progress = Progress(folder, asked if asked and asked.get("pid") == os.getpid() else None)
        try:
            yield progress
            progress.ended()
        finally:
            (folder / "progress.json").unlink(missing_ok=True)
            (folder / "stop").unlink(missing_ok=True)


def folder_of(run: Run) -> Path:
    """Where the dashboard audits a run."""
    return home() / "audits" / run.id


def start(run: Run, names: Sequence[str], *, n: int, seed: int, full: bool = False) -> None:
    """Audit a run in the background: `python -m genmodels audit RUN`, output to the log of the folder."""
    folder = make_folder(folder_of(run))
    if running(run):
        raise Refusal(f"Run {run.id} is being audited already; stop that or wait for it.")
    (folder / "stop").unlink(missing_ok=True)
    asked = [part for name in names for part in ("--audit", name)]
    command = [
        sys.executable,
        "-m",
        "genmodels",
        "audit",
        run.id,
        *asked,
        "-n",
        str(n),
        "--seed",
        str(seed),
        "--out",
        str(folder),
        *(["--full"] if full else []),
    ]
    with open(folder / "log.txt", "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    note = {
        "audit": "",
        "what": "loading the model",
        "done": 0,
        "of": 0,
        "started": time.time(),
        "noted": time.time(),
        "pid": process.pid,
        "names": ", ".join(names),
        "n": n,
    }
    with contextlib.suppress(psutil.NoSuchProcess):
        note["born"] = psutil.Process(process.pid).create_time()
    if not _held(folder):  # the process has not come to its own notes yet
        write_atomically(folder / "progress.json", json.dumps(note))


def took(run: Run, names: Sequence[str]) -> tuple[float, int] | None:
    """How many seconds the last whole audit of these names took, and with which n; None where there was none."""
    note, damage = documents.read(folder_of(run) / "took.json", TOOK)
    if damage or not note or note.get("names") != ", ".join(names):
        return None
    return float(note.get("seconds", 0)), int(note.get("n", 0))


def stop(run: Run) -> None:
    """Ask the audit of a run to stop."""
    (folder_of(run) / "stop").touch()


def running(run: Run) -> dict[str, Any] | None:
    """How far the audit of a run is; None where none runs. One whose process lives counts although it holds no lease yet."""
    folder = folder_of(run)
    note, damage = documents.read(folder / "progress.json", PROGRESS)
    if damage or not note:
        return None
    return note if _held(folder) or (not note.get("audit") and _lives(note)) else None


def _held(folder: Path) -> bool:
    """Whether an audit holds the lease of the folder."""
    try:
        with open_to_append(folder / "lease") as lease:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except CannotWrite:
        return False
    return False


def _lives(note: dict[str, Any]) -> bool:
    """Whether the process that was started is there, and is that one."""
    try:
        process = psutil.Process(int(note.get("pid", -1)))
        return abs(process.create_time() - note.get("born", 0)) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError, OverflowError):
        return False


def complaint(run: Run) -> str:
    """What the last audit of a run said against it before it ended; "": nothing."""
    lines = last_lines(folder_of(run) / "log.txt").splitlines()
    said = [line.removeprefix("genmodels: ") for line in lines if line.startswith("genmodels: ")]
    return said[-1] if said else ""
