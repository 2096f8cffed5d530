"""How a bench talks to its sides: each is a warm process of its own, and they take turns, never at once.

Lines of JSON over stdin and stdout. The child says {"ready": {...}} after its warm-up; each {"steps": k} is answered
with {"seconds"}, and {"peak_megabytes"} where the work is done in that process itself. Knows neither Keras nor
PyTorch, because the sides run in different environments.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from genmodels.bench.machine import switches

THREADS = 2  # of each side, whatever the machine has
SETTLE = 0.2  # seconds before each turn: a side's threads may spin a while after their work
LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
ROOT = Path(__file__).parent.parent.parent


class Absent(Exception):
    """A side can't take part here; the message says why."""


class Side:
    """The parent's end: starts `python -m module arguments...` and has it take turns."""

    def __init__(self, command: Sequence[str], python: str) -> None:
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = (
            os.environ
            | switches()
            | {"PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
            | dict.fromkeys(LIMITS, str(THREADS))
        )
        self.said = tempfile.TemporaryFile("w+")  # what it writes to stderr, told when it breaks
        self.child = subprocess.Popen(
            [python, "-m", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        self.about: dict[str, Any] = self._answer()["ready"]

    def turn(self, steps: int) -> dict[str, float]:
        """Take that many steps now."""
        assert self.child.stdin is not None
        time.sleep(SETTLE)
        print(json.dumps({"steps": steps}), file=self.child.stdin, flush=True)
        return self._answer()

    def close(self) -> None:
        """End it: the end of its input is the sign to go."""
        for stream in (self.child.stdin, self.child.stdout, self.said):
            with suppress(BrokenPipeError):
                stream and stream.close()
        try:
            self.child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def _answer(self) -> dict[str, Any]:
        assert self.child.stdout is not None
        if line := self.child.stdout.readline():
            return json.loads(line)
        self.child.wait()
        self.said.seek(0)
        last = (self.said.read().strip().splitlines() or ["it said nothing"])[-1][:300]
        self.close()
        raise Absent(last)


def serve(work: Callable[[int], float | Mapping[str, float] | None], warm_up: int = 3, **about: Any) -> None:
    """The child's end: answer until stdin closes.

    `work(k)` takes k steps and returns when they are done; where not all of its time counts, it returns the seconds
    that do, alone or with more to tell.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    sys.stdout = os.fdopen(1, "w", 1, closefd=False)  # and stands before what breaks it, line by line
    if warm_up:
        work(warm_up)
    print(json.dumps({"ready": about}), file=answers, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        counted = work(json.loads(line)["steps"])
        answer = (
            dict(counted)
            if isinstance(counted, Mapping)
            else {"seconds": time.perf_counter() - start if counted is None else counted}
        )
        if counted is None:
            answer["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps(answer), file=answers, flush=True)
