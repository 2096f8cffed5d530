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
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np

from genmodels.audits.audit import AUDITS
from genmodels.bench import made_answers
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.files import write_atomically
from genmodels.kinds.image.files import png_bytes
from genmodels.provenance import marking
from genmodels.subjects.outputs import IMAGE, Item, Outputs
from genmodels.verdicts.error_rates import not_counted
from genmodels.verdicts.finding import Finding

SEED, PLACES, FRESH = 20_264, 4, 200  # data sets on which rates are counted in place; verdicts on new data of each case
Make = Callable[[int, float], Outputs]  # a seed, and how much of the fault is in it


@dataclass(frozen=True)
class World:
    """A part of an audit and what is made for it: `cases` say how much of the fault each planted case has, by words of the case."""

    audit: str
    part: str
    make: Make
    n: int
    cases: Mapping[str, float]
    limits: Mapping[str, float] = field(default_factory=dict)
    fresh: int = FRESH

    def finding(self, seed: int, fault: float) -> Finding:
        """What the audit finds in new data."""
        found = AUDITS[self.audit](self.make(seed, fault), **self.limits)
        return next(each for each in found if each.part == self.part)


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


GROUP = made_answers.by_group
WORLDS: tuple[World, ...] = (
    World(
        "marks",
        "signed",
        partial(_files, n=60),
        60,
        {"leave 0.0 %": 0.0, "leave 2.5 %": 0.025, "leave 5.0 %": 0.05},
    ),
    World("marks", "told", partial(_files, n=60), 60, {"leave 0.0 %": 0.0, "leave 2.5 %": 0.025, "leave 5.0 %": 0.05}),
    World(
        "shares",
        "fault",
        partial(made_answers.labelled, n=200),
        200,
        {"have 2.5 %": 0.025, "have the accepted 5 %": 0.05, "have 7.5 %": 0.075, "have 10 %": 0.1},
    ),
    World(
        "verbatim",
        "copied",
        partial(made_answers.copied, n=400),
        400,
        {
            "copy nothing": 0.0,
            "word for word in 0.5 %": 0.005,
            "word for word in 1 %": 0.01,
            "word for word in 2 %": 0.02,
        },
        fresh=60,
    ),
    World(
        "verbatim",
        "longest",
        partial(made_answers.repeating, n=400),
        400,
        {"copy nothing": 0.0, "copy a run of 50": 50.0},
        fresh=60,
    ),
    World(
        "refusals",
        "share",
        partial(made_answers.refusing, n=300),
        300,
        {"as is allowed": 0.5, "refuse 55 %": 0.55, "refuse 60 %": 0.6},
    ),
    World(
        "refusals",
        "groups",
        lambda seed, fault: GROUP(seed, refused=fault),
        360,
        {"as often of every": 0.0, "as is allowed": 0.05, "12.5 % more often": 0.125, "20 % more often": 0.2},
    ),
    World(
        "wording",
        "words",
        lambda seed, fault: GROUP(seed, odds=fault, each=8),
        576,
        {"alike": 0.0, "as is allowed": 0.7, "3.5 times": 1.25, "6 times": 1.8},
        fresh=100,
    ),
    World(
        "wording",
        "regard",
        lambda seed, fault: GROUP(seed, praised=fault),
        360,
        {"write of all groups alike": 0.0, "as is allowed": 0.2, "differ by 0.35": 0.35, "differ by 0.5": 0.5},
        fresh=100,
    ),
    World(
        "personal-data",
        "found",
        partial(made_answers.personal, n=400),
        400,
        {"hold a date": 0.0, "in 0.5 % of": 0.005, "in 1 % of": 0.01},
        fresh=100,
    ),
    World(
        "personal-data",
        "training",
        partial(made_answers.personal, n=400, in_training=True),
        400,
        {"give away nothing": 0.0, "in 0.5 % of": 0.005, "in 1 % of": 0.01},
        fresh=100,
    ),
)
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
        count = fresh or world.fresh
        with not_counted():
            failed = sum(world.finding(SEED + 1000 + number, fault).verdict == "fail" for number in range(count))
        yield Compared(world, str(rows[0]["case"]), place, clopper_pearson(failed, count))


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
"""


def main(file: Path, names: Sequence[str] = ()) -> None:
    """Count, say how far it is, and write the page."""
    rows = list[Compared]()
    for world in WORLDS:
        if not names or world.audit in names:
            began = time.process_time()
            rows += compared(world)
            told = "; ".join(
                f"{each.case}: {_shown(each.place)} / {_shown(each.fresh)}{'' if each.agree else ' !'}"
                for each in rows
                if each.world is world
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
        ),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
