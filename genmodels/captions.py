"""captions.csv: one line a picture, with its caption and, where wanted, its groups."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from genmodels.pictures import printable
from genmodels.refusal import Refusal

MAX_BYTES = 8_000_000
MAX_HEADER = 2_000  # bytes of the first line
MAX_GROUPS = 8
MAX_CAPTION = 500  # characters


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    line: int
    file: str
    caption: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Captions:
    """The table: names of the groupings, and the rows by file."""

    groupings: tuple[str, ...] = ()
    rows: dict[str, Row] = field(default_factory=dict)

    def of(self, names: Sequence[str]) -> list[Row | None]:
        """The row of each picture: by its whole name, else by its last part where that is told of one picture only."""
        last = [PurePosixPath(name).name for name in names]
        times = Counter(last)
        keys = [name if name in self.rows or times[end] > 1 else end for name, end in zip(names, last, strict=True)]
        return [self.rows.get(key) for key in keys]

    def matching(self, names: Sequence[str]) -> dict[str, Any]:
        """How the table and the pictures fit together, ready for JSON; see `imported.preview`."""
        rows = self.of(names)
        used = {row.line for row in rows if row}
        return {
            "rows": len(self.rows),
            "matched": len(used),
            "without": [printable(name) for name, row in zip(names, rows, strict=True) if row is None],
            "unknown": [{"line": r.line, "file": r.file} for r in self.rows.values() if r.line not in used],
            "groups": {
                name: sorted({row.groups[i] for row in rows if row} - {""}) for i, name in enumerate(self.groupings)
            },
        }


def read_captions(content: bytes) -> Captions:
    """Read `file,caption[,group ...]` (UTF-8, comma or semicolon); raises `Refusal` naming the line that is wrong."""
    if len(content) > MAX_BYTES:
        raise Refusal(f"captions.csv is larger than {MAX_BYTES // 1_000_000} MB; shorten the captions.")
    header = content.split(b"\n", 1)[0]
    if len(header) > MAX_HEADER:
        raise Refusal("The first line of captions.csv is too long; it should be file,caption and names of groups.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refusal(f"captions.csv, line {line}, is not UTF-8; save the table as UTF-8.") from None
    separator = ";" if header.count(b";") > header.count(b",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _table(reader)
    except csv.Error as error:
        raise Refusal(f"captions.csv, line {reader.line_num}, can't be read ({error}); check its quotes.") from None


def _table(reader: Any) -> Captions:
    columns = [printable(cell).strip() for cell in next(reader, [])]
    names = [column.lower() for column in columns]
    if names[:2] != ["file", "caption"]:
        told = ", ".join(columns[:5]) or "nothing"
        raise Refusal(f"captions.csv, line 1, begins with {told}; it must begin with file, caption.")
    if len(names) > 2 + MAX_GROUPS or len(set(names)) < len(names) or "" in names:
        raise Refusal(f"captions.csv, line 1, needs different names for at most {MAX_GROUPS} groups.")
    rows: dict[str, Row] = {}
    for cells in reader:
        line = reader.line_num
        if not any(cells):
            continue
        if len(cells) != len(columns):
            raise Refusal(f"captions.csv, line {line}, has {len(cells)} cells; the first line has {len(columns)}.")
        file, caption, *groups = (printable(cell, 4 * MAX_CAPTION).strip() for cell in cells)
        if len(caption) > MAX_CAPTION:
            raise Refusal(
                f"captions.csv, line {line}: the caption is longer than {MAX_CAPTION} characters; shorten it."
            )
        if not file or file in rows:
            reason = f"{printable(file)} was told in line {rows[file].line}" if file else "no file is named"
            raise Refusal(f"captions.csv, line {line}: {reason}; give one line a picture.")
        rows[file] = Row(line, file, caption, tuple(group[:100] for group in groups))
    return Captions(tuple(columns[2:]), rows)
