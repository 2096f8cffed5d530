"""What is measured and audited: anything that can be asked for samples, beside the data it should resemble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.kinds.kind import kind_of
from genmodels.refusal import Refusal
from genmodels.trained.roles import Generator, Prompted, to_sample

MOST = 100_000  # samples in one subject
CHUNK = 64  # samples between two reports of how far the drawing is
# What is drawn of a subject, and what is added to its seed for that: no two draws of one audit share their noise.
# These numbers decide which pictures findings are about, so they stay as they are.
DRAWS = {
    "samples": 0,
    "neutral prompts": 0,
    "pairs": 50_000,
    "held-out captions": 60_000,
    "training captions": 70_000,
    "seeds of one caption": 80_000,
}


class Audited(Protocol):
    """Whatever audits are asked of: a `Subject`, whose model can be asked, or `Outputs` that were brought."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def kind(self) -> str:
        """The kind of its examples."""
        ...

    @property
    def source(self) -> str:
        """Where the data come from that it is compared with."""
        ...

    @property
    def n(self) -> int:
        """How many examples of it are looked at."""
        ...

    @property
    def seed(self) -> int:
        """What decides everything that is drawn at random."""
        ...


@dataclass(frozen=True)
class Subject:
    """A generator, its data, and the n samples of one seed that all metrics and audits share.

    `report` is called with what is being done, how many samples of it are drawn and how many will be.
    """

    generator: Generator
    data: Dataset
    n: int = 1000
    seed: int = 0
    name: str = "unnamed"
    report: Callable[[str, int, int], None] = field(default=lambda what, done, of: None, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.n <= MOST:
            raise Refusal(f"n is {self.n}; ask for 1 to {MOST:,} samples.")

    @property
    def kind(self) -> str:
        """The kind of its examples."""
        return self.data.spec.kind

    @property
    def source(self) -> str:
        """The name of its data set."""
        return self.data.name

    @cached_property
    def samples(self) -> np.ndarray:
        """The samples, uint8 (n, height, width, channels), drawn at the first use."""
        prompts = self.prompts
        if prompts:
            samples = self.draw("samples", prompts)
        else:
            self.report("samples", 0, self.n)
            samples = np.asarray(to_sample(self.generator).sample(self.n, seed=self.seed))
        samples = self._checked(samples, self.n)
        samples.setflags(write=False)
        return samples

    def seed_of(self, what: str) -> int:
        """The seed of the first picture of one of `DRAWS`."""
        return self.seed + DRAWS[what]

    def draw(self, what: str, prompts: Sequence[str], called: str = "") -> np.ndarray:
        """One picture a prompt, uint8 (n, height, width, channels), the i-th with the seed `seed_of(what) + i`.

        `what` is one of `DRAWS`; the report says `called` in its place where that is given.
        """
        parts, seed = [], self.seed_of(what)
        for start in range(0, len(prompts), CHUNK):
            self.report(called or what, start, len(prompts))
            few = list(prompts[start : start + CHUNK])
            parts.append(np.asarray(self.generator.sample(len(few), seed=seed + start, given=few)))
        return self._checked(np.concatenate(parts), len(prompts))

    def _checked(self, samples: np.ndarray, n: int) -> np.ndarray:
        expected, kind = (n, *self.data.spec.shape), kind_of(self.data.spec)
        if samples.shape != expected or samples.dtype != kind.dtype:
            raise Refusal(
                f"The generator gave {samples.dtype} of shape {samples.shape}; {kind.many} like those of"
                f" {self.data.name} are {kind.dtype} {expected}."
            )
        return samples

    @cached_property
    def prompts(self) -> tuple[str, ...]:
        """What follows prompts is asked for the captions of held-out pictures, again and again; () for what does not."""
        if not isinstance(self.generator, Prompted):
            return ()
        captions = [caption for caption in self.data.test.captions if self.generator.knows(caption)]
        if not captions:
            raise Refusal(
                "The model knows no word of any held-out caption, so there is nothing to ask it for; choose other data."
            )
        return tuple(captions[number % len(captions)] for number in range(self.n))
