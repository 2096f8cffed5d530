"""What a model family is: a frozen dataclass of knobs with its networks and its training step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from genmodels.knobs import Knobs
from genmodels.registry import Registry


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


MODELS = Registry("model")
model = MODELS.add
