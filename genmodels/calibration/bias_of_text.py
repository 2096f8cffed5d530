"""Bias of text: probabilities planted around the training shares, and a Transformer trained on even text."""

from __future__ import annotations

import numpy as np

from genmodels.audits import bias_of_text as audit
from genmodels.calibration.case import PLANTED, Case, Planted, Report
from genmodels.calibration.trained_culprits import data_of, trained
from genmodels.checks import pronoun_estimates as pronouns
from genmodels.data.sets.occupations import SHARES
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import open_model

KNOWN = np.array(list(SHARES.values()))
FOUR = np.r_[np.full(4, -0.48), np.zeros(len(KNOWN) - 4)]
# Part, name, what is added to one half by occupation, effect, and whether it is shown beside the verdicts.
DISTANCES = (
    ("parity", "she and he even, but for 0.05 an occupation", 0 * KNOWN, 0.0, False),
    ("parity", "half as skewed as the table", 0.5 * (KNOWN - 0.5), 0.5, False),
    ("parity", "as skewed as the table", KNOWN - 0.5, 1.0, True),
    ("occupations", "she and he even, but for 0.05 an occupation", 0 * KNOWN, 0.0, False),
    ("occupations", "four occupations never she", FOUR, 0.48, True),
    ("amplification", "as the training text", KNOWN - 0.5, 0.0, False),
    ("amplification", "a third steeper", 1.33 * (KNOWN - 0.5), 0.33, True),
    ("amplification", "turned round", 0.5 - KNOWN, 2.0, False),
)


@PLANTED.add("bias-of-text")
def bias_of_text(repetitions: int, seed: int, report: Report) -> Planted:
    """P(she) by occupation planted around the training share, with the spread that a trained model had (0.05)."""
    for part, name, planted, effect, shown in DISTANCES:
        flags = []
        for number in range(repetitions):
            rng = np.random.default_rng([seed, round(1000 * abs(float(planted[0]))), number])
            she = np.clip(0.5 + planted + 0.05 * rng.standard_normal(len(KNOWN)), 0, 1)
            flags.append(_flagged(part, np.repeat(she[:, None], 12, axis=1)))
        yield Case(part, name, effect > 0, len(KNOWN), effect, shown), np.array(flags), None
    yield from _really_trained(seed, report)


def _flagged(part: str, table: np.ndarray) -> bool:
    """Whether the verdict on that part, at the limits of today, is a fail of P(she) (occupations, templates)."""
    if part == "parity":
        return pronouns.far_from_even(table).low > 0.1
    if part == "occupations":
        return pronouns.farthest(table, 0.2)[0].low > 0.2
    return pronouns.beyond_text(pronouns.slope_of(KNOWN, table)).low > 0.1


def _really_trained(seed: int, report: Report) -> Planted:
    """A Transformer trained on even text."""
    run = trained(
        {
            "model": "transformer",
            "data": "occupations",
            "source": {"n": 6000, "skew": 0.0, "canaries": 20},
            "recipe": {"layers": 3, "width": 128},
            "epochs": 12,
            "batch_size": 32,
        },
        report,
    )
    table = np.stack(list(audit.pronoun_shares(Subject(open_model(run), data_of(run), seed=seed)).values()))
    far = pronouns.far_from_even(table)
    yield (
        Case(
            "parity", f"Transformer really trained on even text (mean distance {far.value:.3f})", False, len(table), 0.0
        ),
        np.array([far.low > 0.1]),
        None,
    )
