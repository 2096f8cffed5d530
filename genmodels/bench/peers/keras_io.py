"""The way of keras.io: a `keras.Model` that overrides `train_step`, compiled with the defaults, trained by `fit`.

Started as `python -m genmodels.bench.peers.keras_io train-vae arrays`. The loops are those of its examples "Variational
AutoEncoder" and "DCGAN to generate face images" (the generator is drawn twice a step); networks and losses are ours,
so that only the way of training differs, but with Keras's own Adam and SiLU. Ways to call `fit`: on `arrays` as the VAE
example does, with a `callback` a batch, from a tf.data `pipeline` as the DCGAN example does; `graph` turns off XLA,
which `compile` chooses by itself.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from genmodels.bench import BATCH
from genmodels.bench.ours import SPEC
from genmodels.bench.turns import serve
from genmodels.models.gan import LOSSES, augmentation
from genmodels.models.recipe import MODELS
from genmodels.networks.layers import silu

WITH_ACTIVATION = (keras.layers.Activation, keras.layers.Conv2D, keras.layers.Conv2DTranspose, keras.layers.Dense)


class VAE(keras.Model):
    """Our VAE trained by the loop of a Keras example: `fit` and `train_step`."""

    def __init__(self) -> None:
        super().__init__()
        self.recipe = MODELS["vae"]()
        networks = self.recipe.networks(SPEC)
        self.encoder, self.decoder = networks["encoder"], networks["decoder"]
        for layer in (*self.encoder.layers, *self.decoder.layers):
            if isinstance(layer, WITH_ACTIVATION) and layer.activation is silu:
                layer.activation = keras.activations.silu
        self.noise = keras.random.SeedGenerator(1337)
        self.trackers = [keras.metrics.Mean(name) for name in ("total_loss", "reconstruction_loss", "kl_loss")]

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The means that `fit` resets at each epoch."""
        return self.trackers

    def train_step(self, images: tf.Tensor) -> dict[str, Any]:
        """One step on images (n, height, width, channels) from -1 to 1; the means so far, by name."""
        noise = keras.random.normal((ops.shape(images)[0], self.recipe.latent), seed=self.noise)
        label = ops.zeros((ops.shape(images)[0], 0))
        with tf.GradientTape() as tape:
            networks = {"encoder": self.encoder, "decoder": self.decoder}
            log_likelihood, kl, _ = self.recipe.bound(networks, images, label, noise)
            reconstruction_loss, kl_loss = -ops.mean(log_likelihood), ops.mean(ops.sum(kl, axis=1))
            total_loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(total_loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        for tracker, loss in zip(self.trackers, (total_loss, reconstruction_loss, kl_loss), strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}


class GAN(keras.Model):
    """Our GAN trained by the loop of a Keras example: `fit` and `train_step`."""

    def __init__(self) -> None:
        super().__init__()
        self.recipe = MODELS["gan"]()
        networks = self.recipe.networks(SPEC)
        self.generator, self.discriminator, self.average = (
            networks[n] for n in ("generator", "discriminator", "average")
        )
        self.seeds = keras.random.SeedGenerator(1337)
        self.draws: Any = SimpleNamespace(uniform=lambda *shape: keras.random.uniform(shape, seed=self.seeds))
        self.trackers = [keras.metrics.Mean(name) for name in ("d_loss", "g_loss")]

    def compile(self, **more: Any) -> None:
        """As Keras compiles, with one optimizer for each network."""
        super().compile(**more)
        self.d_optimizer, self.g_optimizer = (keras.optimizers.Adam(2e-4, 0.5) for _ in range(2))

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The means that `fit` resets at each epoch."""
        return self.trackers

    def train_step(self, images: tf.Tensor) -> dict[str, Any]:
        """One step of both networks on images (n, height, width, channels) from -1 to 1; the means so far, by name."""
        label = ops.zeros((BATCH, 0))
        d_loss_of, g_loss_of = LOSSES[self.recipe.loss]

        def drawn() -> tf.Tensor:
            return self.generator([keras.random.normal((BATCH, self.recipe.latent), seed=self.seeds), label])

        def score(pictures: tf.Tensor) -> tf.Tensor:
            return self.discriminator([augmentation(self.draws, BATCH, SPEC.shape)(pictures), label])

        fakes = drawn()
        with tf.GradientTape() as tape:
            d_loss = d_loss_of(score(images), score(fakes))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights, strict=True))
        with tf.GradientTape() as tape:
            g_loss = g_loss_of(score(drawn()))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights, strict=True))
        for slow, fast in zip(self.average.variables, self.generator.variables, strict=True):
            slow.assign(self.recipe.ema_decay * slow + (1 - self.recipe.ema_decay) * fast)
        for tracker, loss in zip(self.trackers, (d_loss, g_loss), strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}


class EachBatch(keras.callbacks.Callback):
    """Looks at every batch, as a progress bar does."""

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Remember the number of the batch."""
        self.seen = batch


def main(bench: str, way: str, compiler: str = "") -> None:
    """Serve the bench of that name, trained in that way; `compiler` graph switches XLA off."""
    keras.utils.set_random_seed(0)
    model = VAE() if bench == "train-vae" else GAN()
    settings = {"jit_compile": False} if compiler == "graph" else {}
    model.compile(**({"optimizer": keras.optimizers.Adam()} if bench == "train-vae" else {}), **settings)
    pictures = np.random.default_rng(0).random((2048, *SPEC.shape), dtype="float32")
    callbacks = [EachBatch()] if way == "callback" else []

    def work(steps: int) -> None:
        images = pictures[: steps * BATCH]
        if way == "pipeline":
            images = (
                tf.data.Dataset.from_tensor_slices(images)
                .shuffle(len(images))
                .batch(BATCH, drop_remainder=True)
                .prefetch(2)
            )
            model.fit(images, epochs=1, verbose=0)
        else:
            model.fit(images, epochs=1, batch_size=BATCH, callbacks=callbacks, verbose=0)

    serve(work, warm_up=5, version=keras.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
