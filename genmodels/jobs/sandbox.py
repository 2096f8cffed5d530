"""Work on foreign files in a child that can do nothing else: no other file, no network, no process, no end of memory or time.

    with scratch() as folder:
        shutil.copyfile(foreign, folder / GIVEN / "model.keras")
        answer = run("genmodels.intake.keras_child:features", folder, what="model.keras", expected={"features": "f"})

The task is a function of our own, called with the folder of what it is given, the folder that it may write, and plain
arguments. Only arrays come back, and they are checked again. What a child takes from itself is in `cage`.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels import checkpoints
from genmodels.jobs.cage import ANSWER, LAYERS, SAID, SYSTEM
from genmodels.printable import printable
from genmodels.refusal import Refusal

ROOT = Path(__file__).parent.parent.parent
GIVEN, OUT = "in", "out"  # folders of a scratch folder: what the child reads, what it writes
PREFIX = "genmodels-cage-"  # of scratch folders in the folder for temporary files
MB = 1 << 20
START = "import sys; sys.path.insert(0, sys.argv[1]); from genmodels.jobs.cage import main; main(sys.argv[2])"


@dataclass(frozen=True)
class Limits:
    """What a child may use: bytes of memory, seconds by the clock and of the processor, bytes of a file, and counts."""

    memory: int = 1024 * MB
    seconds: int = 60
    cpu_seconds: int = 60
    file_bytes: int = 1024 * MB
    open_files: int = 128
    threads: int = 256  # beyond those that the user has already


@dataclass(frozen=True)
class Layer:
    """One layer of the cage on this machine: whether it holds, and if not, why."""

    name: str
    active: bool
    why_not: str = ""


@contextlib.contextmanager
def scratch(parent: Path | None = None, name: str | None = None) -> Iterator[Path]:
    """A new folder with `in` and `out`, for one child, gone afterwards; in `parent` under `name` where these are given."""
    folder = parent / name if parent and name else Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        for each in (folder, folder / GIVEN, folder / OUT):
            each.mkdir(mode=0o700, exist_ok=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(
    task: str,
    folder: Path,
    *,
    what: str,
    expected: Mapping[str, str],
    limits: Limits | None = None,
    arguments: Mapping[str, Any] | None = None,
    code: Sequence[Path] = (),
) -> dict[str, np.ndarray]:
    """The arrays that `task` ("module:function") answers in a caged child that reads `folder/in` and writes `folder/out`.

    `expected` holds the names of the arrays with the kind of their type ("f", "i", "u" or "b"); anything else, and
    numbers that are not finite, are refused. `what` names the foreign thing in sentences; `code` are folders of modules
    beside our own. Raises `Refusal` with what the child says against it, or with the limit that it met.
    """
    limits = limits or Limits()
    ended = _ended(task, folder, limits, arguments or {}, code)
    said = _said(folder / OUT / SAID)
    if isinstance(said.get("refused"), str):
        raise Refusal(printable(said["refused"], 600))
    if said.get("full"):
        raise Refusal(
            f"{what} needs more room than the disk has, or than the {limits.file_bytes // MB:,} MB of one file that foreign files are given; free some space or use a smaller one."
        )
    if said.get("memory") or ended == -signal.SIGKILL:
        raise Refusal(
            f"{what} needs more than the {limits.memory // MB:,} MB of memory that foreign files are given; use a smaller one."
        )
    if ended in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
        raise Refusal(
            f"{what} broke the process that looked at it, most often for want of more than {limits.memory // MB:,} MB of memory; nothing of it is kept, use a smaller one."
        )
    if ended is None or ended == -signal.SIGXCPU:
        raise Refusal(
            f"{what} takes longer than the {limits.seconds} s that foreign files are given; use a smaller one."
        )
    if ended != 0:
        raise Refusal(
            f"{what} can't be read: the process that looked at it broke off; it was ended and nothing of it is kept."
        )
    return _checked(folder / OUT / ANSWER, what, expected, limits)


def _ended(task: str, folder: Path, limits: Limits, arguments: Mapping[str, Any], code: Sequence[Path]) -> int | None:
    """The exit code of the child; None where it had to be ended for its time. Nothing that it started is left."""
    job = folder / "job.json"
    readable = [
        *SYSTEM,
        sys.prefix,
        sys.base_prefix,
        sys.exec_prefix,
        str(ROOT / "genmodels"),
        str(folder / GIVEN),
        *map(str, code),
    ]
    job.write_text(
        json.dumps(
            {
                "task": task,
                "arguments": dict(arguments),
                "limits": asdict(limits),
                "code": [*map(str, code), str(ROOT)],
                "readable": readable,
                "given": str(folder / GIVEN),
                "writable": str(folder / OUT),
            }
        )
    )
    with open(folder / "log.txt", "wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", START, str(ROOT), str(job)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=folder / OUT,
            env=_environment(folder / OUT),
            start_new_session=True,
        )
        try:
            return child.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _environment(out: Path) -> dict[str, str]:
    """Nothing of ours but what decides how fast numbers are computed."""
    kept = {name: os.environ[name] for name in ("TF_ENABLE_ONEDNN_OPTS",) if name in os.environ}
    return kept | {
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "TMPDIR": str(out),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _said(file: Path) -> dict[str, Any]:
    try:
        if file.is_symlink() or file.stat().st_size > 10_000:
            return {}
        said = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _checked(file: Path, what: str, expected: Mapping[str, str], limits: Limits) -> dict[str, np.ndarray]:
    wrong = Refusal(f"{what} gave something else than the numbers it was asked for; nothing of it is kept.")
    try:
        if file.is_symlink() or file.stat().st_size > limits.file_bytes:
            raise wrong
        arrays = checkpoints.read_arrays(file)
    except (OSError, checkpoints.Damaged):
        raise wrong from None
    if set(arrays) != set(expected) or any(array.dtype.kind != expected[name] for name, array in arrays.items()):
        raise wrong
    if not all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f"):
        raise Refusal(f"{what} gives numbers that are not finite; look for what overflows in it.")
    return arrays


@functools.cache
def active_layers() -> tuple[Layer, ...]:
    """Which layers of the cage hold on this machine: asked of a child that shuts itself in and says what it met."""
    with scratch() as folder:
        ended = _ended("genmodels.jobs.cage:nothing", folder, Limits(), {}, ())
        said = _said(folder / OUT / LAYERS)
    ours = (
        Layer("process of its own", ended == 0, "" if ended == 0 else "it could not be started"),
        Layer("time", ended == 0),
    )
    return (*ours, *(Layer(str(name), not why, str(why)) for name, why in said.items()))


def told(layers: Sequence[Layer]) -> str:
    """One sentence on what holds here and what does not."""
    active = ", ".join(layer.name for layer in layers if layer.active)
    missing = "; ".join(f"{layer.name} ({layer.why_not})" for layer in layers if not layer.active)
    return f"Foreign files are read in a caged process; active here: {active}" + (
        f"; not active: {missing}." if missing else "."
    )
