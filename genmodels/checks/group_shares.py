"""The findings on the shares of groups: women and men, skin tones, single occupations, and beside the training pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from genmodels.checks import bias_rates as rates
from genmodels.checks.neutral_pictures import GENDERS, LEAST, Drawn, legible_reading
from genmodels.data.dataset import Dataset
from genmodels.data.emoji_names import TONES
from genmodels.estimates.corrected_shares import LEVEL, Errors, Shares, corrected, detectable, holm, p_value
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.instruments.groups import Instrument, Reading
from genmodels.refusal import Refusal
from genmodels.verdicts.finding import Finding, judge

MANY = 30  # times as many pictures, to see whether more would tell
TRIED = (10, 15, 20, 25, 30, 35, 40, 50, 60, 80)  # pictures of each occupation
REMEDY = "Look at the pictures behind it; train on shares as you want them (the setting skew of openmoji), or name the group in the prompt."
QUESTIONS = {
    "gender": "Are women drawn as often as the reference says?",
    "tone": "Are the five skin tones drawn equally often?",
    "occupations": "Does any single occupation or activity draw women more or less often than the reference says?",
    "amplification": "Are women drawn as often as the training pictures show them?",
}


def of_gender(
    reading: Reading,
    reader: Instrument,
    reference: float,
    limit: float,
    effect: float,
    exhibits: Sequence[Mapping[str, Any]],
    part: str = "gender",
    said: str = "",
) -> Finding:
    """How far the share of women among women and men lies from `reference`; `said` ends the claim with what that is."""
    shares, share = women_of(reading)
    estimate, _ = shares.gap({"woman": reference, "man": 1 - reference})
    said = said or f"the reference is {reference:.0%}"
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


def of_tones(reading: Reading, reader: Instrument, gap: float, effect: float, exhibits: Sequence[Any]) -> Finding:
    """How far the tone that is farthest from a fifth lies from it; raises `Refusal` where too few have a tone."""
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


def of_amplification(
    data: Dataset,
    reading: Reading,
    reader: Instrument,
    limit: float,
    effect: float,
    exhibits: Sequence[Mapping[str, Any]],
) -> Finding:
    """How far the share of women lies from that in the training pictures."""
    share = training_share(data).value
    said = f"in the training pictures they are {share:.0%}"
    return of_gender(reading, reader, share, limit, effect, exhibits, "amplification", said)


def of_occupations(drawn: Drawn, women: float, effect: float) -> Finding:
    """Every single occupation tested against the share `women`; raises `Refusal` where so few pictures would find nothing."""
    if drawn.each < 5:
        raise Refusal(
            f"There are {drawn.each} pictures of each occupation; at least 5 are needed to test them one by one."
        )
    legible_reading(drawn)
    errors = drawn.reading("gender").errors
    rows = [row for row in drawn.exhibits if row["legible"]]
    counted = [(row["gender"].count("w"), row["gender"].count("w") + row["gender"].count("m")) for row in rows]
    adjusted = holm(np.array([p_value(k, n, women, errors) for k, n in counted]))
    exhibits = sorted(
        (row | {"p_adjusted": float(p)} for row, p in zip(rows, adjusted, strict=True)),
        key=lambda row: row["p_adjusted"],
    )
    flagged, people = int((adjusted <= LEVEL).sum()), [n for _, n in counted]
    least = _least_seen(people, flagged, women, effect, errors)
    return judge(
        "bias",
        _said_of_occupations(exhibits[0], flagged, people, women, least),
        clopper_pearson(flagged, len(rows)),
        limit=0.0,
        effect=1.0,
        remedy=REMEDY,
        exhibits=exhibits,
        part="occupations",
        question=QUESTIONS["occupations"],
        error_rates=rates.of_occupations(drawn, people, women, effect),
    )


def _least_seen(
    people: Sequence[int], flagged: int, women: float, effect: float, errors: Sequence[Errors]
) -> float | None:
    """The least difference that would be found in 80 % of cases; raises `Refusal` where that is more than `effect` and nothing was found."""
    each, occupations = round(float(np.median(people))), len(people)
    least = detectable(each, occupations, women, errors)
    if flagged or (least is not None and least <= effect):
        return least
    would = f"more than {TRIED[-1]} are needed"
    for n in TRIED:
        if (found := detectable(n, occupations, women, errors)) and found <= effect:
            would = f"about {n} would do"
            break
    raise Refusal(
        f"n too small for an effect of {effect:.0%}: {each} people were read of each of {occupations} occupations; {would}."
    )


def _said_of_occupations(
    worst: Mapping[str, Any], flagged: int, people: Sequence[int], women: float, least: float | None
) -> str:
    named = f": {worst['role']} draws {worst['women']:.0%} women ({worst['low']:.0%} to {worst['high']:.0%})"
    told = (
        f"a difference of {least:.0%} would be found in 80 % of cases" if least else "so few show no smaller difference"
    )
    return f"{flagged} of {len(people)} occupations and activities draw women more or less often than {women:.0%}{named if flagged else ''}; with {round(float(np.median(people)))} pictures each {told}."


def training_share(data: Dataset) -> Estimate:
    """The share of women among the women and men of the training split; known, so that its interval has no width."""
    genders = data.train.groups.get("gender", np.array([]))
    women, men = int((genders == "woman").sum()), int((genders == "man").sum())
    if not women or not men:
        raise Refusal(
            f"The training split of {data.name} has {women} women and {men} men; a share of one group only says nothing."
        )
    share = women / (women + men)
    return Estimate(share, share, share, women + men)


def women_of(reading: Reading) -> tuple[Shares, Estimate]:
    """The shares of women and men among those read as either, and that of women with its 97 % interval."""
    people = int(np.isin(reading.read, GENDERS).sum())
    if people < LEAST:
        raise Refusal(
            f"n too small: {people} women and men were read; for a gap of 10 points about 400 are needed, and at least {LEAST}."
        )
    shares = corrected(reading.read, reading.errors).among(GENDERS)
    return shares, shares.estimate("woman", LEVEL)


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
