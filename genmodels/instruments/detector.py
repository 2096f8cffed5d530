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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels import gallery
from genmodels.data.sets.fakes import SIZE, seen
from genmodels.kinds.image.wear_in_use import LOSSY
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import gallery_names, shipped
from genmodels.trained.opening import open_model
from genmodels.trained.roles import Reads

RUN = "detector"  # of the gallery
CONFIDENCE = 0.99  # with which a threshold keeps its promise
FALSE_ALARMS = 0.02  # of real pictures in the worst wear, which the threshold is set for
LIGHT, PAPER = 200, 0.5  # grey level of paper, share of the border that shows it
SQUARE = 1.5  # longer side by shorter side, above which a picture is none of the kind it learned from
OTHER = 0.5  # probability of being something else from which it says nothing
AS_IT_WAS = "as it was"  # the wear that changes nothing
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

    def __init__(self, reader: Reads, scale: Scale | None) -> None:
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


def open_detector(run: Run | None = None) -> Detector | None:
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


def unworn_rates() -> list[dict[str, Any]]:
    """What the detector of the gallery made of held-out drawings as they were, real and generated: rows as in `RATES`; [] without one."""
    file = gallery.GALLERY / RUN / RATES
    rows = json.loads(file.read_text()) if file.is_file() else []
    return [row for row in rows if row["wear"] == AS_IT_WAS and row["label"] != "other"]


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
