"""Code in Python: texts that can be parsed."""

from __future__ import annotations

from genmodels.kinds.kind import KINDS, Kind
from genmodels.kinds.text.about import facts, is_readable

KINDS.add("code")(
    Kind(
        "code",
        one="text",
        many="texts",
        makes="writes",
        begins="prompts and seeds",
        measured=200,
        tokens=True,
        example=lambda source: f"window of {source.context} tokens",
        sound=is_readable,
        facts=facts,
        language="python",
    )
)
