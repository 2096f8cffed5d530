"""Foreign text made harmless before it is drawn.

Streamlit reads markdown in captions, labels, headings, errors, metrics and options of radio buttons, and fetches
pictures that it names. Names of runs, data, files and whatever else a user or a file wrote go through `safe_text`
there, and through `plain_text` where no markdown is read (`st.text`, `st.code`, `st.dataframe`, options of a select box).
"""

from __future__ import annotations

import re
import string
import unicodedata

from genmodels.provenance.claims import MADE_BY

JOINER = "\u2060"  # has no width; keeps "https://", "www.", "a@b.c" and ":name:" from being read as what they look like
DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, direction and other invisible characters

REPLACED = {"Cc", "Cs", "Co"}  # categories of characters that are shown as a replacement character ...
TURNING = set(
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
)  # ... as are those that turn the direction


def plain_text(text: object, most: int = 200) -> str:
    """One line without control, direction or invisible characters, cut to `most`."""
    start = str(text)[: 8 * most]
    kept = start if start.isascii() and start.isprintable() else "".join(map(_visible, start))
    kept = " ".join(kept.split())
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def _visible(character: str) -> str:
    return " " if character in "\n\r\t" else "" if unicodedata.category(character) in DROPPED else character


def lines_of(text: str) -> str:
    """A text of several lines for `st.text` and `st.code`: what can't be seen or turns the direction is a replacement character."""
    return "".join(
        "\ufffd" if c in TURNING or (unicodedata.category(c) in REPLACED and c not in "\n\t") else c
        for c in text.replace("\r\n", "\n")
    )


def safe_text(text: object, most: int = 200) -> str:
    """`plain_text` that markdown draws letter by letter: no picture, link, formula, icon or colour comes of it."""
    escaped = []
    for character in plain_text(text, most):
        if character in ":@":
            escaped.append("\\" + character + JOINER)
        elif character in string.punctuation:
            escaped.append("\\" + character)
        else:
            escaped.append(character)
    return re.sub(r"(?i)www(?=\\\.)", lambda found: found[0] + JOINER, "".join(escaped))


def made_caption(line: str, most: int) -> str:
    """The caption over what a model made: that one did, in bold, and what else a line says, which may begin with the same words."""
    told = line.removeprefix(MADE_BY)
    colon = ":" * told.startswith(":")
    told = told.removeprefix(":")
    return f":material/smart_toy: **{MADE_BY}{colon}**{' ' * told.startswith(' ')}{safe_text(told, most)}"


def chart_text(text: object, most: int = 80) -> str:
    """`plain_text` for Plotly, which reads a few HTML tags."""
    return plain_text(text, most).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def counted(n: int, noun: str) -> str:
    """`1 run`, `1,200 runs`."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def duration(seconds: object) -> str:
    """Seconds as people say them; a dash where unknown."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < 1e10:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes:02d} min"
        if hours
        else f"{minutes} min {rest:02d} s"
        if minutes
        else f"{seconds:.1f} s"
        if seconds < 10
        else f"{rest} s"
    )


def csv_cell(value: object) -> object:
    """A text that a spreadsheet would read as a formula is kept from it by a quote."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
