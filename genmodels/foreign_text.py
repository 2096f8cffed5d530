"""Text from outside in whatever encoding it was saved, and what it was taken for."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

from genmodels.pictures import printable
from genmodels.refusal import Refusal

MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"), (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"), (codecs.BOM_UTF8, "utf-8", "UTF-8 with a mark"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"), (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)  # fmt: skip
KEPT = "\t\n\r\f\v\x1b\x1a\x85"  # control characters that texts have: white space, colours of terminals, the end mark of DOS
MOST_CONTROL = 0.01  # share of control characters above which it is no text
ZEROS = 0.3  # share of zero bytes in every other place that makes it UTF-16 without a mark


@dataclass(frozen=True)
class ForeignText:
    """A text and the encoding that it was taken to be in; `cut`: its last character was incomplete and is left out."""

    text: str
    encoding: str
    cut: bool = False


def read_text(content: bytes, name: str = "the file") -> ForeignText:
    """The text of a file in UTF-8, UTF-16 or UTF-32, with or without mark, Windows-1252 or Latin-1.

    Line ends stay as they are, the mark is left out. Raises `Refusal` for what holds bytes that no text has.
    """
    found = _decoded(content)
    if found is None or "\0" in found.text or not _is_text(found.text):
        raise Refusal(f"{printable(name)} holds bytes that no text has; save it as a picture, sound, film or plain text.")
    return found


def _decoded(content: bytes) -> ForeignText | None:
    for mark, codec, encoding in MARKS:
        if content.startswith(mark):
            return _as(content[len(mark) :], codec, encoding)
    found = _as(content, "utf-8", "UTF-8")
    if found and not (found.cut and found.text.isascii()):  # a lone byte at the end of plain ASCII is a letter of Latin-1
        return found
    even, odd = content[::2].count(0), content[1::2].count(0)
    for zeros, codec in ((odd, "utf-16-le"), (even, "utf-16-be")):
        if 2 * zeros > ZEROS * len(content):
            return _as(content, codec, "UTF-16 without a mark")
    return _as(content, "cp1252", "Windows-1252") or _as(content, "latin-1", "Latin-1")


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
    control = sum(unicodedata.category(c) in ("Cc", "Cn") and c not in KEPT for c in text[:100_000])
    return control <= MOST_CONTROL * min(len(text), 100_000)
