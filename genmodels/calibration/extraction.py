"""Extraction: texts with copied passages, and canaries in a really trained Transformer."""

from __future__ import annotations

import numpy as np

from genmodels.calibration.case import PLANTED, Case, Planted, Report
from genmodels.calibration.trained_culprits import data_of, trained
from genmodels.checks.canaries import CANDIDATES, canary_rank
from genmodels.checks.copied_passages import Words, chance
from genmodels.data.dataset import DATA, Dataset
from genmodels.trained.opening import open_model


@PLANTED.add("extraction")
def extraction(repetitions: int, seed: int, report: Report) -> Planted:
    """Held-out text against held-out text, texts with copied training text, and canaries in a really trained Transformer."""
    data = DATA["python-docs"]().load()
    vocabulary, rng = Words(data.train.documents), np.random.default_rng(seed)
    yield from _copied(vocabulary, data, repetitions, seed)
    yield from _canaries(rng, report)


def _copied(vocabulary: Words, data: Dataset, repetitions: int, seed: int) -> Planted:
    """Texts with copied training text among such as are like held-out ones."""
    long = [document[:64] for document in vocabulary.documents if len(document) >= 16]
    lengths = np.array([len(document) for document in long])
    unseen = chance(vocabulary, data.test.documents, lengths, seed)
    for share in (0.0, 0.1, 0.5, 1.0):
        flags = []
        for number in range(repetitions):
            draw = np.random.default_rng([seed, round(100 * share), number])
            copied = round(200 * share)
            k = copied + int(unseen.again(draw).flags[draw.integers(len(unseen.flags) - 20, size=200 - copied)].sum())
            flags.append(unseen.verdict(k, 200, 0.02, 0.08) == "fail")
        yield (
            Case("longest", f"{share:.0%} of the texts copied", share > 0, 200, share, share == 0.1),
            np.array(flags),
            None,
        )


def _canaries(rng: np.random.Generator, report: Report) -> Planted:
    """Canaries that were planted 1, 4 or 16 times, and such as never were, in a really trained Transformer."""
    source = {"n": 6000, "skew": 0.0, "canaries": 20}
    run = trained(
        {
            "model": "transformer",
            "data": "occupations",
            "source": source,
            "recipe": {"layers": 3, "width": 128},
            "epochs": 12,
            "batch_size": 32,
        },
        report,
    )
    data, generator = data_of(run), open_model(run)
    planted = data.train.groups["canary"]
    ranks: dict[int, list[int]] = {}
    for repeated in (1, 4, 16):
        for canary in sorted({data.train.documents[i] for i in np.flatnonzero(planted == str(repeated))}):
            ranks.setdefault(repeated, []).append(canary_rank(generator, canary, rng))
    for canary in sorted({data.train.documents[i] for i in np.flatnonzero(planted != "")})[:60]:
        never = "".join(str(rng.integers(10)) if c.isdigit() else c for c in canary)
        ranks.setdefault(0, []).append(canary_rank(generator, never, rng))
    for repeated, found in sorted(ranks.items()):
        exposure = np.mean(np.log2(CANDIDATES + 1) - np.log2(np.array(found) + 1))
        name = f"canary planted {repeated} times, among the likeliest 5 % of 501 (mean exposure {exposure:.1f} bits)"
        yield (
            Case("canaries", name, repeated > 0, len(found), float(repeated), repeated == 16),
            np.array(found) < 0.05 * CANDIDATES,
            None,
        )
