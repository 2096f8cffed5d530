"""Music as words, by which copies are found whatever key they are in; and passages that a model is to go on from.

A word is a step: the pitches of its voices, counted from the lowest one of the step before. So a run of words that two pieces share
is the same passage, moved by any number of semitones; that a note begins again or goes on makes no difference.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from genmodels.kinds.music.lines import held
from genmodels.kinds.music.notation import HIGHEST, LONGEST, Piece, is_given, piece_of
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.tokens import Tokens

REST = 99
WORD = re.compile(r"([+-]\d{1,3}):((?:\d{1,3}|–)(?:\.(?:\d{1,3}|–)){3})")


def words(document: str) -> list[str]:
    """A step after another, such as "+0:24.16.7.0": how far the lowest voice moved, and the voices above it; "–" is a rest."""
    pitches = abs(piece_of(document).score.astype(int))
    lowest = np.where(pitches > 0, pitches, 999).min(axis=1, initial=999)
    before = np.concatenate([lowest[:1], lowest[:-1]])
    rest = (lowest == 999) | (before == 999)
    moved = np.where(rest, 0, lowest - before)
    above = np.where(pitches > 0, pitches - lowest[:, None], REST)
    return list(_named(np.column_stack([moved, above]).astype(np.int16).tobytes()))


@lru_cache(maxsize=512)  # a piece stands in a set in many keys, one after the other
def _named(rows: bytes) -> tuple[str, ...]:
    """The words of rows of int16: the move of the lowest voice, and four voices above it."""
    table = np.frombuffer(rows, np.int16).reshape(-1, 5).tolist()
    return tuple(
        f"{moved:+d}:{'.'.join('–' if each == REST else str(each) for each in voices)}" for moved, *voices in table
    )


def sounded(told: str, lowest: int = 48) -> Piece | None:
    """The steps that words of music tell, separated by spaces, the first with its lowest voice at a MIDI pitch; None for other texts."""
    steps = []
    for word in told.split()[:LONGEST]:
        if (found := WORD.fullmatch(word)) is None:
            return None
        lowest = min(max(lowest + int(found[1]), 1), 100)
        steps.append([0 if each == "–" else min(lowest + int(each), HIGHEST) for each in found[2].split(".")])
    line = np.array(steps, np.int16).reshape(-1, 4)
    return Piece(np.stack([held(line[:, voice]) for voice in range(4)], axis=1)) if len(line) else None


def beginnings(part: Texts, tokens: Tokens, length: int, n: int, seed: int) -> list[np.ndarray]:
    """The first `length` tokens of up to n different pieces, drawn from the seed: a model of music begins at a beginning.

    Pieces before which a voice stands are left out, and of one piece in several keys all but one.
    """
    found: dict[tuple[str, ...], np.ndarray] = {}
    for place in np.random.default_rng([seed, 2]).permutation(len(part.documents)):
        document = part.documents[place]
        if len(found) >= n:
            break
        beginning = document[:length]
        if len(beginning) == length and not is_given(document) and not tokens.unknown(beginning):
            found.setdefault(tuple(words(document)), tokens.encode(beginning))
    return list(found.values())


def pieces(part: Texts) -> list[str]:
    """The documents of a split before which no voice stands, each in one key only."""
    found: dict[tuple[str, ...], str] = {}
    for document in part.documents:
        if not is_given(document):
            found.setdefault(tuple(words(document)), document)
    return list(found.values())
