"""Telling without a mark: was a picture drawn by a generator like ours? A trained reader, calibrated on pictures it never saw.

Its score is turned into a probability by a line on the log odds (Platt 1999), fitted on one half of the held-out pictures;
the threshold is the lowest that holds 2 % of false alarms with 90 % confidence, by the real ones of that half (Wilks 1941).
Between 1/2 and the threshold it abstains. What is told in the tables is counted on the other half.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.pictures import fitted, to_picture
from genmodels.refusal import Refusal

RUN = "detector"  # of the gallery
FALSE_ALARMS = 0.02  # of real pictures, which the threshold is set for: 10 over it is 500, and each half holds more real ones
SIZE = 32
LIGHT, PAPER = 200, 0.5  # grey level of paper, share of the border that shows it
KEPT, RELIABILITY = "scale.json", "reliability.json"


@dataclass(frozen=True)
class Scale:
    """Score s to probability 1 / (1 + exp(-(slope s + offset))); generated from `threshold` on."""

    slope: float
    offset: float
    threshold: float
    n: int

    def probability(self, scores: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-np.clip(self.slope * np.asarray(scores, float) + self.offset, -50, 50)))

    def verdict(self, score: float) -> str:
        """generated, abstained, or no sign."""
        return "generated" if score >= self.threshold else "abstained" if self.probability(np.array([score]))[0] >= 0.5 else "no sign"


class Detector:
    """A reader of the data `fakes` with its scale."""

    def __init__(self, reader: Any, scale: Scale) -> None:
        self.reader, self.scale = reader, scale

    def scores(self, images: np.ndarray) -> np.ndarray:
        """Log odds (n,), not calibrated, of uint8 (n, 32, 32, 3)."""
        odds = np.clip(self.reader.probabilities(images).astype(np.float64), 1e-9, 1)
        return np.log(odds[:, 1]) - np.log(odds[:, 0])

    def flagged(self, images: np.ndarray) -> np.ndarray:
        """Which of uint8 (n, 32, 32, 3) it calls generated, bool (n,)."""
        return (self.scores(images) >= self.scale.threshold) & on_paper(images)

    def __call__(self, image: np.ndarray) -> dict[str, Any]:
        """Verdict and probability of one picture of any size, uint8 (height, width, 3)."""
        small = seen(image)
        if not on_paper(small[None])[0]:
            return {"verdict": "not measured", "probability": None, "abstained": True, "reason": "no drawing on light paper, and it learned from nothing else: of photographs it can say nothing"}
        score = float(self.scores(small[None])[0])
        verdict = self.scale.verdict(score)
        return {"verdict": verdict, "probability": float(self.scale.probability(np.array([score]))[0]), "abstained": verdict == "abstained"}

    def given_away(self, image: np.ndarray, side: int = 8, step: int = 4) -> np.ndarray:
        """By how much the score falls where a square of the picture is replaced by its mean (Zeiler and Fergus 2014); (32, 32)."""
        small = seen(image)
        corners = [(top, left) for top in range(0, SIZE - side + 1, step) for left in range(0, SIZE - side + 1, step)]
        hidden = np.repeat(small[None], len(corners), axis=0)
        for row, (top, left) in zip(hidden, corners, strict=True):
            row[top : top + side, left : left + side] = row[top : top + side, left : left + side].mean(axis=(0, 1))
        falls = self.scores(small[None])[0] - self.scores(hidden)
        total, count = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE))
        for fall, (top, left) in zip(falls, corners, strict=True):
            total[top : top + side, left : left + side] += fall
            count[top : top + side, left : left + side] += 1
        return total / count


def on_paper(images: np.ndarray) -> np.ndarray:
    """Which of uint8 (n, side, side, 3) have a border that is light for the most part, as drawings on paper have; bool (n,).

    What the detector learned from has; of 100 photographs of faces it took 80 for generated before it looked at that.
    """
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1).mean(axis=-1)
    return (border > LIGHT).mean(axis=1) >= PAPER


def seen(image: np.ndarray) -> np.ndarray:
    """The middle square of a picture as the detector sees it, uint8 (32, 32, 3)."""
    return image if image.shape == (SIZE, SIZE, 3) else fitted(to_picture(image), SIZE)


def open_detector(run: Any = None) -> Detector | None:
    """The detector of the gallery, or of another run; None where there is none."""
    from genmodels.runs import RunStore, gallery_names

    if run is None:
        if RUN not in gallery_names():
            return None
        run = RunStore.default()[RUN]
    file: Path = run.path / KEPT
    if not file.is_file():
        raise Refusal(f"The detector {run.id} has no scale; fit one with `genmodels calibrate deepfake`.")
    return Detector(run.generator(), Scale(**json.loads(file.read_text())))


def fit_scale(scores: np.ndarray, generated: np.ndarray) -> Scale:
    """The scale of scores (n,) whose truth is known, bool (n,)."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=1e6, class_weight="balanced").fit(scores[:, None], generated)
    return Scale(float(line.coef_[0, 0]), float(line.intercept_[0]), tolerance_bound(scores[~generated]), len(scores))


def tolerance_bound(scores: np.ndarray, share: float = FALSE_ALARMS, confidence: float = 0.9) -> float:
    """The lowest score that at most `share` of all real pictures reach, with that confidence, by these (n,); Wilks 1941.

    Of too few pictures to say so (fewer than 114 for 2 %) just above the highest.
    """
    from scipy.stats import binom

    ordered = np.sort(scores)[::-1]
    above = int(np.sum(binom.cdf(np.arange(len(scores)), len(scores), share) <= 1 - confidence)) - 1  # so many may lie above it
    return float(np.nextafter(ordered[max(above, 0)], np.inf))


def fit_scale_of(run: Any, data: Any, seed: int = 1) -> Scale:
    """Fit and keep the scale of a run of the model reader on one half of the held-out pictures of `fakes`."""
    from genmodels.files import write_atomically

    scores = Detector(run.generator(), Scale(1, 0, 0, 0)).scores(data.test.images)
    half = first_half(len(scores), seed)
    scale = fit_scale(scores[half], data.test.labels[half] == 1)
    write_atomically(run.path / KEPT, json.dumps(asdict(scale), indent=1))
    error, rows = calibration_error(scale.probability(scores[~half]), data.test.labels[~half] == 1)
    write_atomically(run.path / RELIABILITY, json.dumps({"error": error, "bins": rows}, indent=1))
    return scale


def reliability() -> dict[str, Any] | None:
    """The expected calibration error of the detector of the gallery, and its bins, on the half that its scale never saw."""
    from genmodels.gallery import GALLERY

    file = GALLERY / RUN / RELIABILITY
    return json.loads(file.read_text()) if file.is_file() else None


def first_half(n: int, seed: int = 1) -> np.ndarray:
    """The half, bool (n,), of held-out pictures that scales are fitted on; what is told is counted on the other."""
    return np.random.default_rng([seed, 5]).random(n) < 0.5


def area_under_curve(scores: np.ndarray, generated: np.ndarray) -> float:
    """The probability that a generated picture scores higher than a real one."""
    from genmodels.ranks import probability_lower

    return float(probability_lower(-scores[generated], -scores[~generated]).value)


def calibration_error(probability: np.ndarray, generated: np.ndarray, bins: int = 10) -> tuple[float, list[dict[str, float]]]:
    """The expected calibration error (Naeini et al. 2015) in bins of equal width, both kinds weighing alike, and its bins."""
    weight = np.where(generated, 0.5 / max(generated.sum(), 1), 0.5 / max((~generated).sum(), 1))
    which = np.minimum((probability * bins).astype(int), bins - 1)
    rows = [
        {"predicted": float(np.average(probability[own], weights=weight[own])), "observed": float(np.average(generated[own], weights=weight[own])), "share": float(weight[own].sum()), "n": int(own.sum())}
        for own in (which == each for each in range(bins)) if own.any()
    ]  # fmt: skip
    return sum(row["share"] * abs(row["predicted"] - row["observed"]) for row in rows), rows


