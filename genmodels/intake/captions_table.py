"""captions.csv: one line a picture, with its caption and, where wanted, its groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from genmodels.intake.names import found
from genmodels.intake.tables import Table, read_table
from genmodels.printable import printable
from genmodels.refusal import Refusal

MAX_BYTES = 8_000_000
MAX_ROWS = 100_000
FILE, CAPTION = (
    ("file", "file_name", "filename", "image"),
    ("caption", "text", "prompt"),
)  # what these columns may be called
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
    folder: str = ""  # where the table lies
    took: str = ""  # in which encoding and with which separator it was read

    def of(self, names: Sequence[str]) -> list[Row | None]:
        """The row of each picture, found by its name however it is written; see `foreign_names.found`."""
        told = list(self.rows)
        places = found(told, names, self.folder)
        by_place = {
            place: self.rows[name]
            for name, place in zip(reversed(told), reversed(places), strict=True)
            if place is not None
        }
        return [by_place.get(place) for place in range(len(names))]

    def matching(self, names: Sequence[str]) -> dict[str, Any]:
        """How the table and the pictures fit together, ready for JSON; see `imported.preview`."""
        rows = self.of(names)
        used = {row.line for row in rows if row}
        return {
            "rows": len(self.rows),
            "matched": len(used),
            "without": [printable(name) for name, row in zip(names, rows, strict=True) if row is None],
            "took": self.took,
            "unknown": [{"line": r.line, "file": printable(r.file)} for r in self.rows.values() if r.line not in used],
            "groups": {
                name: sorted({row.groups[i] for row in rows if row} - {""}) for i, name in enumerate(self.groupings)
            },
        }


def read_captions(content: bytes, folder: str = "") -> Captions:
    """Read a table of file, caption and, where there are more columns, groups; see `foreign_table.read_table`.

    `folder` is where it lies among the pictures. Raises `Refusal` naming the line that is wrong.
    """
    table = read_table(content, "captions.csv", most_bytes=MAX_BYTES, most_rows=MAX_ROWS)
    file, caption = (_column(table, names) for names in (FILE, CAPTION))
    groupings = {key: heading for key, heading in table.columns.items() if key not in (file, caption)}
    if len(groupings) > MAX_GROUPS:
        raise Refusal(f"captions.csv, line 1, names {len(groupings)} groups; at most {MAX_GROUPS} are read.")
    rows: dict[str, Row] = {}
    for each in table.rows:
        name, told = each.cells[file], printable(each.cells[caption], 4 * MAX_CAPTION).strip()
        if len(told) > MAX_CAPTION:
            raise Refusal(
                f"captions.csv, line {each.line}: the caption has {len(told)} characters; at most {MAX_CAPTION} are read."
            )
        if not name or name in rows:
            reason = f"{printable(name)} was told in line {rows[name].line}" if name else "no file is named"
            raise Refusal(f"captions.csv, line {each.line}: {reason}; give one line a picture.")
        rows[name] = Row(each.line, name, told, tuple(printable(each.cells[key]) for key in groupings))
    return Captions(tuple(groupings.values()), rows, folder, table.took)


def _column(table: Table, names: Sequence[str]) -> str:
    """The key of the column that has one of these names."""
    for name in names:
        if name in table.columns:
            return name
    told = printable(", ".join(table.columns.values())) or "nothing"
    raise Refusal(
        f"captions.csv, line 1, names no column {names[0]} but {told}; it needs the columns file and caption."
    )
