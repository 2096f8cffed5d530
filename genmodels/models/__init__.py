"""Model families: one file each.

A model file has three acts. The recipe: a frozen dataclass of knobs. The network: `networks(spec)`, names to Keras
models. The training: `optimizers(steps)` and `step(learner, examples, labels)`, which lowers losses with `learner.descend`.
`kinds` names the kinds of example that it learns, `fused` whether XLA compiles its step. A model with a latent also has `latent`, `drawing` (the networks a trained one needs; the last is exported) and
`decode(networks, latents, labels)`; one that can read pictures has `encode(networks, images, labels)`. `evaluate(learner, held_out, samples)` gives the numbers of an epoch.
Importing this package imports no Keras.
"""

from genmodels.registry import Registry

MODELS = Registry("model")
model = MODELS.add

from genmodels.models import clip, diffusion, gan, reader, transformer, upscaler, vae  # noqa: E402, F401  (registration)
