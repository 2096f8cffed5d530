"""Text to tokens and back: characters, byte pairs (Sennrich et al. 2016, on bytes as GPT-2 does), pairs of characters, or SELFIES.

Pairs of characters are what byte pairs are, without words and without bytes: for texts such as SMILES, in which brackets and
digits belong to what stands beside them (Li and Fourches 2021), and which have few different characters. Symbols of SELFIES
stand for a molecule as a whole: its SMILES goes in and comes out, and no row of them fails to be one.

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

from genmodels.kinds.molecule.symbols import SYMBOL, smiles_of, symbols_of
from genmodels.kinds.spec import Spec
from genmodels.refusal import Refusal

END = "<end>"
CHARACTER, BYTE_PAIR, CHARACTER_PAIR = "character", "byte-pair", "character-pair"
SELFIES, SELFIES_PAIR = SYMBOLS = "selfies", "selfies-pair"
UNITS = (CHARACTER, BYTE_PAIR)
LONGEST_WORD = 1000  # bytes
MOST_WORDS = 200_000  # documents that pairs of characters are learned from, the first ones
UNICODE = 0x110000 - 0x800  # code points that can stand in a text: all but the halves of surrogate pairs
BYTES = 256  # every byte is a token, so that a byte-pair vocabulary knows all texts
PRIVATE = 0xF0000  # code points without a meaning, which stand for symbols while pairs of these are made
PRINTABLE = frozenset(map(chr, range(ord("!"), ord("~") + 1)))  # of which pairs of characters can be made


@dataclass(frozen=True)
class Tokens:
    """A vocabulary, token 0 being `END`; with `merges` ("left right", in their order) it is one of pairs, of bytes where every byte is a token; of symbols where all are."""

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
        """Is `END` first, every token there once, and with pairs all that the merges join, and nothing else but bytes or characters?"""
        if self.vocabulary[:1] != (END,) or len(self.numbers) != len(self.vocabulary):
            return False
        if self.symbolic:
            parts = (symbol for token in self.vocabulary[1:] for symbol in SYMBOL.findall(token))
            if not all(part in self.numbers for part in parts):
                return False
        elif not self.merges:
            return all(len(token) == 1 for token in self.vocabulary[1:])
        pairs = [merge.split(" ") for merge in self.merges]
        if not all(len(pair) == 2 and {*pair, "".join(pair)} <= self.numbers.keys() for pair in pairs):
            return False
        if self.symbolic:
            return True
        alphabet = self._byte_of.keys() if self.bytewise else PRINTABLE
        return all(set(token) <= alphabet for token in self.vocabulary[1:])

    @classmethod
    def learned(cls, documents: Iterable[str], unit: str, size: int) -> Tokens:
        """From training documents: their characters or symbols, or `size` tokens of pairs of bytes or of characters.

        The time is that of one pass over the text: a line without spaces is one word to byte pairs, and learning is
        quadratic in a word's length, so words of more than `LONGEST_WORD` bytes are learned from in parts of that length.
        To pairs of characters a document is one word, of which the first `MOST_WORDS` are learned from; all give their characters.
        Raises `Refusal` where one of these is no printable character of ASCII.
        """
        if unit == CHARACTER:
            return cls((END, *sorted(set().union(*map(set, documents)))))
        if unit in SYMBOLS:
            return cls._of_symbols(
                [symbols_of(document) or [] for document in documents], unit == SELFIES_PAIR and size
            )
        if size < BYTES + 1:
            raise Refusal(f"vocabulary is {size}; pairs need at least {BYTES + 1} tokens.")
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers

        tokenizer, alphabet = Tokenizer(models.BPE()), list[str]()
        cut = pre_tokenizers.FixedLength(length=LONGEST_WORD)
        if unit == BYTE_PAIR:
            words, alphabet = pre_tokenizers.ByteLevel(add_prefix_space=False), pre_tokenizers.ByteLevel.alphabet()
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, cut])
        else:
            documents = list(documents)
            alphabet = sorted(set().union(*map(set, documents)))
            if strange := [c for c in alphabet if c not in PRINTABLE]:
                raise Refusal(
                    f"unit is {unit!r}, but a training text has {strange[0]!r}; choose the unit {CHARACTER!r}."
                )
            tokenizer.pre_tokenizer, documents = cut, documents[:MOST_WORDS]
        tokenizer.train_from_iterator(
            documents,
            trainers.BpeTrainer(vocab_size=size, special_tokens=[END], initial_alphabet=alphabet, show_progress=False),
        )
        return cls(*_learned(tokenizer))

    @classmethod
    def _of_symbols(cls, documents: list[list[str]], size: int) -> Tokens:
        """Symbols, or `size` tokens of runs of them: byte pairs' way, with a character in place of each symbol."""
        singles = sorted(set().union(*documents))
        if not size:
            return cls((END, *singles))
        from tokenizers import Tokenizer, models, trainers

        letters = {symbol: chr(PRIVATE + number) for number, symbol in enumerate(singles)}
        tokenizer = Tokenizer(models.BPE())
        tokenizer.train_from_iterator(
            ("".join(map(letters.__getitem__, each)) for each in documents[:MOST_WORDS]),
            trainers.BpeTrainer(
                vocab_size=size, special_tokens=[END], initial_alphabet=list(letters.values()), show_progress=False
            ),
        )
        back = str.maketrans({letter: symbol for symbol, letter in letters.items()})
        return cls(*(tuple(each.translate(back) for each in part) for part in _learned(tokenizer)))

    def __len__(self) -> int:
        return len(self.vocabulary)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Token to its number."""
        return {token: number for number, token in enumerate(self.vocabulary)}

    @cached_property
    def bytewise(self) -> bool:
        """Is it of byte pairs, every byte being a token?"""
        return bool(self.merges) and self._byte_of.keys() <= self.numbers.keys()

    @cached_property
    def symbolic(self) -> bool:
        """Is it of symbols of SELFIES, or of runs of them?"""
        return len(self) > 1 and not any(SYMBOL.sub("", token) for token in self.vocabulary[1:])

    @cached_property
    def _letters(self) -> dict[str, str]:
        """A character for each symbol, by which pairs of symbols are joined."""
        singles = filter(SYMBOL.fullmatch, self.vocabulary[1:])
        return {symbol: chr(PRIVATE + number) for number, symbol in enumerate(singles)}

    def _lettered(self, symbols: str) -> str:
        return "".join(self._letters[symbol] for symbol in SYMBOL.findall(symbols)) if self.symbolic else symbols

    @cached_property
    def _pairs(self) -> Any:
        from tokenizers import Tokenizer, models, pre_tokenizers

        numbers = {self._lettered(token) or token: number for token, number in self.numbers.items()}
        merges = [(self._lettered(left), self._lettered(right)) for left, right in map(str.split, self.merges)]
        tokenizer = Tokenizer(models.BPE(numbers, merges))
        if self.bytewise:
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        return tokenizer

    @cached_property
    def _byte_of(self) -> dict[str, int]:
        """How the byte-level alphabet writes each byte: printable ones as themselves, the others shifted above 255."""
        kept = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
        others = [byte for byte in range(BYTES) if byte not in kept]
        return {chr(byte): byte for byte in kept} | {chr(BYTES + place): byte for place, byte in enumerate(others)}

    def unknown(self, text: str) -> str:
        """The different characters (or symbols) of a text that this vocabulary can't write, in their order; "" where there are none."""
        return "".join(self._strange(text))

    def _strange(self, text: str) -> list[str]:
        if self.bytewise:
            return []
        parts = symbols_of(text) if self.symbolic else text
        return [text] if parts is None else list(dict.fromkeys(part for part in parts if part not in self.numbers))

    def unseen(self, documents: Sequence[str]) -> np.ndarray:
        """Where characters that `encode_all` leaves out would stand (n,): before which of the tokens that it gives; of symbols none."""
        if self.bytewise or self.symbolic:
            return np.zeros(0, np.int64)
        letters = sorted(ord(token) for token in self.vocabulary[1:] if len(token) == 1)
        known, start, found = np.array(letters, np.uint32), 1, [np.zeros(0, np.int64)]
        for document in documents:
            writable = np.isin(np.frombuffer(document.encode("utf-32-le", "surrogatepass"), "<u4"), known)
            before, tokens = np.cumsum(writable)[~writable].astype(np.int64), int(writable.sum())
            if self.merges and tokens:
                lengths = [len(self.vocabulary[number]) for number in self._split(document)]
                before, tokens = np.searchsorted(np.cumsum(lengths), before, side="right"), len(lengths)
            found.append(start + before)
            start += tokens + 1
        return np.concatenate(found)

    def encode(self, text: str) -> np.ndarray:
        """The tokens (n,) int32 of a text; refuses characters that the vocabulary does not know."""
        if missing := self._strange(text):
            shown = " ".join(f"{c[:60]!r}" for c in missing[:8])
            letters = len(self._letters) if self.symbolic else sum(len(token) == 1 for token in self.vocabulary[1:])
            raise Refusal(
                f"This model was trained on {letters} {'symbols' if self.symbolic else 'characters'} and can't read {shown}; leave {'it' if len(missing) == 1 else 'them'} out."
            )
        return np.array(self._split(text), dtype=np.int32)

    def _split(self, text: str) -> list[int]:
        """The tokens of a text, without what it can't write."""
        if self.merges:
            return list(self._pairs.encode(self._writable(text)).ids)
        if self.symbolic:
            return [self.numbers[symbol] for symbol in self._known(text)]
        return [self.numbers[c] for c in text if c in self.numbers]

    def _writable(self, text: str) -> str:
        if self.symbolic:
            return "".join(self._letters[symbol] for symbol in self._known(text))
        return text if self.bytewise else "".join(c for c in text if c in self.numbers)

    def _known(self, text: str) -> list[str]:
        """The symbols of a text, without those that the vocabulary does not have."""
        return [symbol for symbol in symbols_of(text) or () if symbol in self.numbers]

    def encode_all(self, documents: Sequence[str]) -> np.ndarray:
        """The tokens (n,) int32 of all documents, `END` before the first and after each; without what it can't write (`unseen`)."""
        if self.merges:
            parts = [each.ids for each in self._pairs.encode_batch_fast([*map(self._writable, documents)])]
        else:
            parts = [self._split(document) for document in documents]
        return np.concatenate([np.array([0], np.int32), *(np.array([*part, 0], np.int32) for part in parts)])

    @cached_property
    def written(self) -> tuple[bytes, ...]:
        """What each token writes, in UTF-8; nothing for `END`. A byte pair may hold only a part of a character."""
        if self.bytewise:
            return (b"", *(bytes(map(self._byte_of.__getitem__, token)) for token in self.vocabulary[1:]))
        return (b"", *(token.encode() for token in self.vocabulary[1:]))

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of tokens; bytes that are no UTF-8, such as half a character, become the replacement character."""
        if self.symbolic:
            return smiles_of(self.vocabulary[int(token)] for token in tokens if token)
        return b"".join(self.written[int(token)] for token in tokens).decode(errors="replace")


def _learned(tokenizer: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The vocabulary and the merges of a tokenizer of pairs."""
    model = json.loads(tokenizer.to_str())["model"]
    return tuple(sorted(model["vocab"], key=model["vocab"].get)), tuple(" ".join(pair) for pair in model["merges"])


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
