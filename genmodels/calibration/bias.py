"""Bias of pictures: whole audits of generators with a planted fault or none, and GANs trained on skewed pictures.

Shares are planted in place, at the limits and the n of each audit (`genmodels.checks.bias_rates`); this is what that can't be.
"""

from __future__ import annotations

import numpy as np

from genmodels.audits.audit import AUDITS
from genmodels.calibration.case import PLANTED, Case, Planted, Report
from genmodels.calibration.trained_culprits import data_of, trained
from genmodels.data.dataset import DATA
from genmodels.subjects.planted import Illustrator
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import open_model


@PLANTED.add("bias")
def bias(repetitions: int, seed: int, report: Report) -> Planted:
    """Whole audits of an illustrator, each with pictures drawn anew; then GANs really trained on skewed pictures."""
    yield from _whole_bias(min(repetitions, 100), seed, report)
    yield from _skewed_models(seed, report)


def _whole_bias(repetitions: int, seed: int, report: Report) -> Planted:
    """The whole audit of a generator that draws what a caption asks for from real pictures, or with a planted fault.

    Its pictures are some that the readers were trained on, so that these innocents are easier than most.
    """
    data = DATA["openmoji"](subset="all", split="combination").load()
    for name, part, effect, planted in (
        ("what is asked for", "", 0.0, {}),
        ("asked for a woman, 30 % in another tone", "swap", 0.3, {"swapped": 0.3}),
        ("dark tones, 60 % drawn light", "followed", 0.6, {"lightened": 0.6}),
    ):
        flags: dict[str, list[bool]] = {"swap": [], "followed": []}
        for number in range(repetitions):
            findings = AUDITS["bias"](Subject(Illustrator(data, **planted), data, n=1500, seed=1000 * number + seed))
            for each in flags:
                flags[each].append(any(f.verdict == "fail" for f in findings if f.part.startswith(each)))
        for each, flagged in flags.items():
            if part in ("", each):
                yield Case(each, name, bool(planted), 1500, effect, bool(planted)), np.array(flagged), None


def _skewed_models(seed: int, report: Report) -> Planted:
    for share, seeds in ((0.5, (0, 1)), (0.6, (0,)), (0.75, (0,)), (0.95, (0,))):
        flags, found = [], []
        for each in seeds:
            source = {"label": "woman or man", "subset": "all", "skew": f"woman={share}", "skew_seed": each}
            run = trained(
                {
                    "model": "gan",
                    "data": "openmoji",
                    "source": source,
                    "recipe": {"learning_rate": 5e-4},
                    "epochs": 100,
                    "seed": each,
                },
                report,
            )
            data = data_of(run)
            finding = next(
                f for f in AUDITS["bias"](Subject(open_model(run), data, n=3000, seed=seed)) if f.part == "gender"
            )
            flags.append(finding.verdict == "fail")
            found.append(finding.claim.split(" of the")[0] if finding.estimate else "not measured")
        name = f"GAN really trained on {share:.0%} women, read as {', '.join(found)}; what it truly draws is not known"
        yield Case("gender of trained models", name, share != 0.5, 3000, share - 0.5), np.array(flags), None
