"""What an emoji shows, read from its code points: who, in which skin tone, in which role, and its caption.

Code points decide because names hide it: the neutral form of "woman firefighter" is "firefighter", of "woman
running" it is "person running", and "mermaid" and "merman" share no word. Names are those of Unicode CLDR.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

GENDERS = ("woman", "man", "person")
TONES = ("light", "medium-light", "medium", "medium-dark", "dark")

TONE_OF = dict(zip(range(0x1F3FB, 0x1F400), TONES, strict=True))
JOINERS = (0x200D, 0xFE0F)
FACING_RIGHT = 0x27A1
ADULTS = {0x1F469: "woman", 0x1F468: "man", 0x1F9D1: "person"}
SIGNS = {0x2640: "woman", 0x2642: "man"}
CHILDREN = (0x1F466, 0x1F467, 0x1F9D2, 0x1F476)
PLURAL = (0x1F46F, 0x1F93C)  # bunny ears, wrestling: two people each
NEUTRAL = (0x1F3C2, 0x1F3C7, 0x1F472, 0x1F574, 0x1F6C0, 0x1F6CC, 0x1F977, 0x1F9D3, 0x1FAC4, 0x1FAC5)  # without a sign
GENDERED = {  # code points that carry a gender of their own, and the neutral sequence of the same role
    0x1F478: ("woman", (0x1FAC5,)),  # princess, prince, person with crown
    0x1F934: ("man", (0x1FAC5,)),
    0x1F475: ("woman", (0x1F9D3,)),  # old woman, old man, older person
    0x1F474: ("man", (0x1F9D3,)),
    0x1F930: ("woman", (0x1FAC4,)),  # pregnant
    0x1FAC3: ("man", (0x1FAC4,)),
    0x1F936: ("woman", (0x1F9D1, 0x1F384)),  # Mrs. Claus, Santa Claus, Mx Claus
    0x1F385: ("man", (0x1F9D1, 0x1F384)),
    0x1F483: ("woman", (0x1F483,)),  # dancing
    0x1F57A: ("man", (0x1F483,)),
    0x1F9D5: ("woman", (0x1F9D5,)),  # with headscarf
}


@dataclass(frozen=True)
class Named:
    """One picture; `gender`, `tone`, `role` are "" where they do not apply, tones and genders share a `drawing`."""

    code: str
    caption: str
    gender: str
    tone: str
    drawing: tuple[int, ...]
    role: str = ""

    @property
    def is_person(self) -> bool:
        """One adult with one named skin tone."""
        return bool(self.gender and self.tone)

    @property
    def combination(self) -> tuple[str, str, str]:
        """Role, gender and tone, which name a drawing among people."""
        return self.role, self.gender, self.tone


def named(codes: Iterable[str]) -> list[Named]:
    """The pictures among `codes` (hexadecimal code points joined by "-") that have a name, sorted by code."""
    import emoji

    points = {code: tuple(int(part, 16) for part in code.split("-")) for code in sorted(codes)}
    with_signs = {p[0] for p in points.values() if set(p[1:]) & SIGNS.keys()}
    pictures, bases = [], []
    for code, sequence in points.items():
        entry = emoji.EMOJI_DATA.get("".join(map(chr, sequence)))
        if entry:
            gender, base = who(sequence, with_signs)
            tones = sorted({TONE_OF[p] for p in sequence if p in TONE_OF}, key=TONES.index)
            drawing = tuple(p for p in base if p != FACING_RIGHT) or base or sequence
            tone = tones[0] if len(tones) == 1 else ""
            pictures.append(Named(code, _caption(entry["en"], tones), gender, tone, drawing))
            bases.append(base)
    roles: dict[tuple[int, ...], str] = {}
    for gender in GENDERS[::-1]:  # the neutral name first
        for each, base in zip(pictures, bases, strict=True):
            if each.gender == gender:
                roles.setdefault(base, _role(each.caption))
    return [replace(p, role=roles[b] if p.gender else "") for p, b in zip(pictures, bases, strict=True)]


@cache
def every_emoji() -> dict[str, Named]:
    """Every emoji of Unicode by its code, fully qualified; so a picture has the same role whatever else its hand draws."""
    import emoji

    whole = emoji.STATUS["fully_qualified"], emoji.STATUS["component"]
    texts = [text for text, entry in emoji.EMOJI_DATA.items() if entry["status"] in whole]
    return {each.code: each for each in named("-".join(f"{ord(sign):04X}" for sign in text) for text in texts)}


def takes_tones() -> frozenset[int]:
    """The code points of people and of parts of bodies: those that can be followed by a tone."""
    points = [[int(part, 16) for part in code.split("-")] for code in every_emoji()]
    return frozenset(
        first for sequence in points for first, second in itertools.pairwise(sequence) if second in TONE_OF
    )


def who(sequence: tuple[int, ...], with_signs: set[int]) -> tuple[str, tuple[int, ...]]:
    """The gender of the one adult shown ("" where there is none or more), and the code points that say what it is.

    In the latter tones, signs and joiners are left out and women and men are written as persons. `with_signs` are the
    code points that have a variant with a gender sign.
    """
    bare = tuple(p for p in sequence if p not in TONE_OF and p not in JOINERS) or sequence
    base = tuple(0x1F9D1 if p in ADULTS else p for p in bare if p not in SIGNS) or bare
    adults = [p for p in bare if p in ADULTS]
    if len(adults) > 1 or set(bare) & {*CHILDREN, *PLURAL}:
        return "", base
    if bare[0] in ADULTS:
        return ADULTS[bare[0]], base
    if bare[0] in GENDERED:
        gender, neutral = GENDERED[bare[0]]
        return gender, neutral + base[1:]
    if bare[0] in with_signs:
        return next((SIGNS[p] for p in bare if p in SIGNS), "person"), base
    return "person" if bare[0] in NEUTRAL else "", base


def _caption(name: str, tones: list[str]) -> str:
    """`:woman_firefighter_dark_skin_tone:` as "woman firefighter, dark skin tone"."""
    words = name.strip(":").replace("_", " ")
    if tones and words != f"{tones[0]} skin tone":
        words = re.sub(r" ?\b(?:medium-light|medium-dark|light|medium|dark) skin tone\b", "", words)
    words = re.sub(r"^(woman|man|person) (\w+ hair)$", r"\1 with \2", words)
    words = re.sub(r"^(woman|man|person) beard$", r"\1 with a beard", words)
    words = re.sub(r"^(woman|man|person) bald$", r"bald \1", words)
    return f"{words}, {' and '.join(tones)} skin tone" if tones and not words.endswith("skin tone") else words


def _role(caption: str) -> str:
    """ "person running, dark skin tone" as "running"; a plain person keeps the word."""
    words = caption.split(",")[0]
    return re.sub(r"\b(?:woman|man|person)\b", "", words).strip() or "person"
