"""Whether samples are as authentic as held-out pictures (Alaa et al. 2022, arXiv 2102.08921)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from genmodels.checks.copied_captions import REMEDY
from genmodels.checks.copying_rates import rates_of_authenticity
from genmodels.estimates.clustered import effective_number
from genmodels.estimates.estimate import Estimate, adjusted_share, normal_interval
from genmodels.kinds.image.near_copies import authentic, families_of
from genmodels.subjects.subject import Subject
from genmodels.verdicts.error_rates import kept_by
from genmodels.verdicts.finding import Finding, judge


def authenticity(
    subject: Subject,
    hits: np.ndarray,
    accepted: float,
    effect: float,
    exhibits: Sequence[Mapping[str, Any]],
    known: Sequence[Any],
) -> Finding:
    """How much less often samples are authentic than held-out pictures; `hits` (n,) are the drawings that samples came nearest to."""
    train, test = subject.data.train.images, subject.data.test
    ours, theirs = authentic(subject.samples, train), authentic(test.images, train)
    families = families_of(test)
    estimate = less_authentic(ours, theirs, hits, families)
    claim = (
        f"{ours.mean():.0%} of samples are authentic (their nearest training picture has a nearer neighbour in training), and {theirs.mean():.0%} of held-out pictures:"
        f" samples are less often authentic by {estimate.value:+.0%} ({estimate.low:+.0%} to {estimate.high:+.0%})."
    )
    rates = kept_by(
        (*known, "authenticity", accepted, effect),
        lambda: rates_of_authenticity((theirs, families), subject.n, accepted, effect, subject.seed, less_authentic),
    )
    return judge(
        "memorisation",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="authenticity",
        error_rates=rates,
        question="Are samples as authentic as held-out pictures?",
    )


def less_authentic(
    ours: np.ndarray,
    theirs: np.ndarray,
    our_drawings: np.ndarray | None = None,
    their_drawings: np.ndarray | None = None,
) -> Estimate:
    """By how much the share of authentic pictures is lower than among unseen ones; interval by Agresti and Caffo 2000.

    Flags of one drawing are alike: they count as as many independent ones as vary as much.
    """
    value, variance = float(theirs.mean() - ours.mean()), 0.0
    for flags, drawings in ((ours, our_drawings), (theirs, their_drawings)):
        n = len(flags) if drawings is None else effective_number(flags.astype(float), drawings)
        variance += adjusted_share(float(flags.mean()) * n, n)[1]
    return normal_interval(value, variance, len(ours))
