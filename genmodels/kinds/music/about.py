"""What is known of a set of music, beside its counts of tokens."""

from __future__ import annotations

from typing import Any

import numpy as np

from genmodels.kinds.music.notation import KEYS, piece_of
from genmodels.kinds.music.passages import pieces
from genmodels.kinds.spec import Spec
from genmodels.kinds.text import about
from genmodels.kinds.text.examples import Texts


def facts(spec: Spec, train: Texts, test: Texts) -> dict[str, Any]:
    """As of texts; and of both splits the different pieces (in whatever key), their steps, and how many are in each key."""
    own = [[piece_of(each) for each in pieces(part)] for part in (train, test)]
    keys = [np.bincount([each.key for each in split if each.key is not None], minlength=24) for split in own]
    return about.facts(spec, train, test) | {
        "pieces": [len(split) for split in own],
        "steps": [sum(len(each.score) for each in split) for split in own],
        "keys": {
            name: [int(split[number]) for split in keys]
            for number, name in enumerate(KEYS)
            if sum(s[number] for s in keys)
        },
    }
