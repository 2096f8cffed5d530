"""Everything that is kept between reruns and shared between sessions, and the lock that a model needs.

Nothing is kept on disk. A run's folder is the truth: what is kept here is read again when its files change.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard.first_drawing import wait_for
from dashboard.parts.sharing import InTurn, Loaded
from dashboard.run_rows import FILES, Row, RunTable, changed, read_row
from dashboard.training.follower import Follower, Trace
from genmodels.cache import NotDrawn, only_kept
from genmodels.data.dataset import DATA, describe
from genmodels.data.facts import known
from genmodels.doctor import examine
from genmodels.files import Unreadable, home, read_bytes
from genmodels.instruments.detector import open_detector
from genmodels.kinds.image.files import open_picture, png_bytes
from genmodels.kinds.image.tiles import tiles
from genmodels.provenance.formats import format_of
from genmodels.provenance.pixels import pixels
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_model
from genmodels.training.diagnosis import diagnose

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

    from genmodels.data.dataset import Dataset

DIAGNOSED = 20_000  # lines of a history that are read for signs of trouble
MOST_PICTURE = 32 << 20  # bytes
_written: dict[str, tuple[Any, str]] = {}
_written_lock = threading.Lock()
FIRST_TIME = "Loading the model. TensorFlow takes some seconds the first time …"


def run_rows(store: RunStore) -> list[Row]:
    """One row a run, gallery last; only what changed since the last call is read."""
    return _run_table(str(store.folder)).rows(store)


def summary(run: Run) -> Row:
    """The row of one run with its facts, its findings and its credit; read again when one of its files was replaced.

    Shared, so it must not be changed.
    """
    files = [*(str(run.path / name) for name in FILES), str(run.findings_file)]
    return _summary(str(run.path), tuple((file, changed(file)) for file in files), run)


@st.cache_resource(max_entries=256, show_spinner=False)
def _summary(path: str, version: tuple[tuple[str, int], ...], _run: Run) -> Row:
    facts = _run.facts
    said = {"facts": facts, "findings": _run.findings(), "credit": str(facts.get("credit", ""))}
    return read_row(path, gallery=False) | said


@st.cache_resource(max_entries=4, show_spinner=False)
def _run_table(folder: str) -> RunTable:
    return RunTable()


def history(run: Run) -> Trace:
    """The history of a run, read incrementally."""
    return _follower(str(run.path)).read()


@st.cache_resource(max_entries=48, show_spinner=False)
def _follower(path: str) -> Follower:
    return Follower(Path(path) / "history.jsonl")


@st.cache_resource(max_entries=128, show_spinner=False)
def figure(kind: str, version: tuple[Any, ...], _draw: Callable[[], Any]) -> Any:
    """A chart that several viewers look at, drawn once a version."""
    return _draw()


def as_json(key: str, figure: Figure) -> str:
    """A chart that several viewers look at, written once for all; without the look that Plotly gives by itself."""
    with _written_lock:
        known, text = _written.get(key, (None, ""))
        if known is not figure:
            document = figure.to_plotly_json()
            document["layout"].pop("template", None)
            from plotly.io import to_json

            text = to_json(document, validate=False)
            _written[key] = figure, text
            while len(_written) > 128:
                del _written[next(iter(_written))]
        return text


@st.cache_resource(max_entries=48, show_spinner=False)
def readings(path: str, version: tuple[int, int], model: str, _frame: pandas.DataFrame) -> list[Any]:
    """What goes wrong in a training, read once a version; a long history is thinned evenly, its epochs are kept."""
    few = _frame
    if len(few) > DIAGNOSED:
        at_epochs = few["kernel_distance"].notna() if "kernel_distance" in few else few["step"] < 0
        few = few[at_epochs | (few.index % (len(few) // DIAGNOSED + 1) == 0)]
    return diagnose(few.to_dict("records"), model)


@st.cache_resource(max_entries=64, show_spinner=False)
def explored(key: tuple[Any, ...], _make: Callable[[], Any]) -> Any:
    """What was found in a latent space (a walk, a map, directions) or warmed, once a key; shared, so it must not be changed."""
    return _make()


# Networks are built in one thread that lives as long as the server, one at a time; see also `deferred.network`.
BUILDER = ThreadPoolExecutor(1, thread_name_prefix="builder")


@contextmanager
def generator(run: Run, epoch: int | None = None) -> Iterator[Any]:
    """The trained model of a run, locked while it is used: `with generator(run) as model: model.decode(...)`."""
    loaded = _loaded(str(run.path), epoch, newest(run))
    with loaded.lock:
        yield loaded.generator


def warm(run: Run) -> None:
    """Have a model and its data at hand, and let it make one example, which compiles its networks; once a server."""
    explored(("warm", str(run.path), newest(run)), lambda: _warmed(run))


def _warmed(run: Run) -> None:
    dataset(run.experiment.data, run.experiment.source)
    with generator(run) as model:
        model.sample(1, seed=0)


@contextmanager
def generator_in_turn(run: Run, waiting: Callable[[], None]) -> Iterator[Any]:
    """The same, for long use: `waiting` is called again and again while another session has the model."""
    loaded = _loaded(str(run.path), None, newest(run))
    while not loaded.lock.acquire(timeout=0.3):
        waiting()
    try:
        yield loaded.generator
    finally:
        loaded.lock.release()


def busy(run: Run) -> bool:
    """Is another session using the model of this run right now?"""
    return _loaded(str(run.path), None, newest(run)).lock.locked()


def reading(run: Run, text: str, top: int, more: tuple[int, ...] = ()) -> Any:
    """What a model of texts finds in a text and `more` tokens (`TextGenerator.read`); shared, so it must not be changed."""
    return _reading(str(run.path), newest(run), text, top, more, run)


@st.cache_resource(max_entries=12, show_spinner=False)  # with all attention maps one takes up to 6 MB
def _reading(path: str, version: int, text: str, top: int, more: tuple[int, ...], _run: Run) -> Any:
    with generator(_run) as model:
        return model.read(text, top, more)


@st.cache_resource(max_entries=3, show_spinner=FIRST_TIME, show_time=True)
def _loaded(path: str, epoch: int | None, version: int) -> Loaded:
    return Loaded(BUILDER.submit(open_model, Run(Path(path)), epoch).result(), threading.Lock())


def newest(run: Run) -> int:
    """Changes when a checkpoint was added."""
    folders = [run.path / "checkpoints", run.path / "epochs"]
    return max((folder.stat().st_mtime_ns for folder in folders if folder.is_dir()), default=0)


def dataset(name: str, knobs: Mapping[str, Any] | None = None) -> Dataset:
    """A data set with these knobs, read once; shared, so it must not be changed.

    What has to be drawn first is drawn in a process of its own, while the page says how far it is.
    """
    asked = name, json.dumps(dict(knobs or {}), sort_keys=True), _home()
    try:
        with only_kept():
            return _dataset(*asked)
    except NotDrawn:
        wait_for(*asked[:2])
    return _dataset(*asked)


@st.cache_resource(max_entries=4, show_spinner="Reading the data …", show_time=True)
def _dataset(name: str, knobs: str, home: str) -> Dataset:
    return DATA[name].from_dict(json.loads(knobs)).load()


def description(name: str, knobs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Counts, shares, licence and hash of a data set; of a built-in set as it ships no picture is read for it."""
    if found := known(name, knobs):
        return found
    dataset(name, knobs)
    return _description(name, json.dumps(dict(knobs or {}), sort_keys=True), _home())


@st.cache_data(max_entries=32, show_spinner="Counting …", show_time=True)
def _description(name: str, knobs: str, home: str) -> dict[str, Any]:
    return describe(_dataset(name, knobs, home))


def read_picture(path: str) -> bytes:
    """A picture of a run; anybody may have put anything in its place."""
    try:
        return read_bytes(path, MOST_PICTURE)
    except Unreadable as reason:
        raise Refusal(f"The picture {Path(path).name} {reason}.") from None


@st.cache_data(max_entries=256, show_spinner=False)
def enlarged(path: str, changed: int, side: int) -> bytes:
    """A small picture of a run as a PNG whose pixels are squares, about `side` pixels wide."""
    from PIL import Image

    picture = open_picture(read_picture(path), "the picture")
    factor = max(1, round(side / picture.width))
    return png_bytes(picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST))


@st.cache_data(max_entries=256, show_spinner=False)
def strip(path: str, changed: int, tile: tuple[int, int, int] | None, columns: int, rows: int, side: int) -> bytes:
    """The first examples of a sheet of samples as a PNG about `side` pixels wide; its pixels are squares."""
    from PIL import Image

    sheet = np.asarray(open_picture(read_picture(path), "the picture").convert("RGB"))
    few = Image.fromarray(tiles(sheet, tile, columns, rows))
    factor = max(1, round(side / few.width))
    return png_bytes(few.resize((few.width * factor, few.height * factor), Image.Resampling.NEAREST))


@st.cache_resource(max_entries=2000, show_spinner=False)
def in_a_cell(path: str, version: tuple[int, int], _draw: Callable[[], str | None]) -> str | None:
    """A run's picture in a table, as an address that holds it, drawn once a version; None where there is none."""
    return _draw()


@st.cache_data(max_entries=64, show_spinner=False)
def thumbnail(content: bytes) -> bytes | None:
    """A foreign picture, read safely and made small; None where its pixels can't be read."""
    picture = pixels(content, format_of(content)).picture
    if picture is None:
        return None
    picture.thumbnail((256, 256))
    return png_bytes(picture)


def detector() -> Any:
    """What tells pictures of generators, one call at a time; None where the gallery has none."""
    return _detector(_home())


@st.cache_resource(max_entries=2, show_spinner=FIRST_TIME, show_time=True)
def _detector(home: str) -> InTurn | None:
    found = BUILDER.submit(open_detector).result()
    return None if found is None else InTurn(found)


def settle() -> None:
    """Take what the libraries loaded by now hold out of what the garbage collector walks through.

    Streamlit collects after every rerun, which stops all threads: 60 ms on each page, and 400 once TensorFlow was loaded.
    """
    _settled(len(sys.modules) // 100)


@st.cache_resource(max_entries=1, show_spinner=False)
def _settled(loaded: int) -> None:
    gc.unfreeze()  # else what was alive at the last time would be kept for ever
    gc.collect()
    gc.freeze()


@st.cache_data(ttl=30, show_spinner="Looking around …", show_time=True)
def doctor() -> list[dict[str, Any]]:
    """What is installed, where runs live, how much room there is."""
    return examine()


def _home() -> str:
    return str(home())
