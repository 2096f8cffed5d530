"""Reader: which of the labels of its data a picture shows.

A residual convolutional classifier (He et al. 2016, arXiv 1512.03385) that lowers the cross-entropy of the label. It is an
instrument: its own error on held-out pictures stands beside whatever it reads.

Where this differs: hundreds of pictures, not millions, so each is moved, worn and recoloured in training. What is to be
read whatever the colours (`colours` "greyscale": woman or man in every skin tone) sees brightness only, on a scale drawn anew
for every picture. Where `features` is "traces", nothing that is drawn is seen, only how smooth it is, what compression left
and its spectrum (`Traces`), by a small network of two layers: from 24,000 pictures a convolutional one learned what is
drawn, and told 1 % of diffused pictures where traces told 85 %. Where it is "colours", only how much there is of which
colour is seen, by one small layer: skin tones are colours, and of drawings that neither saw this read 96 % right where a
convolutional network read 85 %.

Expected: `reader` on `openmoji` (people, split by combination) reads woman or man of held-out combinations right in more
than 92 %; of colours on `people`, the tone of OpenMoji's held-out drawings in more than 92 %.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import Recipe, model
from genmodels.networks.augmentation import varied
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner


@model("reader")
@dataclass(frozen=True, kw_only=True)
class Reader(Recipe):
    """Reads a label off a picture, such as the skin tone or woman or man."""

    features: str = knob(
        "shapes",
        choices=("shapes", "traces", "colours"),
        help="shapes: what is drawn. traces: how smooth it is and its spectrum, by which generators give themselves away. colours: how much there is of which",
    )
    width: int = knob(
        32,
        4,
        256,
        "Channels at full size; each halving has twice as many, up to four times. Of traces and colours: units in a layer",
    )
    colours: str = knob(
        "as they are",
        choices=("as they are", "greyscale"),
        help="as they are: colours are part of what is read. greyscale: they must not matter, and brightness alone is seen",
    )
    shift: int = knob(2, 0, 8, "Pixels by which training pictures are moved at most")
    noise: float = knob(0.1, 0.0, 0.5, "Noise on training pictures, 1 being the range from black to white")
    dropout: float = knob(0.3, 0.0, 0.9, "Share of the last features that is left out in training")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "Highest step size of AdamW")
    weight_decay: float = knob(0.05, 0.0, 10.0, "Pull of the weights towards zero")

    draws: ClassVar = False
    role: ClassVar = "reader"
    exhibit: ClassVar = "encoder"
    drawing: ClassVar = ("reader",)
    aliases: ClassVar[Mapping[str, str]] = {"looks_at": "features", "wear": "noise"}
    choice_aliases: ClassVar[Mapping[str, Mapping[str, str]]] = {"colours": {"any": "greyscale"}}

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`reader`: picture to logits (n, classes)."""
        if not spec.classes:
            raise Refusal(
                "The data has no labels as it is set up, so there is nothing to read; set label, for openmoji for example to tone."
            )
        picture = keras.Input((*spec.shape[:2], spec.shape[2] if self.colours == "as they are" else 1))
        if self.features == "traces":
            from genmodels.networks.layers import Traces

            traces = Traces()(picture)
            return {"reader": network(picture, self._told(traces.shape[-1], spec.classes)(traces), name="reader")}
        h = {"colours": self._colours, "shapes": self._shapes}[self.features](picture)
        h = keras.layers.Dropout(self.dropout)(h)
        return {"reader": network(picture, keras.layers.Dense(spec.classes)(h), name="reader")}

    def _told(self, count: int, classes: int) -> keras.Model:
        """Traces (n, count) to logits (n, classes)."""
        from genmodels.networks.layers import silu

        traces = keras.Input((count,))
        h = keras.layers.BatchNormalization(momentum=0.95)(traces)
        for _ in range(2):
            h = keras.layers.Dense(self.width, activation=silu)(keras.layers.Dropout(self.dropout)(h))
        h = keras.layers.Dense(classes)(keras.layers.Dropout(self.dropout)(h))
        return network(traces, h, name="told")

    def _colours(self, picture: keras.KerasTensor) -> keras.KerasTensor:
        from genmodels.networks.layers import Colours, silu

        h = keras.layers.Rescaling(10.0)(Colours()(picture))  # so that the first steps are not lost on tiny numbers
        return keras.layers.Dense(self.width, activation=silu)(h)

    def _shapes(self, picture: keras.KerasTensor) -> keras.KerasTensor:
        from genmodels.networks.layers import halvings, silu

        h = keras.layers.Conv2D(self.width, 3, padding="same")(picture)
        for level in range(halvings(*picture.shape[1:3])):
            width = self.width * min(4, 2**level)
            y = keras.layers.Activation(silu)(keras.layers.RMSNormalization(axis=-1)(h))
            y = keras.layers.Conv2D(h.shape[-1], 3, padding="same")(y)
            h = keras.layers.Conv2D(width, 3, strides=2, padding="same")(keras.layers.Add()([h, y]))
        return keras.layers.Flatten()(keras.layers.Activation(silu)(keras.layers.RMSNormalization(axis=-1)(h)))

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """Adam with a rate that warms up over a twentieth of the steps and falls as a cosine."""
        from genmodels.networks.learner import Adam, cosine

        rate = cosine(self.learning_rate, steps, max(1, steps // 20), 0.02)
        return {"reader": Adam(rate, weight_decay=self.weight_decay or None)}

    def prepared(self, examples: Examples) -> Examples:
        """The traces (n, count) float32 of the training pictures, since they take nine tenths of the time of a step."""
        if self.features != "traces" or self.colours != "as they are" or self.shift or self.noise:
            return examples
        from genmodels.networks.compute import compiled
        from genmodels.networks.layers import Traces

        traces = compiled(Traces())
        parts = [
            traces(2 * ops.cast(examples.images[i : i + 512], "float32") / 255 - 1)
            for i in range(0, len(examples), 512)
        ]
        return dataclasses.replace(examples, images=np.concatenate([np.asarray(part) for part in parts]))

    def step(self, learner: Learner, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """One step; reports the cross-entropy in nats and the share read right."""
        if len(images.shape) == 2:
            return self._descend(learner, "told", images, labels)
        n = ops.shape(images)[0]
        colour = 0.0 if self.features == "traces" else 0.5 if self.colours == "greyscale" else 0.1
        seen = images if self.features == "colours" else varied(learner, images, shift=self.shift, colour=colour)
        seen = self._as_seen(seen + self.noise * learner.uniform(n, 1, 1, 1) * learner.noise(n, *learner.spec.shape))
        if self.colours == "greyscale":  # a grey scale of its own: how dark skin is says nothing
            seen = ops.sign(seen) * ops.abs(seen) ** ops.exp(2.0 * (learner.uniform(n, 1, 1, 1) - 0.5))

        return self._descend(learner, "", seen, labels)

    def _descend(self, learner: Learner, part: str, seen: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """One step of the network, or of a part of it, on what that sees."""
        network = learner.networks["reader"].get_layer(part) if part else learner.networks["reader"]

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            logits = network(seen, training=True)
            loss = ops.mean(ops.sparse_categorical_crossentropy(labels, logits, from_logits=True))
            right = ops.mean(ops.cast(ops.equal(ops.cast(ops.argmax(logits, axis=-1), "int32"), labels), "float32"))
            return {"reader": loss}, {"loss": loss, "accuracy": right}

        return learner.descend(objective)

    def _as_seen(self, images: Tensor) -> Tensor:
        """Pictures in [0, 1] as the network takes them, in [-1, 1]."""
        if self.colours == "greyscale" and images.shape[-1] > 1:
            images = ops.mean(images, axis=-1, keepdims=True)
        return 2 * images - 1

    def read(self, networks: Networks, images: Tensor) -> Tensor:
        """Logits (n, classes) of pictures in [0, 1]."""
        return networks["reader"](self._as_seen(images))

    def evaluate(self, learner: Learner, held_out: Examples, samples: np.ndarray | None) -> dict[str, float]:
        """`held_out_loss` in nats and `held_out_accuracy`, on all held-out pictures."""
        seen, network = learner.kept("prepared", lambda: self.prepared(held_out).images), learner.networks["reader"]
        logits = np.concatenate(
            [
                np.asarray(
                    network.get_layer("told")(part)
                    if part.ndim == 2
                    else self.read(learner.networks, part.astype("float32") / 255)
                )
                for part in (seen[i : i + 256] for i in range(0, len(seen), 256))
            ]
        )
        right = logits[np.arange(len(logits)), held_out.labels]
        loss = np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1)) + logits.max(1) - right
        return {"held_out_loss": float(loss.mean()), "held_out_accuracy": float((right == logits.max(1)).mean())}
