"""Deepfake: detectors that never saw a family of generators, asked about that family; real drawings and photographs.

Each detector is trained on all families but one. Its scale is fitted on one half of the held-out pictures, without the
family left out, and everything is counted on the other half.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from genmodels.planting import PLANTED, Case, Planted, Report
from genmodels.trained_to_calibrate import data_of, trained

N, TIMES, EPOCHS = 1000, 4, 12


def experiment(left_out: str = "none", n: int = N, epochs: int = EPOCHS) -> dict[str, Any]:
    """What a detector is trained by; that of the gallery leaves out none."""
    recipe = {"looks_at": "traces", "wear": 0.0, "shift": 0, "width": 128, "dropout": 0.1}
    return {"model": "reader", "data": "fakes", "source": {"n": n, "left_out": left_out, "times": TIMES}, "recipe": recipe, "epochs": epochs, "batch_size": 64}


@PLANTED.add("deepfake")
def deepfake(repetitions: int, seed: int, report: Report) -> Planted:
    """Every held-out picture is one repetition; fewer than a thousand asked for: a smaller training."""
    from genmodels.data import DATA
    from genmodels.data.fakes import FAMILIES, REAL, worn
    from genmodels.detecting import (
        Detector,
        area_under_curve,
        calibration_error,
        first_half,
        fit_scale,
        on_paper,
        open_detector,
        seen,
    )

    small = {"n": 60, "epochs": 1} if repetitions < 100 else {}
    for left_out in (*FAMILIES, "none"):
        run = trained(experiment(left_out, **small), report)
        test = data_of(run).test
        family = np.asarray(test.groups["family"], str)
        reader = run.generator()
        scores, generated = Detector(reader, None).scores(test.images), family != REAL  # type: ignore[arg-type]
        half = first_half(len(scores))
        scale = fit_scale(scores[half & (family != left_out)], generated[half & (family != left_out)])
        flags, counted = (scores >= scale.threshold) & on_paper(test.images), ~half
        real = counted & ~generated
        if left_out != "none":
            chosen = counted & ((family == left_out) | ~generated)
            area, spectrum = area_under_curve(scores[chosen], generated[chosen]), _spectral(data_of(run), half, left_out)
            name = f"{left_out}, never seen (area under the curve {area:.3f}, of the spectrum alone {spectrum[0]:.3f}; the spectrum alone catches {spectrum[1]:.0%})"
            yield Case("detector", name, True, int((counted & (family == left_out)).sum()), None, left_out == "diffusion"), flags[counted & (family == left_out)], None
            yield Case("detector", f"real drawings, {left_out} never seen", False, int(real.sum()), 0.0), flags[real], None
            continue
        error, _ = calibration_error(scale.probability(scores[counted]), generated[counted])
        detector = open_detector() or Detector(reader, scale)
        yield Case("detector", f"real drawings (expected calibration error {error:.3f})", False, int(real.sum()), 0.0), flags[real], None
        for each in FAMILIES:
            yield Case("detector of known families", each, True, int((counted & (family == each)).sum())), flags[counted & (family == each)], None
        for grouping in ("gender", "skin tone"):
            groups = np.asarray(test.groups[grouping], str)
            for group in sorted(set(groups[real]) - {""}):
                yield Case("detector by group", f"real drawings, {grouping} {group}", False, int((real & (groups == group)).sum()), 0.0), flags[real & (groups == group)], None
        for size in (64, 128):
            large = np.stack([seen(image) for image in DATA["openmoji"](subset="all", size=size).load().test.images])
            yield Case("detector of larger drawings", f"real drawings, {size} pixels wide before they were shrunk", False, len(large), 0.0), detector.flagged(large), None
        for name, patches in photographs().items():
            yield Case("detector of photographs", name, False, len(patches), 0.0), detector.flagged(patches), None
        rng = np.random.default_rng([seed, 6])
        clean = data_clean().test
        originals = clean.images[np.asarray(clean.groups["family"], str) == REAL]
        plain, used = detector.scores(originals), detector.scores(np.stack([worn(image, rng) for image in originals]))
        area = area_under_curve(np.concatenate([used, plain]), np.repeat([True, False], len(plain)))
        yield Case("detector: format leak", f"real drawings as they were (those that are worn score higher in {area:.0%} of pairs)", False, len(plain), 0.0), plain >= detector.scale.threshold, None
        yield Case("detector: format leak", "the same, worn", False, len(used), 0.0), used >= detector.scale.threshold, None


def _spectral(data: Any, half: np.ndarray, left_out: str) -> tuple[float, float]:
    """The baseline of Durall et al.: a logistic regression on the mean spectrum; area under the curve, share caught at 2 %."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from genmodels.detecting import area_under_curve, tolerance_bound
    from genmodels.spectra import radial_spectrum

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500, class_weight="balanced"))
    model.fit(radial_spectrum(data.train.images), data.train.labels)
    scores, labels = model.decision_function(radial_spectrum(data.test.images)), data.test.labels == 1
    family = np.asarray(data.test.groups["family"], str)
    threshold = tolerance_bound(scores[half & ~labels])
    chosen = ~half & ((family == left_out) | ~labels)
    return area_under_curve(scores[chosen], labels[chosen]), float((scores[~half & (family == left_out)] >= threshold).mean())


def data_clean() -> Any:
    """Held-out pictures as they were, without wear."""
    from genmodels.data import DATA

    return DATA["fakes"](n=60, wear=False).load()


def photographs() -> dict[str, np.ndarray]:
    """Patches of photographs, uint8 (100, 32, 32, 3): 100 faces and 100 of other things (`faces-lfw`); {} where the package is missing.

    That the detector reads light paper only was found on the faces, so only the others are a fair test of it.
    """
    from importlib.util import find_spec
    from pathlib import Path

    from genmodels.detecting import seen

    found = find_spec("skimage")
    file = Path(found.submodule_search_locations[0]) / "data" / "lfw_subset.npy" if found and found.submodule_search_locations else None
    if file is None or not file.is_file():
        return {}
    patches = np.stack([seen(np.repeat((255 * patch).astype(np.uint8)[..., None], 3, axis=-1)) for patch in np.load(file, allow_pickle=False)])
    return {"photographs of faces, on which the rule of light paper was found": patches[:100], "photographs of other things": patches[100:]}
