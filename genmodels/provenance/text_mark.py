"""The mark in a text, looked for by given vocabularies: in both schemes, as the text is and as it may have been.

Each search is counted: the p-value of the most telling one is to be multiplied by how many there were. Which forms of a
text are looked at depends on the text alone and not on the key, so that this holds for any text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from genmodels.kinds.text import watermark as text_watermark
from genmodels.kinds.text.forms import forms
from genmodels.kinds.text.tokens import Tokens
from genmodels.provenance.keys import watermark_key

SURE = 0.001  # p-value below which a text is said to carry the mark


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
    return bool(
        text_watermark.detect(_encoded(text, tokens), watermark_key("text"), scheme).p_value <= SURE
    )  # nan where it is too short


def _encoded(text: str, tokens: Tokens) -> np.ndarray:
    """The tokens of a text without the letters that they can't write."""
    return tokens.encode(text.translate(dict.fromkeys(map(ord, tokens.unknown(text)))))
