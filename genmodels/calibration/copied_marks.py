"""Provenance, what is not ours: foreign pictures that were given our pattern, and innocents that a ledger must not know.

A picture reads as ours by its marks alone where it carries the pattern at the place of an entry that it looks like. Nobody
needs a key to copy a pattern from a marked picture, so foreign pictures with a copied one are planted: as a beginner would
(the residual of one, five or twenty pictures, at full strength down to half), as an expert would (the pattern found in
twenty pictures and put in as strongly as ours), and onto the very drawings that entries of the ledger are like.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from genmodels.calibration.case import Case, Planted, Report
from genmodels.data.dataset import DATA
from genmodels.data.emoji_examples import drawings
from genmodels.data.nobody import photograph
from genmodels.data.pages_by_rule import pages
from genmodels.data.sets.fakes import PAPERS
from genmodels.kinds.image import fingerprint as image_fingerprint
from genmodels.kinds.image.attacks import copied, forged
from genmodels.kinds.image.watermark import embed, place_of
from genmodels.provenance.book import Book
from genmodels.provenance.own_marks import ledger_of, ours, watermark_of

OURS = "ours of a picture"  # the part: does it read as made by this machine, by its marks alone?
SOURCES, STRENGTHS = (1, 5, 20), (1.0, 0.75, 0.5)
FOREIGN = 100  # pictures for each way of copying, at a thousand repetitions
ENTRIES = (1, 100, 5000)  # of a ledger
SIDE = 128


@dataclass(frozen=True)
class Marked:
    """Pictures uint8 (n, 128, 128, 3), marked under a key as they leave, and the ledger that has them."""

    pictures: np.ndarray
    own: np.ndarray  # as they were before
    book: Book
    key: bytes

    @classmethod
    def of(cls, own: np.ndarray, key: bytes) -> Marked:
        """Mark pictures as they are saved, and keep what is needed to look for their marks again."""
        codes = [hashlib.sha256(image.tobytes()).hexdigest() for image in own]
        marked = np.stack(
            [embed(image, key, place=place_of(code.encode(), key)) for image, code in zip(own, codes, strict=True)]
        )
        return cls(
            marked,
            own,
            Book(
                [
                    {"sha256": code, "print": image_fingerprint.of_picture(image)}
                    for image, code in zip(own, codes, strict=True)
                ]
            ),
            key,
        )

    def read(self, picture: np.ndarray | Image.Image) -> dict[str, bool]:
        """Which marks are found in a picture without a manifest, and whether they make it ours."""
        looked = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        match = self.book.picture(image_fingerprint.of_picture(looked))
        mark = watermark_of(looked, match, self.key)
        parts = {
            "manifest": {"verdict": "absent", "signer": ""},
            "watermark": mark,
            "ledger": ledger_of(self.book, match),
        }
        return {"watermark": mark["verdict"] == "found", "ledger": match is not None, "ours": ours(parts)}


Copying = Callable[[int, np.ndarray], np.ndarray]


def _copying(sources: Callable[[int, int], Any], number: int, strength: float) -> Copying:
    return lambda i, image: copied(image, sources(i, number), strength)


def _forging(sources: Callable[[int, int], Any], number: int) -> Copying:
    return lambda i, image: forged(image, sources(i, number))


def copies(marked: Marked, foreign: np.ndarray, report: Report) -> Planted:
    """Foreign pictures with our pattern: is it found, and do they read as ours?"""
    own, n = marked.pictures, len(marked.pictures)

    def sources(first: int, number: int) -> list[np.ndarray]:
        return [own[(first + k) % n] for k in range(number)]

    ways: dict[str, Callable[[int, np.ndarray], np.ndarray]] = {
        f"the residual of {_pictures(number)} added at {strength:.0%}": _copying(sources, number, strength)
        for number in SOURCES
        for strength in STRENGTHS
    } | {
        f"the pattern found in {number} pictures, put in as strongly as ours": _forging(sources, number)
        for number in SOURCES[1:]
    }
    for name, way in ways.items():
        report(f"provenance: copied marks, {name}")
        read = [marked.read(way(i, image)) for i, image in enumerate(foreign)]
        yield from _told(f"foreign pictures, {name}", read)
    report("provenance: marks copied to drawings that entries are like")
    read = [marked.read(copied(marked.own[i], [own[(i + n // 2) % n]])) for i in range(n)]
    yield from _told("drawings that an entry is like, the residual of another picture added", read)
    read = [marked.read(copied(marked.own[i], [own[i]])) for i in range(n)]
    yield from _told(
        "drawings that an entry is like, the residual of that very picture added", read, f"{OURS}, by its own pattern"
    )


def _told(name: str, read: Sequence[dict[str, bool]], part: str = OURS) -> Planted:
    yield Case(part, name, False, len(read), 0.0), np.array([each["ours"] for each in read]), None
    yield (
        Case("pattern copied to a picture", name, True, len(read), None),
        np.array([each["watermark"] for each in read]),
        None,
    )


def _pictures(number: int) -> str:
    return "one picture" if number == 1 else f"{number} pictures"


def innocents(own: np.ndarray, others: np.ndarray, seed: int, report: Report) -> Planted:
    """Plain pages, pages drawn by rule, other hands, digits, icons, photographs: of how many a ledger of so many entries says that it knows them.

    Also drawings of one hand, `others`, of a ledger that has all of `own`, of which some differ in a detail.
    """
    rng = np.random.default_rng([seed, 12])
    report("provenance: fingerprints of innocents")
    entries = [{"sha256": "", "print": each} for each in entered(seed, max(ENTRIES))]
    asked = {
        name: [image_fingerprint.of_picture(image) for image in images] for name, images in strangers(seed).items()
    }
    for number in ENTRIES:
        book = Book([entries[int(i)] for i in rng.permutation(len(entries))[:number]])
        for name, prints in asked.items():
            flags = np.array([book.picture(each) is not None for each in prints])
            yield (
                Case(
                    "ledger of a picture",
                    f"{name}; the ledger has {number:,} {'entry' if number == 1 else 'entries'}",
                    False,
                    len(prints),
                    0.0,
                ),
                flags,
                None,
            )
    book = Book([{"sha256": "", "print": image_fingerprint.of_picture(image)} for image in own])
    flags = np.array([book.picture(image_fingerprint.of_picture(image)) is not None for image in others])
    yield (
        Case(
            "ledger of a picture",
            f"other drawings of the same hand; the ledger has {len(own):,} entries, all of it",
            False,
            len(others),
            0.0,
        ),
        flags,
        None,
    )


def entered(seed: int, most: int) -> list[str]:
    """Fingerprints of what a busy machine may have drawn: emoji, digits, icons, pages, and many plain pictures."""
    rng = np.random.default_rng([seed, 13])
    emoji = DATA["openmoji"](size=SIDE, subset="all").load().train.images
    others = [drawings(hand).images for hand in ("twemoji", "fluent")] + [
        DATA["digits"]().load().train.images,
        DATA["icons"]().load().train.images,
    ]
    shares = (emoji, *others)
    drawn = [*plain(most // 10, rng), *pages_by_rule(seed + 500, most // 100)]
    drawn += [image for images in shares for image in images[rng.permutation(len(images))[: most // 6]]]
    return [image_fingerprint.of_picture(image) for image in drawn[:most]]


def strangers(seed: int) -> dict[str, Sequence[np.ndarray]]:
    """Pictures that nobody entered, by kind."""
    rng = np.random.default_rng([seed, 14])
    hands = [
        image
        for hand in ("emojione", "noto", "noto-v1")
        for image in drawings(hand).images[rng.permutation(len(drawings(hand)))[:400]]
    ]
    return {
        "plain pictures (colours, faint notes, ramps)": plain(600, rng),
        "pages drawn by rule": list(pages_by_rule(seed, 30)),
        "emoji of other hands": hands,
        "digits that people wrote": list(DATA["digits"]().load().test.images),
        "icons": list(DATA["icons"]().load().test.images[:600]),
        "held-out drawings of the same hand": list(DATA["openmoji"](size=SIDE, subset="all").load().test.images),
        "pieces of a photograph": [photograph(rng) for _ in range(200)],
    }


def pages_by_rule(seed: int, each: int) -> Iterator[np.ndarray]:
    """So many pages of each kind, uint8 (256, 256, 3)."""
    for kind in (kind for kinds in PAPERS.values() for kind in kinds):
        yield from (np.asarray(page) for page in pages(kind, max(1, each), seed, 2 * SIDE))


def plain(n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Pictures in which there is next to nothing, uint8 (128, 128, 3): one colour, a faint note on light or dark paper, a ramp, a nearly white page."""
    ways = (_colour, _note, _ramp, _nearly_white)
    return [ways[number % len(ways)](rng) for number in range(n)]


def _colour(rng: np.random.Generator) -> np.ndarray:
    shades = [
        np.zeros(3),
        np.full(3, 255),
        np.full(3, rng.integers(256)),
        np.array([0, 0, 255]),
        rng.integers(256, size=3),
    ]
    return np.full((SIDE, SIDE, 3), shades[int(rng.integers(len(shades)))], np.uint8)


def _note(rng: np.random.Generator) -> np.ndarray:
    paper = int(rng.choice([0, 20, 128, 240, 255]))
    ink = int(np.clip(paper + rng.choice([-1, 1]) * rng.integers(3, 26), 0, 255))
    picture = Image.new("RGB", (SIDE, SIDE), (paper,) * 3)
    for _ in range(int(rng.integers(1, 4))):
        where = int(rng.integers(0, 60)), int(rng.integers(0, 110))
        ImageDraw.Draw(picture).text(
            where, f"note {rng.integers(1000)}", fill=(ink,) * 3, font=ImageFont.load_default(int(rng.integers(8, 20)))
        )
    return np.asarray(picture)


def _ramp(rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE] / (SIDE - 1)
    angle, (first, last) = rng.uniform(0, 2 * np.pi), rng.integers(256, size=(2, 3))
    along = np.cos(angle) * x + np.sin(angle) * y
    share = (along - along.min()) / np.ptp(along)
    return np.round(first + (last - first) * share[..., None]).astype(np.uint8)


def _nearly_white(rng: np.random.Generator) -> np.ndarray:
    """White, with a few grey dots or a hair line, as a model that learned little draws."""
    page: Any = np.clip(np.round(255 - np.abs(rng.normal(0, rng.uniform(0.2, 3), (SIDE, SIDE, 1)))), 0, 255).astype(
        np.uint8
    )
    page = np.repeat(page, 3, axis=2)
    page[int(rng.integers(SIDE)), int(rng.integers(40)) : int(rng.integers(41, SIDE))] -= 60
    return page
