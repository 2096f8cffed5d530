"""Music in four voices: one document a piece, four tokens a step (`notation`)."""

from __future__ import annotations

from genmodels.kinds.kind import KINDS, Kind
from genmodels.kinds.music.about import facts
from genmodels.kinds.music.passages import beginnings, words
from genmodels.kinds.text.about import is_readable

KINDS.add("music")(
    Kind(
        "music",
        one="piece",
        many="pieces",
        makes="composes",
        begins="seeds",
        measured=100,
        tokens=True,
        example=lambda source: f"piece of up to {source.context // 4} steps in four voices",
        sound=is_readable,
        facts=facts,
        writer="music",
        words=words,
        copied=("piece", "step", "its training pieces"),
        passage=128,
        beginnings=beginnings,
    )
)
