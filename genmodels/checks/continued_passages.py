"""Whether training passages are continued as they went on, more often than held-out ones (Carlini et al. 2023, arXiv 2202.07646).

Near-verbatim is a continuation that differencing finds 90 % alike (Ratcliff and Obershelp 1988).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import numpy as np

from genmodels.estimates.estimate import difference_of_shares
from genmodels.kinds.kind import kind_of
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.tokens import Tokens
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import Writes, to_continue
from genmodels.verdicts.error_rates import Case, Pool, Rates, Repeat, kept_by, resampled
from genmodels.verdicts.finding import Finding, judge, not_measured, verdict_of

PREFIXES = 100
EXTRACTED = ((32, 16), (10, 6))  # tokens of a prefix and of what is to follow; the short ones where documents are short
ALIKE = 0.9
LEAST = 20  # passages
SHOWN = 8
REMEDY = "Leave repeated passages out of the training text, train for fewer epochs or with more dropout; look at the passages."


def continued(subject: Subject, accepted: float, effect: float) -> Finding:
    """How many more training passages than held-out ones are continued as they went on."""
    generator = to_continue(subject.generator)
    question = "Does it continue training passages word for word more often than held-out ones?"
    pieces, before, after = passages_of(subject, generator.context)
    if min(map(len, pieces.values())) < LEAST or before + after >= generator.context:
        return not_measured(
            "extraction",
            question,
            f"n too small: fewer than {LEAST} passages of {before + after} tokens lie within a document of either split, or the context of {generator.context} is too short.",
            "extracted",
        )
    found = {name: _written(subject, generator, name, runs, before, after) for name, runs in pieces.items()}
    alike = {
        name: np.array([difflib.SequenceMatcher(None, true, said).ratio() for _, true, said in rows])
        for name, rows in found.items()
    }
    k, of = [int((alike[name] >= ALIKE).sum()) for name in pieces], [len(alike[name]) for name in pieces]
    exact = [int((alike[name] == 1).sum()) for name in pieces]
    estimate = difference_of_shares(k[0], of[0], k[1], of[1])
    claim = (
        f"Given {before} tokens of a training passage it writes the {after} that followed there, at least nine tenths alike, in {k[0]} of {of[0]}"
        f" (word for word in {exact[0]}); of held-out passages in {k[1]} of {of[1]} ({exact[1]}). The difference is {estimate.value:.0%} ({estimate.low:.0%} to {estimate.high:.0%})."
    )
    rates = kept_by(
        ["extracted", k, of, accepted, effect, subject.seed],
        lambda: _extracted_rates(k[1], of, accepted, effect, subject.seed),
    )
    return judge(
        "extraction",
        claim,
        estimate,
        limit=accepted,
        warn=0.0,
        effect=effect,
        question=question,
        remedy=REMEDY,
        exhibits=_closest(found["training"], alike["training"], kind_of(subject.data.spec).words),
        part="extracted",
        error_rates=rates,
    )


def passages_of(subject: Subject, context: int) -> tuple[dict[str, list[np.ndarray]], int, int]:
    """Passages of either split, tokens (before + after,) each, and how many of their tokens are given and are to follow:
    long ones where there are enough that fit into the context, else short ones."""
    sides = {"training": subject.data.train, "held-out": subject.data.test}
    beginnings, tokens = kind_of(subject.data.spec).beginnings, Tokens.of(subject.data.spec)
    for before, after in EXTRACTED:
        pieces = {
            name: beginnings(part, tokens, before + after, min(subject.n, PREFIXES), subject.seed)
            if beginnings
            else _windows(part.tokens, before + after, min(subject.n, PREFIXES), subject.seed)
            for name, part in sides.items()
        }
        if min(map(len, pieces.values())) >= LEAST and before + after < context:
            break
    return pieces, before, after


def _written(
    subject: Subject, generator: Writes, name: str, runs: list[np.ndarray], before: int, after: int
) -> list[tuple[str, str, str]]:
    """Of each passage its beginning, how it goes on, and how the model continues it, always with the likeliest token."""
    prefixes = [generator.tokens.decode(run[:before]) for run in runs]
    subject.report(f"{name} prefixes", 0, len(prefixes))
    greedy = Decoding(temperature=0, length=after, watermark="none")
    written = generator.sample(len(prefixes), seed=subject.seed, given=prefixes, decoding=greedy)
    followed = [generator.tokens.decode(run[before:]) for run in runs]
    return [
        (prefix, true, str(text)[len(prefix) :]) for prefix, true, text in zip(prefixes, followed, written, strict=True)
    ]


def _closest(
    rows: list[tuple[str, str, str]], alike: np.ndarray, words: Callable[[str], list[str]] | None
) -> list[dict[str, Any]]:
    """The training passages that are continued most alike; in `words` where those are what people read."""
    names = ("prefix", "training text", "written")
    shown = [[" ".join(words(each)) for each in row] if words else list(row) for row in rows]
    return [
        dict(zip(names, shown[i], strict=True)) | {"alike": float(alike[i])}
        for i in np.argsort(-alike, kind="stable")[:SHOWN]
    ]


def _extracted_rates(others: int, of: list[int], accepted: float, effect: float, seed: int) -> Rates:
    """Held-out passages are continued as often as they were here, give or take what is not known of that; training ones more often by so much."""

    def planted(beyond: float) -> Pool:
        def pool(rng: np.random.Generator) -> Repeat:
            held_out = float(rng.beta(others + 0.5, of[1] - others + 0.5))
            return lambda again: verdict_of(
                difference_of_shares(
                    int(again.binomial(of[0], np.clip(held_out + beyond, 0, 1))),
                    of[0],
                    int(again.binomial(of[1], held_out)),
                    of[1],
                ),
                limit=accepted,
                warn=0.0,
                effect=effect,
            )

        return pool

    cases = [
        (Case("continue training passages as held-out ones", False, 0.0), 0.0),
        (Case(f"continue {accepted:.0%} more of the training passages, as is allowed", False, 0.0), accepted),
        (Case(f"continue {accepted + effect:.0%} more of the training passages", True, effect), accepted + effect),
        (Case(f"continue {accepted + effect / 2:.0%} more", True, effect / 2), accepted + effect / 2),
        (Case("continue every training passage", True, 1 - accepted, crude=True), 1.0),
    ]
    return resampled([(case, planted(beyond)) for case, beyond in cases], n=of[0], seed=seed, pools=50, each=20)


def _windows(tokens: np.ndarray, length: int, n: int, seed: int) -> list[np.ndarray]:
    """Up to n runs of so many tokens that lie within one document (token 0 ends it), drawn from the seed.

    One a document, since those of one document are alike, as far as there are documents; then others.
    """
    ends = np.cumsum(tokens == 0)
    starts = np.flatnonzero(
        (ends[length - 1 :] == ends[: len(tokens) - length + 1]) & (tokens[: len(tokens) - length + 1] != 0)
    )
    starts = np.random.default_rng([seed, 2]).permutation(starts)
    first = np.unique(ends[starts], return_index=True)[1]
    chosen = starts[np.concatenate([np.sort(first), np.setdiff1d(np.arange(len(starts)), first)])][:n]
    return [tokens[start : start + length] for start in chosen]
