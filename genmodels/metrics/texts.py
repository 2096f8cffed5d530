"""Measures of texts: functions of likelihoods or of texts, each an estimate with its interval."""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Sequence

import numpy as np

from genmodels.findings import Estimate, bootstrap, clopper_pearson

WORD = re.compile(r"\w+|[^\w\s]")


def bits_per_character(nats: np.ndarray, characters: np.ndarray) -> Estimate:
    """Bits a character of blocks whose negative log-likelihoods are `nats` (n,) and lengths `characters` (n,).

    A ratio of sums; the interval is a bootstrap over blocks.
    """
    return bootstrap(np.stack([nats, characters], axis=1), lambda rows: rows[:, 0].sum() / rows[:, 1].sum() / math.log(2))


def perplexity(nats: np.ndarray) -> Estimate:
    """The exponential of the mean negative log-likelihood a token, `nats` (blocks, tokens); bootstrap over blocks."""
    return bootstrap(nats.mean(axis=1), lambda means: math.exp(means.mean()))


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


def parses(text: str) -> bool:
    """Is it Python, and not nothing? Read by `ast.parse`; nothing is run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes that a later Python may refuse
        try:
            return bool(ast.parse(text).body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False


def parse_share(texts: Sequence[str]) -> Estimate:
    """Share of texts that are Python, with its exact interval."""
    return clopper_pearson(sum(map(parses, texts)), len(texts))
