"""Detection: can what this model draws be told from real drawings when every mark is gone?

A detector trained on the project's own generators, with a threshold set for 2 % of false alarms on real drawings in the worst
wear, is asked about the samples. What it can't read is not judged: where it can't read half of the samples, or of the real
held-out pictures, nothing is measured. The error rates are those of this verdict, on a share of samples: models are planted
whose samples are told, but for as many real held-out drawings among them as the share missed asks for; whole drawings are
resampled. Whether it has ever seen this generator's family is said by the leave-one-out rows of its calibration.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.data.sets.fakes import seen
from genmodels.estimates.clustered import clustered
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.ranks import probability_lower
from genmodels.instruments.detector import FALSE_ALARMS, Detector, open_detector
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.image.near_copies import families_of
from genmodels.kinds.image.resizing import in_colour
from genmodels.subjects.subject import Subject
from genmodels.verdicts.error_rates import Case, Rates, Repeat, kept_by, resampled, unknown_rates
from genmodels.verdicts.finding import Finding, judge, not_measured, verdict_of
from genmodels.verdicts.limits import Limits, beyond, limit

LEAST, MOST, SHOWN, READ = 100, 1000, 12, 0.5
QUESTIONS = {
    "detector": "Is what this model draws found without a mark?",
    "ranking": "Do its samples look more generated than real pictures do?",
}
REMEDY = "What it draws can pass for real: rely on the marks, never on the eye or a detector, and say so in the card."
LEAST_SIDE = 16  # pixels
VERSION = 1  # of the planting


@dataclass(frozen=True, kw_only=True)
class DeepfakeLimits(Limits):
    """What is accepted: `missed` of the samples, and `alike` in the order of samples and real pictures (0.5: no difference)."""

    missed: float = limit(0.5, "The share of samples that the detector may take for real.")
    missed_effect: float = beyond("missed", 0.2)
    alike: float = limit(0.3, "The probability that a real picture may look more generated than a sample.")
    alike_effect: float = beyond("alike", 0.1)


@audit(
    "deepfake",
    question="Is what this model draws recognised as generated without a mark?",
    limits=DeepfakeLimits,
)
def deepfake(subject: Subject, limits: DeepfakeLimits) -> list[Finding]:
    """Asks the detector about samples and about held-out pictures."""
    detector = open_detector()
    if detector is None:
        return [_silent("There is no detector in the gallery; train one with make gallery.")]
    return told_by(detector, subject, limits)


@dataclass(frozen=True)
class Told:
    """What a detector says of samples, uint8 (n, height, width, channels), and of real pictures: `ours` (n,) and `theirs`
    (m,) are its scores, the greater the more generated; it could read those where `read` and `real_read` are true."""

    samples: np.ndarray
    ours: np.ndarray
    read: np.ndarray
    theirs: np.ndarray
    real_read: np.ndarray
    drawings: np.ndarray  # (m,) families of the real pictures
    threshold: float

    @classmethod
    def of(cls, detector: Detector, subject: Subject) -> Told:
        """At most 1,000 samples and 1,000 held-out pictures, read as the detector sees them."""
        test = subject.data.test.take(np.arange(min(MOST, len(subject.data.test))))
        samples, real = (
            np.stack([seen(image) for image in in_colour(images)]) for images in (subject.samples[:MOST], test.images)
        )
        (ours, read), (theirs, real_read) = detector.read(samples), detector.read(real)
        return cls(samples, ours, read, theirs, real_read, families_of(test), detector.scale.threshold)

    @property
    def accused(self) -> np.ndarray:
        """Which real pictures (m,) are called generated."""
        return self.real_read & (self.theirs >= self.threshold)

    @property
    def quiet(self) -> np.ndarray:
        """Which samples (n,) are not called generated."""
        return ~(self.read & (self.ours >= self.threshold))


def told_by(detector: Detector, subject: Subject, limits: DeepfakeLimits) -> list[Finding]:
    """The findings of one detector."""
    if (side := min(subject.data.spec.shape[:2])) < LEAST_SIDE:
        return [
            _silent(
                f"The pictures are {side} pixels wide, and what is enlarged so far to the 32 that the detector reads looks like nothing that it learned from; {LEAST_SIDE} are needed.",
                part,
            )
            for part in QUESTIONS
        ]
    told = Told.of(detector, subject)
    if reason := _why_silent(told.read, told.real_read, told.accused, told.drawings):
        return [_silent(reason, "detector"), _silent(reason, "ranking")]
    exhibits = [
        {
            "sample": int(i),
            "probability": float(detector.scale.probability(told.ours[i : i + 1])[0]),
            "picture": base64.b64encode(png_bytes(told.samples[i])).decode(),
        }
        for i in np.argsort(told.ours)[:SHOWN]
    ]
    return [_of_share(told, limits, exhibits), _of_ranks(told, limits, exhibits)]


def _asked(told: Told, limits: DeepfakeLimits) -> list[object]:
    """What the error rates of both verdicts depend on."""
    each = (limits.missed, limits.missed_effect, limits.alike, limits.alike_effect)
    return [VERSION, len(told.ours), told.drawings, *each]


def _of_share(told: Told, limits: DeepfakeLimits, exhibits: list[dict[str, Any]]) -> Finding:
    """How many samples are not called generated."""
    quiet, real_quiet, read = told.quiet, ~told.accused, told.read
    share = clopper_pearson(int(quiet.sum()), len(quiet))
    unread = f"; {int((~read).sum())} of these it could not read" if not read.all() else ""
    claim = (
        f"{100 * share.value:.0f} % of {share.n:,} samples are not found by the detector without a mark ({100 * share.low:.0f} % to {100 * share.high:.0f} % of all would not be{unread});"
        f" accepted are {100 * limits.missed:.0f} %. Of {len(real_quiet):,} real held-out pictures it calls {100 * (1 - real_quiet.mean()):.1f} % generated."
    )
    missed = limits.missed, limits.missed_effect
    return judge(
        "deepfake",
        claim,
        share,
        limit=limits.missed,
        effect=limits.missed_effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="detector",
        question=QUESTIONS["detector"],
        error_rates=kept_by(
            [*_asked(told, limits), real_quiet], lambda: share_rates(real_quiet, told.drawings, share.n, *missed)
        ),
    )


def _of_ranks(told: Told, limits: DeepfakeLimits, exhibits: list[dict[str, Any]]) -> Finding:
    """How often a real picture looks more generated than a sample."""
    ours, theirs, drawings = told.ours, told.theirs, told.drawings
    ranks = ranked(ours, theirs, drawings)
    claim = f"A real held-out picture looks more generated than a sample in {100 * ranks.value:.0f} % of pairs ({100 * ranks.low:.0f} % to {100 * ranks.high:.0f} %); accepted are {100 * limits.alike:.0f} %, and 50 % would be no difference at all."
    alike = limits.alike, limits.alike_effect
    return judge(
        "deepfake",
        claim,
        ranks,
        limit=limits.alike,
        effect=limits.alike_effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="ranking",
        question=QUESTIONS["ranking"],
        error_rates=kept_by([*_asked(told, limits), ours, theirs], lambda: rank_rates(ours, theirs, drawings, *alike)),
    )


def _silent(reason: str, part: str = "detector") -> Finding:
    return not_measured("deepfake", QUESTIONS[part], reason, part)


def _why_silent(read: np.ndarray, real_read: np.ndarray, accused: np.ndarray, drawings: np.ndarray) -> str:
    """Why nothing can be said of these samples; "" where something can."""
    if min(len(read), len(real_read)) < LEAST:
        return f"n too small: {len(read)} samples and {len(real_read)} held-out pictures; {LEAST} of each are needed."
    for what, own in (("real held-out pictures", real_read), ("samples", read)):
        if own.mean() < READ:
            return f"The detector can't read {100 * (1 - own.mean()):.0f} % of the {what}: they look like nothing that it learned from (another hand, no light paper, no drawing)."
    wrong = clustered(accused.astype(float), drawings)
    if wrong.low > FALSE_ALARMS:
        return f"The detector takes {100 * wrong.value:.0f} % of the real held-out pictures for generated, although it was set for {100 * FALSE_ALARMS:.0f} %: it has not learned what these data look like."
    return ""


def ranked(samples: np.ndarray, others: np.ndarray, drawings: np.ndarray) -> Estimate:
    """P(one of `samples` (n,) is below one of `others` (m,)), of which variants of one drawing are alike."""
    return probability_lower(samples, others, (-1 - np.arange(len(samples)), drawings))


def _planted(limit: float, effect: float, most: float, says: str) -> list[tuple[Case, float]]:
    """Cases with their true values: within the limit, at it, half of the effect beyond it and at the effect, none above `most`."""
    values = [(False, limit / 2), (False, limit), (True, limit + effect / 2), (True, limit + effect)]
    return [
        (Case(says.format(100 * value), culprit, max(0.0, value - limit)), value)
        for culprit, value in values
        if value <= most
    ]


def share_rates(quiet: np.ndarray, drawings: np.ndarray, n: int, limit: float, effect: float) -> Rates:
    """The error rates of a verdict on the share missed of n samples, by real pictures of which `quiet` (m,) are not accused."""
    if limit >= 1:
        return unknown_rates("nothing was judged: no share can lie above the limit")

    verdict = functools.cache(lambda k: verdict_of(clopper_pearson(k, n), limit=limit, effect=effect))

    def pool_of(missed: float) -> Callable[[np.random.Generator], Repeat]:
        def pool(rng: np.random.Generator) -> Repeat:
            drawn = quiet[_families(drawings, rng)]

            def repeat(rng: np.random.Generator) -> str:
                real = rng.binomial(
                    n, min(1.0, missed / max(quiet.mean(), 1e-9))
                )  # samples that are real pictures; the others are told
                return verdict(int(rng.choice(drawn, size=real).sum()))

            return repeat

        return pool

    cases = _planted(limit, effect, float(quiet.mean()), "have {:.0f} % of their samples missed")
    crude = (Case("draw what nobody can tell from real pictures", True, 1 - limit, crude=True), pool_of(1.0))
    return resampled([*((case, pool_of(value)) for case, value in cases), crude], n=n, seed=0)


def rank_rates(ours: np.ndarray, theirs: np.ndarray, drawings: np.ndarray, limit: float, effect: float) -> Rates:
    """The error rates of a verdict on ranks, by these samples with real pictures, whole drawings of which are kept apart, among them."""
    own = ranked(ours, theirs, drawings).value
    if limit >= 1:
        return unknown_rates("nothing was judged: no probability can lie above the limit")
    if own > limit / 2:
        return unknown_rates("its own samples are too much like real ones to plant innocents among them")

    def pool_of(alike: float) -> Callable[[np.random.Generator], Repeat]:
        def pool(rng: np.random.Generator) -> Repeat:
            names = rng.permutation(np.unique(drawings))
            first = np.isin(drawings, names[: len(names) // 2])
            planted = theirs[first]
            kept = np.flatnonzero(~first)
            kept = kept[_families(drawings[kept], rng)]
            mixed = min(1.0, (alike - own) / (0.5 - own))

            def repeat(rng: np.random.Generator) -> str:
                real = rng.random(len(ours)) < mixed
                scores = np.where(real, rng.choice(planted, size=len(ours)), rng.choice(ours, size=len(ours)))
                return verdict_of(ranked(scores, theirs[kept], drawings[kept]), limit=limit, effect=effect)

            return repeat

        return pool

    cases = _planted(
        limit, effect, 0.5, "draw samples that look less generated than a real picture in {:.0f} % of pairs"
    )
    return resampled([(case, pool_of(value)) for case, value in cases if value >= own], n=len(ours), seed=0)


def _families(drawings: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Indices of whole drawings, as many as there are, drawn with replacement."""
    order = np.argsort(drawings, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(drawings[order])) + 1)
    return np.concatenate([parts[i] for i in rng.integers(len(parts), size=len(parts))])
