"""Pictures drawn once and kept: arrays in the cache folder under a hash of what they were drawn from.

What was drawn by shipped weights ships too, under the same hash, which is another as soon as the weights are: then it is
drawn anew. It stands there the same on every processor, each of which would draw it a little differently.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from genmodels.files import home, make_folder, write_atomically
from genmodels.refusal import Refusal

Each = TypeVar("Each")
SHIPPED = (
    Path(__file__).parent / "data" / "drawn"
)  # what derives from shipped weights, beside the code and read before the cache
Report = Callable[[str, int, int], None]  # what is drawn (with a capital: what is done), how many are done, of how many


class NotDrawn(Exception):
    """What is asked for is not in the cache, and whoever asks would rather have it drawn elsewhere."""


_may_draw: ContextVar[bool] = ContextVar("may draw", default=True)
_told: ContextVar[Report | None] = ContextVar("told", default=None)


@contextlib.contextmanager
def only_kept() -> Iterator[None]:
    """Within it `drawn_once` reads and never draws: what is not there raises `NotDrawn`."""
    before = _may_draw.set(False)
    try:
        yield
    finally:
        _may_draw.reset(before)


@contextlib.contextmanager
def telling(report: Report) -> Iterator[None]:
    """Within it `counting` says how far a drawing is."""
    before = _told.set(report)
    try:
        yield
    finally:
        _told.reset(before)


def counting(what: str, all_of: Iterable[Each], every: int = 50) -> Iterator[Each]:
    """The same one after another; tells every so many times how many are done, to whom `telling` names."""
    rows = list(all_of)
    report = _told.get()
    for number, each in enumerate(rows):
        if report and number % every == 0:
            report(what, number, len(rows))
        yield each
    if report:
        report(what, len(rows), len(rows))


def tellable() -> Report:
    """Says how far a work is to whom `telling` names now, also from another thread; 0 of 0 where that can't be counted."""
    return _told.get() or (lambda what, done, of: None)


@contextlib.contextmanager
def telling_others(asked: str = "") -> Iterator[None]:
    """Within it every process can read from the cache folder, by `told`, how far this one's drawing of `asked` is."""
    file, begun = cache() / f"drawing-{os.getpid()}.json", {"": 0.0}

    def tell(what: str, done: int, of: int) -> None:
        begun.setdefault(what, time.time())
        with contextlib.suppress(Refusal):
            make_folder(file.parent)
            write_atomically(
                file,
                json.dumps(
                    {"asked": asked, "what": what, "done": done, "of": of, "seconds": time.time() - begun[what]}
                ),
            )

    try:
        with telling(tell):
            yield
    finally:
        file.unlink(missing_ok=True)


def told(asked: str = "") -> dict[str, Any] | None:
    """What is being drawn now, "done" "of" how many and for how many "seconds", none older than ten seconds.

    The latest news of whoever draws what was `asked` for; else the latest of anybody.
    """
    news: list[tuple[float, dict[str, Any]]] = []
    for file in cache().glob("drawing-*.json"):
        with contextlib.suppress(OSError, ValueError, RecursionError, TypeError):
            if time.time() - file.stat().st_mtime < 10:
                news.append((file.stat().st_mtime, dict(json.loads(file.read_text()))))
    return max(news, key=lambda each: (each[1].get("asked") == asked, each[0]), default=(0.0, None))[1]


def cache() -> Path:
    """The folder of what can be made again at any time: `GENMODELS_CACHE`, or `cache` in the home folder."""
    return Path(os.environ.get("GENMODELS_CACHE") or home() / "cache").expanduser()


def drawn_once(
    name: str, facts: Mapping[str, Any], draw: Callable[[], dict[str, np.ndarray]]
) -> Mapping[str, np.ndarray]:
    """The arrays that `draw()` gives, read from what ships or from the cache where they are there whole, else drawn and kept.

    `facts` (JSON) is all that decides what is drawn: versions, sizes, code of the drawing. A file whose SHA-256 is not
    the one written beside it counts as missing. Where the cache can't be written the arrays are drawn every time.
    Raises `NotDrawn` within `only_kept`.
    """
    file = cache() / file_name(name, facts)
    for each in (SHIPPED / file.name, file):
        kept = _read(each)
        if kept is not None:
            return kept
    if not _may_draw.get():
        raise NotDrawn(name)
    with _alone(file):
        kept = _read(file)  # by whoever drew it while this one waited
        if kept is not None:
            return kept
        arrays = draw()
        with contextlib.suppress(Refusal):  # a full or read-only disk costs time, not the data set
            make_folder(file.parent)
            _write(file, arrays)
    return arrays


def file_name(name: str, facts: Mapping[str, Any]) -> str:
    """Of the arrays that were drawn from these facts."""
    return f"{name}-{hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]}.npz"


def ship(name: str, facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Path:
    """Put arrays beside the code, in place of what shipped under that name before; the file."""
    SHIPPED.mkdir(exist_ok=True)
    file = SHIPPED / file_name(name, facts)
    _write(file, arrays)
    for old in SHIPPED.glob(f"{name}-*"):
        if old.stem != file.stem:
            old.unlink()
    return file


def _write(file: Path, arrays: Mapping[str, np.ndarray]) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    write_atomically(file, buffer.getvalue())
    write_atomically(file.with_suffix(".sha256"), hashlib.sha256(buffer.getvalue()).hexdigest())


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One process at a time draws a file; without a lock where none can be had."""
    lock = None
    with contextlib.suppress(Refusal, OSError):
        make_folder(file.parent)
        lock = os.open(file.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _read(file: Path) -> Mapping[str, np.ndarray] | None:
    with contextlib.suppress(OSError, ValueError, zipfile.BadZipFile):
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() == file.with_suffix(".sha256").read_text():
            return np.load(io.BytesIO(content), allow_pickle=False)
    return None
