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

from genmodels.files import home, write_atomically
from genmodels.recipe import Experiment, Spec
from genmodels.refusal import Refusal
from genmodels.registry import unknown

if TYPE_CHECKING:
    import pandas

FORMAT = 1
STATES = ("waiting", "running", "done", "failed", "stopped", "lost")  # lost is shown as "interrupted"
SHOWN = {"lost": "interrupted"}
GRACE = 20.0  # seconds in which a process that was just started may still take the lease
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


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
        document = self._document("experiment.json", required=True)
        if document.get("format", 0) > FORMAT:
            raise Refusal(
                f"Run {self.id} has format {document['format']} and this version reads up to {FORMAT}; update GenModels."
            )
        try:
            return Experiment.from_dict(document["experiment"])
        except Refusal:  # an unknown model or knob, with what it may have meant
            raise
        except (KeyError, TypeError, AttributeError):
            raise Refusal(f"Run {self.id}: experiment.json is not an experiment; delete the run or restore the file.") from None

    @property
    def created(self) -> float:
        """Unix time, seconds."""
        return float(self._document("experiment.json").get("created", 0.0))

    @property
    def facts(self) -> dict[str, Any]:
        """What the training process found: spec, data_sha256, n_train, n_test, versions, parameters ..."""
        return self._document("facts.json")

    @property
    def spec(self) -> Spec:
        try:
            return Spec.from_dict(self.facts["spec"])
        except KeyError:
            raise Refusal(f"Run {self.id} has not read its data yet; wait for its first epoch.") from None

    @property
    def status(self) -> dict[str, Any]:
        """step, steps, epoch, epochs, seconds, cpu_seconds, message, last, best ..."""
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
        return "waiting" if said == "waiting" and abs(time.time() - status.get("updated", self.created)) < GRACE else "lost"

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
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())

    def findings(self) -> dict[str, Any]:
        """Held-out numbers and findings, as `genmodels measure` and `audit` left them; empty where nothing was measured.

        What was measured here of a run of the gallery stands in GENMODELS_HOME and comes before what it shipped with. What
        came with an imported run stands under `imported` and counts for nothing (see `imported_findings`).
        """
        shipped = self._document("findings.json")
        if self._document("experiment.json").get("imported"):
            from genmodels.imported_findings import split

            return split(shipped)
        if self.findings_file.parent == self.path:
            return shipped
        return shipped | self._document(str(self.findings_file))

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
            with open(self.path / "lease", "rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return False
        except BlockingIOError:
            return True
        except OSError:
            return False

    @contextlib.contextmanager
    def lease(self) -> Iterator[None]:
        """Be the one writer of this run; raises `Busy` when another process is."""
        with open(self.path / "lease", "ab") as file:
            for attempt in range(20):  # a reader holds the lock for an instant
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if attempt == 19:
                        pid = self.status.get("pid", "?")
                        raise Busy(f"Run {self.id} is being trained by process {pid}; stop it first.") from None
                    time.sleep(0.05)
            yield

    def write_status(self, **changes: Any) -> None:
        """Replace the status as a whole. Only the writer, or who creates or stops a run, calls this."""
        status = self.status | changes | {"updated": time.time()}
        write_atomically(self.path / "status.json", json.dumps(status))

    def _pictures(self, folder: str) -> dict[int, Path]:
        found = (p for p in (self.path / folder).glob("*") if p.stem.isdecimal() and p.suffix in (".png", ".json"))
        return {int(p.stem): p for p in sorted(found)}

    def _document(self, name: str, required: bool = False) -> dict[str, Any]:
        try:
            document = json.loads((self.path / name).read_bytes())
        except FileNotFoundError:
            document = None
        except (OSError, ValueError):
            if required:
                raise Refusal(f"Run {self.id}: {name} is damaged; restore it or delete the run.") from None
            document = None
        if required and not isinstance(document, dict):
            raise Refusal(f"Run {self.id} has no {name}; it was deleted or moved.")
        return document if isinstance(document, dict) else {}


@dataclass(frozen=True)
class RunStore:
    """The folder of runs. Nothing else knows where runs are; there is no index that could be wrong."""

    folder: Path

    @classmethod
    def default(cls) -> RunStore:
        return cls(home() / "runs")

    def ids(self) -> list[str]:
        """All runs, newest first (an id begins with its time)."""
        if not self.folder.is_dir():
            return []
        with os.scandir(self.folder) as entries:
            return sorted((e.name for e in entries if NAME.fullmatch(e.name) and e.is_dir()), reverse=True)

    def __iter__(self) -> Iterator[Run]:
        return (Run(self.folder / name) for name in self.ids())

    def __getitem__(self, name: str) -> Run:
        """The run of that id, or the one in the gallery of that name; a wrong id is answered with the nearest."""
        from genmodels.gallery import GALLERY

        if NAME.fullmatch(name) and (self.folder / name / "experiment.json").is_file():
            return Run(self.folder / name)
        if name in gallery_names():
            return Run(GALLERY / name)
        raise Refusal(unknown("run", name, [*gallery_names(), *self.ids()[:20]]))

    def create(self, experiment: Experiment, **facts: Any) -> Run:
        """A new folder in the state waiting. The id is its time, model, data and three random letters."""
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        path = self.folder / f"{stamp}-{experiment.model}-{experiment.data}-{secrets.token_hex(2)}"
        try:
            path.mkdir(parents=True)
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
        with open(file, "rb") as stream:
            stream.seek(start)
            data = stream.read()
    except FileNotFoundError:
        data = b""
    data = data[: data.rfind(b"\n") + 1]
    if not data:
        return pandas.DataFrame({"step": [], "epoch": [], "seconds": []}), 0, start
    try:
        frame, skipped = pyarrow.json.read_json(io.BytesIO(data)).to_pandas(), 0
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        lines = data.splitlines()
        good = [values for values in map(_parsed, lines) if values is not None]
        frame, skipped = pandas.DataFrame(good), sum(1 for line in lines if line.strip()) - len(good)
    if "step" not in frame:
        return pandas.DataFrame({"step": [], "epoch": [], "seconds": []}), skipped, start + len(data)
    return frame.sort_values("step", kind="stable", ignore_index=True), skipped, start + len(data)


class History:
    """Appends to a history, from a step on: what was logged after `step` by a process that died is cut away."""

    def __init__(self, file: Path, step: int) -> None:
        if file.exists():
            old = file.read_bytes()
            kept = [line for line in old.splitlines() if (values := _parsed(line)) and values["step"] <= step]
            new = b"".join(line + b"\n" for line in kept)
            if new != old:
                write_atomically(file, new)
        self._stream = open(file, "ab")

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
    try:
        values = json.loads(line)
        return values if isinstance(values, dict) and isinstance(values["step"], int) else None
    except (ValueError, KeyError):
        return None
