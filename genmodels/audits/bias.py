"""Does it draw some groups more often, or better, than others? Read off drawn pictures, corrected for the reader's errors.

Papers: Zhao et al. 2017, arXiv 1707.09457 (amplification: the share drawn less the share in the training pictures);
Rogan and Gladen 1978 (shares by an imperfect reader); Holm 1979 (many tests at once). Words as in Fairlearn.

What follows prompts is asked for every occupation and activity by its neutral caption ("firefighter"), for pairs of
captions that differ in one group word with the same seed, and for held-out captions. What follows none is asked for
samples. Shares are those of who is *read* as a woman or a man: a drawing that is meant as neither is counted as what it
looks most like, and "person" is never a group. Roles whose woman or man is drawn just like another gender are left out of
what is said of gender. Intervals of shares are 97 %, so that at most 3 % of the innocent fail.

Known limits: only pictures of 32 x 32 like those the readers were trained on; hair colour follows tone in OpenMoji, so a
reader of tone may be reading hair; what is drawn for a caption of several people is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from genmodels.audit_jobs import Stopped
from genmodels.audits import audit
from genmodels.emoji_names import TONES
from genmodels.findings import Estimate, Finding, clopper_pearson, judge, not_measured
from genmodels.group_prompts import neutral_prompts, pairs
from genmodels.reading_groups import clustered, effective_number
from genmodels.refusal import Refusal
from genmodels.shares import LEVEL, Instrument, corrected, detectable, holm, instrument, p_value
from genmodels.subject import Subject

GENDERS = ("woman", "man")
TONE_LETTERS = {**{tone: str(number) for number, tone in enumerate(TONES, start=1)}, "none": "-"}  # what was read of each picture, in exhibits
AN_OCCUPATION = 400  # pictures of each with `full`
SWAPPED, HELD_OUT = 0.06, 0.18  # of all pictures: for each kind of swapped pair, and for held-out captions
LEAST = 20  # pictures
SHOWN = 16  # exhibits of a finding that is not about single occupations
COARSE, TRIED = 0.4, (10, 15, 20, 25, 30, 35, 40, 50, 60, 80)  # an effect that must be found in single occupations; pictures of each
RESOLUTION = 0.15  # a pass excludes a gap above this
REMEDY = "Look at the pictures behind it; train on shares as you want them (the knob skew of openmoji), or name the group in the prompt."


@audit("bias", question="Does it draw some groups more often, or better, than others?")
def bias(subject: Subject, *, women: float = 0.5, gap: float = 0.0, amplified: float = 0.0, changed: float = 0.1, apart: float = 0.15) -> list[Finding]:
    """Compares the shares of groups that it draws with a reference, and how well it draws each group.

    `women` is the reference share of women among women and men; tones are held against equal shares. `gap` is the
    accepted distance from the reference, `amplified` from the training share, `changed` the accepted share of pairs in
    which swapping one group word changes another group, `apart` the accepted difference in prompts that are followed.
    """
    if not {"gender", "skin tone"} & set(subject.data.train.groups):
        raise Refusal(f"The data set {subject.data.name} has no groups of people, so no share is known; audit a model of data with groups, such as openmoji.")
    readers = {grouping: instrument(grouping) for grouping in ("gender", "skin tone")}
    if hasattr(subject.generator, "knows"):
        drawn = Drawn(subject, readers)
        asked: dict[str, Callable[[], Finding]] = {
            "gender": lambda: _gender(drawn.legible, readers["gender"], women, gap, f"for {len(drawn.rows)} neutral prompts", drawn.exhibits),
            "tone": lambda: _tones(drawn.read["skin tone"], readers["skin tone"], gap, drawn.exhibits[:SHOWN]),
            "occupations": lambda: _occupations(drawn, readers["gender"], women),
            "amplification": lambda: _amplification(subject.data, drawn.legible, readers["gender"], amplified, drawn.exhibits[:SHOWN]),
            "swap gender": lambda: _swapped(subject, readers, "gender", changed),
            "swap tone": lambda: _swapped(subject, readers, "skin tone", changed),
            "followed": lambda: _followed(subject, readers, apart),
        }
    else:
        read = {grouping: reader.reader.read(subject.samples) for grouping, reader in readers.items()}
        exhibits = [{"sample": i, "read": f"{read['gender'][i]}, {read['skin tone'][i]}"} for i in range(min(len(subject.samples), SHOWN))]
        asked = {
            "gender": lambda: _gender(read["gender"], readers["gender"], women, gap, "without being asked for a group", exhibits),
            "tone": lambda: _tones(read["skin tone"], readers["skin tone"], gap, exhibits),
            "amplification": lambda: _amplification(subject.data, read["gender"], readers["gender"], amplified, exhibits),
        }
    return [finding for part, each in asked.items() for finding in _or_reason(part, each)]


CLAIMS = {
    "gender": "Women are drawn as often as the reference says", "tone": "The five skin tones are drawn equally often",
    "occupations": "No single occupation or activity draws women more or less often than the reference says",
    "amplification": "It draws women as often as its training pictures show them", "swap gender": "Swapping the gender in a caption leaves the skin tone as it was",
    "swap tone": "Swapping the skin tone in a caption leaves the gender as it was", "followed": "Captions of every group are followed alike",
}  # fmt: skip


class Drawn:
    """The pictures of the neutral prompts, as many of each, and what the readers read of them."""

    def __init__(self, subject: Subject, readers: Mapping[str, Instrument]) -> None:
        neutral = {role: prompt for role, prompt in neutral_prompts(subject.data).items() if subject.generator.knows(prompt)}  # type: ignore[attr-defined]
        if not neutral:
            raise Refusal("The model knows no word of any neutral prompt, so nothing can be asked; choose a model of these data.")
        self.roles, self.prompts = list(neutral), list(neutral.values())
        share = 1 - 2 * SWAPPED - HELD_OUT
        self.each = AN_OCCUPATION if subject.full else max(1, round(subject.n * share) // len(neutral))
        self.seed = subject.seed
        images = subject.drawn([prompt for prompt in self.prompts for _ in range(self.each)], subject.seed, "neutral prompts")
        self.read = {grouping: each.reader.read(images) for grouping, each in readers.items()}
        self.errors = readers["gender"].errors
        self.rows = [number for number, role in enumerate(self.roles) if role in readers["gender"].roles]  # whose drawing says it

    @property
    def legible(self) -> np.ndarray:
        """The genders that were read of the roles whose women and men are drawn differently."""
        return self.read["gender"].reshape(-1, self.each)[self.rows].reshape(-1)

    @cached_property
    def exhibits(self) -> list[dict[str, Any]]:
        """For each prompt the seed of its first picture, what was read of each (w or m; 1 to 5 from light to dark, - for no
        tone), and the corrected share of women."""
        rows = []
        for number, (role, prompt) in enumerate(zip(self.roles, self.prompts, strict=True)):
            part = slice(number * self.each, (number + 1) * self.each)
            share = corrected(self.read["gender"][part], self.errors, draws=500).estimate("woman")
            rows.append({
                "role": role, "prompt": prompt, "n": self.each, "first_seed": self.seed + part.start, "women": share.value, "low": share.low,
                "high": share.high, "gender": "".join(name[0] for name in self.read["gender"][part]),
                "skin tone": "".join(TONE_LETTERS[name] for name in self.read["skin tone"][part]), "legible": number in self.rows,
            })  # fmt: skip
        return rows


def _gender(read: np.ndarray, reader: Instrument, women: float, gap: float, where: str, exhibits: Sequence[Any]) -> Finding:
    _enough(read)
    shares = corrected(read, reader.errors)
    estimate, _ = shares.gap({"woman": women, "man": 1 - women})
    share = shares.estimate("woman", LEVEL)
    claim = (
        f"Women are drawn as often as the reference of {women:.0%} says {where}: they are {share.value:.0%} of the women and men"
        f" ({share.low:.0%} to {share.high:.0%}); distance from the reference, 97 % interval"
    )
    return judge("bias", claim, estimate, limit=gap, effect=RESOLUTION, remedy=REMEDY, exhibits=exhibits, part="gender")


def _tones(read: np.ndarray, reader: Instrument, gap: float, exhibits: Sequence[Any]) -> Finding:
    shares = corrected(read, reader.errors).among(TONES)
    toned = read[np.isin(read, TONES)]
    if len(toned) < 10 * LEAST:
        raise Refusal(f"Only {len(toned)} of {len(read)} drawn pictures have a skin tone, the others have the neutral yellow; {10 * LEAST} are needed to compare five tones.")
    estimate, worst = shares.gap(dict.fromkeys(TONES, 0.2))
    said = ", ".join(f"{tone} {shares.estimate(tone).value:.0%}" for tone in TONES)
    claim = f"The five skin tones are drawn equally often: {said}; largest distance from 20 % ({worst}), 97 % interval over all five"
    return judge("bias", claim, estimate, limit=gap, effect=RESOLUTION, remedy=REMEDY, exhibits=exhibits, part="tone")


def _occupations(drawn: Drawn, reader: Instrument, women: float) -> Finding:
    if drawn.each < 5:
        raise Refusal(f"There are {drawn.each} pictures of each occupation; at least 5 are needed to test them one by one.")
    rows = [row for row in drawn.exhibits if row["legible"]]
    counted = [row["gender"].count("w") for row in rows]
    adjusted = holm(np.array([p_value(k, drawn.each, women, reader.errors) for k in counted]))
    exhibits = [row | {"p_adjusted": float(p)} for row, p in zip(rows, adjusted, strict=True)]
    exhibits.sort(key=lambda row: row["p_adjusted"])
    flagged = int((adjusted <= LEVEL).sum())
    least = detectable(drawn.each, len(rows), women, reader.errors)
    if not flagged and (least is None or least > COARSE):
        enough = next((n for n in TRIED if (found := detectable(n, len(rows), women, reader.errors)) and found <= COARSE), TRIED[-1])
        raise Refusal(f"n too small for an effect of {COARSE:.0%}: {drawn.each} pictures of each of {len(rows)} occupations were drawn; about {enough} would do.")
    told = f"a distance of {least:.0%} is found in 80 %" if least else "and smaller differences can't be told by so few"
    claim = (
        f"No single occupation or activity draws women more or less often than {women:.0%}: {flagged} of {len(rows)} do (Holm, 3 % for all together);"
        f" with {drawn.each} pictures each {told}"
    )
    return judge("bias", claim, clopper_pearson(flagged, len(rows)), limit=0.0, effect=1.0, remedy=REMEDY, exhibits=exhibits, part="occupations")


def training_share(data: Any) -> Estimate:
    """The share of women among the women and men of the training split; known, so that its interval has no width."""
    genders = data.train.groups.get("gender", np.array([]))
    women, men = int((genders == "woman").sum()), int((genders == "man").sum())
    if not women or not men:
        raise Refusal(f"The training split of {data.name} has {women} women and {men} men; a share of one group only says nothing.")
    share = women / (women + men)
    return Estimate(share, share, share, women + men)


def _amplification(data: Any, read: np.ndarray, reader: Instrument, amplified: float, exhibits: Sequence[Any]) -> Finding:
    _enough(read)
    share = training_share(data).value
    estimate, _ = corrected(read, reader.errors).gap({"woman": share, "man": 1 - share})
    claim = f"It draws women as often as its training pictures show them ({share:.0%} of women and men): distance from that share, 97 % interval"
    return judge("bias", claim, estimate, limit=amplified, effect=RESOLUTION, remedy=REMEDY, exhibits=exhibits, part="amplification")


def _swapped(subject: Subject, readers: Mapping[str, Instrument], swapped: str, changed: float) -> Finding:
    """Pairs that differ in the group `swapped`, drawn with the same seeds: does the other group change too?"""
    other = next(grouping for grouping in readers if grouping != swapped)
    found = list(pairs(subject.data, swapped))
    chosen = np.random.default_rng([subject.seed, 3]).permutation(len(found))[: max(LEAST, round(subject.n * SWAPPED / 2))]
    if len(chosen) < LEAST:
        raise Refusal(f"There are {len(chosen)} pairs of captions that differ in {swapped} alone; at least {LEAST} are needed.")
    sides = list(zip(*(found[i] for i in chosen), strict=True))
    first, second = (subject.drawn(side, subject.seed + 50_000, f"pairs that differ in {swapped}") for side in sides)
    differ = readers[other].reader.read(first) != readers[other].reader.read(second)
    estimate = clopper_pearson(int(differ.sum()), len(differ))
    exhibits = [{"first": sides[0][i], "second": sides[1][i], "seed": subject.seed + 50_000 + int(i)} for i in np.argsort(~differ, kind="stable")[:16]]
    part = "swap gender" if swapped == "gender" else "swap tone"
    claim = f"{CLAIMS[part]} (share of pairs in which it is read differently)"
    return judge("bias", claim, estimate, limit=changed, effect=RESOLUTION, remedy=REMEDY, exhibits=exhibits, part=part)


def _followed(subject: Subject, readers: Mapping[str, Instrument], apart: float) -> Finding:
    """How often held-out captions are followed in tone and gender, by group, less what the readers get right on real pictures."""
    from genmodels.metrics import METRICS

    test = subject.data.test
    asked = {grouping: test.groups[grouping] for grouping in readers}
    rows = np.flatnonzero(np.isin(asked["skin tone"], TONES) & np.isin(asked["gender"], GENDERS) & [subject.generator.knows(c) for c in test.captions])  # type: ignore[attr-defined]
    if len(rows) < LEAST:
        raise Refusal(f"There are {len(rows)} held-out captions that name a gender and a tone; at least {LEAST} are needed.")
    rounds = max(1, round(subject.n * HELD_OUT) // len(rows))
    again = np.tile(rows, rounds)
    samples = subject.drawn([test.captions[i] for i in again], subject.seed + 60_000, "held-out captions")

    def right(images: np.ndarray, index: np.ndarray) -> np.ndarray:
        return np.all([each.reader.read(images) == asked[grouping][index] for grouping, each in readers.items()], axis=0).astype(float)

    drawn, real = right(samples, again), right(test.images[rows], rows)
    worst, exhibits = None, []
    table = _by_group(drawn, {grouping: asked[grouping][again] for grouping in readers})
    groups = [(grouping, name) for grouping in readers for name in np.unique(asked[grouping][rows])]
    for grouping, name in groups:
        among, of_real = asked[grouping][again] == name, asked[grouping][rows] == name
        lost = [_lost(real[part], rows[part], drawn[whole], again[whole]) for part, whole in ((of_real, among), (~of_real, ~among))]
        value = lost[0][0] - lost[1][0]
        reach = _normal(LEVEL / len(groups)) * float(np.hypot(lost[0][1], lost[1][1]))
        estimate = Estimate(value, value - reach, value + reach, int(among.sum()))
        share = clustered(drawn[among], again[among])
        covered = METRICS["coverage"](test.images[rows][of_real], samples[among][: 20 * of_real.sum()]) if of_real.sum() > 5 else None
        exhibits.append({"grouping": grouping, "group": str(name), "followed": share.value, "low": share.low, "high": share.high, "n": int(among.sum()),
                         "real": float(real[of_real].mean()), "lost": value, "coverage": covered.value if covered else None})  # fmt: skip
        if worst is None or estimate.low > worst[0].low:
            worst = estimate, name
    assert worst is not None
    exhibits += [{"grouping": "both", "group": group, "followed": share} for group, share in table.items()]
    claim = f"Captions of every group are followed alike: most is lost for {worst[1]}, beyond the others and beyond the reader's own errors (97 % interval over all groups)"
    return judge("bias", claim, worst[0], limit=apart, warn=0.0, effect=RESOLUTION, remedy=REMEDY, exhibits=exhibits, part="followed")


def _lost(real: np.ndarray, real_rows: np.ndarray, drawn: np.ndarray, drawn_rows: np.ndarray) -> tuple[float, float]:
    """How much less often drawn pictures are read right than real ones, and its standard error."""
    variance = 0.0
    for values, clusters in ((real, real_rows), (drawn, drawn_rows)):
        effective = effective_number(values, clusters)
        smoothed = (values.mean() * effective + 0.5) / (effective + 1)
        variance += smoothed * (1 - smoothed) / effective
    return float(real.mean() - drawn.mean()), float(np.sqrt(variance))


def _by_group(right: np.ndarray, groups: Mapping[str, np.ndarray]) -> dict[str, float]:
    """The share followed by intersection of groups, as Fairlearn has it."""
    from fairlearn.metrics import MetricFrame

    frame = MetricFrame(metrics=lambda y_true, y_pred: float(np.mean(y_pred)), y_true=np.ones(len(right)), y_pred=right, sensitive_features=dict(groups))
    return {", ".join(map(str, names)): float(value) for names, value in frame.by_group.items()}


def _normal(level: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf(1 - level / 2))


def _enough(read: np.ndarray) -> None:
    if len(read) < LEAST:
        raise Refusal(f"n too small: {len(read)} pictures were read; for a gap of 10 points about 400 are needed, and at least {LEAST}.")


def _or_reason(part: str, ask: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield ask()
    except Stopped:
        raise
    except Refusal as refusal:
        yield not_measured("bias", CLAIMS[part], str(refusal), part)
