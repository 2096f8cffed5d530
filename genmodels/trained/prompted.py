"""A trained model that draws what a prompt says: by diffusion, a step at a time, or by a GAN in one go.

A prompt, a seed and the settings (`Drawing`) give one picture, whoever asks and whatever is drawn beside it: prompts are
always drawn by `ROWS`, the last of which are filled up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops

from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.samplers import SAMPLERS, angles
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH, LONGEST, Word, WordPieces
from genmodels.models.recipe import PromptedRecipe
from genmodels.networks.compute import compiled
from genmodels.networks.denoising import MOST_NOISE
from genmodels.networks.learner import compiled_once, part_of
from genmodels.networks.text_encoder import encoded
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.trained.requests import ROWS, check_begun, prompts_for
from genmodels.trained.roles import NO_LOSS
from genmodels.trained.velocity import velocity_errors

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor, keras


@dataclass(frozen=True)
class Step:
    """Where a drawing of n pictures is after one of its steps."""

    number: int  # from 1 to `steps`
    steps: int
    level: float  # standard deviation of the noise that is left, from 1 to 0
    noisy: np.ndarray  # uint8 (n, height, width, channels)
    clean: np.ndarray  # the same: the picture that is foreseen; after the last step, the picture
    # (n, LENGTH, side, side): share of each place's look that a piece of the prompt has
    attention: np.ndarray | None = None


@dataclass(frozen=True)
class Prompt:
    """How a model reads a prompt."""

    text: str
    words: tuple[Word, ...]
    notice: str  # what is cut or unknown; "": nothing


class PictureGenerator:
    """The networks of a captioned recipe behind `sample` and `draw`. Pictures are uint8 (n, height, width, channels)."""

    def __init__(self, recipe: PromptedRecipe, spec: Spec, networks: Networks, seen: Mapping[str, int]) -> None:
        family: Any = recipe  # one that draws in steps has other methods than one that draws in one go
        self.recipe, self.spec, self.networks, self.seen = family, spec, networks, seen  # seen: words with counts
        self.weights: Weights | None = None  # which it was opened with
        self.word_pieces = WordPieces.of(spec)
        self.steps: bool = recipe.in_steps  # whether it draws in steps
        self._encode = compiled(lambda pieces: encoded(networks, pieces))
        self._decode = compiled(lambda latents, mean: family.decode(networks, latents, mean))
        self._hear = compiled_once(self._traced_hear)
        self._predict = compiled_once(self._traced_predict, fused=True)
        self._look = compiled(self._traced_look)
        self._looking: keras.Model | None = None
        self._parts: tuple[keras.Model, keras.Model] | None = None  # the network that draws, in two

    # Drawing

    def sample(
        self,
        n: int,
        *,
        seed: int,
        given: Sequence[int | str] | None = None,
        drawing: Drawing | None = None,
        start: np.ndarray | None = None,
        mask: np.ndarray | None = None,
    ) -> np.ndarray:
        """n pictures, of the prompts given (one for all, or one each) or of none. Picture i has the seed `seed + i`.

        `start` and `mask` are those of `draw`.
        """
        prompts = prompts_for(given, n, "picture")
        pictures = []
        for first in range(0, n, ROWS):
            few = prompts[first : first + ROWS]
            *_, last = self.draw(
                few,
                seeds=range(seed + first, seed + first + len(few)),
                drawing=drawing or Drawing(),
                start=start,
                mask=mask,
            )
            pictures.append(last.clean)
        return np.concatenate(pictures)

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
        looking: bool = False,
    ) -> Iterator[Step]:
        """Draw 1 to `ROWS` prompts, giving where each step leads; who stops iterating stops the drawing.

        `start` (height, width, channels) is a picture to begin from, by `drawing.strength`; `mask` (height, width) is
        true where it is drawn anew and false where it stays. `towards` names a second prompt for each, whose encoding
        has the share (0 to 1) in `shares`. `looking` asks for `Step.attention`.
        """
        n = len(prompts)
        if not 1 <= n <= ROWS or len(seeds) != n:
            raise Refusal(
                f"{n} prompts with {len(seeds)} seeds; draw 1 to {ROWS} pictures at once, each with its seed."
            )
        check_begun(self.spec.shape, start, mask)
        told = self._told(prompts, towards, shares)
        if self.steps:
            return self._by_diffusion(n, seeds, drawing, told, start, mask, looking)
        if start is not None or drawing.negative:
            raise Refusal(
                "A GAN draws in one go, so it can't begin from a picture or take a negative prompt; choose a diffusion model."
            )
        return self._in_one_go(n, seeds, told)

    def _by_diffusion(
        self,
        n: int,
        seeds: Sequence[int],
        drawing: Drawing,
        told: tuple[np.ndarray, np.ndarray],
        start: np.ndarray | None,
        mask: np.ndarray | None,
        looking: bool,
    ) -> Iterator[Step]:
        held = self._told([drawing.negative] * n, None, None)
        states, mean = (np.concatenate(each) for each in zip(told, held, strict=True))
        given = np.zeros(self.spec.shape, "float32") if start is None else start.astype("float32") / 127.5 - 1
        kept = None if mask is None or start is None else ~mask[None, :, :, None]
        highest = MOST_NOISE * (1.0 if start is None else drawing.strength)
        visits = angles(drawing.steps, highest)
        noise = np.stack(
            [
                np.random.default_rng(int(seed)).standard_normal(self.spec.shape, dtype="float32")
                for seed in _filled(seeds)
            ]
        )
        begun = (np.cos(highest) * given + np.sin(highest) * noise).astype("float32")
        attention: list[np.ndarray | None] = [None]
        heard = self._hear(states)

        def predict(noisy: np.ndarray, angle: float) -> np.ndarray:
            at = np.full((2 * ROWS, 1), angle, "float32")
            if looking:
                attention[0] = np.asarray(self._look(noisy, at[:ROWS], states[:ROWS], mean[:ROWS]))[:n]
            clean = np.asarray(self._predict(noisy, at, heard, mean, np.float32(drawing.guidance)))
            return clean if kept is None else np.where(kept, given, clean)

        for number, (noisy, clean) in enumerate(SAMPLERS[drawing.sampler](predict, begun, visits), start=1):
            level = float(np.sin(visits[number]))
            yield Step(number, drawing.steps, level, _eight_bit(noisy[:n]), _eight_bit(clean[:n]), attention[0])

    def _in_one_go(self, n: int, seeds: Sequence[int], told: tuple[np.ndarray, np.ndarray]) -> Iterator[Step]:
        latents = np.stack(
            [
                np.random.default_rng(int(seed)).standard_normal(self.recipe.latent, dtype="float32")
                for seed in _filled(seeds)
            ]
        )
        pictures = np.round(np.asarray(self._decode(latents, told[1]))[:n] * 255).astype("uint8")
        yield Step(1, 1, 0.0, pictures, pictures)

    def _in_two(self) -> tuple[keras.Model, keras.Model]:
        if self._parts is None:
            self._parts = self.recipe.in_two(self.networks)
        return self._parts

    def _traced_hear(self, states: Tensor) -> Tensor:
        """What attention makes of prompts, side by side in one array (n, LENGTH, all widths); the same at every step."""
        return ops.concatenate(self._in_two()[0](states), axis=-1)

    def _traced_predict(self, noisy: Tensor, angle: Tensor, heard: Tensor, mean: Tensor, guidance: Tensor) -> Tensor:
        """Clean pictures in [-1, 1]; the first half of angle, heard and mean is what is asked for, the second what is held against it."""
        first, rest = self._in_two()
        widths = np.cumsum([each.shape[-1] for each in first.outputs])[:-1].tolist()
        velocity = rest([ops.concatenate([noisy, noisy]), angle, mean, *ops.split(heard, widths, axis=-1)])
        asked, against = ops.split(velocity, 2)
        velocity, angle = against + guidance * (asked - against), angle[: noisy.shape[0], :, None, None]
        return ops.clip(ops.cos(angle) * noisy - ops.sin(angle) * velocity, -1.0, 1.0)

    def _traced_look(self, noisy: Tensor, angle: Tensor, states: Tensor, mean: Tensor) -> Tensor:
        """Mean over layers and heads of the share of attention on each piece, (n, LENGTH, side, side) at the finest level."""
        if self._looking is None:
            network = self.networks["average"]
            layers = [layer for layer in network.layers if layer.name.endswith("_looked")]
            self._looking = part_of(network, [layer.output for layer in layers])
        maps = []
        for looked in self._looking([noisy, angle, states, mean]):
            words = ops.mean(looked[..., :LENGTH], axis=1)  # (n, places, LENGTH)
            side = round(words.shape[1] ** 0.5)
            maps.append(ops.transpose(ops.reshape(words, (-1, side, side, LENGTH)), (0, 3, 1, 2)))
        finest = max(each.shape[-1] for each in maps)
        return sum(
            ops.repeat(ops.repeat(m, finest // m.shape[-1], axis=2), finest // m.shape[-1], axis=3) for m in maps
        ) / len(maps)

    def losses(self, examples: Examples, index: np.ndarray, seed: int = 0) -> np.ndarray:
        """Mean squared error (n,) of the velocity on the examples at `index` over levels of noise, the same for all.

        Raises `Refusal` for a GAN, which has no loss on an example.
        """
        if not self.steps:
            raise Refusal(NO_LOSS)
        examples = examples.take(index)
        pieces = self.word_pieces.encode(examples.captions)
        return velocity_errors(self.recipe, self.networks, examples.images, pieces, seed)

    # Prompts

    def read(self, text: str) -> Prompt:
        """The words of a prompt, which of them the model knows, and for the others the nearest that it does."""
        self._readable(text)
        words = self.word_pieces.words(text, self.seen)
        said = []
        if strange := [word for word in words if not word.known]:
            said.append(
                "not among the words that this model was trained on: " + ", ".join(word.text for word in strange[:8])
            )
        if cut := [word for word in words if not word.pieces]:
            said.append(
                f"longer than {LENGTH} word pieces, so that {len(cut)} word{'s' * (len(cut) > 1)} at its end are not read"
            )
        return Prompt(text, tuple(words), f"Of the prompt: {'; '.join(said)}." if said else "")

    def vectors(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """What the text encoder makes of a prompt: a vector for each of its pieces (n, WIDTH), and their mean (WIDTH,)."""
        self._readable(text)
        states, mean = self._encoded([text])
        return states[0, : int((self.word_pieces.encode([text]) != 0).sum())], mean[0]

    def _told(
        self, prompts: Sequence[str], towards: Sequence[str] | None, shares: Sequence[float] | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """States (ROWS, LENGTH, WIDTH) of prompts and their mean (ROWS, WIDTH), between two prompts where two are given."""
        for prompt in (*prompts, *(towards or ())):
            self._readable(prompt)
        told = self._encoded(prompts)
        if towards is None or shares is None:
            return told
        if len(towards) != len(prompts) or len(shares) != len(prompts) or not all(0 <= share <= 1 for share in shares):
            raise Refusal(
                f"{len(prompts)} prompts, {len(towards)} to go towards and {len(shares)} shares; give one of each, shares from 0 to 1."
            )
        weight = np.array(_filled(shares), "float32")
        states, mean = (
            (1 - w) * a + w * b
            for a, b, w in zip(told, self._encoded(towards), (weight[:, None, None], weight[:, None]), strict=True)
        )
        return states, mean

    def _encoded(self, prompts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        states, mean = self._encode(self.word_pieces.encode(_filled(prompts)))
        return np.asarray(states), np.asarray(mean)

    def _readable(self, text: str) -> None:
        if len(text) > LONGEST:
            raise Refusal(f"The prompt has {len(text):,} characters; at most {LONGEST:,} are read, so shorten it.")
        if text.strip() and not self.knows(text):
            raise Refusal(
                f"The model knows none of the words of {text[:60]!r}; write what it was trained on, such as {self._examples()}."
            )

    def knows(self, text: str) -> bool:
        """Was at least one word of the text in the training captions? Yes, where these are not known."""
        return self.word_pieces.knows(text, self.seen)

    def _examples(self) -> str:
        return ", ".join(sorted((word for word in self.seen if len(word) > 3), key=lambda word: -self.seen[word])[:3])


def _filled(rows: Sequence[Any]) -> list[Any]:
    """The rows, the last again until there are `ROWS`."""
    return [*rows, *[rows[-1]] * (ROWS - len(rows))]


def _eight_bit(images: np.ndarray) -> np.ndarray:
    return np.round((np.clip(images, -1, 1) + 1) * 127.5).astype("uint8")
