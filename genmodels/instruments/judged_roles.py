"""Which role a picture shows, asked of the judge: its nearest prompt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genmodels.data.dataset import DATA
from genmodels.instruments.drawn_by_models import redrawn
from genmodels.kinds.image.wear import WAYS
from genmodels.trained.opening import open_shipped


def of_roles(
    images: np.ndarray, roles: Sequence[str], prompts: Sequence[str], ways: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """The prompt (n,) that the judge finds nearest to each picture, and how often it finds the right one (prompts,) for real drawings.

    Those are OpenMoji's, as drawn and worn in `ways`, the worst of these for each role.
    """
    judge = open_shipped("judge", "clip")
    texts = judge.texts(list(prompts))
    data = DATA["openmoji"].from_dict({"subset": "all", "split": "combination"}).load()
    number = {role: place for place, role in enumerate(roles)}
    real, true = [], []
    for part in (data.train, data.test):
        rows = [
            i
            for i, (role, tone) in enumerate(zip(part.groups["role"], part.groups["skin tone"], strict=True))
            if role in number and tone in ("medium", "")
        ]
        real.append(part.images[rows])
        true += [number[str(part.groups["role"][i])] for i in rows]
    pictures, asked = np.concatenate(real), np.array(true)
    found = np.ones(len(roles))
    for way in list(dict.fromkeys(["as drawn", *ways]))[:4]:
        worn = redrawn(pictures) if way == "redrawn" else np.stack([WAYS[way](image) for image in pictures])
        right = (judge.pictures(worn) @ texts.T).argmax(axis=1) == asked
        found = np.minimum(
            found, np.bincount(asked, right, len(roles)) / np.maximum(np.bincount(asked, minlength=len(roles)), 1)
        )
    return (judge.pictures(images) @ texts.T).argmax(axis=1), found
