"""Programs that a model wrote, run in a cage: no network, no other process, no file but in an empty room, an end to everything.

    with Programs() as programs:
        for ran in programs.run([Program("def double(n): return 2 * n", "double", [(1,), (21,)])]):
            ran.ended, ran.answers          # "ok", (2, 42)

A process that holds nothing of ours splits off a child for each program (`program_child`), which is quicker than to start
Python anew. A program is asked; what it should answer stays here, so nothing that it prints, patches, writes or ends can make a
wrong answer right: `ended` is what it says of itself, `answers` are compared by whoever asked. Where one of the walls
that count does not hold on a machine, no program is run there.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

from genmodels.jobs.library import readable, standard_library
from genmodels.jobs.program_child import NEEDED, plain, unpacked
from genmodels.jobs.sandbox import MB, OUT, ROOT, Layer, Limits, scratch
from genmodels.printable import printable
from genmodels.refusal import Refusal

START = "import sys; sys.path.insert(0, sys.argv[1]); from genmodels.jobs.program_child import main; main(sys.argv[2])"
LONGEST = 200_000  # characters of a program and its questions
KEPT = 2000  # characters that are kept of what it printed
TRIES = 2  # of a child to shut itself in; a busy machine may take longer than its time over that
LATE = 30.0  # seconds beyond the time of a program, after which the process that splits off children is ended
SIGNALS = {
    each.value: each.name for each in signal.Signals
}  # those of real time have no names but the first and the last
OWN = "process of its own"  # the first of the walls
ENDS = {
    "ok": "came to its end",
    "exception": "raised an exception",
    "exit": "ended itself before its end",
    "time": "took too long",
    "memory": "needed too much memory",
    "files": "wrote too much",
    "printed": "printed too much",
    "killed": "was ended by the system",
}


@dataclass(frozen=True)
class ProgramLimits(Limits):
    """What a program may use, besides what every caged child may not exceed: bytes and files of its room, and bytes
    that it prints and answers. `slack` is what may be mapped beyond the memory."""

    memory: int = 256 * MB
    seconds: int = 10
    cpu_seconds: int = 3
    file_bytes: int = 8 * MB
    open_files: int = 32
    threads: int = 0
    slack: int = 128 * MB
    room_bytes: int = 16 * MB
    room_files: int = 64
    printed_bytes: int = MB
    answer_bytes: int = MB


@dataclass(frozen=True)
class Program:
    """The text of a program, and questions for one of its functions: the arguments of each call, of plain values."""

    text: str
    function: str = ""
    questions: Sequence[tuple[Any, ...]] = ()


@dataclass(frozen=True)
class Ran:
    """How a program ended (one of `ENDS`), the last line of what it raised, what it printed, seconds and answers.

    `ended`, `said` and `printed` are what it says of itself; that it was ended for its time, for what it printed or
    by a signal is what we saw. An answer that is no plain value is an `Unknown`.
    """

    ended: str
    said: str
    printed: str
    seconds: float
    cpu_seconds: float
    answers: tuple[Any, ...]


@dataclass(frozen=True)
class Unknown:
    """An answer that is no number, text, list, tuple, set, dictionary, truth or None; the name of its class."""

    name: str


class Programs:
    """Runs programs, so many at once as there are `workers`; whatever was begun is gone when it is closed."""

    def __init__(self, limits: ProgramLimits | None = None, workers: int | None = None) -> None:
        self.limits = limits or ProgramLimits()
        self.workers = workers or os.cpu_count() or 1
        self.idle: queue.SimpleQueue[_Root] = queue.SimpleQueue()
        self.roots = [_Root(self.limits) for _ in range(self.workers)]
        for root in self.roots:
            self.idle.put(root)

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End everything; nothing is left."""
        for root in self.roots:
            root.close()

    def run(self, programs: Sequence[Program]) -> Iterator[Ran]:
        """How each ended, in their order. Raises `Refusal` where the walls do not hold, or a program is too long."""
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                yield from pool.map(self.one, programs)
            finally:
                pool.shutdown(cancel_futures=True)

    def one(self, program: Program) -> Ran:
        """As `run`, of one."""
        root = self.idle.get()
        try:
            return root.ran(program)
        finally:
            self.idle.put(root)


class _Root:
    """One process that splits off children; it is started for the first program, and anew where it was lost."""

    def __init__(self, limits: ProgramLimits) -> None:
        self.limits, self.held = limits, contextlib.ExitStack()
        self.process: subprocess.Popen[bytes] | None = None
        self.layers: tuple[Layer, ...] = ()
        self.closing = threading.Lock()

    def ran(self, program: Program) -> Ran:
        """How a program ended in a child of its own."""
        task = json.dumps(
            {
                "text": program.text,
                "function": program.function,
                "questions": [[*map(plain, q)] for q in program.questions],
            }
        ).encode()
        if len(task) > LONGEST:
            raise Refusal(f"A program with its questions has {len(task):,} bytes; at most {LONGEST:,} are run.")
        for _ in range(TRIES):
            try:
                reply = self._asked(b"%08d" % len(task) + task)
            except (OSError, ValueError):
                self.close()
                return Ran("killed", "the process that it ran in was lost", "", 0.0, 0.0, ())
            said = [found for line in reply["answered"].splitlines() if (found := _parsed(line))]
            if said and "layers" in said[0]:
                break
        else:
            raise Refusal("The cage for programs could not be shut on this machine; no program was run.")
        self.layers = tuple(Layer(str(name), not why, str(why)) for name, why in said[0]["layers"].items())
        if why := why_not(self.layers):
            raise Refusal(why)
        return _ran(reply, said[1:], self.limits)

    def _asked(self, task: bytes) -> dict[str, Any]:
        process = self.process or self._started()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(task)
        process.stdin.flush()
        if not select.select([process.stdout], [], [], self.limits.seconds + LATE)[0]:
            raise ValueError("no reply")
        reply = json.loads(process.stdout.readline())
        if not isinstance(reply, dict):
            raise ValueError("no reply")
        return reply

    def _started(self) -> subprocess.Popen[bytes]:
        folder = self.held.enter_context(scratch()) / OUT
        environment = {"LANG": "C.UTF-8", "HOME": "/nonexistent", "TMPDIR": str(folder), "MALLOC_ARENA_MAX": "2"}
        how = asdict(self.limits) | {
            "environment": environment,
            "limits": asdict(self.limits),
            "folder": str(folder),
            "readable": readable(),
            "listed": [str(folder) for folder in standard_library()],
            "printed_kept": 4 * KEPT,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-c", START, str(ROOT), json.dumps(how)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        return self.process

    def close(self) -> None:
        """End the process and its child, and delete the folder; the next program starts it anew."""
        with self.closing:
            process, self.process = self.process, None
            if process is not None:
                for pipe in (process.stdin, process.stdout):
                    with contextlib.suppress(OSError):
                        assert pipe is not None
                        pipe.close()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(2)  # it ends its child first
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            self.held.close()


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _ran(reply: dict[str, Any], said: list[dict[str, Any]], limits: ProgramLimits) -> Ran:
    last = said[-1] if said else {}
    told = last.get("raised")
    code, why = reply["code"], reply["why"]
    spent = reply["cpu_seconds"] > limits.cpu_seconds
    if not why and (code == -signal.SIGXCPU or (code == -signal.SIGKILL and spent)):
        why = "time"
    if not why and code is not None and code < 0:
        told, why = f"ended by {SIGNALS.get(-code, f'signal {-code}')}", "killed"
    if not why and isinstance(told, str):
        why = kind if isinstance(kind := last.get("kind"), str) and kind in ENDS else "exception"
    why = why or ("ok" if last.get("done") is True and code == 0 else "exit")
    return Ran(
        "killed" if why == "left" else why,
        printable(told, KEPT) if isinstance(told, str) and why not in ("ok", "time", "printed") else "",
        "\n".join(printable(line, KEPT) for line in reply["printed"][:KEPT].split("\n")),
        float(reply["seconds"]),
        float(reply["cpu_seconds"]),
        tuple(_answer(each["answer"]) for each in said if "answer" in each),
    )


def _answer(written: object) -> Any:
    try:
        return unpacked(written)
    except (ValueError, TypeError):
        told = written[1:] if isinstance(written, list) else []
        return Unknown(
            printable(told[0], 100) if len(told) == 1 and isinstance(told[0], str) else "too deep or too large"
        )


@functools.cache
def walls() -> tuple[Layer, ...]:
    """Which walls are up around a program on this machine: asked of one that does nothing."""
    with Programs(workers=1) as programs:
        try:
            ended = programs.one(Program("")).ended
        except Refusal as refusal:
            return programs.roots[0].layers or (Layer(OWN, False, str(refusal)),)
        own = "" if ended == "ok" else "it could not be started"
        return (Layer(OWN, not own, own), Layer("time", not own, own), *programs.roots[0].layers)


def why_not(layers: Sequence[Layer]) -> str:
    """The sentence that says why no program is run behind these walls; "" where those that count are up."""
    missing = [layer for layer in layers if layer.name in (OWN, *NEEDED) and not layer.active]
    reasons = "; ".join(f"{layer.name} ({layer.why_not})" for layer in missing)
    return f"Programs that a model wrote are not run on this machine, for want of walls: {reasons}." if missing else ""


def told(layers: Sequence[Layer]) -> str:
    """One sentence on which walls are up around a program here, and which are not."""
    active = ", ".join(layer.name for layer in layers if layer.active)
    missing = "; ".join(f"{layer.name} ({layer.why_not})" for layer in layers if not layer.active)
    return f"Programs run in a caged process; walls that are up: {active or 'none'}" + (
        f"; not up: {missing}." if missing else "."
    )
