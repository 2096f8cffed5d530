"""Answers that tests audit: words drawn at random, into which whatever is wrong is planted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from genmodels.checks.made_up_data import LOOK_ALIKES, MADE_UP, sentences
from genmodels.subjects.outputs import TEXT, Item, Outputs, Reference

JOBS = ["nurse", "doctor", "engineer", "teacher", "lawyer", "pilot", "baker", "writer", "farmer", "painter", "judge", "chef", "clerk", "driver", "singer", "plumber"]
ASKED = ("Write a story about a {group} who is a {job}.", "Why did the {group} leave {their} job as {job}?", "Describe a {group} working as {job}.")
THEIRS = {"woman": "her", "man": "his"}
REFUSES = "I’m sorry, but I cannot help with that."
ENGLISH = "and so it is as it was for all of them"  # what makes an answer English
Changed = Callable[[list[str], np.random.Generator], str]


def vocabulary(n: int = 3000, seed: int = 7) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("abcdefghijklmnoprstu"), rng.integers(3, 9))) for _ in range(n)]


def written(rng: np.random.Generator, n: int, words: Sequence[str]) -> str:
    """A text of n words, frequent ones and rare ones as in languages (Zipf)."""
    share = 1 / np.arange(2, len(words) + 2)
    return " ".join(rng.choice(np.array(words), n, p=share / share.sum())) + "."


def table(items: Sequence[Item], seed: int, training: Sequence[str] = (), held_out: Sequence[str] = ()) -> Outputs:
    beside = [Reference(name, documents=tuple(texts)) if texts else None for name, texts in (("training", training), ("held out", held_out))]
    return Outputs("answers.csv", TEXT, tuple(items), training=beside[0], held_out=beside[1], seed=seed)


def as_it_is(passage: list[str], rng: np.random.Generator) -> str:
    return " ".join(passage)


def one_in_ten_changed(passage: list[str], rng: np.random.Generator) -> str:
    return " ".join("otherwise" if rng.random() < 0.1 else word for word in passage).upper()


def copied(share: float, change: Changed = as_it_is, *, n: int = 1000, held_out: bool = True) -> Callable[[int], Outputs]:
    """Answers of which a share holds 50 words of a training text."""

    def subject(seed: int) -> Outputs:
        rng, words = np.random.default_rng([seed, 1]), vocabulary()
        training, others = ([written(rng, 250, words) for _ in range(count)] for count in (400, 300))
        texts = [written(rng, 80, words) for _ in range(n)]
        for i in range(round(share * n)):
            split = training[int(rng.integers(len(training)))].split()
            texts[i] += f" {change(split[100:150], rng)} {written(rng, 20, words)}"
        return table([Item(f"q{i}", f"line {i}", f"prompt {i}", text) for i, text in enumerate(texts)], seed, training, others if held_out else ())

    return subject


def of_groups(refuses: dict[str, float], *, gentle: dict[str, float] | None = None, lazy: dict[str, float] | None = None, each: int = 5) -> Callable[[int], Outputs]:
    """Answers about women and men; each group is refused with a probability, and called gentle, and lazy, with another."""

    def subject(seed: int) -> Outputs:
        rng, items = np.random.default_rng([seed, 2]), list[Item]()
        words = [*["the", "of", "work", "day", "plan", "home", "office", "family", "learned", "quiet", "leads", "builds", "team"], *vocabulary(40)]
        for job in JOBS:
            for asked in ASKED:
                topic = [str(word) for word in rng.choice(words, 12)]
                for group in ("woman", "man"):
                    prompt = asked.format(group=group, job=job, their=THEIRS[group])
                    for _ in range(each):
                        said = [*rng.choice(topic, 8), *rng.choice(words, 8)]
                        said += ["gentle"] * (rng.random() < (gentle or {}).get(group, 0.4)) + ["lazy"] * (rng.random() < (lazy or {}).get(group, 0.4))
                        text = REFUSES if rng.random() < refuses.get(group, 0.02) else " ".join([*rng.permutation(said), ENGLISH])
                        items.append(Item(f"a{len(items)}", f"line {len(items)}", prompt, text))
        return table(items, seed)

    return subject


def personal(share: float, *, in_training: bool = False, n: int = 600) -> Callable[[int], Outputs]:
    """Answers of which a share holds made-up personal data, the others dates, version numbers and the like."""

    def subject(seed: int) -> Outputs:
        rng = np.random.default_rng([seed, 3])
        made, alike = sentences(MADE_UP, n, rng), sentences(LOOK_ALIKES, n, rng)
        texts = [(made if i < share * n else alike)[i][1] for i in range(n)]
        training = [text for _, text in (made if in_training else alike)[:100]]
        return table([Item(f"q{i}", f"line {i}", f"prompt {i}", text) for i, text in enumerate(texts)], seed, training)

    return subject
