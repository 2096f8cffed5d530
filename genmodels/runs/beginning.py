"""What a training does before its first step, in words, and how long that usually takes on this machine.

Whoever watches a training, on the page or in a terminal, reads the phase in the status of its run:

    phase        one of `PHASES`; "" from the first step on     phase_began  Unix time
    phase_share  how much of it is done, 0 to 1, where known    usual        seconds of each phase, as they were lately
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from genmodels.files import Unreadable, home, read_document, write_atomically
from genmodels.refusal import Refusal
from genmodels.runs.run import STARTING, Run

PHASES = {
    STARTING: "Starting TensorFlow",  # the process is not there yet
    "importing": "Starting TensorFlow",
    "reading": "Reading the data",
    "building": "Building the model",
    "compiling": "Compiling the first step",
}
FIRST_GUESS = {
    "importing": 8.0,
    "reading": 3.0,
    "building": 3.0,
    "compiling": 8.0,
}  # seconds, before anything was timed
REMEMBERED = 3  # timings of each phase, of which the median is usual
MOST_KEPT = 500  # phases of models and data sets

Report = Callable[[dict[str, Any]], None]


def enter(run: Run, phase: str, report: Report = lambda status: None, *, epoch: int = 0, **more: Any) -> None:
    """Say that a phase begins, and remember how long the one before took. `epoch` counts from 0; `more` is said too."""
    status, now = run.status, time.time()
    before, began = str(status.get("phase", "")), float(status.get("phase_began", now))
    if before == STARTING and phase == "importing":
        usual = status.get("usual") or usual_seconds(run)
    else:
        if status.get("pid") == os.getpid():  # else the process that was in that phase is gone
            _remember(run, before, now - began)
        usual, began = usual_seconds(run), now
    changes: dict[str, Any] = {"phase": phase, "phase_began": began, "phase_share": None, "usual": usual}
    run.write_status(state="running", message=words(phase, usual, epoch), **changes, **more)
    report(run.status)


def ended(run: Run) -> dict[str, Any]:
    """What the status says from the first step on; remembers how long the last phase took."""
    status = run.status
    _remember(run, str(status.get("phase", "")), time.time() - float(status.get("phase_began", time.time())))
    return {"phase": "", "phase_share": None}


def present() -> dict[str, Any]:
    """This process, for a status: its id, and when it was created, since ids are used again."""
    import psutil

    return {"pid": os.getpid(), "pid_created": psutil.Process().create_time()}


def words(phase: str, usual: Mapping[str, float], epoch: int = 0) -> str:
    """A phase in a sentence.

    >>> words("importing", {"importing": 8.2})
    'Starting TensorFlow (usually 8 s)'
    """
    seconds = usual.get("importing" if phase == STARTING else phase)
    said = f"Epoch {epoch + 1}: compiling the first step" if phase == "compiling" else PHASES[phase]
    return said if seconds is None else f"{said} (usually {max(1, round(seconds))} s)"


def telling(run: Run, report: Report, pause: float = 0.5) -> Callable[[str, int, int], None]:
    """How far reading the data is, for `rasters.telling`; written at most every `pause` seconds."""
    written = 0.0

    def tell(what: str, done: int, of: int) -> None:
        nonlocal written
        if time.monotonic() - written < pause and of:
            return
        written = time.monotonic()
        counted = f", {done:,} of {of:,}" if of else ""
        run.write_status(
            message=f"{PHASES['reading']}: {what[:1].lower()}{what[1:]}{counted}",
            phase_share=min(1.0, done / of) if of else None,
        )
        report(run.status)

    return tell


def share(status: Mapping[str, Any], now: float) -> float | None:
    """How much of the beginning is done at the Unix time `now`, 0 to 1; None where no phase of it is going on.

    Where a phase can't be counted its share creeps towards all of it, at two thirds after the usual time.
    """
    phase = status.get("phase")
    if phase not in PHASES:
        return None
    phase = "importing" if phase == STARTING else str(phase)
    usual = FIRST_GUESS | {
        name: max(0.1, each) for name, each in (status.get("usual") or {}).items() if name in FIRST_GUESS and each
    }
    counted = status.get("phase_share")
    gone = max(0.0, now - float(status.get("phase_began", now)))
    part = counted if isinstance(counted, int | float) else 1 - math.exp(-1.1 * gone / usual[phase])
    names = list(FIRST_GUESS)
    before = sum(usual[name] for name in names[: names.index(phase)])
    return min(1.0, (before + min(1.0, part) * usual[phase]) / sum(usual.values()))


def usual_seconds(run: Run) -> dict[str, float]:
    """Seconds that each phase took lately with this model and these data; without those that were never timed here."""
    kept = _kept()
    known = {phase: statistics.median_low(times) for phase in FIRST_GUESS if (times := kept.get(_name(run, phase)))}
    return {"importing": FIRST_GUESS["importing"]} | known


def _remember(run: Run, phase: str, seconds: float) -> None:
    if phase not in FIRST_GUESS or not 0 <= seconds < 3600:
        return
    kept, name = _kept(), _name(run, phase)
    times = [*kept.pop(name, []), round(seconds, 2)][-REMEMBERED:]
    with contextlib.suppress(Refusal, OSError):  # whoever can't keep it guesses again
        write_atomically(home() / "usual.json", json.dumps(dict([*kept.items(), (name, times)][-MOST_KEPT:])))


def _kept() -> dict[str, list[float]]:
    """The timings in GENMODELS_HOME; none where the file is not there or is not ours."""
    try:
        found = read_document(os.path.join(home(), "usual.json"), 1 << 20)
    except (OSError, Unreadable):
        return {}
    rows = found.items() if isinstance(found, dict) else ()
    return {
        name: times
        for name, times in rows
        if isinstance(times, list) and times and all(type(each) in (int, float) and 0 <= each < 3600 for each in times)
    }


def _name(run: Run, phase: str) -> str:
    """What a timing is kept under: TensorFlow starts alike for all, the rest depends on model or data."""
    experiment = run.experiment
    return {"importing": phase, "reading": f"{phase} {experiment.data}"}.get(phase, f"{phase} {experiment.model}")
