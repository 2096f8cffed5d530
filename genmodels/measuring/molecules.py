"""The measures of a model of molecules (MOSES: Polykovskiy et al. 2020, arXiv 1811.12823), beside held-out molecules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.estimate import Estimate, bootstrap, clopper_pearson
from genmodels.kinds.molecule.chemistry import canonical, fingerprints, likeness
from genmodels.kinds.text.decoding import Decoding
from genmodels.measuring.texts import Row

if TYPE_CHECKING:
    from genmodels.trained.writer import TextGenerator

VALID, UNIQUE, NOVEL, DIVERSE, NEAREST = "valid", "unique", "novel", "internal diversity", "nearest held-out"
OF_MOLECULES = (VALID, UNIQUE, NOVEL, DIVERSE, f"{DIVERSE} of held-out molecules", NEAREST)


def measure_molecules(
    generator: TextGenerator, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """Every measure whose name is `wanted`, of n molecules written from nothing at temperature 1."""
    protocol = f"{n} molecules at temperature 1; definitions of MOSES"
    written = generator.sample(
        n, seed=seed, decoding=Decoding(length=generator.context, temperature=1.0, watermark="none")
    )
    made = [found for each in written if (found := canonical(str(each))) is not None]
    yield VALID, clopper_pearson(len(made), n), "higher", "share", protocol
    if not made:
        return
    yield UNIQUE, clopper_pearson(len(set(made)), len(made)), "higher", "share of the valid", protocol
    known, different = {canonical(each) for each in data.train.documents}, sorted(set(made))
    new = sum(each not in known for each in different)
    yield NOVEL, clopper_pearson(new, len(different)), "higher", "share of the unique", protocol
    if len(made) > 1 and any(map(wanted, OF_MOLECULES[3:])):
        real = fingerprints(data.test.documents)
        prints = fingerprints(made)
        yield DIVERSE, diversity(prints), "higher", "1 - Tanimoto", protocol
        yield f"{DIVERSE} of held-out molecules", diversity(real), "higher", "1 - Tanimoto", "the held-out split"
        yield NEAREST, bootstrap(np.array(nearest(prints, real))), "higher", "Tanimoto", protocol


def diversity(prints: np.ndarray) -> Estimate:
    """One less the mean likeness of all pairs, each with itself too, as MOSES has it; the interval is for other molecules."""
    alike = np.array([row.mean() for rows in _in_parts(prints) for row in likeness(rows, prints)])
    mean = bootstrap(alike)  # each molecule's mean; the pairs share molecules, so that twice the spread is theirs
    reach = 2 * max(mean.high - mean.value, mean.value - mean.low)
    return Estimate(1 - mean.value, 1 - mean.value - reach, 1 - mean.value + reach, mean.n)


def nearest(prints: np.ndarray, others: np.ndarray) -> list[float]:
    """How like each is to the most like of the others."""
    return [float(row.max()) for rows in _in_parts(prints) for row in likeness(rows, others)]


def _in_parts(prints: np.ndarray, size: int = 500) -> Iterator[np.ndarray]:
    return (prints[start : start + size] for start in range(0, len(prints), size))
