"""An audit as a job: one process that says how far it is, can be stopped, and leaves its result in one folder.

The folder is a `JobFolder`, with audit.json (the result), progress.json and took.json (how long the last one took).
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from genmodels.files import home, last_lines, make_folder, write_atomically
from genmodels.jobs import executor
from genmodels.jobs.executor import LOCAL, Worker, genmodels_command
from genmodels.jobs.folder import JobFolder, Progress, Stopped
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
STOPPED = "The audit was stopped; nothing of it is kept."
GOES_ON = (
    "The audit was stopped; started again under the same conditions it goes on after the last check that was over."
)


def folder_of(run: Run) -> Path:
    """Where the dashboard audits a run."""
    return home() / "audits" / run.id


@contextlib.contextmanager
def at_work(path: Path, stopped: str = STOPPED) -> Iterator[Progress]:
    """Hold the lease of a folder while an audit runs in it; raises `Refusal` where another one does.

    `stopped` is what is said where somebody asks it to stop. A process that a page started and that refuses leaves its note: its
    sentence is printed after this, and whoever looks in between sees that it still works.
    """
    folder = JobFolder(make_folder(path))
    with folder.hold(lambda holder: f"An audit is already running in {path.name}; stop it or wait for it."):
        folder.forget_stop()
        asked = _asked(path)  # the start counts the time that loading took
        if not asked:
            (path / "progress.json").unlink(missing_ok=True)  # of one that refused before
        progress = Progress(folder, stopped, float(asked.get("started") or 0))
        progress.says(audit="", **{name: asked[name] for name in ("names", "n") if name in asked})
        refused = False
        try:
            yield progress
            if asked:
                _keep_time(progress)
        except (Refusal, Stopped):
            refused = True
            raise
        finally:
            if asked and refused:
                progress.says(audit="", pid=asked["pid"], born=asked.get("born", 0))
                progress.note("saying why it ended")
            else:
                progress.file.unlink(missing_ok=True)
            folder.forget_stop()


def _asked(path: Path) -> dict[str, Any]:
    """What the dashboard noted when it started this very process; empty where somebody else did."""
    note, _ = documents.read(path / "progress.json", PROGRESS)
    return note if note and note.get("pid") == os.getpid() else {}


def _keep_time(progress: Progress) -> None:
    """Keep how long it took, for whoever asks for the same again."""
    took = {name: value for name, value in progress.about.items() if name in ("names", "n")}
    if took:
        took["seconds"] = time.time() - progress.started
        write_atomically(progress.folder.path / "took.json", json.dumps(took))


def start(
    run: Run, names: Sequence[str], *, n: int, seed: int, options: Mapping[str, bool | str] | None = None
) -> None:
    """Audit a run in the background: `python -m genmodels audit RUN`, output to the log of the folder."""
    if running(run):
        raise Refusal(f"Run {run.id} is being audited already; stop that or wait for it.")
    asked = [part for name in names for part in ("--audit", name)]
    asked += ["-n", str(n), "--seed", str(seed), *_flags(options or {})]
    begin(folder_of(run), [run.id, *asked], "loading the model", names=", ".join(names), n=n)


def begin(path: Path, asked: Sequence[str], first: str, **about: Any) -> None:
    """Run `genmodels audit` with these arguments in the background, in a folder; `first` is what it does at first."""
    begin_verb(path, ["audit", *asked, "--out", str(path)], first, **about)


def begin_verb(path: Path, words: Sequence[str], first: str, **about: Any) -> None:
    """Run a command of ours in the background that holds the lease of this folder (`at_work`)."""
    folder = JobFolder(make_folder(path))
    folder.forget_stop()
    folder.log.unlink(missing_ok=True)
    worker = LOCAL.start(genmodels_command(*words), folder)
    if not folder.held():  # the process has not come to its own notes yet
        progress = Progress(folder, STOPPED)
        progress.says(audit="", pid=worker.pid, born=worker.born, **about)
        progress.note(first)


def _flags(options: Mapping[str, bool | str]) -> list[str]:
    """Options of audits as the command line takes them: --full, --pairs FILE."""
    chosen = {f"--{name}": value for name, value in options.items() if value}
    return [word for flag, value in chosen.items() for word in ((flag,) if value is True else (flag, str(value)))]


def took(run: Run, names: Sequence[str]) -> tuple[float, int, str] | None:
    """How many seconds the last whole audit of these names took, with which n, and of which run: this one, else the one that
    was so audited last; None where none was."""
    asked, own = ", ".join(names), folder_of(run)
    others = sorted(own.parent.glob("*/took.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for folder in (own, *(file.parent for file in others)):
        note = _took(folder)
        if note and note.get("names") == asked:
            return float(note.get("seconds", 0)), int(note.get("n", 0)), folder.name
    return None


def took_in(path: Path) -> float | None:
    """How many seconds the last whole audit in a folder took; None where there was none."""
    return float(note.get("seconds", 0)) if (note := _took(path)) else None


def _took(folder: Path) -> dict[str, Any] | None:
    note, damage = documents.read(folder / "took.json", TOOK)
    return None if damage else note


def stop(run: Run) -> None:
    """Ask the audit of a run to stop."""
    JobFolder(folder_of(run)).ask_to_stop()


def running(run: Run) -> dict[str, Any] | None:
    """How far the audit of a run is; None where none runs."""
    return running_in(folder_of(run))


def running_in(path: Path) -> dict[str, Any] | None:
    """How far the audit in a folder is; None where none runs. One whose process lives counts although it holds no lease yet."""
    folder = JobFolder(path)
    note, damage = documents.read(folder.path / "progress.json", PROGRESS)
    if damage or not note:
        return None
    return note if folder.held() or (not note.get("audit") and _loads(note)) else None


def _loads(note: dict[str, Any]) -> bool:
    """Does the process that was started live?"""
    return LOCAL.alive(Worker(int(note.get("pid", -1)), float(note.get("born", 0))))


def complaint(run: Run) -> str:
    """What the last audit of a run said against it before it ended; "": nothing."""
    return complaint_in(folder_of(run))


def ended(run: Run) -> str:
    """How the last audit of a run ended: "done", "stopped" by somebody, or "failed"."""
    said = complaint(run)
    return "done" if not said else "stopped" if said in (STOPPED, GOES_ON) else "failed"


def complaint_in(path: Path) -> str:
    """What the last audit in a folder said against it before it ended; "": nothing."""
    return executor.complaint(last_lines(path / "log.txt"))
