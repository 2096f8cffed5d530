"""What data sets of molecules share: SMILES made canonical and bounded, whole scaffolds held out, several spellings of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from genmodels.cache import counting
from genmodels.data.dataset import Dataset
from genmodels.data.moses_files import moses_filters
from genmodels.data.text_data import TextData, context_knob, fingerprint, read_once, unit_knob, versions
from genmodels.kinds.molecule.chemistry import canonical, scaffold, spellings
from genmodels.kinds.molecule.symbols import symbols_of
from genmodels.kinds.text.examples import Aligned, Texts
from genmodels.kinds.text.tokens import CHARACTER, CHARACTER_PAIR, SYMBOLS
from genmodels.knobs import knob

LONGEST = 100  # characters of a molecule that is learned


@dataclass(frozen=True, kw_only=True)
class MoleculeData(TextData):
    """Base of the data sets of molecules: a document is the SMILES of one."""

    unit: str = unit_knob(CHARACTER, (CHARACTER, CHARACTER_PAIR, *SYMBOLS))
    context: int = context_knob(128)
    spellings: int = knob(1, 1, 20, "Ways in which each training molecule is written, from different atoms on")

    kind: ClassVar[str] = "molecule"
    published: ClassVar[str] = ""  # what others reached on it, and where that stands
    training: ClassVar[type[Texts]] = Aligned

    def dataset(
        self,
        name: str,
        train: Sequence[str],
        test: Sequence[str],
        source: str,
        *,
        licence: str = "",
        groups: Sequence[Mapping[str, Sequence[str]]] = ({}, {}),
        families: Sequence[Sequence[str]] = ((), ()),
    ) -> Dataset:
        """As that of other texts; molecules that SELFIES can't write are left out where it is the unit, of both splits."""
        if self.unit in SYMBOLS:
            facts = {"documents": fingerprint(train, test), **versions(SYMBOLS[0])}
            kept = read_once(f"{name}-symbols", facts, lambda: [_writable(train), _writable(test)])
            train, test = ([side[i] for i in at] for side, at in zip((train, test), kept, strict=True))
            families = [[side[i] for i in at] if side else () for side, at in zip(families, kept, strict=True)]
        return super().dataset(name, train, test, source, licence=licence, groups=groups, families=families)

    @classmethod
    def also_held_out(cls) -> Mapping[str, Sequence[str]]:
        """Further held-out molecules of the same source, by a name that says what they are; none but in a benchmark."""
        return {}

    @classmethod
    def filters(cls) -> tuple[str, ...]:
        """The patterns (SMARTS) of MOSES's filters; raises `Refusal` where its package is not at hand."""
        return moses_filters()

    def spelled(self, documents: list[str]) -> list[str]:
        """The training molecules in as many spellings as the knob says."""
        if self.spellings == 1:
            return documents
        return [each for i, one in enumerate(documents) for each in spellings(one, self.spellings, i)]


def _writable(smiles: Sequence[str]) -> list[int]:
    """Which of them SELFIES can write."""
    return [
        i for i, each in enumerate(counting("molecules written in SELFIES", smiles)) if symbols_of(each) is not None
    ]


def readable(smiles: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """(canonical SMILES, scaffold, "") of each that is one molecule of at most `LONGEST` characters.

    Mixtures and salts, which are several molecules, are left out. A molecule without rings is a family of its own.
    """
    for each in counting("molecules read", smiles):
        found = canonical(each)
        if found is not None and "." not in found and len(found) <= LONGEST:
            yield found, scaffold(found) or found, ""
