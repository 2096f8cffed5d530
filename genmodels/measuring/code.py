"""The measures of a model that completes functions: problems solved, what a linter says, and what is copied from where.

It is given the signature of a problem, with its docstring where its training text has docstrings, and writes on; what it wrote
is cut where the function ends. Programs run in the cage (`jobs.programs`) and nowhere else. Beside it stand two that learned
nothing: a 5-gram that is given the same, and the training functions whose words are most like the prompt's, renamed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genmodels.checks.copied_code import Sources
from genmodels.checks.copied_passages import LEAST_WORDS, Chance
from genmodels.data.dataset import Dataset
from genmodels.data.problems import Problem, own_problems
from genmodels.estimates.clustered import effective_number
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.passing import pass_rate
from genmodels.estimates.prediction_powered import share
from genmodels.jobs.programs import Programs
from genmodels.kinds.code.functions import first_function, renamed, words
from genmodels.kinds.code.judging import KNOWN, MISSED, Judged, judged
from genmodels.kinds.code.middle import is_middle_last
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.ngram import NGram
from genmodels.kinds.text.tokens import Tokens

if TYPE_CHECKING:
    from genmodels.trained.writer import TextGenerator

Measured = tuple[str, Estimate | None, str, str, str]  # name, estimate, which way is better, unit, protocol
FLOOR, NEAREST, HELD_OUT = "5-gram", "nearest training functions", "held-out functions"
ATTEMPTS, LENGTH, TEMPERATURE = 10, 160, 0.8  # of a problem; tokens of one
PASSES = {1: "pass@1", ATTEMPTS: f"pass@{ATTEMPTS}"}
LINTED = ("functions parse", "functions compile", "names are given", "insecure patterns")
COPIED = "functions copied"
OF_CODE = (*PASSES.values(), *LINTED, COPIED)
MOST_HELD_OUT = 300
DOCUMENTED = re.compile(r"(?:@.*\n)*(?:async )?def [^\n]*:\s*\n\s*[rR]?(?:\"\"\"|\'\'\')")
TYPES = "types are not checked: the functions of the training text say no types, and alone they have lost what their names are"


@dataclass(frozen=True)
class Attempts:
    """Programs that were written for problems, n for each of m."""

    programs: tuple[tuple[str, ...], ...]

    @property
    def all(self) -> list[str]:
        """Those of the first problem, then those of the second, and so on."""
        return [each for few in self.programs for each in few]

    def problems(self) -> np.ndarray:
        """The number of the problem (m * n,) of each of `all`."""
        return np.repeat(np.arange(len(self.programs)), [len(few) for few in self.programs])


def measure_code(
    generator: TextGenerator,
    data: Dataset,
    n: int,
    seed: int,
    wanted: Callable[[str], bool],
    *,
    docstrings: bool | None = None,
    problems: Sequence[Problem] = (),
) -> Iterator[Measured]:
    """Every measure whose name is `wanted`, of at least 10 attempts at each problem (the project's own where none are given).

    `docstrings`: are they given too? None: where the training text has some.
    """
    docstrings = has_docstrings(data.train.documents) if docstrings is None else docstrings
    asked = tuple(problems) or own_problems()
    attempts = max(ATTEMPTS, n // len(asked))
    ours = written(generator, asked, attempts, seed, docstrings)
    floor = Attempts(())
    if any(map(wanted, (*PASSES.values(), *LINTED))):
        gram = NGram(data.train.tokens, len(data.spec.vocabulary))
        floor = counted_on(gram, generator.tokens, asked, attempts, seed, docstrings)
    given = "signature and docstring" if docstrings else "the signature alone"
    protocol = f"{len(asked)} problems, {attempts} attempts at each, given {given}, temperature {TEMPERATURE:g}"
    if any(map(wanted, PASSES.values())):
        nearest = Nearest(data.train).attempts(asked, attempts)
        for name, few in (("", ours), (f": {FLOOR}", floor), (f": {NEAREST}", nearest)):
            yield from passing(asked, few, name, protocol)
    if any(map(wanted, LINTED)):
        for name, few in (("", ours), (f": {FLOOR}", floor)):
            yield from linted(judged(few.all), few.problems(), name, protocol)
        held_out = held_out_functions(data.test, seed)
        families = np.unique([family for _, family in held_out], return_inverse=True)[1]
        said = f"{len(held_out)} held-out functions, interval for other files"
        yield from linted(judged([text for text, _ in held_out]), families, f": {HELD_OUT}", said)
    if wanted(COPIED):
        yield from copying(ours, data, seed, protocol)


def has_docstrings(documents: Sequence[str]) -> bool:
    """Has at least one in ten of up to 200 training functions a docstring?"""
    documents = [each for each in documents if not is_middle_last(each)]
    few = [documents[i] for i in np.unique(np.linspace(0, len(documents) - 1, 200).astype(int))]
    return sum(bool(DOCUMENTED.match(each)) for each in few) >= len(few) / 10


def prompt_of(problem: Problem, docstrings: bool) -> str:
    """What a model is given of a problem, without a line break at its end."""
    return (problem.prompt if docstrings else problem.signature).rstrip()


def written(
    generator: TextGenerator, problems: Sequence[Problem], attempts: int, seed: int, docstrings: bool
) -> Attempts:
    """The attempts of a model; each has a seed of its own."""
    prompts = [prompt_of(each, docstrings) for each in problems for _ in range(attempts)]
    decoding = Decoding(length=min(LENGTH, generator.context), temperature=TEMPERATURE, watermark="none")
    texts = generator.sample(len(prompts), seed=seed, given=prompts, decoding=decoding)
    cut = [first_function(str(text), len(prompt)) for text, prompt in zip(texts, prompts, strict=True)]
    return Attempts(tuple(tuple(cut[at : at + attempts]) for at in range(0, len(cut), attempts)))


def counted_on(
    gram: NGram,
    tokens: Tokens,
    problems: Sequence[Problem],
    attempts: int,
    seed: int,
    docstrings: bool,
    *,
    length: int = LENGTH,
    temperature: float = TEMPERATURE,
) -> Attempts:
    """The attempts of a 5-gram that is given the same; none has more tokens than `length`."""
    rng, found = np.random.default_rng([seed, 3]), []
    for problem in problems:
        prompt = prompt_of(problem, docstrings)
        start = np.concatenate([[0], tokens.encode("".join(c for c in prompt if not tokens.unknown(c)))])
        few = []
        for _ in range(attempts):
            row = _grown(gram, start, rng, length, temperature)
            few.append(first_function(prompt + tokens.decode(row[len(start) :]), len(prompt)))
        found.append(tuple(few))
    return Attempts(tuple(found))


def _grown(gram: NGram, start: np.ndarray, rng: np.random.Generator, length: int, temperature: float) -> np.ndarray:
    row = start.tolist()
    for _ in range(length):
        p = gram.following(np.array(row[-gram.order :])) ** (1 / temperature)
        token = int(rng.choice(gram.vocabulary, p=p / p.sum()))
        if token == 0:
            break
        row.append(token)
    return np.array(row, np.int32)


class Nearest:
    """The training functions whose words are most like those of a prompt: of rare words more (inverse document frequency)."""

    def __init__(self, train: Texts) -> None:
        files = train.families or ("",) * len(train.documents)
        both = [each for each in zip(train.documents, files, strict=True) if not is_middle_last(each[0])]
        self.documents, self.files = [document for document, _ in both], [file for _, file in both]
        self.words = [frozenset(words(each)) for each in self.documents]
        often = Counter(word for each in self.words for word in each)
        self.weight = {word: float(np.log(len(self.words) / count)) for word, count in often.items()}
        self.size = np.array([sum(self.weight[word] for word in each) for each in self.words]) + 1.0
        self.having: dict[str, list[int]] = {}
        for place, each in enumerate(self.words):
            for word in each:
                self.having.setdefault(word, []).append(place)

    def places(self, text: str, n: int) -> list[int]:
        """The n nearest by the weight of what is shared, as a share of the root of what the function has; first ones first."""
        score = np.zeros(len(self.documents))
        for word in set(words(text)) & self.having.keys():
            score[self.having[word]] += self.weight[word]
        return [int(each) for each in np.argsort(-score / np.sqrt(self.size), kind="stable")[:n]]

    def attempts(self, problems: Sequence[Problem], n: int) -> Attempts:
        """Of each problem the n nearest to its prompt, docstring and all, under its name."""
        return Attempts(
            tuple(
                tuple(renamed(self.documents[place], each.function) for place in self.places(each.prompt, n))
                for each in problems
            )
        )


def passing(problems: Sequence[Problem], attempts: Attempts, name: str, protocol: str) -> Iterator[Measured]:
    """pass@1 and pass@10, by running every attempt in the cage."""
    counts = passed(problems, attempts)
    n = len(attempts.programs[0])
    for k, measure in PASSES.items():
        yield measure + name, pass_rate(k, n, counts), "higher", "share of problems", f"{protocol}; run in a cage"


def passed(problems: Sequence[Problem], attempts: Attempts) -> list[int]:
    """Of each problem how many attempts answer all its questions rightly; equal attempts run once."""
    asked = list(
        dict.fromkeys((i, text) for i, few in enumerate(attempts.programs) for text in few)
    )  # what does not parse runs too, and ends at once
    with Programs() as programs:
        ran = list(programs.run([problems[i].program(text) for i, text in asked]))
    good = {key for key, each in zip(asked, ran, strict=True) if problems[key[0]].passes(each)}
    return [sum((i, text) in good for text in few) for i, few in enumerate(attempts.programs)]


def linted(found: Judged, clusters: np.ndarray, name: str, protocol: str) -> Iterator[Measured]:
    """What a linter says of texts (n,); those of one cluster (n,) are drawn together."""
    if len(found.parses) < 2:
        return
    patterns = np.array([bool(each) for each in found.insecure])
    knows = f"; bandit finds {len(KNOWN)} of {len(KNOWN)} planted patterns of kinds that it knows and 0 of {len(MISSED)} others"
    for measure, flags, better, told in (
        (LINTED[0], found.parses, "higher", ""),
        (LINTED[1], found.compiles, "higher", ""),
        (LINTED[2], found.named, "higher", f"; by pyflakes; {TYPES}"),
        (LINTED[3], patterns, "lower", knows),
    ):
        yield measure + name, share(flags.astype(float), clusters=clusters), better, "share", protocol + told


def held_out_functions(test: Texts, seed: int) -> list[tuple[str, str]]:
    """Up to 300 documents that no training saw, drawn from the seed, each with the file that it is of."""
    families = test.families or tuple(map(str, range(len(test.documents))))
    chosen = np.random.default_rng([seed, 4]).permutation(len(test.documents))[:MOST_HELD_OUT]
    return [(test.documents[i], families[i]) for i in chosen]


def copying(ours: Attempts, data: Dataset, seed: int, protocol: str) -> Iterator[Measured]:
    """How many functions repeat more of a training file than unseen ones do, and which passage is the longest."""
    sources = Sources(data)
    lengths = np.array([n for n in map(len, sources.numbers(ours.all)) if n >= LEAST_WORDS])
    if len(lengths) < 2:
        yield COPIED, None, "lower", "share", f"fewer than 2 functions have {LEAST_WORDS} words"
        return
    trust = sources.trust(lengths, seed)
    both = zip(sources.copied(ours.all, trust.unseen), ours.problems(), strict=True)
    found = [(each, problem) for each, problem in both if each is not None]
    longest = max((each for each, _ in found), key=lambda each: each.words)
    flags, problems = np.array([each.unusual for each, _ in found]), np.array([problem for _, problem in found])
    estimate = beyond_chance(trust.unseen, flags, problems)
    told = f"{protocol}; beyond chance. {trust.told()} The longest passage has {longest.words} words and is of {longest.file} ({longest.licence})"
    yield COPIED, estimate, "lower", "share", told


def beyond_chance(unseen: Chance, flags: np.ndarray, clusters: np.ndarray) -> Estimate:
    """The share of copies beyond chance among functions (n,) of which some are flagged, with the interval of as many as vary
    like these; those of one cluster (n,) are drawn together."""
    whole = unseen.estimate(int(flags.sum()), len(flags))
    n = max(1, round(effective_number(flags.astype(float), clusters)))
    few = unseen.estimate(round(float(flags.mean()) * n), n)
    return Estimate(whole.value, min(few.low, whole.value), max(few.high, whole.value), len(flags))
