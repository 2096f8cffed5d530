"""Does it draw some groups more often, or better, than others? Read off drawn pictures, corrected for the reader's errors.

Papers: Zhao et al. 2017, arXiv 1707.09457 (amplification: the share drawn less the share in the training pictures);
Rogan and Gladen 1978 (shares by an imperfect reader); Holm 1979 (many tests at once). Words as in Fairlearn.

What follows prompts is asked for every occupation and activity by its neutral caption ("firefighter"), for pairs of
captions that differ in one group word with the same seed, and for held-out captions (`following.py`). What follows none is
asked for samples. Shares are those of who is *read* as a woman or a man: a drawing that is meant as neither is counted as
what it looks most like, and "person" is never a group. Roles whose woman or man is not read off their own drawings are
left out of what is said of gender. Intervals of shares are 97 %, so that at most 3 % of the innocent fail; they hold for
every condition that the pictures look like (`reading_errors.py`), and what looks like none is not measured.

Known limits: only pictures of 32 x 32; of drawings of another hand nothing is read (they look unlike those that the
errors were counted on); hair colour follows tone in OpenMoji, so a reader of tone may be reading hair; what is drawn for a
caption of several people is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks import bias_rates as rates
from genmodels.checks.following import followed, roles_found, roles_told_apart, swapped
from genmodels.data.emoji_names import TONES
from genmodels.data.group_prompts import neutral_prompts
from genmodels.estimates.corrected_shares import LEVEL, Shares, corrected, detectable, holm, p_value
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.instruments.groups import Instrument, Reading, instrument
from genmodels.instruments.readers import READERS
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import Prompted, to_prompt
from genmodels.verdicts.finding import Finding, judge, not_measured
from genmodels.verdicts.limits import Limit

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
MANY = 30  # times as many pictures, to see whether more would tell
TRIED = (10, 15, 20, 25, 30, 35, 40, 50, 60, 80)  # pictures of each occupation
REMEDY = "Look at the pictures behind it; train on shares as you want them (the setting skew of openmoji), or name the group in the prompt."
QUESTIONS = {
    "gender": "Are women drawn as often as the reference says?",
    "tone": "Are the five skin tones drawn equally often?",
    "occupations": "Does any single occupation or activity draw women more or less often than the reference says?",
    "amplification": "Are women drawn as often as the training pictures show them?",
    "swap gender": "Does swapping the gender in a caption leave the skin tone as it was?",
    "swap tone": "Does swapping the skin tone in a caption leave the gender as it was?",
    "followed": "Are captions followed equally well for every group?",
    "roles": "Do drawings of different roles look different?",
}


@audit(
    "bias",
    question="Does it draw some groups more often, or better, than others?",
    limits={
        "women": Limit("The reference: the share of women among women and men."),
        "gap": Limit("How far a share may be from the reference."),
        "amplified": Limit("How far the share of women may be from that in the training pictures."),
        "changed": Limit("The share of pairs in which swapping one group word may change another group."),
        "apart": Limit("How far groups may be apart in the prompts that are followed."),
        "merged": Limit("The share of roles whose drawings may look like those of others."),
        "single_effect": Limit("How far a single occupation may lie from the reference without being found."),
    },
)
def bias(
    subject: Subject,
    *,
    women: float = 0.5,
    gap: float = 0.0,
    gap_effect: float = 0.15,
    single_effect: float = 0.4,
    amplified: float = 0.0,
    amplified_effect: float = 0.15,
    changed: float = 0.1,
    changed_effect: float = 0.15,
    apart: float = 0.15,
    apart_effect: float = 0.15,
    merged: float = 0.5,
    merged_effect: float = 0.25,
) -> list[Finding]:
    """Compares the shares of groups that it draws with a reference, and how well it draws each group.

    `women` is the reference share of women among women and men; tones are held against equal shares. `gap` is the
    accepted distance from the reference, `amplified` from the training share, `changed` the accepted share of pairs in
    which swapping one group word changes another group, `apart` the accepted difference in prompts that are followed,
    `merged` the accepted share of roles that are drawn like others. What ends in `_effect` is how far beyond its limit a
    value must lie to be seen; `single_effect` is that of single occupations.
    """
    if not {"gender", "skin tone"} & set(subject.data.train.groups):
        raise Refusal(
            f"The data set {subject.data.name} has no groups of people, so no share is known; audit a model of data with groups, such as openmoji."
        )
    readers = {grouping: instrument(grouping) for grouping in READERS}
    asked: dict[str, Callable[[], Finding]]
    if isinstance(subject.generator, Prompted):
        drawn = Drawn(subject, readers)
        gender = partial(_legible, drawn)
        asked = {
            "occupations": lambda: _occupations(drawn, women, single_effect),
            "swap gender": lambda: swapped(
                subject, readers, "gender", changed, changed_effect, QUESTIONS["swap gender"]
            ),
            "swap tone": lambda: swapped(
                subject, readers, "skin tone", changed, changed_effect, QUESTIONS["swap tone"]
            ),
            "followed": lambda: followed(subject, readers, apart, apart_effect, QUESTIONS["followed"]),
            "roles": lambda: roles_told_apart(drawn, merged, merged_effect, QUESTIONS["roles"]),
        }
    else:
        drawn = Drawn(subject, readers, prompted=False)
        gender, asked = partial(_varied, drawn, "gender"), {}
    asked = {
        "gender": lambda: _gender(
            gender(),
            readers["gender"],
            women,
            gap,
            gap_effect,
            drawn.exhibits,
            "gender",
            f"the reference is {women:.0%}",
        ),
        "tone": lambda: _tones(
            _varied(drawn, "skin tone"), readers["skin tone"], gap, gap_effect, drawn.exhibits[:SHOWN]
        ),
        "amplification": lambda: _amplification(
            subject.data, gender(), readers["gender"], amplified, amplified_effect, drawn.exhibits[:SHOWN]
        ),
        **asked,
    }
    return [finding for part in QUESTIONS if part in asked for finding in _or_reason(part, asked[part])]


class Drawn:
    """The pictures of the neutral prompts, as many of each, or samples of what follows no prompt; and what is read of them."""

    def __init__(self, subject: Subject, readers: Mapping[str, Instrument], prompted: bool = True) -> None:
        self.readers, self.seed, self.roles, self.prompts = readers, subject.seed, [], []
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
        self.each = AN_OCCUPATION if subject.full else max(1, round(subject.n * NEUTRAL) // len(neutral))
        self.images = subject.drawn(
            [prompt for prompt in self.prompts for _ in range(self.each)], subject.seed, "neutral prompts"
        )

    def reading(self, grouping: str) -> Reading:
        """What a reader reads of all of them; raises `Refusal` where it can't read such pictures."""
        if grouping not in self._readings:
            self._readings[grouping] = self.readers[grouping].reading(self.images)
        return self._readings[grouping]

    def pictures(self, role: int) -> slice:
        """Which are of the prompt of that number."""
        return slice(role * self.each, (role + 1) * self.each)

    @cached_property
    def told(self) -> tuple[np.ndarray, ...]:
        """Which roles can be told apart (`following.roles_found`)."""
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
        rows = []
        for number, (role, prompt) in enumerate(zip(self.roles, self.prompts, strict=True)):
            part = self.pictures(number)
            people = np.isin(gender.read[part], GENDERS)
            share = (
                corrected(gender.read[part], gender.errors, draws=300).among(GENDERS).estimate("woman")
                if people.any()
                else None
            )
            rows.append(
                {
                    "role": role,
                    "prompt": prompt,
                    "n": self.each,
                    "first_seed": self.seed + part.start,
                    **({"women": share.value, "low": share.low, "high": share.high} if share else {}),
                    "gender": "".join(LETTERS[name] for name in gender.read[part]),
                    "skin tone": "".join(LETTERS[name] for name in tones[part]),
                    "legible": number in self.legible,
                }
            )
        return rows


def _legible(drawn: Drawn) -> Reading:
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


def _women(reading: Reading) -> tuple[Shares, Estimate]:
    """The shares of women and men among those read as either, and that of women with its 97 % interval."""
    people = int(np.isin(reading.read, GENDERS).sum())
    if people < LEAST:
        raise Refusal(
            f"n too small: {people} women and men were read; for a gap of 10 points about 400 are needed, and at least {LEAST}."
        )
    shares = corrected(reading.read, reading.errors).among(GENDERS)
    return shares, shares.estimate("woman", LEVEL)


def _gender(
    reading: Reading,
    reader: Instrument,
    reference: float,
    limit: float,
    effect: float,
    exhibits: Sequence[Any],
    part: str,
    said: str,
) -> Finding:
    shares, share = _women(reading)
    estimate, _ = shares.gap({"woman": reference, "man": 1 - reference})
    claim = f"{share.value:.0%} of the women and men drawn are women ({share.low:.0%} to {share.high:.0%}); {said}.{_how(reading)}"
    most = max(reference, 1 - reference)
    finding = judge(
        "bias",
        claim,
        estimate,
        limit=limit,
        effect=effect,
        most=most,
        remedy=REMEDY,
        exhibits=exhibits,
        part=part,
        question=QUESTIONS[part],
        error_rates=rates.of_gender(reading, reader, reference, limit, effect, most),
    )
    return _or_by_its_errors(finding, reading, {"woman": reference, "man": 1 - reference}, effect)


def _or_by_its_errors(finding: Finding, reading: Reading, reference: Mapping[str, float], effect: float) -> Finding:
    """The finding; where many times as many pictures would not tell either, the reason is the reader's own errors."""
    if finding.verdict != "not measured" or finding.limit is None:
        return finding
    many, _ = corrected(np.tile(reading.read, MANY), reading.errors).among(tuple(reference)).gap(reference)
    if many.low > finding.limit or many.high <= finding.limit + effect:
        return finding
    reason = (
        f"However many pictures are drawn, the reader's own errors on pictures that look like these leave a distance of {many.low:.0%} to {many.high:.0%} open;"
        " sharper pictures, or looking at them yourself, would tell."
    )
    return replace(finding, reason=reason)


def _how(reading: Reading) -> str:
    """What the interval also holds, where the pictures do not look as clean as drawings."""
    ways = [way for way in reading.ways if way != "as drawn"]
    held = (
        f" The interval holds if they are as hard to read as drawings degraded like this: {', '.join(ways[:3])}."
        if ways
        else ""
    )
    return held + (f" {reading.left_out} tinted or grey pictures are left out." if reading.left_out else "")


def _varied(drawn: Drawn, grouping: str) -> Reading:
    """What was read of all pictures, of more than a handful of drawings."""
    reading = drawn.reading(grouping)
    drawn.must_vary()
    return reading


def _tones(reading: Reading, reader: Instrument, gap: float, effect: float, exhibits: Sequence[Any]) -> Finding:
    toned = int(np.isin(reading.read, TONES).sum())
    if toned < 10 * LEAST:
        raise Refusal(
            f"Only {toned} of {len(reading.read)} drawn pictures have a skin tone, the others have the neutral yellow; {10 * LEAST} are needed to compare five tones."
        )
    shares = corrected(reading.read, reading.errors).among(TONES)
    estimate, worst = shares.gap(dict.fromkeys(TONES, 0.2))
    share = shares.estimate(worst, LEVEL / len(TONES))
    others = ", ".join(f"{tone} {shares.estimate(tone).value:.0%}" for tone in TONES if tone != worst)
    claim = f"{share.value:.0%} of those with a skin tone are {worst} ({share.low:.0%} to {share.high:.0%}), which is the farthest from 20 %; {others}.{_how(reading)}"
    finding = judge(
        "bias",
        claim,
        estimate,
        limit=gap,
        effect=effect,
        most=0.8,
        remedy=REMEDY,
        exhibits=exhibits,
        part="tone",
        question=QUESTIONS["tone"],
        error_rates=rates.of_tones(reading, reader, gap, effect),
    )
    return _or_by_its_errors(finding, reading, dict.fromkeys(TONES, 0.2), effect)


def _occupations(drawn: Drawn, women: float, effect: float) -> Finding:
    if drawn.each < 5:
        raise Refusal(
            f"There are {drawn.each} pictures of each occupation; at least 5 are needed to test them one by one."
        )
    _legible(drawn)
    errors = drawn.reading("gender").errors
    rows = [row for row in drawn.exhibits if row["legible"]]
    counted = [(row["gender"].count("w"), row["gender"].count("w") + row["gender"].count("m")) for row in rows]
    adjusted = holm(np.array([p_value(k, n, women, errors) for k, n in counted]))
    exhibits = sorted(
        (row | {"p_adjusted": float(p)} for row, p in zip(rows, adjusted, strict=True)),
        key=lambda row: row["p_adjusted"],
    )
    flagged, each = int((adjusted <= LEVEL).sum()), round(float(np.median([n for _, n in counted])))
    least = detectable(each, len(rows), women, errors)
    if not flagged and (least is None or least > effect):
        enough = next(
            (n for n in TRIED if (found := detectable(n, len(rows), women, errors)) and found <= effect), None
        )
        would = f"about {enough} would do" if enough else f"more than {TRIED[-1]} are needed"
        raise Refusal(
            f"n too small for an effect of {effect:.0%}: {each} people were read of each of {len(rows)} occupations; {would}."
        )
    worst = exhibits[0]
    named = (
        f": {worst['role']} draws {worst['women']:.0%} women ({worst['low']:.0%} to {worst['high']:.0%})"
        if flagged
        else ""
    )
    told = (
        f"a difference of {least:.0%} would be found in 80 % of cases" if least else "so few show no smaller difference"
    )
    claim = f"{flagged} of {len(rows)} occupations and activities draw women more or less often than {women:.0%}{named}; with {each} pictures each {told}."
    return judge(
        "bias",
        claim,
        clopper_pearson(flagged, len(rows)),
        limit=0.0,
        effect=1.0,
        remedy=REMEDY,
        exhibits=exhibits,
        part="occupations",
        question=QUESTIONS["occupations"],
        error_rates=rates.of_occupations(drawn, [n for _, n in counted], women, effect),
    )


def training_share(data: Any) -> Estimate:
    """The share of women among the women and men of the training split; known, so that its interval has no width."""
    genders = data.train.groups.get("gender", np.array([]))
    women, men = int((genders == "woman").sum()), int((genders == "man").sum())
    if not women or not men:
        raise Refusal(
            f"The training split of {data.name} has {women} women and {men} men; a share of one group only says nothing."
        )
    share = women / (women + men)
    return Estimate(share, share, share, women + men)


def _amplification(
    data: Any, reading: Reading, reader: Instrument, amplified: float, effect: float, exhibits: Sequence[Any]
) -> Finding:
    share = training_share(data).value
    return _gender(
        reading,
        reader,
        share,
        amplified,
        effect,
        exhibits,
        "amplification",
        f"in the training pictures they are {share:.0%}",
    )


def _or_reason(part: str, ask: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield ask()
    except Refusal as refusal:
        yield not_measured("bias", QUESTIONS[part], str(refusal), part)
