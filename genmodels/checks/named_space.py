"""Brought pictures as the numbers of a space that has a name: every distance says which it was measured in.

The space is EfficientNet-Lite0's where that is installed (`instruments.efficientnet`), else layout and edges of small copies,
which are fitted on nothing. At most 1,000 pictures of either side are taken, at random.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from genmodels.cache import drawn_once
from genmodels.checks.repeated import repeated_pictures
from genmodels.instruments import efficientnet
from genmodels.intake.pictures import Pictures
from genmodels.kinds.image.features import PROTOCOL, features
from genmodels.kinds.image.files import cropped, open_picture, to_picture
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Outputs

MOST = 1000  # pictures of either side
LAYOUT = f"{PROTOCOL}, of 64 x 64 copies"
AGAINST = "held-out pictures"
Content = Callable[[int], bytes]


@dataclass(frozen=True)
class Placed:
    """Outputs (m, d) and reference pictures (k, d) as numbers of a space, and which pictures they are.

    `rows` (m,) are numbers of outputs. `families` (k,) number reference pictures that are one and the same drawing or nearly
    so; `against` says what the reference is ("held-out pictures").
    """

    space: str
    outputs: np.ndarray
    rows: np.ndarray
    reference: np.ndarray
    families: np.ndarray
    against: str
    shown: np.ndarray  # the reference pictures as small copies, uint8 (k, 64, 64, 3)


def placed(subject: Outputs) -> Placed:
    """Outputs and what they are compared with, in the best space that is installed; raises `Refusal` where there is nothing to compare."""
    reference, called = subject.held_out, AGAINST
    if reference is None or reference.pictures is None or subject.pictures is None:
        raise Refusal("No pictures were brought to compare with; give some that the model never saw (--held-out).")
    rng = np.random.default_rng([subject.seed, 79])
    rows, chosen = (np.sort(rng.permutation(n)[:MOST]) for n in (subject.n, len(reference)))
    kept = reference.pictures.take(chosen)
    families = repeated_pictures(kept.small)["near"]
    if efficientnet.weights_file() is None:
        both = (features(subject.pictures.small[rows]), features(kept.small))
        return Placed(LAYOUT, both[0], rows, both[1], families, called, kept.small)
    outputs = _network(subject.pictures, subject.content, rows, subject, "outputs in the network")
    others = _network(reference.pictures, reference.content, chosen, subject, f"{called} in the network")
    return Placed(efficientnet.NAME, outputs, rows, others, families, called, kept.small)


def _network(pictures: Pictures, content: Content | None, rows: np.ndarray, subject: Outputs, what: str) -> np.ndarray:
    """Features of these pictures, computed once for the same files."""
    sha256 = [pictures.sha256[number] for number in rows]
    facts = {"pictures": sha256, "network": efficientnet.SHA256, "files": content is not None}

    def computed() -> dict[str, np.ndarray]:
        parts = []
        for start in range(0, len(rows), 4 * efficientnet.TOGETHER):
            subject.report(what, start, len(rows))
            few = rows[start : start + 4 * efficientnet.TOGETHER].tolist()
            parts.append(efficientnet.features_of(np.stack([_square(pictures, content, number) for number in few])))
        return {"features": np.concatenate(parts)}

    return drawn_once("efficientnet-lite0", facts, computed)["features"]


def _square(pictures: Pictures, content: Content | None, number: int) -> np.ndarray:
    """A picture as the network takes it: its middle square, 224 pixels a side."""
    picture = to_picture(pictures.small[number])
    if content is not None:
        try:
            picture = open_picture(content(number), pictures.names[number]).convert("RGB")
        except Refusal:
            picture = to_picture(pictures.small[number])
    side = efficientnet.SIDE
    return np.asarray(cropped(picture, (side, side), Image.Resampling.BICUBIC))
