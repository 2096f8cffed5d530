"""Measures of texts: functions of likelihoods or of texts, each an estimate with its interval."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from genmodels.estimates.estimate import Estimate, bootstrap, clopper_pearson
from genmodels.estimates.ratios import ratio
from genmodels.kinds.code.functions import tree_of

WORD = re.compile(r"\w+|[^\w\s]")


def bits_per_character(nats: np.ndarray, characters: np.ndarray, documents: np.ndarray | None = None) -> Estimate:
    """Bits a character of tokens or blocks whose negative log-likelihoods are `nats` (n,) and lengths `characters` (n,).

    A ratio of sums; the interval is for other documents (`ratio`), `documents` (n,) says which each belongs to, by default its own.
    """
    return ratio(nats / math.log(2), characters, documents)


def perplexity(nats: np.ndarray, documents: np.ndarray | None = None) -> Estimate:
    """The exponential of the mean negative log-likelihood a token, `nats` (blocks, tokens).

    The interval is for other documents; `documents` (blocks, tokens) says which each token belongs to, by default each
    block is one.
    """
    blocks = np.repeat(np.arange(len(nats)), nats.shape[1])
    return ratio(nats.ravel(), np.ones(nats.size), blocks if documents is None else documents.ravel(), math.exp)


def distinct(texts: Sequence[str], n: int) -> Estimate | None:
    """Share of the n-grams of words of a text that are different (Li et al. 2016, arXiv 1510.03055), mean over texts.

    Within each text, so that it does not fall with their number; texts shorter than n + 1 words don't count. None where
    fewer than two are left.
    """
    shares = []
    for text in texts:
        words = WORD.findall(text)
        grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
        if len(grams) > 1:
            shares.append(len(set(grams)) / len(grams))
    return bootstrap(np.array(shares)) if len(shares) > 1 else None


def repetition(texts: Sequence[str], n: int = 4) -> Estimate | None:
    """Share of the n-grams of words of a text that stood in it before (Welleck et al. 2019, arXiv 1908.04319), mean over texts.

    Texts shorter than n + 1 words don't count. None where fewer than two are left.
    """
    kept = distinct(texts, n)
    return kept and Estimate(1 - kept.value, 1 - kept.high, 1 - kept.low, kept.n)


def self_bleu(texts: Sequence[str], n: int = 4) -> Estimate | None:
    """How like each text is to the others: BLEU against all of them, mean over texts (Zhu et al. 2018, arXiv 1802.01886).

    BLEU is the geometric mean over 1- to n-grams of the clipped share that some other text holds, each with one added
    above and below (Lin and Och 2004, for n above 1), times the penalty for being shorter than the nearest length
    (Papineni et al. 2002). From 0 to 1; lower is more diverse. Grows with the number of texts: compare at one n only.
    None where fewer than two texts have n words. The interval is for these texts: a bootstrap over them, the others as they are.
    """
    words = [found for text in texts if len(found := WORD.findall(text)) >= n]
    if len(words) < 2:
        return None
    counted = [
        [Counter(tuple(each[i : i + size]) for i in range(len(each) - size + 1)) for size in range(1, n + 1)]
        for each in words
    ]
    highest = [_two_highest([each[size] for each in counted]) for size in range(n)]
    lengths = np.array([len(each) for each in words])
    alone = bootstrap(np.array([_bleu(i, counted[i], highest, lengths) for i in range(len(words))]))
    return replace(alone, of="these texts")


def _two_highest(counts: Sequence[Counter[tuple[str, ...]]]) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """Of each n-gram the highest count in a text, in which text, and the highest in any other."""
    found: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for number, each in enumerate(counts):
        for gram, count in each.items():
            first, of, second = found.get(gram, (0, -1, 0))
            found[gram] = (count, number, first) if count > first else (first, of, max(second, count))
    return found


def _bleu(
    number: int,
    counts: Sequence[Counter[tuple[str, ...]]],
    highest: Sequence[dict[tuple[str, ...], tuple[int, int, int]]],
    lengths: np.ndarray,
) -> float:
    logs = 0.0
    for size, own in enumerate(counts):
        clipped = 0
        for gram, count in own.items():
            first, of, second = highest[size][gram]
            clipped += min(count, second if of == number else first)
        more = 1 if size else 0
        if clipped + more == 0:
            return 0.0
        logs += math.log((clipped + more) / (sum(own.values()) + more)) / len(counts)
    length, others = lengths[number], np.delete(lengths, number)
    nearest = others[np.lexsort((others, np.abs(others - length)))[0]]
    return float(math.exp(logs) * (1.0 if length >= nearest else math.exp(1 - nearest / length)))


def parses(text: str) -> bool:
    """Is it Python, and not nothing? Only read; nothing is run."""
    tree = tree_of(text)
    return tree is not None and bool(tree.body)


def parse_share(texts: Sequence[str]) -> Estimate:
    """Share of texts that are Python, with its exact interval."""
    return clopper_pearson(sum(map(parses, texts)), len(texts))
