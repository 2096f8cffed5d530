"""What a model family is: a frozen dataclass of knobs with its networks and its training step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs
from genmodels.registry import Registry

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor, keras
    from genmodels.networks.learner import Learner

ACTIVE = 0.01  # variance of the posterior mean above which a latent dimension is in use (Burda et al. 2016)


@dataclass(frozen=True, kw_only=True)
class Recipe(Knobs):
    """A model family: knobs, `networks(spec)`, `step` for its training (see `models/`)."""

    kinds: ClassVar[tuple[str, ...]] = ("image",)  # of example that it learns
    fused: ClassVar[bool] = False  # whether XLA compiles its step; slower where convolutions are most of it
    role: ClassVar[str] = "latent"  # what a trained one can do, a name in `trained.opening.ROLES`
    follows_prompts: ClassVar[bool] = False  # whether one of the family can be trained to draw what a prompt says
    draws: ClassVar[bool] = True  # examples; what encodes, reads or refines makes none of its own
    in_steps: ClassVar[bool] = False  # draws in steps: can be begun from a picture, guided, and watched; has `velocity`
    decodes: ClassVar[bool] = False  # latents to pictures: one of the family can have a latent space to walk
    encodes: ClassVar[bool] = False  # pictures to latents, by a network
    bounded: ClassVar[bool] = False  # `log_weights` bound the likelihood of a picture
    exhibit: ClassVar[str] = ""  # what a training shows after an epoch; "": what is usual for the kind of its data

    def role_for(self, spec: Spec) -> str:
        """What one that was trained on such examples can do."""
        return self.role

    @property
    def drawing(self) -> tuple[str, ...]:
        """The networks that a trained one needs, the one that draws last."""
        raise NotImplementedError

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """The networks by name, for examples of that kind."""
        raise NotImplementedError

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """The optimizer of each network that learns, by its name; `steps` there will be, 0 where that is not known."""
        raise NotImplementedError

    def step(self, learner: Learner, examples: Tensor, labels: Tensor | None, /) -> dict[str, Tensor]:
        """One step on a batch: pictures (n, height, width, channels) in [0, 1] or tokens (n, context + 1); the terms of the loss."""
        raise NotImplementedError

    def evaluate(self, learner: Learner, held_out: Any, samples: np.ndarray, /) -> dict[str, float]:
        """Numbers on held-out examples, and on samples, after an epoch; of what draws none, None is given."""
        raise NotImplementedError

    def prepared(self, examples: Any) -> Any:
        """The training examples as a step takes them: what is the same in every epoch can be worked out once, before the first."""
        return examples

    @property
    def needs_labels(self) -> bool:
        """Is it set up to be told labels, which its data must have?"""
        return False

    @property
    def lends_text(self) -> bool:
        """Has it a text encoder that others can take over?"""
        return False

    @property
    def takes_over(self) -> str:
        """The run whose text encoder and word pieces it takes over before its first step, and leaves as they are; "": none."""
        return ""


class LatentRecipe(Protocol):
    """What the role "latent" asks of a family; one that `encodes` has `encode` and one that is `bounded` `log_weights`, as `Vae`."""

    @property
    def latent(self) -> int:
        """The size of the latent space."""
        ...

    @property
    def conditional(self) -> bool:
        """Is it told labels?"""
        ...

    @property
    def drawing(self) -> tuple[str, ...]:
        """The networks that a trained one needs, the one that draws last."""
        ...

    @property
    def encodes(self) -> bool:
        """Are pictures turned to latents by a network?"""
        ...

    @property
    def bounded(self) -> bool:
        """Is the likelihood of a picture bounded?"""
        ...

    def condition(self, spec: Spec, images: Tensor, labels: Tensor | None) -> Tensor:
        """The label as the networks read it: one of n, or (n, 0) where the model is not conditional."""
        ...

    def decode(self, networks: Networks, latents: Tensor, label: Tensor) -> Tensor:
        """Pictures (n, height, width, channels) in [0, 1] of latents (n, latent)."""
        ...


class PromptedRecipe(Protocol):
    """What the role "prompted" asks of a family.

    One that draws `in_steps` has `velocity` and `in_two` as `Diffusion` has them, one that draws in one go `latent` and
    `decode` as `Gan`.
    """

    @property
    def in_steps(self) -> bool:
        """Does it draw in steps?"""
        ...


MODELS = Registry("model")
model = MODELS.add
