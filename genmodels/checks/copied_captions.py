"""What a model that follows prompts draws for its own training captions: the very picture, or one picture from every seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from genmodels.checks.copied_pairs import SHOWN, pngs
from genmodels.checks.copying import NEAR, PLAIN
from genmodels.checks.variety import ALIKE, PROMPTS, SEEDS, spread_over_seeds
from genmodels.estimates.estimate import clopper_pearson
from genmodels.kinds.image.near_copies import nearness
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import to_prompt
from genmodels.verdicts.error_rates import Case, exactly, unknown_rates
from genmodels.verdicts.finding import Finding, judge, verdict_of

LEAST = 20  # captions
REMEDY = "Look at the pairs; train for fewer epochs, on more or more varied pictures, or with a smaller model."


def prompted_first(subject: Subject, findings: Sequence[Finding], accepted: float, effect: float) -> list[Finding]:
    """All findings; where training captions are answered with their pictures, that is said before anything else."""
    prompted = prompted_copies(subject, accepted, effect)
    copies = findings[0]
    limit = (copies.limit or 0.0) + 0.05
    if prompted.estimate is None or prompted.estimate.low <= limit:
        return [*findings, prompted]
    said = f"Asked for its training captions, it reproduces {prompted.estimate.value:.0%} of their pictures almost as they are. Asked for held-out captions: {copies.claim[0].lower()}{copies.claim[1:]}"
    return [replace(copies, claim=said), *findings[1:], prompted]


def prompted_copies(subject: Subject, accepted: float, effect: float) -> Finding:
    """Asked for training captions, how often does it draw the very picture? Reported apart: most captions name one picture."""
    train = subject.data.train
    generator = to_prompt(subject.generator)
    known = [i for i, caption in enumerate(train.captions) if generator.knows(caption)]
    chosen = np.random.default_rng([subject.seed, 5]).permutation(known)[: max(LEAST, subject.n // 10)]
    samples = subject.draw("training captions", [train.captions[i] for i in chosen])
    distance = _distances(samples, train.images[chosen])
    near = distance / nearness(samples, train.images).others < NEAR[PLAIN][1]
    exhibits = [
        {
            "prompt": train.captions[chosen[i]],
            "training": int(chosen[i]),
            "seed": subject.seed_of("training captions") + int(i),
            "distance": float(distance[i]),
            "pictures": pngs(samples[i], train.images[chosen[i]]),
        }
        for i in np.argsort(distance, kind="stable")[:SHOWN]
    ]
    n, estimate = len(near), clopper_pearson(int(near.sum()), len(near))
    claim = f"It reproduces {estimate.value:.0%} of its training captions almost picture for picture ({estimate.low:.0%} to {estimate.high:.0%}; {n} captions asked for)."

    rates = _rates_of_share(n, accepted, effect, "reproduce {} of their captions")
    return judge(
        "memorisation",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="prompted",
        error_rates=rates,
        question="Does it draw a training picture when asked for its caption?",
    )


def _distances(samples: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The root mean squared distance (n,), of 1, of each sample to the picture beside it."""
    difference = samples.astype(np.float32) / 255 - own.astype(np.float32) / 255
    return np.sqrt((difference**2).mean(axis=(1, 2, 3)))


def pictures_of_seeds(subject: Subject, accepted: float, effect: float) -> Finding:
    """How different are the pictures that four seeds give of one training caption?"""
    generator = to_prompt(subject.generator)
    captions = [caption for caption in dict.fromkeys(subject.data.train.captions) if generator.knows(caption)]
    chosen = [captions[i] for i in np.random.default_rng([subject.seed, 6]).permutation(len(captions))[:PROMPTS]]
    drawn = subject.draw("seeds of one caption", [caption for caption in chosen for _ in range(SEEDS)])
    drawn = drawn.reshape(len(chosen), SEEDS, *drawn.shape[1:])
    spread = spread_over_seeds(drawn)
    alike = spread < ALIKE
    estimate, n = clopper_pearson(int(alike.sum()), len(alike)), len(alike)
    claim = (
        f"Of {n} training captions {alike.sum()} get nearly the same picture from {SEEDS} seeds ({estimate.low:.0%} to {estimate.high:.0%} of captions);"
        f" pictures of one caption lie {np.median(spread):.0%} as far apart as those of different ones (median)."
    )
    exhibits = [
        {"prompt": chosen[i], "spread": float(spread[i]), "pictures": pngs(*drawn[i])} for i in range(min(n, SHOWN))
    ]
    return judge(
        "memorisation",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="seeds",
        error_rates=_rates_of_share(n, accepted, effect, "answer {} of their captions alike"),
        question="Do several seeds of one caption give different pictures?",
    )


def _rates_of_share(n: int, accepted: float, effect: float, says: str) -> Mapping[str, Any]:
    """The error rates of a share of captions; `says` tells what models do to such a share."""
    if accepted >= 1:
        return unknown_rates("this check can't fail: every share is accepted")
    most = min(1.0, accepted + effect)
    shares = (
        (0.0, False, False),
        (accepted, False, False),
        ((accepted + most) / 2, True, False),
        (most, True, False),
        (1.0, True, True),
    )
    cases = [
        (Case(says.format(f"{share:.0%}"), guilty, share - accepted if guilty else 0.0, crude), share)
        for share, guilty, crude in shares
    ]
    return exactly(n, cases, lambda k: verdict_of(clopper_pearson(k, n), limit=accepted, effect=effect))
