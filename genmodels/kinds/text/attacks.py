"""What happens to texts on their way: changes that a mark should survive."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Texts = Sequence[str]  # human sentences, of which words and contexts are taken


def deleted(share: float) -> Callable[[str, Texts, np.random.Generator], str]:
    """That share of words left out."""
    return lambda text, human, rng: " ".join(word for word in text.split(" ") if rng.random() >= share)


def inserted(share: float) -> Callable[[str, Texts, np.random.Generator], str]:
    """A word of human text put in before that share of words."""

    def change(text: str, human: Texts, rng: np.random.Generator) -> str:
        words = human[int(rng.integers(len(human)))].split() or ["the"]
        return " ".join(
            part
            for word in text.split(" ")
            for part in ([words[int(rng.integers(len(words)))], word] if rng.random() < share else [word])
        )

    return change


def swapped(share: float) -> Callable[[str, Texts, np.random.Generator], str]:
    """That share of words replaced by words of human text."""

    def change(text: str, human: Texts, rng: np.random.Generator) -> str:
        words = human[int(rng.integers(len(human)))].split() or ["the"]
        return " ".join(
            words[int(rng.integers(len(words)))] if rng.random() < share else word for word in text.split(" ")
        )

    return change


def pasted(share: float) -> Callable[[str, Texts, np.random.Generator], str]:
    """The text within so much human text that it is that share of all characters."""

    def change(text: str, human: Texts, rng: np.random.Generator) -> str:
        needed, around = round(len(text) * (1 / share - 1)), ""
        while len(around) < needed:
            around += human[int(rng.integers(len(human)))] + "\n"
        around, cut = around[:needed], int(rng.integers(needed + 1))
        return f"{around[:cut]}\n{text}\n{around[cut:]}"

    return change


TEXTS: dict[str, Callable[[str, Texts, np.random.Generator], str]] = {
    "as it was": lambda text, human, rng: text,
    **{f"{share:.0%} of words deleted": deleted(share) for share in (0.05, 0.2, 0.5)},
    **{f"{share:.0%} of words inserted": inserted(share) for share in (0.05, 0.2, 0.5)},
    **{f"{share:.0%} of words swapped": swapped(share) for share in (0.05, 0.2, 0.5)},
    "pasted into human text, half of it": pasted(0.5),
    "pasted into human text, a tenth of it": pasted(0.1),
    "lower case": lambda text, human, rng: text.lower(),
    "white space made single": lambda text, human, rng: " ".join(text.split()),
}
