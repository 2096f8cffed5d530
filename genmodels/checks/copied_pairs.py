"""The pairs behind a finding on copies: samples and the training pictures that they come from, as a page shows them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from genmodels.checks.copying import looked_at
from genmodels.checks.disguises import Matches
from genmodels.data.dataset import Dataset
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.image.near_copies import Nearness

SHOWN = 8  # closest pairs kept as exhibits


def closest_pairs(found: Nearness, samples: np.ndarray, data: Dataset) -> list[Mapping[str, Any]]:
    """The samples relatively nearest to a training picture: indices, distance, relative, both pictures as PNG (base64)."""
    captions = data.train.captions
    return [
        {
            "sample": int(i),
            "training": int(found.index[i]),
            "distance": float(found.distance[i]),
            "relative": float(found.relative[i]),
            "caption": captions[found.index[i]] if captions else "",
            "pictures": pngs(samples[i], data.train.images[found.index[i]]),
        }
        for i in np.argsort(found.relative, kind="stable")[:SHOWN]
    ]


def changed_pairs(found: Matches, kind: str, samples: np.ndarray, data: Dataset) -> list[Mapping[str, Any]]:
    """The samples that are most surely such copies, with their originals and what was done to them."""
    captions, rows = data.train.captions, looked_at(len(samples))
    return [
        {
            "sample": int(number),
            "training": int(found.index[i]),
            "other": int(found.other[i]),
            "relative": float(found.score[i]),
            "how": found.how(kind, i),
            "caption": ": ".join([found.how(kind, i), *([captions[found.index[i]]] if captions else [])]),
            "pictures": pngs(samples[number], data.train.images[found.index[i]]),
        }
        for i, number in ((i, rows[i]) for i in np.argsort(found.score, kind="stable")[:SHOWN])
    ]


def pngs(*pictures: np.ndarray) -> list[str]:
    """Pictures, uint8 (height, width, channels), as PNG files in base64."""
    return [base64.b64encode(png_bytes(picture)).decode() for picture in pictures]
