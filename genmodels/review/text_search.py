"""Looking for the mark in a text: with all vocabularies that write here, in both schemes, as it is and as it may have been.

Each search is counted: the p-value of the most telling one is to be multiplied by how many there were. Which forms of a
text are looked at depends on the text alone and not on the key, so that this holds for any text.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from genmodels import gallery
from genmodels.kinds.kind import kind_of
from genmodels.kinds.text import watermark as text_watermark
from genmodels.kinds.text.tokens import Tokens
from genmodels.provenance.keys import watermark_key_at_hand
from genmodels.provenance.text_mark import detect_in
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names


def detect_text(text: str) -> tuple[text_watermark.Detection | None, int]:
    """The most telling mark over all schemes and all vocabularies that this machine knows, and how many were searched."""
    return detect_in(
        text, vocabularies(), watermark_key_at_hand("text") or bytes(32)
    )  # without a key it is only seen whether the text is long enough


def vocabularies() -> list[Tokens]:
    """The different vocabularies of the runs that write."""
    found: dict[Any, Tokens] = {}
    for file in _fact_files():
        tokens = _tokens_of(file, file.stat().st_mtime_ns)
        if tokens is not None:
            found.setdefault(hash(tokens), tokens)
    return list(found.values())


def _fact_files() -> Iterator[Path]:
    yield from (gallery.GALLERY / name / "facts.json" for name in gallery_names())
    yield from (run.path / "facts.json" for run in RunStore.default() if (run.path / "facts.json").is_file())


@lru_cache(maxsize=512)
def _tokens_of(file: Path, changed: int) -> Tokens | None:
    try:
        spec = Run(file.parent).spec
        return Tokens.of(spec) if kind_of(spec).tokens else None
    except (Refusal, OSError, ValueError, KeyError, TypeError):
        return None
