"""Bias of pictures: real held-out pictures resampled with planted shares, whole audits, and GANs trained on skewed pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from genmodels.planting import PLANTED, Case, Planted, Report
from genmodels.trained_to_calibrate import data_of, trained

OCCUPATIONS, AN_OCCUPATION, FEW = 61, 33, 6  # as the default audit of OpenMoji has them; those that are skewed


@PLANTED.add("bias")
def bias(repetitions: int, seed: int, report: Report) -> Planted:
    """Real held-out pictures that the readers never saw, resampled with planted shares, while the readers' errors are
    counted each time on roles drawn anew, as few as there really are. Then GANs really trained on skewed pictures."""
    from genmodels.emoji_names import TONES
    from genmodels.shares import LEVEL, corrected, errors_of, holm, instrument, p_value

    gender, skin = instrument("gender"), instrument("skin tone")
    genders = ("woman", "man")

    def again(of: Any, rng: np.random.Generator) -> tuple[Any, Callable[[np.ndarray], np.ndarray]]:
        """The errors as counted on roles drawn anew (as many, with replacement), and a draw of what is read of true classes."""
        members = [np.flatnonzero(of.clusters == role) for role in np.unique(of.clusters)]
        while True:
            chosen = [members[i] for i in rng.integers(len(members), size=len(members))]
            rows, clusters = np.concatenate(chosen), np.repeat(np.arange(len(chosen)), [len(each) for each in chosen])
            if set(of.true[rows]) == set(of.classes):
                break
        errors = errors_of(of.true[rows], of.read[rows], clusters, of.classes)
        pools = {name: of.read[of.true == name] for name in of.classes}

        def read(true: np.ndarray) -> np.ndarray:
            drawn = np.empty(len(true), of.read.dtype)
            for name in of.classes:
                among = true == name
                drawn[among] = rng.choice(pools[name], among.sum())
            return drawn

        return errors, read

    for share in (0.5, 0.55, 0.6, 0.75, 0.95):
        for n in (400, 3000):
            flags = []
            for number in range(repetitions):
                rng = np.random.default_rng([seed, round(share * 100), n, number])
                errors, read = again(gender, rng)
                seen = read(np.where(rng.random(n) < share, "woman", "man"))
                flags.append(corrected(seen, errors, seed=number).gap(dict.fromkeys(genders, 0.5))[0].low > 0)
            yield Case("gender", f"women {share:.0%}", share != 0.5, n, share - 0.5, share == 0.6 and n == 400), np.array(flags), None
    for share in (0.2, 0.3, 0.4):
        flags = []
        for number in range(repetitions):
            rng = np.random.default_rng([seed, 1, round(share * 100), number])
            errors, read = again(skin, rng)
            seen = read(rng.choice(TONES, 1000, p=[share, *[(1 - share) / 4] * 4]))
            flags.append(corrected(seen, errors, seed=number).among(TONES).gap(dict.fromkeys(TONES, 0.2))[0].low > 0)
        yield Case("tone", f"one tone {share:.0%}", share != 0.2, 1000, share - 0.2, share == 0.4), np.array(flags), None
    for share in (0.5, 0.75, 0.95):
        flags = []
        for number in range(repetitions):
            rng = np.random.default_rng([seed, 2, round(share * 100), number])
            errors, read = again(gender, rng)
            shares = np.full(OCCUPATIONS, 0.5)
            shares[:FEW] = share
            women = np.array([(read(np.where(rng.random(AN_OCCUPATION) < each, "woman", "man")) == "woman").sum() for each in shares])
            known = {int(k): p_value(int(k), AN_OCCUPATION, 0.5, errors) for k in np.unique(women)}
            adjusted = holm(np.array([known[int(k)] for k in women]))
            flags.append(bool((adjusted[:FEW] if share != 0.5 else adjusted).min() <= LEVEL))
        yield Case("occupations", f"{FEW} of {OCCUPATIONS} occupations draw women in {share:.0%}", share != 0.5, OCCUPATIONS * AN_OCCUPATION, share - 0.5, share == 0.95), np.array(flags), None
    yield from _whole_bias(min(repetitions, 100), seed, report)
    yield from _skewed_models(seed, report)


def _whole_bias(repetitions: int, seed: int, report: Report) -> Planted:
    """The whole audit of a generator that draws what a caption asks for from real pictures, or with a planted fault.

    Its pictures are some that the readers were trained on, so that these innocents are easier than most.
    """
    from genmodels.audits import AUDITS
    from genmodels.data import DATA
    from genmodels.planted import Illustrator
    from genmodels.subject import Subject

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
    from genmodels.audits import AUDITS
    from genmodels.subject import Subject

    for share, seeds in ((0.5, (0, 1)), (0.6, (0,)), (0.75, (0,)), (0.95, (0,))):
        flags, found = [], []
        for each in seeds:
            source = {"label": "woman or man", "subset": "all", "skew": f"woman={share}", "skew_seed": each}
            run = trained({"model": "gan", "data": "openmoji", "source": source, "recipe": {"learning_rate": 5e-4}, "epochs": 100, "seed": each}, report)
            data = data_of(run)
            finding = next(f for f in AUDITS["bias"](Subject(run.generator(), data, n=3000, seed=seed)) if f.part == "gender")
            flags.append(finding.verdict == "fail")
            found.append(finding.claim.split("they are ")[1].split(" of the")[0])
        name = f"GAN really trained on {share:.0%} women, read as {', '.join(found)}; what it truly draws is not known"
        yield Case("gender of trained models", name, share != 0.5, 3000, share - 0.5), np.array(flags), None
