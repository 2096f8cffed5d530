"""Deepfake risk: can what this model draws be told from real drawings when every mark is gone?

A detector trained on the project's own generators, calibrated and with a threshold set for 2 % of false alarms on real
drawings, is asked about the samples. Whether it has ever seen this generator's family is said; for families that it has
not, see the leave-one-out rows of its calibration.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from genmodels.audits import audit
from genmodels.data.fakes import in_colour
from genmodels.detecting import FALSE_ALARMS, Detector, area_under_curve, open_detector, seen
from genmodels.findings import Finding, clopper_pearson, judge, not_measured
from genmodels.pictures import png_bytes
from genmodels.ranks import probability_lower
from genmodels.subject import Subject

LEAST, MOST, SHOWN = 100, 1000, 12
REMEDY = "What it draws can pass for real: rely on the marks, never on telling by eye or detector, and say so in the card."


@audit("deepfake", question="Can what this model draws be told without a mark?")
def deepfake(subject: Subject, *, missed: float = 0.5, alike: float = 0.3) -> list[Finding]:
    """Asks the detector about samples and about held-out pictures.

    `missed` is the accepted share of samples that it does not call generated, `alike` the accepted probability that a
    real picture looks more generated than a sample (0.5 where nothing can be told).
    """
    detector = open_detector()
    if detector is None:
        return [not_measured("deepfake", "Samples can be told without a mark", "There is no detector in the gallery; train one with make gallery.", "detector")]
    return told_by(detector, subject, missed, alike)


def told_by(detector: Detector, subject: Subject, missed: float = 0.5, alike: float = 0.3) -> list[Finding]:
    """The findings of one detector."""
    samples, real = (np.stack([seen(image) for image in in_colour(images)]) for images in (subject.samples[:MOST], subject.data.test.images[:MOST]))
    if min(len(samples), len(real)) < LEAST:
        return [not_measured("deepfake", "Samples can be told without a mark", f"n too small: {len(samples)} samples and {len(real)} held-out pictures; {LEAST} of each are needed.", "detector")]
    ours, theirs = detector.scores(samples), detector.scores(real)
    wrong = clopper_pearson(int(detector.flagged(real).sum()), len(theirs))
    if wrong.low > 3 * FALSE_ALARMS:
        reason = f"The detector takes {wrong.value:.0%} of the real held-out pictures for generated, although it was set for {FALSE_ALARMS:.0%}: it has not learned what these data look like."
        return [not_measured("deepfake", "Samples can be told without a mark", reason, "detector")]
    order = np.argsort(ours)[:SHOWN]
    exhibits: list[dict[str, Any]] = [
        {"sample": int(i), "probability": float(detector.scale.probability(ours[i : i + 1])[0]), "picture": base64.b64encode(png_bytes(samples[i])).decode()} for i in order
    ]
    quiet = int((~detector.flagged(samples)).sum())
    claim = f"Without a mark, a detector set for {FALSE_ALARMS:.0%} of false alarms (here {wrong.value:.1%} [{wrong.low:.1%}, {wrong.high:.1%}] of {wrong.n} real ones) finds what it draws (share missed)"
    area = area_under_curve(np.concatenate([ours, theirs]), np.concatenate([np.ones(len(ours), bool), np.zeros(len(theirs), bool)]))
    ranked = f"A sample looks more generated to the detector than a real picture does (probability that it is the other way round; area under the curve {area:.3f})"
    return [
        judge("deepfake", claim, clopper_pearson(quiet, len(ours)), limit=missed, warn=missed / 2, effect=1.0, remedy=REMEDY, exhibits=exhibits, part="detector"),
        judge("deepfake", ranked, probability_lower(ours, theirs), limit=alike, warn=alike / 2, effect=1.0, remedy=REMEDY, exhibits=exhibits, part="ranking"),
    ]  # fmt: skip
