"""What is asked of texts and code alike: may a network be built for a foreign spec, and what is known of a set?"""

from __future__ import annotations

from typing import Any

from genmodels.kinds.kind import MAX_TOKEN, MAX_TOKENS
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.tokens import Tokens

MAX_CONTEXT = 65_536  # tokens that a model may read at once


def is_readable(spec: Spec) -> bool:
    """Is the context a number of tokens, and are these whole? Their number and length are looked at before they are joined."""
    context = len(spec.shape) == 1 and type(spec.shape[0]) is int and 1 <= spec.shape[0] <= MAX_CONTEXT
    words = (*spec.vocabulary, *spec.merges)
    few = (
        len(spec.vocabulary) <= MAX_TOKENS
        and len(spec.merges) <= MAX_TOKENS
        and all(len(word) <= MAX_TOKEN for word in words)
    )
    return context and few and Tokens(spec.vocabulary, spec.merges).whole()


def facts(spec: Spec, train: Texts, test: Texts) -> dict[str, Any]:
    """Documents, characters and tokens of both splits, and the size of the vocabulary."""
    return {
        "classes": [],
        "captions": 0,
        "documents": [len(part.documents) for part in (train, test)],
        "characters": [part.characters for part in (train, test)],
        "tokens": [len(part.tokens) for part in (train, test)],
        "vocabulary": len(spec.vocabulary),
    }
