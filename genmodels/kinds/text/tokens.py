"""Text to tokens and back: characters, or byte pairs (Sennrich et al. 2016, on bytes as GPT-2 does).

Token 0 is always `END`, which stands between documents. No text can produce it: it is not a character, and the
byte-pair encoder is built without special tokens.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genmodels.kinds.spec import Spec
from genmodels.refusal import Refusal

END = "<end>"
UNITS = ("character", "byte-pair")
LONGEST_WORD = 1000  # bytes
UNICODE = 0x110000 - 0x800  # code points that can stand in a text: all but the halves of surrogate pairs
BYTES = 256  # every byte is a token, so that a byte-pair vocabulary knows all texts


@dataclass(frozen=True)
class Tokens:
    """A vocabulary, token 0 being `END`; with `merges` ("left right", in their order) it is one of byte pairs."""

    vocabulary: tuple[str, ...]
    merges: tuple[str, ...] = ()

    @classmethod
    def of(cls, spec: Spec) -> Tokens:
        """The tokens that a run was trained with; refuses what no training can have made."""
        tokens = cls(spec.vocabulary, spec.merges)
        if not tokens.whole():
            raise Refusal("The tokens of this run are damaged; restore its facts.json or train it again.")
        return tokens

    def whole(self) -> bool:
        """Is `END` first, every token there once, and with byte pairs every byte and all that the merges join?"""
        if self.vocabulary[:1] != (END,) or len(self.numbers) != len(self.vocabulary):
            return False
        if not self.merges:
            return all(len(token) == 1 for token in self.vocabulary[1:])
        pairs = [merge.split(" ") for merge in self.merges]
        joined = all(len(pair) == 2 and {*pair, "".join(pair)} <= self.numbers.keys() for pair in pairs)
        return (
            joined
            and self._byte_of.keys() <= self.numbers.keys()
            and all(set(token) <= self._byte_of.keys() for token in self.vocabulary[1:])
        )

    @classmethod
    def learned(cls, documents: Iterable[str], unit: str, size: int) -> Tokens:
        """From training documents: their characters, or `size` tokens of byte pairs.

        The time is that of one pass over the text: a line without spaces is one word to byte pairs, and learning is
        quadratic in a word's length, so words of more than `LONGEST_WORD` bytes are learned from in parts of that length.
        """
        if unit == "character":
            return cls((END, *sorted(set().union(*map(set, documents)))))
        if size < BYTES + 1:
            raise Refusal(f"vocabulary is {size}; byte pairs need at least {BYTES + 1} tokens.")
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers

        tokenizer = Tokenizer(models.BPE())
        words, cut = pre_tokenizers.ByteLevel(add_prefix_space=False), pre_tokenizers.FixedLength(length=LONGEST_WORD)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, cut])
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        tokenizer.train_from_iterator(
            documents,
            trainers.BpeTrainer(vocab_size=size, special_tokens=[END], initial_alphabet=alphabet, show_progress=False),
        )
        model = json.loads(tokenizer.to_str())["model"]
        return cls(
            tuple(sorted(model["vocab"], key=model["vocab"].get)), tuple(" ".join(pair) for pair in model["merges"])
        )

    def __len__(self) -> int:
        return len(self.vocabulary)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Token to its number."""
        return {token: number for number, token in enumerate(self.vocabulary)}

    @cached_property
    def _byte_pairs(self) -> Any:
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers

        tokenizer = Tokenizer(
            models.BPE(self.numbers, [(left, right) for left, right in (merge.split(" ") for merge in self.merges)])
        )
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        return tokenizer

    @cached_property
    def _byte_of(self) -> dict[str, int]:
        """How the byte-level alphabet writes each byte: printable ones as themselves, the others shifted above 255."""
        kept = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
        others = [byte for byte in range(BYTES) if byte not in kept]
        return {chr(byte): byte for byte in kept} | {chr(BYTES + place): byte for place, byte in enumerate(others)}

    def unknown(self, text: str) -> str:
        """The different characters of a text that this vocabulary can't write, in their order; "" where there are none."""
        return "" if self.merges else "".join(dict.fromkeys(c for c in text if c not in self.numbers))

    def unseen(self, documents: Sequence[str]) -> np.ndarray:
        """Where characters that `encode_all` leaves out would stand (n,): before which of the tokens that it gives."""
        if self.merges:
            return np.zeros(0, np.int64)
        known, start, found = np.array(sorted(map(ord, self.vocabulary[1:])), np.uint32), 1, [np.zeros(0, np.int64)]
        for document in documents:
            writable = np.isin(np.frombuffer(document.encode("utf-32-le", "surrogatepass"), "<u4"), known)
            found.append(start + np.cumsum(writable)[~writable])
            start += int(writable.sum()) + 1
        return np.concatenate(found)

    def encode(self, text: str) -> np.ndarray:
        """The tokens (n,) int32 of a text; refuses characters that the vocabulary does not know."""
        if self.merges:
            return np.array(self._byte_pairs.encode(text).ids, dtype=np.int32)
        if missing := self.unknown(text):
            shown = " ".join(f"{c!r}" for c in missing[:8])
            raise Refusal(
                f"This model was trained on {len(self) - 1} characters and can't read {shown}; leave {'it' if len(missing) == 1 else 'them'} out."
            )
        return np.array([self.numbers[c] for c in text], dtype=np.int32)

    def encode_all(self, documents: Sequence[str]) -> np.ndarray:
        """The tokens (n,) int32 of all documents, `END` before the first and after each; without what it can't write (`unseen`)."""
        if self.merges:
            parts = [encoding.ids for encoding in self._byte_pairs.encode_batch_fast(list(documents))]
        else:
            parts = [[self.numbers[c] for c in document if c in self.numbers] for document in documents]
        return np.concatenate([np.array([0], np.int32), *(np.array([*part, 0], np.int32) for part in parts)])

    @cached_property
    def written(self) -> tuple[bytes, ...]:
        """What each token writes, in UTF-8; nothing for `END`. A byte pair may hold only a part of a character."""
        if self.merges:
            return (b"", *(bytes(map(self._byte_of.__getitem__, token)) for token in self.vocabulary[1:]))
        return (b"", *(token.encode() for token in self.vocabulary[1:]))

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of tokens; bytes that are no UTF-8, such as half a character, become the replacement character."""
        return b"".join(self.written[int(token)] for token in tokens).decode(errors="replace")


def escape_bits(characters: int, unseen: int, vocabulary: int) -> float:
    """Bits that each of the `unseen` of `characters` costs that are not in a vocabulary of so many characters; 0 where none is.

    A model of characters can't write what no training text held, so a code for all texts needs an escape: before each
    character, whether one follows, by Laplace's rule from what was there before, which costs log2((n + 1) C(n, k)) in all
    for k of n; and then which of all other characters of Unicode it is. A vocabulary of bytes needs none.
    """
    if not unseen:
        return 0.0
    ways = math.lgamma(characters + 1) - math.lgamma(unseen + 1) - math.lgamma(characters - unseen + 1)
    return (math.log2(characters + 1) + ways / math.log(2)) / unseen + math.log2(UNICODE - vocabulary)
