"""Memorisation: OpenMoji dealt anew with copies among the samples, and models that were really trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np

from genmodels.audits.audit import AUDITS
from genmodels.calibration.case import PLANTED, Case, Planted, Report
from genmodels.calibration.trained_culprits import by_heart, data_of
from genmodels.checks import copying
from genmodels.checks.authenticity import less_authentic
from genmodels.data.dataset import DATA, Dataset
from genmodels.estimates.ranks import probability_lower
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.near_copies import authentic, families_of, nearness, unseen
from genmodels.runs.store import gallery_names, shipped
from genmodels.subjects.planted import shifted
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import open_model

Pool = tuple[np.ndarray, np.ndarray, np.ndarray]  # of pictures: relative distances, whether authentic, drawings
SPLITS = 120  # of OpenMoji: what is repeated within a split is not independent


# Share of the samples, what they are, and what that is called.
CASES = (
    (0.0, "innocent", "pictures that nobody trained on"),
    (0.005, "copies", "0.5 % copies"),
    (0.01, "copies", "1 % copies"),
    (0.05, "copies", "5 % copies"),
    (0.05, "noisy", "5 % copies with noise of 0.02"),
    (0.05, "shifted", "5 % copies moved by a pixel"),
    (1.0, "copies", "parrot"),
    (1.0, "noisy", "parrot with noise of 0.02"),
    (1.0, "shifted", "parrot moved by a pixel"),
)
SAMPLES = 2000


@dataclasses.dataclass(frozen=True)
class Plan:
    """A case, and which share of its samples comes from which pool."""

    case: Case
    share: float
    kind: str

    def draw(self, pools: Mapping[str, Pool], rng: np.random.Generator) -> Pool:
        """Samples of this case, the guilty ones first."""
        guilty = round(self.share * SAMPLES)
        rows = [(pools[self.kind], guilty), (pools["innocent"], SAMPLES - guilty)]
        chosen = [(pool, rng.integers(len(pool[0]), size=count)) for pool, count in rows if count]
        first, second, third = (np.concatenate([pool[i][index] for pool, index in chosen]) for i in range(3))
        return first, second, third


@PLANTED.add("memorisation")
def memorisation(repetitions: int, seed: int, report: Report) -> Planted:
    """OpenMoji dealt anew by drawing: a part to train on, a held-out part, and pictures that neither holds."""
    data = DATA["openmoji"](subset="all", split="drawing").load()
    splits, each = min(SPLITS, repetitions), max(1, -(-repetitions // SPLITS))
    plans = list(_plans())
    flags: dict[int, list[bool]] = {number: [] for number in range(len(plans))}
    clusters = np.repeat(np.arange(splits), each)
    for split in range(splits):
        report(f"memorisation: split {split + 1} of {splits}")
        rng = np.random.default_rng([seed, split])
        dealt = Deal(data, rng)
        for _ in range(each):
            for number, plan in enumerate(plans):
                flags[number].append(dealt.flagged(plan.case.part, plan.draw(dealt.pools, rng)))
    for number, plan in enumerate(plans):
        yield plan.case, np.array(flags[number]), clusters
    yield from _by_heart(seed, report)


def _plans() -> Iterator[Plan]:
    for share, kind, name in CASES:
        for part in ("copies", "nearer", "authenticity"):
            if part == "copies" or share in (0.0, 1.0):
                shown = name == ("1 % copies" if part == "copies" else "parrot with noise of 0.02")
                yield Plan(Case(part, name, share > 0, SAMPLES, share, shown), share, kind)


class Deal:
    """OpenMoji dealt once: pools of copies and of strangers, and what held-out pictures are like."""

    def __init__(self, data: Dataset, rng: np.random.Generator) -> None:
        train, held_out, others = _dealt(data, rng)
        self.theirs, self.families = unseen(dataclasses.replace(data, train=train, test=held_out))
        self.unseen_authentic, self.drawings = authentic(held_out.images, train.images), families_of(held_out)
        drawings = families_of(train)
        copied = train.images[rng.permutation(len(train))[:150]]
        strangers = others.images[rng.permutation(len(others))[:800]]
        noisy = np.clip(np.round(copied + 255 * 0.02 * rng.standard_normal(copied.shape)), 0, 255).astype(np.uint8)
        pictures = {"innocent": strangers, "copies": copied, "noisy": noisy, "shifted": shifted(copied)}
        self.pools: dict[str, Pool] = {}
        for name, some in pictures.items():
            found = nearness(some, train.images)
            self.pools[name] = found.relative, authentic(some, train.images), drawings[found.index]

    def flagged(self, part: str, drawn: Pool) -> bool:
        """Whether that part of the audit fails these samples."""
        relative, new, hits = drawn
        if part == "copies":
            found = copying.share_of_copies(relative, hits, self.theirs, self.families, tests=copying.TESTS)
            return bool(found.low > 0)
        if part == "nearer":
            return bool(probability_lower(relative, self.theirs, (hits, self.families)).low > 0.8)
        return bool(less_authentic(new, self.unseen_authentic, hits, self.drawings).low > 0.2)


def _dealt(data: Dataset, rng: np.random.Generator) -> tuple[Examples, Examples, Examples]:
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
