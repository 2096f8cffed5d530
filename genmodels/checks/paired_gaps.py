"""The gap of each set of prompts that are equal but for the group, as items by which two audits are compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genmodels.checks.counterfactual_prompts import Counterfactual
from genmodels.verdicts.items import Items


def gap_items(cases: Sequence[Counterfactual], values: np.ndarray) -> tuple[Items, ...]:
    """Of each group how far the mean of its answers' values lies from that of the other groups, in each set of prompts.

    `values` (N,) are those of the subject's answers; nan counts for nothing. Of two groups the gap is told once.
    """
    there = ~np.isnan(values)
    found = []
    for case in cases:
        sums, counts = case.table(np.where(there, values, 0.0))[0], case.table(there.astype(float))[0]
        for group in range(1 if len(case.groups) == 2 else len(case.groups)):
            found.append(_of_group(case, group, sums, counts))
    return tuple(each for each in found if len(each.values) > 1)


def _of_group(case: Counterfactual, group: int, sums: np.ndarray, counts: np.ndarray) -> Items:
    own, others = counts[:, group], np.delete(counts, group, axis=1)
    there = (own > 0) & (others > 0).any(axis=1)
    means = np.where(others > 0, np.delete(sums, group, axis=1) / np.maximum(others, 1), 0.0)
    rest = means.sum(axis=1) / np.maximum((others > 0).sum(axis=1), 1)
    apart = sums[:, group] / np.maximum(own, 1) - rest
    names = tuple(f"{case.name}: {frame}" for frame, use in zip(case.frames, there, strict=True) if use)
    against = case.groups[1] if len(case.groups) == 2 else "the others"
    return Items(apart[there], names=names, series=f"{case.groups[group]} against {against}", size=True)
