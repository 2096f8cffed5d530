"""Deepfake: detectors that never saw a family of generators, asked about that family; real drawings, other hands, pages, photographs.

Each detector is trained on all families but one. Its scale is fitted on one half of the held-out drawings, without the
family left out, and everything is counted on the other half and on hands and kinds of pages that nothing was fitted on, in
every wear. Drawings are what is independent, not pictures.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from genmodels.planting import PLANTED, Case, Planted, Report
from genmodels.trained_to_calibrate import trained

N, TIMES, EPOCHS = 1000, 4, 12


def experiment(left_out: str = "none", n: int = N, epochs: int = EPOCHS) -> dict[str, Any]:
    """What a detector is trained by; that of the gallery leaves out none."""
    recipe = {"looks_at": "traces", "wear": 0.0, "shift": 0, "width": 128, "dropout": 0.1}
    return {"model": "reader", "data": "fakes", "source": {"n": n, "left_out": left_out, "times": TIMES}, "recipe": recipe, "epochs": epochs, "batch_size": 64}


@PLANTED.add("deepfake")
def deepfake(repetitions: int, seed: int, report: Report) -> Planted:
    """Every held-out picture in every wear is one repetition; fewer than a hundred asked for: a smaller training."""
    from genmodels.data.fakes import FAMILIES
    from genmodels.detecting import Detector, first_half, in_every_wear, open_detector, scale_of, unworn

    small = {"n": 60, "epochs": 1} if repetitions < 100 else {}
    for left_out in (*FAMILIES, "none"):
        run = trained(experiment(left_out, **small), report)
        data, reader = unworn(run.experiment.source), run.generator()
        worn = in_every_wear(Detector(reader, None), data, seed + 1)
        half = first_half(worn[0].drawing)
        scale = scale_of(worn, half, left_out)
        for each in worn:
            report(f"deepfake: without {left_out}, {each.wear}")
            accused, counted = each.accused(scale), each.counted(half)
            for family in dict.fromkeys(each.family[counted]):
                own = counted & (each.family == family)
                generated = each.label[own][0] == "generated"
                if left_out in (family, "none") or not generated:
                    part = f"{each.label[own][0]} drawings, {'no family left out' if left_out == 'none' else f'{left_out} never seen'}"
                    yield Case(part, f"{family}, {each.wear}", bool(generated), int(own.sum()), None if generated else 0.0, each.wear == "as it was"), accused[own], each.drawing[own]
    detector = open_detector()
    for name, patches in photographs().items():
        if detector is not None:
            yield Case("detector of photographs", name, False, len(patches), 0.0), detector.flagged(patches), None


def photographs() -> dict[str, np.ndarray]:
    """Patches of photographs, uint8 (100, 32, 32, 3): 100 faces and 100 of other things (`faces-lfw`); {} where the package is missing.

    That the detector reads light paper only was found on the faces, so only the others are a fair test of it.
    """
    from importlib.util import find_spec
    from pathlib import Path

    from genmodels.data.fakes import seen

    found = find_spec("skimage")
    file = Path(found.submodule_search_locations[0]) / "data" / "lfw_subset.npy" if found and found.submodule_search_locations else None
    if file is None or not file.is_file():
        return {}
    patches = np.stack([seen(np.repeat((255 * patch).astype(np.uint8)[..., None], 3, axis=-1)) for patch in np.load(file, allow_pickle=False)])
    return {"photographs of faces, on which the rule of light paper was found": patches[:100], "photographs of other things": patches[100:]}
