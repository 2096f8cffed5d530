"""Text from outside in whatever encoding it was saved, and what it was taken for."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

from genmodels.printable import printable
from genmodels.refusal import Refusal

MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a mark"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
KEPT = "\t\n\r\f\v\x1b\x1a\x85"  # control characters that texts have: white space, colours of terminals, the end mark of DOS
MOST_CONTROL = 0.01  # share of control characters above which it is no text
ZEROS = 0.3  # share of zero bytes in every other place that makes it UTF-16 without a mark
MOST_STRANGE = 0.2  # share of the characters beyond ASCII that may stand where such characters don't
MOST_FOREIGN = (
    0.4  # share of letters beyond ASCII: above it a text in one byte a letter is in another alphabet than Latin
)
ONE_BYTE = {"cp1252": "Windows-1252", "latin-1": "Latin-1", "mac_roman": "Mac Roman", "cp850": "DOS (code page 850)"}
JOINING = "'’‘`´·-‐–—…\u00ad\u00a0"  # signs that stand between two letters in ordinary texts
SIGNS, USUAL = (
    ("So", "Sm", "Sk", "Sc", "No"),
    "™®©°€£¥§×÷±²³½¼¾",
)  # categories of signs, and those that stand beside words in ordinary texts
LOOKED_AT = 100_000  # characters


@dataclass(frozen=True)
class ForeignText:
    """A text and the encoding that it was taken to be in; `cut`: its last character was incomplete and is left out."""

    text: str
    encoding: str
    cut: bool = False


def read_text(content: bytes, name: str = "the file") -> ForeignText:
    """The text of a file in UTF-8, UTF-16 or UTF-32, with or without mark, Windows-1252, Latin-1, Mac Roman or that of DOS.

    Line ends stay as they are, the mark is left out. Raises `Refusal` for what holds bytes that no text has, and for a text
    in another encoding, such as one for Cyrillic or Japanese: which one can't be told, and a wrong one gives other letters.
    """
    found = _decoded(content)
    if found is None and not _control(content):
        raise Refusal(
            f"{printable(name)} is in an encoding that is not known here, as older ones for other alphabets are; save it as UTF-8."
        )
    if found is None or not _is_text(found.text):
        raise Refusal(
            f"{printable(name)} holds bytes that no text has; save it as a picture, sound, film or plain text."
        )
    return found


def _decoded(content: bytes) -> ForeignText | None:
    for mark, codec, encoding in MARKS:
        if content.startswith(mark):
            return _as(content[len(mark) :], codec, encoding)
    found = _as(content, "utf-8", "UTF-8")
    if found and not (
        found.cut and found.text.isascii()
    ):  # a lone byte at the end of plain ASCII is a letter of Latin-1
        return found
    if found := _without_mark(content):
        return found
    return _one_byte_a_letter(content)


def _without_mark(content: bytes) -> ForeignText | None:
    """UTF-32 or UTF-16, told by where the zero bytes are."""
    if len(content) >= 8 and not len(content) % 4:
        for high, codec in ((3, "utf-32-le"), (0, "utf-32-be")):
            if (
                not any(content[high::4])
                and not any(content[abs(high - 1) :: 4][:LOOKED_AT])
                and (found := _as(content, codec, "UTF-32 without a mark"))
            ):
                return found
    even, odd = content[::2].count(0), content[1::2].count(0)
    for zeros, codec in ((odd, "utf-16-le"), (even, "utf-16-be")):
        if 2 * zeros > ZEROS * len(content):
            return _as(content, codec, "UTF-16 without a mark")
    return None


def _one_byte_a_letter(content: bytes) -> ForeignText | None:
    """The one of `ONE_BYTE` that gives the fewest characters where such characters don't stand, of several the first; None
    where all give many of them."""
    tried = [each for codec, encoding in ONE_BYTE.items() if (each := _as(content, codec, encoding))]
    best = min(tried, key=lambda each: _strange(each.text))
    beyond = sum(byte > 0x7F for byte in content[:LOOKED_AT])
    return best if _strange(best.text) <= max(1, MOST_STRANGE * beyond) else None


def _strange(text: str) -> int:
    """How many characters beyond ASCII are out of place: controls, capitals behind small letters, signs within words; all
    where most letters are beyond ASCII, as in no language that these encodings are for."""
    text = text[:LOOKED_AT]
    places = [place for place, letter in enumerate(text) if letter > "\x7f"]
    letters = sum(map(str.isalpha, text))
    if len(places) > 8 and sum(text[place].isalpha() for place in places) > MOST_FOREIGN * letters:
        return len(places)
    wrong = 0
    for place in places:
        letter, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
        within = before.isalpha() and after.isalpha()
        sign = (
            unicodedata.category(letter) in SIGNS
            and letter not in USUAL
            and any(side.isalpha() or side > "\x7f" for side in (before, after))
        )
        control = unicodedata.category(letter) == "Cc" and letter != "\x85"
        capital = letter.isupper() and (before.islower() or (before.isalpha() and after.islower()))
        wrong += control or capital or sign or (within and not letter.isalpha() and letter not in JOINING)
    return wrong


def _as(content: bytes, codec: str, encoding: str) -> ForeignText | None:
    """The text in this encoding, None where it is in none; of the last character some bytes may be missing."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        text = decoder.decode(content)
    except UnicodeDecodeError:
        return None
    cut = bool(decoder.getstate()[0])
    return None if cut and not text else ForeignText(text, encoding, cut)


def _is_text(text: str) -> bool:
    control = sum(unicodedata.category(c) in ("Cc", "Cn") and c not in KEPT for c in text[:LOOKED_AT])
    return control <= MOST_CONTROL * min(len(text), LOOKED_AT)


def _control(content: bytes) -> bool:
    """Does it hold control bytes, as texts in no encoding of one or two bytes a letter do?"""
    return sum(content[:LOOKED_AT].count(code) for code in range(32) if chr(code) not in KEPT) > MOST_CONTROL * min(
        len(content), LOOKED_AT
    )
