"""How often a look-alike is found, and how often an icon that is none is taken for one: counted on what was planted.

Culprits are known icons, each changed in one way. Innocents are icons of one family, held against the other three: where the
nearest one shares no word with them, they mean something else. Some of those are look-alikes all the same (a cog is called
gear elsewhere), so the rate of false alarms is one of at most. One half of the drawings finds the limit, the other counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

import numpy as np
from PIL import Image

from genmodels.checks.look_alikes import Counted, Known, LookAlikes
from genmodels.estimates.clustered import clustered
from genmodels.estimates.estimate import Estimate
from genmodels.kinds.image.files import resized, to_picture
from genmodels.kinds.image.icons import heavier, rounded

ALARMS = 0.05  # of the innocents that find the limit
INNOCENTS, PLANTED = 100, 60  # of each family; changed in each way
LIMITS = np.round(np.geomspace(0.01, 0.9, 60), 4)
Change = Callable[[np.ndarray], np.ndarray]


def _turned(icon: np.ndarray) -> np.ndarray:
    return np.asarray(to_picture(icon).rotate(6, Image.Resampling.BICUBIC))[..., None]


def _smaller(icon: np.ndarray) -> np.ndarray:
    side, inner = icon.shape[0], round(0.85 * icon.shape[0])
    found, at = np.zeros_like(icon), (side - inner) // 2
    found[at : at + inner, at : at + inner] = resized(icon[None], (inner, inner, 1))[0]
    return found


def _dotted(icon: np.ndarray) -> np.ndarray:
    """With a dot of a sixth of its side in the upper right corner, as for news."""
    found, side = icon.copy(), icon.shape[0]
    down, across = np.mgrid[:side, :side]
    far = np.hypot(down - side / 6, across - 5 * side / 6)
    found[far < side / 6 + 1] = 0
    found[far < side / 12 + 1] = 255
    return found


def _faint(icon: np.ndarray) -> np.ndarray:
    return np.round(icon * 0.45).astype(np.uint8)


WAYS: Mapping[str, Change] = {
    "as it is": lambda icon: icon,
    "mirrored": lambda icon: icon[:, ::-1],
    "light on dark": lambda icon: 255 - icon,
    "in a fainter colour": _faint,
    "moved by two pixels": lambda icon: np.roll(icon, (2, -2), axis=(0, 1)),
    "at 85 % of its size": _smaller,
    "turned by 6 degrees": _turned,
    "heavier": lambda icon: heavier(icon, 0.6),
    "rounded": lambda icon: rounded(icon, 1.0),
    "with a dot for news": _dotted,
    "mirrored and heavier": lambda icon: heavier(icon, 0.6)[:, ::-1],
}


def count(known: Known, seed: int = 0) -> tuple[Counted, dict[str, np.ndarray]]:
    """The limit and its rates; and the distances that were seen.

    Estimates are over drawings that did not find the limit.
    """
    rng, looking = np.random.default_rng([seed, 51]), LookAlikes(known)
    family = np.unique(known.family, return_inverse=True)[1]
    each_family = [np.flatnonzero(family == each) for each in range(family.max() + 1)]
    rows = np.concatenate([rng.permutation(each)[:INNOCENTS] for each in each_family])
    far = np.where(family[rows][:, None] == family, np.inf, looking.far(known.icons[rows])[0])
    other, far = far.argmin(axis=1), far.min(axis=1)
    words = [frozenset(each.split()) for each in known.names]
    same = np.array([bool(words[a] & words[b]) for a, b in zip(rows, other, strict=True)])
    first = known.drawing[rows] % 2 == 0  # whole drawings find the limit, the others count
    limit = limit_of(far[first & ~same])
    planted = rng.permutation(np.flatnonzero(known.drawing % 2 == 1))[:PLANTED]
    drawing = known.drawing[planted]
    own = drawing[:, None] == known.drawing
    found: dict[str, Estimate] = {}
    for way, change in WAYS.items():
        seen = looking.far(np.stack([change(each) for each in known.icons[planted]]))[0]
        found[way] = clustered((np.where(own, seen, np.inf).min(axis=1) < limit).astype(float), drawing)
    last, alike = ~first & ~same, ~first & same
    alarms, true = (clustered((far[each] < limit).astype(float), known.drawing[rows][each]) for each in (last, alike))
    shown = {"far": far, "same": same, "rows": rows, "other": other}
    return Counted(limit, alarms, found, seed, len(known.names), true), shown


def limit_of(far: np.ndarray) -> float:
    """The greatest distance below which at most `ALARMS` of the innocents (n,) lie."""
    return float(max((each for each in LIMITS if (far < each).mean() <= ALARMS), default=LIMITS[0]))


def as_document(counted: Counted) -> dict[str, object]:
    """What is counted as it ships: estimates as value, low, high and n."""
    rows = asdict(counted)

    def row(estimate: Estimate) -> list[float]:
        return [round(each, 4) for each in (estimate.value, estimate.low, estimate.high)] + [estimate.n]

    return rows | {
        "false_alarms": row(counted.false_alarms),
        "same_meaning": row(counted.same_meaning),
        "found": {way: row(each) for way, each in counted.found.items()},
    }
