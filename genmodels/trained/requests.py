"""Pictures from prompts, whatever asks for them: cells with a recipe each, what they begin from, and what their files say."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PIL import Image

from genmodels.kinds.image import fingerprint as image_fingerprint
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.files import fitted, on_white, open_picture, open_transparent
from genmodels.printable import printable
from genmodels.provenance import recorded
from genmodels.provenance.marking import BEGUN
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.runs.run import Run

ROWS = 4  # pictures that are drawn together
MOST_CELLS = 144
AXES = ("seed", "steps", "guidance", "sampler", "strength", "prompt", "negative")  # what a sweep can vary


def prompts_for(given: Sequence[int | str] | None, n: int, one: str) -> list[str]:
    """A prompt for each of n samples: those given, one for all, or none. Raises `Refusal` where they are not as many; `one` names a sample."""
    if n < 1:
        raise Refusal(f"n is {n}; ask for at least one {one}.")
    prompts = [str(each) for each in given or [""]]
    prompts = prompts * n if len(prompts) == 1 else prompts
    if len(prompts) != n:
        raise Refusal(f"There are {len(prompts)} prompts for {n} {one}s; give one for all or one for each.")
    return prompts


@dataclass(frozen=True)
class Cell:
    """What determines one picture of a model."""

    prompt: str
    seed: int
    drawing: Drawing = field(default_factory=Drawing)
    towards: str = ""  # a second prompt, whose encoding has ...
    share: float = 0.0  # ... this share

    def to_dict(self) -> dict[str, Any]:
        """What the cell was drawn with, as a file or a page says it."""
        between = {"towards": self.towards, "share": self.share} if self.towards else {}
        return {"prompt": self.prompt, "seed": self.seed, **between, **self.drawing.to_dict()}


class Draws(Protocol):
    """What draws prompts a step at a time: a `PictureGenerator`, or what guards one."""

    steps: bool  # whether it draws in steps; else in one go

    def draw(
        self,
        prompts: Sequence[str],
        *,
        seeds: Sequence[int],
        drawing: Drawing,
        start: np.ndarray | None = None,
        mask: np.ndarray | None = None,
        towards: Sequence[str] | None = None,
        shares: Sequence[float] | None = None,
    ) -> Iterator[Any]:
        """The `Step`s of drawing 1 to `ROWS` prompts."""
        ...


@dataclass(frozen=True)
class Progress:
    """Where the drawing of many cells is: which of them are at work, their step, and the share of all work that is done."""

    cells: tuple[int, ...]
    step: Any
    share: float


def draw_cells(
    generator: Draws, cells: Sequence[Cell], *, start: np.ndarray | None = None, mask: np.ndarray | None = None
) -> Iterator[Progress]:
    """Draw cells, up to `ROWS` of equal settings at once; the last step of each holds its picture."""
    groups = _groups(cells)
    total = sum(_steps(generator, cells[part[0]]) for part in groups)
    done = 0
    for part in groups:
        few = [cells[i] for i in part]
        between: dict[str, Any] = (
            {"towards": [each.towards or each.prompt for each in few], "shares": [each.share for each in few]}
            if any(each.towards for each in few)
            else {}
        )
        for step in generator.draw(
            [each.prompt for each in few],
            seeds=[each.seed for each in few],
            drawing=few[0].drawing,
            start=start,
            mask=mask,
            **between,
        ):
            done += 1
            yield Progress(tuple(part), step, done / total)


def _groups(cells: Sequence[Cell]) -> list[tuple[int, ...]]:
    parts: list[tuple[int, ...]] = []
    for number, cell in enumerate(cells):
        if parts and len(parts[-1]) < ROWS and cells[parts[-1][0]].drawing == cell.drawing:
            parts[-1] = (*parts[-1], number)
        else:
            parts.append((number,))
    return parts


def _steps(generator: Draws, cell: Cell) -> int:
    return cell.drawing.steps if generator.steps else 1


def between(prompt: str, towards: str, seed: int, drawing: Drawing, n: int = 8) -> list[Cell]:
    """n cells from one prompt to another, evenly spaced, all of one seed."""
    return [Cell(prompt, seed, drawing, towards, float(share)) for share in np.linspace(0, 1, n)]


def values_of(axis: str, text: str) -> list[Any]:
    """The values of an axis, written with commas (prompts and negative prompts with semicolons), checked one by one."""
    parts = [part.strip() for part in text.split(";" if axis in ("prompt", "negative") else ",")]
    parts = [part for part in parts if part] or ([""] if axis == "negative" else [])
    if not parts or len(parts) > 24:
        raise Refusal(
            f"The axis {axis} has {len(parts)} values; write 1 to 24, separated by {'semicolons' if axis in ('prompt', 'negative') else 'commas'}."
        )
    if axis == "prompt":
        return parts
    if axis == "seed":
        try:
            seeds = [int(part) for part in parts]
        except ValueError:
            raise Refusal(f"The seeds are {text[:60]!r}; write whole numbers separated by commas.") from None
        if min(seeds) < 0 or max(seeds) >= 2**31:
            raise Refusal(f"A seed is {min(seeds) if min(seeds) < 0 else max(seeds)}; seeds are from 0 to {2**31 - 1}.")
        return seeds
    knob = next(each for each in Drawing.knobs() if each.name == axis)
    return [knob.check(part) for part in parts]


def sweep(base: Cell, axes: Sequence[tuple[str, Sequence[Any]]]) -> list[Cell]:
    """Every combination of up to three axes, the last varying fastest; at most `MOST_CELLS` cells."""
    names = [name for name, _ in axes]
    if len(set(names)) < len(names):
        raise Refusal(f"The axes are {', '.join(names)}; choose different ones.")
    count = int(np.prod([len(values) for _, values in axes]))
    if count > MOST_CELLS:
        raise Refusal(f"That is {count} pictures; a sweep has at most {MOST_CELLS}, so take fewer values.")
    return [
        _with(base, dict(zip(names, chosen, strict=True)))
        for chosen in itertools.product(*(values for _, values in axes))
    ]


def _with(base: Cell, changes: dict[str, Any]) -> Cell:
    own = {name: value for name, value in changes.items() if name in ("prompt", "seed")}
    rest = {name: value for name, value in changes.items() if name not in own}
    return replace(base, **own, drawing=replace(base.drawing, **rest))


def picture_facts(
    run: Run, prompt: str, seed: int, drawing: Drawing, weights: recorded.Weights | None = None, **more: str
) -> dict[str, str]:
    """What the file of a picture says in its metadata: everything that is needed to draw it again (see `recorded`)."""
    in_steps = run.experiment.make_recipe().in_steps
    heeded = recorded.of_drawing(
        drawing.to_dict(),
        in_steps=in_steps,
        prompted=bool(prompt.strip() or "Towards" in more),
        begun="Begun from" in more,
    )
    return recorded.facts(run, weights, seed=seed, Prompt=prompt, **recorded.settings(heeded), **more)


def start_of(content: bytes, shape: tuple[int, ...], name: str = "the picture") -> np.ndarray:
    """A foreign picture as one to begin from: its middle square, uint8 (height, width, channels) as the model draws.

    A model of one channel draws white ink on black, so dark on light is turned round. Raises `Refusal` as `open_picture`.
    """
    if shape[0] != shape[1]:
        raise Refusal(f"This model draws {shape[0]} x {shape[1]} pixels; only square ones can begin from a picture.")
    array = fitted(open_picture(content, name), shape[0], "grey" if shape[2] == 1 else "rgb")
    return 255 - array if shape[2] == 1 and array.mean() > 127 else array


def mask_of(content: bytes, shape: tuple[int, ...], name: str = "the mask") -> np.ndarray:
    """A foreign picture as a mask, bool (height, width), true where the picture beside it is drawn anew.

    It is cropped and made small like that picture. True is what is white; where all that is visible is white, what is
    visible; where a picture has holes, the holes; of two dark values (labels 0 and 1) the lighter one. Raises `Refusal`
    where nothing would be drawn anew, and for what can be read either way.
    """
    picture = open_transparent(content, name)
    chosen = Image.fromarray(np.where(_marked(picture, printable(name)), 255, 0).astype(np.uint8))
    mask = fitted(chosen, shape[0], "grey")[..., 0] > 127
    if not mask.any():
        raise Refusal(
            f"In {printable(name)} nothing is white, so nothing would be drawn again; paint white where it should be."
        )
    return mask


def _marked(picture: Image.Image, name: str) -> np.ndarray:
    """Which pixels of an RGBA picture a mask means, bool (height, width)."""
    visible = np.asarray(picture.getchannel("A")) > 127
    grey = np.asarray(on_white(picture).convert("L"))
    if not visible.any():
        raise Refusal(f"{name} is transparent all over; paint white where the picture should be drawn again.")
    if not visible.all():
        shown = grey[visible]
        if shown.min() > 200:
            return visible  # white strokes on nothing
        if shown.max() < 55:
            raise Refusal(
                f"{name} is black strokes on a transparent ground, which can mean either; paint white where the picture should be drawn again."
            )
        return ~visible
    values = np.unique(grey)
    if values[-1] <= 127 and len(values) > 2:
        raise Refusal(
            f"The lightest place of {name} is {values[-1]} of 255; paint white where the picture should be drawn again."
        )
    return grey > (values[0] if values[-1] <= 127 else 127)


def check_begun(shape: tuple[int, ...], start: np.ndarray | None, mask: np.ndarray | None) -> None:
    """Raises `Refusal` for a picture or a mask that a model of pictures of this shape can't begin from."""
    if start is not None and (start.shape != shape or start.dtype != np.uint8):
        raise Refusal(
            f"The picture to begin from is {start.dtype} of shape {start.shape}; this model draws uint8 {shape}."
        )
    if mask is not None and start is None:
        raise Refusal("A mask says what of a picture is drawn again; give a picture to begin from too.")
    if mask is not None and (mask.shape != shape[:2] or mask.dtype != bool):
        raise Refusal(
            f"The mask is {mask.dtype} of shape {mask.shape}; it has to be true or false for each of {shape[:2]} pixels."
        )


def begun_from(start: np.ndarray, mask: np.ndarray | None) -> dict[str, str]:
    """What a file says of the picture that it was begun from, and its fingerprint, which the ledger keeps and no file holds."""
    said = {
        "Begun from": f"a picture with SHA-256 of its pixels {hashlib.sha256(start.tobytes()).hexdigest()}",
        BEGUN: image_fingerprint.of_middle(start),
    }
    return (
        said
        if mask is None
        else said
        | {
            "Drawn anew": f"{mask.mean():.1%} of the pixels, SHA-256 of the mask {hashlib.sha256(mask.tobytes()).hexdigest()}"
        }
    )
