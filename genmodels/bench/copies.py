"""How often the audit of near-copies is wrong, with pictures of several hands, at three sizes, changed in every way.

    python -m genmodels.bench.copies docs/copies.md [FOLDER OF PHOTOGRAPHS]

Training and held-out pictures are 512 pixels wide; outputs are pictures of other families (drawings, scenes) at 64, 256 and
512 pixels, among which 1 % copies are planted: made at that size of training pictures, not at that of the small copies
that the audit plants by itself. Verdicts are counted over dealt outputs, anew for every repetition.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from genmodels.checks.brought_copies import LARGEST, PLANTED, Searched
from genmodels.checks.brought_copies_rule import Nearest, Rule
from genmodels.data.sets import icons, openmoji
from genmodels.estimates.estimate import clopper_pearson
from genmodels.estimates.splits import copies, families
from genmodels.files import write_atomically
from genmodels.intake.pictures import SIDE
from genmodels.kinds.image.copied_ways import RECOLOURED, WAYS, changed
from genmodels.kinds.image.features import averaged

SIZES, LARGE = (64, 256, 512), 512
OUTPUTS, SHARE, REPEATED = 2000, 0.01, 200
ALIKE = 0.02  # root mean square difference of two drawings of one sign
MOST, A_FAMILY, COPIED, TILE = (
    1600,
    3,
    120,
    240,
)  # pictures of a hand, of a family; copied ones; pixels of a part of a photograph

Picture = tuple[str, Image.Image]  # its family, and the picture


@dataclass(frozen=True)
class Hand:
    """Small copies of n pictures at each size, their families, which were copied, and their copies by size and way."""

    families: np.ndarray
    small: Mapping[int, np.ndarray]
    copied: np.ndarray
    copies: Mapping[tuple[int, str], np.ndarray]


@dataclass(frozen=True)
class Counted:
    """How many of the repeated verdicts were "fail", for outputs of one hand and size copied in one way ("" for none)."""

    hand: str
    size: int
    way: str
    failed: int
    of: int


def emoji() -> Iterator[Picture]:
    """Drawings of OpenMoji."""
    pictures = openmoji.named(each.stem for each in openmoji._folder().glob("*.svg"))
    chosen = _dealt([str(each.role or each.drawing or each.code) for each in pictures])
    for number, family in chosen:
        yield family, Image.fromarray(openmoji._rastered([pictures[number]], LARGE)[0][0])


def signs() -> Iterator[Picture]:
    """Icons of Material Design."""
    font, charmap = icons._files("material")
    points = sorted(json.loads(charmap.read_text(encoding="utf-8")).items())
    face = ImageFont.truetype(str(font), round(0.86 * LARGE))
    for number, family in _dealt(icons.drawings([name for name, _ in points], icons.FONTS["material"].styles)):
        canvas, letter = Image.new("L", (LARGE, LARGE), 255), chr(int(points[number][1], 16))
        left, top, right, bottom = face.getbbox(letter)
        place = ((LARGE - left - right) / 2, (LARGE - top - bottom) / 2)
        ImageDraw.Draw(canvas).text(place, letter, fill=0, font=face)
        yield family, canvas.convert("RGB")


def photographs(folder: Path) -> Iterator[Picture]:
    """Parts of photographs, each 240 pixels wide, enlarged; no two overlap, so each is a family."""
    for file in sorted(folder.rglob("*.jpg")):
        whole = Image.open(io.BytesIO(file.read_bytes())).convert("RGB")
        for down in range(0, whole.height - TILE + 1, TILE):
            for across in range(0, whole.width - TILE + 1, TILE):
                part = whole.crop((across, down, across + TILE, down + TILE))
                yield f"{file.name} {down} {across}", part.resize((LARGE, LARGE), Image.Resampling.LANCZOS)


def _dealt(names: list[str]) -> list[tuple[int, str]]:
    """Numbers and families of at most 2,400 pictures, two of a family, whole families in random order."""
    order = {name: at for at, name in enumerate(np.random.default_rng(1).permutation(sorted(set(names))).tolist())}
    counts: dict[str, int] = {}
    found = []
    for number in sorted(range(len(names)), key=lambda number: (order[names[number]], number)):
        counts[names[number]] = counts.get(names[number], 0) + 1
        if counts[names[number]] <= A_FAMILY:
            found.append((number, names[number]))
    return found[:MOST]


def drawn(pictures: Iterator[Picture]) -> Hand:
    """A hand's pictures at every size; of the first third, which is trained on, some are copied in every way."""
    names, small, copied = list[str](), {size: list[np.ndarray]() for size in SIZES}, list[int]()
    made: dict[tuple[int, str], list[np.ndarray]] = {(size, way): [] for size in SIZES for way in WAYS}
    for number, (family, picture) in enumerate(pictures):
        names.append(family)
        is_copied = number % 4 == 0 and len(copied) < COPIED
        copied += [number] if is_copied else []
        for size in SIZES:
            sized = picture.resize((size, size), Image.Resampling.LANCZOS)
            small[size].append(_small(sized))
            for way, change in WAYS.items() if is_copied else ():
                made[size, way].append(_small(change(sized, np.random.default_rng([number, size]))))
    return Hand(
        joined(names, np.stack(small[LARGE])),
        {size: np.stack(each) for size, each in small.items()},
        np.array(copied),
        {key: np.stack(each) for key, each in made.items()},
    )


def joined(names: Sequence[object], small: np.ndarray) -> np.ndarray:
    """Families (n,): pictures of one name, and those that are equal or each other's mirror image, since one is no news of the other."""
    rows = averaged(np.concatenate([small, small[:, :, ::-1]]).astype(np.float32), 16).round().astype(np.uint8)
    return families([*names, *names], copies(rows, ALIKE))[: len(small)]


def _small(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def counted(name: str, hand: Hand, repeated: int = REPEATED) -> Iterator[Counted]:
    """Verdicts on innocents and on 1 % copies in each way, at every size."""
    train = np.arange(max(len(hand.families) // 3, int(hand.copied.max()) + 1))
    free = np.flatnonzero(~np.isin(hand.families, hand.families[train]))
    names = np.random.default_rng(2).permutation(np.unique(hand.families[free]))
    held = free[np.isin(hand.families[free], names[: 2 * len(names) // 3])]
    others = np.setdiff1d(free, held)
    drawings = np.unique(hand.families[train], return_inverse=True)[1]
    large = hand.small[LARGE]
    searched = Searched(large[train], drawings, drawings, large[held], hand.families[held].tolist(), 0)
    known = np.unique(searched.names)

    def found(small: np.ndarray) -> Nearest:
        return searched.scores(searched.look("", small)).nearest(known)

    honest = searched.honest(np.arange(len(held)), known)
    told = hand.copied[:PLANTED]
    for size in SIZES:
        plants = {way: found(changed(large[told], way, 0, min(size, LARGEST))) for way in WAYS}
        innocents = found(hand.small[size][others])
        copies_of = {way: found(hand.copies[size, way]) for way in WAYS}
        for way in ("", *WAYS):
            kind = "recoloured" if way in RECOLOURED else "copies"
            guilty = round(SHARE * OUTPUTS) if way else 0
            failed = 0
            for each in range(repeated):
                rng = np.random.default_rng([each, size])
                if each % 10 == 0:
                    rule = Rule.of(
                        kind, honest, searched.names, plants, searched.odds(known), OUTPUTS, SHARE, rng
                    )
                ours = innocents.take(rng.choice(len(others), OUTPUTS - guilty))
                if way:
                    chosen = rng.choice(len(hand.copied), guilty, replace=False)
                    ours = ours.beside(copies_of[way].take(chosen))
                failed += rule.held(ours).verdict(0.0, SHARE) == "fail"
            yield Counted(name, size, way, failed, repeated)


def table(rows: list[Counted]) -> str:
    """The rows as Markdown: false alarms with their exact upper bound, and how often each way of copying was found."""
    lines = ["| pictures | pixels | outputs | verdict fail | 95 % interval |", "|---|---|---|---|---|"]
    for row in rows:
        found = clopper_pearson(row.failed, row.of)
        outputs = f"1 % copies, {row.way}" if row.way else "no copies"
        lines.append(
            f"| {row.hand} | {row.size} | {outputs} | {row.failed} of {row.of} | {found.low:.3f} to {found.high:.3f} |"
        )
    return "\n".join(lines) + "\n"


def main(file: str, folder: str = "") -> None:
    """Draw, count and write the table."""
    hands: dict[str, Callable[[], Iterator[Picture]]] = {"emoji": emoji, "icons": signs}
    if folder:
        hands["photographs"] = lambda: photographs(Path(folder))
    rows = [row for name, pictures in hands.items() for row in counted(name, drawn(pictures()))]
    write_atomically(Path(file), table(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
