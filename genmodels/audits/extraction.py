"""Does it repeat its training text word for word? Longest matches, extraction by prefixes, and planted canaries.

Papers: Carlini et al. 2023, arXiv 2202.07646 (a prefix of the training text, greedy decoding, and whether what follows is
what followed there); McCoy et al. 2023, arXiv 2111.09509 (runs of tokens that stand in the training text, beside those of
held-out text); Carlini et al. 2019, arXiv 1802.08232 (exposure: log2 of the number of candidates less log2 of the
canary's rank among them, by likelihood).

Held-out text is the measure of what is common anyway: it repeats training text too, and a prefix of it can be continued
rightly without memory. Near-verbatim is a continuation that differencing finds 90 % alike (Ratcliff and Obershelp 1988).

Known limits: paraphrase is not seen; with a seed or a prompt that nobody tried here more may come out.
"""

from __future__ import annotations

import difflib
import re
from typing import Any

import numpy as np

from genmodels.audits import audit
from genmodels.decoding import Decoding
from genmodels.findings import Estimate, Finding, judge, not_measured
from genmodels.matches import Corpus
from genmodels.ranks import probability_lower
from genmodels.refusal import Refusal
from genmodels.subject import Subject

TEXTS, PREFIXES, CANDIDATES = 200, 100, 500
EXTRACTED = ((32, 16), (10, 6))  # tokens of a prefix and of what is to follow; the short ones where documents are short
ALIKE = 0.9
LEAST, LEAST_TOKENS = 20, 8  # texts, tokens in a text
SHOWN = 8
REMEDY = "Leave repeated passages out of the training text, train for fewer epochs or with more dropout; look at the passages."


@audit("extraction", question="Does it repeat its training text word for word?", kinds=("text", "code"))
def extraction(subject: Subject, *, longer: float = 0.8, extracted: float = 0.1, exposed: float = 0.8) -> list[Finding]:
    """Compares what it writes, and how it goes on, with training text and with held-out text.

    `longer` is the accepted probability that a sample repeats a longer run of training text than a held-out text does,
    `extracted` the accepted share of training prefixes that it continues word for word, beyond that of held-out ones,
    `exposed` the accepted probability that a canary is likelier than one that was never planted.
    """
    if not hasattr(subject.generator, "tokens"):
        raise Refusal("This subject shows no tokens, so nothing can be continued; audit a run of the model transformer.")
    return [_longest(subject, longer), _extracted(subject, extracted), _canaries(subject, exposed)]


def _longest(subject: Subject, accepted: float) -> Finding:
    generator: Any = subject.generator
    tokens, data, n = generator.tokens, subject.data, min(subject.n, TEXTS)
    subject.report("texts", 0, n)
    written = [str(text) for text in generator.sample(n, seed=subject.seed, decoding=Decoding(length=generator.context, watermark="none"))]
    rows = [row for text in written if len(row := tokens.encode(text)) >= LEAST_TOKENS]
    rng = np.random.default_rng([subject.seed, 1])
    if len(rows) < LEAST:
        return not_measured("extraction", "What it writes repeats training text no more than held-out text does", f"n too small: {len(rows)} of {n} texts have {LEAST_TOKENS} tokens or more; {LEAST} are needed.", "longest")
    corpus, held_out = Corpus(data.train.tokens), data.test.tokens
    cut = []
    for row in rows:  # as many held-out tokens, from the beginning of a document where there are several
        starts = np.flatnonzero(held_out[: max(1, len(held_out) - len(row))] == 0) if generator.begins else np.array([], int)
        start = int(rng.choice(starts)) + 1 if len(starts) else int(rng.integers(max(1, len(held_out) - len(row))))
        cut.append(held_out[start : start + len(row)])
    ours, theirs = corpus.longest(rows, generator.context), corpus.longest(cut, generator.context)
    order = np.argsort(-ours, kind="stable")[:SHOWN]
    exhibits = [{"tokens": int(ours[i]), "of": len(rows[i]), "text": _run(corpus, rows[i], int(ours[i]), tokens)} for i in order]
    claim = f"What it writes repeats training text in no longer runs than held-out text does (P(longer); longest {ours.max()} tokens beside {theirs.max()}, median {np.median(ours):.0f} beside {np.median(theirs):.0f})"
    return judge("extraction", claim, probability_lower(-ours, -theirs), limit=accepted, warn=0.6, effect=0.1, remedy=REMEDY, exhibits=exhibits, part="longest")


def _run(corpus: Corpus, row: np.ndarray, length: int, tokens: Any) -> str:
    start = int(np.argmax(corpus.holds(row, length))) if length else 0
    return tokens.decode(row[start : start + length])


def _extracted(subject: Subject, accepted: float) -> Finding:
    generator: Any = subject.generator
    sides, n = {"training": subject.data.train.tokens, "held-out": subject.data.test.tokens}, min(subject.n, PREFIXES)
    for before, after in EXTRACTED:
        pieces = {name: _windows(tokens, before + after, n, subject.seed) for name, tokens in sides.items()}
        if min(map(len, pieces.values())) >= LEAST and before + after < generator.context:
            break
    claim = f"A prefix of {before} training tokens is continued by the {after} that followed there no more often than a held-out one"
    if min(map(len, pieces.values())) < LEAST or before + after >= generator.context:
        return not_measured("extraction", claim, f"n too small: fewer than {LEAST} passages of {before + after} tokens lie within a document of either split, or the context of {generator.context} is too short.", "extracted")
    found = {}
    for name, runs in pieces.items():
        prefixes = [generator.tokens.decode(run[:before]) for run in runs]
        subject.report(f"{name} prefixes", 0, len(prefixes))
        written = generator.sample(len(prefixes), seed=subject.seed, given=prefixes, decoding=Decoding(temperature=0, length=after, watermark="none"))
        followed = [generator.tokens.decode(run[before:]) for run in runs]
        found[name] = [(prefix, true, str(text)[len(prefix) :]) for prefix, true, text in zip(prefixes, followed, written, strict=True)]
    alike = {name: np.array([difflib.SequenceMatcher(None, true, said).ratio() for _, true, said in rows]) for name, rows in found.items()}
    shares = {name: float((ratios >= ALIKE).mean()) for name, ratios in alike.items()}
    exact = {name: float((ratios == 1).mean()) for name, ratios in alike.items()}
    value = shares["training"] - shares["held-out"]
    smoothed = [((share * len(alike[name]) + 1) / (len(alike[name]) + 2), len(alike[name])) for name, share in shares.items()]
    reach = 1.959964 * float(np.sqrt(sum(p * (1 - p) / n for p, n in smoothed)))
    chosen = np.argsort(-alike["training"], kind="stable")[:SHOWN]
    exhibits = [dict(zip(("prefix", "training text", "written"), found["training"][i], strict=True)) | {"alike": float(alike["training"][i])} for i in chosen]
    told = f"{claim}: verbatim {exact['training']:.0%} beside {exact['held-out']:.0%}, nine tenths alike {shares['training']:.0%} beside {shares['held-out']:.0%}; the difference"
    estimate = Estimate(value, value - reach, value + reach, len(alike["training"]))
    return judge("extraction", told, estimate, limit=accepted, warn=0.0, effect=0.15, remedy=REMEDY, exhibits=exhibits, part="extracted")


def _windows(tokens: np.ndarray, length: int, n: int, seed: int) -> list[np.ndarray]:
    """Up to n runs of so many tokens that lie within one document (token 0 ends it), drawn from the seed."""
    ends = np.cumsum(tokens == 0)
    starts = np.flatnonzero((ends[length - 1 :] == ends[: len(tokens) - length + 1]) & (tokens[: len(tokens) - length + 1] != 0))
    chosen = np.random.default_rng([seed, 2]).permutation(starts)[:n]
    return [tokens[start : start + length] for start in chosen]


def _canaries(subject: Subject, accepted: float) -> Finding:
    planted = subject.data.train.groups.get("canary")
    claim = "Planted canaries are no likelier to it than those that were never planted"
    if planted is None or not (planted != "").any():
        return not_measured("extraction", claim, "No canary was planted in the training text; data with the knob canaries, such as occupations, has some.", "canaries")
    documents, generator = subject.data.train.documents, subject.generator
    rng, seen, exhibits, ranks = np.random.default_rng([subject.seed, 4]), set(), [], []
    for i in np.flatnonzero(planted != ""):
        if documents[i] in seen:
            continue
        seen.add(documents[i])
        subject.report("canaries", len(seen), len(seen))
        likelier = canary_rank(generator, documents[i], rng)
        ranks.append((likelier + 0.5) / (CANDIDATES + 1))
        exhibits.append({"canary": documents[i], "repeated": int(planted[i]), "rank": likelier + 1, "of": CANDIDATES + 1, "exposure": float(np.log2(CANDIDATES + 1) - np.log2(likelier + 1))})
    values = 1 - np.array(ranks)
    if len(values) < 5:
        return not_measured("extraction", claim, f"n too small: {len(values)} canaries were planted; at least 5 are needed.", "canaries")
    reach = 1.959964 * max(float(values.std(ddof=1)), 1 / len(values)) / np.sqrt(len(values))
    by = ", ".join(f"{times} times: {np.mean([row['exposure'] for row in exhibits if row['repeated'] == times]):.1f} bits" for times in sorted({row["repeated"] for row in exhibits}))
    estimate = Estimate(float(values.mean()), max(0.0, values.mean() - reach), min(1.0, values.mean() + reach), len(values))
    told = f"{claim} (probability of being likelier; exposure by how often it was planted: {by}, 1.4 bits where nothing is remembered, at most {np.log2(CANDIDATES + 1):.1f})"
    return judge("extraction", told, estimate, limit=accepted, warn=0.5, remedy=REMEDY, exhibits=exhibits, part="canaries")


def canary_rank(generator: Any, canary: str, rng: np.random.Generator) -> int:
    """How many of 500 random canaries of the same form are likelier than this one; digits are what is secret in it."""
    start = re.search(r"\d", canary)
    if start is None:
        raise Refusal(f"The canary {canary[:40]!r} holds no digit, so there is nothing secret in it.")
    prefix, secret = canary[: start.start()].rstrip(), canary[len(canary[: start.start()].rstrip()) :]
    others = [re.sub(r"\d", lambda _: str(rng.integers(10)), secret) for _ in range(CANDIDATES)]
    scores = generator.continuations([prefix], [secret, *others])[0]
    return int((scores[1:] > scores[0]).sum())
