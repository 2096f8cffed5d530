"""Whether a foreign spec is that of a text which a network here may be built for."""

from __future__ import annotations

from genmodels.kinds.kind import MAX_TOKEN, MAX_TOKENS
from genmodels.kinds.spec import Spec
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
