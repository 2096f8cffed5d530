"""Two encoders, one of texts and one of pictures, that put what belongs together near each other.

Paper: Radford et al. 2021 (CLIP), arXiv 2103.00020. With unit vectors t of captions and p of their pictures, and a
learned temperature, a batch of n pairs lowers

    1/2 CE(rows of  t p' / temperature,  own column)  +  1/2 CE(columns,  own row)

Where this differs: thousands of pictures, not millions, so words are left out at random and pictures are shifted and
recoloured a little; pairs of one batch that share a caption are each other's answer too. The words of a caption are
read by the Transformer of `text_encoder.py`, or without their order (a bag of pieces), so that a judge can be of another
make than what it judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH, WordPieces
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.metrics.retrieval import r_precision, vectors
from genmodels.models.recipe import Recipe, model
from genmodels.networks.augmentation import varied
from genmodels.networks.text_encoder import WIDTH, pooled, text_encoder

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner

RANKED = 50  # captions among which a picture has to find its own
DRAWINGS = 20  # of such fifties, for the number of an epoch


@model("clip")
@dataclass(frozen=True, kw_only=True)
class Clip(Recipe):
    """Contrastive encoders of captions and pictures: what a prompt is read by, or what judges a drawing."""

    text: str = knob(
        "transformer", choices=("transformer", "bag"), help="How words are read: in their order, or as a bag"
    )
    image: str = knob(
        "residual",
        choices=("residual", "plain"),
        help="Network that reads pictures: residual, or plain with larger kernels",
    )
    width: int = knob(32, 4, 512, "Channels of the picture encoder at full size; each halving has twice as many")
    dimensions: int = knob(128, 8, 1024, "Size of the space in which texts and pictures meet")
    vocabulary: int = knob(2500, 300, 30_000, "Word pieces to learn")
    word_dropout: float = knob(0.1, 0.0, 0.9, "Share of the word pieces that are left out in training")
    colour: float = knob(0.2, 0.0, 1.0, "How far the colours of training pictures are varied")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "Highest step size of AdamW")
    weight_decay: float = knob(0.05, 0.0, 10.0, "Pull of the weights towards zero")

    captioned: ClassVar = True
    draws: ClassVar = False
    role: ClassVar = "judge"
    exhibit: ClassVar = "encoder"
    drawing: ClassVar = ("text", "text_head", "image")

    @property
    def lends_text(self) -> bool:
        """A bag of words is no encoder that a drawing could look at word by word."""
        return self.text == "transformer"

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`text`: pieces to states; `text_head`: their mean to the common space; `image`: picture to it; `temperature`."""
        from genmodels.networks.layers import LearnedMap

        mean = keras.Input((WIDTH,))
        head = network(mean, keras.layers.Dense(self.dimensions, use_bias=False)(mean), name="text_head")
        one = keras.Input((1,))
        scale = LearnedMap(2.66, name="log_scale")
        return {
            "text": text_encoder(spec) if self.text == "transformer" else self._bag(spec),
            "text_head": head,
            "image": self._image(spec),
            "temperature": network(one, scale(one), name="temperature"),
        }

    def _bag(self, spec: Spec) -> keras.Model:
        """Each piece by itself, through one hidden layer."""
        pieces = keras.Input((LENGTH,), dtype="int32")
        h = keras.layers.Embedding(len(spec.vocabulary), WIDTH, name="embedding")(pieces)
        return network(pieces, keras.layers.Dense(WIDTH, activation="gelu")(h), name="text")

    def _image(self, spec: Spec) -> keras.Model:
        from genmodels.networks.layers import halvings, silu

        picture = keras.Input(spec.shape)
        kernel = 3 if self.image == "residual" else 5
        h = keras.layers.Conv2D(self.width, kernel, padding="same")(2 * picture - 1)
        for level in range(halvings(*spec.shape[:2])):
            h = keras.layers.Conv2D(self.width * 2**level, kernel, strides=2, padding="same")(h)
            y = keras.layers.Activation(silu)(keras.layers.RMSNormalization(axis=-1)(h))
            y = keras.layers.Conv2D(self.width * 2**level, kernel, padding="same")(y)
            h = keras.layers.Add()([h, y]) if self.image == "residual" else y
        h = keras.layers.Flatten()(keras.layers.Activation(silu)(keras.layers.RMSNormalization(axis=-1)(h)))
        return network(picture, keras.layers.Dense(self.dimensions)(h), name="image")

    def word_pieces(self, captions: Sequence[str]) -> WordPieces:
        """Learned from the training captions."""
        return WordPieces.learned(captions, self.vocabulary)

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """Adam for each network, with a rate that warms up over a twentieth of the steps and falls as a cosine."""
        from genmodels.networks.learner import Adam, cosine

        rate = cosine(self.learning_rate, steps, max(1, steps // 20), 0.02)
        names = ("text", "text_head", "image", "temperature")
        return {
            name: Adam(rate, beta_2=0.98, weight_decay=self.weight_decay if name in ("text", "image") else None)
            for name in names
        }

    def step(self, learner: Learner, images: Tensor, pieces: Tensor) -> dict[str, Tensor]:
        """One step on n pairs; reports the loss in nats and how many of the batch find their own caption."""
        n = ops.shape(images)[0]
        kept = ops.cast(learner.uniform(n, pieces.shape[1]) >= self.word_dropout, "int32")
        seen = varied(learner, images, shift=2, colour=self.colour)
        same = ops.cast(ops.all(ops.equal(pieces[:, None], pieces[None]), axis=-1), "float32")
        target = same / ops.sum(same, axis=1, keepdims=True)

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            texts, pictures = (
                self.encode_texts(learner.networks, pieces * kept),
                self.encode_pictures(learner.networks, seen),
            )
            log_scale = learner.networks["temperature"].get_layer("log_scale").map[0]
            scores = ops.matmul(texts, ops.transpose(pictures)) * ops.exp(ops.minimum(log_scale, 4.6))
            loss = (
                -ops.mean(ops.sum(target * (ops.log_softmax(scores) + ops.log_softmax(ops.transpose(scores))), axis=1))
                / 2
            )
            found = ops.cast(ops.equal(ops.argmax(scores, axis=0), ops.arange(n)), "float32")
            return dict.fromkeys(self._learning, loss), {"loss": loss, "found_in_batch": ops.mean(found)}

        return learner.descend(objective)

    _learning: ClassVar = ("text", "text_head", "image", "temperature")

    def encode_texts(self, networks: Networks, pieces: Tensor) -> Tensor:
        """Unit vectors (n, dimensions) of captions as pieces (n, LENGTH)."""
        return _unit(networks["text_head"](pooled(networks["text"](pieces), pieces)))

    def encode_pictures(self, networks: Networks, images: Tensor) -> Tensor:
        """Unit vectors (n, dimensions) of pictures in [0, 1]."""
        return _unit(networks["image"](images))

    def evaluate(self, learner: Learner, held_out: Examples, samples: np.ndarray | None) -> dict[str, float]:
        """`retrieval`: share of held-out pictures nearest to their own caption among 50; `held_out_loss`: 1 less that."""
        assert held_out.labels is not None  # captions, as pieces
        texts, pictures = vectors(self, learner.networks, held_out.labels, held_out.images)
        retrieval = float(r_precision(pictures, texts, held_out.captions, ranked=RANKED, draws=DRAWINGS, seed=0).mean())
        return {"held_out_loss": 1 - retrieval, "retrieval": retrieval}


def _unit(x: Tensor) -> Tensor:
    return x / ops.sqrt(ops.sum(x**2, axis=-1, keepdims=True) + 1e-8)
