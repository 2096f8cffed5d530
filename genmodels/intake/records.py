"""Tables and lists of records from outside: .csv and .tsv as spreadsheets save them, .jsonl, .parquet; each cell as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from genmodels.files import Unreadable, parsed
from genmodels.intake.tables import key_of, read_table
from genmodels.intake.texts import read_text
from genmodels.printable import printable
from genmodels.refusal import Refusal

MAX_BYTES, MAX_ROWS, MAX_COLUMNS, MAX_CELL = 200_000_000, 200_000, 200, 200_000
MAX_LINE = 2_000_000  # characters of one line of JSON
DEEPEST = 8  # levels of an object whose values get names of their own
PARQUET = b"PAR1"


@dataclass(frozen=True)
class Record:
    """One record: its line or number in the file, its cells by key (small letters, "_" for spaces)."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Records:
    """The records of a file; `columns` maps keys to names as they stand, `took` says how it was read."""

    columns: Mapping[str, str]
    records: tuple[Record, ...]
    took: str
    left_out: tuple[tuple[int, str], ...] = ()  # lines that can't be read, and why


def read_records(content: bytes, name: str) -> Records:
    """The records of a .csv, .tsv, .jsonl or .parquet file, told by what it holds, not only by its name.

    Raises `Refusal` naming what is wrong; of .jsonl a line that can't be read is left out and named.
    """
    if len(content) > MAX_BYTES:
        raise Refusal(
            f"{printable(name)} has {len(content) / 1e6:,.0f} MB; at most {MAX_BYTES // 1_000_000} MB are read, so split it."
        )
    if content.startswith(PARQUET):
        return _of_parquet(content, name)
    if PurePosixPath(name).suffix.lower() in (".jsonl", ".ndjson", ".json") or content.lstrip()[:1] == b"{":
        return _of_lines(content, name)
    table = read_table(content, name, most_bytes=MAX_BYTES, most_rows=MAX_ROWS)
    return Records(table.columns, tuple(Record(row.line, row.cells) for row in table.rows), table.took)


def _of_lines(content: bytes, name: str) -> Records:
    """One JSON object a line, or one list of objects."""
    read = read_text(content, name)
    text = read.text.strip()
    if text.startswith("["):
        rows = [(number, row) for number, row in enumerate(_parsed(text, name), 1)]
        broken: list[tuple[int, str]] = []
    else:
        rows, broken = _lines(text)
    if len(rows) > MAX_ROWS:
        raise Refusal(f"{printable(name)} has {len(rows):,} records; at most {MAX_ROWS:,} are read, so split it.")
    columns: dict[str, str] = {}
    records = []
    for number, row in rows:
        if not isinstance(row, Mapping):
            broken.append((number, "it is no object of names and values"))
            continue
        if len(row) > MAX_COLUMNS:
            broken.append((number, f"it has {len(row):,} names; at most {MAX_COLUMNS} are read"))
            continue
        cells = dict(flat(row))
        for heading in cells:
            columns.setdefault(key_of(heading), printable(heading))
        records.append(Record(number, {key_of(heading): cell for heading, cell in cells.items()}))
    if len(columns) > MAX_COLUMNS:
        raise Refusal(f"{printable(name)} has {len(columns):,} columns; at most {MAX_COLUMNS} are read.")
    if not records:
        why = f" Line {broken[0][0]}: {broken[0][1]}." if broken else ""
        raise Refusal(f"{printable(name)} holds no record that can be read.{why}")
    return Records(columns, tuple(records), f"{read.encoding}, JSON", tuple(broken))


def _parsed(text: str, name: str) -> list[Any]:
    try:
        return list(parsed(text.encode()))
    except Unreadable as reason:
        raise Refusal(f"{printable(name)} {reason}; write one JSON object a line.") from None


def _lines(text: str) -> tuple[list[tuple[int, Any]], list[tuple[int, str]]]:
    rows, broken = list[tuple[int, Any]](), list[tuple[int, str]]()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if len(line) > MAX_LINE:
            broken.append((number, f"it has {len(line):,} characters"))
            continue
        try:
            rows.append((number, parsed(line.encode())))
        except Unreadable as reason:
            broken.append((number, f"it {reason}"))
    return rows, broken


def flat(value: Mapping[str, Any], prefix: str = "", depth: int = 0) -> list[tuple[str, str]]:
    """Names and texts of an object; what lies deeper has dotted names: {"body": {"id": 1}} gives ("body.id", "1").

    The messages of a chat come as "messages.0.role", "messages.0.content"; at most eight levels and 50 entries of a list.
    """
    found: list[tuple[str, str]] = []
    for name, each in list(value.items())[:MAX_COLUMNS]:
        called = f"{prefix}{name}"
        if isinstance(each, list) and depth < DEEPEST:
            each = {str(number): one for number, one in enumerate(each[:50])}
        if isinstance(each, Mapping) and depth < DEEPEST:
            found += flat(each, f"{called}.", depth + 1)
        elif each is not None:
            text = each if isinstance(each, str) else json.dumps(each)
            found.append((called[:200], text[:MAX_CELL]))
    return found


def _of_parquet(content: bytes, name: str) -> Records:
    import io

    import pyarrow.parquet
    from pyarrow import ArrowException

    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
        about = file.metadata
        if about.num_rows > MAX_ROWS or about.num_columns > MAX_COLUMNS:
            raise Refusal(
                f"{printable(name)} has {about.num_rows:,} rows and {about.num_columns:,} columns; at most {MAX_ROWS:,} and {MAX_COLUMNS} are read."
            )
        size = sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))
        if size > 5 * MAX_BYTES:
            raise Refusal(
                f"{printable(name)} unpacks to {size / 1e6:,.0f} MB; at most {5 * MAX_BYTES // 1_000_000:,} MB are read."
            )
        rows = file.read().to_pylist()
    except (ArrowException, OSError, ValueError, KeyError, IndexError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(
            f"{printable(name)} is no whole .parquet file ({printable(str(error), 80)}); save it again."
        ) from None
    records = [
        Record(number, {key_of(heading): cell for heading, cell in flat(row)}) for number, row in enumerate(rows, 1)
    ]
    columns = {key_of(column): printable(column) for row in rows[:1] for column, _ in flat(row)}
    for each in records:
        for key in each.cells:
            columns.setdefault(key, key)
    return Records(columns, tuple(records), "parquet")
