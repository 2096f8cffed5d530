"""The measures of what draws from prompts, each beside what it must be compared with.

Prompts are the captions of held-out pictures, so that all that is drawn can be held against pictures that nobody was
trained on. Beside the model stand a parrot (the training picture whose caption is nearest) and noise. What a picture
shows is read by networks that were trained apart and never saw a drawn picture: their own error on real held-out
pictures comes first, and where it is too large the measure is "not measured".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.data.sets.people import emoji_people
from genmodels.estimates.clustered import clustered, clustered_ratio
from genmodels.estimates.clusters import Clusters
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ratios import ratio
from genmodels.instruments.readers import READERS
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.features import PROTOCOL
from genmodels.kinds.image.near_copies import held_out_drawings
from genmodels.measuring.judged import Judged
from genmodels.measuring.pictures import FLOORS
from genmodels.metrics.kernel_distance import kernel_distance_difference
from genmodels.metrics.metric import METRICS, metrics_of
from genmodels.refusal import Refusal
from genmodels.subjects.stand_ins import Noise, TrainingMean
from genmodels.trained.opening import open_shipped

if TYPE_CHECKING:
    from genmodels.trained.prompted import PictureGenerator

Row = tuple[
    str, Estimate | None, str, str, str
]  # name, estimate (None: not measured), better, unit, protocol or reason

A_PROMPT = 20  # samples of each held-out prompt
SETTINGS = {"50 steps of DDIM": Drawing(sampler="ddim", steps=50), "10 steps of DPM-Solver++": Drawing(steps=10)}
LOST = "lost from 50 DDIM to 10 solver steps"
FAMILIES = ("R-precision", *READERS, LOST)  # what rows begin with, before a colon
COMPARED = ("kid", "precision", "recall", "coverage")


def rounds_of(generator: PictureGenerator, data: Dataset, n: int | None) -> int:
    """How many samples are drawn where n are asked for: whole rounds of the held-out captions, or fewer than one round.

    Captions of which the model knows no word are left out; it refuses to draw them. Where nobody says how many:
    `A_PROMPT` rounds, or one where the data have no groups to be read.
    """
    captions = sum(map(generator.knows, data.test.captions))
    n = n or captions * (A_PROMPT if "skin tone" in data.test.groups else 1)
    return n if n < captions else n // captions * captions


def measure_prompted(
    generator: PictureGenerator, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """Every measure whose name is `wanted`, from n samples (see `rounds_of`), as many for each held-out caption."""
    known = np.array([generator.knows(caption) for caption in data.test.captions])
    data = dataclasses.replace(data, test=data.test.take(np.flatnonzero(known)))
    if n < len(data.test):
        data = dataclasses.replace(data, test=data.test.take(np.linspace(0, len(data.test) - 1, n).astype(int)))
    captions = data.test.captions
    prompts = list(captions) * (n // len(captions))
    samples = generator.sample(len(prompts), seed=seed, given=prompts)
    parrot = real_parrot(data)
    strange = f" ({(~known).sum()} more have no word that the model knows)" if not known.all() else ""
    protocol = f"{PROTOCOL}; one sample for each of {len(captions)} captions of held-out pictures{strange}, against these pictures"
    yield from _compared(data, samples[: len(captions)], parrot, seed, wanted, protocol)
    if wanted("R-precision"):
        yield from _or_reason(
            "R-precision: samples", _retrieval(data, {"samples": (samples, prompts), "parrot": (parrot, captions)})
        )
    for grouping in READERS:
        if wanted(grouping) and grouping in data.test.groups:
            yield from _or_reason(f"{grouping}: samples", _groups(grouping, data, samples, prompts, seed))
    if wanted(LOST) and generator.steps:
        yield from _quality_lost(generator, data, seed)


def _compared(
    data: Dataset, first: np.ndarray, parrot: np.ndarray, seed: int, wanted: Callable[[str], bool], protocol: str
) -> Iterator[Row]:
    """The metrics of one sample for each held-out caption, beside a parrot and noise; and how far behind the floors are."""
    real, drawings = data.test.images, held_out_drawings(data)
    noise = Noise(data.spec.shape).sample(len(real), seed=seed)
    answered = Clusters.of(len(real), len(first), drawings, drawings)
    alone = Clusters.of(len(real), len(noise), drawings)
    for name, metric in metrics_of("image").items():
        about = metric.about()
        if wanted(name):
            yield name, metric(real, first, answered), about["better"], about["unit"], protocol
            if name in COMPARED:
                yield f"{name}: parrot", metric(real, parrot, answered), about["better"], about["unit"], protocol
                yield f"{name}: noise", metric(real, noise, alone), about["better"], about["unit"], protocol
    mean = TrainingMean(data.train.images).sample(len(real), seed=seed)
    for name, floor in zip(FLOORS, (noise, mean), strict=True):
        if wanted(name):
            behind = kernel_distance_difference(real, first, floor, answered)
            yield name, behind, "higher", "squared discrepancy", protocol


def _or_reason(name: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows; where they can't be had, one that says why it was not measured."""
    try:
        yield from list(rows)
    except Refusal as refusal:
        yield name, None, "higher", "share", str(refusal)


def real_parrot(data: Dataset) -> np.ndarray:
    """For each held-out caption the training picture whose caption shares most of its words (of the union of both)."""
    words = [frozenset(caption.lower().replace(",", " ").split()) for caption in data.train.captions]
    chosen = []
    for caption in data.test.captions:
        own = frozenset(caption.lower().replace(",", " ").split())
        chosen.append(int(np.argmax([len(own & each) / len(own | each) for each in words])))
    return data.train.images[chosen]


def _retrieval(data: Dataset, drawn: dict[str, tuple[np.ndarray, Sequence[str]]]) -> Iterator[Row]:
    """R-precision by the judge: of real held-out pictures first, and only if that is good of the others, also as a share of it."""
    judged = Judged(data)
    real = judged.found(data.test.images, data.test.captions)
    found = clustered(*real)
    yield "R-precision: real held-out pictures", found, "higher", "share", judged.protocol
    if reason := judged.too_poor(found.value):
        yield "R-precision: samples", None, "higher", "share", reason
        return
    for name, (pictures, prompts) in drawn.items():
        of_these = judged.found(pictures, prompts)
        yield f"R-precision: {name}", clustered(*of_these), "higher", "share", judged.protocol
        yield (
            f"R-precision: {name} as a share of real",
            clustered_ratio(*of_these, *real),
            "higher",
            "ratio",
            judged.protocol,
        )


def _groups(grouping: str, data: Dataset, samples: np.ndarray, prompts: Sequence[str], seed: int) -> Iterator[Row]:
    """How often a reader reads the group that the prompt asks for: on real held-out pictures, on samples, and the ratio."""
    reader = open_shipped(READERS[grouping], "reader")
    readable = set(captions_held_out(grouping)) & set(data.test.captions)
    truth = dict(zip(data.test.captions, data.test.groups[grouping], strict=True))
    family = dict(zip(data.test.captions, held_out_drawings(data), strict=True))
    rights: dict[
        str, tuple[np.ndarray, np.ndarray, np.ndarray]
    ] = {}  # read right, which drawing, group that was asked for
    for name, pictures, names in (
        ("real held-out pictures", data.test.images, data.test.captions),
        ("samples", samples, prompts),
    ):
        rows = [i for i, caption in enumerate(names) if caption in readable]
        asked = np.array([truth[names[i]] for i in rows])
        right = (reader.read(pictures[rows]) == asked).astype(float)
        rights[name] = right, np.array([family[names[i]] for i in rows]), asked
    protocol = f"by the reader of run {READERS[grouping]}, trained apart, on {len(readable)} held-out combinations whose drawing says it; intervals over different drawings"
    for group in ("", *reader.classes[:-1]):
        chosen = {
            name: [each[asked == group] if group else each for each in (right, drawing)]
            for name, (right, drawing, asked) in rights.items()
        }
        if min(len(set(drawing)) for _, drawing in chosen.values()) < 2:
            continue
        suffix = f", {group}" if group else ""
        for name, (right, drawing) in chosen.items():
            yield f"{grouping}: {name}{suffix}", clustered(right, drawing), "higher", "share read right", protocol
        (over, drawn), (under, real) = chosen["samples"], chosen["real held-out pictures"]
        ratio = clustered_ratio(over, drawn, under, real)
        yield f"{grouping}: samples as a share of real{suffix}", ratio, "higher", "ratio", protocol


def captions_held_out(grouping: str) -> tuple[str, ...]:
    """The captions of OpenMoji's drawings that the reader of a grouping never saw."""
    return emoji_people("woman or man" if grouping == "gender" else "tone or none")[1].captions


def _quality_lost(generator: PictureGenerator, data: Dataset, seed: int) -> Iterator[Row]:
    """Kernel distance and the judge's verdict with 50 steps of DDIM and with 10 steps of the solver, and the differences."""
    captions = list(data.test.captions)
    drawn = {
        name: generator.sample(len(captions), seed=seed, given=captions, drawing=drawing)
        for name, drawing in SETTINGS.items()
    }
    many, few = drawn.values()
    protocol = f"the same {len(captions)} held-out captions and seeds, {' against '.join(SETTINGS)}"
    drawings = held_out_drawings(data)
    clusters = Clusters.of(len(captions), len(captions), drawings, drawings)
    for name, pictures in drawn.items():
        yield (
            f"{LOST}: kid with {name}",
            METRICS["kid"](data.test.images, pictures, clusters),
            "lower",
            "squared discrepancy",
            protocol,
        )
    yield (
        f"{LOST}: kid",
        kernel_distance_difference(data.test.images, many, few, clusters, paired=True),
        "lower",
        "squared discrepancy",
        protocol,
    )
    apart = np.sqrt(((many.astype("float64") - few) ** 2).mean(axis=(1, 2, 3))) / 255
    yield (
        f"{LOST}: difference of the same picture",
        ratio(apart, np.ones(len(apart)), drawings),
        "lower",
        "root mean square, 1 is black to white",
        protocol,
    )
    yield from _or_reason(f"{LOST}: R-precision", _judged_apart(data, many, few, protocol))


def _judged_apart(data: Dataset, many: np.ndarray, few: np.ndarray, protocol: str) -> Iterator[Row]:
    judged, captions = Judged(data), data.test.captions
    if reason := judged.too_poor(float(judged.found(data.test.images, captions)[0].mean())):
        raise Refusal(f"{reason[0].upper()}{reason[1:]}.")
    (before, drawings), (after, _) = (judged.found(pictures, captions) for pictures in (many, few))
    lost = before - after
    yield f"{LOST}: R-precision", ratio(lost, np.ones(len(lost)), drawings), "lower", "share", protocol
