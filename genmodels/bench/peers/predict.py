"""A latent walk the usual way: `model.predict` for each frame, as interpolation loops in tutorials do."""

from __future__ import annotations

import numpy as np

from genmodels.bench.ours import SPEC, walk
from genmodels.bench.turns import serve
from genmodels.models.recipe import MODELS


def main() -> None:
    """Serve the decoding of a walk by the decoder's own `predict`."""
    recipe = MODELS["vae"]()
    decoder = recipe.networks(SPEC)["decoder"]
    path = walk(recipe.latent)

    def work(steps: int) -> None:
        for _ in range(steps):
            frames = [decoder.predict([latent[None], np.zeros((1, 0))], verbose=0)[0] for latent in path]
            np.rint(np.clip(np.stack(frames), 0, 1) * 255).astype("uint8")

    serve(work, warm_up=1)


if __name__ == "__main__":
    main()
