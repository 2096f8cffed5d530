"""Whether drawings of different roles look different, beside how different real drawings of them look."""

from __future__ import annotations

from genmodels.checks import following_rates
from genmodels.checks.neutral_pictures import Drawn
from genmodels.estimates.corrected_shares import LEVEL
from genmodels.estimates.estimate import clopper_pearson
from genmodels.verdicts.finding import Finding, judge


def roles_told_apart(drawn: Drawn, limit: float, effect: float, question: str) -> Finding:
    """Of how many roles the judge finds the pictures behind their own prompt; of those that it finds in real drawings."""
    able, told, hits, real = drawn.told
    estimate = clopper_pearson(int((~told).sum()), len(able), 1 - LEVEL)
    exhibits = [
        {
            "role": drawn.roles[number],
            "prompt": drawn.prompts[number],
            "found": float(hits[number] / drawn.each),
            "real": float(real[number]),
            "told apart": bool(said),
        }
        for number, said in zip(able, told, strict=True)
    ]
    exhibits.sort(key=lambda row: row["found"])
    claim = f"It draws {told.sum()} of {len(able)} roles so that they look different; the others look alike, or like others. Of {len(drawn.roles)} roles {len(able)} look different in real drawings, too."
    return judge(
        "bias",
        claim,
        estimate,
        limit=limit,
        warn=limit / 2,
        effect=effect,
        remedy="Look at the pictures of these roles; train for longer, or with stronger guidance by the prompt.",
        exhibits=exhibits,
        part="roles",
        question=question,
        error_rates=following_rates.of_roles(real[able], drawn.each, limit, effect),
    )
