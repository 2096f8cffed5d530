"""What data sets of molecules share: SMILES made canonical and bounded, whole scaffolds held out, several spellings of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from genmodels.cache import counting
from genmodels.data.moses_files import moses_filters
from genmodels.data.text_data import TextData, context_knob, unit_knob
from genmodels.kinds.molecule.chemistry import canonical, scaffold, spellings
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
    training: ClassVar[type[Texts]] = Aligned

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


def readable(smiles: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """(canonical SMILES, scaffold, "") of each that is one molecule of at most `LONGEST` characters.

    Mixtures and salts, which are several molecules, are left out. A molecule without rings is a family of its own.
    """
    for each in counting("molecules read", smiles):
        found = canonical(each)
        if found is not None and "." not in found and len(found) <= LONGEST:
            yield found, scaffold(found) or found, ""
