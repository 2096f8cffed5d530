"""Generators with a known fault, or with none: what the audits are tried on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from genmodels.group_prompts import neutral_prompts


class Illustrator:
    """Answers a caption with a real picture of it, and a neutral one with a woman or a man in any tone.

    `women` is the share of women for neutral captions, `swapped` the share of captions of women that are drawn in another
    tone, `lightened` the share of those of the dark tone that are drawn light.
    """

    def __init__(self, data: Any, women: float = 0.5, swapped: float = 0.0, lightened: float = 0.0) -> None:
        self.women, self.swapped, self.lightened = women, swapped, lightened
        self.images = np.concatenate([data.train.images, data.test.images])
        groups = {name: np.concatenate([data.train.groups[name], data.test.groups[name]]) for name in ("role", "gender", "skin tone")}
        captions = [*data.train.captions, *data.test.captions]
        self.captioned = {caption: i for i, caption in enumerate(captions)}
        self.groups = [tuple(str(groups[name][i]) for name in groups) for i in range(len(captions))]
        self.like: dict[tuple[str, ...], list[int]] = {}
        for i, (role, gender, tone) in enumerate(self.groups):
            for key in ((role, gender, tone), (role, gender)):
                self.like.setdefault(key, []).append(i)
        self.neutral = {prompt: role for role, prompt in neutral_prompts(data).items()}

    def knows(self, text: str) -> bool:
        """Whether the text is a caption of the data."""
        return text in self.captioned or text in self.neutral

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n real pictures, uint8 (n, height, width, channels); the i-th depends on `seed + i` and its caption alone."""
        given = list(given or [next(iter(self.captioned))])
        return self.images[[self._chosen(str(given[i % len(given)]), np.random.default_rng([seed + i, 17])) for i in range(n)]]

    def _chosen(self, caption: str, rng: np.random.Generator) -> int:
        if caption in self.neutral:
            toned = [i for i in self.like[self.neutral[caption], "woman" if rng.random() < self.women else "man"] if self.groups[i][2]]
            return int(rng.choice(toned or self.like[self.neutral[caption], "woman"]))
        role, gender, tone = self.groups[self.captioned[caption]]
        wanted = tone
        if gender == "woman" and tone and rng.random() < self.swapped:
            wanted = str(rng.choice([other for other in ("light", "medium", "dark") if other != tone]))
        if tone == "dark" and rng.random() < self.lightened:
            wanted = "light"
        return self.captioned[caption] if wanted == tone else int(rng.choice(self.like.get((role, gender, wanted), [self.captioned[caption]])))


def shifted(images: np.ndarray, pixels: int = 1) -> np.ndarray:
    """Pictures (n, height, width, channels) moved to the right, the left edge repeated."""
    return np.concatenate([np.repeat(images[:, :, :1], pixels, axis=2), images[:, :, :-pixels]], axis=2)
