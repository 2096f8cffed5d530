"""The measures of a language model, each beside what it must be compared with: held-out texts and a 5-gram."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ratios import ratio
from genmodels.kinds.kind import kind_of
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.ngram import NGram
from genmodels.kinds.text.tokens import Tokens, escape_bits
from genmodels.measuring.code import OF_CODE, measure_code
from genmodels.metrics.texts import bits_per_character, distinct, parse_share, perplexity, repetition, self_bleu

if TYPE_CHECKING:
    from genmodels.trained.writer import TextGenerator

FLOOR = "5-gram"
BITS = "bits a character"
STRETCHES = 30  # of a text that is one document
Row = tuple[str, Estimate | None, str, str, str]  # name, estimate, which way is better, unit, protocol


def measure_texts(
    generator: TextGenerator, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """Every measure whose name is `wanted`, of the whole held-out split and of n samples."""
    floor = NGram(data.train.tokens, len(data.spec.vocabulary))
    if any(map(wanted, LIKELIHOODS)):
        yield from _likelihoods(generator, data, floor)
    if any(map(wanted, OF_SAMPLES)):
        yield from _of_samples(generator, data, floor, n, seed)
    if kind_of(data.spec).language and any(map(wanted, OF_CODE)):
        yield from measure_code(generator, data, n, seed, wanted)


LIKELIHOODS = (
    "bits per character",
    f"bits per character of a {FLOOR}",
    f"bits per character of a {FLOOR}, less the model's",
    "perplexity",
    f"perplexity of a {FLOOR}",
)
OF_SAMPLES = (
    *(f"distinct-{n}" for n in (1, 2, 3)),
    *(f"distinct-{n} of held-out texts" for n in (1, 2, 3)),
    "repetition",
    "repetition of held-out texts",
    "self-BLEU",
    "self-BLEU of held-out texts",
    "judged perplexity",
    "judged perplexity of held-out texts",
    "parses",
    "parses: held-out functions",
    f"parses: {FLOOR}",
)


def _likelihoods(generator: TextGenerator, data: Dataset, floor: NGram) -> Iterator[Row]:
    held_out = data.test
    windows, _ = held_out.batch(held_out.context * np.arange(len(held_out)))
    ours = generator.recipe.scored(generator.networks)(windows).astype("float64")
    theirs = -np.stack([floor.log_likelihood(window) for window in windows])
    lengths = np.array([sum((byte & 0xC0) != 0x80 for byte in written) for written in generator.tokens.written])
    characters = lengths[windows[:, 1:]].ravel()
    escaped, also = _unseen(generator.tokens, held_out)
    places = held_out.context * np.arange(len(held_out))[:, None] + np.arange(1, held_out.context + 1)
    of, said = clusters_of(held_out, np.concatenate([places.ravel(), escaped]))
    documents = of[: places.size].reshape(places.shape)
    protocol = f"held-out split in windows of {held_out.context} tokens side by side, interval for other {said}"
    characters = np.concatenate([characters, np.ones(len(escaped), characters.dtype)])

    def bits(nats: np.ndarray, escape: float) -> Estimate:
        return bits_per_character(
            np.concatenate([nats.ravel(), np.full(len(escaped), escape * math.log(2))]), characters, of
        )

    yield LIKELIHOODS[0], bits(ours, also), "lower", BITS, protocol + _told(held_out, len(escaped), also)
    yield LIKELIHOODS[1], bits(theirs, also), "lower", BITS, protocol + _told(held_out, len(escaped), also)
    yield LIKELIHOODS[2], bits(theirs - ours, 0.0), "higher", BITS, protocol
    yield LIKELIHOODS[3], perplexity(ours, documents), "lower", "tokens", protocol
    yield LIKELIHOODS[4], perplexity(theirs, documents), "lower", "tokens", protocol


def _unseen(tokens: Tokens, held_out: Texts) -> tuple[np.ndarray, float]:
    """Where in the measured windows characters stand that no training text held, and the bits that each costs (`escape_bits`)."""
    places = tokens.unseen(held_out.documents)
    measured = places[places <= held_out.context * len(held_out)]
    return measured, escape_bits(held_out.characters, len(places), len(tokens) - 1)


def _told(held_out: Texts, unseen: int, bits: float) -> str:
    return (
        f"; {unseen:,} of {held_out.characters:,} characters, which no training text held, at {bits:.1f} bits each"
        if unseen
        else ""
    )


def clusters_of(texts: Texts, places: np.ndarray) -> tuple[np.ndarray, str]:
    """What the tokens at `places` belong to, numbered, and what that is: families of documents, documents, or stretches of one text.

    Tokens of one document are alike, and so are documents of one family, as those of one module.
    """
    document = np.cumsum(texts.tokens == 0)[places - 1] - 1
    if len(texts.families) == len(texts.documents) and len(np.unique(document)) > 1:
        document = np.unique(np.array(texts.families), return_inverse=True)[1][document]
    if (found := len(np.unique(document))) > 1:
        return document, f"{found} {'modules' if texts.families else 'documents'}"
    stretches = max(2, min(STRETCHES, len(texts.tokens) // texts.context))
    return places * stretches // (len(texts.tokens) + 1), f"stretches, since it is one document in {stretches}"


def _of_samples(generator: TextGenerator, data: Dataset, floor: NGram, n: int, seed: int) -> Iterator[Row]:
    decoding = Decoding(length=generator.context, watermark="none")
    protocol = f"{n} texts from nothing, temperature {decoding.temperature:g}, at most {decoding.length} tokens"
    samples = generator.sample(n, seed=seed, decoding=decoding).tolist()
    real = _cut(generator, data.test.documents, n, seed)
    for length in (1, 2, 3):
        for name, texts in ((f"distinct-{length}", samples), (f"distinct-{length} of held-out texts", real)):
            if (estimate := distinct(texts, length)) is not None:
                yield name, estimate, "higher", "share of a text's n-grams", protocol
    for name, measure, unit in (
        ("repetition", repetition, "share of a text's 4-grams"),
        ("self-BLEU", self_bleu, "BLEU against the other texts"),
    ):
        for suffix, texts in (("", samples), (" of held-out texts", real)):
            if (estimate := measure(texts)) is not None:
                yield name + suffix, estimate, "lower", unit, protocol
    yield from _judged(generator, data, samples, protocol, seed)
    if kind_of(data.spec).language:
        rng = np.random.default_rng(seed)
        counted = [generator.tokens.decode(floor.sample(rng, decoding.length, decoding.temperature)) for _ in range(n)]
        for name, texts in zip(OF_SAMPLES[-3:], (samples, real, counted), strict=True):
            yield name, parse_share(texts), "higher", "share", protocol


def _judged(generator: TextGenerator, data: Dataset, samples: Sequence[str], protocol: str, seed: int) -> Iterator[Row]:
    """Perplexity under a judge that the model never learned from: a 5-gram of one half of the held-out text.

    The other half says what real text comes to. Too low is as suspicious as too high: dull text is probable.
    """
    half = len(data.test.tokens) // 2
    judge = NGram(data.test.tokens[:half], len(data.spec.vocabulary))
    texts = [
        np.concatenate([np.zeros(1, np.int32), row])
        for text in samples
        if len(row := generator.tokens.encode(text)) > 1
    ]
    length = max(2, round(float(np.mean([len(text) for text in texts]))) if texts else 2)
    other = data.test.tokens[half:]
    starts = np.random.default_rng([seed, 2]).integers(max(1, len(other) - length), size=len(samples))
    real = [other[start : start + length] for start in starts]
    places = half + np.concatenate([start + np.arange(1, len(row)) for start, row in zip(starts, real, strict=True)])
    told = f"{protocol}; by a {FLOOR} of half of the held-out text, beside the other half"
    if len(texts) > 1:
        yield (
            "judged perplexity",
            _perplexity_by(judge, texts, np.repeat(np.arange(len(texts)), [len(row) - 1 for row in texts])),
            "lower",
            "tokens",
            told,
        )
    documents, said = clusters_of(data.test, places)
    if len(real) > 1 and len(np.unique(documents)) > 1:
        yield (
            "judged perplexity of held-out texts",
            _perplexity_by(judge, real, documents),
            "lower",
            "tokens",
            f"{told}, interval for other {said}",
        )


def _perplexity_by(judge: NGram, rows: Sequence[np.ndarray], documents: np.ndarray) -> Estimate:
    nats = -np.concatenate([judge.log_likelihood(row) for row in rows])
    return ratio(nats, np.ones(len(nats)), documents, lambda mean: float(np.exp(mean)))


def _cut(generator: TextGenerator, documents: Sequence[str], n: int, seed: int) -> list[str]:
    """n of the documents, drawn from the seed, each cut to as many tokens as a sample may have."""
    chosen = np.random.default_rng([seed, 1]).permutation(len(documents))[:n]
    tokens = generator.tokens
    return [
        tokens.decode(tokens.encode("".join(c for c in documents[i] if not tokens.unknown(c)))[: generator.context])
        for i in chosen
    ]
