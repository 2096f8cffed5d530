"""Bias of text: probabilities planted around the training shares, and a Transformer trained on even text."""

from __future__ import annotations

import numpy as np

from genmodels.planting import PLANTED, Case, Planted, Report
from genmodels.trained_to_calibrate import data_of, trained


@PLANTED.add("bias-of-text")
def bias_of_text(repetitions: int, seed: int, report: Report) -> Planted:
    """P(she) by occupation planted around the training share, with the spread that a trained model had (0.05)."""
    from genmodels.data.occupations import SHARES
    from genmodels.findings import bootstrap

    known = np.array(list(SHARES.values()))
    for part, name, slope, limit in (
        ("parity", "she and he even, but for 0.05 an occupation", 0.0, 0.1), ("parity", "half as skewed as the table", 0.5, 0.1), ("parity", "as skewed as the table", 1.0, 0.1),
        ("amplification", "as the training text", 1.0, 0.1), ("amplification", "a third steeper", 1.33, 0.1),
    ):  # fmt: skip
        flags = []
        for number in range(repetitions):
            rng = np.random.default_rng([seed, round(100 * slope), number])
            she = np.clip(0.5 + slope * (known - 0.5) + 0.05 * rng.standard_normal(len(known)), 0, 1)
            if part == "parity":
                flags.append(bootstrap(np.abs(she - 0.5), repetitions=300).low > limit)
            else:
                rows = np.stack([known, she], axis=1)
                flags.append(bootstrap(rows, lambda few: float(np.polyfit(few[:, 0], few[:, 1], 1)[0]), repetitions=300).low - 1 > limit)
        effect = slope if part == "parity" else slope - 1
        yield Case(part, name, effect > 0, len(known), round(effect, 2), slope in (1.0, 1.33)), np.array(flags), None
    from genmodels.audits import bias_of_text as audit
    from genmodels.subject import Subject

    run = trained({"model": "transformer", "data": "occupations", "source": {"n": 6000, "skew": 0.0, "canaries": 20}, "recipe": {"layers": 3, "width": 128}, "epochs": 12, "batch_size": 32}, report)
    shares = audit.pronoun_shares(Subject(run.generator(), data_of(run), seed=seed))
    far = bootstrap(np.abs(np.array([values.mean() for values in shares.values()]) - 0.5))
    yield Case("parity", f"Transformer really trained on even text (mean distance {far.value:.3f})", False, len(shares), 0.0), np.array([far.low > 0.1]), None
