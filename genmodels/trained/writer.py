"""A trained language model as anything that can be asked for samples: it writes, watermarked, or searches with beams."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops

from genmodels.kinds.code.middle import unwritten
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.decoding import Decoding, beam_step, filtered, gumbel
from genmodels.kinds.text.tokens import Tokens
from genmodels.kinds.text.watermark import FREE, setting, watermarked
from genmodels.models.transformer import Transformer
from genmodels.networks.compute import compiled
from genmodels.networks.reading import Read, parts, read
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.keys import watermark_key
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.trained.requests import prompts_for
from genmodels.trained.text_inside import TextInside
from genmodels.trained.text_likelihood import TextLikelihood

if TYPE_CHECKING:
    from genmodels.lazy_keras import Cache, Networks, Tensor

ROWS = 4  # texts that are written at once
CHUNK = 64  # tokens between two looks at what was written


@dataclass(frozen=True)
class Written:
    """A text as far as it was written: `finished` is "" while it grows, then "end", "stop" or "length"."""

    prompt: str
    text: str  # what was written after the prompt
    tokens: tuple[int, ...]
    seed: int
    decoding: Decoding
    finished: str = ""
    notice: str = ""  # what of the prompt was not read

    def document(self) -> dict[str, Any]:
        """All of it for JSON, with the line that says where it comes from."""
        return asdict(self) | {"made_by": made_by_a_model(), "tokens": list(self.tokens)}


class TextGenerator(TextLikelihood, TextInside):
    """The network of a recipe behind `sample`, `write`, `read` and likelihoods.

    `begins`: was it trained on many documents, so that `END` says that one begins? `rows` texts are written at once,
    always, so that a text does not depend on how many were asked for.
    """

    _unwritten: np.ndarray | None = None  # what is added to logits, where tokens write marks that no text may hold

    def __init__(
        self, recipe: Transformer, spec: Spec, networks: Networks, begins: bool = True, rows: int = ROWS
    ) -> None:
        self.recipe, self.spec, self.networks, self.begins, self.rows = recipe, spec, networks, begins, rows
        self.weights: Weights | None = None  # which it was opened with
        self.tokens = Tokens.of(spec)
        self.watermark_key: bytes | None = None  # None: that of this machine
        self.context = spec.shape[0]
        self._layers = parts(networks["transformer"])
        self._unwritten = unwritten(self.tokens.written)
        self._score = recipe.scored(networks)
        self._advance = compiled(self._traced_advance, fused=True)
        self._follow = compiled(self._traced_follow, fused=True)
        self._look = compiled(self._traced_look, fused=True)

    # Writing

    def sample(
        self, n: int, *, seed: int, given: Sequence[int | str] | None = None, decoding: Decoding | None = None
    ) -> np.ndarray:
        """n texts (n,), each with its prompt: those given, one for all, or none. Text i has the seed `seed + i`.

        What is measured is the model itself: without a `decoding` no watermark is put in.
        """
        prompts = prompts_for(given, n, "text")
        asked = decoding or Decoding(watermark="none")

        def together(start: int) -> list[str]:
            few = prompts[start : start + self.rows]
            *_, written = self.write(few, seeds=range(seed + start, seed + start + len(few)), decoding=asked)
            return [each.prompt + each.text for each in written]

        first, *others = range(0, n, self.rows)
        texts = together(first)  # alone, since it compiles
        with ThreadPoolExecutor(os.cpu_count() or 1) as cores:  # each batch takes one core
            for more in cores.map(together, others):
                texts += more
        return np.array(texts, dtype=object)

    def write(
        self, prompts: Sequence[str], *, seeds: Sequence[int], decoding: Decoding, wishes: object = None
    ) -> Iterator[list[Written]]:
        """Write on after up to `rows` prompts; gives all texts as far as they are after every few tokens.

        A full context is half forgotten: its later half is read again and writing goes on. `wishes` are for those models
        that let somebody have a say in single tokens.
        """
        if not 1 <= len(prompts) <= self.rows or len(seeds) != len(prompts):
            raise Refusal(
                f"{len(prompts)} prompts with {len(seeds)} seeds; write 1 to {self.rows} texts at once, each with its seed."
            )
        if decoding.beams > 1:
            yield [self._searched(prompt, seed, decoding) for prompt, seed in zip(prompts, seeds, strict=True)]
            return
        starts, written = self._begun(prompts, seeds, decoding)
        noises = [np.random.default_rng(each.seed) for each in written]
        settings = {name: np.float32(value) for name, value in decoding.numbers().items()} | self._wishes(
            starts, wishes
        )
        mark = setting(
            decoding.watermark, None if decoding.watermark == "none" else self.watermark_key or watermark_key("text")
        )
        begun = np.array([len(start) for start in starts], np.int32)  # where the prompt ends
        used = np.zeros((self.rows, len(self.tokens)), bool)
        for row, start in enumerate(starts):
            used[row, start] = True
        while True:
            buffer, filled, caches = self._opened(starts)
            position = 0
            while position < self.context:
                until = min(self.context, min(filled[: len(written)]) + CHUNK - 1)
                noise = self._noise(noises, [until + 1 - each for each in filled])
                full, at, to = np.array(filled, np.int32), np.int32(position), np.int32(until)
                marked = mark | {"begun": begun}
                buffer, caches, used = self._advance(buffer, full, at, to, caches, noise, used, settings, marked)
                rows = np.asarray(buffer)
                written = [self._grown(each, rows[row, filled[row] : until + 1]) for row, each in enumerate(written)]
                filled = [max(each, until + 1) for each in filled]
                position = until
                yield written
                if all(each.finished for each in written):
                    return
            starts = [rows[row, -(self.context // 2) :] for row in range(self.rows)]
            begun = np.zeros(self.rows, np.int32)

    def _begun(
        self, prompts: Sequence[str], seeds: Sequence[int], decoding: Decoding
    ) -> tuple[list[np.ndarray], list[Written]]:
        """The tokens of `rows` prompts, the first again where there are fewer, and texts of which nothing is written yet."""
        starts, written = [], []
        for prompt, seed in zip(prompts, seeds, strict=True):
            tokens, notice = self.prompt(prompt)
            starts.append(tokens)
            written.append(Written(prompt, "", (), int(seed), decoding, notice=notice))
        return starts + [starts[0]] * (self.rows - len(prompts)), written

    def _wishes(self, starts: Sequence[np.ndarray], asked: object) -> dict[str, np.ndarray]:
        """What else `_steered` is told, of starts and of what `write` was asked for; nothing where texts are free."""
        return {}

    def _heard(self, token: Tensor, caches: list[Cache], place: Tensor, settings: Mapping[str, Tensor]) -> Read:
        """What the network says after one more token (rows, 1)."""
        return read(self._layers, token, caches, place)

    def _steered(self, logits: Tensor, place: Tensor, settings: Mapping[str, Tensor]) -> Tensor:
        """Logits (rows, vocabulary) of the token at a place, as far as somebody has a say in it; texts are free.

        Marks of a gap are read, in a prompt that has one, and never written.
        """
        return logits if self._unwritten is None else logits + self._unwritten

    def _noise(self, noises: Sequence[np.random.Generator], counts: Sequence[int]) -> np.ndarray:
        """Gumbel noise (rows, CHUNK, vocabulary) for as many new tokens as each row's count says; the rest is 0."""
        noise = np.zeros((self.rows, CHUNK, len(self.tokens)), "float32")
        for row, (rng, count) in enumerate(zip(noises, counts, strict=False)):
            if count > 0:
                noise[row, :count] = gumbel(rng, count, len(self.tokens))
        return noise

    def _opened(self, starts: Sequence[np.ndarray]) -> tuple[np.ndarray, list[int], Any]:
        """A buffer (rows, context + 1) that holds the starts, how full each row is, and empty caches."""
        buffer = np.zeros((self.rows, self.context + 1), np.int32)
        for row, tokens in enumerate(starts):
            buffer[row, : len(tokens)] = tokens
        return buffer, [len(tokens) for tokens in starts], self._empty_caches(self.rows)

    def _empty_caches(self, rows: int) -> list[tuple[np.ndarray, np.ndarray]]:
        size = self.recipe.width // self.recipe.heads
        empty = np.zeros((rows, self.recipe.heads, self.context, size), "float32")
        return [(empty, empty)] * self.recipe.layers

    def _traced_advance(
        self,
        buffer: Tensor,
        filled: Tensor,
        position: Tensor,
        until: Tensor,
        caches: list[Cache],
        noise: Tensor,
        used: Tensor,
        settings: Mapping[str, Tensor],
        mark: Mapping[str, Tensor],
    ) -> tuple[Tensor, list[Cache], Tensor]:
        """Read from `position` to `until` and write where a row is not filled; everything stays on the device."""
        rows, vocabulary = noise.shape[0], noise.shape[2]
        places = ops.arange(self.context + 1)[None, :]

        def step(
            place: Tensor, buffer: Tensor, caches: list[Cache], used: Tensor
        ) -> tuple[Tensor, Tensor, list[Cache], Tensor]:
            token = ops.slice(buffer, (0, place), (rows, 1))
            recent = ops.take_along_axis(
                buffer,
                ops.clip(place + ops.arange(-3, 1), 0, self.context)[None, :] + ops.zeros((rows, 1), "int32"),
                axis=1,
            )
            alike = places < place
            for back in range(4):
                alike = ops.logical_and(alike, ops.roll(buffer, back, axis=1) == recent[:, 3 - back : 4 - back])
            free = ops.logical_or(place + 1 < mark["begun"] + FREE, ops.any(alike, axis=1))
            said = self._heard(token, caches, place, settings)
            logits = filtered(self._steered(said.logits[:, 0], place + 1, settings), settings, used)
            number = ops.clip(place + 1 - filled, 0, CHUNK - 1)  # of the new token, in the noise of its row
            drawn = ops.take_along_axis(noise, number[:, None, None], axis=1)[:, 0]
            logits, drawn = watermarked(logits, drawn, recent, free, mark)
            drawn = ops.where(settings["temperature"] > 0, drawn, 0.0)
            chosen = ops.cast(ops.argmax(logits + drawn, axis=-1), "int32")
            there = ops.slice(buffer, (0, place + 1), (rows, 1))[:, 0]
            chosen = ops.where(place + 1 < filled, there, chosen)
            used = ops.logical_or(used, ops.one_hot(chosen, vocabulary, dtype="bool"))
            return place + 1, ops.slice_update(buffer, (0, place + 1), chosen[:, None]), said.caches, used

        _, buffer, caches, used = ops.while_loop(
            lambda place, *_: place < until, step, (position, buffer, caches, used)
        )
        return buffer, caches, used

    def _grown(self, written: Written, new: np.ndarray) -> Written:
        """What was written, with new tokens; ended where the document ends, a stop text begins or it is long enough."""
        if written.finished:
            return written
        decoding, finished = written.decoding, ""
        tokens = [*written.tokens, *new.tolist()]
        if 0 in tokens:
            tokens, finished = tokens[: tokens.index(0)], "end"
        if len(tokens) >= decoding.length:
            tokens, finished = tokens[: decoding.length], "length"
        text = self.tokens.decode(tokens)
        if decoding.stop and decoding.stop in text:
            text, finished = text[: text.index(decoding.stop)], "stop"
        elif not finished:
            text = text.rstrip("\ufffd")  # half a character
        return replace(written, text=text, tokens=tuple(tokens), finished=finished)

    def _searched(self, prompt: str, seed: int, decoding: Decoding) -> Written:
        """Beam search: the text of the highest mean log probability a token among those that the beams ended with."""
        tokens, notice = self.prompt(prompt)
        start, beams = tokens[-(self.context // 2) :] if len(tokens) == self.context else tokens, decoding.beams
        caches: Any = self._empty_caches(8)
        for place, token in enumerate(start):
            told, caches = self._follow(
                np.full((8, 1), token, np.int32), np.int32(place), caches, np.arange(8, dtype=np.int32)
            )
        texts: list[list[int]] = [[] for _ in range(beams)]
        scores = np.array([0.0] + [-np.inf] * (beams - 1))
        ended: list[tuple[float, list[int], str]] = []
        most = min(decoding.length, self.context - len(start))
        for number in range(most):
            parents, chosen, scores = beam_step(scores, np.asarray(told, dtype="float64")[:beams])
            texts = [[*texts[parent], int(token)] for parent, token in zip(parents, chosen, strict=True)]
            for beam, text in enumerate(texts):
                stopped = decoding.stop and decoding.stop in self.tokens.decode(text)
                why = "end" if text[-1] == 0 else "stop" if stopped else "length" if number + 1 == most else ""
                if why and np.isfinite(scores[beam]):
                    ended.append((scores[beam] / len(text), text, why))
                    scores[beam] = -np.inf
            if not np.isfinite(scores).any():
                break
            rows = np.concatenate([parents, np.zeros(8 - beams, int)]).astype(np.int32)
            last = np.array([text[-1] for text in texts] + [0] * (8 - beams), np.int32)[:, None]
            told, caches = self._follow(last, np.int32(len(start) + number), caches, rows)
        _, best, _ = max(ended, key=lambda each: each[0])
        empty = Written(prompt, "", (), int(seed), replace(decoding, length=max(most, 1)), notice=notice)
        grown = self._grown(empty, np.array(best))
        return replace(grown, decoding=decoding, finished=grown.finished or "length")

    def _traced_follow(
        self, tokens: Tensor, position: Tensor, caches: list[Cache], rows: Tensor
    ) -> tuple[Tensor, list[Cache]]:
        """Log probabilities (n, vocabulary) after one more token of each beam, whose caches are those of `rows`."""
        caches = [(ops.take(keys, rows, axis=0), ops.take(values, rows, axis=0)) for keys, values in caches]
        said = read(self._layers, tokens, caches, position)
        return ops.log_softmax(said.logits[:, 0]), said.caches
