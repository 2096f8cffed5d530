"""Tables from outside, as spreadsheets and scripts save them: one reader for captions, prompts and pairs of sentences."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genmodels.intake.texts import read_text
from genmodels.printable import printable
from genmodels.refusal import Refusal

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
NONE = "\x1f"  # stands in no text: a table of one column is not divided
MAX_HEADER = 2_000  # characters of the first line
LINE_ENDS = re.compile(r"\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85")


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file, and its cells by the key of their column ("" where it is blank)."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """`columns` maps keys (small letters, "_" for spaces) to headings as they stand; `took` says how it was read."""

    columns: dict[str, str]
    rows: tuple[Row, ...]
    took: str


def key_of(heading: str) -> str:
    """ "Sent more " as "sent_more"."""
    return "_".join(heading.casefold().split())


def read_table(content: bytes, name: str, *, most_bytes: int, most_rows: int, needs: Sequence[str] = ()) -> Table:
    """A table with one line of headings, in any usual encoding; commas, semicolons, tabs or bars between its cells.

    A line `sep=;` before it is heeded, blank lines and columns without a heading are left out, and a line may leave out its last
    cells. Without a separator in its headings it has one column, and each line is one cell. Raises `Refusal` naming the
    line that is wrong, and for a table without the columns that it `needs` (keys).
    """
    shown = printable(name)
    if len(content) > most_bytes:
        raise Refusal(
            f"{shown} has {len(content) / 1e6:.1f} MB; at most {most_bytes / 1e6:g} MB are read, so split it."
        )
    read = read_text(content, name)
    first, separator, text = _beginning(read.text)
    header = LINE_ENDS.split(text, maxsplit=1)[0]
    if len(header) > MAX_HEADER:
        raise Refusal(
            f"The first line of {shown} has {len(header):,} characters; it should hold the headings of columns."
        )
    separator = separator or max(SEPARATORS, key=_outside_quotes(header).count)
    separator = separator if separator in _outside_quotes(header) else NONE
    lines = _lines(text, separator, shown, first)
    columns = _columns(next(lines, (first, []))[1], shown, first)
    for needed in needs:
        if needed not in columns:
            told = ", ".join(columns.values()) or "nothing"
            raise Refusal(f"{shown}, line {first}, names no column {needed} but {printable(told)}; call the column so.")
    rows = tuple(_rows(lines, list(columns), shown, separator, most_rows))
    return Table(
        {key: heading for key, heading in columns.items() if heading},
        rows,
        f"{read.encoding}, {SEPARATORS.get(separator, 'one column')}",
    )


def _beginning(text: str) -> tuple[int, str, str]:
    """The number of the line of headings, the separator that a line before it names, and the text from there on."""
    line, separator = 1, ""
    while True:
        head = LINE_ENDS.split(text, maxsplit=1)
        if (named := re.fullmatch(r"\s*\"?sep=(.)\"?\s*", head[0])) and len(head) > 1:
            separator = named[1]
        elif head[0].strip(" \t,;|") or len(head) == 1:
            return line, separator, text
        line, text = line + 1, head[1]


def _outside_quotes(header: str) -> str:
    return re.sub(r'"[^"]*"', "", header)


def _lines(text: str, separator: str, shown: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """The number of each line, counted from its first one, with its cells."""
    text = re.sub(r"\r\n|\r|\u2028|\u2029|\x0b|\x0c|\x85", "\n", text)
    found, problem = _cells(text, separator)
    if problem:  # some write spaces between a closing quote and the separator
        again, still = _cells(re.sub(rf'"[ \u00a0]+(?={re.escape(separator)}|\n|$)', '"', text), separator)
        found, problem = (again, "") if not still else (found, problem)
    yield from ((first + before, cells) for before, cells in found)
    if problem:
        raise Refusal(
            f"{shown}, line {first + found[-1][0] + 1 if found else first}, can't be read ({problem}); check its quotes."
        )


def _cells(text: str, separator: str) -> tuple[list[tuple[int, list[str]]], str]:
    """Each line's place and cells, as far as they can be read, and what is wrong with the next ("": nothing)."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    found, before = [], 0
    try:
        for cells in reader:
            found.append((before, cells))
            before = reader.line_num
    except csv.Error as error:
        return found, f"{error}"
    return found, ""


def _columns(cells: Sequence[str], shown: str, line: int) -> dict[str, str]:
    """Key to heading, "" for a blank one between others; blank ones at the end are left out."""
    headings = [" ".join(printable(cell).split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    columns: dict[str, str] = {}
    for number, heading in enumerate(headings):
        key = key_of(heading) or f" {number}"
        if key in columns:
            raise Refusal(f"{shown}, line {line}, has two columns called {heading!r}; give each a name of its own.")
        columns[key] = heading
    return columns


def _rows(
    lines: Iterator[tuple[int, list[str]]], keys: Sequence[str], shown: str, separator: str, most: int
) -> Iterator[Row]:
    count = 0
    for line, cells in lines:
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if any(cells[len(keys) :]):
            what = f"put quotes around a cell with {SEPARATORS.get(separator, 'this')} in it, or name the column"
            raise Refusal(
                f"{shown}, line {line}, has {len(cells)} cells and the first line names {len(keys)} columns; {what}."
            )
        row = dict.fromkeys(keys, "") | dict(zip(keys, cells, strict=False))
        count += 1
        if count > most:
            raise Refusal(f"{shown} has more than {most:,} lines; split it.")
        yield Row(line, {key: cell for key, cell in row.items() if not key.startswith(" ")})
