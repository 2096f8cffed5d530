"""Functions that a model completed: read as code, held against what it learned from, run in the cage, and as files that leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from genmodels.checks.copied_code import Copied, Sources, Trust
from genmodels.checks.copied_passages import words
from genmodels.data.dataset import Dataset
from genmodels.data.problems import Problem, alike, own_problems
from genmodels.jobs.programs import Programs, Ran
from genmodels.kinds.code.functions import first_function
from genmodels.kinds.code.judging import Judged, judged
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.ngram import NGram
from genmodels.kinds.text.tokens import Tokens
from genmodels.measuring.code import FLOOR, NEAREST, Nearest, counted_on, prompt_of
from genmodels.provenance import way_out
from genmodels.provenance.claims import COMMENT
from genmodels.refusal import Refusal
from genmodels.registry import unknown

if TYPE_CHECKING:
    from genmodels.trained.writer import TextGenerator

MOST = 20  # functions at once
LEAST_ROOM = 8  # tokens of the context that a prompt leaves


def problem_named(name: str) -> Problem:
    """One of the project's problems; raises `Refusal` for a name that none has."""
    found = {each.function: each for each in own_problems()}
    if name not in found:
        raise Refusal(unknown("problem", name, list(found)))
    return found[name]


def how(temperature: float, length: int) -> Decoding:
    """How functions are written. No watermark is put in: it would draw equal beginnings on equally, so that attempts were not
    independent; the files say what made them, and the ledger knows them."""
    return Decoding(temperature=temperature, length=length, watermark="none")


def completed(
    model: TextGenerator, problem: Problem, *, docstring: bool, n: int, seed: int, decoding: Decoding
) -> list[str]:
    """n functions from the seeds `seed`, `seed + 1` ..., each cut where it ends; raises `Refusal` for a prompt that can't be read whole."""
    if not 1 <= n <= MOST:
        raise Refusal(f"n is {n}; ask for 1 to {MOST} attempts.")
    prompt = prompt_of(problem, docstring)
    tokens, unread = model.prompt(prompt)
    if unread or len(tokens) > model.context - LEAST_ROOM:
        why = unread or f"it has {len(tokens)} tokens, and the model reads {model.context}."
        raise Refusal(f"The model can't go on from this beginning: {why}")
    texts = model.sample(n, seed=seed, given=[prompt], decoding=decoding)
    return [first_function(str(text), len(prompt)) for text in texts]


@dataclass(frozen=True)
class Looked:
    """What is seen of texts (n,): what a linter says, the longest passage of each that a training file has (none where the text
    is short, or where there is nothing to compare with), how far that can be trusted, and what the model was given."""

    judged: Judged
    copied: tuple[Copied | None, ...]
    trust: Trust | None
    prompt: str

    def given(self, number: int) -> bool:
        """Is the longest passage of one of them a part of what the model was given?"""
        found = self.copied[number]
        return found is not None and f" {found.passage} " in f" {' '.join(words(self.prompt))} "

    def unusual(self, number: int) -> bool:
        """Does one of them share more with the training files than unseen functions do, by what the model itself wrote?"""
        found = self.copied[number]
        return found is not None and found.unusual and not self.given(number)


def looked_at(texts: Sequence[str], prompt: str, sources: Sources | None) -> Looked:
    """A linter reads them in a caged process; nothing of them is run."""
    found = judged(texts)
    if sources is None:
        return Looked(found, (None,) * len(texts), None, prompt)
    return Looked(found, tuple(sources.copied(texts, sources.usual.unseen)), sources.usual, prompt)


class Floors:
    """What completes functions and learned nothing: a 5-gram, and the training functions whose words are most like the prompt's."""

    def __init__(self, data: Dataset) -> None:
        self._data, self.licence = data, data.licence

    @cached_property
    def _gram(self) -> NGram:
        return NGram(self._data.train.tokens, len(self._data.spec.vocabulary))

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self._data.train)

    def attempts(
        self, problem: Problem, *, docstring: bool, n: int, seed: int, decoding: Decoding
    ) -> dict[str, list[str]]:
        """n attempts of each by its name, from the same beginning."""
        tokens = Tokens.of(self._data.spec)
        counted = counted_on(
            self._gram,
            tokens,
            [problem],
            n,
            seed,
            docstring,
            length=decoding.length,
            temperature=decoding.temperature,
        )
        return {FLOOR: counted.all, NEAREST: self._nearest.attempts([problem], n).all}

    def nearest(self, problem: Problem) -> tuple[str, str]:
        """The training function whose words are most like those of the prompt, as it is, and its file."""
        place = self._nearest.places(problem.prompt, 1)[0]
        return self._nearest.documents[place], self._nearest.files[place]


@dataclass(frozen=True)
class Answered:
    """How a function ended that was asked all questions of a problem, and which of its answers are right."""

    ran: Ran
    right: tuple[bool, ...]
    passed: bool


def answered(
    problem: Problem, texts: Mapping[str, Sequence[str]], report: Callable[[int, int], None]
) -> dict[str, list[Answered]]:
    """Every text run in the cage, equal ones once; `report` is told how many of how many. Raises `Refusal` where walls are missing."""
    programs = list(dict.fromkeys(text for few in texts.values() for text in few))
    found: dict[str, Answered] = {}
    with Programs() as cage:
        for text, ran in zip(programs, cage.run([problem.program(text) for text in programs]), strict=True):
            found[text] = Answered(ran, right_ones(problem, ran), problem.passes(ran))
            report(len(found), len(programs))
    return {name: [found[text] for text in few] for name, few in texts.items()}


def right_ones(problem: Problem, ran: Ran) -> tuple[bool, ...]:
    """Which questions of a problem were answered rightly."""
    given = ran.answers
    return tuple(i < len(given) and alike(given[i], right) for i, (_, right) in enumerate(problem.tests))


def marked_file(text: str, line: str, facts: Mapping[str, str]) -> way_out.TextFiles:
    """A function as a file of Python whose first line says what made it, and the signed statement; it is entered into the ledger."""
    whole = f"{COMMENT}{' '.join(line.split())}\n\n{text}"
    return way_out.texts([whole.encode(errors="replace").decode()], [facts])[0]
