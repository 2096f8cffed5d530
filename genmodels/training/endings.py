"""How a training ends before its time: who asked it to stop, and what is said of an error."""

from __future__ import annotations

import errno
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import tensorflow as tf

from genmodels.runs.run import Run


def expected(error: BaseException) -> bool:
    """Does it need no traceback, because `sentence` says all: too little memory, a full or a read-only disk?"""
    short = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
    return isinstance(error, MemoryError | tf.errors.ResourceExhaustedError) or (
        isinstance(error, OSError) and error.errno in short
    )


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it came from, such as a full disk before a file that can't be closed."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def sentence(error: BaseException) -> str:
    """One sentence for an error that is not the user's."""
    error = next(filter(expected, chain(error)), error)
    if isinstance(error, MemoryError | tf.errors.ResourceExhaustedError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return f"It needed more than {peak} MB of memory; lower the batch size or the width."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full; make room, then resume: nothing up to the last checkpoint is lost."
    if isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES):
        return "The folder of the runs can't be written; make it writable or choose another GENMODELS_HOME."
    first = (str(error).splitlines() or [""])[0][:200]
    return f"It broke with {type(error).__name__}: {first} (log.txt has the whole story)."


@contextmanager
def stop_requests(run: Run) -> Iterator[Callable[[], str]]:
    """A function that says who asked to stop ("" when nobody did): a file in the run, SIGTERM or Ctrl-C."""
    signals: list[int] = []
    old = {
        number: signal.signal(number, lambda n, frame: signals.append(n)) for number in (signal.SIGTERM, signal.SIGINT)
    }

    def asked() -> str:
        if signals:
            return signal.Signals(signals[0]).name
        return "the stop button" if run.folder.stop_asked() else ""

    try:
        yield asked
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
