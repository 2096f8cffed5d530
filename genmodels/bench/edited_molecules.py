"""How often a molecule that was changed a little is still seen as a near copy: `python -m genmodels.bench.edited_molecules`.

The audit `rediscovery` calls near what has a Tanimoto likeness of 0.8 or more to a training molecule. What is changed here
is what a chemist would change first; that nothing was copied is known of held-out molecules. Prints two tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from genmodels.catalogue import table
from genmodels.checks.copied_molecules import NEAR
from genmodels.data.dataset import DATA, Dataset
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.kinds.molecule.chemistry import canonical, fingerprints, molecule, scaffold
from genmodels.kinds.molecule.likeness import likeness, nearest

N, SEED = 1000, 0
SIZES = {"up to 15 atoms": (0, 15), "16 to 25 atoms": (16, 25), "26 atoms and more": (26, 1000)}  # without hydrogen
# What is changed: a reaction (SMARTS), at one place that is drawn.
EDITS: Mapping[str, str] = {
    "a methyl more on a ring": "[cH:1]>>[c:1]C",
    "a fluorine more on a ring": "[cH:1]>>[c:1]F",
    "a halogen exchanged": "[Cl,Br,I:1][#6:2]>>F[#6:2]",
    "a nitrogen in a ring in place of a carbon": "[cH:1]>>[nH0:1]",
    "a carbon more in a chain": "[CH2;!R:1][#6:2]>>[CH2:1]C[#6:2]",
    "a methyl less": "[*:1][CH3]>>[*:1]",
    "an oxygen in place of a carbon": "[CH2;!R:1]([#6:2])[#6:3]>>[O:1]([#6:2])[#6:3]",
}


def edited(smiles: str, edit: str, rng: np.random.Generator) -> str | None:
    """The canonical SMILES after that edit at one of the places where it can be made; None where there is none."""
    from rdkit.Chem import MolToSmiles
    from rdkit.Chem.rdChemReactions import ReactionFromSmarts

    found = molecule(smiles)
    if found is None:
        return None
    made = ReactionFromSmarts(EDITS[edit]).RunReactants((found,))
    others = {canonical(MolToSmiles(each[0])) for each in made} - {None, canonical(smiles)}
    choices = sorted(each for each in others if each)
    return choices[rng.integers(len(choices))] if choices else None


def seen(originals: Sequence[str], copies: Sequence[str]) -> np.ndarray:
    """How like each copy (n,) is to its original."""
    prints = zip(fingerprints(originals), fingerprints(copies), strict=True)
    return np.array([likeness(a[None], b[None])[0, 0] for a, b in prints])


def found_again(data: Dataset, n: int, seed: int) -> Iterator[dict[str, str]]:
    """A row an edit: the share that is still near its original, of all molecules and by their size."""
    rng = np.random.default_rng(seed)
    documents = sorted(set(data.train.documents))
    some = [documents[i] for i in rng.permutation(len(documents))[:n]]
    sizes = {each: _atoms(each) for each in some}
    for edit in EDITS:
        pairs = [(each, copy) for each in some if (copy := edited(each, edit, rng)) is not None]
        alike = seen(*zip(*pairs, strict=True)) if pairs else np.zeros(0)
        atoms = np.array([sizes[each] for each, _ in pairs])
        inside = {name: (atoms >= low) & (atoms <= high) for name, (low, high) in SIZES.items()}
        yield {
            "changed": edit,
            "seen as near": _share(alike >= NEAR),
            **{name: _share(alike[which] >= NEAR) for name, which in inside.items()},
        }


def taken_for_near(data: Dataset) -> Iterator[dict[str, str]]:
    """Rows of molecules that nobody copied: held-out ones beside all training ones, whole scaffolds apart."""
    train, test = (sorted(set(part.documents)) for part in (data.train, data.test))
    _, alike = nearest(fingerprints(test), fingerprints(train))
    ringed = np.array([bool(scaffold(each)) for each in test])
    for name, which in (("with rings", ringed), ("without rings", ~ringed)):
        yield {"held-out molecules": name, "as near to a training molecule": _share(alike[which] >= NEAR)}


def _atoms(smiles: str) -> int:
    found = molecule(smiles)
    return int(found.GetNumAtoms()) if found is not None else 0


def _share(flags: np.ndarray) -> str:
    if not len(flags):
        return "none"
    share: Estimate = clopper_pearson(int(flags.sum()), len(flags))
    return f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}] of {share.n:,}"


def main() -> None:
    """Print both tables."""
    data = DATA["molecules"]().load()
    print(table(list(found_again(data, N, SEED))), table(list(taken_for_near(data))), sep="\n\n")


if __name__ == "__main__":
    main()
