"""The normal form of a text: without what copying, mailing and typesetting do to it and what nobody sees.

A text is marked as it is written; where it comes back with other white space, quotes or line ends, its tokens differ and
the mark is lost, though no word was changed. So both forms are looked at: as it is, and as it may have been.
"""

from __future__ import annotations

import html
import re
import textwrap
import unicodedata

# Signs that typesetters put in the place of those of a keyboard.
TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼʹ´`＇", "'"),
        **dict.fromkeys("“”„‟″«»＂", '"'),
        **dict.fromkeys("‐‑‒–−﹣－", "-"),
        "—": "--",
        "―": "--",
        "…": "...",
        "\u2028": "\n",
        "\u2029": "\n",
        "\x85": "\n",
        "\v": "\n",
        "\f": "\n",
    }
)
# Letters of other scripts that look like Latin ones.
ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеосрухіјѕԁһԛԝѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι", "ABESIJKMHOPCTYXaeocpyxijsdhqwvABEZHIKMNOPTYXovi"
)
FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}  # categories of letters that are left out, except \n and \t ...
JOINERS = {
    0x034F,
    0x115F,
    0x1160,
    0x2800,
    0x3164,
    0xFFA0,
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}  # ... as are these, which nobody sees
BREAKS = re.compile(r"<br ?/?>\n?", re.IGNORECASE)
TAGS = re.compile(
    r"</?(?:p|pre|code|span|div|b|i|em|strong|font)(?: [^<>]{0,200})?>", re.IGNORECASE
)  # of a page that shows a text
QUOTED = re.compile(r"(?:[ \t]*[>|#*•·+-][ \t]?)+")  # before a quoted or listed line
NUMBERED = re.compile(r"[ \t]*\d{1,5}[.:)|]?[ \t]")  # before a line of a listing
NO_LETTER = re.compile(r"&#[0-9]{100,};?")  # an entity of a number that no letter has, nor Python reads
MOST_UNPACKED = 2  # times that entities are packed into each other
SHARE_QUOTED = 0.9  # of the lines that have to begin so
LEAST_LINES = 2
MOST_LETTERS = 400_000  # of a long text that are looked at in other forms than its own


def clean(text: str) -> str:
    """A text with plain white space, quotes and letters, as a keyboard writes them, without entities and invisible signs.

    Without what stands before each line, too, as "> " does in an answer.
    """
    return "\n".join(_without_marks(letters(text).split("\n")))


def letters(text: str) -> str:
    """A text letter by letter as a keyboard writes it; lines stay as they begin."""
    for _ in range(MOST_UNPACKED):
        if "&" not in text or (unpacked := html.unescape(NO_LETTER.sub("\ufffd", text))) == text:
            break
        text = unpacked
    text = TAGS.sub("", BREAKS.sub("\n", text.replace("\r\n", "\n").replace("\r", "\n"))).translate(TYPOGRAPHIC)
    text = unicodedata.normalize("NFKC", text).translate(TYPOGRAPHIC)
    text = text.translate({ord(letter): _plain(letter) for letter in set(text)})
    text = re.sub(r"[^\W\d_]+", _in_one_script, text) if FOREIGN.search(text) else text
    return "\n".join(line.rstrip() for line in text.split("\n"))


def forms(text: str) -> list[str]:
    """The different forms of a text that are looked at: as it is; letter by letter; cleaned; not indented; with single spaces; without line ends that only wrap."""
    head = text[:MOST_LETTERS]
    plain = clean(head)
    single = re.sub(r"(?<=[^ \n]) {2,}", " ", plain)
    found = [
        letters(head),
        plain,
        textwrap.dedent(plain),
        single,
        re.sub(r"(?<=\S)\n(?=\S)", " ", single),
        *([single.lower()] if single.isupper() else []),
    ]
    return [text, *dict.fromkeys(form for form in found if form != head)]


def words(text: str) -> list[str]:
    """The words of a text in small letters, the same for all its forms."""
    return re.findall(r"\w+", clean(text).lower())


def _plain(letter: str) -> str:
    """A letter as it is looked at: white space as spaces, nothing of what nobody sees."""
    if letter == "\n":
        return letter
    if letter.isspace():
        return "    " if letter == "\t" else " "
    return "" if unicodedata.category(letter) in INVISIBLE or ord(letter) in JOINERS else letter


def _in_one_script(word: re.Match[str]) -> str:
    """A word with look-alikes among Latin letters in Latin letters alone; a word of another script stays as it is."""
    found = word[0]
    return found.translate(ALIKE) if FOREIGN.search(found) and re.search(r"[A-Za-z]", found) else found


def _without_marks(lines: list[str]) -> list[str]:
    """Without what stands before nearly every line: marks of quotation or numbers, and what all are indented by."""
    for pattern in (QUOTED, NUMBERED):
        full = [line for line in lines if line.strip()]
        marked = sum(pattern.match(line) is not None for line in full)
        if len(full) >= LEAST_LINES and marked >= SHARE_QUOTED * len(full):
            lines = [_cut(pattern, line) for line in lines]
    return lines


def _cut(pattern: re.Pattern[str], line: str) -> str:
    match = pattern.match(line if line.strip() else line + " ")
    return line[match.end() :] if match else line
