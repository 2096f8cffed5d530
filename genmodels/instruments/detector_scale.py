"""The scale of a detector: found on one part of the held-out pictures, in every wear, and counted on another.

How a score becomes a verdict stands in `detector`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genmodels.data.dataset import DATA, Dataset
from genmodels.data.sets.fakes import LABELS, PAPERS, seen
from genmodels.estimates.clustered import clustered
from genmodels.estimates.ranks import probability_lower
from genmodels.files import write_atomically
from genmodels.instruments.detector import CONFIDENCE, FALSE_ALARMS, KEPT, RATES, RELIABILITY, Detector, Scale, on_paper
from genmodels.kinds.image.files import to_picture
from genmodels.kinds.image.wear_in_use import COUNTED, FITTED
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model


def fit_scale(scores: np.ndarray, generated: np.ndarray, groups: np.ndarray | None = None) -> Scale:
    """The scale of scores (n,) whose truth is known, bool (n,); the threshold holds for each of the `groups` (n,) of real ones."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=1e6, class_weight="balanced").fit(scores[:, None], generated)
    real, own = scores[~generated], np.zeros(int((~generated).sum())) if groups is None else groups[~generated]
    threshold = max(tolerance_bound(real[own == group]) for group in np.unique(own))
    return Scale(float(line.coef_[0, 0]), float(line.intercept_[0]), threshold, len(scores))


def tolerance_bound(scores: np.ndarray, share: float = FALSE_ALARMS, confidence: float = CONFIDENCE) -> float:
    """The lowest score that at most `share` of all real pictures reach, with that confidence, by these (n,); Wilks 1941.

    Of too few pictures to say so (fewer than 228 for 2 % and 99 %) just above the highest.
    """
    from scipy.stats import binom

    ordered = np.sort(scores)[::-1]
    above = (
        int(np.sum(binom.cdf(np.arange(len(scores)), len(scores), share) <= 1 - confidence)) - 1
    )  # so many may lie above it
    return float(np.nextafter(ordered[max(above, 0)], np.inf))


@dataclass(frozen=True)
class Worn:
    """Held-out pictures in one wear: scores (n,), which are on paper, which can be judged, family, label and drawing of each (n,)."""

    wear: str
    scores: np.ndarray
    paper: np.ndarray
    judged: np.ndarray
    family: np.ndarray
    label: np.ndarray
    drawing: np.ndarray

    def accused(self, scale: Scale) -> np.ndarray:
        """Which are called generated, bool (n,)."""
        return self.paper & (self.scores >= scale.threshold)


def unworn(source: Mapping[str, object]) -> Dataset:
    """The data that a detector learned from, as they were before they were worn."""
    return DATA["fakes"].from_dict(dict(source) | {"wear": False, "times": 1, "left_out": "none"}).load()


def in_every_wear(detector: Detector, data: Dataset, use: str, seed: int = 1) -> list[Worn]:
    """The pictures of `fakes`, not worn before, that are to fit or to count on, in every wear that is for that."""
    test, found = data.test.take(np.flatnonzero(data.test.groups["use"] == use)), []
    family, drawing = (np.asarray(test.groups[name], str) for name in ("family", "role"))
    grey = (np.ptp(test.images, axis=-1) == 0).all(axis=(1, 2))
    family = np.where(
        test.labels == LABELS.index("real"), np.where(grey, "icons", "emoji"), family
    )  # each keeps the promise by itself
    for number, (wear, change) in enumerate({"fit": FITTED, "count": COUNTED}[use].items()):
        rng = np.random.default_rng([seed, number])
        images = np.stack([seen(np.asarray(change(to_picture(image), rng))) for image in test.images])
        scores, judged = detector.read(images)
        found.append(Worn(wear, scores, on_paper(images), judged, family, np.array(LABELS)[test.labels], drawing))
    return found


def scale_of(worn: list[Worn], left_out: str = "none") -> Scale:
    """The scale by the pictures that are there to fit it, the worst wear deciding."""
    fitted = worn[0].family != left_out
    kinds, truth = (
        np.where(np.isin(worn[0].family, PAPERS["fit"]), "page", worn[0].family)[fitted],
        worn[0].label[fitted] == "generated",
    )
    groups = np.concatenate([np.char.add(f"{each.wear} ", kinds) for each in worn])
    return fit_scale(np.concatenate([each.scores[fitted] for each in worn]), np.tile(truth, len(worn)), groups)


def fit_scale_of(run: Run, data: Dataset, seed: int = 1) -> Scale:
    """Fit and keep the scale of a run of the model reader on held-out pictures of `fakes` (not worn), and count its error rates on others."""
    detector = Detector(open_model(run), None)
    scale, worn = scale_of(in_every_wear(detector, data, "fit", seed)), in_every_wear(detector, data, "count", seed)
    known = worn[0].label != "other"
    truth = np.tile(worn[0].label[known] == "generated", len(worn))
    error, rows = calibration_error(scale.probability(np.concatenate([each.scores[known] for each in worn])), truth)
    for name, document in (
        (KEPT, asdict(scale)),
        (RELIABILITY, {"error": error, "bins": rows}),
        (RATES, counted(worn, scale)),
    ):
        write_atomically(run.path / name, json.dumps(document, indent=1))
    return scale


def counted(worn: list[Worn], scale: Scale) -> list[dict[str, Any]]:
    """Rows of family, label, wear, n, drawings, flagged and unread with 95 % intervals over drawings."""
    rows = []
    for each in worn:
        accused = each.accused(scale)
        for family in dict.fromkeys(each.family):
            own = each.family == family
            flagged, unread = (
                clustered(flags[own].astype(float), each.drawing[own]) for flags in (accused, ~accused & ~each.judged)
            )
            rows.append(
                {
                    "family": str(family),
                    "label": str(each.label[own][0]),
                    "wear": each.wear,
                    "n": int(own.sum()),
                    "drawings": flagged.n,
                    "flagged": flagged.value,
                    "low": flagged.low,
                    "high": flagged.high,
                    "unread": unread.value,
                }
            )
    return rows


def area_under_curve(scores: np.ndarray, generated: np.ndarray) -> float:
    """The probability that a generated picture scores higher than a real one."""
    return float(probability_lower(-scores[generated], -scores[~generated]).value)


def calibration_error(
    probability: np.ndarray, generated: np.ndarray, bins: int = 10
) -> tuple[float, list[dict[str, float]]]:
    """The expected calibration error (Naeini et al. 2015) in bins of equal width, both kinds weighing alike, and its bins."""
    weight = np.where(generated, 0.5 / max(generated.sum(), 1), 0.5 / max((~generated).sum(), 1))
    which = np.minimum((probability * bins).astype(int), bins - 1)
    rows = [
        {
            "predicted": float(np.average(probability[own], weights=weight[own])),
            "observed": float(np.average(generated[own], weights=weight[own])),
            "share": float(weight[own].sum()),
            "n": int(own.sum()),
        }
        for own in (which == each for each in range(bins))
        if own.any()
    ]
    return sum(row["share"] * abs(row["predicted"] - row["observed"]) for row in rows), rows
