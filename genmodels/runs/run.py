"""A run is a folder with one writer; everybody else only reads.

    experiment.json   what was asked            status.json   where it stands (rewritten whole)
    facts.json        spec, data hash, versions lease         locked by the process that trains
    history.jsonl     one line a logged step    samples/      pictures an epoch, from a fixed seed
    checkpoints/<step>/  for resuming           epochs/<epoch>/  weights only, for branching and looking back
    labels.json       the user's name, tags and notes         log.txt    what the process printed

Opening a run imports no Keras.
"""

from __future__ import annotations

import functools
import json
import os
import re
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genmodels import gallery
from genmodels.files import home, write_atomically
from genmodels.jobs.folder import JobFolder
from genmodels.kinds.spec import Spec
from genmodels.refusal import Refusal
from genmodels.runs import documents
from genmodels.runs.experiment import Experiment
from genmodels.runs.history import read_history
from genmodels.verdicts.imported import split

if TYPE_CHECKING:
    import pandas

FORMAT = 1
STATES = ("waiting", "running", "done", "failed", "stopped", "lost")  # lost is shown as "interrupted"
SHOWN = {"lost": "interrupted"}
STARTING = "starting"  # the phase of a run whose process was just started and is not there yet
GRACE = 20.0  # seconds in which it may still take the lease
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
STAMP = "%Y%m%d-%H%M%S"  # what an id begins with: local time


@dataclass(frozen=True)
class Run:
    """One run, read from its folder. Every property reads the file again: the folder is the truth."""

    path: Path

    @property
    def id(self) -> str:
        """The name of its folder."""
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
            raise Refusal(
                f"Run {self.id} is damaged: experiment.json is not an experiment; delete the run or restore the file."
            ) from None

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
        return documents.read(self.path / name, documents.SHAPES[name])[1]

    @property
    def damage(self) -> str:
        """One sentence on the first small file that is damaged; "": none is. A run that has none is damaged too."""
        for name in documents.SHAPES:
            if said := self.complaint(name):
                return f"{name} {said}"
        return "" if (self.path / "experiment.json").exists() else "experiment.json is missing"

    @property
    def facts(self) -> dict[str, Any]:
        """What the training process found: spec, data_sha256, n_train, n_test, versions, parameters ..."""
        return self._document("facts.json")

    @property
    def spec(self) -> Spec:
        """What its examples are; raises `Refusal` where it has not read its data yet or the file is damaged."""
        facts, said = documents.read(self.path / "facts.json", documents.FACTS)
        if "spec" not in facts:
            reason = (
                f"is damaged: facts.json {said}; restore it or delete the run"
                if said
                else "has not read its data yet; wait for its first epoch"
            )
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
        came with an imported run stands under `imported` and counts for nothing (see `verdicts.imported`).
        """
        shipped = documents.sound_findings(self._document("findings.json"))
        if self.imported:
            return split(shipped)
        if self.findings_file.parent == self.path:
            return shipped
        return shipped | documents.sound_findings(documents.read(self.findings_file, documents.FINDINGS)[0])

    @property
    def findings_file(self) -> Path:
        """Where findings are kept: in the run, but of a run of the gallery, which is part of the project, beside the runs."""
        return (
            self.path / "findings.json"
            if self.path.parent != gallery.GALLERY
            else home() / "measured" / f"{self.id}.json"
        )

    @property
    def folder(self) -> JobFolder:
        """The run as a job: its lease, its stop, its log."""
        return JobFolder(self.path)

    def held(self) -> bool:
        """Does a living process hold the lease?"""
        return self.folder.held()

    def lease(self) -> AbstractContextManager[None]:
        """Be the one writer of this run; raises `Busy` when another process is."""
        return self.folder.hold(lambda holder: f"Run {self.id} is being trained by process {holder}; stop it first.")

    def holder(self) -> str:
        """The process that holds the lease, as it wrote there; "?" where it is not known."""
        return self.folder.holder()

    def write_status(self, **changes: Any) -> None:
        """Replace the status as a whole. Only the writer, or who creates or stops a run, calls this."""
        status = self.status | changes | {"updated": time.time()}
        write_atomically(self.path / "status.json", json.dumps(status))

    def _pictures(self, folder: str) -> dict[int, Path]:
        found = (p for p in (self.path / folder).glob("*") if p.stem.isdecimal() and p.suffix in (".png", ".json"))
        return {int(p.stem): p for p in sorted(found)}

    def _document(self, name: str) -> dict[str, Any]:
        """What a small file of the run holds, without what has not its shape; empty where there is none."""
        return documents.read(self.path / name, documents.SHAPES[name])[0]


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
    said = documents.read(file, documents.EXPERIMENT)[0].get("created") if changed else None
    if said:
        return float(said)
    try:
        return datetime.strptime(os.path.basename(os.path.dirname(file))[:15], STAMP).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def size_of(file: str) -> int:
    """Bytes of a file; 0 of one that can't be looked at."""
    try:
        return os.lstat(file).st_size
    except OSError:
        return 0
