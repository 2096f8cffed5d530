"""A table of prompts and answers as a subject: .csv, .jsonl (also of batch servers), .parquet; columns are guessed and said."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genmodels.files import Unreadable, read_bytes
from genmodels.intake.pictures import LeftOut, Report
from genmodels.intake.records import MAX_BYTES, Record, Records, read_records
from genmodels.intake.texts import read_text
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import TEXT, Item, Outputs, Reference, named

# What the columns of others are called, the surest first; keys are small letters with "_".
PROMPTS = ("prompt", "input", "question", "instruction", "query", "request")
ANSWERS = ("response", "answer", "completion", "output", "generated_text", "generation", "text", "content", "result")
IDS = ("id", "custom_id", "item_id", "question_id")
CHAT = re.compile(r"(?:.*\.)?messages\.(\d+)\.(role|content)")
BATCH = "response.body.choices.{}.message.content"  # of OpenAI's batch output
LONGEST = 50_000  # characters of an answer that are kept


@dataclass(frozen=True)
class Columns:
    """Which column holds what; "" where none does. `answers` has one or several: several answers a prompt."""

    prompt: str = ""
    answers: tuple[str, ...] = ()
    id: str = ""


def guessed(records: Records, name: str = "the table") -> Columns:
    """The columns by their names; raises `Refusal` that names them where no answer is among them."""
    keys = list(records.columns)
    batch = tuple(key for number in range(20) if (key := BATCH.format(number)) in keys)
    answers = batch or tuple(
        key for name in ANSWERS for key in keys if key == name or re.fullmatch(rf"{name}_?\d+|{name}\.\d+", key)
    )
    prompt = next((key for key in PROMPTS if key in keys), "")
    if not answers and any(CHAT.fullmatch(key) for key in keys):
        return Columns("", (), next((key for key in IDS if key in keys), ""))
    if not answers:
        told = printable(", ".join(records.columns.values()), 200)
        raise Refusal(
            f"No column of {printable(name)} holds the answers: there are {told or 'none'}; call one response, or say which with --columns answer=NAME."
        )
    first = answers[0]
    same = batch or tuple(key for key in answers if re.sub(r"[_.]?\d+$", "", key) == re.sub(r"[_.]?\d+$", "", first))
    return Columns(prompt, same, next((key for key in IDS if key in keys), ""))


def outputs_of_answers(
    source: Path, *, columns: Columns | None = None, seed: int = 0, report: Report = lambda what, done, of: None
) -> Outputs:
    """The answers of a table with their prompts; a line that says nothing at all is named in `left_out`.

    A line with a prompt or an id and without an answer is an empty answer, which may be a refusal: it is kept and counted.
    """
    records = _records(source)
    chosen = columns or guessed(records, source.name)
    for key in (chosen.prompt, *chosen.answers, chosen.id):
        if key and key not in records.columns:
            told = printable(", ".join(records.columns.values()), 200)
            raise Refusal(f"{printable(source.name)} has no column {printable(key)!r}; there are {told}.")
    items, left_out = list[Item](), [LeftOut(f"line {line}", reason) for line, reason in records.left_out]
    for record in records.records:
        found = list(_answers(record, chosen))
        if not found:
            left_out.append(LeftOut(f"line {record.line}", "it holds no answer"))
        items += found
    empty = sum(not each.text.strip() for each in items)
    if empty == len(items):
        raise Refusal(
            f"{printable(source.name)} holds no answer in {' or '.join(chosen.answers) or 'its messages'}; look at its columns."
        )
    took = f"{records.took}; prompts: {chosen.prompt or 'none'}, answers: {', '.join(chosen.answers) or 'the last message'}"
    took += f"; {empty:,} of {len(items):,} answers are empty" if empty else ""
    return Outputs(
        printable(named(source)), TEXT, tuple(items), left_out=tuple(left_out), seed=seed, took=took, report=report
    )


def reference_of_texts(source: Path) -> Reference:
    """Documents that were brought beside answers: a folder of texts, one text, or a table with a column of texts."""
    if source.is_dir():
        files = sorted(file for file in source.rglob("*") if file.is_file() and not file.name.startswith("."))
        documents = [read_text(_content(file), file.name).text for file in files[:MOST_FILES]]
    elif source.suffix.lower() in (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"):
        records = _records(source)
        column = next((key for key in (*ANSWERS, *PROMPTS) if key in records.columns), "")
        if not column:
            raise Refusal(f"{printable(source.name)} has no column of texts; call it text.")
        documents = [each.cells.get(column, "") for each in records.records]
    else:
        documents = re.split(r"\n\s*\n", read_text(_content(source), source.name).text)
    documents = [each.strip() for each in documents if each.strip()]
    if not documents:
        raise Refusal(f"{printable(source.name)} holds no text; give a folder of texts, a text or a table.")
    return Reference(printable(named(source)), documents=tuple(documents))


MOST_FILES = 20_000


def _records(source: Path) -> Records:
    return read_records(_content(source), source.name)


def _content(file: Path) -> bytes:
    try:
        return read_bytes(file, MAX_BYTES)
    except (Unreadable, FileNotFoundError) as reason:
        said = reason if isinstance(reason, Unreadable) else "is not there"
        raise Refusal(f"{printable(file.name)} {said}; name a table of answers or a folder of pictures.") from None


def _answers(record: Record, columns: Columns) -> Sequence[Item]:
    """The items of a record: one for each of its answers, an empty one where it was asked and has none."""
    cells, known = record.cells, {columns.prompt, columns.id, *columns.answers}
    prompt, answers = cells.get(columns.prompt, ""), [cells[key] for key in columns.answers if cells.get(key)]
    if not columns.answers:
        prompt, answers = _chat(cells)
    if not answers and any(key in cells for key in columns.answers) and (prompt or cells.get(columns.id)):
        answers = [""]  # it was asked and says nothing
    own, more = cells.get(columns.id, ""), {key: cell[:200] for key, cell in cells.items() if key not in known}
    place = f"line {record.line}"
    return [
        Item(
            own or place,
            place if len(answers) == 1 else f"{place}, answer {number}",
            prompt[:LONGEST],
            each[:LONGEST],
            None,
            {},
            more,
        )
        for number, each in enumerate(answers, 1)
    ]


def _chat(cells: Mapping[str, str]) -> tuple[str, list[str]]:
    """Prompt and answer of a conversation: the last message of the user, and what the assistant said after it."""
    said: dict[int, dict[str, str]] = {}
    for key, cell in cells.items():
        if found := CHAT.fullmatch(key):
            said.setdefault(int(found[1]), {})[found[2]] = cell
    roles = [said[number] for number in sorted(said)]
    prompt = next((each.get("content", "") for each in reversed(roles) if each.get("role") == "user"), "")
    answer = roles[-1].get("content", "") if roles and roles[-1].get("role") == "assistant" else ""
    return prompt, [answer] if answer else []


def columns_of(text: Mapping[str, str]) -> Columns:
    """The columns that somebody named; an answer column may be several, separated by commas."""
    return Columns(
        text.get("prompt", ""), tuple(part for part in text.get("answer", "").split(",") if part), text.get("id", "")
    )


def shown(columns: Columns) -> str:
    """The columns as JSON, kept with an audit."""
    return json.dumps({"prompt": columns.prompt, "answer": list(columns.answers), "id": columns.id})
