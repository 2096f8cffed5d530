"""The exhibits behind a finding as people look at them: pictures side by side, passages, and small tables.

Exhibits stand in a file that anybody may have written, so whatever has not the shape of one is left out, and each text stays plain.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from genmodels.kinds.image.files import open_picture, png_bytes
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.review.document import Block, Folded, Paragraph, Picture, Pictures, Table
from genmodels.review.document_values import is_number, value_text

MOST = 12  # of each sort that are shown of one finding
READ = 1000  # exhibits of one finding that are looked at
MOST_TABLES, MOST_COLUMNS, LONGEST = 6, 10, 600
SIDE = 256  # pixels of a picture that is shown; exhibits are small copies
WIDE = 300_000  # characters of one picture in base64
NAMES = {
    "item": "output",
    "sample": "output",
    "place": "where",
    "training": "in the training texts",
    "of": "how many are alike",
    "outputs": "the first of them",
    "what": "what was found",
    "others": "share of others",
    "metadata": "said in metadata",
}  # what a key of an exhibit is called
SHARES = ("answers", "prompts", "groups")  # tables whose values are shares
TITLES = {
    "answers": "Each answer",
    "prompts": "By prompt",
    "groups": "By group",
    "agreement": "How far people agree",
}


@dataclass(frozen=True)
class Passage:
    """A passage of an output and the one that it is like, and in a few words which they are."""

    title: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Listed:
    """Rows of one shape with a title, of which so many there were in all."""

    title: str
    table: Table
    of: int


@dataclass(frozen=True)
class Evidence:
    """What stands behind a finding; empty where nothing does."""

    pictures: tuple[Pictures, ...]
    passages: tuple[Passage, ...]
    tables: tuple[Listed, ...]
    of: int  # exhibits in all, shown or not

    def __bool__(self) -> bool:
        return bool(self.pictures or self.passages or self.tables)

    @property
    def title(self) -> str:
        """What it is called where it is folded."""
        parts = [
            _counted(len(self.pictures), "set of pictures", "sets of pictures"),
            _counted(len(self.passages), "passage", "passages"),
            _counted(len(self.tables), "table", "tables"),
        ]
        return f"Evidence: {', '.join(part for part in parts if part)}"


def evidence_of(finding: Mapping[str, Any]) -> Evidence:
    """The exhibits of a finding, sorted into what can be shown: at most 12 of each sort."""
    exhibits = _exhibits(finding)
    with_pictures = [each for each in exhibits if isinstance(each.get("pictures"), list) or "picture" in each]
    pictures = [shown for each in with_pictures[:MOST] if (shown := _pictures(each))]
    passages = [_passage(each) for each in exhibits if _is_passage(each)][:MOST]
    listed = [each for each in exhibits if each not in with_pictures and not _is_passage(each)]
    return Evidence(tuple(pictures), tuple(passages), tuple(_tables(listed))[:MOST_TABLES], len(exhibits))


def folded(finding: Mapping[str, Any]) -> list[Block]:
    """The evidence of a finding as one folded part of a report; nothing where there is none."""
    found = evidence_of(finding)
    if not found:
        return []
    inside: list[Block] = list(found.pictures)
    if found.passages:
        rows = tuple((each.title, each.ours, each.theirs) for each in found.passages)
        inside.append(Table(("output", "what the model wrote", "in the training texts"), rows))
    for each in found.tables:
        inside += [Paragraph(f"{each.title}{more_than_shown(each)}"), each.table]
    return [Folded(f"{finding.get('audit')}, {finding.get('part') or 'all'}. {found.title}", tuple(inside))]


def more_than_shown(listed: Listed) -> str:
    """(the first 12 of 30), where not all rows are shown; else ""."""
    return f" (the first {len(listed.table.rows)} of {listed.of})" if listed.of > len(listed.table.rows) else ""


def evidence_rows(finding: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every exhibit as a row of texts for a spreadsheet, pictures left out; rows within an exhibit say in which table they stand."""
    name = {"audit": printable(str(finding.get("audit"))), "part": printable(str(finding.get("part") or "all"))}
    found = []
    for exhibit in _exhibits(finding):
        if flat := _flat(exhibit):
            found.append(name | {"table": ""} | flat)
        for table, rows in _nested(exhibit):
            found += [name | {"table": table} | _flat(row) for row in rows]
    return found


def _exhibits(finding: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = finding.get("exhibits")
    rows = listed[:READ] if isinstance(listed, list | tuple) else []
    return [each for each in rows if isinstance(each, Mapping)]


def _pictures(exhibit: Mapping[str, Any]) -> Pictures | None:
    """The pictures of an exhibit, each with what it is; None where one can't be shown."""
    if "picture" in exhibit:
        said = ", ".join(f"{name} {value}" for name, value in _flat(exhibit).items())
        return Pictures(said, (Picture(said, png),)) if (png := _sound(exhibit["picture"])) else None
    told, how = exhibit.get("outputs"), printable(str(exhibit.get("how") or ""), 200)
    if isinstance(told, list):
        places = [printable(str(each), 80) for each in told[:4]]
        names = [f"Output {each}" for each in places]
        said = f"{value_text(exhibit.get('of'))} outputs are alike, such as {', '.join(places)}"
    else:
        names = [
            f"Output {printable(str(exhibit.get('sample')), 80)}",
            f"Training picture {printable(str(exhibit.get('training')), 80)}",
        ]
        said = f"{names[0]} | {names[1]}{f': {how}' if how else ''}"
    if is_number(distance := exhibit.get("distance")):
        said += f" (distance {value_text(distance)})"
    shown = [
        Picture(name, png) for name, each in zip(names, exhibit["pictures"][:2], strict=False) if (png := _sound(each))
    ]
    return Pictures(said, tuple(shown)) if shown and len(shown) == len(exhibit["pictures"][:2]) else None


def _sound(picture: object) -> str:
    """A picture in base64 as we write PNG ourselves; "" where it is none, or too large."""
    if not isinstance(picture, str) or len(picture) > WIDE:
        return ""
    try:
        opened = open_picture(base64.b64decode(picture, validate=True), "a picture of the findings")
    except (Refusal, binascii.Error, ValueError):
        return ""
    return "" if max(opened.size) > SIDE else base64.b64encode(png_bytes(opened)).decode()


def _is_passage(exhibit: Mapping[str, Any]) -> bool:
    return isinstance(exhibit.get("answer"), str) and isinstance(exhibit.get("training"), str)


def _passage(exhibit: Mapping[str, Any]) -> Passage:
    words = [
        f"{value_text(exhibit[key])} {said}"
        for key, said in (("words", "words alike"), ("word for word", "word for word"))
        if is_number(exhibit.get(key))
    ]
    where = printable(str(exhibit.get("place") or exhibit.get("item") or ""), 120)
    title = ": ".join(part for part in (where, ", ".join(words)) if part)
    return Passage(title, printable(exhibit["answer"], LONGEST), printable(exhibit["training"], LONGEST))


def _tables(exhibits: list[Mapping[str, Any]]) -> Iterator[Listed]:
    """Exhibits of one shape together, and the tables that stand within one."""
    shapes: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for exhibit in exhibits:
        if flat := _flat(exhibit):
            shapes.setdefault(tuple(flat), []).append(flat)
    for columns, rows in shapes.items():
        yield _listed("Examples" if {"output", "file", "where"} & set(columns) else "Counted", rows)
    for exhibit in exhibits:
        for name, nested in _nested(exhibit):
            if found := [flat for row in nested if (flat := _flat(row))]:
                listed = _listed(TITLES.get(name, name.capitalize()), found)
                called = tuple("share" if each == "value" and name in SHARES else each for each in listed.table.columns)
                yield replace(listed, table=Table(called, listed.table.rows))


def _listed(title: str, rows: list[dict[str, str]]) -> Listed:
    columns = tuple(dict.fromkeys(name for row in rows[:MOST] for name in row))[:MOST_COLUMNS]
    cells = tuple(tuple(row.get(name, "") for name in columns) for row in rows[:MOST])
    return Listed(title, Table(columns, cells), len(rows))


def _nested(exhibit: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Tables within an exhibit: a list of rows, or rows by name."""
    for key, value in list(exhibit.items())[: 2 * MOST_COLUMNS]:
        if isinstance(value, list):
            rows = [each for each in value[:READ] if isinstance(each, Mapping)]
        elif isinstance(value, Mapping):
            rows = [{"measure": name, **each} for name, each in value.items() if isinstance(each, Mapping)]
        else:
            continue
        if rows:
            yield printable(str(key), 40), rows


def _flat(row: Mapping[str, Any]) -> dict[str, str]:
    """The texts and numbers of a row by what they are called; an interval in one."""
    found = {}
    for key, value in list(row.items())[: 2 * MOST_COLUMNS]:
        name = NAMES.get(str(key), printable(str(key), 40))
        if key in ("low", "high", "pictures", "picture", "caption"):
            continue
        if isinstance(value, list) and not any(isinstance(each, Mapping | list) for each in value):
            found[name] = printable(", ".join(str(each) for each in value[:20]), LONGEST)
        elif isinstance(value, str | int | float):
            found[name] = value_text(value) if is_number(value) else printable(str(value), LONGEST)
    if found.get("where") == found.get("output"):
        found.pop("where", None)
    if is_number(row.get("low")) and is_number(row.get("high")):
        found["interval"] = f"{value_text(row['low'])} to {value_text(row['high'])}"
    return found


def _counted(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}" if n else ""
