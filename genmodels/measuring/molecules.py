"""The measures of a model of molecules, as MOSES defines them (Polykovskiy et al. 2020, arXiv 1811.12823).

Where they differ from the published code: a text without atoms is no molecule (there it is a valid one), and novelty
compares canonical SMILES of one version of RDKit on both sides. `unique@k` is of the first k valid molecules.
FCD needs a network of its own and is measured by `genmodels.bench.molecules`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genmodels.cache import drawn_once
from genmodels.data.dataset import DATA, Dataset
from genmodels.data.molecule_data import MoleculeData
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.kinds.molecule.chemistry import canonical, version
from genmodels.kinds.molecule.described import PROPERTIES, Described, described
from genmodels.kinds.text.decoding import Decoding
from genmodels.metrics.molecules import counted, distance, internal_diversity, likeness_of_counts, nearest_likeness
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.trained.latent_molecules import LatentMolecules
    from genmodels.trained.writer import TextGenerator

Measured = tuple[str, Estimate | None, str, str, str]  # name, estimate, which way is better, unit, protocol
VALID, NOVEL, FILTERS, HELD_OUT = "valid", "novelty", "filters", "held-out molecules"
UNIQUE = {"unique@1k": 1000, "unique@10k": 10_000}
DIVERSE = ("IntDiv", "IntDiv2")
BESIDE = ("SNN", "Frag", "Scaf", *PROPERTIES)  # each of these beside every set of held-out molecules
RECONSTRUCTED = "reconstructed"
OF_MOLECULES = (VALID, *UNIQUE, NOVEL, *DIVERSE, FILTERS, *BESIDE)
UNITS = {"weight": "daltons", "logP": "logP", "SA": "SA score", "QED": "QED"}
FEW, LOOKED_AT = 100_000, 1000  # training molecules
MOST_COMPARED = 5000  # held-out molecules whose diversity stands beside
READING = 1  # of what `Reference` keeps


def measure_molecules(
    generator: TextGenerator, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Measured]:
    """Every measure whose name is `wanted`, of n molecules written from nothing at temperature 1."""
    decoding = Decoding(length=generator.context, temperature=1.0, watermark="none")
    written = [str(each) for each in generator.sample(n, seed=seed, decoding=decoding)]
    yield from measure_smiles(written, data, wanted)


def measure_latent_molecules(
    generator: LatentMolecules, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Measured]:
    """As `measure_molecules`, at places drawn from the prior; and whether held-out molecules come back from their own place."""
    if wanted(RECONSTRUCTED):
        known = [each for each in data.test.documents if generator.reads(each)]
        back = generator.decode(generator.encode(known))
        same = sum(canonical(ours) == canonical(each) for ours, each in zip(back, known, strict=True))
        protocol = f"the {len(known):,} of {len(data.test.documents):,} held-out molecules that it can read, each written at the mean of its place at temperature 0"
        yield RECONSTRUCTED, clopper_pearson(same, len(known)), "higher", "share", protocol
    if any(map(wanted, OF_MOLECULES)):
        yield from measure_molecules(generator, data, n, seed, wanted)


def measure_smiles(written: Sequence[str], data: Dataset, wanted: Callable[[str], bool]) -> Iterator[Measured]:
    """As `measure_molecules`, of what somebody wrote, in the order in which it was written."""
    protocol = f"{len(written):,} molecules at temperature 1; definitions of MOSES"
    source = DATA.get(data.name)
    ours = source if isinstance(source, type) and issubclass(source, MoleculeData) else MoleculeData
    patterns, why_not = _patterns(ours)
    made = described(written, patterns if wanted(FILTERS) else ())
    yield VALID, clopper_pearson(len(made.smiles), len(written)), "higher", "share", protocol
    if len(made.smiles) < 2:
        few = f"{len(made.smiles)} of {len(written):,} texts are molecules; 2 are needed"
        yield from ((name, None, "higher", "", few) for name in OF_MOLECULES if name != VALID)
        return
    yield from _of_themselves(made, data, protocol, wanted)
    if wanted(FILTERS):
        yield from _filtered(made, data, patterns, why_not, protocol)
    if any(map(wanted, BESIDE)):
        for name, others in {"": data.test.documents, **ours.also_held_out()}.items():
            yield from _beside(made, Reference.of(f"{data.name}{name}", others), name, protocol, wanted)


def _of_themselves(made: Described, data: Dataset, protocol: str, wanted: Callable[[str], bool]) -> Iterator[Measured]:
    """Unique, novel and diverse."""
    for name, k in UNIQUE.items():
        first = made.smiles[:k]
        few = f"there are {len(first):,} valid molecules; {k:,} are needed, so take more (-n)"
        share = clopper_pearson(len(set(first)), k) if len(first) == k else None
        yield name, share, "higher", "share of the first valid", protocol if share else few
    if wanted(NOVEL):
        different = set(made.smiles)
        new = len(different - _known(data.train.documents))
        yield NOVEL, clopper_pearson(new, len(different)), "higher", "share of the different ones", protocol
    if any(map(wanted, DIVERSE)):
        rng = np.random.default_rng(0)
        real = Reference.of(data.name, data.test.documents).prints
        real = real[np.sort(rng.permutation(len(real))[: min(len(made.smiles), MOST_COMPARED)])]
        for name, ours, theirs in zip(DIVERSE, internal_diversity(made.prints), internal_diversity(real), strict=True):
            yield name, ours, "higher", "1 - Tanimoto", protocol
            yield f"{name}: {HELD_OUT}", theirs, "higher", "1 - Tanimoto", f"{len(real):,} held-out molecules"


def _known(documents: Sequence[str]) -> set[str]:
    """The canonical SMILES of training molecules. Of very many a thousand are looked at: where none is spelled otherwise, all stay as they are."""
    some = documents[:: max(1, len(documents) // LOOKED_AT)]
    if len(documents) > FEW and all(canonical(each) == each for each in some):
        return set(documents)
    return {found for each in documents if (found := canonical(each)) is not None}


def _patterns(source: type[MoleculeData]) -> tuple[tuple[str, ...], str]:
    """The patterns of MOSES's filters, and why there are none."""
    try:
        return source.filters(), ""
    except Refusal as reason:
        return (), str(reason)


def _filtered(
    made: Described, data: Dataset, patterns: Sequence[str], why_not: str, protocol: str
) -> Iterator[Measured]:
    if not patterns:
        yield FILTERS, None, "higher", "share of the valid", why_not
        return
    yield FILTERS, clopper_pearson(sum(made.passes), len(made.passes)), "higher", "share of the valid", protocol
    chosen = np.random.default_rng(1).permutation(len(data.test.documents))[:1000]
    real = described([data.test.documents[i] for i in chosen], patterns).passes
    told = f"{len(real):,} held-out molecules"
    yield f"{FILTERS}: {HELD_OUT}", clopper_pearson(sum(real), len(real)), "higher", "share", told


def _beside(
    made: Described, known: Reference, name: str, protocol: str, wanted: Callable[[str], bool]
) -> Iterator[Measured]:
    """What is like a set of held-out molecules, `known`, and how far properties are from it."""
    told = f"{protocol}; beside {known.n:,} molecules of the {name or 'held-out split'}"
    called = {each: f"{each}: {name}" if name else each for each in BESIDE}
    if wanted("SNN"):
        yield called["SNN"], nearest_likeness(made.prints, known.prints), "higher", "Tanimoto", told
    for each, found, counts in (
        ("Frag", made.fragments, known.fragments),
        ("Scaf", [(one,) if one else () for one in made.scaffolds], known.scaffolds),
    ):
        if wanted(each):
            yield called[each], likeness_of_counts(found, counts), "higher", "cosine", told
    for column, each in enumerate(PROPERTIES):
        if wanted(each):
            apart = distance(made.properties[:, column], known.properties[:, column])
            yield called[each], apart, "lower", UNITS[each], f"{told}; Wasserstein's distance"


@dataclass(frozen=True)
class Reference:
    """A set of held-out molecules: fingerprints (n, 128), properties (n, 4), and how often fragments and scaffolds occur."""

    prints: np.ndarray
    properties: np.ndarray
    fragments: Mapping[str, int]
    scaffolds: Mapping[str, int]

    @property
    def n(self) -> int:
        """How many molecules."""
        return len(self.prints)

    @classmethod
    def of(cls, name: str, smiles: Sequence[str]) -> Reference:
        """Described once, then read from the cache: of 176,000 molecules that takes some minutes."""
        digest = hashlib.sha256("\n".join(smiles).encode()).hexdigest()
        kept = drawn_once(
            f"{'-'.join(name.split())}-described",
            {"smiles": digest, "reading": READING, "rdkit": version()},
            lambda: _kept(described(smiles)),
        )
        told = json.loads(kept["told"].tobytes())
        return cls(kept["prints"], kept["properties"], told["fragments"], told["scaffolds"])


def _kept(found: Described) -> dict[str, np.ndarray]:
    scaffolds = counted([(each,) if each else () for each in found.scaffolds])
    told = json.dumps({"fragments": counted(found.fragments), "scaffolds": scaffolds})
    return {
        "prints": found.prints,
        "properties": found.properties,
        "told": np.frombuffer(told.encode(), np.uint8),
    }
