"""Looking for molecules like a given one whose number is better: many are written, and the best are chosen.

In every round the molecules kept so far are written in some spelling and cut somewhere, and the model writes on. What is
then a molecule, is as like the given one as was asked (Tanimoto), and has a better number, is kept for the next round.

Nothing is learned and nothing is known of what a molecule does: the number (QED, logP) is computed from its structure,
and the more are written, the more a number is found that flatters it. What stands here is a search, not a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from genmodels.kinds.molecule.chemistry import canonical, fingerprints, spellings
from genmodels.kinds.molecule.likeness import likeness
from genmodels.kinds.molecule.properties import GOALS, goal
from genmodels.kinds.text.decoding import Decoding
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.trained.writer import TextGenerator

A_ROUND = 256  # molecules that are written in a round
KEPT = 16  # molecules that are written on from
LEAST, MOST = 0.2, 0.9  # of a spelling, that stays as it is
FIRST_CUT = 2  # characters that always stay


@dataclass(frozen=True)
class Better:
    """A molecule that was found: its number, and how like the given one it is."""

    smiles: str
    value: float
    likeness: float
    seed: int


@dataclass(frozen=True)
class Search:
    """What is asked: `name` is one of GOALS, `higher` whether more of it is better, `least` the likeness, 0 to 1."""

    smiles: str
    name: str = "qed"
    higher: bool = True
    least: float = 0.4
    rounds: int = 4
    seed: int = 0
    temperature: float = 1.0


@dataclass(frozen=True)
class Progress:
    """After a round: how many were written, were molecules, other than the given one and like enough; the best, best first."""

    start: float
    written: int = 0
    valid: int = 0
    alike: int = 0
    best: tuple[Better, ...] = ()


def improved(model: TextGenerator, asked: Search) -> Iterator[Progress]:
    """What is known after each round; raises `Refusal` for what is no molecule or can't be written by this model."""
    given = canonical(asked.smiles)
    if asked.name not in GOALS:
        raise Refusal(f"The goal is {asked.name!r}; choose one of: {', '.join(GOALS)}.")
    start = None if given is None else goal(given, asked.name)
    if given is None or start is None:
        raise Refusal(
            f"{asked.smiles[:80]!r} is no molecule that RDKit reads; give its SMILES, such as CC(=O)Oc1ccccc1."
        )
    if unread := model.prompt(given)[1]:
        raise Refusal(f"The model can't write {given[:80]!r}: {unread}")
    if len(given) >= model.context - 1:
        raise Refusal(f"The molecule has {len(given)} characters; the model writes at most {model.context - 1}.")
    known, found, sign = fingerprints([given]), dict[str, Better](), 1 if asked.higher else -1
    now, rng = Progress(start), np.random.default_rng([asked.seed, 17])
    for number in range(asked.rounds):
        first = asked.seed + number * A_ROUND
        texts = _written_on(model, [given, *(each.smiles for each in now.best[:KEPT])], asked, first, rng)
        molecules = {smiles: first + i for i, text in enumerate(texts) if (smiles := canonical(text)) is not None}
        others = [each for each in molecules if each != given and each not in found]
        alike = likeness(fingerprints(others), known)[:, 0] if others else np.zeros(0)
        for smiles, near in zip(others, alike, strict=True):
            value = goal(smiles, asked.name)
            if near >= asked.least and value is not None:
                found[smiles] = Better(smiles, value, float(near), molecules[smiles])
        valid = sum(canonical(text) is not None for text in texts)
        best = sorted(found.values(), key=lambda each: -sign * each.value)
        better = tuple(each for each in best if sign * each.value > sign * start)
        now = replace(now, written=now.written + len(texts), valid=now.valid + valid, alike=len(found), best=better)
        yield now


def _written_on(
    model: TextGenerator, parents: list[str], asked: Search, seed: int, rng: np.random.Generator
) -> list[str]:
    """The texts of a round, each begun with a part of a parent: every other one in another spelling."""
    begun = []
    for number in range(A_ROUND):
        text = parents[number % len(parents)]
        if number % 2:
            text = spellings(text, 2, int(rng.integers(2**31)))[-1]
        if model.prompt(text)[1] or len(text) >= model.context - 1:
            text = asked.smiles if number % 2 == 0 else parents[0]
        cut = int(np.clip(round(len(text) * rng.uniform(LEAST, MOST)), min(FIRST_CUT, len(text)), len(text)))
        begun.append(text[:cut])
    decoding = Decoding(length=model.context - 1, temperature=asked.temperature, watermark="none")
    return [str(each) for each in model.sample(len(begun), seed=seed, given=begun, decoding=decoding)]
