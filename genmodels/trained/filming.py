"""A trained model of clips: films what a prompt says, goes on from frames that are given, or fills what lies between them.

A prompt, a seed, the settings (`Drawing`) and the given frames make one clip, whoever asks and whatever is filmed beside it:
each clip is filmed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from keras import ops

from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.samplers import SAMPLERS, angles
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LONGEST, WordPieces
from genmodels.networks.compute import compiled
from genmodels.networks.denoising import MOST_NOISE, mixture
from genmodels.networks.frames import with_given
from genmodels.networks.learner import compiled_once
from genmodels.networks.text_encoder import encoded
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.trained.requests import prompts_for
from genmodels.trained.roles import DRAWS

if TYPE_CHECKING:
    from genmodels.kinds.image.examples import Examples
    from genmodels.lazy_keras import Networks, Tensor


class ClipRecipe(Protocol):
    """What the role "clips" asks of a family."""

    def noise_shape(self, spec: Spec) -> tuple[int, ...]:
        """The shape of what is denoised, frames first."""
        ...

    def velocity(self, networks: Networks, noisy: Tensor, angle: Tensor, states: Tensor, mean: Tensor) -> Tensor:
        """Its velocity, of noisy and given frames and the channel that says which are given."""
        ...

    def inward(self, networks: Networks, clips: Tensor) -> Tensor:
        """Clips in [-1, 1] as what is denoised."""
        ...

    def outward(self, networks: Networks, denoised: Tensor) -> Tensor:
        """What was denoised as clips in [-1, 1]."""
        ...


@dataclass(frozen=True)
class Step:
    """Where the filming of a clip is after one of its steps."""

    number: int  # from 1 to `steps`
    steps: int
    level: float  # standard deviation of the noise that is left, from 1 to 0
    noisy: np.ndarray  # uint8 (frames, height, width, 3)
    clean: np.ndarray  # the same: the clip that is foreseen; after the last step, the clip


class Filmer:
    """The networks of a recipe of clips behind `sample` and `film`. Clips are uint8 (frames, height, width, 3)."""

    def __init__(self, recipe: ClipRecipe, spec: Spec, networks: Networks, seen: Mapping[str, int]) -> None:
        self.recipe, self.spec, self.networks, self.seen = recipe, spec, networks, seen  # seen: words with counts
        self.weights: Weights | None = None  # which it was opened with
        self.word_pieces = WordPieces.of(spec)
        self.frames = spec.shape[0]
        self.steps = True
        self._shape = recipe.noise_shape(spec)
        self._most = 1.0 if self._shape == spec.shape else 6.0  # of what is denoised: pixels end at 1
        self._encode = compiled(lambda pieces: encoded(networks, pieces))
        self._inward = compiled(lambda clips: recipe.inward(networks, clips))
        self._outward = compiled(lambda denoised: recipe.outward(networks, denoised))
        self._predict = compiled_once(self._traced_predict)

    def sample(
        self, n: int, *, seed: int, given: Sequence[int | str] | None = None, drawing: Drawing | None = None
    ) -> np.ndarray:
        """n clips (n, frames, height, width, 3) of the prompts given (one for all, or one each) or of none. Clip i has the seed `seed + i`."""
        prompts = prompts_for(given, n, "clip")
        return np.stack(
            [self.filmed(prompt, seed=seed + number, drawing=drawing) for number, prompt in enumerate(prompts)]
        )

    def filmed(
        self,
        prompt: str,
        *,
        seed: int,
        drawing: Drawing | None = None,
        clip: np.ndarray | None = None,
        known: np.ndarray | None = None,
    ) -> np.ndarray:
        """One clip; `clip` and `known` are those of `film`."""
        *_, last = self.film(prompt, seed=seed, drawing=drawing or Drawing(), clip=clip, known=known)
        return last.clean

    def film(
        self,
        prompt: str,
        *,
        seed: int,
        drawing: Drawing,
        clip: np.ndarray | None = None,
        known: np.ndarray | None = None,
    ) -> Iterator[Step]:
        """Film a prompt, giving where each step leads; who stops iterating stops it.

        `clip` is one of which the frames that are `known`, bool (frames,), stay as they are: the first alone for a picture that
        is to move, the first half for what comes next, some with gaps for what lies between. Raises `Refusal` for frames of
        another shape, where all are known, and for a prompt of unknown words alone.
        """
        for text in (prompt, drawing.negative):
            self._readable(text)
        self._check(clip, known)
        pieces = self.word_pieces.encode([prompt, drawing.negative])
        states, mean = (np.asarray(each) for each in self._encode(pieces))
        mask = np.zeros((1, self.frames), "float32") if known is None else known[None].astype("float32")
        clean = np.zeros((1, *self._shape), "float32")
        if clip is not None:
            clean = np.asarray(self._inward(clip[None].astype("float32") / 127.5 - 1))
        noisy = np.random.default_rng(int(seed)).standard_normal((1, *self._shape), dtype="float32")
        visits, stays = angles(drawing.steps, MOST_NOISE), mask.reshape(1, -1, *[1] * (len(self._shape) - 1))
        begun = (np.cos(MOST_NOISE) * clean * stays + np.sin(MOST_NOISE) * noisy).astype("float32")

        def predict(noisy: np.ndarray, angle: float) -> np.ndarray:
            at = np.full((2, 1), angle, "float32")
            return np.asarray(self._predict(noisy, clean, mask, at, states, mean, np.float32(drawing.guidance)))

        for number, (noisy, foreseen) in enumerate(SAMPLERS[drawing.sampler](predict, begun, visits), start=1):
            shown = [self._shown(each, clip, known) for each in (noisy, foreseen)]
            yield Step(number, drawing.steps, float(np.sin(visits[number])), *shown)

    def _traced_predict(
        self, noisy: Tensor, clean: Tensor, mask: Tensor, angle: Tensor, states: Tensor, mean: Tensor, guidance: Tensor
    ) -> Tensor:
        """What is foreseen, and where frames are given, those; the first of states and mean is what is asked for, the second what is held against it."""
        seen = with_given(noisy, clean, mask)
        velocity = self.recipe.velocity(self.networks, ops.concatenate([seen, seen]), angle, states, mean)
        asked, against = ops.split(velocity, 2)
        velocity = against + guidance * (asked - against)
        over = (1, *[1] * len(self._shape))
        at = ops.reshape(angle[:1], over)
        foreseen = ops.clip(ops.cos(at) * noisy - ops.sin(at) * velocity, -self._most, self._most)
        stays = ops.reshape(mask, (1, -1, *[1] * (len(self._shape) - 1)))
        return stays * clean + (1 - stays) * foreseen

    def _shown(self, denoised: np.ndarray, clip: np.ndarray | None, known: np.ndarray | None) -> np.ndarray:
        """What is denoised as a clip; frames that are known stay as they were given, bit for bit."""
        shown = np.asarray(self._outward(denoised))[0]
        made = np.round((np.clip(shown, -1, 1) + 1) * 127.5).astype("uint8")
        return made if clip is None or known is None else np.where(known[:, None, None, None], clip, made)

    def _readable(self, prompt: str) -> None:
        if len(prompt) > LONGEST:
            raise Refusal(f"The prompt has {len(prompt):,} characters; at most {LONGEST:,} are read, so shorten it.")
        if prompt.strip() and not self.knows(prompt):
            some = ", ".join(sorted(self.seen, key=lambda word: -self.seen[word])[:8])
            raise Refusal(
                f"The model knows none of the words of {prompt[:60]!r}; it was trained on words such as {some}."
            )

    def _check(self, clip: np.ndarray | None, known: np.ndarray | None) -> None:
        if (clip is None) != (known is None):
            raise Refusal("Frames that are given need a clip and which of its frames are known; give both.")
        if clip is None or known is None:
            return
        if clip.shape != self.spec.shape or clip.dtype != np.uint8:
            raise Refusal(
                f"The given clip is {clip.dtype} of shape {clip.shape}; this model films uint8 {self.spec.shape}."
            )
        if known.shape != (self.frames,) or known.dtype != bool or not known.any() or known.all():
            raise Refusal(
                f"Of the {self.frames} frames {int(np.sum(known))} are said to be known; some have to be, and some not."
            )

    def knows(self, text: str) -> bool:
        """Was at least one word of the text in the training captions? Yes, where these are not known."""
        return self.word_pieces.knows(text, self.seen)

    def losses(self, examples: Examples, index: np.ndarray, seed: int = 0) -> np.ndarray:
        """Mean squared error (n,) of the velocity on the clips at `index` over levels of noise, the same for all."""
        chosen = examples.take(index)
        told = self.word_pieces.encode(chosen.captions)
        rng, total = np.random.default_rng([seed, 11]), np.zeros(len(chosen))
        levels = (np.arange(DRAWS) + 0.5) / DRAWS * MOST_NOISE
        noises = rng.standard_normal((DRAWS, 1, *self._shape), dtype="float32")
        for number in range(len(chosen)):
            states, mean = self._encode(told[number : number + 1])
            clean = np.asarray(self._inward(chosen.images[number : number + 1].astype("float32") / 127.5 - 1))
            for level, noise in zip(levels, noises, strict=True):
                at = np.full((1, 1), level, "float32")
                noisy, velocity = (np.asarray(each) for each in mixture(clean, noise, at))
                bare = np.concatenate([noisy, np.zeros_like(noisy[..., :1])], axis=-1)
                found = np.asarray(self.recipe.velocity(self.networks, bare, at, states, mean))
                total[number] += float(((found - velocity) ** 2).mean())
        return total / DRAWS
