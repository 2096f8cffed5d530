"""The folder of runs, and the runs that ship with the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genmodels.runs.run import Run
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from genmodels import gallery
from genmodels.files import (
    PRIVATE,
    home,
    make_folder,
    write_atomically,
)
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.experiment import Experiment

if TYPE_CHECKING:
    pass
from genmodels.runs.run import FORMAT, NAME, STAMP, Run, created


def shipped(name: str) -> Run:
    """The run of the gallery of that name, never a user's run that is called the same.

    What measures, marks, judges or enlarges is opened by this: its errors were counted on these weights, whose SHA-256
    stands in the manifest that ships with them and is checked whenever they are opened.
    """
    pass

    return RunStore(gallery.GALLERY)[name]


@dataclass(frozen=True)
class RunStore:
    """The folder of runs. Nothing else knows where runs are; there is no index that could be wrong."""

    folder: Path

    @classmethod
    def default(cls) -> RunStore:
        """The runs in the home of GenModels on this machine."""
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
        shipped = name in gallery_names()
        if (
            NAME.fullmatch(name)
            and os.path.isdir(self.folder / name)
            and (not shipped or os.path.lexists(self.folder / name / "experiment.json"))
        ):
            return Run(self.folder / name)
        if shipped:
            return Run(gallery.GALLERY / name)
        raise Refusal(unknown("run", name, [*gallery_names(), *self.ids()[:20]]))

    def create(self, experiment: Experiment, **facts: Any) -> Run:
        """A new folder in the state waiting. The id is its time, model, data and three random letters."""
        stamp = datetime.now().strftime(STAMP)
        path = self.folder / f"{stamp}-{experiment.model}-{experiment.data}-{secrets.token_hex(2)}"
        try:
            make_folder(self.folder)
            path.mkdir(PRIVATE)
        except OSError as error:
            raise Refusal(
                f"No run can be made in {self.folder} ({error.strerror}); choose another GENMODELS_HOME."
            ) from None
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


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Is it a folder, or a link to one? A link to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def gallery_names() -> list[str]:
    """The runs that ship with the project."""
    return sorted(p.parent.name for p in gallery.GALLERY.glob("*/experiment.json"))
