"""Deepfake: detectors that never saw a family of generators, asked about that family; real drawings, other hands, pages, photographs.

Each detector is trained on all families but one. Its scale is fitted on held-out drawings without the family left out, and
everything is counted on other drawings, hands, kinds of pages and wears, on which nothing was fitted (see `instruments.detector`).
Drawings are what is independent, not pictures. Where no family is left out it is the detector of the gallery itself; the
others are trained a quarter as long.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from genmodels.calibration.case import PLANTED, Case, Planted, Report
from genmodels.calibration.trained_culprits import trained
from genmodels.data.sets.fakes import FAMILIES, REAL, seen
from genmodels.instruments.detector import RUN, Detector, open_detector
from genmodels.instruments.detector_scale import in_every_wear, scale_of, unworn
from genmodels.runs.run import Run
from genmodels.runs.store import shipped as shipped_run
from genmodels.trained.opening import open_model

N, TIMES = 3000, 4
EPOCHS, FEWER = 16, 4  # of the detector of the gallery, and of those that never see a family


def experiment(left_out: str = "none", n: int = N, epochs: int = 0) -> dict[str, Any]:
    """What a detector is trained by; that of the gallery leaves out none."""
    recipe = {"features": "traces", "noise": 0.0, "shift": 0, "width": 256, "dropout": 0.2, "learning_rate": 2e-3}
    source = {"n": n, "left_out": left_out, "times": TIMES}
    return {
        "model": "reader",
        "data": "fakes",
        "source": source,
        "recipe": recipe,
        "epochs": epochs or (EPOCHS if left_out == "none" else FEWER),
        "batch_size": 256,
    }


@PLANTED.add("deepfake")
def deepfake(repetitions: int, seed: int, report: Report) -> Planted:
    """Every picture to count on, in every wear, is one repetition; fewer than a hundred asked for: a smaller training."""
    small = {"n": 60, "epochs": 1} if repetitions < 100 else {}
    shipped = open_detector()
    for left_out in FAMILIES:
        yield from _counted(trained(experiment(left_out, **small), report), left_out, seed, report)
    if shipped is not None and not small:
        yield from _counted(shipped_run(RUN), "none", seed, report)
    for name, patches in photographs().items():
        if shipped is not None:
            yield Case("detector of photographs", name, False, len(patches), 0.0), shipped.flagged(patches), None


def _counted(run: Run, left_out: str, seed: int, report: Report) -> Planted:
    """What a detector makes of the family that it never saw, of all where none was left out, and of innocents."""
    data, detector = unworn(run.experiment.source), Detector(open_model(run), None)
    scale = scale_of(in_every_wear(detector, data, "fit", seed + 1), left_out)
    for each in in_every_wear(detector, data, "count", seed + 1):
        report(f"deepfake: without {left_out}, {each.wear}")
        accused = each.accused(scale)
        for family in dict.fromkeys(each.family):
            own = each.family == family
            generated = each.label[own][0] == "generated"
            if left_out in (family, "none") or each.label[own][0] == REAL:
                part = f"{each.label[own][0]} drawings, {'no family left out' if left_out == 'none' else f'{left_out} never seen'}"
                yield (
                    Case(
                        part,
                        f"{family}, {each.wear}",
                        bool(generated),
                        int(own.sum()),
                        None if generated else 0.0,
                        each.wear == "as it was",
                    ),
                    accused[own],
                    each.drawing[own],
                )


def photographs() -> dict[str, np.ndarray]:
    """Patches of photographs, uint8 (100, 32, 32, 3): 100 faces and 100 of other things (`faces-lfw`); {} where the package is missing.

    That the detector reads light paper only was found on the faces, so only the others are a fair test of it.
    """
    from importlib.util import find_spec
    from pathlib import Path

    found = find_spec("skimage")
    file = (
        Path(found.submodule_search_locations[0]) / "data" / "lfw_subset.npy"
        if found and found.submodule_search_locations
        else None
    )
    if file is None or not file.is_file():
        return {}
    patches = np.stack(
        [
            seen(np.repeat((255 * patch).astype(np.uint8)[..., None], 3, axis=-1))
            for patch in np.load(file, allow_pickle=False)
        ]
    )
    return {
        "photographs of faces, on which the rule of light paper was found": patches[:100],
        "photographs of other things": patches[100:],
    }
