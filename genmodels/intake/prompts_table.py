"""Prompts from a table: a CSV file with a column `prompt`, one picture for each line."""

from __future__ import annotations

from dataclasses import dataclass

from genmodels.intake.tables import read_table
from genmodels.intake.texts import read_text
from genmodels.kinds.text.word_pieces import LONGEST
from genmodels.printable import printable
from genmodels.refusal import Refusal

MAX_BYTES, MAX_ROWS = 1_000_000, 1_000


@dataclass(frozen=True)
class Prompts:
    """The prompts of a table, and the headings of the columns that nobody heeds."""

    prompts: tuple[str, ...]
    not_heeded: tuple[str, ...] = ()


def read_prompts(content: bytes, name: str = "the table") -> Prompts:
    """The prompts of a table with a column prompt, or of a list in a .txt with one in each line; empty ones are left out.

    Raises `Refusal` naming the line that is wrong.
    """
    shown = printable(name)
    if name.lower().endswith(".txt"):
        lines, other = _lines(content, name), tuple[str, ...]()
    else:
        table = read_table(content, name, most_bytes=MAX_BYTES, most_rows=10 * MAX_ROWS, needs=["prompt"])
        lines = [(row.line, row.cells["prompt"]) for row in table.rows if row.cells["prompt"]]
        other = tuple(heading for key, heading in table.columns.items() if key != "prompt")
    for number, prompt in lines:
        if len(prompt) > LONGEST:
            raise Refusal(
                f"{shown}, line {number}: the prompt has {len(prompt):,} characters; at most {LONGEST:,} are read."
            )
    if len(lines) > MAX_ROWS:
        raise Refusal(f"{shown} has {len(lines):,} prompts; at most {MAX_ROWS:,} are drawn, so split it.")
    if not lines:
        raise Refusal(f"{shown} holds no prompt; write one in each line below the column's name.")
    return Prompts(tuple(prompt for _, prompt in lines), other)


def _lines(content: bytes, name: str) -> list[tuple[int, str]]:
    if len(content) > MAX_BYTES:
        raise Refusal(
            f"{printable(name)} has {len(content) / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:g} MB are read, so split it."
        )
    lines = read_text(content, name).text.splitlines()
    return [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
