"""How often the audit of near-copies is wrong, with pictures of several hands, at three sizes, changed in every way.

    python -m genmodels.bench.copies docs/copies.md [FOLDER OF PHOTOGRAPHS]

Training pictures and those that nobody copied are 512 pixels wide; outputs are pictures of other families (drawings, parts of
photographs) at 64, 256 and 512 pixels, among which 1 % copies are planted: files of that size, changed as files. Families are
dealt anew for every repetition, two thirds of them held out, the others what honest outputs are drawn from. What was
drawn is kept in the cache (`copies-HAND.npz`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from genmodels.bench.copied_hands import LARGE, SIZES, Hand, Picture, emoji, kept, photographs, signs
from genmodels.bench.machine import about
from genmodels.checks.brought_copies import LARGEST, PLANTED, Searched
from genmodels.checks.brought_copies_rates import EACH, POOLS, REFERENCE, dealt
from genmodels.checks.brought_copies_rule import KINDS, Rule, Scores, ways_of
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.files import write_atomically
from genmodels.kinds.image.copied_ways import WAYS, changed
from genmodels.verdicts.error_rates import Case, resampled

OUTPUTS, SHARE, REPEATED = 2000, 0.01, 200
SHARES, BESIDE = (0.005, 0.01, 0.05), 256  # of copies, and the size, at which rates said in place are counted afresh

TITLE = f"""# Near-copies of brought pictures: how often the audit is wrong

Made by `python -m genmodels.bench.copies docs/copies.md [PHOTOGRAPHS]`. In each of {REPEATED} audits, of seeds 0 to {REPEATED - 1}, families are dealt
anew: two thirds are the held-out pictures, and {OUTPUTS:,} outputs are drawn, with replacement, from the rest. {SHARE:.0%} of them are copies of
training pictures, made as files at that size. Cells say how many audits failed, with exact 95 % intervals.
"""


@dataclass(frozen=True)
class Counted:
    """How many of the repeated verdicts were "fail", for outputs of one hand and size, changed in one way ("" for none)."""

    hand: str
    size: int
    kind: str
    way: str
    failed: int
    of: int


@dataclass(frozen=True)
class Agreed:
    """How often a share of copies made in one way is found, as it is said in place, and counted afresh on other pictures."""

    hand: str
    way: str
    share: float
    in_place: Estimate
    failed: int
    of: int


@dataclass(frozen=True)
class Looked:
    """What the search found of a hand: training pictures and all others searched together; plants and outputs at one size.

    `n` outputs are dealt from the pictures that nobody copied, of the families `known`.
    """

    searched: Searched
    known: np.ndarray
    plants: dict[str, Scores]
    outputs: Scores
    copies: Mapping[str, Scores]
    n: int = OUTPUTS


def looked(hand: Hand) -> Iterator[tuple[int, Looked]]:
    """Each size, and what is found at it."""
    train = np.arange(max(len(hand.families) // 3, int(hand.copied.max()) + 1))
    free = np.flatnonzero(~np.isin(hand.families, hand.families[train]))
    drawings, large = np.unique(hand.families[train], return_inverse=True)[1], hand.small[LARGE]
    searched = Searched(large[train], drawings, drawings, large[free], hand.families[free].tolist(), 0)
    apart = searched.names, np.concatenate([np.full(len(train), -1), searched.names])
    told = np.random.default_rng(3).permutation(np.setdiff1d(train, hand.copied))[:PLANTED]

    def found(small: np.ndarray, but: tuple[np.ndarray, np.ndarray] | None = None) -> Scores:
        return searched.scores(searched.look("", small, but))

    for size in SIZES:
        plants = {way: found(changed(large[told], way, 0, min(size, LARGEST))) for way in WAYS}
        copied = {way: found(hand.copies[size, way]) for way in WAYS}
        yield size, Looked(searched, np.unique(searched.names), plants, found(hand.small[size][free], apart), copied)


def verdicts(
    at: Looked, known: np.ndarray, kind: str, share: float, way: str, rng: np.random.Generator
) -> Iterator[str]:
    """Verdicts without end on outputs of families that are not `known`, a share of them copies made in that way."""
    searched, guilty = at.searched, round(share * at.n)
    rows = np.flatnonzero(np.isin(searched.names, known))
    others = np.setdiff1d(np.arange(len(searched.names)), rows)
    plants = {each: scores.nearest(known) for each, scores in at.plants.items()}
    honest, odds = searched.honest(rows, known), searched.odds(known)
    innocents = at.outputs.take(others).nearest(known, searched.names[others])
    copied = at.copies[way].nearest(known) if guilty else innocents
    while True:
        rule = Rule.of(kind, honest, searched.names[rows], plants, odds, at.n, SHARE, rng)
        ours = innocents.take(rng.choice(len(others), at.n - guilty))
        if guilty:
            ours = ours.beside(copied.take(rng.choice(len(copied.hits), guilty, replace=guilty > len(copied.hits))))
        yield rule.held(ours).verdict(0.0, SHARE)


def counted(name: str, size: int, at: Looked, repeated: int = REPEATED) -> Iterator[Counted]:
    """Verdicts on innocents and on 1 % copies in each way; families are dealt anew every time."""
    cases = [(kind, "") for kind in KINDS] + [(each, way) for each in KINDS for way in ways_of(each)]
    for kind, way in cases:
        failed = 0
        for each in range(repeated):
            rng = np.random.default_rng([each, size])
            known = rng.permutation(at.known)[: round(REFERENCE * len(at.known))]
            failed += next(verdicts(at, known, kind, SHARE if way else 0.0, way, rng)) == "fail"
        yield Counted(name, size, kind, way, failed, repeated)


def agreed(name: str, at: Looked, repeated: int = REPEATED) -> Iterator[Agreed]:
    """The rates said in place of one half of the families, beside those of verdicts on the other half and on real copies."""
    half = np.random.default_rng(4).permutation(at.known)[: len(at.known) // 2]
    for kind in KINDS:
        for way in ways_of(kind):
            for share in SHARES:
                pool = dealt(replace(at, known=half), kind, share, way, 0.0, SHARE)
                case = [(Case("none", False), pool), (Case("copies", True, share), pool)]
                row = resampled(case, n=at.n, seed=0, pools=POOLS, each=EACH)["cases"][1]
                found = verdicts(at, half, kind, share, way, np.random.default_rng(5))
                failed = sum(next(found) == "fail" for _ in range(repeated))
                in_place = Estimate(row["rate"], row["low"], row["high"], row["repetitions"])
                yield Agreed(name, way, share, in_place, failed, repeated)


def table(rows: list[Counted]) -> str:
    """The rows as Markdown: how many verdicts failed at each size, with exact 95 % intervals."""
    lines = [
        f"| pictures | outputs | {' | '.join(f'{size} pixels' for size in SIZES)} |",
        "|---" * (2 + len(SIZES)) + "|",
    ]
    for name, kind, way in dict.fromkeys((row.hand, row.kind, row.way) for row in rows):
        cells = []
        for row in (row for row in rows if (row.hand, row.kind, row.way) == (name, kind, way)):
            found = clopper_pearson(row.failed, row.of)
            cells.append(f"{row.failed} of {row.of} ({100 * found.low:.1f} to {100 * found.high:.1f} %)")
        lines.append(f"| {name} | {f'1 % copies, {way}' if way else f'no copies ({kind})'} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def beside(rows: list[Agreed]) -> str:
    """As Markdown: in how many cases both intervals meet, and those in which they don't."""
    lines = ["| pictures | copies | said in place | counted afresh |", "|---|---|---|---|"]
    apart = 0
    for row in rows:
        afresh = clopper_pearson(row.failed, row.of)
        meet = row.in_place.low <= afresh.high and afresh.low <= row.in_place.high
        apart += not meet
        said = f"{row.in_place.value:.2f} ({row.in_place.low:.2f} to {row.in_place.high:.2f})"
        lines.append(
            f"| {row.hand} | {100 * row.share:.3g} %, {row.way} | {said} | {afresh.value:.2f} ({afresh.low:.2f} to {afresh.high:.2f}){'' if meet else ' **apart**'} |"
        )
    return f"In {len(rows) - apart} of {len(rows)} cases both intervals meet.\n\n" + "\n".join(lines) + "\n"


def main(file: str, folder: str = "") -> None:
    """Draw, count and write the tables."""
    hands: dict[str, Callable[[], Iterator[Picture]]] = {"emoji": emoji, "icons": signs}
    if folder:
        hands["photographs"] = lambda: photographs(Path(folder))
    rows, alike, spent = list[Counted](), list[Agreed](), 0.0
    for name, pictures in hands.items():
        hand, start = kept(name, pictures), time.process_time()
        for size, at in looked(hand):
            rows += counted(name, size, at)
            alike += agreed(name, at) if size == BESIDE else ()
        spent += time.process_time() - start
    told = f"On {about(1)['processor']}, {spent:.0f} seconds of processor time without drawing.\n"
    write_atomically(
        Path(file), f"{TITLE}{told}\n{table(rows)}\n## Rates said in place, and counted afresh\n\n{beside(alike)}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
