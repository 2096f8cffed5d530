"""A trained model of music: it composes in four voices, around those that are given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from keras import ops

from genmodels.kinds.music.notation import (
    ANY,
    FIRST,
    GIVEN,
    KEY,
    KEYS,
    VOICES,
    Piece,
    anything,
    beginning,
    line,
    piece_of,
)
from genmodels.kinds.text.decoding import NEVER, Decoding
from genmodels.kinds.text.tokens import escape_bits
from genmodels.refusal import Refusal
from genmodels.trained.writer import TextGenerator

if TYPE_CHECKING:
    from genmodels.kinds.spec import Spec
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.models.transformer import Transformer

KEYED, OTHER = 4, 5  # the turns of a key, and of what is neither that nor a note


@dataclass(frozen=True)
class Composed:
    """A piece as far as it is composed; `finished` is "" while it grows, then "end" or "length"."""

    piece: Piece
    seed: int
    finished: str = ""


class Composer(TextGenerator):
    """A model of music behind `compose`: at each place only the voice whose turn it is may sound, or what was asked for."""

    def __init__(self, recipe: Transformer, spec: Spec, networks: Networks, begins: bool = True, rows: int = 4) -> None:
        super().__init__(recipe, spec, networks, begins, rows)
        codes = np.array([ord(token) if len(token) == 1 else 0 for token in self.tokens.vocabulary])
        turns = np.where((codes >= FIRST) & (codes < FIRST + 1024), (codes - FIRST) // 256, OTHER)
        self._turns = np.where((codes >= KEY) & (codes < KEY + 24), KEYED, turns).astype(np.int32)  # (vocabulary,)

    @property
    def looks_ahead(self) -> bool:
        """Was it trained on pieces before which one of their voices stands, so that it knows a given voice to its end?"""
        return all(chr(GIVEN + voice) in self.tokens.numbers for voice in range(4))

    @property
    def keys(self) -> list[int]:
        """The keys that it can be asked for; none where its training pieces said none."""
        return [key for key in range(24) if chr(KEY + key) in self.tokens.numbers]

    def longest(self, given: bool = False) -> int:
        """How many steps a piece may have; fewer where a voice stands before the others."""
        return (self.context - 3) // (5 if given else 4)

    def sample(
        self, n: int, *, seed: int, given: Sequence[int | str] | None = None, decoding: Decoding | None = None
    ) -> np.ndarray:
        """n documents (n,), each with its beginning: those given, one for all, or none. Document i has the seed `seed + i`.

        None is longer than the model can overlook; by default they are as it learned them, at temperature 1. No watermark
        is put in: single tokens of music are steered, and its files have statements.
        """
        most = self.context - 1 - max((len(str(each)) for each in given or [""]), default=0)
        decoding = replace(decoding or Decoding(length=most, temperature=1.0), watermark="none")
        return super().sample(
            n, seed=seed, given=given, decoding=replace(decoding, length=max(1, min(decoding.length, most)))
        )

    def compose(
        self,
        seeds: Sequence[int],
        *,
        steps: int,
        key: int | None = None,
        given: np.ndarray | None = None,
        temperature: float = 1.0,
    ) -> Iterator[list[Composed]]:
        """Up to `rows` pieces of at most `steps` steps; gives all as far as they are, after every few tokens.

        `key` None: one that the model chooses by the first seed, where it knows keys. `given` int16 (up to steps, 4) is a score of what must stand there, `ANY` where
        the model is free. A voice that is given in every step is read by the model before it begins. Raises `Refusal` for more
        steps than it can overlook, and for a note or a key that it never learned.
        """
        asked = anything(steps)
        if given is not None:
            asked[: len(given)] = given[:steps]
        known = [voice for voice in range(4) if self.looks_ahead and (asked[:, voice] != ANY).all()]
        self._check(steps, key, bool(known))
        if key is None and self.keys:
            key = int(np.random.default_rng([seeds[0], 3]).choice(self.keys))
        piece = Piece(np.where(asked == ANY, 0, asked).astype(np.int16), key)
        start = beginning(piece, known[0]) if known else beginning(piece)
        decoding = Decoding(length=4 * steps, temperature=temperature, watermark="none")
        for written in self.write([start] * len(seeds), seeds=seeds, decoding=decoding, wishes=asked):
            yield [Composed(replace(piece_of(each.text), key=key), each.seed, each.finished) for each in written]

    def _check(self, steps: int, key: int | None, given: bool) -> None:
        """Refuses more steps than it can overlook, and a key that it never learned."""
        if not 1 <= steps <= self.longest(given):
            raise Refusal(f"steps is {steps}; this model composes 1 to {self.longest(given)} at once.")
        if key is not None and key not in self.keys:
            known = f"choose one of: {', '.join(KEYS[each] for each in self.keys)}" if self.keys else "leave it out"
            raise Refusal(f"This model never learned the key {KEYS[key]}; {known}.")

    def _wishes(self, starts: Sequence[np.ndarray], asked: object) -> dict[str, np.ndarray]:
        """`turn` and `forced`, int32 (rows, context + 1): which voice's turn each place is, and which token must stand there or -1.

        Where nothing is asked for, a piece begins with its key, and goes on with the voice after the last one.
        """
        turn = np.full((self.rows, self.context + 1), OTHER, np.int32)
        forced = np.full((self.rows, self.context + 1), -1, np.int32)
        composing = isinstance(asked, np.ndarray)
        wanted = self._tokens_of(asked) if isinstance(asked, np.ndarray) else np.zeros(0, np.int32)
        for row, start in enumerate(starts):
            free, last = self.context + 1 - len(start), int(self._turns[start[-1]])
            first = 0 if composing or last >= KEYED else (last + 1) % 4
            keyed = int(not composing and bool(self.keys) and len(start) == 1 and start[0] == 0)
            turn[row, len(start) :] = (np.arange(free) - keyed + first) % 4
            turn[row, len(start) : len(start) + keyed] = KEYED
            forced[row, len(start) : len(start) + len(wanted)] = wanted[:free]
        return {"turn": turn, "forced": forced}

    def _tokens_of(self, asked: np.ndarray) -> np.ndarray:
        """The tokens (4 * steps,) of a score, -1 where it is `ANY`."""
        score, tokens = np.where(asked == ANY, 0, asked).astype(np.int16), np.full(asked.shape, -1, np.int32)
        for voice in range(4):
            for step, character in enumerate(line(score, voice)):
                if asked[step, voice] == ANY:
                    continue
                if character not in self.tokens.numbers:
                    does = f"sings the MIDI pitch {abs(score[step, voice])}" if score[step, voice] else "rests"
                    raise Refusal(
                        f"The {VOICES[voice]} {does} in step {step + 1}, which this model never learned; move the melody to where a {VOICES[voice]} of its training music sings."
                    )
                tokens[step, voice] = self.tokens.numbers[character]
        return tokens.ravel()

    def _steered(self, logits: Tensor, place: Tensor, settings: Mapping[str, Tensor]) -> Tensor:
        """Rules out other voices than the one whose turn it is, and everything beside a token that must stand there.

        A piece may end only where a step begins, and never where something is still asked for.
        """
        turn = ops.take(settings["turn"], place, axis=1)[:, None]
        forced = ops.take(settings["forced"], place, axis=1)[:, None]
        tokens = ops.arange(logits.shape[-1])[None]
        ends = ops.logical_and(tokens == 0, turn == 0)
        fits = ops.logical_or(ops.convert_to_tensor(self._turns[None]) == turn, ends)
        free = ops.logical_or(turn == OTHER, fits)
        return ops.where(ops.where(forced >= 0, tokens == forced, free), logits, NEVER)

    def nats(self, documents: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Of each piece (n,) the negative log-likelihood in nats of all its steps but the first, and how many these are.

        A note that no training piece held has no token; it costs what `escape_bits` says, and is left out.
        """
        known = self.tokens.numbers
        unseen = sum(note not in known for each in documents for note in each)
        escape = escape_bits(sum(map(len, documents)), unseen, len(known) - 1) * math.log(2)
        nats, steps = [], []
        for each in documents:
            number = len(piece_of(each).score)
            if number > 1:
                first = len(each) - 4 * number + 4  # behind the key and the first step
                readable = [note in known for note in each]
                scores = self.token_likelihoods("".join(note for note in each if note in known))
                nats.append(-scores[sum(readable[:first]) :].sum() + escape * readable[first:].count(False))
                steps.append(number - 1)
        return np.array(nats), np.array(steps)
