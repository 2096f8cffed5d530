"""Who starts long work, sees whether it lives, and ends it. There is one: processes of this machine.

worker = LOCAL.start(genmodels_command("resume", run.id), JobFolder(run.path))
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from genmodels.files import open_to_append
from genmodels.jobs.folder import JobFolder

REUSED = 1.0  # seconds that two readings of when a process was created may differ


@dataclass(frozen=True)
class Worker:
    """A process that was started: its number, and when it was created (Unix seconds), since numbers are used again."""

    pid: int
    born: float


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it wrote to standard output and standard error."""

    code: int
    output: str
    errors: str

    def complaint(self) -> str:
        """What it said last against what it was asked, without its name; "" where it said nothing of the kind."""
        return complaint(self.errors)


class Executor(Protocol):
    """Starts work that outlives who started it; what it prints goes to the log of its folder."""

    def start(self, command: Sequence[str], folder: JobFolder | None = None) -> Worker:
        """Start a command in a process of its own, output to the log of its folder."""
        ...

    def alive(self, worker: Worker) -> bool:
        """Is the process that was started still there, and that one?"""
        ...

    def kill(self, worker: Worker) -> bool:
        """End it and all that it started; False where it had gone."""
        ...


class Local:
    """Processes of this machine, each in a session of its own."""

    def start(
        self,
        command: Sequence[str],
        folder: JobFolder | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        niceness: int = 0,
    ) -> Worker:
        """Start a command, which goes on when we end; what it prints is added to the log of `folder`, or dropped.

        `environment` is added to ours; `niceness` lets others go first (0 to 19).
        """
        with contextlib.ExitStack() as opened:
            log: IO[bytes] | int = opened.enter_context(open_to_append(folder.log)) if folder else subprocess.DEVNULL
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | dict(environment or {}),
                preexec_fn=(lambda: os.nice(niceness)) if niceness else None,
            )
        return Worker(process.pid, born(process.pid))

    def alive(self, worker: Worker) -> bool:
        """Is the process that was started there, and is it that one?"""
        import psutil

        try:
            process = psutil.Process(worker.pid)
            return abs(process.create_time() - worker.born) < REUSED and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, ValueError, OverflowError):
            return False

    def kill(self, worker: Worker) -> bool:
        """End the process at once, with all that it started; False where it is gone or its number is another's."""
        if not self.alive(worker):
            return False
        try:
            group = os.getpgid(worker.pid)
            if group == os.getpgid(0):  # it works in our own terminal: not the whole group
                os.kill(worker.pid, signal.SIGKILL)
            else:
                os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def wait(self, command: Sequence[str], seconds: float | None = None) -> Ended:
        """Run a short command to its end; raises `TimeoutError` and ends it where it takes longer than `seconds`."""
        try:
            done = subprocess.run(
                list(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        return Ended(done.returncode, done.stdout, done.stderr)


LOCAL = Local()
PREFIX = "genmodels: "  # of what our commands say against what they were asked


def genmodels_command(*arguments: str, module: str = "genmodels") -> list[str]:
    """The words that run our command line, or another module of ours, in the Python of this process."""
    return [sys.executable, "-m", module, *arguments]


def complaint(log: str) -> str:
    """The last sentence in which a command of ours refuses, without its name; "" where there is none."""
    said = [line.removeprefix(PREFIX) for line in log.splitlines() if line.startswith(PREFIX)]
    return said[-1] if said else ""


def born(pid: int) -> float:
    """When a process was created (Unix seconds); 0 where it is gone already."""
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        return float(psutil.Process(pid).create_time())
    return 0.0
