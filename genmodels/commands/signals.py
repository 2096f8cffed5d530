"""How a command ends when somebody ends it: the exit codes of shells, and what carries a signal to the end."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

INTERRUPTED = {"SIGINT": 130, "SIGTERM": 143}  # exit codes, as shells have them: 128 and the number of the signal


class Terminated(BaseException):
    """SIGTERM came; no `Exception`, so that nothing but the end of the command takes it."""


class Interrupted(BaseException):
    """Ctrl-C where another library would make an error of its own of a `KeyboardInterrupt`."""


@contextlib.contextmanager
def terminated() -> Iterator[None]:
    """SIGTERM raises `Terminated` inside; only the main thread of a process can ask for it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupted() -> None:
    """From now on Ctrl-C raises `Interrupted`."""
    signal.signal(signal.SIGINT, _interrupt)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted
