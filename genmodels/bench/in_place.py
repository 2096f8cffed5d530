"""Do error rates that are counted in place agree with rates measured afresh? For every audit of outputs: `docs/in-place.md`.

    python -m genmodels.bench.in_place docs/in-place.md [AUDIT ...]

An audit counts how often its verdict is wrong on the very data that it judges, by planting cases there. Here models with a known
fault make new data again and again, the audit judges them, and its verdicts "fail" are counted: data that the counting in place
never saw. Both have an interval; they agree where these overlap. (Near-copies have a bench of their own: `bench.copies`.)
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from genmodels.audits.audit import AUDITS
from genmodels.bench import made_answers
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.files import write_atomically
from genmodels.kinds.image.files import png_bytes
from genmodels.provenance import marking
from genmodels.review.plan_sizes import sizes_of
from genmodels.subjects.outputs import IMAGE, Item, Outputs
from genmodels.verdicts.error_rates import not_counted
from genmodels.verdicts.finding import Finding
from genmodels.verdicts.limits import EFFECT

SEED, PLACES, FRESH = 20_264, 4, 200  # data sets on which rates are counted in place; verdicts on new data of each case
Make = Callable[[int, float, int], Outputs]  # a seed, how much of the fault is in it, and how many outputs


@dataclass(frozen=True)
class World:
    """A part of an audit and what is made for it: `cases` say how much of the fault each planted case has, by words of the case."""

    audit: str
    part: str
    limit: str  # whose effect the greatest fault has
    make: Make
    n: int
    cases: Mapping[str, float]
    fresh: int = FRESH

    def finding(self, seed: int, fault: float, n: int = 0) -> Finding:
        """What the audit finds in new data, under its own limits."""
        found = AUDITS[self.audit](self.make(seed, fault, n or self.n))
        return next(each for each in found if each.part == self.part)

    def failed(self, fault: float, count: int, n: int = 0) -> Estimate:
        """How often the verdict is "fail" on so many new data sets."""
        with not_counted():
            verdicts = [self.finding(SEED + 1000 + number, fault, n).verdict for number in range(count)]
        return clopper_pearson(sum(each == "fail" for each in verdicts), count)


@dataclass(frozen=True)
class Compared:
    """A case: the rate of "fail" in place (mean over data sets) and afresh."""

    world: World
    case: str
    place: Estimate
    fresh: Estimate

    @property
    def agree(self) -> bool:
        """Whether their intervals overlap."""
        return self.place.low <= self.fresh.high and self.fresh.low <= self.place.high


def _files(seed: int, share: float, n: int) -> Outputs:
    """n pictures of which each is bare with that probability; the others are signed."""
    bare, signed = _made()
    rng = np.random.default_rng([seed, 8])
    chosen = [(bare if rng.random() < share else signed)[int(rng.integers(len(bare)))] for _ in range(n)]
    items = tuple(Item(str(i), f"{i}.png") for i in range(n))
    return Outputs("pictures", IMAGE, items, content=chosen.__getitem__, seed=seed)


@cache
def _made(n: int = 24) -> tuple[list[bytes], list[bytes]]:
    """Bare and signed files of the same small pictures."""
    pictures = [np.random.default_rng(i).integers(0, 255, (24, 24, 3), dtype=np.uint8) for i in range(n)]
    return [png_bytes(each) for each in pictures], [marking.signed_png(each, {}) for each in pictures]


def _by_group(name: str) -> Make:
    return lambda seed, fault, n: made_answers.by_group(seed, n, **{name: fault})


MARKS = {"leave 0.0 %": 0.0, "leave 2.5 %": 0.025, "leave 5.0 %": 0.05}
SHARES = {"have 2.5 %": 0.025, "have the accepted 5 %": 0.05, "have 7.5 %": 0.075, "have 10 %": 0.1}
APART = {"treat both": 0.0, "differ by the accepted": 0.1, "differ by 17.5": 0.175, "differ by 25": 0.25}
COPIED = {
    "copy nothing": 0.0,
    "word for word in 0.5 %": 0.005,
    "word for word in 1 %": 0.01,
    "word for word in 2 %": 0.02,
}
REFUSED = {"as is allowed": 0.5, "refuse 55 %": 0.55, "refuse 60 %": 0.6}
OF_GROUPS = {"as often of every": 0.0, "as is allowed": 0.05, "12.5 % more often": 0.125, "20 % more often": 0.2}
WORDS = {"alike": 0.0, "as is allowed": 0.7, "3.5 times": 1.25, "6 times": 1.8}
REGARD = {"write of all groups alike": 0.0, "as is allowed": 0.2, "differ by 0.35": 0.35, "differ by 0.5": 0.5}
PERSONAL = {"hold a date": 0.0, "in 0.5 % of": 0.005, "in 1 % of": 0.01}
STANDING = {"give away nothing": 0.0, "in 0.5 % of": 0.005, "in 1 % of": 0.01}
WORLDS: tuple[World, ...] = (
    World("shares", "fault", "fault", made_answers.labelled, 200, SHARES),
    World("shares", "fault, by group", "difference", made_answers.labelled_by_group, 300, APART),
    World("refusals", "share", "refused", made_answers.refusing, 300, REFUSED),
    World("refusals", "groups", "groups", _by_group("refused"), 360, OF_GROUPS),
    World("wording", "words", "words", _by_group("odds"), 576, WORDS, fresh=100),
    World("wording", "regard", "regard", _by_group("praised"), 360, REGARD, fresh=100),
    World("marks", "signed", "unsigned", _files, 60, MARKS, fresh=100),
    World("marks", "told", "untold", _files, 60, MARKS, fresh=100),
    World("verbatim", "copied", "copied", made_answers.copied, 400, COPIED, fresh=40),
    World("verbatim", "longest", "longest", made_answers.repeating, 400, {"copy nothing": 0.0, "copy a run of 50": 50.0}, fresh=40),
    World("personal-data", "found", "found", made_answers.personal, 400, PERSONAL, fresh=60),
    World("personal-data", "training", "training", partial(made_answers.personal, in_training=True), 400, STANDING, fresh=60),
)  # fmt: skip
NOT_PLANTED = {
    "repeats": 'all outputs are compared with each other: the verdict is a count of these outputs, and says "error rate not measured" with that reason'
}


def compared(world: World, fresh: int = 0, places: int = PLACES) -> Iterator[Compared]:
    """The rates of every case in place, on innocent data, and afresh."""
    least = min(world.cases.values())
    rates = [world.finding(SEED + number, least).error_rates or {} for number in range(places)]
    for words, fault in world.cases.items():
        rows = [_row(each.get("cases") or [], words) for each in rates]
        mean = {name: float(np.mean([row[name] for row in rows])) for name in ("rate", "low", "high")}
        place = Estimate(mean["rate"], min(mean["low"], mean["rate"]), max(mean["high"], mean["rate"]), places)
        yield Compared(world, str(rows[0]["case"]), place, world.failed(fault, fresh or world.fresh))


@dataclass(frozen=True)
class Planned:
    """What a plan asks for a limit, and how often a fault as large as the policy names is found with so many."""

    world: World
    n: int
    found: Estimate


def planned(world: World, fresh: int = 0) -> Planned:
    """The greatest fault at the number of outputs that `genmodels plan` asks for that limit alone."""
    audit = AUDITS[world.audit]
    n = sizes_of(audit, {})[world.limit]
    return Planned(world, n, world.failed(max(world.cases.values()), fresh or world.fresh, n))


def _row(cases: Sequence[Mapping[str, object]], words: str) -> dict[str, float]:
    """The case that these words name; raises `LookupError` where none or several do."""
    found = [each for each in cases if words in str(each["case"])]
    if len(found) != 1:
        raise LookupError(f"{len(found)} cases are called {words!r}: {[each['case'] for each in cases]}")
    return dict(found[0])  # type: ignore[arg-type]


def table(rows: Sequence[Compared]) -> str:
    """The rows as Markdown."""
    lines = [
        "| audit | n | models that ... | in place: fails | afresh: fails | new data sets | agree |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.world.audit}, {each.world.part} | {each.world.n} | {each.case} | {_shown(each.place)} | {_shown(each.fresh)} | {each.fresh.n} | {'yes' if each.agree else 'no'} |"
        for each in rows
    ]
    return "\n".join(lines + [f"| {name} | | | not measured: {why} | | | |" for name, why in NOT_PLANTED.items()])


def table_of_plans(rows: Sequence[Planned]) -> str:
    """The numbers that a plan asks for, as Markdown."""
    lines = ["| limit | accepted | effect | a plan asks for | finds such a fault in |", "|---|---|---|---|---|"]
    for each in rows:
        limits = AUDITS[each.world.audit].limits()
        accepted, effect = limits[each.world.limit], limits[each.world.limit + EFFECT]
        name = f"{each.world.audit}, {each.world.limit}"
        lines.append(f"| {name} | {accepted:g} | {effect:g} | {each.n:,} | {_shown(each.found)} of {each.found.n} |")
    return "\n".join(lines)


def _shown(rate: Estimate) -> str:
    told = f"{rate.value:.1%}"
    return told if rate.low == rate.high else f"{told} [{rate.low:.1%}, {rate.high:.1%}]"


TEXT = """# Error rates in place beside rates measured afresh

Each verdict's false-alarm rate and power are counted in place: on the audit's own data, at its n and limits, with planted cases. Here the
same models make new data, which the counting in place never saw, and the verdicts "fail" are counted (seed {seed}, {date}; in place: the mean over
{places} data sets, an exact binomial has no interval). They agree where the intervals overlap: {agree} of {all} do. Data are made up (words,
labels, files of pictures), so what is checked is the counting, not how people write. Near-copies of pictures have a bench of their own. Written by
`python -m genmodels.bench.in_place docs/in-place.md`.

{table}

## How many a plan asks for

`genmodels plan` asks so many of a model that a fault as large as the policy names is found in nine of ten audits. Counted limit by limit at the default limits, on
new data of the same kind:

{plans}
"""


def main(file: Path, names: Sequence[str] = ()) -> None:
    """Count, say how far it is, and write the page."""
    rows, plans = list[Compared](), list[Planned]()
    for world in WORLDS:
        if not names or world.audit in names:
            began = time.process_time()
            rows += compared(world)
            told = "; ".join(
                f"{each.case}: {_shown(each.place)} / {_shown(each.fresh)}{'' if each.agree else ' !'}"
                for each in rows
                if each.world is world
            )
            plans.append(planned(world))
            print(
                f"{world.audit}, {world.limit}: {plans[-1].n} asked, found in {_shown(plans[-1].found)}",
                file=sys.stderr,
            )
            print(
                f"{world.audit}, {world.part} ({time.process_time() - began:.0f} s): {told}",
                file=sys.stderr,
                flush=True,
            )
    write_atomically(
        file,
        TEXT.format(
            seed=SEED,
            date=time.strftime("%Y-%m-%d"),
            places=PLACES,
            agree=sum(each.agree for each in rows),
            all=len(rows),
            table=table(rows),
            plans=table_of_plans(plans),
        ),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
