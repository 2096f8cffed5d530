"""How probable a language model finds texts: in all, and one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from genmodels.kinds.text.examples import Texts
from genmodels.refusal import Refusal
from genmodels.trained.text_prompt import PromptReader


class TextLikelihood(PromptReader):
    """A model behind its likelihoods; `_score` is from windows (n, context + 1) to nats (n, context) of each next token."""

    _score: Callable[[np.ndarray], np.ndarray]

    def losses(self, examples: Texts, index: np.ndarray, seed: int = 0) -> np.ndarray:
        """Mean nats a token (n,) of the windows of the context's length that begin at `index`, in windows."""
        windows, _ = examples.batch(examples.context * np.asarray(index))
        return np.asarray(self._score(windows)).astype("float64").mean(axis=1)

    def log_likelihood(self, text: str) -> tuple[float, int, int]:
        """Log probability in nats of a text of any length, how many tokens it is a sum of, and their characters.

        Each token is predicted from at least half a context, where that many stand before it. Bits per character are
        -nats / characters / ln 2.
        """
        return self.log_likelihoods([text])[0]

    def log_likelihoods(self, texts: Sequence[str]) -> list[tuple[float, int, int]]:
        """`log_likelihood` of many texts, read together."""
        half, parts, rows = max(1, self.context // 2), [], []
        for text in texts:
            tokens = self.tokens.encode(text)
            tokens = np.concatenate([np.zeros(1, np.int32), tokens]) if self.begins else tokens
            if len(tokens) < 2:
                raise Refusal(f"A text of {len(text)} characters has no likelihood; give a longer one.")
            starts = range(0, max(1, len(tokens) - 1 - self.context + half), half)
            parts.append([tokens[start : start + self.context + 1] for start in starts])
            rows.append((len(tokens) - 1, len(text) if self.begins else len(self.tokens.decode(tokens[1:]))))
        scores, found = iter(self._scores([part for own in parts for part in own])), []
        for own, (n, characters) in zip(parts, rows, strict=True):
            first, *others = (next(scores) for _ in own)
            found.append(
                (float(first.sum() + sum(score[self.context - half :].sum() for score in others)), n, characters)
            )
        return found

    def token_likelihoods(self, text: str) -> np.ndarray:
        """Log probability in nats (tokens,) of each token of a document of any length, given what stands before it.

        Each is predicted from at least half a context, where that many tokens stand before it.
        """
        tokens = np.concatenate([np.zeros(1, np.int32), self.tokens.encode(text)])
        half = max(1, self.context // 2)
        starts = range(0, max(1, len(tokens) - 1 - self.context + half), half)
        first, *others = self._scores([tokens[start : start + self.context + 1] for start in starts])
        return np.concatenate([first, *(each[self.context - half :] for each in others)])

    def continuation(self, prompt: str, candidates: Sequence[str]) -> np.ndarray:
        """Log probabilities (len(candidates),) in nats of each text after the prompt."""
        return self.continuations([prompt], candidates)[0]

    def continuations(self, prompts: Sequence[str], candidates: Sequence[str]) -> np.ndarray:
        """Log probabilities (len(prompts), len(candidates)) in nats of each text after each prompt, read together."""
        following = [self.tokens.encode(candidate) for candidate in candidates]
        if not following or min(map(len, following)) == 0:
            raise Refusal("A candidate is empty; give at least one character for each.")
        longest = max(map(len, following))
        if longest >= self.context:
            raise Refusal(
                f"A candidate has {longest} tokens; the context holds {self.context}, so give at most {self.context - 1}."
            )
        starts = [self.prompt(prompt)[0][-(self.context + 1 - longest) :] for prompt in prompts]
        scores = self._scores([np.concatenate([start, each]) for start in starts for each in following])
        lengths = [len(each) for _ in starts for each in following]
        return np.array([score[len(score) - n :].sum() for score, n in zip(scores, lengths, strict=True)]).reshape(
            len(prompts), len(candidates)
        )

    def _scores(self, texts: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Log probability in nats of each token but the first, given those before it, of texts of up to context + 1 tokens."""
        windows = np.zeros((len(texts), self.context + 1), np.int32)
        for row, tokens in enumerate(texts):
            windows[row, : len(tokens)] = tokens
        scores = -self._score(windows).astype("float64")
        return [scores[row, : len(tokens) - 1] for row, tokens in enumerate(texts)]
