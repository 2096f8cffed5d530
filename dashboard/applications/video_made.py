"""What was filmed: the clip with all that is needed to film it again, and how it is filmed while the page shows each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.drawing.making import Clock
from dashboard.parts import folding, forms, samples, stating
from dashboard.parts.sharing import waits
from dashboard.safe_text import plain_text
from dashboard.writing.form import trained_on
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.video.features import places
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.recorded import Weights, of_drawing
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.clip_files import Handed, clip_facts

if TYPE_CHECKING:
    from genmodels.trained.filming import Step

MOST_STEPS = 24  # of a drawing, that are kept to look at


@dataclass(frozen=True)
class Asked:
    """What is to be filmed: from what, prompt, seed, settings, and the clip of which some frames are given."""

    way: str
    prompt: str
    seed: int
    drawing: Drawing = field(default_factory=Drawing)
    clip: np.ndarray | None = None
    known: np.ndarray | None = None
    source: str = ""  # of the given frames
    true: bool = False  # are the other frames of `clip` how it really goes on?


@dataclass(frozen=True)
class Filmed:
    """A clip, uint8 (frames, height, width, 3), that a model filmed, and the steps of its drawing."""

    run: str
    model: str  # "video-diffusion on motion"
    asked: Asked
    clip: np.ndarray
    noisy: np.ndarray  # (steps, frames, height, width, 3)
    clean: np.ndarray
    credit: str = ""
    weights: Weights | None = None
    alone: str = ""  # why the model that was to film beside it didn't

    @property
    def seed(self) -> int:
        return self.asked.seed

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that had a say."""
        return of_drawing(
            self.asked.drawing.to_dict(), in_steps=True, prompted=bool(self.asked.prompt.strip()), begun=False
        )

    @property
    def told(self) -> str:
        """What it was asked for, in one line of plain text."""
        usual, asked = Drawing().to_dict(), self.asked
        said = [plain_text(asked.prompt, 60)] if asked.prompt else []
        said += [f"{asked.way}: {asked.source}".lower()] if asked.source else []
        settings = {name: value for name, value in self.settings.items() if name == "guidance" or value != usual[name]}
        told = [
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {plain_text(value, 30)}"
            for name, value in settings.items()
        ]
        return ", ".join([*said, f"seed {self.seed}", *told])

    @property
    def line(self) -> str:
        """Where the clip comes from, in one line of plain text."""
        told = {"prompt": self.asked.prompt} if self.asked.prompt else {}
        begun = f", {self.asked.way.lower()}: {self.asked.source}" if self.asked.source else ""
        return made_by_a_model(
            f"{self.model}, run {self.run}, {forms.told(told | {'seed': self.seed} | self.settings)}{begun}."
        )

    @property
    def name(self) -> str:
        """The name of its files."""
        return f"{plain_text(self.run, 60)}-seed-{self.seed}"

    def handed(self, run: Run) -> Handed:
        """As it leaves."""
        asked = self.asked
        facts = clip_facts(
            run, self.weights, asked.prompt, asked.seed, asked.drawing, clip=asked.clip, known=asked.known
        )
        return Handed(self.clip, facts)


def made_last() -> list[Filmed]:
    """What was filmed last, one for each model that was asked."""
    found: list[Filmed] = state.get(state.FILMED, [])
    return found


def film_live(asked: Asked, runs: Sequence[Run]) -> None:
    """Film with each model from the same seed, showing each step and the time left; any press of a button stops it.

    A model that can't film this, such as one that knows no word of it, is named; the others film.
    """
    with stating.working("video", "Loading the model") as tell:
        done, place, alone = list[Filmed](), st.empty(), ""
        for number, run in enumerate(runs):
            try:
                done.append(_filmed(asked, run, (number, len(runs)), tell, place))
            except Refusal as refusal:
                if len(runs) == 1 or (not done and number == len(runs) - 1):
                    raise
                alone = f"{run.id}: {refusal}"
            if done:
                folding.fold()
                state.put(state.FILMED, [replace(each, alone=alone) for each in done])
    place.empty()


def _filmed(asked: Asked, run: Run, turn: tuple[int, int], tell: stating.Telling, place: Any) -> Filmed:
    number, of = turn
    steps: list[Step] = []
    with resources.generator_in_turn(run, waits(tell)) as model:
        tell(f"Filming with {plain_text(run.id, 60)}: the first step takes some seconds", number / of)
        clock = Clock()
        film = model.film(asked.prompt, seed=asked.seed, drawing=asked.drawing, clip=asked.clip, known=asked.known)
        for step in film:
            steps.append(step)
            share = step.number / step.steps
            clock.heard(share)
            if step.number == step.steps or clock.is_time():
                said = f"Step {step.number} of {step.steps}, {plain_text(run.id, 60)}"
                tell(said, (number + share) / of, left=clock.left())
                _show_step(step, place)
        weights = model.weights
    few = [steps[place] for place in np.unique(np.linspace(0, len(steps) - 1, min(MOST_STEPS, len(steps))).astype(int))]
    return Filmed(
        run.id,
        trained_on(run),
        asked,
        steps[-1].clean,
        np.stack([each.noisy for each in few]),
        np.stack([each.clean for each in few]),
        str(run.facts.get("credit", "")),
        weights,
    )


def _show_step(step: Step, place: Any) -> None:
    """Some of the frames that are foreseen at a step."""
    few = step.clean[places(len(step.clean), 8)]
    with place.container():
        samples.images(few, "Frames as the model expects them at this step", columns=len(few), side=560, width=560)
