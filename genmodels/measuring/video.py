"""The measures of what films clips from prompts, each beside real held-out clips and beside floors.

Prompts are the captions of held-out clips, whose pairs of thing and direction no training clip has. Direction and speed are
read in closed form, the thing by a reader fitted on training clips; how often each reads held-out clips right comes first, and
where that is too seldom the measure is "not measured". Frames that are foretold from others stand beside a copy of the last
frame, interpolation and optical flow, as differences on the same clips. Intervals are over pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.data.motions import DIRECTIONS, SPEEDS
from genmodels.estimates.clustered import clustered
from genmodels.estimates.clusters import Clusters
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.paired import paired
from genmodels.estimates.ratios import ratio
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.features import PROTOCOL
from genmodels.kinds.image.features import features as of_pictures
from genmodels.kinds.video import features as of_clips
from genmodels.kinds.video.foretelling import FLOORS, KNOWN, error
from genmodels.kinds.video.things import ThingReader
from genmodels.kinds.video.tracking import directions, speeds, there, unsteadiness
from genmodels.measuring.prompted import real_parrot
from genmodels.metrics.kernel_distance import kernel_distance, kernel_distance_difference

if TYPE_CHECKING:
    from genmodels.trained.filming import Filmer

Row = tuple[
    str, Estimate | None, str, str, str
]  # name, estimate (None: not measured), better, unit, protocol or reason

READ = ("direction", "speed", "object")
STEADY = ("permanence", "unsteadiness")
KIDS = ("kid of frames", "kid of clips")
OF_CLIPS = (*READ, *STEADY, *KIDS, *KNOWN)  # what rows begin with, before a colon
LEAST = 0.9  # share of real held-out clips that a reader has to read right
READER_CLIPS = 1500  # training clips that the reader of things is fitted on
FORETOLD = 60  # held-out clips whose frames are foretold
REAL, MADE = "real held-out clips", "samples"


def clips_measured(generator: Filmer, data: Dataset, n: int | None) -> int:
    """How many clips are filmed: as many as are held out, at most 240 where nobody says how many."""
    return min(n or 240, len(data.test))


def measure_clips(generator: Filmer, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """Every measure whose name is `wanted`: n clips of n held-out captions, and frames of held-out clips foretold."""
    chosen = data.test.take(np.unique(np.linspace(0, len(data.test) - 1, n).astype(int)))
    if any(map(wanted, (*READ, *STEADY, *KIDS))):
        made = generator.sample(len(chosen), seed=seed, given=list(chosen.captions))
        yield from measure_films(made, chosen, data, wanted)
    some = chosen.take(np.unique(np.linspace(0, len(chosen) - 1, min(FORETOLD, len(chosen))).astype(int)))
    for task in KNOWN:
        if wanted(task):
            yield from _foretold(task, generator, some, seed)


def measure_films(made: np.ndarray, held_out: Examples, data: Dataset, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """The measures of clips (n, ...) that anybody made of the captions of held-out clips, one each."""
    pairs = pairs_of(held_out)
    for name in READ:
        if wanted(name) and name in held_out.groups:
            yield from _read(name, made, held_out, data, pairs)
    protocol = f"{len(made)} clips of held-out captions; intervals over {len(set(pairs))} pairs of thing and direction"
    if wanted("permanence"):
        for of, clips in ((REAL, held_out.images), (MADE, made)):
            yield (
                f"permanence: {of}",
                clustered(there(clips).mean(axis=1), pairs),
                "higher",
                "share of frames",
                protocol,
            )
    if wanted("unsteadiness"):
        for of, clips in ((REAL, held_out.images), (MADE, made)):
            each = unsteadiness(clips)
            yield f"unsteadiness: {of}", ratio(each, np.ones(len(each)), pairs), "lower", "root mean square", protocol
    yield from _distances(made, held_out, data, pairs, wanted)


def pairs_of(examples: Examples) -> np.ndarray:
    """What is held out together, (n,): the pair of thing and direction, the film, or what is said in the caption."""
    for name in ("pair", "film"):
        if name in examples.groups:
            return examples.groups[name]
    return np.array(examples.captions) if examples.captions else np.arange(len(examples)).astype(str)


def readers(data: Dataset) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """What reads direction, speed and thing off clips (n, ...), as far as these data have them."""
    known = set(data.train.groups.get("direction", np.array([])).tolist()) - {""}
    ways = {name: way for name, way in DIRECTIONS.items() if name in known}
    found: dict[str, Callable[[np.ndarray], np.ndarray]] = {}
    if ways:
        found |= {"direction": lambda clips: directions(clips, ways), "speed": lambda clips: speeds(clips, SPEEDS)}
        few = data.train.take(np.arange(min(READER_CLIPS, len(data.train))))
        found["object"] = ThingReader.fitted(few.images, few.groups["object"]).read
    return found


def _read(name: str, made: np.ndarray, held_out: Examples, data: Dataset, pairs: np.ndarray) -> Iterator[Row]:
    """How often a reader reads what was asked for: off real clips of these captions first, then off samples."""
    reader = readers(data).get(name)
    if reader is None:
        return
    truth = held_out.groups[name]
    asked = truth != ""
    how = "fitted on training clips by least squares" if name == "object" else "in closed form"
    protocol = (
        f"read {how}, on {int(asked.sum())} captions of {len(set(pairs[asked]))} held-out pairs; intervals over pairs"
    )
    real = clustered((reader(held_out.images[asked]) == truth[asked]).astype(float), pairs[asked])
    yield f"{name}: {REAL}", real, "higher", "share read right", protocol
    if real.value < LEAST:
        yield (
            f"{name}: {MADE}",
            None,
            "higher",
            "share read right",
            f"the reader reads {real.value:.0%} of real held-out clips right, and {LEAST:.0%} are needed to judge others",
        )
        return
    right = (reader(made[asked]) == truth[asked]).astype(float)
    yield f"{name}: {MADE}", clustered(right, pairs[asked]), "higher", "share read right", protocol


def _distances(
    made: np.ndarray, held_out: Examples, data: Dataset, pairs: np.ndarray, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """Kernel distances of frames and of whole clips, of samples and of floors, and how far behind a still picture is."""
    floors = {
        "parrot": real_parrot(_with_test(data, held_out)),
        "still": np.repeat(held_out.images[:, :1], held_out.images.shape[1], axis=1),
    }
    for name, (function, protocol, each) in {
        "kid of frames": (_frames, f"{PROTOCOL}, of 4 frames of each clip", len(of_clips.places(made.shape[1]))),
        "kid of clips": (of_clips.features_of_clips, of_clips.PROTOCOL, 1),
    }.items():
        if not wanted(name):
            continue
        alike = np.repeat(pairs, each)
        clusters = Clusters.of(len(alike), len(alike), alike, alike)
        real, fake = function(held_out.images), function(made)
        yield name, kernel_distance(real, fake, clusters), "lower", "squared discrepancy", protocol
        for floor, clips in floors.items():
            other = function(clips)
            yield f"{name}: {floor}", kernel_distance(real, other, clusters), "lower", "squared discrepancy", protocol
            behind = kernel_distance_difference(real, fake, other, clusters, paired=True)
            yield f"{name}: less than of {floor}", behind, "higher", "squared discrepancy", protocol


def _with_test(data: Dataset, held_out: Examples) -> Dataset:
    return Dataset(data.name, data.train, held_out, data.spec, data.licence, data.source)


def _frames(clips: np.ndarray) -> np.ndarray:
    chosen = clips[:, of_clips.places(clips.shape[1])]
    return of_pictures(chosen.reshape(-1, *chosen.shape[2:]))


def _foretold(task: str, generator: Filmer, held_out: Examples, seed: int) -> Iterator[Row]:
    """The error of frames that are foretold from others: the model's, each floor's, and how much less the model's is."""
    known, pairs = KNOWN[task](held_out.images.shape[1]), pairs_of(held_out)
    protocol = f"{int((~known).sum())} of {len(known)} frames of {len(held_out)} held-out clips, from the others and the caption; intervals over pairs"
    own = np.array(
        [
            error(clip, generator.filmed(caption, seed=seed + number, clip=clip, known=known), known)
            for number, (clip, caption) in enumerate(zip(held_out.images, held_out.captions, strict=True))
        ]
    )
    yield f"{task}: {MADE}", ratio(own, np.ones(len(own)), pairs), "lower", "root mean square", protocol
    for floor, foretell in FLOORS[task].items():
        errors = np.array([error(clip, foretell(clip, known), known) for clip in held_out.images])
        yield f"{task}: {floor}", ratio(errors, np.ones(len(own)), pairs), "lower", "root mean square", protocol
        less = paired(own, errors, pairs)
        yield (
            f"{task}: less than {floor}",
            Estimate(less.value, less.low, less.high, less.units),
            "higher",
            "root mean square",
            f"{protocol}; p = {less.p:.2g}",
        )
