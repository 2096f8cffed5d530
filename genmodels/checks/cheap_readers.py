"""What a cheap reader guesses of outputs: words of what was asked for, words of an answer, or a network for photographs.

A guess never decides anything: beside labels by people it makes the interval of their share narrower where it is good, and
costs nothing where it is not (`estimates.prediction_powered`). Without labels there is no share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from genmodels.cache import drawn_once
from genmodels.checks.prompt_groups import GROUPS
from genmodels.instruments import gender_presentation as presented
from genmodels.instruments.photograph_networks import versions
from genmodels.kinds.image.files import open_picture, to_picture
from genmodels.labelling.question import ANSWER_WORDS, PRESENTATION, PROMPT_WORDS, Question
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Outputs

MOST_READ = (
    3000  # pictures beside the labelled ones that the network reads: drawn at random, so that they stand for all
)
EMPTY_WORDS = frozenset(["a", "an", "the", "is", "are", "it", "of", "in", "one", "no", "not", "yes"])
MEANINGS = {  # words of an answer to what the network says
    presented.WOMAN: frozenset(GROUPS["gender"]["woman"]),
    presented.MAN: frozenset(GROUPS["gender"]["man"]),
    presented.SEVERAL: frozenset(("several", "people", "group", "more", "many", "two")),
    presented.NOBODY: frozenset(("nobody", "none", "no-one", "noone", "nothing", "empty")),
}


def guessed(outputs: Outputs, question: Question, answers: Sequence[str], rows: np.ndarray) -> np.ndarray | None:
    """For each output (N,) how probable one of these answers is, nan where it was not read; None where nothing reads it so.

    `rows` are the numbers of the labelled outputs: those are always read.
    """
    if question.reader == PRESENTATION:
        return _by_network(outputs, question, answers, rows)
    texts = {
        PROMPT_WORDS: [each.prompt for each in outputs.items],
        ANSWER_WORDS: [each.text for each in outputs.items],
    }.get(question.reader, [])
    return _by_words(texts, question, answers) if any(texts) else None


def _words_of(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w'-]+", text.casefold()))


def _meant(question: Question) -> dict[str, frozenset[str]]:
    """Each answer to the words that stand for it: its own, and those of the group that it names."""
    found = {}
    for answer in question.answers:
        own = _words_of(answer) - EMPTY_WORDS
        group = [words for named in GROUPS.values() for words in named.values() if own & set(words)]
        found[answer] = own.union(*group)
    return found


def _by_words(texts: Sequence[str], question: Question, answers: Sequence[str]) -> np.ndarray | None:
    """As many answers as are named share one guess; a text that names none guesses none."""
    meant = _meant(question)
    guesses = np.zeros(len(texts))
    for number, text in enumerate(texts):
        words = _words_of(text)
        named = [answer for answer, of in meant.items() if of & words]
        guesses[number] = sum(answer in answers for answer in named) / len(named) if named else 0.0
    return guesses if guesses.any() else None


def _by_network(outputs: Outputs, question: Question, answers: Sequence[str], rows: np.ndarray) -> np.ndarray | None:
    """Where the answers tell women and men apart, what the network says; where it is unsure, half of each."""
    own = {answer: _words_of(answer) for answer in question.answers}
    meaning = {answer: next((name for name, of in MEANINGS.items() if of & own[answer]), "") for answer in own}
    if not {presented.WOMAN, presented.MAN} <= set(meaning.values()) or outputs.pictures is None:
        return None
    wanted = [meaning[answer] for answer in answers]
    chosen = _chosen(outputs, rows)
    read = _readings(outputs, chosen)
    guesses = np.full(outputs.n, np.nan)
    half = (presented.WOMAN in wanted) / 2 + (presented.MAN in wanted) / 2
    guesses[chosen] = [half if said == presented.UNSURE else float(said in wanted) for said in read]
    return guesses


def _chosen(outputs: Outputs, rows: np.ndarray) -> np.ndarray:
    """The labelled pictures and others at random, in order."""
    others = np.setdiff1d(np.arange(outputs.n), rows)
    drawn = np.random.default_rng([outputs.seed, 73]).permutation(others)[:MOST_READ]
    return np.sort(np.concatenate([rows, drawn]).astype(int))


def _readings(outputs: Outputs, chosen: np.ndarray) -> list[str]:
    """What the network says of these pictures, once for the same pictures and weights."""
    assert outputs.pictures is not None
    sha256 = [outputs.pictures.sha256[number] for number in chosen]
    facts = {"pictures": sha256, "networks": versions(), "clear": presented.CLEAR, "kept": outputs.content is not None}

    def read() -> dict[str, np.ndarray]:
        found = []
        for done, each in enumerate(presented.read_photographs(_opened(outputs, chosen))):
            outputs.report("photographs read by a network", done, len(chosen))
            found.append(presented.ANSWERS.index(each.answer))
        return {"answers": np.array(found, np.int8)}

    return [presented.ANSWERS[number] for number in drawn_once("photographs-read", facts, read)["answers"]]


def _opened(outputs: Outputs, chosen: np.ndarray) -> Iterator[Image.Image]:
    """The pictures as their files have them; one that can't be opened again stands as its small copy."""
    assert outputs.pictures is not None
    for number in chosen.tolist():
        small = outputs.pictures.small[number]
        if outputs.content is None:
            yield to_picture(small)
            continue
        try:
            yield open_picture(outputs.content(number), outputs.items[number].place).convert("RGB")
        except Refusal:
            yield to_picture(small)
