"""How a picture is drawn from a prompt."""

from __future__ import annotations

from dataclasses import dataclass

from genmodels.kinds.image.samplers import SAMPLERS
from genmodels.kinds.text.word_pieces import LONGEST
from genmodels.knobs import Knobs, knob
from genmodels.refusal import Refusal


@dataclass(frozen=True, kw_only=True)
class Drawing(Knobs):
    """The settings of one drawing. A model that draws in one go (a GAN) ignores them all."""

    sampler: str = knob(
        "dpm-solver++",
        choices=tuple(sorted(SAMPLERS, reverse=True)),
        help="How noise is followed to a picture: dpm-solver++ needs fewer steps",
    )
    steps: int = knob(10, 1, 250, "Steps from noise to picture; more are finer and slower")
    guidance: float = knob(2.0, 0.0, 30.0, "How far the prompt is exaggerated (1: as learned, 0: ignored)")
    negative: str = knob("", help="What should not be drawn; empty: nothing is excluded")
    strength: float = knob(0.7, 0.01, 1.0, "With a picture to begin from: how much of it is drawn again (1: all)")

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.negative) > LONGEST:
            raise Refusal(
                f"The negative prompt has {len(self.negative):,} characters; at most {LONGEST:,} are read, so shorten it."
            )
