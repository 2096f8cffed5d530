"""Looking for the mark in a text: with all vocabularies that write here, in both schemes, as it is and as it may have been.

Each search is counted: the p-value of the most telling one is to be multiplied by how many there were. Which forms of a
text are looked at depends on the text alone and not on the key, so that this holds for any text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.provenance import text_watermark
from genmodels.provenance.keys import watermark_key, watermark_key_at_hand
from genmodels.provenance.text_forms import forms
from genmodels.refusal import Refusal
from genmodels.tokens import Tokens

SURE = 0.001  # p-value below which a text is said to carry the mark


def detect_text(text: str) -> tuple[text_watermark.Detection | None, int]:
    """The most telling mark over all schemes and all vocabularies that this machine knows, and how many were searched."""
    return detect_in(text, vocabularies(), watermark_key_at_hand("text") or bytes(32))  # without a key it is only seen whether the text is long enough


def detect_in(text: str, known: Sequence[Tokens], key: bytes) -> tuple[text_watermark.Detection | None, int]:
    """The most telling mark in any form of a text, by these vocabularies, None where it is too short; how many were searched."""
    found, searched, looked = [], 0, forms(text)
    for tokens in known:
        rows = {_encoded(form, tokens).astype(np.int32).tobytes() for form in looked}
        for row in sorted(rows):
            for scheme in text_watermark.WIDTH:
                searched += 1
                found.append(text_watermark.detect(np.frombuffer(row, np.int32), key, scheme))
    told = [each for each in found if not math.isnan(each.p_value)]
    return min(told, key=lambda each: each.p_value, default=None), searched


def p_value(text: str, known: Sequence[Tokens], key: bytes) -> float:
    """The probability, at most, that a text which knows nothing of the key looks so marked; 1 where it is too short."""
    found, searched = detect_in(text, known, key)
    return 1.0 if found is None else min(1.0, found.p_value * searched)


@lru_cache(maxsize=512)
def carries(text: str, tokens: Tokens, scheme: str) -> bool:
    """Is the mark of this machine, in this scheme, found in a text by the tokens that wrote it?"""
    if scheme not in text_watermark.WIDTH or not text:
        return False
    return bool(text_watermark.detect(_encoded(text, tokens), watermark_key("text"), scheme).p_value <= SURE)  # nan where it is too short


def _encoded(text: str, tokens: Tokens) -> np.ndarray:
    """The tokens of a text without the letters that they can't write."""
    return tokens.encode(text.translate(dict.fromkeys(map(ord, tokens.unknown(text)))))


def vocabularies() -> list[Tokens]:
    """The different vocabularies of the runs that write."""
    found: dict[Any, Tokens] = {}
    for file in _fact_files():
        tokens = _tokens_of(file, file.stat().st_mtime_ns)
        if tokens is not None:
            found.setdefault(hash(tokens), tokens)
    return list(found.values())


def _fact_files() -> Iterator[Path]:
    from genmodels.gallery import GALLERY
    from genmodels.runs import RunStore, gallery_names

    yield from (GALLERY / name / "facts.json" for name in gallery_names())
    yield from (run.path / "facts.json" for run in RunStore.default() if (run.path / "facts.json").is_file())


@lru_cache(maxsize=512)
def _tokens_of(file: Path, changed: int) -> Tokens | None:
    from genmodels.runs import Run

    try:
        spec = Run(file.parent).spec
        return Tokens.of(spec) if spec.kind in ("text", "code") else None
    except (Refusal, OSError, ValueError, KeyError, TypeError):
        return None
