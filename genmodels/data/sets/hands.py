"""The same emoji as several other hands draw them: to train on some and be tested on one that was never seen.

A role has one name in all hands and in OpenMoji, so the drawings of one role can be paired. See `hand_sheets.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.emoji_examples import (
    LABEL_HELP,
    LABELS,
    SUBSETS,
    changed,
    chosen,
    classes_of,
    examples_of,
    named_codes,
)
from genmodels.data.emoji_names import GENDERS, TONES, Named
from genmodels.data.hand_sheets import HANDS, SIDE, Hand, sheet
from genmodels.estimates.raking import read_shares
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob
from genmodels.refusal import Refusal
from genmodels.registry import unknown


@dataset("hands")
@dataclass(frozen=True, kw_only=True)
class Hands(Knobs):
    """Emoji by five other hands with captions, gender, skin tone and role; two of one school are held out whole."""

    held_out: str = knob(
        "noto, noto-v1",
        help="The hands that are tested on and never trained on; noto and noto-v1 are alike, so hold out both",
    )
    subset: str = knob("people", help="people: one adult with one named skin tone. all: every picture", choices=SUBSETS)
    label: str = knob("none", help=LABEL_HELP, choices=LABELS)
    skew: str = knob("", help='Shares of groups in the training split, such as "woman=0.8, dark=0.5"; empty: as drawn')
    skew_seed: int = knob(0, 0, 2**31 - 1, "Seed of the draw that makes the skew")
    most: int = knob(
        0, 0, 100_000, "Train on so many pictures only, drawn by skew_seed, to see a model memorise; 0: all"
    )

    kind: ClassVar[str] = "image"
    title: ClassVar[str] = "Emoji by five other studios"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = True
    licence: ClassVar[str] = ", ".join(dict.fromkeys(each.licence for each in HANDS.values()))
    credit: ClassVar[str] = "; ".join(f"{each.credit} ({each.licence})" for each in HANDS.values())
    source: ClassVar[str] = (
        ", ".join(f"{each.package} {each.version}" for each in HANDS.values())
        + "; names by emoji (Unicode CLDR), drawn by resvg"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        read_shares(self.skew, GENDERS + TONES)
        read_hands(self.held_out)

    def load(self) -> Dataset:
        """Images are uint8 (n, 32, 32, 3) on white; groups are "hand", "gender", "skin tone" and "role".

        Read in about a second. A picture that a held-out hand draws pixel for pixel as another is not trained on.
        `test` is never skewed.
        """
        pictures, images, copy, hand = _all()
        taken = np.concatenate(
            [
                chosen([pictures[int(i)] for i in at], copy[at], self.subset, self.label)
                for at in (np.flatnonzero(hand == name) for name in HANDS)
            ]
        )
        tested = np.isin(hand, read_hands(self.held_out))
        trained = taken & ~np.isin(copy, copy[tested])
        everything = examples_of(pictures, images, self.label, hand=hand.tolist())
        classes = classes_of(self.label, self.subset)
        return Dataset(
            name="hands",
            train=changed(everything.take(np.flatnonzero(trained)), self.skew, self.most, self.skew_seed),
            test=everything.take(np.flatnonzero(taken & tested)),
            spec=Spec("image", (SIDE, SIDE, 3), len(classes), classes),
            licence=self.licence,
            source=self.source,
            credit=self.credit,
        )


def read_hands(text: str) -> list[str]:
    """`"noto, noto-v1"` as a list; raises `Refusal` for an unknown hand, and where none or all are named."""
    hands = list(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))
    for hand in hands:
        if hand not in HANDS:
            raise Refusal(unknown("hand", hand, HANDS))
    if not hands or len(hands) == len(HANDS):
        raise Refusal(
            f"held_out names {'no hand' if not hands else 'every hand'}; name one or some of {', '.join(HANDS)}."
        )
    return hands


def facts(hand: str) -> Hand:
    """Title, licence and credit of a hand."""
    if hand not in HANDS:
        raise Refusal(unknown("hand", hand, HANDS))
    return HANDS[hand]


def _all() -> tuple[list[Named], np.ndarray, np.ndarray, np.ndarray]:
    """Pictures (n,), images (n, 32, 32, 3), copies (n,) and hands (n,) of all hands, in the order of `HANDS`."""
    sheets = {hand: sheet(hand) for hand in HANDS}
    pictures = [each for arrays in sheets.values() for each in named_codes(arrays["codes"])]
    images, copy = (np.concatenate([arrays[key] for arrays in sheets.values()]) for key in ("images", "copies"))
    return pictures, images, copy, np.repeat(list(sheets), [len(arrays["codes"]) for arrays in sheets.values()])
