"""A 5-gram of tokens: what a language model that learned nothing but short counts would know; the floor for all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.refusal import Refusal


@dataclass(frozen=True)
class NGram:
    """Counts of up to `order` tokens in a row, smoothed by Witten and Bell's interpolation (Bell, Cleary and Witten 1990):

        p(w | h) = (count(h w) + kinds(h) p(w | h')) / (count(h) + kinds(h))

    where kinds(h) is how many different tokens followed h, h' is h without its first token, and what comes before the
    shortest is 1 / vocabulary. `tokens` (n,) are whole numbers below `vocabulary`.
    """

    tokens: np.ndarray
    vocabulary: int
    order: int = 5

    def __post_init__(self) -> None:
        if self.vocabulary**self.order >= 2**63 or len(self.tokens) <= self.order:
            raise Refusal(
                f"{self.order}-grams of {self.vocabulary:,} tokens on a text of {len(self.tokens):,} can't be counted; use fewer tokens."
            )

    @cached_property
    def _counts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For 1 to `order` tokens in a row: the rows as sorted numbers, the first token the highest digit, and their counts."""
        return [
            np.unique(self._numbers(self.tokens, length), return_counts=True) for length in range(1, self.order + 1)
        ]

    @cached_property
    def _contexts(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """For 0 to `order` - 1 tokens: the contexts as sorted numbers, how often something followed, how many kinds did."""
        found = []
        for rows, counts in self._counts:
            contexts, first = np.unique(rows // self.vocabulary, return_index=True)
            found.append((contexts, np.add.reduceat(counts, first), np.diff([*first, len(rows)])))
        return found

    def _numbers(self, tokens: np.ndarray, length: int) -> np.ndarray:
        """(n - length + 1,): each run of so many tokens as one number."""
        places = len(tokens) - length + 1
        numbers = np.zeros(places, np.int64)
        for place in range(length):
            numbers = numbers * self.vocabulary + tokens[place : place + places]
        return numbers

    def log_likelihood(self, tokens: np.ndarray) -> np.ndarray:
        """Log probability (n - 1,) in nats of each token but the first, given up to `order` - 1 tokens before it."""
        tokens = np.asarray(tokens, np.int64)
        p = np.full(len(tokens) - 1, 1 / self.vocabulary)
        for length in range(1, min(self.order, len(tokens)) + 1):
            skipped = max(0, length - 2)  # the first tokens have no context that long
            numbers = self._numbers(tokens[1:] if length == 1 else tokens, length)
            count = _found(*self._counts[length - 1], numbers)
            contexts, followed, kinds = self._contexts[length - 1]
            times = _found(contexts, followed, numbers // self.vocabulary)
            different = _found(contexts, kinds, numbers // self.vocabulary)
            p[skipped:] = np.where(
                times > 0, (count + different * p[skipped:]) / np.maximum(times + different, 1), p[skipped:]
            )
        return np.log(p)

    def following(self, context: np.ndarray) -> np.ndarray:
        """The probability (vocabulary,) of each token after a context, of which the last `order` - 1 tokens count."""
        p = np.full(self.vocabulary, 1 / self.vocabulary)
        for length in range(min(len(context), self.order - 1) + 1):
            number = 0
            for token in context[len(context) - length :]:
                number = number * self.vocabulary + int(token)
            rows, counts = self._counts[length]
            low, high = np.searchsorted(rows, [number * self.vocabulary, (number + 1) * self.vocabulary])
            if high > low:
                p = p * (high - low)
                p[rows[low:high] % self.vocabulary] += counts[low:high]
                p /= counts[low:high].sum() + high - low
        return p

    def sample(self, rng: np.random.Generator, length: int, temperature: float = 1.0) -> np.ndarray:
        """The tokens of one document, which token 0 begins and ends, at most `length` of them."""
        written = [0]
        while len(written) <= length:
            p = self.following(np.array(written)) ** (1 / temperature)
            token = int(rng.choice(self.vocabulary, p=p / p.sum()))
            if token == 0:
                break
            written.append(token)
        return np.array(written[1:], np.int32)


def _found(numbers: np.ndarray, values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The value of each number that was asked for, 0 where it is not there."""
    place = np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)
    return np.where(numbers[place] == asked, values[place], 0)
