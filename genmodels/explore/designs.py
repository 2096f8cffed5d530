"""Icons designed with trained models: variations, blends, styles, families and parts drawn again.

Two models of icons are asked: one with a latent space (a VAE, 28 x 28 pixels), and one that draws prompts in steps (diffusion,
32 x 32). Icons are uint8 (n, side, side, 1), 255 is ink; an icon of another size is made to fit first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.files import resized
from genmodels.kinds.image.icons import even, heavier, rounded, snapped, stroke, symmetric
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.trained.interpolation import interpolate
from genmodels.trained.requests import Cell, Draws, draw_cells

if TYPE_CHECKING:
    from genmodels.kinds.spec import Spec

MOST = 24  # icons at once
STEPS = 20  # from noise to icon
STYLES = {"filled": "fill", "outline": "outline"}  # how captions of the data set icons say it, as their last word
WEIGHTS = {
    "thin": -0.6,
    "regular": 0.0,
    "bold": 0.8,
}  # pixels by which outlines are moved; captions say these words too
LEARNED = 200  # captions that have to hold a word before it is asked for as a style: in fewer it means something else
ROUND, THINNEST = 0.9, 1.6  # pixels of a rounded icon; of the strokes of a thin one, at least


Watch = Callable[[float], None]  # is told how much of a drawing is done, 0 to 1


def unwatched(share: float) -> None:
    """Nobody waits for it."""


class Drawer(Draws, Protocol):
    """A model that draws prompts in steps, also from a picture."""

    spec: Spec
    seen: Mapping[str, int]  # the words of its training captions, counted

    def knows(self, text: str) -> bool:
        """Does it know a word of the text?"""
        ...


class Space(Protocol):
    """A model with a latent space of icons."""

    spec: Spec
    latent: int

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Latents (n, latent)."""
        ...

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Pictures."""
        ...


@dataclass(frozen=True)
class Finish:
    """What is done to every icon after it was drawn, in this order; each of these has a knob."""

    rounded: float = 0.0  # pixels
    weight: float = 0.0  # pixels that outlines are moved by
    symmetry: str = "none"
    cell: int = 0  # pixels of the grid that it is snapped to; 0: none

    def of(self, icons: np.ndarray) -> np.ndarray:
        """The icons (n, side, side, 1), finished."""
        return np.stack(
            [
                snapped(symmetric(heavier(rounded(each, self.rounded), self.weight), self.symmetry), self.cell)
                for each in icons
            ]
        )


def fitting(icon: np.ndarray, spec: Spec) -> np.ndarray:
    """One icon (side, side, 1) at the size that a model reads. Raises `Refusal` for a model of coloured pictures."""
    if spec.shape[-1] != 1 or spec.shape[0] != spec.shape[1]:
        raise Refusal(f"This model draws {spec.shape}; designing needs a model of icons, one grey channel, square.")
    return resized(icon[None], spec.shape)[0]


def varied(model: Space, icon: np.ndarray, n: int, strength: float, seed: int) -> np.ndarray:
    """n variations of an icon by a latent space: its place is turned towards n draws of the prior.

    By strength x 90 degrees, so that a place stays as far out as places are: 0 is the icon as the model sees it, 1 has nothing
    of it left. A greater n has the same first ones.
    """
    _at_most(n)
    _share("strength", strength)
    place = model.encode(fitting(icon, model.spec)[None])
    other = np.random.default_rng([seed, 31]).standard_normal((n, model.latent))
    angle = strength * np.pi / 2
    return model.decode((np.cos(angle) * place + np.sin(angle) * other).astype("float32"))


def redrawn(
    model: Drawer, icon: np.ndarray, prompt: str, n: int, strength: float, seed: int, watch: Watch = unwatched
) -> np.ndarray:
    """n variations of an icon by noising and denoising it: `strength` of the way to noise and back, seeds from `seed` on."""
    _at_most(n)
    _share("strength", strength)
    if strength == 0:
        return np.repeat(fitting(icon, model.spec)[None], n, axis=0)
    drawing = Drawing(steps=STEPS, strength=max(strength, 0.01))
    cells = [Cell(prompt, seed + number, drawing) for number in range(n)]
    return _drawn(model, cells, watch, fitting(icon, model.spec))


def blended(model: Space, first: np.ndarray, second: np.ndarray, steps: int) -> np.ndarray:
    """A strip of `steps` icons from one to another, the spherical way through the latent space, ends included as the model sees them."""
    _at_most(steps)
    places = model.encode(np.stack([fitting(each, model.spec) for each in (first, second)]))
    return model.decode(interpolate(places, steps, "spherical"))


def inpainted(
    model: Drawer, icon: np.ndarray, mask: np.ndarray, prompt: str, n: int, seed: int, watch: Watch = unwatched
) -> np.ndarray:
    """n icons whose part under the mask (side, side, bool) is drawn anew; the rest is put back at every step and stays as it was."""
    _at_most(n)
    start = fitting(icon, model.spec)
    if mask.shape != start.shape[:2] or not mask.any():
        raise Refusal(f"The mask has the shape {mask.shape} or marks nothing; mark a part of {start.shape[:2]} pixels.")
    drawing = Drawing(steps=STEPS, strength=1.0)
    return _drawn(model, [Cell(prompt, seed + number, drawing) for number in range(n)], watch, start, mask)


@dataclass(frozen=True)
class Named:
    """Icons (n, side, side, 1) with a word for each, and a notice for words that were left out."""

    words: tuple[str, ...]
    icons: np.ndarray
    notice: str = ""


def family(model: Drawer, words: Sequence[str], style: str, seed: int, watch: Watch = unwatched) -> Named:
    """An icon for each word, of one style and one seed, with strokes of one width (see `icons.even`).

    Words of which the model knows nothing are left out and named. Raises `Refusal` where none is left.
    """
    if style not in STYLES:
        raise Refusal(unknown("style", style, list(STYLES)))
    asked = list(dict.fromkeys(each.strip() for each in words if each.strip()))
    _at_most(len(asked))
    known = tuple(each for each in asked if model.knows(each))
    if not known:
        raise Refusal(f"The model knows none of {', '.join(asked)[:80]!r}; write words such as home, heart, cloud.")
    unread = [each for each in asked if each not in known]
    drawn = _drawn(model, [Cell(prompt_of(model, each, style), seed, Drawing(steps=STEPS)) for each in known], watch)
    said = f"Left out, since no word of it is known to the model: {', '.join(unread)}." if unread else ""
    return Named(known, even(drawn), said)


def words_of(text: str) -> list[str]:
    """The words of a list with commas or lines between them."""
    return [each.strip()[:60] for line in text.splitlines() for each in line.split(",") if each.strip()]


def style_grid(model: Drawer, word: str, seed: int, watch: Watch = unwatched) -> dict[tuple[str, str], np.ndarray]:
    """One thing in every style: by (drawn style, finish) an icon (side, side, 1).

    Filled and outline, and outlines of another weight, come from the prompt where the model has learned these words; else
    weights are made from the drawn icon, and rounded corners always are.
    """
    prompts: dict[tuple[str, str], str] = {}
    finishes: dict[tuple[str, str], Finish] = {}
    for style in STYLES:
        for name, weight in WEIGHTS.items():
            asked = style == "outline" and name in _learned(model, WEIGHTS)
            prompts[style, name] = f"{word} {name}" if asked else prompt_of(model, word, style)
            finishes[style, name] = Finish() if asked else Finish(weight=weight)
        prompts[style, "rounded"], finishes[style, "rounded"] = prompt_of(model, word, style), Finish(rounded=ROUND)
    different = list(dict.fromkeys(prompts.values()))
    icons = _drawn(model, [Cell(prompt, seed, Drawing(steps=STEPS)) for prompt in different], watch)
    return {each: _finished(icons[different.index(prompt)], finishes[each]) for each, prompt in prompts.items()}


def _finished(icon: np.ndarray, finish: Finish) -> np.ndarray:
    """The icon with its finish, never so thin that its strokes break."""
    if finish.weight < 0 and np.isfinite(width := stroke(icon)):
        finish = replace(finish, weight=max(finish.weight, min(0.0, (THINNEST - width) / 2)))
    return finish.of(icon[None])[0]


def prompt_of(model: Drawer, word: str, style: str) -> str:
    """What the model is asked for: the word, and the style where it has learned one by that word."""
    said = STYLES[style]
    return f"{word} {said}" if said in _learned(model, (said,)) else word


def _learned(model: Drawer, words: Iterable[str]) -> list[str]:
    """Those of the words that enough training captions hold."""
    return [each for each in words if model.seen.get(each, 0) >= LEARNED]


def _drawn(
    model: Drawer, cells: Sequence[Cell], watch: Watch, start: np.ndarray | None = None, mask: np.ndarray | None = None
) -> np.ndarray:
    """The picture of every cell, a few at a time."""
    last: dict[int, np.ndarray] = {}
    for each in draw_cells(model, cells, start=start, mask=mask):
        watch(each.share)
        last |= dict(zip(each.cells, each.step.clean, strict=True))
    return np.stack([last[number] for number in range(len(cells))])


def _at_most(n: int) -> None:
    if not 1 <= n <= MOST:
        raise Refusal(f"{n} icons are asked for; ask for 1 to {MOST}.")


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise Refusal(f"The {name} is {value:g}; it goes from 0 to 1.")
