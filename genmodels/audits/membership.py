"""Can it be told from its loss whether an example was trained on? Losses of training against held-out examples.

Papers: Yeom et al. 2018, arXiv 1709.01604 (the loss as the attack); Carlini et al. 2022, arXiv 2112.03570 (true positives
at a low rate of false alarms say more than an average, and belong on logarithmic axes).

The attacker says "trained on" where the loss is low. AUC is the probability that a training example has a lower loss than
a held-out one, 0.5 where nothing can be told; its interval is that of DeLong et al. 1988. True positives at a rate f of
false alarms are given only where at least 10 / f held-out examples are there.

Known limits: a stronger attacker trains models of its own and compares (not done here), so a pass is no proof of privacy;
training and held-out examples must come from one distribution, or the difference between them is taken for memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from genmodels.audits import audit
from genmodels.findings import Estimate, Finding, clopper_pearson, judge, not_measured
from genmodels.losses import losses
from genmodels.ranks import probability_lower
from genmodels.refusal import Refusal
from genmodels.subject import Subject

LEAST, MOST = 50, 4000  # examples of each side
RATES = (0.01, 0.001)  # of false alarms
CURVE = 200  # points of the curve that a page draws
REMEDY = "Train for fewer epochs (see where the held-out loss turns), with more dropout or weight decay, or on more data."


@audit("membership", question="Can it be told from its loss what it was trained on?", kinds=("image", "text", "code"))
def membership(subject: Subject, *, auc: float = 0.6, caught: float = 0.05) -> list[Finding]:
    """Compares the losses of training and of held-out examples.

    `auc` is the accepted probability that a training example has the lower loss, `caught` the accepted share of training
    examples that are recognised at 1 % and 0.1 % false alarms.
    """
    if not hasattr(subject.generator, "recipe") and not hasattr(subject.generator, "losses"):
        raise Refusal("This subject is only asked for samples and shows no loss; audit a run.")
    ours, theirs, groups = both_losses(subject)
    found, curve = probability_lower(ours, theirs), roc(ours, theirs)
    exhibits = [{"curve": curve}, *_by_group(ours, theirs, groups)]
    findings = [
        judge("membership", f"Training examples can't be told from held-out ones by their loss (AUC of {len(ours)} against {len(theirs)})",
              found, limit=auc, warn=0.5, effect=0.1, remedy=REMEDY, exhibits=exhibits, part="auc")
    ]  # fmt: skip
    return findings + [_caught(ours, theirs, rate, caught) for rate in RATES]


def both_losses(subject: Subject) -> tuple[np.ndarray, np.ndarray, Any]:
    """Losses of up to 4,000 training and held-out examples, and of groupings the groups of both."""
    sides = []
    for name, part in (("training examples", subject.data.train), ("held-out examples", subject.data.test)):
        n = (len(part.tokens) - 1) // part.context if hasattr(part, "tokens") else len(part)
        chosen = np.sort(np.random.default_rng([subject.seed, 9]).permutation(n)[:MOST])
        if n < LEAST:
            raise Refusal(f"There are {n} {name}; at least {LEAST} are needed to compare their losses.")
        subject.report(f"losses of {name}", 0, len(chosen))
        sides.append((losses(subject.generator, part, chosen, subject.seed), part, chosen))
    groups = {}
    if not hasattr(subject.data.train, "tokens"):
        groups = {name: [part.groups[name][chosen] for _, part, chosen in sides] for name in subject.data.train.groups if name != "role"}
    return sides[0][0], sides[1][0], groups


def roc(ours: np.ndarray, theirs: np.ndarray) -> list[list[float]]:
    """Rates of false alarms and of true positives at limits of the loss, evenly spaced in ranks and dense at low rates."""
    limits = np.sort(theirs)
    ranks = np.unique(np.geomspace(1, len(limits), CURVE).astype(int))
    return [[float(rank / len(limits)), float((ours < limits[rank - 1]).mean())] for rank in ranks]


def _caught(ours: np.ndarray, theirs: np.ndarray, rate: float, accepted: float) -> Finding:
    claim, part = f"Hardly a training example is recognised at {rate:.1%} false alarms (share recognised)", f"at {rate:.1%}"
    if len(theirs) < 10 / rate:
        return not_measured("membership", claim, f"n too small: {len(theirs)} held-out examples are there and {10 / rate:,.0f} are needed for this rate of false alarms.", part)
    limit = np.sort(theirs)[int(rate * len(theirs)) - 1]
    estimate = clopper_pearson(int((ours < limit).sum()), len(ours))
    return judge("membership", claim, estimate, limit=accepted, remedy=REMEDY, part=part)


def _by_group(ours: np.ndarray, theirs: np.ndarray, groups: Any) -> Iterator[dict[str, Any]]:
    """AUC within each group that has examples enough."""
    for grouping, (trained, held_out) in groups.items():
        for name in np.unique(trained[trained != ""]):
            few = ours[trained == name], theirs[held_out == name]
            if min(map(len, few)) >= 20:
                found: Estimate = probability_lower(*few)
                yield {"grouping": grouping, "group": str(name), "auc": found.value, "low": found.low, "high": found.high, "n": len(few[0]), "held_out": len(few[1])}
