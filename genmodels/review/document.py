"""A text for people as a list of blocks, written as Markdown or as one HTML file.

Every text may be foreign (names of runs and data sets, credits, notes), so every text is cleaned and escaped here,
where it is written, and nowhere else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from genmodels.printable import clean
from genmodels.refusal import Refusal


@dataclass(frozen=True)
class Heading:
    """A heading of a part of a report."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of texts, each as long as the columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A picture with its title, as PNG in base64."""

    title: str
    png: str  # base64


Block = Heading | Paragraph | Items | Table | Picture


# Markdown


def as_markdown(title: str, parts: Sequence[Block]) -> str:
    """Blocks as Markdown. Pictures are left out."""
    texts = [f"# {markdown_text(title)}"]
    for part in parts:
        if isinstance(part, Heading):
            texts.append(f"## {markdown_text(part.text)}")
        elif isinstance(part, Paragraph):
            texts.append(markdown_text(part.text))
        elif isinstance(part, Items):
            texts.append("\n".join(f"- {markdown_text(item)}" for item in part.items))
        elif isinstance(part, Table):
            rows = [part.columns, ("---",) * len(part.columns), *(tuple(map(markdown_text, row)) for row in part.rows)]
            texts.append("\n".join("| " + " | ".join(row) + " |" for row in rows))
    return "\n\n".join(texts) + "\n"


def markdown_text(text: object) -> str:
    """One line of foreign text that Markdown shows as it is: no link, no picture, no HTML, no heading, no table cell."""
    line = re.sub(r"\s+", " ", clean(text)).strip()
    escaped = (
        re.sub(r"([\\`*_{}\[\]#|~$!])", r"\\\1", line).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
    escaped = re.sub(
        r"(?i)\b(https?|ftp|mailto|data|javascript)(:)", r"\1&#58;", escaped
    )  # nor a link without brackets
    escaped = re.sub(r"(?i)\bwww\.", "www&#46;", escaped)
    escaped = re.sub(r"^([-+=]+)(?=\s|$)", r"\\\1", escaped)  # nor a list or a line
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", escaped)


# HTML

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --line: #c9c9d0; --soft: #f3f3f6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9e9ee; --paper: #17171b; --line: #45454d; --soft: #232329; } }
body { color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } caption { text-align: left; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: var(--soft); } img { max-width: 100%; image-rendering: pixelated; } figure { margin: 1rem 0; }
@media print { :root { --ink: #000; --paper: #fff; --soft: #eee; } body { margin: 0; max-width: none; font-size: 10pt; } .wide { overflow: visible; }
  tr, figure { break-inside: avoid; } h2 { break-after: avoid; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def as_html(title: str, parts: Sequence[Block]) -> str:
    """Blocks as one HTML file that loads nothing and runs no script; light or dark as the reader has it, fit to print."""
    body = "\n".join(_html_block(part) for part in parts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{_escaped(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{_escaped(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _html_block(part: Block) -> str:
    if isinstance(part, Heading):
        return f"<h2>{_escaped(part.text)}</h2>"
    if isinstance(part, Paragraph):
        return f"<p>{_escaped(part.text)}</p>"
    if isinstance(part, Items):
        return "<ul>" + "".join(f"<li>{_escaped(item)}</li>" for item in part.items) + "</ul>"
    if isinstance(part, Picture):
        if not re.fullmatch(r"iVBORw0KGgo[A-Za-z0-9+/]*={0,2}", part.png):
            raise Refusal(f"The picture {part.title[:80]!r} of the report is not a PNG in base64.")
        name = _escaped(part.title)
        return (
            f'<figure><img alt="{name}" src="data:image/png;base64,{part.png}"><figcaption>{name}</figcaption></figure>'
        )
    head = "".join(f'<th scope="col">{_escaped(name)}</th>' for name in part.columns)
    rows = "\n".join("<tr>" + "".join(f"<td>{_escaped(cell)}</td>" for cell in row) + "</tr>" for row in part.rows)
    return f'<div class="wide" tabindex="0"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'


def _escaped(text: object) -> str:
    return html.escape(clean(text))
