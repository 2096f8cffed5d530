"""Does a prompt reproduce one particular training picture? The measure is that of the memorisation audit, and so is what chance does."""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.clustered import clustered
from genmodels.estimates.estimate import clopper_pearson
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.image.near_copies import NEAR, nearness, unseen
from genmodels.refusal import Refusal
from genmodels.trained.roles import Prompted
from genmodels.verdicts.error_rates import kept_by


def likeness(generator: Prompted, data: Dataset, prompt: str, *, n: int = 8, seed: int = 0) -> dict[str, Any]:
    """n pictures of a prompt, each with its nearest training picture.

    {"pairs": [{"prompt", "caption", "training", "seed", "distance", "relative", "pictures"}], "reproduced", "individual",
    "sentence"}; `individual` is the training picture that at least half of them nearly equal, or None. Raises `Refusal`
    where the model knows no word of the prompt.
    """
    if not generator.knows(prompt):
        raise Refusal(f"The model knows no word of {prompt[:60]!r}; ask for what it was trained on.")
    samples = generator.sample(n, seed=seed, given=[prompt] * n)
    found = nearness(samples, data.train.images)
    captions = data.train.captions
    rows = [
        {
            "prompt": captions[int(found.index[i])] if captions else "",
            "training": int(found.index[i]),
            "seed": seed + i,
            "distance": float(found.distance[i]),
            "relative": float(found.relative[i]),
            "pictures": [
                base64.b64encode(png_bytes(image)).decode() for image in (samples[i], data.train.images[found.index[i]])
            ],
        }
        for i in range(n)
    ]
    close = [int(found.index[i]) for i in np.flatnonzero(found.relative < NEAR)]
    estimate = clopper_pearson(len(close), n)
    name, times = Counter(close).most_common(1)[0] if close else (None, 0)
    who = (
        f" {times} of them are one training picture, “{captions[name] if captions else name}”."
        if name is not None and 2 * times >= n
        else " They are no single training picture."
    )
    sentence = f"{len(close)} of {n} nearly equal a training picture (95 % interval {estimate.low:.0%} to {estimate.high:.0%}).{who} {_chance(data)}"
    return {
        "pairs": rows,
        "reproduced": len(close),
        "individual": name if name is not None and 2 * times >= n else None,
        "sentence": sentence,
    }


def _chance(data: Dataset) -> str:
    """How often a picture that nobody trained on comes as near, over drawings."""

    def counted() -> dict[str, Any]:
        relative, families = unseen(data)
        estimate = clustered((relative < NEAR).astype(float), families)
        return {"share": estimate.value, "high": estimate.high, "drawings": estimate.n}

    found = kept_by(("likeness 1", data.digest(), NEAR), counted)
    return f"Of pictures that nobody copied, {found['share']:.1%} come as near (at most {found['high']:.1%}; {found['drawings']:,} drawings)."
