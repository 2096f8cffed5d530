"""What can be asked of a trained model, or of anything that stands in for one: its roles.

A role is a protocol. Whoever needs one asks by `isinstance`, or by the function here that refuses in one sentence what
lacks it. How a run's model is opened for its role stands in `trained.opening`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from genmodels.kinds.text.tokens import Tokens
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.kinds.text.decoding import Decoding

DRAWS = 8  # noises over which the loss of an example is a mean, the same for all
NO_LOSS = "This model has no loss on a single example (a GAN learns against a critic), so membership can't be inferred from it; audit a VAE, a diffusion model or a Transformer."


@runtime_checkable
class Generator(Protocol):
    """Anything that can be asked for samples."""

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n samples: pictures are uint8 (n, height, width, channels), texts (n,). The same seed gives the same samples."""
        ...


@runtime_checkable
class Prompted(Generator, Protocol):
    """Draws what a prompt says; its prompts are the `given` of `sample`."""

    def knows(self, text: str) -> bool:
        """Is there a word in the text that it can follow?"""
        ...


@runtime_checkable
class Latents(Generator, Protocol):
    """Draws from a latent space, whose prior is N(0, I), and finds the place of a picture in it."""

    latent: int

    def latents(self, n: int, *, seed: int) -> np.ndarray:
        """(n, latent) draws from the prior, float32."""
        ...

    def decode(self, latents: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
        """The pictures at the latents (n, latent), uint8 (n, height, width, channels)."""
        ...

    def encode(self, images: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
        """The latents (n, latent) of pictures, float32."""
        ...


@runtime_checkable
class Writes(Protocol):
    """Writes texts a token at a time, after prompts; they can carry a watermark."""

    tokens: Tokens
    context: int  # tokens that it reads at once
    watermark_key: bytes | None  # None: that of this machine

    def sample(
        self, n: int, *, seed: int, given: Sequence[int | str] | None = None, decoding: Decoding | None = None
    ) -> np.ndarray:
        """n texts (n,), each with its prompt, by a `Decoding`."""
        ...


@runtime_checkable
class Likelihoods(Writes, Protocol):
    """Says how probable texts are, in nats."""

    def log_likelihoods(self, texts: Sequence[str]) -> list[tuple[float, int, int]]:
        """Of each text its log probability, of how many tokens it is the sum, and their characters."""
        ...

    def continuations(self, prompts: Sequence[str], candidates: Sequence[str]) -> np.ndarray:
        """Log probabilities (prompts, candidates) of each candidate after each prompt."""
        ...


@runtime_checkable
class Losses(Protocol):
    """Has a loss on single examples: what membership is inferred from."""

    def losses(self, examples: Any, index: np.ndarray, seed: int = 0) -> np.ndarray:
        """The loss (n,) on the examples at `index`; lower is better known to it. Raises `Refusal` where there is none."""
        ...


@runtime_checkable
class Reads(Protocol):
    """Reads classes off pictures, uint8 (n, height, width, channels)."""

    classes: Sequence[str]

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, classes), not calibrated."""
        ...

    def read(self, images: np.ndarray) -> np.ndarray:
        """The names (n,) of the most probable classes."""
        ...


@runtime_checkable
class Judges(Protocol):
    """Puts captions and pictures into one space, in which what belongs together is near."""

    def texts(self, captions: Sequence[str]) -> np.ndarray:
        """Unit vectors (n, dimensions)."""
        ...

    def pictures(self, images: np.ndarray) -> np.ndarray:
        """Unit vectors (n, dimensions) of uint8 (n, height, width, channels)."""
        ...


@runtime_checkable
class Enlarges(Protocol):
    """Enlarges pictures."""

    def upscale(self, images: np.ndarray) -> np.ndarray:
        """uint8 (n, height, width, channels), each side four times as long."""
        ...


@runtime_checkable
class Sends(Protocol):
    """Hands out its pictures by a way of its own, as the files that it says are marked."""

    def sent(self, image: np.ndarray) -> bytes:
        """The file of one picture, uint8 (height, width, channels)."""
        ...


def to_sample(model: object) -> Generator:
    """The model as what can be asked for samples; raises `Refusal` for one that makes no examples of its own."""
    if isinstance(model, Generator):
        return model
    does = "enlarges pictures" if isinstance(model, Enlarges) else "reads pictures"
    does = "reads captions and pictures" if isinstance(model, Judges) else does
    raise Refusal(f"This model {does} and draws none; choose a model that draws.")


def to_prompt(model: object) -> Prompted:
    """The model as what draws from prompts; raises `Refusal` for one that does not."""
    if isinstance(model, Prompted):
        return model
    raise Refusal("This model follows no prompts, so it can't be asked for a caption; choose one that does.")


def to_walk(model: object) -> Latents:
    """The model as what has a latent space; raises `Refusal` for one that has none."""
    if isinstance(model, Latents):
        return model
    raise Refusal("This model has no latent space to walk; choose a VAE or a GAN without captions.")


def to_continue(model: object) -> Writes:
    """The model as what writes on; raises `Refusal` for one that shows no tokens."""
    if isinstance(model, Writes):
        return model
    raise Refusal("This subject shows no tokens, so nothing can be continued; audit a run of the model transformer.")


def to_weigh(model: object) -> Likelihoods:
    """The model as what says how probable texts are; raises `Refusal` for one that does not."""
    if isinstance(model, Likelihoods):
        return model
    raise Refusal("This subject shows no probabilities of words; audit a run of the model transformer.")


def to_infer_from(model: object) -> Losses:
    """The model as what has losses on examples; raises `Refusal` for one that is only asked for samples."""
    if isinstance(model, Losses):
        return model
    raise Refusal("This subject is only asked for samples and shows no loss; audit a run.")
