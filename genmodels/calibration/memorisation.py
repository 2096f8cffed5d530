"""Memorisation: OpenMoji dealt anew with copies among the samples, and models that were really trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from genmodels.audits.audit import AUDITS
from genmodels.calibration.case import PLANTED, Case, Planted, Report
from genmodels.calibration.trained_culprits import by_heart, data_of
from genmodels.checks import copying
from genmodels.checks.authenticity import less_authentic
from genmodels.data.dataset import DATA
from genmodels.estimates.ranks import probability_lower
from genmodels.kinds.image.near_copies import authentic, families_of, nearness, unseen
from genmodels.runs.store import gallery_names, shipped
from genmodels.subjects.planted import shifted
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import open_model

SPLITS = 120  # of OpenMoji: what is repeated within a split is not independent


@PLANTED.add("memorisation")
def memorisation(repetitions: int, seed: int, report: Report) -> Planted:
    """OpenMoji dealt anew by drawing: a part to train on, a held-out part, and pictures that neither holds."""
    data = DATA["openmoji"](subset="all", split="drawing").load()
    splits, each = min(SPLITS, repetitions), max(1, -(-repetitions // SPLITS))
    n = 2000
    plans: list[tuple[Case, Callable[..., Any]]] = []

    def mixed(share: float, kind: str) -> Callable[..., Any]:
        def draw(pools: Mapping[str, Any], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            guilty = round(share * n)
            rows = [(pools[kind], guilty), (pools["innocent"], n - guilty)]
            chosen = [(pool, rng.integers(len(pool[0]), size=count)) for pool, count in rows if count]
            first, second, third = (np.concatenate([pool[i][index] for pool, index in chosen]) for i in range(3))
            return first, second, third

        return draw

    for share, kind, name in (
        (0.0, "innocent", "pictures that nobody trained on"),
        (0.005, "copies", "0.5 % copies"),
        (0.01, "copies", "1 % copies"),
        (0.05, "copies", "5 % copies"),
        (0.05, "noisy", "5 % copies with noise of 0.02"),
        (0.05, "shifted", "5 % copies moved by a pixel"),
        (1.0, "copies", "parrot"),
        (1.0, "noisy", "parrot with noise of 0.02"),
        (1.0, "shifted", "parrot moved by a pixel"),
    ):
        for part in ("copies", "nearer", "authenticity"):
            if part == "copies" or share in (0.0, 1.0):
                shown = name == ("1 % copies" if part == "copies" else "parrot with noise of 0.02")
                plans.append((Case(part, name, share > 0, n, share, shown), mixed(share, kind)))
    flags: dict[int, list[bool]] = {number: [] for number in range(len(plans))}
    clusters = np.repeat(np.arange(splits), each)
    for split in range(splits):
        report(f"memorisation: split {split + 1} of {splits}")
        rng = np.random.default_rng([seed, split])
        train, held_out, others = _dealt(data, rng)
        dealt = dataclasses.replace(data, train=train, test=held_out)
        theirs, families = unseen(dealt)
        unseen_authentic, held_out_drawings = authentic(held_out.images, train.images), families_of(held_out)
        drawings = families_of(train)
        copied = train.images[rng.permutation(len(train))[:150]]
        strangers = others.images[rng.permutation(len(others))[:800]]
        noisy = np.clip(np.round(copied + 255 * 0.02 * rng.standard_normal(copied.shape)), 0, 255).astype(np.uint8)
        pools = {
            name: (found.relative, authentic(pictures, train.images), drawings[found.index])
            for name, pictures in (
                ("innocent", strangers),
                ("copies", copied),
                ("noisy", noisy),
                ("shifted", shifted(copied)),
            )
            for found in [nearness(pictures, train.images)]
        }
        for _ in range(each):
            for number, (case, draw) in enumerate(plans):
                relative, new, hits = draw(pools, rng)
                if case.part == "copies":
                    flagged = copying.share_of_copies(relative, hits, theirs, families, tests=copying.TESTS).low > 0
                elif case.part == "nearer":
                    flagged = probability_lower(relative, theirs, (hits, families)).low > 0.8
                else:
                    flagged = less_authentic(new, unseen_authentic, hits, held_out_drawings).low > 0.2
                flags[number].append(bool(flagged))
    for number, (case, _) in enumerate(plans):
        yield case, np.array(flags[number]), clusters
    yield from _by_heart(seed, report)


def _dealt(data: Any, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """All pictures, whole families of drawings (roles, or what is equal) together, as 58, 12 and 30 %."""
    images = np.concatenate([data.train.images, data.test.images])
    groups = {name: np.concatenate([data.train.groups[name], data.test.groups[name]]) for name in data.train.groups}
    everything = type(data.train)(images, None, (*data.train.captions, *data.test.captions), groups)
    family = families_of(everything)
    names = rng.permutation(np.unique(family))
    ends = np.cumsum([0.58, 0.12]) * len(names)
    parts = np.split(names, ends.astype(int))
    return tuple(everything.take(np.flatnonzero(np.isin(family, part))) for part in parts)


def _by_heart(seed: int, report: Report) -> Planted:
    """A VAE really trained on 100 pictures until it knows them, and the well-trained models of the gallery."""
    flags = []
    for each in (0, 1):
        run = by_heart(each, report)
        findings = AUDITS["memorisation"](Subject(open_model(run), data_of(run), n=2000, seed=seed))
        flags.append(any(f.verdict == "fail" for f in findings if f.part in ("copies", "nearer")))
    yield Case("nearer", "VAE really trained on 100 pictures, 300 epochs", True, 2000), np.array(flags), None
    flags = []
    names = [name for name in ("vae-openmoji", "gan-openmoji", "gan-prompts") if name in gallery_names()]
    for name in names:
        run = shipped(name)
        findings = AUDITS["memorisation"](Subject(open_model(run), data_of(run), n=2000, seed=seed))
        flags.append(any(f.verdict == "fail" for f in findings if f.part in ("copies", "nearer")))
    yield Case("nearer", f"well-trained models: {', '.join(names)}", False, 2000, 0.0), np.array(flags), None
