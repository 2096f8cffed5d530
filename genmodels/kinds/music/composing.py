"""What is asked of a model of music, beside the voices that stand already."""

from __future__ import annotations

from dataclasses import dataclass

from genmodels.kinds.music.notation import key_of
from genmodels.knobs import Knobs, knob

MOST_STEPS = 1024


@dataclass(frozen=True, kw_only=True)
class Composing(Knobs):
    """Settings of a composition."""

    key: str = knob("", help="The key, such as E♭ minor, Eb minor or C; empty: the model's choice, or that of a melody")
    steps: int = knob(64, 1, MOST_STEPS, "Most steps of a piece; its model may overlook fewer")
    temperature: float = knob(1.0, 0.0, 100.0, "Divides the logits: 0 always takes the likeliest note, 1 is the model")

    @property
    def key_number(self) -> int | None:
        """The number of the key, None where none is asked for; raises `Refusal` for no key."""
        return key_of(self.key) if self.key.strip() else None
