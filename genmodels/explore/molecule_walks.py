"""Walks through a latent space of molecules towards a property.

A property is any function from SMILES (n,) to numbers (n,), nan for what is no molecule. How it changes through the
latent space is learned from molecules that the model was trained on, by ridge regression; how far that can be trusted is
counted on held-out ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from genmodels.estimates.estimate import Estimate, bootstrap
from genmodels.kinds.molecule.chemistry import canonical, fingerprints
from genmodels.kinds.molecule.likeness import likeness
from genmodels.refusal import Refusal
from genmodels.trained.latent_molecules import LatentMolecules

Property = Callable[[Sequence[str]], np.ndarray]
LEARNED, TOLD = 2000, 500  # molecules that a direction is learned from, and counted on
PENALTIES = 10.0 ** np.arange(-2, 5)
SPREAD = 0.15  # of what is drawn around a place, in the prior's standard deviations


@dataclass(frozen=True)
class Direction:
    """Where a property grows: `slope` (latent,) a step of length 1, and the correlation of what it foretells with what is so."""

    slope: np.ndarray
    correlation: Estimate

    @property
    def ahead(self) -> np.ndarray:
        """The direction (latent,) of length 1."""
        return self.slope / max(float(np.linalg.norm(self.slope)), 1e-12)


@dataclass(frozen=True)
class Found:
    """A molecule on the way: how far along it was found, its property, and its likeness (Tanimoto) to the first."""

    smiles: str
    far: float
    value: float
    like: float


def direction(
    model: LatentMolecules, train: Sequence[str], held_out: Sequence[str], value: Property, seed: int = 0
) -> Direction:
    """How a property changes through the latent space, learned from training molecules and counted on held-out ones.

    The penalty is chosen on a fifth of the training molecules. Raises `Refusal` where fewer than 50 of either can be read.
    """
    rng = np.random.default_rng(seed)
    (z, y), (other, truth) = (
        _known(model, rows, value, most, rng) for rows, most in ((train, LEARNED), (held_out, TOLD))
    )
    cut, centre = len(z) // 5, z.mean(axis=0)
    z, mean, scale = z - centre, y.mean(), max(float(y.std()), 1e-12)
    y = (y - mean) / scale

    def slope(z: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
        return np.linalg.solve(z.T @ z + penalty * np.eye(z.shape[1]), z.T @ y)

    errors = [float(np.square(z[:cut] @ slope(z[cut:], y[cut:], each) - y[:cut]).mean()) for each in PENALTIES]
    best = slope(z, y, PENALTIES[int(np.argmin(errors))]) * scale
    pairs = np.stack([other @ best, truth], axis=1)
    return Direction(best, bootstrap(pairs, _correlation))


def walked(
    model: LatentMolecules,
    smiles: str,
    towards: np.ndarray,
    value: Property,
    *,
    steps: int = 8,
    far: float = 4.0,
    each: int = 32,
    seed: int = 0,
) -> Iterator[Found]:
    """The molecules met on a straight way from a given one, itself first; of `each` written around every place the most frequent.

    `towards` (latent,) has the length 1, `far` is the length of the way in the prior's standard deviations. A place where no
    molecule is written gives nothing.
    """
    start = model.encode([smiles])[0]
    first = fingerprints([smiles])
    yield Found(str(canonical(smiles)), 0.0, float(value([smiles])[0]), 1.0)
    for number in range(1, steps + 1):
        place = start + far * number / steps * towards
        made = _around(model, place, each, seed + number)
        if made:
            names, counts = np.unique(made, return_counts=True)
            name = str(names[np.argmax(counts)])
            like = float(likeness(fingerprints([name]), first)[0, 0])
            yield Found(name, far * number / steps, float(value([name])[0]), like)


def _known(
    model: LatentMolecules, smiles: Sequence[str], value: Property, most: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Latents (n, latent) and property (n,) of some of the molecules that the model can read, each once however often it is spelled."""
    chosen = list(islice(filter(model.reads, _molecules(smiles[i] for i in rng.permutation(len(smiles)))), most))
    values = np.asarray(value(chosen), float)
    good = np.isfinite(values)
    if good.sum() < 50:
        raise Refusal(f"Only {int(good.sum())} molecules have this property; a direction needs at least 50.")
    kept = [each for each, is_good in zip(chosen, good, strict=True) if is_good]
    return model.encode(kept).astype(float), values[good]


def _molecules(smiles: Iterable[str]) -> Iterator[str]:
    """The canonical SMILES of molecules, each at its first spelling."""
    met = set[str]()
    for each in smiles:
        known = canonical(each)
        if known is not None and known not in met:
            met.add(known)
            yield known


def _around(model: LatentMolecules, place: np.ndarray, n: int, seed: int) -> list[str]:
    """The molecules among n texts that are written around a place."""
    noise = np.random.default_rng(seed).standard_normal((n, model.latent)).astype("float32")
    noise[0] = 0
    written = model.decode((place + SPREAD * noise).astype("float32"), seed=seed, temperature=0.3)
    return [found for each in written if (found := canonical(str(each))) is not None]


def _correlation(pairs: np.ndarray) -> float:
    if pairs.std(axis=0).min() == 0:
        return 0.0
    return float(np.corrcoef(pairs.T)[0, 1])
