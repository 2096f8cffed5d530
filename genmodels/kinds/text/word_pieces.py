"""Captions and prompts to word pieces (Wu et al. 2016, arXiv 1609.08144), and which words a model knows.

Piece 0 is always `PAD`: captions are filled up with it to `LENGTH`, and the empty prompt is nothing else. Piece 1 stands
for what can't be written with the others. A piece that goes on a word begins with ##.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.kinds.spec import Spec
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PAD, UNKNOWN = "<pad>", "<unknown>"
LENGTH = 24  # pieces of a caption; the longest of the emoji has 15 words
LONGEST = 1_000  # characters of a prompt


@dataclass(frozen=True)
class Word:
    """One word of a prompt: whether the model saw it in training, if not the nearest that it did, and where its pieces are."""

    text: str
    known: bool
    nearest: tuple[str, ...] = ()
    pieces: tuple[int, ...] = ()  # positions below LENGTH; none for what was cut


@dataclass(frozen=True)
class WordPieces:
    """A vocabulary of word pieces in lower case, `PAD` and `UNKNOWN` first."""

    vocabulary: tuple[str, ...]

    @classmethod
    def of(cls, spec: Spec) -> WordPieces:
        """The pieces that a run was trained with; refuses what no training can have made."""
        if spec.vocabulary[:2] != (PAD, UNKNOWN) or len(set(spec.vocabulary)) != len(spec.vocabulary):
            raise Refusal("The word pieces of this run are damaged; restore its facts.json or train it again.")
        return cls(spec.vocabulary)

    @classmethod
    def learned(cls, captions: Iterable[str], size: int) -> WordPieces:
        """From training captions: all their characters, and the joins that shorten them most, `size` pieces in all."""
        from tokenizers import Tokenizer, models, trainers

        tokenizer, captions = _dressed(Tokenizer(models.WordPiece(unk_token=UNKNOWN))), sorted(captions)
        letters = sorted(
            {c for caption in captions for c in tokenizer.normalizer.normalize_str(caption) if not c.isspace()}
        )
        fixed = [PAD, UNKNOWN, *(f"##{c}" for c in letters)]  # numbered here, not by chance, so that ties end the same
        trainer = trainers.WordPieceTrainer(
            vocab_size=size, special_tokens=fixed, initial_alphabet=letters, show_progress=False
        )
        tokenizer.train_from_iterator(captions, trainer)
        return cls((PAD, UNKNOWN, *sorted(tokenizer.get_vocab().keys() - {PAD, UNKNOWN})))

    def __len__(self) -> int:
        return len(self.vocabulary)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer, models

        numbers = {piece: number for number, piece in enumerate(self.vocabulary)}
        return _dressed(Tokenizer(models.WordPiece(numbers, unk_token=UNKNOWN)))

    def encode(self, captions: Sequence[str]) -> np.ndarray:
        """Pieces (n, LENGTH) int32 of captions, cut or filled up with `PAD`."""
        rows = np.zeros((len(captions), LENGTH), np.int32)
        for row, encoding in enumerate(self._tokenizer.encode_batch([str(each)[:LONGEST] for each in captions])):
            rows[row, : len(encoding.ids)] = encoding.ids[:LENGTH]
        return rows

    def words(self, text: str, seen: Mapping[str, int]) -> list[Word]:
        """The words of a text in their order. `seen` counts the words of the training captions."""
        encoding = self._tokenizer.encode(text[:LONGEST])
        places: dict[int, list[int]] = {}
        for place, number in enumerate(encoding.word_ids):
            places.setdefault(number, []).append(place)
        said = [(text[encoding.offsets[at[0]][0] : encoding.offsets[at[-1]][1]], at) for at in places.values()]
        return [self._word(word, tuple(place for place in at if place < LENGTH), seen) for word, at in said]

    def knows(self, text: str, seen: Mapping[str, int]) -> bool:
        """Was at least one word of a text in the training captions? Yes, where these are not known (`seen` is empty)."""
        return not seen or any(word.known and any(map(str.isalnum, word.text)) for word in self.words(text, seen))

    def _word(self, text: str, pieces: tuple[int, ...], seen: Mapping[str, int]) -> Word:
        known = text.lower() in seen or not any(c.isalnum() for c in text)
        near = () if known else tuple(difflib.get_close_matches(text.lower(), list(seen), n=3, cutoff=0.6))
        return Word(text, known, near, pieces)

    def counted(self, captions: Iterable[str]) -> dict[str, int]:
        """How often each word with a letter or digit stands in captions, in lower case."""
        split = self._tokenizer.pre_tokenizer.pre_tokenize_str
        normal = self._tokenizer.normalizer.normalize_str
        counts = Counter(word for caption in captions for word, _ in split(normal(caption)))
        return {word: count for word, count in sorted(counts.items()) if any(c.isalnum() for c in word)}


def _dressed(tokenizer: Tokenizer) -> Tokenizer:
    """Lower case without accents, split at white space and punctuation."""
    from tokenizers import normalizers, pre_tokenizers

    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=False, strip_accents=True, lowercase=True
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer
