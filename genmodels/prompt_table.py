"""Prompts from a table: a CSV file with a column `prompt`, one picture for each line."""

from __future__ import annotations

import csv
import io

from genmodels.pictures import printable
from genmodels.refusal import Refusal
from genmodels.words import LONGEST

MAX_BYTES, MAX_HEADER, MAX_ROWS = 1_000_000, 2_000, 1_000


def read_prompts(content: bytes, name: str = "the table") -> list[str]:
    """The prompts of a table (UTF-8, comma or semicolon), empty lines left out; raises `Refusal` naming the line that is wrong."""
    shown = printable(name)
    if len(content) > MAX_BYTES:
        raise Refusal(f"{shown} is larger than {MAX_BYTES // 1_000_000} MB; split it.")
    header = content.split(b"\n", 1)[0]
    if len(header) > MAX_HEADER:
        raise Refusal(f"The first line of {shown} has {len(header):,} bytes; it should be the names of columns, prompt among them.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(f"{shown}, line {content[: error.start].count(10) + 1}, is not UTF-8; save the table as UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if header.count(b";") > header.count(b",") else ",", strict=True)
    prompts: list[str] = []
    try:
        columns = [cell.strip().lower() for cell in next(reader, [])]
        if "prompt" not in columns:
            raise Refusal(f"{shown}, line 1, names no column prompt but {printable(', '.join(columns)) or 'nothing'}; call the column with the prompts so.")
        place = columns.index("prompt")
        for cells in reader:
            prompt = cells[place].strip() if len(cells) > place else ""
            if len(prompt) > LONGEST:
                raise Refusal(f"{shown}, line {reader.line_num}: the prompt has {len(prompt):,} characters; at most {LONGEST:,} are read.")
            prompts += [prompt] if prompt else []
            if len(prompts) > MAX_ROWS:
                raise Refusal(f"{shown} has more than {MAX_ROWS:,} prompts; split it.")
    except csv.Error as error:
        raise Refusal(f"{shown}, line {reader.line_num}, can't be read ({error}); check its quotes.") from None
    if not prompts:
        raise Refusal(f"{shown} holds no prompt; write one in each line below the column's name.")
    return prompts
