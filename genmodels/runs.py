"""A run is a folder with one writer; everybody else only reads.

    experiment.json   what was asked            status.json   where it stands (rewritten whole)
    facts.json        spec, data hash, versions lease         locked by the process that trains
    history.jsonl     one line a logged step    samples/      pictures an epoch, from a fixed seed
    checkpoints/<step>/  for resuming           epochs/<epoch>/  weights only, for branching and looking back
    labels.json       the user's name, tags and notes         log.txt    what the process printed

Opening a run imports no Keras.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import io
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genmodels import run_documents
from genmodels.files import (
    LARGEST,
    PRIVATE,
    Unreadable,
    home,
    make_folder,
    open_to_append,
    parsed,
    read_bytes,
    write_atomically,
)
from genmodels.recipe import Experiment, Spec
from genmodels.refusal import Refusal
from genmodels.registry import unknown

if TYPE_CHECKING:
    import pandas

FORMAT = 1
STATES = ("waiting", "running", "done", "failed", "stopped", "lost")  # lost is shown as "interrupted"
SHOWN = {"lost": "interrupted"}
STARTING = "starting"  # the phase of a run whose process was just started and is not there yet
GRACE = 20.0  # seconds in which it may still take the lease
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
MOST_HISTORY = 1 << 30  # bytes of a history
STAMP = "%Y%m%d-%H%M%S"  # what an id begins with: local time
BROKEN = "broken"  # the column that names a term; all others are numbers
LONGEST_LINE = 1 << 20  # bytes of a line of it; one of ours has a few hundred


class Busy(Refusal):
    """Another process holds the run."""


@dataclass(frozen=True)
class Run:
    """One run, read from its folder. Every property reads the file again: the folder is the truth."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def experiment(self) -> Experiment:
        """What was asked; raises `Refusal` when the file is of a newer format or damaged."""
        document = self._document("experiment.json")
        if said := self.complaint("experiment.json"):
            raise Refusal(f"Run {self.id} is damaged: experiment.json {said}; restore it or delete the run.")
        if not document:
            raise Refusal(f"Run {self.id} has no experiment.json; it was deleted or moved.")
        if document.get("format", 0) > FORMAT:
            raise Refusal(
                f"Run {self.id} has format {document['format']} and this version reads up to {FORMAT}; update GenModels."
            )
        try:
            return Experiment.from_dict(document["experiment"])
        except Refusal:  # an unknown model or knob, with what it may have meant
            raise
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise Refusal(f"Run {self.id} is damaged: experiment.json is not an experiment; delete the run or restore the file.") from None

    @property
    def created(self) -> float:
        """Unix time, seconds; 0 where it is not known."""
        return float(self._document("experiment.json").get("created", 0.0))

    @property
    def imported(self) -> bool:
        """Did it come from elsewhere, in a zip?"""
        return bool(self._document("experiment.json").get("imported"))

    def complaint(self, name: str) -> str:
        """What is wrong with one of the small files ("": nothing), as the end of a sentence: "is no JSON"."""
        return run_documents.read(self.path / name, run_documents.SHAPES[name])[1]

    @property
    def damage(self) -> str:
        """One sentence on the first small file that is damaged; "": none is. A run that has none is damaged too."""
        for name in run_documents.SHAPES:
            if said := self.complaint(name):
                return f"{name} {said}"
        return "" if (self.path / "experiment.json").exists() else "experiment.json is missing"

    @property
    def facts(self) -> dict[str, Any]:
        """What the training process found: spec, data_sha256, n_train, n_test, versions, parameters ..."""
        return self._document("facts.json")

    @property
    def spec(self) -> Spec:
        facts, said = run_documents.read(self.path / "facts.json", run_documents.FACTS)
        if "spec" not in facts:
            reason = f"is damaged: facts.json {said}; restore it or delete the run" if said else "has not read its data yet; wait for its first epoch"
            raise Refusal(f"Run {self.id} {reason}.")
        try:
            return Spec.from_dict(facts["spec"])
        except Refusal as refusal:
            raise Refusal(f"Run {self.id} is damaged: spec of facts.json: {refusal}") from None

    @property
    def status(self) -> dict[str, Any]:
        """step, steps, epoch, epochs, seconds, cpu_seconds, message, last, best ...; before the first step what `beginning` says."""
        return self._document("status.json")

    @property
    def state(self) -> str:
        """One of `STATES`. The lock on the lease decides who is alive, not the clock or a process id."""
        return self.judge(self.status)

    def judge(self, status: Mapping[str, Any]) -> str:
        """The state that a status read a moment ago means now."""
        said = str(status.get("state", "waiting"))
        if said not in ("waiting", "running"):
            return said if said in STATES else "lost"
        if self.held():
            return said
        begun = said == "waiting" or status.get("phase") == STARTING
        return said if begun and abs(time.time() - status.get("updated", self.created)) < GRACE else "lost"

    @property
    def labels(self) -> dict[str, Any]:
        """The user's own: name, tags, notes."""
        return {"name": "", "tags": [], "notes": ""} | self._document("labels.json")

    def label(self, **changes: Any) -> None:
        """Change name, tags or notes."""
        write_atomically(self.path / "labels.json", json.dumps(self.labels | changes))

    @property
    def samples(self) -> dict[int, Path]:
        """Epoch to the file of its samples: a sheet of pictures, or JSON of texts."""
        return self._pictures("samples")

    @property
    def reconstructions(self) -> dict[int, Path]:
        """Epoch to the picture of held-out examples above their reconstructions."""
        return self._pictures("reconstructions")

    @property
    def history(self) -> pandas.DataFrame:
        """One row a logged step, columns as logged, NaN where a line did not log a term."""
        return read_history(self.path / "history.jsonl")[0]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(size_of(os.path.join(folder, name)) for folder, _, names in os.walk(self.path) for name in names)

    def findings(self) -> dict[str, Any]:
        """Held-out numbers and findings, as `genmodels measure` and `audit` left them; empty where nothing was measured.

        What was measured here of a run of the gallery stands in GENMODELS_HOME and comes before what it shipped with. What
        came with an imported run stands under `imported` and counts for nothing (see `imported_findings`).
        """
        shipped = run_documents.sound_findings(self._document("findings.json"))
        if self.imported:
            from genmodels.imported_findings import split

            return split(shipped)
        if self.findings_file.parent == self.path:
            return shipped
        return shipped | run_documents.sound_findings(run_documents.read(self.findings_file, run_documents.FINDINGS)[0])

    @property
    def findings_file(self) -> Path:
        """Where findings are kept: in the run, but of a run of the gallery, which is part of the project, beside the runs."""
        from genmodels.gallery import GALLERY

        return self.path / "findings.json" if self.path.parent != GALLERY else home() / "measured" / f"{self.id}.json"

    def generator(self, epoch: int | None = None) -> Any:
        """The trained model as a `Generator` (imports Keras): of the newest whole checkpoint or of a kept epoch."""
        from genmodels.generator import open_generator

        return open_generator(self, epoch)

    def held(self) -> bool:
        """Does a living process hold the lease?"""
        try:
            file = os.open(self.path / "lease", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError):
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(file)

    @contextlib.contextmanager
    def lease(self) -> Iterator[None]:
        """Be the one writer of this run; raises `Busy` when another process is."""
        with open_to_append(self.path / "lease") as file:
            for attempt in range(20):  # a reader holds the lock for an instant
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if attempt == 19:
                        raise Busy(f"Run {self.id} is being trained by process {self.holder()}; stop it first.") from None
                    time.sleep(0.05)
            with contextlib.suppress(OSError):  # a full disk is told by what comes next
                os.ftruncate(file.fileno(), 0)
                os.write(file.fileno(), str(os.getpid()).encode())
            yield

    def holder(self) -> str:
        """The process that holds the lease, as it wrote there; "?" where it is not known."""
        with contextlib.suppress(OSError, Unreadable, ValueError):
            return str(int(read_bytes(self.path / "lease", 20)))
        return "?"

    def write_status(self, **changes: Any) -> None:
        """Replace the status as a whole. Only the writer, or who creates or stops a run, calls this."""
        status = self.status | changes | {"updated": time.time()}
        write_atomically(self.path / "status.json", json.dumps(status))

    def _pictures(self, folder: str) -> dict[int, Path]:
        found = (p for p in (self.path / folder).glob("*") if p.stem.isdecimal() and p.suffix in (".png", ".json"))
        return {int(p.stem): p for p in sorted(found)}

    def _document(self, name: str) -> dict[str, Any]:
        """What a small file of the run holds, without what has not its shape; empty where there is none."""
        return run_documents.read(self.path / name, run_documents.SHAPES[name])[0]


@dataclass(frozen=True)
class RunStore:
    """The folder of runs. Nothing else knows where runs are; there is no index that could be wrong."""

    folder: Path

    @classmethod
    def default(cls) -> RunStore:
        return cls(home() / "runs")

    def ids(self) -> list[str]:
        """All runs, newest first: by the instant in which they were created, since their ids hold the time of a wall clock."""
        try:
            with os.scandir(self.folder) as entries:
                found = [e.name for e in entries if NAME.fullmatch(e.name) and is_folder(e)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(found, key=lambda name: (created(f"{self.folder}/{name}"), name), reverse=True)

    def __iter__(self) -> Iterator[Run]:
        return (Run(self.folder / name) for name in self.ids())

    def __getitem__(self, name: str) -> Run:
        """The run of that id, or the one in the gallery of that name; a wrong id is answered with the nearest."""
        from genmodels.gallery import GALLERY

        shipped = name in gallery_names()
        if NAME.fullmatch(name) and os.path.isdir(self.folder / name) and (not shipped or os.path.lexists(self.folder / name / "experiment.json")):
            return Run(self.folder / name)
        if shipped:
            return Run(GALLERY / name)
        raise Refusal(unknown("run", name, [*gallery_names(), *self.ids()[:20]]))

    def create(self, experiment: Experiment, **facts: Any) -> Run:
        """A new folder in the state waiting. The id is its time, model, data and three random letters."""
        stamp = datetime.now().strftime(STAMP)
        path = self.folder / f"{stamp}-{experiment.model}-{experiment.data}-{secrets.token_hex(2)}"
        try:
            make_folder(self.folder)
            path.mkdir(PRIVATE)
        except OSError as error:
            raise Refusal(f"No run can be made in {self.folder} ({error.strerror}); choose another GENMODELS_HOME.") from None
        run = Run(path)
        document = {"format": FORMAT, "created": time.time(), "experiment": experiment.to_dict()} | facts
        (path / "lease").touch()
        run.write_status(state="waiting", step=0, epoch=0, epochs=experiment.epochs)
        write_atomically(path / "experiment.json", json.dumps(document, indent=1))
        return run

    def delete(self, run: Run) -> None:
        """Remove a run that nobody is training: renamed first, so that it is gone at once or not at all."""
        if run.path.parent != self.folder:
            raise Refusal(f"{run.id} belongs to the gallery, which is part of the project; it can't be deleted here.")
        with run.lease():
            gone = self.folder / f".deleted-{run.id}"
            os.replace(run.path, gone)
        shutil.rmtree(gone, ignore_errors=True)


def created(folder: str) -> float:
    """Unix time in which a run was created; where its file does not say so, what its id says of a local clock, or 0."""
    file = f"{folder}/experiment.json"
    try:
        changed = os.stat(file).st_mtime_ns
    except OSError:
        changed = 0
    return _created(file, changed)


@functools.lru_cache(maxsize=20_000)
def _created(file: str, changed: int) -> float:
    said = run_documents.read(file, run_documents.EXPERIMENT)[0].get("created") if changed else None
    if said:
        return float(said)
    try:
        return datetime.strptime(os.path.basename(os.path.dirname(file))[:15], STAMP).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Is it a folder, or a link to one? A link to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def size_of(file: str) -> int:
    """Bytes of a file; 0 of one that can't be looked at."""
    try:
        return os.lstat(file).st_size
    except OSError:
        return 0


def gallery_names() -> list[str]:
    """The runs that ship with the project."""
    from genmodels.gallery import GALLERY

    return sorted(p.parent.name for p in GALLERY.glob("*/experiment.json"))


def read_history(file: Path, start: int = 0) -> tuple[pandas.DataFrame, int, int]:
    """The lines of a history from byte `start`: their columns, how many bad lines were skipped, where it ended.

    A last line without its end is left for the next call, since its writer may be about to finish it.
    """
    import pandas
    import pyarrow.json

    try:
        data = read_bytes(file, MOST_HISTORY, start)
    except (FileNotFoundError, Unreadable):
        data = b""
    data = data[: data.rfind(b"\n") + 1]
    nothing = pandas.DataFrame({"step": [], "epoch": [], "seconds": []})
    if not data:
        return nothing, 0, start
    try:
        frame, skipped = pyarrow.json.read_json(io.BytesIO(data)).to_pandas(), 0
        if not _sound(frame):
            raise pyarrow.ArrowInvalid
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError, OverflowError, ValueError):
        lines = data.splitlines()
        good = [_plain(values) for values in map(_parsed, lines) if values is not None]
        frame, skipped = pandas.DataFrame(good), sum(1 for line in lines if line.strip()) - len(good)
    if "step" not in frame:
        return nothing, skipped, start + len(data)
    return frame.sort_values("step", kind="stable", ignore_index=True), skipped, start + len(data)


def _sound(frame: pandas.DataFrame) -> bool:
    """Has every column what a history holds: whole steps, numbers, and the name of a term that broke?"""
    whole = "step" in frame and frame["step"].dtype.kind == "i" and frame["step"].between(0, LARGEST).all()
    return bool(whole) and all(frame[name].dtype.kind in "iuf" or frame[name].isna().all() or (name == BROKEN and frame[name].map(_named).all()) for name in frame)


def _named(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= 200)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a history without what is neither a number nor the name of a term that broke."""
    return {str(name)[:80]: value for name, value in values.items() if value is None or (_named(value) if name == BROKEN else run_documents.is_number(value))}


class History:
    """Appends to a history, from a step on: what was logged after `step` by a process that died is cut away."""

    def __init__(self, file: Path, step: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            try:
                old = read_bytes(file, MOST_HISTORY)
            except Unreadable as reason:
                raise Refusal(f"{file.name} {reason}; take it away, then resume.") from None
            kept = [line for line in old.splitlines() if (values := _parsed(line)) and values["step"] <= step]
            new = b"".join(line + b"\n" for line in kept)
            if new != old:
                write_atomically(file, new)
        self._stream = open_to_append(file)

    def log(self, values: Mapping[str, Any]) -> None:
        """One line, handed to the operating system at once. Numbers that are not finite are written as null."""
        line = {name: None if isinstance(v, float) and v - v != 0 else v for name, v in values.items()}
        self._stream.write(json.dumps(line).encode() + b"\n")
        self._stream.flush()

    def sync(self) -> None:
        """To the disk: called before a checkpoint, so that a checkpoint never knows more than the history."""
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        self._stream.close()


def _parsed(line: bytes) -> dict[str, Any] | None:
    if len(line) > LONGEST_LINE:
        return None
    try:
        values = parsed(line)
    except Unreadable:
        return None
    return values if isinstance(values, dict) and run_documents.is_count(values.get("step")) else None
