"""Changing the shares of groups in a training split on purpose, so that a known bias can be looked for afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from genmodels.refusal import Refusal
from genmodels.registry import unknown


def read_shares(text: str, names: Iterable[str]) -> dict[str, float]:
    """`"woman=0.8, dark=0.5"` as {"woman": 0.8, "dark": 0.5}; raises `Refusal` for other names, forms or ranges."""
    names = tuple(names)
    shares: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in names:
            raise Refusal(unknown("group", name, names))
        try:
            share = float(value)
        except ValueError:
            share = -1.0
        if not equals or not 0 <= share <= 1:
            raise Refusal(f"skew has {part[:60]!r}; write a group and its share from 0 to 1, as in woman=0.8.")
        if name in shares:
            raise Refusal(f"skew names {name!r} twice; give one share a group.")
        shares[name] = share
    return shares


def skewed(groups: Mapping[str, np.ndarray], shares: Mapping[str, float], seed: int) -> np.ndarray:
    """Indices, as many as there are examples, whose groups have `shares`; examples are left out or repeated for it.

    `groups` maps a grouping to the group of each example ("": none; these keep their weight, and a share is one of the
    examples that have a group). Groups not named share the rest as they did. Shares in several groupings are reached
    together by raking (iterative proportional fitting, Deming and Stephan 1940) and systematic resampling, to within
    about one example a combination of groups.
    """
    n = len(next(iter(groups.values())))
    wanted = {name: _wanted(values, shares) for name, values in groups.items() if set(shares) & set(values)}
    missing = set(shares) - {group for targets in wanted.values() for group in targets}
    if missing:
        raise Refusal(f"skew names {sorted(missing)[0]!r}, but no picture to train on is of that group.")
    weights = np.ones(n)
    for _ in range(200):
        for name, targets in wanted.items():
            total = weights[groups[name] != ""].sum()
            for group, share in targets.items():
                members = groups[name] == group
                current = weights[members].sum()
                if share and not current:
                    raise Refusal(f"skew asks for {group!r}, but the other shares leave no picture of it.")
                weights[members] *= share * total / current if current else 0
    expected = weights * (n / weights.sum())
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(n), *(groups[name] for name in wanted)))  # by combination of groups, random within
    marks = np.concatenate([[0], np.cumsum(expected[order])])
    marks[-1] = n  # not a hair less
    return rng.permutation(np.repeat(order, np.diff(np.floor(marks + rng.random())).astype(int)))


def _wanted(values: np.ndarray, shares: Mapping[str, float]) -> dict[str, float]:
    """The share of every group of one grouping; those not named divide the rest in proportion."""
    counts = {group: int((values == group).sum()) for group in np.unique(values) if group}
    named = {group: shares[group] for group in counts if group in shares}
    others = {group: count for group, count in counts.items() if group not in named}
    rest = 1 - sum(named.values())
    if rest < -1e-6 or (not others and abs(rest) > 1e-3):
        told = ", ".join(f"{group}={share:g}" for group, share in named.items())
        raise Refusal(f"skew has {told}, together {1 - rest:g}; shares of one kind of group must come to 1, or less.")
    return named | {group: max(rest, 0) * count / sum(others.values()) for group, count in others.items()}
