"""A text for people as a list of blocks, written as Markdown or as one HTML file.

Every text may be foreign (names of runs and data sets, credits, notes), so every text is cleaned and escaped here,
where it is written, and nowhere else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from genmodels.printable import clean
from genmodels.refusal import Refusal
from genmodels.verdicts.scale import Measured, svg, words


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


@dataclass(frozen=True)
class Pictures:
    """A few small pictures side by side under one title; the title of each says what it is to those who can't see it."""

    title: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Folded:
    """Parts that are opened by whoever wants to see them."""

    title: str
    parts: tuple[Block, ...]


@dataclass(frozen=True)
class Row:
    """A finding: its verdict with a sign, what was found, how often such a verdict is wrong, its numbers, and more by name.

    `tone` is the verdict whose colour it has, where its own is none of those of findings.
    """

    verdict: str
    sign: str
    claim: str
    note: str
    drawn: Measured | None
    more: tuple[tuple[str, str], ...]
    tone: str = ""


@dataclass(frozen=True)
class Rows:
    """Findings: rows with a mark on a scale each; as Markdown, where nothing can be drawn, the table."""

    rows: tuple[Row, ...]
    table: Table


Block: TypeAlias = Rows | Heading | Paragraph | Items | Table | Picture | Pictures | Folded


# Markdown


def as_markdown(title: str, parts: Sequence[Block]) -> str:
    """Blocks as Markdown. Pictures are left out, and what is folded stands open."""
    return "\n\n".join([f"# {markdown_text(title)}", *_markdown(parts)]) + "\n"


def _markdown(parts: Sequence[Block]) -> list[str]:
    texts = list[str]()
    for part in parts:
        if isinstance(part, Heading):
            texts.append(f"## {markdown_text(part.text)}")
        elif isinstance(part, Paragraph):
            texts.append(markdown_text(part.text))
        elif isinstance(part, Items):
            texts.append("\n".join(f"- {markdown_text(item)}" for item in part.items))
        elif isinstance(part, Rows):
            texts += _markdown([part.table])
        elif isinstance(part, Table):
            rows = [part.columns, ("---",) * len(part.columns), *(tuple(map(markdown_text, row)) for row in part.rows)]
            texts.append("\n".join("| " + " | ".join(row) + " |" for row in rows))
        elif isinstance(part, Pictures):
            texts.append(f"- {markdown_text(part.title)}")
        elif isinstance(part, Folded):
            texts += [f"### {markdown_text(part.title)}", *_markdown(part.parts)]
    return texts


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

STACKED = 3  # columns; tables of more are stacked where there is no room
STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --line: #c9c9d0; --soft: #f3f3f6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9e9ee; --paper: #17171b; --line: #45454d; --soft: #232329; } }
body { color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } caption { text-align: left; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; min-width: 7rem; }
th { background: var(--soft); } img { max-width: 100%; image-rendering: pixelated; } figure { margin: 1rem 0; }
.pair { display: inline-block; vertical-align: top; width: 17rem; max-width: 100%; margin: .5rem 1rem .5rem 0; } .pair img { width: 8rem; margin-right: .4rem; }
.pair figcaption { font-size: .85rem; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: .3rem; padding: .4rem .8rem; margin: .6rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; }
.finding { border: 1px solid var(--line); border-left: .35rem solid var(--mark); border-radius: .3rem; padding: .2rem .9rem; margin: .7rem 0; break-inside: avoid; display: grid; grid-template-columns: 3fr 2fr; column-gap: 1.5rem; }
.finding > * { grid-column: 1; margin: .4rem 0; } .finding:not(:has(figure)) > * { grid-column: 1 / -1; } .finding > figure { grid-column: 2; grid-row: 1 / span 2; align-self: center; } .finding > dl { grid-column: 1 / -1; }
.finding strong { color: var(--mark); white-space: nowrap; } .finding figcaption, .finding small, .finding dl { font-size: .85em; }
.finding dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; } dt { font-weight: 600; } dd { margin: 0; }
.gm-drawn { width: 100%; max-width: 27rem; font: 13px system-ui, sans-serif; } .gm-drawn text { fill: var(--ink); } .gm-drawn .gm-said { fill: var(--mark); font-weight: 600; }
.gm-line { stroke: var(--line); stroke-width: 2; } .gm-allowed { fill: var(--soft); stroke: var(--line); } .gm-between { fill: var(--mark); opacity: .55; }
.gm-limit { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 5 3; } .gm-mark { fill: var(--mark); stroke: var(--mark); stroke-width: 3; } .gm-not-measured .gm-mark { fill: var(--paper); }
.gm-pass { --mark: light-dark(#13653a, #7ad7a3); } .gm-warn { --mark: light-dark(#8a4b00, #f2bd6b); } .gm-fail { --mark: light-dark(#a8201a, #ff9d95); }
.gm-not-measured { --mark: light-dark(#4f5b5e, #b7c1c4); } .gm-reported { --mark: light-dark(#1b5a94, #93c5f3); }
@media screen and (max-width: 40rem) { .finding { display: block; } .finding dl { display: block; } .stacked thead { display: none; } .stacked, .stacked tbody, .stacked tr, .stacked td { display: block; }
  .stacked tr { border: 1px solid var(--line); margin-bottom: .8rem; } .stacked td { border: 0; } .stacked td:empty { display: none; }
  .stacked td::before { content: attr(data-label) ": "; font-weight: 600; } }
@media print { .finding { --mark: #000; grid-template-columns: 3fr 2fr; } .finding .gm-between { fill: #777; opacity: 1; } :root { --ink: #000; --paper: #fff; --soft: #eee; --line: #999; color-scheme: light; } body { margin: 0; max-width: none; font-size: 9pt; } .wide { overflow: visible; }
  tr, figure { break-inside: avoid; } th, td { min-width: 0; padding: .2rem .3rem; overflow-wrap: break-word; } h2 { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; } }
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
    if isinstance(part, Rows):
        return "\n".join(map(_html_row, part.rows))
    if isinstance(part, Folded):
        inside = "\n".join(_html_block(each) for each in part.parts)
        return f"<details>\n<summary>{_escaped(part.title)}</summary>\n{inside}\n</details>"
    if isinstance(part, Pictures):
        images = "".join(_image(each) for each in part.pictures)
        return f'<figure class="pair">{images}<figcaption>{_escaped(part.title)}</figcaption></figure>'
    if isinstance(part, Picture):
        return f"<figure>{_image(part)}<figcaption>{_escaped(part.title)}</figcaption></figure>"
    return _html_table(part)


def _html_row(row: Row) -> str:
    """A finding; its numbers stand below the drawing too, for who can't see that and on paper."""
    place = f"<figure>{svg(row.drawn)}<figcaption>{words(row.drawn)}</figcaption></figure>" if row.drawn else ""
    more = "".join(f"<dt>{_escaped(name)}</dt><dd>{_escaped(text)}</dd>" for name, text in row.more if text)
    note = f"<p><small>{_escaped(row.note)}</small></p>" if row.note else ""
    kind = re.sub(r"[^a-z]", "-", row.tone or row.verdict)
    return f'<section class="finding gm-{kind}"><p><strong>{_escaped(row.sign)} {_escaped(row.verdict)}</strong> {_escaped(row.claim)}</p>{place}{note}{f"<dl>{more}</dl>" if more else ""}</section>'


def _html_table(table: Table) -> str:
    """A table; one of more than three columns is stacked on narrow screens, each cell below the other with what it is."""
    head = "".join(f'<th scope="col">{_escaped(name)}</th>' for name in table.columns)
    stacked = len(table.columns) > STACKED
    labels = [f' data-label="{_escaped(name)}"' if stacked else "" for name in table.columns]
    rows = "\n".join(
        "<tr>" + "".join(f"<td{label}>{_escaped(cell)}</td>" for label, cell in zip(labels, row, strict=True)) + "</tr>"
        for row in table.rows
    )
    opening = '<table class="stacked">' if stacked else "<table>"
    return f'<div class="wide" tabindex="0">{opening}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'


def _image(picture: Picture) -> str:
    if not re.fullmatch(r"iVBORw0KGgo[A-Za-z0-9+/]*={0,2}", picture.png):
        raise Refusal(f"The picture {picture.title[:80]!r} of the report is not a PNG in base64.")
    return f'<img alt="{_escaped(picture.title)}" src="data:image/png;base64,{picture.png}">'


def _escaped(text: object) -> str:
    return html.escape(clean(text))
