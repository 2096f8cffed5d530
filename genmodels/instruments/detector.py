"""Telling without a mark: was a picture drawn by a generator like ours? A trained reader, calibrated on pictures it never saw.

It knows three answers: real, generated, and other (another hand, a page, a photograph: what none of our generators learned to
draw). Its score is the log odds of generated against both others. The threshold is the lowest that holds 2 % of false alarms
with 99 % confidence in the *worst* wear of emoji, of icons, of another hand and of pages, each by itself (Wilks 1941). The score
is turned into a probability by a line on the log odds (Platt 1999). What the reader takes for something else, and what lies on
no light paper or is no square, is not measured.

Three parts of the data `fakes` share no drawing, no hand, no kind of page and no seed of a generator: the reader is trained on
one, threshold and line are found on the second ("fit"), and what is told in the tables is counted on the third ("count"). Nor
are the wears of the third those of the second: they differ in degree or in kind (`picture_wear`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels import gallery
from genmodels.data.dataset import DATA
from genmodels.data.sets.fakes import LABELS, PAPERS, SIZE, seen
from genmodels.estimates.clustered import clustered
from genmodels.estimates.ranks import probability_lower
from genmodels.files import write_atomically
from genmodels.kinds.image.files import to_picture
from genmodels.kinds.image.wear_in_use import COUNTED, FITTED, LOSSY
from genmodels.refusal import Refusal
from genmodels.runs.store import gallery_names, shipped
from genmodels.trained.opening import open_model

RUN = "detector"  # of the gallery
CONFIDENCE = 0.99  # with which a threshold keeps its promise
FALSE_ALARMS = 0.02  # of real pictures in the worst wear, which the threshold is set for
LIGHT, PAPER = 200, 0.5  # grey level of paper, share of the border that shows it
SQUARE = 1.5  # longer side by shorter side, above which a picture is none of the kind it learned from
OTHER = 0.5  # probability of being something else from which it says nothing
KEPT, RELIABILITY, RATES = "scale.json", "reliability.json", "rates.json"
SILENT = {
    "paper": "the detector knows only drawings on light paper, so it can't judge photographs or dark pages",
    "square": "its sides differ by more than half, and all it learned from are square: of pages it can say nothing",
    "other": "it looks like something else than the drawings that our generators learn from and draw (another hand, a chart, a text, a photograph)",
}


@dataclass(frozen=True)
class Scale:
    """Score s to probability 1 / (1 + exp(-(slope s + offset))); generated from `threshold` on."""

    slope: float
    offset: float
    threshold: float
    n: int

    def probability(self, scores: np.ndarray) -> np.ndarray:
        """The probability (n,) of being generated, from 0 to 1, of scores (n,)."""
        return 1 / (1 + np.exp(-np.clip(self.slope * np.asarray(scores, float) + self.offset, -50, 50)))

    def verdict(self, score: float) -> str:
        """generated, abstained, or no sign."""
        return (
            "generated"
            if score >= self.threshold
            else "abstained"
            if self.probability(np.array([score]))[0] >= 0.5
            else "no sign"
        )


class Detector:
    """A reader of the data `fakes` with its scale."""

    def __init__(self, reader: Any, scale: Scale | None) -> None:
        """Without a scale it gives scores, and no verdict."""
        self.reader, self.scale = reader, scale or Scale(1.0, 0.0, float("inf"), 0)

    def scores(self, images: np.ndarray) -> np.ndarray:
        """Log odds (n,) of generated against all else, not calibrated, of uint8 (n, 32, 32, 3)."""
        return self.read(images)[0]

    def read(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores (n,), and which of uint8 (n, 32, 32, 3) are drawings of the kind that it can judge, bool (n,).

        What it calls generated at its threshold it can judge: the threshold allows for what is something else.
        """
        shares = np.clip(self.reader.probabilities(images).astype(np.float64), 1e-9, 1)
        scores = np.log(shares[:, 1]) - np.log(shares.sum(axis=1) - shares[:, 1])
        return scores, on_paper(images) & (
            (scores >= self.scale.threshold) | (shares[:, 2:].sum(axis=1) < OTHER)
        )  # of two classes: all are known

    def flagged(self, images: np.ndarray) -> np.ndarray:
        """Which of uint8 (n, 32, 32, 3) it calls generated, bool (n,)."""
        scores, judged = self.read(images)
        return (scores >= self.scale.threshold) & judged

    def __call__(self, image: np.ndarray) -> dict[str, Any]:
        """Verdict and probability of one picture of any size, uint8 (height, width, 3)."""
        small = seen(image)
        silent = (
            "square"
            if max(image.shape[:2]) > SQUARE * min(image.shape[:2])
            else ""
            if on_paper(small[None])[0]
            else "paper"
        )
        if not silent:
            scores, judged = self.read(small[None])
            silent = "" if judged[0] else "other"
        if silent:
            return {"verdict": "not measured", "probability": None, "abstained": True, "reason": SILENT[silent]}
        verdict = self.scale.verdict(float(scores[0]))
        return {
            "verdict": verdict,
            "probability": float(self.scale.probability(scores)[0]),
            "abstained": verdict == "abstained",
        }

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


def open_detector(run: Any = None) -> Detector | None:
    """The detector of the gallery, or of another run; None where there is none."""
    if run is None:
        if RUN not in gallery_names():
            return None
        run = shipped(RUN)
    file: Path = run.path / KEPT
    if not file.is_file():
        raise Refusal(f"The detector {run.id} has no scale; fit one with `genmodels calibrate deepfake`.")
    return Detector(open_model(run), Scale(**json.loads(file.read_text())))


def asked_when_needed() -> Any:
    """The detector of the gallery, loaded when the first picture comes; where there is none it says so of each."""
    found: list[Detector | None] = []

    def ask(image: np.ndarray) -> dict[str, Any]:
        found[:] = found or [open_detector()]
        if found[0] is None:
            return {
                "verdict": "not measured",
                "probability": None,
                "abstained": None,
                "reason": "there is no detector in the gallery",
            }
        return found[0](image)

    return ask


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


def unworn(source: Any) -> Any:
    """The data that a detector learned from, as they were before they were worn."""
    return DATA["fakes"].from_dict(dict(source) | {"wear": False, "times": 1, "left_out": "none"}).load()


def in_every_wear(detector: Detector, data: Any, use: str, seed: int = 1) -> list[Worn]:
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


def fit_scale_of(run: Any, data: Any, seed: int = 1) -> Scale:
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


def rates(lossy: bool | None = None) -> dict[str, Any] | None:
    """How often the detector of the gallery is wrong in a wear that is known, else in the worst: false_alarm, its high end, miss, wear.

    `lossy`: the file was compressed with loss, so the wears through JPEG and WebP count; else nobody knows what happened to it.
    A false alarm is a drawing or page that was not made by a generator and is called generated. miss: of what known
    families draw, the share not called generated.
    """
    file = gallery.GALLERY / RUN / RATES
    if not file.is_file():
        return None
    rows = [row for row in json.loads(file.read_text()) if not lossy or row["wear"].startswith(LOSSY)]
    innocent = [row for row in rows if row["label"] != "generated" and row["drawings"] >= 100]
    wears = {row["wear"] for row in rows}
    missed = {
        wear: 1
        - float(np.mean([row["flagged"] for row in rows if row["label"] == "generated" and row["wear"] == wear]))
        for wear in wears
    }
    worst, most = (
        max(innocent, key=lambda row: (row["flagged"], row["high"])),
        max(missed, key=lambda wear: missed[wear]),
    )
    return {
        "false_alarm": worst["flagged"],
        "false_alarm_high": worst["high"],
        "innocent": f"{worst['family']}, {worst['wear']}",
        "n": worst["drawings"],
        "miss": missed[most],
        "miss_of": f"what the five known families draw ({most})",
        "miss_as_it_was": missed.get("as it was"),
    }


def reliability() -> dict[str, Any] | None:
    """The expected calibration error of the detector of the gallery, and its bins, on drawings and wears that its scale never saw."""
    file = gallery.GALLERY / RUN / RELIABILITY
    return json.loads(file.read_text()) if file.is_file() else None


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
