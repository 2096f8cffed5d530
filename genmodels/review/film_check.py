"""The marks in the frames of a film: the watermark in their mean, and the ledger by the print of each frame that is looked at.

A film is foreign until its marks are read: it is decoded in a caged process alone (`intake.caged_films`).
"""

from __future__ import annotations

import hashlib
from typing import Any

from PIL import Image

from genmodels.intake.caged_films import read_for_marks
from genmodels.kinds.image import fingerprint
from genmodels.provenance import ledger
from genmodels.provenance.book import Book, Match
from genmodels.provenance.own_marks import ledger_of, watermark_of

Part = dict[str, Any]


def marks_in_frames(content: bytes, name: str) -> dict[str, Part]:
    """ "watermark" and "ledger" of a film, as those of a picture; raises `Refusal` for one that can't be decoded.

    A mark of a part of a film is found as far as the mean of all frames shows it; what was not decoded is said.
    """
    frames = read_for_marks(content, name)
    prints = [fingerprint.of_picture(frame) for frame in frames.some]
    book = ledger.book()
    match = _nearest(book, prints)
    mark = watermark_of(Image.fromarray(frames.mean), match)
    plain = not any(map(fingerprint.telling, prints))
    found = ledger_of(book, book.picture("", hashlib.sha256(content).hexdigest()) or match, plain=plain)
    return {"watermark": mark | _partly(mark, frames.ended), "ledger": found}


def _nearest(book: Book, prints: list[str]) -> Match | None:
    """The entry that is nearest to any of the frames; what a drawing was begun from counts last."""
    matches = [match for each in prints if (match := book.picture(each)) is not None]
    return min(matches, key=lambda match: (match.begun, not match.keyed, match.distance), default=None)


def _partly(mark: Part, ended: str) -> Part:
    """That a film was looked at in part, where nothing else has to be said."""
    return {"reason": f"looked at in part: {ended}"} if ended and not mark["reason"] else {}
