"""Filling a gap by a model that learned from documents with their middle last (`kinds.code.middle`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from genmodels.kinds.code.middle import MARKS, asked
from genmodels.kinds.text.decoding import Decoding
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.trained.writer import TextGenerator

LEAST_ROOM = 8  # tokens of the context that are left for the middle


def fill(
    generator: TextGenerator, before: str, behind: str, *, n: int, seed: int, decoding: Decoding | None = None
) -> list[str]:
    """n texts that could stand between two others; text i has the seed `seed + i`.

    None is longer than what is left of the context. Raises `Refusal` where a model does not know the marks of such
    documents, or what is given leaves no room. Whether it was trained on such documents is a knob of its data set ("middle").
    """
    if unknown := [mark for mark in MARKS if generator.tokens.unknown(mark)]:
        raise Refusal(
            f"This model has no token for {len(unknown)} of the {len(MARKS)} marks of a gap; train one on python-code with the setting middle above 0."
        )
    prompt = asked(before, behind)
    room = generator.context - len(generator.tokens.encode(prompt)) - 1
    if room < LEAST_ROOM:
        raise Refusal(
            f"What is before and behind the gap leaves {max(room, 0)} of {generator.context} tokens; give less, so that {LEAST_ROOM} are left."
        )
    how = decoding or Decoding(watermark="none")
    texts = generator.sample(n, seed=seed, given=[prompt], decoding=replace(how, length=min(how.length, room)))
    return [str(each)[len(prompt) :] for each in texts]
