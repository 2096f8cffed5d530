"""Generative adversarial network.

Papers: Goodfellow et al. 2014, arXiv 1406.2661; shape from DCGAN, Radford et al. 2015, arXiv 1511.06434. A generator
draws from noise, a discriminator scores, and each lowers its own loss; with the non-saturating one

    discriminator:  E softplus(-D(x)) + E softplus(D(G(z)))        generator:  E softplus(-D(G(z)))

Where this differs: a few thousand pictures are few, so everything that the discriminator sees is augmented
differentiably (Zhao et al. 2020, arXiv 2006.10738), which keeps it from learning them by heart; samples come from an
exponential moving average of the generator (Yaz et al. 2019); both networks step at once from one drawing of fakes
(simultaneous descent, Mescheder et al. 2017), which saves a third of the work of drawing twice; the generator
normalises each pixel over its channels (Karras et al. 2018) in place of batch normalisation, so that a sample does not
depend on its neighbours in the batch; with labels the discriminator is a projection one (Miyato and Koyama 2018).

Expected: `gan` on `openmoji` (32x32, people) in the time that `docs/gallery.md` states.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import Recipe, model
from genmodels.networks.text_encoder import WIDTH, encoded, text_encoder
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner

# Where the papers differ: the discriminator's loss of its scores on real and fake, the generator's of those on fake.
LOSSES = {
    "non-saturating": (  # Goodfellow et al. 2014
        lambda real, fake: ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake)),
        lambda fake: ops.mean(ops.softplus(-fake)),
    ),
    "least-squares": (  # Mao et al. 2017
        lambda real, fake: ops.mean((real - 1) ** 2) + ops.mean(fake**2),
        lambda fake: ops.mean((fake - 1) ** 2),
    ),
    "hinge": (  # Lim and Ye 2017
        lambda real, fake: ops.mean(ops.relu(1 - real)) + ops.mean(ops.relu(1 + fake)),
        lambda fake: -ops.mean(fake),
    ),
    "wgan-gp": (  # Arjovsky et al. 2017; the penalty of Gulrajani et al. 2017 is added in `step`
        lambda real, fake: ops.mean(fake) - ops.mean(real),
        lambda fake: -ops.mean(fake),
    ),
}


@model("gan")
@dataclass(frozen=True, kw_only=True)
class Gan(Recipe):
    """Generative adversarial network: sharp pictures, no likelihood."""

    follows_prompts: ClassVar = True
    decodes: ClassVar = True
    aliases: ClassVar[Mapping[str, str]] = {"average": "ema_decay"}

    loss: str = knob("non-saturating", choices=tuple(LOSSES), help="What the two networks play for")
    latent: int = knob(64, 2, 512, "Size of the noise vector")
    width: int = knob(32, 4, 256, "Channels at full size; each halving has twice as many")
    augment: bool = knob(True, help="Shift, colour and cut real and fake pictures before they are scored")
    ema_decay: float = knob(0.995, 0.0, 0.9999, "Share of the old weights that the moving average keeps at each step")
    penalty: float = knob(10.0, 0.0, 1000.0, "Weight of the gradient penalty (wgan-gp only)")
    conditional: bool = knob(False, help="Tell both networks the label")
    captioned: bool = knob(False, help="Give both networks the caption, so that it draws what a prompt says")  # type: ignore[misc]
    encoder: str = knob("clip", help="The run of the model clip whose text encoder reads the captions")
    learning_rate: float = knob(2e-4, 1e-6, 0.1, "Step size of Adam, both networks")
    momentum: float = knob(0.5, 0.0, 0.99, "First moment of Adam")

    @property
    def drawing(self) -> tuple[str, ...]:
        """What a trained one needs."""
        return ("text", "average") if self.captioned else ("average",)

    @property
    def role(self) -> str:  # type: ignore[override]
        """ "prompted" where it is trained on captions, else "latent"."""
        return "prompted" if self.captioned else "latent"

    @property
    def needs_labels(self) -> bool:
        """Is it told labels?"""
        return self.conditional

    @property
    def takes_over(self) -> str:
        """The run of the model clip whose text encoder reads the captions."""
        return self.encoder if self.captioned else ""

    @property
    def exhibit(self) -> str:  # type: ignore[override]
        """ "prompted" where it is trained on captions, else nothing of its own."""
        return "prompted" if self.captioned else ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.captioned and self.conditional:
            raise Refusal(
                "conditional and captioned are both true; a GAN takes a label or a caption, so leave one out."
            )

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`generator` and its moving `average`: noise and label to image; `discriminator`: image and label to score."""
        networks = {
            "generator": self._generator(spec),
            "average": self._generator(spec),
            "discriminator": self._discriminator(spec),
        }
        networks["average"].set_weights(networks["generator"].get_weights())
        if self.captioned:
            networks["text"] = text_encoder(spec)
        return networks

    def _told(self, spec: Spec) -> int:
        """How many numbers say what to draw: one of the classes, the mean state of a caption, or nothing."""
        return WIDTH if self.captioned else spec.classes if self.conditional else 0

    def _generator(self, spec: Spec) -> keras.Model:
        from genmodels.networks.layers import halvings

        height, width, channels = spec.shape
        depth = halvings(height, width)
        small = (height >> depth, width >> depth, self.width * 2 ** (depth - 1))
        latent = keras.Input((self.latent,))
        label = keras.Input((self._told(spec),), name="label")
        h = keras.layers.Concatenate()([latent, label])
        h = keras.layers.Reshape(small)(keras.layers.Dense(math.prod(small))(h))
        for level in range(depth - 2, -1, -1):
            h = keras.layers.LeakyReLU(0.2)(keras.layers.RMSNormalization(axis=-1)(h))
            h = keras.layers.Conv2DTranspose(self.width * 2**level, 4, strides=2, padding="same")(h)
        h = keras.layers.LeakyReLU(0.2)(keras.layers.RMSNormalization(axis=-1)(h))
        h = keras.layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid")(h)
        return network([latent, label], h)

    def _discriminator(self, spec: Spec) -> keras.Model:
        from genmodels.networks.layers import halvings

        classes = self._told(spec)
        image = keras.Input(spec.shape)
        label = keras.Input((classes,), name="label")
        h = 2 * image - 1
        for level in range(halvings(*spec.shape[:2])):
            h = keras.layers.Conv2D(self.width * 2**level, 4, strides=2, padding="same")(h)
            h = keras.layers.LeakyReLU(0.2)(h)
        h = keras.layers.Flatten()(h)
        score = keras.layers.Dense(1)(h)
        if classes:
            agreement = keras.layers.Dot(axes=1)(
                [keras.layers.Dense(64)(h), keras.layers.Dense(64, use_bias=False)(label)]
            )
            score = keras.layers.Add()([score, agreement])
        return network([image, label], score)

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """Adam for the generator and for the discriminator."""
        from genmodels.networks.learner import Adam

        return {name: Adam(self.learning_rate, self.momentum) for name in ("generator", "discriminator")}

    def step(self, learner: Learner, images: Tensor, labels: Tensor | None) -> dict[str, Tensor]:
        """One simultaneous step of both networks. Scores are reported as sigmoid(D), between 0 (fake) and 1 (real)."""
        n = ops.shape(images)[0]
        noise = learner.noise(n, self.latent)
        label = encoded(learner.networks, labels)[1] if self.captioned else self.condition(learner.spec, images, labels)
        generator, discriminator = learner.networks["generator"], learner.networks["discriminator"]
        discriminator_loss, generator_loss = LOSSES[self.loss]
        shown = [augmentation(learner, n, learner.spec.shape) if self.augment else (lambda x: x) for _ in range(2)]
        mixing = learner.uniform(n, 1, 1, 1)

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            pictures = shown[0](images), shown[1](generator([noise, label]))
            real, fake = (discriminator([each, label]) for each in pictures)
            losses = {"generator": generator_loss(fake), "discriminator": discriminator_loss(real, fake)}
            terms = {"generator_loss": losses["generator"], "discriminator_loss": losses["discriminator"]}
            if self.loss == "wgan-gp":
                between = mixing * pictures[0] + (1 - mixing) * pictures[1]
                terms["penalty"] = penalty_of(lambda x: discriminator([x, label]), ops.stop_gradient(between))
                losses["discriminator"] += self.penalty * terms["penalty"]
            terms["real_score"], terms["fake_score"] = ops.mean(ops.sigmoid(real)), ops.mean(ops.sigmoid(fake))
            return losses, terms

        terms = learner.descend(objective)
        for slow, fast in zip(learner.networks["average"].variables, generator.variables, strict=True):
            slow.assign(self.ema_decay * slow + (1 - self.ema_decay) * fast)
        return terms

    def evaluate(self, learner: Learner, held_out: Examples, samples: np.ndarray) -> dict[str, float]:
        """`diversity`: how far apart samples are from one another, as a share of how far held-out pictures are."""
        return {"diversity": _spread(samples) / max(_spread(held_out.images[: len(samples)]), 1e-6)}

    def decode(self, networks: Networks, latents: Tensor, label: Tensor) -> Tensor:
        """Pictures (n, height, width, channels) in [0, 1], from the moving average of the generator."""
        return networks["average"]([latents, label])

    def condition(self, spec: Spec, images: Tensor, labels: Tensor | None) -> Tensor:
        """The label as the networks read it: one of n, or (n, 0) where the model is not conditional."""
        from genmodels.networks.layers import one_of

        return one_of(spec.classes if self.conditional else 0, images, labels)


def penalty_of(score: Callable[[Tensor], Tensor], pictures: Tensor) -> Tensor:
    """Mean squared distance from 1 of the norm of the score's gradient at each picture (Gulrajani et al. 2017)."""
    from genmodels.networks.compute import input_gradient

    gradient = input_gradient(score, pictures)
    return ops.mean((ops.sqrt(ops.sum(gradient**2, axis=(1, 2, 3)) + 1e-12) - 1) ** 2)


def augmentation(learner: Learner, n: int, shape: tuple[int, ...]) -> Callable[[Tensor], Tensor]:
    """One drawing of colour, shift and cut (Zhao et al. 2020) as a function of n pictures in [0, 1].

    Brightness moves by up to 0.25, saturation by a factor from 0 to 2, contrast by one from 0.5 to 1.5; pictures
    shift by up to an eighth, and a square of half the size is cut out.
    """
    height, width, channels = shape
    brightness, saturation, contrast = (learner.uniform(n, 1, 1, 1) for _ in range(3))
    columns = ops.cast(ops.arange(width), "float32")
    rows = ops.cast(ops.arange(height), "float32")
    down, right = (ops.floor(learner.uniform(n, 1) * (size // 4 + 1)) - size // 8 for size in (height, width))
    top, left = (learner.uniform(n, 1) * 1.5 * size - 0.5 * size for size in (height, width))
    move_rows = ops.cast(ops.equal(ops.expand_dims(rows + down, -1), rows), "float32")  # (n, height, height)
    move_columns = ops.cast(ops.equal(ops.expand_dims(columns + right, -1), columns), "float32")
    inside_rows = ops.cast(ops.logical_and(rows >= top, rows < top + height / 2), "float32")
    inside_columns = ops.cast(ops.logical_and(columns >= left, columns < left + width / 2), "float32")
    kept = 1 - ops.expand_dims(inside_rows, -1) * ops.expand_dims(inside_columns, 1)  # (n, height, width)

    def augment(pictures: Tensor) -> Tensor:
        x = 2 * pictures - 1 + (brightness - 0.5) * 0.5
        if channels > 1:
            grey = ops.mean(x, axis=-1, keepdims=True)
            x = grey + (x - grey) * saturation * 2
        mean = ops.mean(x, axis=(1, 2, 3), keepdims=True)
        x = mean + (x - mean) * (contrast + 0.5)
        x = ops.einsum("nhi,nhwc,nwj->nijc", move_rows, x, move_columns)
        return (x * ops.expand_dims(kept, -1) + 1) / 2

    return augment


def _spread(images: np.ndarray) -> float:
    """Root mean square distance between two of the images, each pixel in [0, 1]."""
    return float(np.sqrt(2 * (images.astype("float32") / 255).var(axis=0, ddof=1).mean())) if len(images) > 1 else 0.0
