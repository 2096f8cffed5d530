"""The marks of files that somebody else's model made: who signed them, and whether they say that a model made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.provenance import credentials, metadata
from genmodels.provenance.formats import format_of
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Outputs

MOST = 1000  # files whose marks are read: their shares are known to 3 %


@dataclass(frozen=True)
class Marks:
    """What one file carries: the state of its manifest, who signed it, and whether manifest or metadata say that a model made it."""

    place: str
    manifest: str  # absent, whole, broken, unreadable
    signer: str  # this machine, trusted, unknown; "" where nobody did
    signed_by: str
    says_generated: bool  # in a whole manifest
    says_in_metadata: tuple[str, ...]  # unsigned
    number: int = -1  # among the outputs


def read_marks(subject: Outputs) -> list[Marks]:
    """The marks of up to 1,000 files, drawn at random; a file that is gone carries none and is not among them."""
    chosen = np.sort(np.random.default_rng([subject.seed, 21]).permutation(subject.n)[:MOST])
    found = []
    for done, number in enumerate(chosen):
        subject.report("files", done, len(chosen))
        try:
            content = subject.content(int(number)) if subject.content else b""
        except Refusal:
            continue
        manifest, notes = credentials.read(content), metadata.notes(content, format_of(content))
        whole = manifest.state == "whole"
        found.append(
            Marks(
                subject.items[number].place,
                manifest.state,
                manifest.signer if manifest.state != "absent" else "",
                manifest.name if whole else "",
                whole and manifest.generated,
                tuple(str(note)[:120] for note in notes),
                int(number),
            )
        )
    return found


def signers(marks: Sequence[Marks]) -> str:
    """Who signed how many files, in words."""
    counts = Counter(each.signed_by or "a signer without a name" for each in marks if each.manifest == "whole")
    return ", ".join(f"{count:,} by {name}" for name, count in counts.most_common(3))
