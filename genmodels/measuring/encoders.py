"""The measures of what reads pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.clustered import clustered
from genmodels.kinds.image.near_copies import held_out_drawings
from genmodels.measuring.judged import families_of
from genmodels.measuring.prompted import Row
from genmodels.metrics.retrieval import r_precision
from genmodels.trained.roles import Judges, Reads


def measure_encoder(
    encoder: Reads | Judges, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """What reads pictures, on all held-out ones: labels read right, in all and by class; or captions found among 50."""
    held_out, drawing = data.test, held_out_drawings(data)
    if isinstance(encoder, Reads):
        true = np.array(encoder.classes)[held_out.labels]
        right = encoder.read(held_out.images) == true
        protocol = "held-out pictures{}, interval over different drawings, of which there are {}"
        for name in ("", *encoder.classes):
            among = true == name if name else np.ones(len(true), bool)
            if (units := len(np.unique(drawing[among]))) > 1:
                estimate = replace(clustered(right[among], drawing[among]), n=int(among.sum()))
                yield (
                    f"held-out: read right{name and ', ' + name}",
                    estimate,
                    "higher",
                    "share",
                    protocol.format(name and " of this class", units),
                )
        return
    parts = {"all": np.arange(len(held_out)), "emoji": np.flatnonzero([("skin tone" in c) for c in held_out.captions])}
    for name, rows in parts.items():
        if len(rows) >= 50:
            captions = [held_out.captions[i] for i in rows]
            found = r_precision(
                encoder.pictures(held_out.images[rows]),
                encoder.texts(captions),
                captions,
                families=families_of(held_out.images[rows]),
            )
            yield (
                f"R-precision: {name}",
                clustered(found, drawing[rows]),
                "higher",
                "share",
                f"nearest to their own among 50 held-out captions, 20 draws, {len(rows)} held-out pictures",
            )
