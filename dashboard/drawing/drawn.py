"""A picture that a model drew, with all that is needed to have it drawn again, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard import resources
from dashboard.parts import forms
from dashboard.safe_text import counted, plain_text
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.watermark import LEAST_SIDE
from genmodels.provenance import way_out
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.marking import BEGUN
from genmodels.provenance.recorded import Weights, of_drawing
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, shipped
from genmodels.trained import upscaler
from genmodels.trained.requests import Cell, picture_facts


@dataclass(frozen=True)
class Drawn:
    """A picture that a model drew, with all that is needed to have it drawn again."""

    run: str
    model: str  # "diffusion on openmoji"
    cell: Cell
    picture: Any  # uint8 (height, width, channels)
    credit: str = ""
    begun: tuple[tuple[str, str], ...] = ()  # what the file says of a picture that it was begun from
    weights: Weights | None = None  # of the model that drew it
    in_steps: bool = True  # what draws in one go heeds no settings
    not_read: str = ""  # what of the prompt is cut or unknown

    @property
    def line(self) -> str:
        """Where the picture comes from, in one line of plain text."""
        settings = {name: value for name, value in self.recorded().items() if value not in ("", None)}
        return made_by_a_model(f"{self.model}, run {self.run}, {forms.told(settings)}")

    @property
    def key(self) -> str:
        """Another picture has another."""
        return f"{self.line} {self.begun}"

    @property
    def name(self) -> str:
        return f"{self.run}-seed-{self.cell.seed}"

    def recorded(self) -> dict[str, Any]:
        """Prompt, seed and the settings that had a say."""
        cell, silent = self.cell.to_dict(), self.cell.drawing.to_dict()
        heeded = of_drawing(
            silent,
            in_steps=self.in_steps,
            prompted=bool(self.cell.prompt.strip() or self.cell.towards),
            begun=bool(self.begun),
        )
        return {name: value for name, value in cell.items() if name in heeded or name not in silent}

    def facts(self) -> dict[str, str]:
        """What its file says."""
        more = {"Towards": f"{self.cell.share:.3g} of the way to: {self.cell.towards}"} if self.cell.towards else {}
        more |= {"Not read": self.not_read} if self.not_read else {}
        return picture_facts(
            RunStore.default()[self.run],
            self.cell.prompt,
            self.cell.seed,
            self.cell.drawing,
            self.weights,
            **more,
            **dict(self.begun),
        )

    def png(self) -> way_out.Marked:
        """As it was drawn."""
        return way_out.picture(self.picture, self.facts())

    def upscaled_png(self) -> way_out.Marked:
        return way_out.picture(upscaled(self.picture), self.facts() | upscaler.UPSCALED)

    @property
    def fits(self) -> bool:
        """Does it leave at 128 pixels, at which it can carry a watermark?"""
        return upscaler.fits(RunStore.default()[self.run])

    @property
    def loses_its_marks(self) -> bool:
        """Does it leave too small for a watermark?"""
        return not self.fits and min(self.picture.shape[:2]) < LEAST_SIDE


def asked_for(pictures: Sequence[Drawn], run: Run) -> str:
    """What a result was asked for, in one line of plain text: prompt, how many, first seed, guidance, and the settings that
    are not the usual ones or were varied; who drew it, where that is not this run alone. "" where there is none."""
    if not pictures:
        return ""
    first, rows = pictures[0], [each.recorded() for each in pictures]
    prompts = list(dict.fromkeys(each.cell.prompt for each in pictures))
    said = [plain_text(prompts[0], 60) or "no prompt" if len(prompts) == 1 else counted(len(prompts), "prompt")]
    said[0] += f" to {plain_text(first.cell.towards, 60)}" if first.cell.towards else ""
    said += [counted(len(pictures), "picture"), f"seed {first.cell.seed}"]
    usual = Drawing().to_dict()
    for name in usual:
        values = list(dict.fromkeys(row[name] for row in rows if name in row))
        if len(values) > 1 or (values and (name == "guidance" or values[0] != usual[name])):
            said.append(
                f"{name} {' and '.join(plain_text(f'{value:g}' if isinstance(value, float) else value, 30) for value in values)}"
            )
    said += ["begun from a picture"] if first.begun else []
    drawers = list(dict.fromkeys(each.run for each in pictures))
    return ", ".join(said) + ("" if drawers == [run.id] else f", drawn by {' and '.join(drawers)}")


def files_of(pictures: Sequence[Drawn]) -> list[way_out.Marked]:
    """Pictures as they leave: at 128 pixels where the upscaler was measured on such, else as they were drawn."""
    known = {run: upscaler.fits(RunStore.default()[run]) for run in {each.run for each in pictures}}
    small = [each.picture for each in pictures if known[each.run]]
    large = iter(all_upscaled(np.stack(small)) if small else [])
    images = [next(large) if known[each.run] else each.picture for each in pictures]
    return way_out.pictures(
        images, [each.facts() | (upscaler.UPSCALED if known[each.run] else {}) for each in pictures]
    )


def upscaled(picture: np.ndarray) -> np.ndarray:
    """The picture four times as large, by the upscaler of the gallery."""
    return all_upscaled(picture[None])[0]


def all_upscaled(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, height, width, channels) four times as large."""
    with resources.generator(shipped("upscaler")) as model:
        return np.asarray(model.upscale(pictures))


def recipe_rows(pictures: Sequence[Drawn]) -> Any:
    """One line a picture: all that is needed to draw it again."""
    import pandas

    return pandas.DataFrame([recipe_of(each) for each in pictures])


def recipe_of(each: Drawn) -> dict[str, Any]:
    """Run, prompt, seed and settings; of a picture that it was begun from, by which it can be known again."""
    of_weights = {} if each.weights is None else {"epoch": each.weights.epoch, "weights": each.weights.sha256}
    return {
        "run": each.run,
        **of_weights,
        **each.recorded(),
        **{name: value for name, value in each.begun if name != BEGUN},
    }
