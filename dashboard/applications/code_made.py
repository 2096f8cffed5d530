"""Functions that a model wrote, as the page keeps them: who wrote them from what, what is seen of them, and their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import resources
from dashboard.parts import handing_out
from dashboard.safe_text import counted, plain_text
from genmodels.checks.copied_code import Sources
from genmodels.data.problems import Problem
from genmodels.explore.completions import Floors, Looked, marked_file
from genmodels.kinds.text.decoding import Decoding
from genmodels.provenance import recorded, way_out
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from genmodels.data.dataset import Dataset


@dataclass(frozen=True)
class Made:
    """n functions of a run: whole, and of each what the model wrote of it; from which prompt, seeds and settings, and what is seen of them."""

    run: str
    model: str  # "transformer on python-code"
    name: str  # of the function, for files
    given: str  # what the model was given, in words
    prompt: str
    seed: int
    decoding: Decoding
    texts: tuple[str, ...]
    own: tuple[str, ...]
    looked: Looked
    weights: Weights | None
    problem: Problem | None = None  # which it was asked for; None in a gap
    docstring: bool = True  # was its docstring given?
    alone: str = ""  # why they are compared with no training files

    def line(self, number: int) -> str:
        """Where one of them comes from, in one line of plain text."""
        return made_by_a_model(
            f"{self.model}, run {self.run}, seed {self.seed + number}, {self._settings}; {self.given}."
        )

    @property
    def asked(self) -> str:
        """What they were asked for, in one line of plain text."""
        return f"{self.name}, {counted(len(self.texts), 'attempt')}, seed {self.seed}, {self._settings}, {self.given}"

    @property
    def origin(self) -> str:
        """Where all of them come from."""
        n = len(self.texts)
        seeds = f"seed {self.seed}" if n == 1 else f"seeds {self.seed} to {self.seed + n - 1}"
        return made_by_a_model(f"{self.model}, run {self.run}, {seeds}, {self._settings}; {self.given}.")

    @property
    def _settings(self) -> str:
        return f"temperature {self.decoding.temperature:g}, at most {counted(self.decoding.length, 'token')}"

    def facts(self, run: Run, number: int) -> dict[str, str]:
        """What the files of one of them say."""
        told = {"temperature": self.decoding.temperature, "length": self.decoding.length}
        return recorded.facts(run, self.weights, seed=self.seed + number, Prompt=self.prompt, **recorded.settings(told))

    def files(self, run: Run, number: int) -> way_out.TextFiles:
        """One of them as a file of Python, with its signed statement."""
        return marked_file(self.texts[number], self.line(number), self.facts(run, number))

    def record(self, run: Run, number: int) -> way_out.Marked:
        """One of them with all that made it and what is seen of it, as JSON, signed within."""
        judged, copied = self.looked.judged, self.looked.copied[number]
        seen = {
            "parses": bool(judged.parses[number]),
            "compiles": bool(judged.compiles[number]),
            "names that nobody gave": list(judged.missing[number]),
            "insecure patterns": [asdict(each) for each in judged.insecure[number]],
            "copied": None if copied is None else asdict(copied),
        }
        made: Mapping[str, Any] = {
            "run": self.run,
            "model": self.model,
            "seed": self.seed + number,
            "decoding": recorded.of_writing(self.decoding.to_dict()),
            "prompt": self.prompt,
            "text": self.texts[number],
            "seen": seen,
        }
        return way_out.record(made, self.texts[number], self.facts(run, number))

    def everything(self, run: Run, name: str) -> way_out.Marked:
        """All files with their statements, in a zip."""
        files: dict[str, way_out.Marked] = {}
        for number in range(len(self.texts)):
            made = self.files(run, number)
            place = f"{name}-seed-{self.seed + number}.py"
            files |= {place: made.text, place + way_out.SIDECAR: made.statement}
        return way_out.archive(files)


def learned_from(run: Run) -> tuple[Dataset | None, str]:
    """The data of a run; None where they can't be had, with the reason."""
    try:
        return resources.dataset(run.experiment.data, run.experiment.make_source().to_dict()), ""
    except (Refusal, OSError) as reason:
        return None, f"Nothing is compared with training files: {reason}"


def sources_of(data: Dataset) -> Sources:
    """The training functions of a set, to be searched for copies, with the rates of that search."""

    def make() -> Sources:
        found = Sources(data)
        _ = found.usual  # counted here, once for all sessions
        return found

    found: Sources = resources.explored(("sources of code", data.digest()), make)
    return found


def floors_of(data: Dataset) -> Floors:
    """What completes functions without having learned, counted once."""
    found: Floors = resources.explored(("floors of code", data.digest()), lambda: Floors(data))
    return found


def downloads(run: Run, made: Made, number: int, key: str) -> None:
    """One function as a file, its statement and its record."""
    name = f"{plain_text(run.id, 60)}-{made.name}-seed-{made.seed + number}"
    with st.container(horizontal=True):
        handing_out.made(
            "Python", lambda: made.files(run, number).text, f"{name}.py", "text/x-python", key=f"{key}.{number}.py"
        )
        handing_out.made(
            "Signed statement",
            lambda: made.files(run, number).statement,
            f"{name}.py{way_out.SIDECAR}",
            "application/json",
            key=f"{key}.{number}.signed",
            icon=":material/verified:",
            help="Keep it beside the file: it says that a model made it, and shows every change since.",
        )
        handing_out.made(
            "JSON", partial(made.record, run, number), f"{name}.json", "application/json", key=f"{key}.{number}.json"
        )
