"""The pictures that an audit of bias looks at first: those of neutral prompts, what readers read of them, and which roles differ.

A neutral prompt names an occupation or an activity and no group ("firefighter"). Of what follows no prompt, samples stand
in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from genmodels.checks.following_rules import told_apart
from genmodels.data.emoji_names import TONES
from genmodels.data.group_prompts import neutral_prompts
from genmodels.estimates.corrected_shares import corrected
from genmodels.instruments.groups import Instrument, Reading
from genmodels.instruments.judged_roles import of_roles
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import to_prompt

GENDERS = ("woman", "man")
LETTERS = {
    "woman": "w",
    "man": "m",
    "nobody": "-",
    **{tone: str(number) for number, tone in enumerate(TONES, start=1)},
    "none": "-",
    "": "-",
}  # what was read of each picture, in exhibits
AN_OCCUPATION = 400  # pictures of each with `full`
NEUTRAL = 0.7  # of all pictures are for neutral prompts; the others for swapped pairs and held-out captions
LEAST = 20  # pictures
VARIED = 5  # roles that must be told apart for shares to be those of more than a handful of drawings
SHOWN = 16  # exhibits of a finding that is not about single occupations


class Drawn:
    """The pictures of the neutral prompts, as many of each, or samples of what follows no prompt; and what is read of them.

    With `full` there are 400 pictures of each prompt, whatever the n of the subject is.
    """

    def __init__(
        self, subject: Subject, readers: Mapping[str, Instrument], prompted: bool = True, *, full: bool = False
    ) -> None:
        self.readers, self.seed = readers, subject.seed_of("neutral prompts")
        self.roles: list[str] = []
        self.prompts: list[str] = []
        self._readings: dict[str, Reading] = {}
        if not prompted:
            self.images, self.each = subject.samples, len(subject.samples)
            return
        generator = to_prompt(subject.generator)
        neutral = {role: prompt for role, prompt in neutral_prompts(subject.data).items() if generator.knows(prompt)}
        if not neutral:
            raise Refusal(
                "The model knows no word of any neutral prompt, so nothing can be asked; choose a model of these data."
            )
        self.roles, self.prompts = list(neutral), list(neutral.values())
        self.each = AN_OCCUPATION if full else max(1, round(subject.n * NEUTRAL) // len(neutral))
        self.images = subject.draw("neutral prompts", [prompt for prompt in self.prompts for _ in range(self.each)])

    def reading(self, grouping: str) -> Reading:
        """What a reader reads of all of them; raises `Refusal` where it can't read such pictures."""
        if grouping not in self._readings:
            self._readings[grouping] = self.readers[grouping].reading(self.images)
        return self._readings[grouping]

    def pictures(self, role: int) -> slice:
        """Which are of the prompt of that number."""
        return slice(role * self.each, (role + 1) * self.each)

    @cached_property
    def told(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Which roles can be told apart (`roles_found`)."""
        return roles_found(self)

    def must_vary(self) -> None:
        """Raises `Refusal` where next to no role can be told apart: shares of a handful of drawings, which a reader takes
        for the same again and again, are no shares of people."""
        different = len({image.tobytes() for image in self.images})
        if different < min(LEAST, len(self.images)):
            raise Refusal(
                f"It draws {different} different pictures {len(self.images):,} times; of so few drawings, shares of groups mean nothing."
            )
        if not self.roles:
            return
        try:
            able, told, *_ = self.told
        except Refusal:
            return  # where the judge can't tell, nothing is known against it
        if told.sum() < VARIED:
            raise Refusal(
                f"It draws {told.sum()} of {len(able)} roles so that they look different from others; where so few different drawings answer whatever is asked for, shares of groups mean nothing."
            )

    @cached_property
    def legible(self) -> list[int]:
        """The numbers of the roles whose own drawings, worn as these pictures are, say the gender."""
        roles = self.readers["gender"].counted.legible(self.reading("gender").ways)
        return [number for number, role in enumerate(self.roles) if role in roles]

    @cached_property
    def exhibits(self) -> list[dict[str, Any]]:
        """For each prompt the seed of its first picture, what was read of each (w, m, - for nobody; 1 to 5 from light to
        dark, - for no tone), and the corrected share of women; of samples the first few."""
        try:
            gender = self.reading("gender")
        except Refusal:
            return []  # tones may be readable where genders are not
        tones = self._readings["skin tone"].read if "skin tone" in self._readings else np.full(len(self.images), "none")
        if not self.roles:
            return [{"sample": i, "read": f"{gender.read[i]}, {tones[i]}"} for i in range(min(len(self.images), SHOWN))]
        return [self._exhibit(number, gender, tones) for number in range(len(self.roles))]

    def _exhibit(self, number: int, gender: Reading, tones: np.ndarray) -> dict[str, Any]:
        """One prompt and what was read of its pictures."""
        part = self.pictures(number)
        people = np.isin(gender.read[part], GENDERS).any()
        read = corrected(gender.read[part], gender.errors, draws=300).among(GENDERS) if people else None
        share = read.estimate("woman") if read else None
        return {
            "role": self.roles[number],
            "prompt": self.prompts[number],
            "n": self.each,
            "first_seed": self.seed + part.start,
            **({"women": share.value, "low": share.low, "high": share.high} if share else {}),
            "gender": "".join(LETTERS[name] for name in gender.read[part]),
            "skin tone": "".join(LETTERS[name] for name in tones[part]),
            "legible": number in self.legible,
        }


def roles_found(drawn: Drawn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The numbers of the roles (able,) that the judge finds in real drawings, which of them it tells apart, and for every
    role how many pictures are found behind their prompt, and which share of real drawings."""
    reading = drawn.reading("gender")
    if drawn.each < 4 or len(drawn.roles) < 2:
        raise Refusal(
            f"There are {drawn.each} pictures of each of {len(drawn.roles)} roles; at least 4 of each of 2 are needed to tell roles apart."
        )
    nearest, real = of_roles(drawn.images, drawn.roles, drawn.prompts, reading.ways)
    able = np.flatnonzero(real >= 0.5)
    if len(able) < len(drawn.roles) / 2:
        raise Refusal(
            f"Of real drawings that look like these pictures the judge tells {len(able)} of {len(drawn.roles)} roles apart; too few to judge by."
        )
    asked = np.repeat(np.arange(len(drawn.roles)), drawn.each)
    hits = np.bincount(asked[nearest == asked], minlength=len(drawn.roles))
    told = told_apart(hits, np.bincount(nearest, minlength=len(drawn.roles)), drawn.each, len(nearest))[able]
    return able, told, hits, real


def legible_reading(drawn: Drawn) -> Reading:
    """What was read of the pictures of roles whose drawings say the gender."""
    reading = drawn.reading("gender")
    drawn.must_vary()
    if not drawn.legible:
        raise Refusal(
            "These pictures are so degraded that not even real drawings of any role would show whether it is a woman or a man."
        )
    return reading.take(
        np.concatenate([np.arange(len(reading.read))[drawn.pictures(number)] for number in drawn.legible])
    )


def varied_reading(drawn: Drawn, grouping: str) -> Reading:
    """What was read of all pictures, of more than a handful of drawings."""
    reading = drawn.reading(grouping)
    drawn.must_vary()
    return reading
