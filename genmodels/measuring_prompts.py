"""The measures of what draws from prompts, each beside what it must be compared with.

Prompts are the captions of held-out pictures, so that all that is drawn can be held against pictures that nobody was
trained on. Beside the model stand a parrot (the training picture whose caption is nearest) and noise. What a picture
shows is read by networks that were trained apart and never saw a drawn picture: their own error on real held-out
pictures comes first, and where it is too large the measure is "not measured".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from genmodels.drawing import Drawing
from genmodels.findings import Estimate, bootstrap
from genmodels.judging import open_clip, r_precision
from genmodels.metrics import METRICS, PROTOCOL
from genmodels.metrics.kernel_distance import kernel_distance_difference
from genmodels.reading_groups import READERS, clustered, clustered_ratio, open_reader
from genmodels.refusal import Refusal
from genmodels.subject import Noise

Row = tuple[str, Estimate | None, str, str, str]  # name, estimate (None: not measured), better, unit, protocol or reason

A_PROMPT = 20  # samples of each held-out prompt
RANKED, JUDGE_LEAST = 50, 0.8  # prompts among which a picture has to find its own; what a judge must reach on real pictures
SETTINGS = {"50 steps of DDIM": Drawing(sampler="ddim", steps=50), "10 steps of DPM-Solver++": Drawing(steps=10)}
FAMILIES = ("R-precision", *READERS, "50 steps of DDIM")  # what rows begin with, before a colon
COMPARED = ("kid", "precision", "recall", "coverage")


def measure_prompted(generator: Any, data: Any, n: int | None, seed: int, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """Every measure whose name is `wanted`, from n samples: `A_PROMPT` for each held-out prompt where n is not given.

    Where the data have no groups to be read, one for each prompt is enough, and that is what is drawn.
    """
    real, captions = data.test.images, data.test.captions
    n = n or len(captions) * (A_PROMPT if data.test.groups.get("skin tone") is not None else 1)
    rounds = max(1, n // len(captions))
    prompts = list(captions) * rounds
    samples = generator.sample(len(prompts), seed=seed, given=prompts)
    first = samples[: len(captions)]
    parrot = real_parrot(data)
    protocol = f"{PROTOCOL}; one sample for each of {len(captions)} captions of held-out pictures, against these pictures"
    noise = Noise(data.spec.shape).sample(len(captions), seed=seed)
    for name, metric in METRICS.items():
        about = metric.about()
        if wanted(name):
            yield name, metric(real, first), about["better"], about["unit"], protocol
            if name in COMPARED:
                yield f"{name}: parrot", metric(real, parrot), about["better"], about["unit"], protocol
                yield f"{name}: noise", metric(real, noise), about["better"], about["unit"], protocol
    mean = np.repeat(np.round(data.train.images.mean(axis=0, dtype=np.float64)).astype(np.uint8)[None], len(captions), axis=0)
    for name, floor in (("kid of noise, less the model's", noise), ("kid of the training mean, less the model's", mean)):
        if wanted(name):
            yield name, kernel_distance_difference(real, first, floor), "higher", "squared discrepancy", protocol
    if wanted("R-precision"):
        yield from _retrieval(data, {"samples": (samples, prompts), "parrot": (parrot, captions)})
    for grouping in READERS:
        if wanted(grouping) and grouping in data.test.groups:
            yield from _groups(grouping, data, samples, prompts, seed)
    if wanted("50 steps of DDIM") and generator.steps:
        yield from _quality_lost(generator, data, seed)


def real_parrot(data: Any) -> np.ndarray:
    """For each held-out caption the training picture whose caption shares most of its words (of the union of both)."""
    words = [frozenset(caption.lower().replace(",", " ").split()) for caption in data.train.captions]
    chosen = []
    for caption in data.test.captions:
        own = frozenset(caption.lower().replace(",", " ").split())
        chosen.append(int(np.argmax([len(own & each) / len(own | each) for each in words])))
    return data.train.images[chosen]


def families_of(images: np.ndarray) -> np.ndarray:
    """The same number (n,) for pictures that are equal, pixel for pixel."""
    _, family = np.unique(images.reshape(len(images), -1), axis=0, return_inverse=True)
    return family


def _retrieval(data: Any, drawn: dict[str, tuple[np.ndarray, Sequence[str]]]) -> Iterator[Row]:
    """R-precision among 50 prompts by the judge: of real held-out pictures first, and only if that is good of the others."""
    real, captions = data.test.images, data.test.captions
    try:
        judge = open_clip("judge")
        texts, family = judge.texts(captions), families_of(real)
        own = r_precision(judge.pictures(real), texts, captions, ranked=RANKED, families=family)
    except Refusal as refusal:
        yield "R-precision: samples", None, "higher", "share", str(refusal)
        return
    protocol = f"share nearest to their own among {RANKED} held-out captions, 20 draws, by a judge trained apart; chance is {1 / RANKED:.0%}; intervals over captions"
    found = clustered(own, captions)
    yield "R-precision: real held-out pictures", found, "higher", "share", protocol
    if found.value < JUDGE_LEAST:
        yield "R-precision: samples", None, "higher", "share", f"the judge finds the caption of {found.value:.0%} of real held-out pictures, and {JUDGE_LEAST:.0%} are needed to judge drawn ones"
        return
    number = {caption: i for i, caption in enumerate(captions)}
    for name, (pictures, prompts) in drawn.items():
        rows = [number[prompt] for prompt in prompts]
        values = r_precision(judge.pictures(pictures), texts[rows], prompts, ranked=RANKED, families=family[rows])
        yield f"R-precision: {name}", clustered(values, prompts), "higher", "share", protocol


def _groups(grouping: str, data: Any, samples: np.ndarray, prompts: Sequence[str], seed: int) -> Iterator[Row]:
    """How often a reader reads the group that the prompt asks for: on real held-out pictures, on samples, and the ratio."""
    from genmodels.runs import RunStore

    try:
        reader = open_reader(READERS[grouping])
        readable = set(RunStore.default()[READERS[grouping]].experiment.make_source().load().test.captions) & set(data.test.captions)
    except Refusal as refusal:
        yield f"{grouping}: samples", None, "higher", "share read right", str(refusal)
        return
    truth = dict(zip(data.test.captions, data.test.groups[grouping], strict=True))
    rights: dict[str, tuple[np.ndarray, Any]] = {}
    for name, pictures, names in (("real held-out pictures", data.test.images, data.test.captions), ("samples", samples, prompts)):
        rows = np.array([i for i, caption in enumerate(names) if caption in readable], dtype=int)
        asked: Any = np.array([names[i] for i in rows])
        rights[name] = (reader.read(pictures[rows]) == np.array([truth[caption] for caption in asked])).astype(float), asked
    protocol = f"by the reader of run {READERS[grouping]}, trained apart, on {len(readable)} held-out combinations whose drawing says it; intervals over combinations"
    for name, (right, asked) in rights.items():
        yield f"{grouping}: {name}", clustered(right, asked, seed), "higher", "share read right", protocol
        groups = np.array([truth[caption] for caption in asked])
        for group in reader.classes:
            if (among := groups == group).sum() > 1 and len(set(asked[among])) > 1:
                yield f"{grouping}: {name}, {group}", clustered(right[among], asked[among], seed), "higher", "share read right", protocol
    ratio = clustered_ratio(*rights["samples"], *rights["real held-out pictures"], seed)
    yield f"{grouping}: samples as a share of real", ratio, "higher", "ratio", protocol


def _quality_lost(generator: Any, data: Any, seed: int) -> Iterator[Row]:
    """Kernel distance and the judge's verdict with 50 steps of DDIM and with 10 steps of the solver, and the difference."""
    captions = list(data.test.captions)
    drawn = {name: generator.sample(len(captions), seed=seed, given=captions, drawing=drawing) for name, drawing in SETTINGS.items()}
    many, few = drawn.values()
    protocol = f"the same {len(captions)} held-out captions and seeds"
    for name, pictures in drawn.items():
        yield f"50 steps of DDIM: kid with {name}", METRICS["kid"](data.test.images, pictures), "lower", "squared discrepancy", protocol
    yield "50 steps of DDIM: kid of the 10 steps, less theirs", kernel_distance_difference(data.test.images, many, few), "lower", "squared discrepancy", protocol
    apart = np.sqrt(((many.astype("float64") - few) ** 2).mean(axis=(1, 2, 3))) / 255
    yield "50 steps of DDIM: difference of the same picture", bootstrap(apart, seed=seed), "lower", "root mean square, 1 is black to white", protocol
