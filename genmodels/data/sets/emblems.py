"""Emoji and icons together, as pictures with captions: what a pair of encoders of texts and pictures learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.data.dataset import DATA, Dataset, dataset, package
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob


@dataset("emblems")
@dataclass(frozen=True, kw_only=True)
class Emblems(Knobs):
    """OpenMoji and icons in colour at 32x32 with captions, some emoji under two names."""

    share: float = knob(1.0, 0.1, 1.0, "Share of the training split that is used")
    share_seed: int = knob(0, 0, 2**31 - 1, "Seed of the draw of that share")
    family: str = knob(
        "material",
        help="Which icons: of Material Design, or of all four families with the style as a word",
        choices=("material", "all"),
    )
    half: str = knob(
        "both",
        help="Half of the training drawings of icons (emoji are never halved)",
        choices=("both", "first", "second"),
    )

    kind: ClassVar[str] = "image"
    title: ClassVar[str] = "Emoji and icons in colour"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = True
    licence: ClassVar[str] = "OpenMoji: CC BY-SA 4.0; Material Design Icons: Apache-2.0"
    source: ClassVar[str] = "the data sets openmoji (all, split by combination) and icons"

    def load(self) -> Dataset:
        """Images are uint8 (n, 32, 32, 3) on white. Held out is what each of the two sets holds out.

        An emoji that its package also knows under another name (its alias) is there under both.
        """
        emoji = DATA["openmoji"].from_dict({"subset": "all", "split": "combination"}).load()
        icons = DATA["icons"].from_dict({"size": 32, "family": self.family, "half": self.half}).load()
        train = _joined(_with_aliases(emoji.train), _in_colour(icons.train))
        if self.share < 1:
            kept = np.random.default_rng(self.share_seed).permutation(len(train))[: round(self.share * len(train))]
            train = train.take(np.sort(kept))
        return Dataset(
            name="emblems",
            train=train,
            test=_joined(_plain(emoji.test), _in_colour(icons.test)),
            spec=Spec("image", (32, 32, 3)),
            licence=self.licence if self.family == "material" else f"OpenMoji: CC BY-SA 4.0; icons: {icons.licence}",
            source=f"{self.source}: {emoji.source}; {icons.source}",
            credit=f"{emoji.credit}. {icons.credit}",
        )


def aliases() -> dict[str, str]:
    """Name of an emoji to its alias, as captions, where the two are different words."""
    pairs = (
        (entry["en"], entry["alias"][0])
        for entry in package("emoji", "emoji").EMOJI_DATA.values()
        if entry.get("alias")
    )
    said = ((name.strip(":").replace("_", " "), alias.strip(":").replace("_", " ")) for name, alias in pairs)
    return {name: alias for name, alias in said if set(alias.lower().split()) != set(name.lower().split())}


def _with_aliases(examples: Examples) -> Examples:
    other = aliases()
    again = [i for i, caption in enumerate(examples.captions) if caption in other]
    captions = (*examples.captions, *(other[examples.captions[i]] for i in again))
    return Examples(np.concatenate([examples.images, examples.images[again]]), captions=captions)


def _plain(examples: Examples) -> Examples:
    return Examples(examples.images, captions=examples.captions)


def _in_colour(examples: Examples) -> Examples:
    """Black ink on white paper."""
    return Examples(np.repeat(255 - examples.images, 3, axis=-1), captions=examples.captions)


def _joined(first: Examples, second: Examples) -> Examples:
    return Examples(np.concatenate([first.images, second.images]), captions=(*first.captions, *second.captions))
