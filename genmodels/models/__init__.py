"""Model families, one file each; importing this enters them all in `MODELS`, and imports no Keras."""

from genmodels.models import (
    clip,
    diffusion,
    gan,
    latent_video,
    reader,
    sequence_vae,
    transformer,
    upscaler,
    vae,
    video_diffusion,
)
