"""Two questions crossed: how often each pair of answers is given, and faults by what else people saw in an output.

Cells with few labels are named as too small, never told as a share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np

from genmodels.checks.label_gaps import LEAST_OF_GROUP
from genmodels.checks.label_prompts import LEVEL, holm
from genmodels.checks.label_shares import Answered, shown
from genmodels.checks.prompt_groups import Counterfactual
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.verdicts.finding import Finding, judge, not_measured

MOST_CROSSED = 3  # pairs of questions
SEEN = "as people labelled them"


def crossed(answered: Sequence[Answered], audit: str) -> Iterator[Finding]:
    """Of each pair of questions that limit no fault: the pairs of answers, with what chance would make of them."""
    told = [each for each in answered if not each.question.faults]
    for first, second in list(combinations(told, 2))[:MOST_CROSSED]:
        yield _cells(first, second, audit)


def _cells(first: Answered, second: Answered, audit: str) -> Finding:
    one, other = _single(first), _single(second)
    both = [item for item in one if item in other]
    names = f"{first.question.name} x {second.question.name}"
    asked = f"{first.question.text} {second.question.text} Which answers come together?"
    if len(both) < LEAST_OF_GROUP:
        few = f"{len(both)} outputs have one answer to both questions; at least {LEAST_OF_GROUP} are needed, so go on labelling."
        return not_measured(audit, asked, few, names)
    rows, estimates = _rows([(one[item], other[item]) for item in both], first, second)
    small = [row["cell"] for row in rows if row["small"]]
    apart = [row["cell"] for row in rows if not row["small"] and row["p after Holm"] < LEVEL]
    most = max(range(len(rows)), key=lambda i: estimates[i].value)
    estimate = estimates[most]
    claim = (
        f"{rows[most]['cell']} is the commonest pair of answers: {estimate.value:.1%} of {len(both):,} outputs ({estimate.low:.1%} to {estimate.high:.1%})."
        f" {'More or less often than chance makes them: ' + '; '.join(apart) if apart else 'No pair comes together more or less often than chance makes it'} (Fisher's exact test, Holm)."
    )
    claim += f" Too small to tell: {'; '.join(small)}." if small else ""
    return judge(audit, claim, estimate, limit=1.0, exhibits=[{"cells": rows}], part=names, question=asked)


def _rows(
    pairs: Sequence[tuple[str, str]], first: Answered, second: Answered
) -> tuple[list[dict[str, Any]], list[Estimate]]:
    """A row for each pair of answers: its share, what chance would make it, and how surely it is another."""
    from scipy.stats import fisher_exact

    cells = list(product(first.question.answers, second.question.answers))
    found, p_values, estimates = list[dict[str, Any]](), list[float](), list[Estimate]()
    for one, other in cells:
        table = np.array(
            [
                [sum((a == one) is x and (b == other) is y for a, b in pairs) for y in (True, False)]
                for x in (True, False)
            ]
        )
        k, chance = int(table[0, 0]), float(table[0].sum() * table[:, 0].sum()) / len(pairs) ** 2
        estimates.append(clopper_pearson(k, len(pairs)))
        small = chance * len(pairs) < LEAST_OF_GROUP / 2 and k < LEAST_OF_GROUP / 2
        p_values.append(1.0 if small else float(fisher_exact(table)[1]))
        found.append({"cell": f"{one}, {other}", "by chance": chance, "small": small, **shown(estimates[-1])})
    large = [i for i, row in enumerate(found) if not row["small"]]
    for i, p in zip(large, holm([p_values[i] for i in large]), strict=True):
        found[i]["p after Holm"] = p
    return found, estimates


def seen_groups(answered: Answered, others: Sequence[Answered]) -> Iterator[Counterfactual]:
    """Groups by what people saw: each other question that limits no fault, and pairs of them."""
    told = [each for each in others if each.question.name != answered.question.name and not each.question.faults]
    for several in [(each,) for each in told] + list(combinations(told, 2))[:MOST_CROSSED]:
        groups = np.array([""] * answered.outputs.n, dtype=object)
        known = [_single(each) for each in several]
        for row, item in zip(answered.rows, answered.items, strict=True):
            if all(item in each for each in known):
                groups[row] = ", ".join(each[item] for each in known)
        names = " x ".join(each.question.name for each in several)
        yield Counterfactual(names, groups.astype(str), np.array([SEEN] * answered.outputs.n))


def _single(answered: Answered) -> dict[str, str]:
    """Each output on which all raters agree to that answer."""
    return {item: answers[0] for item, answers in answered.told.items() if len(set(answers)) == 1}
