"""How a language model reads a prompt: which of its characters, as which tokens, and what of it is left out."""

from __future__ import annotations

import unicodedata

import numpy as np

from genmodels.kinds.text.tokens import Tokens
from genmodels.runs.run import Run

LONGEST = 100_000  # characters of a prompt that are looked at, from its end


class PromptReader:
    """Turns texts into what a model with these `tokens` and this `context` goes on from.

    `begins`: was it trained on many documents, so that `END` says that one begins?
    """

    tokens: Tokens
    context: int
    begins: bool

    @classmethod
    def of(cls, run: Run) -> PromptReader:
        """How the model of a run reads prompts, without its network."""
        reader = cls()
        reader.tokens, reader.context = Tokens.of(run.spec), run.spec.shape[0]
        reader.begins = run.facts.get("documents", 2) > 1
        return reader

    def prompt(self, text: str) -> tuple[np.ndarray, str]:
        """The tokens of a prompt, at most a context full, and a sentence about what of it is not read ("": nothing)."""
        if text and self.tokens.symbolic:
            return np.zeros(
                1, np.int32
            ), "Of the prompt: nothing is read, since this model writes molecules as a whole."
        said = []
        tail = text[-LONGEST:]
        clean = "".join(
            c for c in tail.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")
        )
        if dropped := len(tail.replace("\r\n", "\n")) - len(clean):
            said.append(f"{dropped} control character{'s' * (dropped > 1)} left out")
        if self.tokens.unknown(
            clean
        ):  # an accent may be part of its letter or stand behind it, as the training texts had it
            forms = (clean, unicodedata.normalize("NFC", clean), unicodedata.normalize("NFD", clean))
            clean = min(forms, key=lambda form: len(self.tokens.unknown(form)))
        if strange := self.tokens.unknown(clean):
            shown = " ".join(repr(c) for c in strange[:8]) + (" and others" if len(strange) > 8 else "")
            said.append(f"not in this model's vocabulary and left out: {shown}")
            clean = "".join(c for c in clean if c not in strange)
        tokens = self.tokens.encode(clean)
        begun = np.concatenate([np.zeros(1, np.int32), tokens]) if self.begins or not len(tokens) else tokens
        if len(begun) > self.context or len(text) > LONGEST:
            kept = tokens[-self.context :]
            said.append(
                f"longer than the context of {self.context} tokens: only its last {len(self.tokens.decode(kept)):,} of {len(text):,} characters are read"
            )
            begun = kept
        return begun, f"Of the prompt: {'; '.join(said)}." if said else ""
