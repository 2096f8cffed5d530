"""The one way out: whoever hands out what a model made gets its file from here, marked, and nothing else makes such files.

Pages, commands and exports ask for a `Marked`, which only this module makes. How a file is marked stands in `marking`.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genmodels.files import write_atomically
from genmodels.kinds.image.svg import check_ours
from genmodels.kinds.text import fingerprint
from genmodels.kinds.text.tokens import Tokens
from genmodels.provenance import ledger, marking
from genmodels.provenance.claims import MAKER, made_by_a_model
from genmodels.provenance.recorded import of_writing
from genmodels.provenance.text_mark import carries

Facts = Mapping[str, str]
SIDECAR = marking.SIDECAR


class Marked(bytes):
    """The content of a file that left through here."""


@dataclass(frozen=True)
class TextFiles:
    """A text as a file, with the line above it that says what made it, and its signed statement."""

    text: Marked
    statement: Marked


def picture(image: np.ndarray | Image.Image, facts: Facts) -> Marked:
    """One picture as a PNG file; `facts` are what is written into it."""
    return pictures([image], [facts])[0]


def pictures(images: Sequence[np.ndarray | Image.Image], facts: Sequence[Facts]) -> list[Marked]:
    """Pictures as PNG files."""
    return [Marked(file) for file in marking.pngs(images, facts)]


def sheet(content: bytes, facts: Facts) -> Marked:
    """A PNG sheet that a run keeps, as it leaves with the run: what made it is written into it, its pixels stay."""
    return Marked(marking.sheet(content, facts))


def animation(frames: np.ndarray | Sequence[Image.Image], facts: Facts, fps: float = 12.5) -> Marked:
    """An animation as a GIF file."""
    return Marked(marking.gif(frames, facts, fps))


def film(frames: np.ndarray, facts: Facts, fps: float) -> Marked:
    """A clip, uint8 (frames, height, width, 3), as an MP4 file of at least 128 x 128 pixels."""
    return Marked(marking.film(frames, facts, fps))


def texts(files: Sequence[str], facts: Sequence[Facts]) -> list[TextFiles]:
    """Texts, each with a line above it as `made_by` writes it, and their statements; all are entered into the ledger."""
    return [
        TextFiles(Marked(file.encode()), Marked(statement))
        for file, statement in zip(files, marking.texts(files, facts), strict=True)
    ]


def sound(content: bytes, facts: Facts) -> Marked:
    """A WAV file with Content Credentials."""
    return Marked(marking.media(content, facts, "sound"))


def drawing(svg: str, facts: Facts) -> Marked:
    """A drawing of ours as an SVG file with Content Credentials. Raises `Refusal` where it holds more than paths."""
    content = svg.encode()
    check_ours(content)
    return Marked(marking.media(content, facts, "drawing"))


def accompanied(content: bytes, kind: str, facts: Facts) -> tuple[Marked, Marked]:
    """A file that can carry no mark, such as MIDI or a table of molecules, and its signed sidecar; its hash is entered into the ledger."""
    file, statement = marking.accompanied(content, kind, facts)
    return Marked(file), Marked(statement)


def record(document: Mapping[str, Any], text: str, facts: Facts) -> Marked:
    """A text with all that made it as JSON, signed within, entered into the ledger."""
    statement = json.loads(marking.statements([text], [facts])[0])
    content = json.dumps({"made_by": MAKER, **document, "provenance": statement}, indent=1).encode()
    ledger.append([marking.entry("text", content, fingerprint.of_text(text), facts)])
    return Marked(content)


def report(hashed: bytes, findings: str, subject: str, join: Callable[[Mapping[str, Any]], bytes]) -> Marked:
    """A report of an audit: `join` puts the signed statement about what is `hashed` into the file, which is entered into the ledger.

    `findings` is the SHA-256 of the findings in it, `subject` what they are about.
    """
    file = join(marking.statement_of_report(hashed, findings, subject))
    ledger.append([marking.entry("report", file, "", {"Model": subject})])
    return Marked(file)


def beside(document: Mapping[str, Any]) -> Marked:
    """What says how a picture or walk was made, as JSON: settings and numbers, no picture and no text of a model."""
    return Marked(json.dumps({"made_by": MAKER, **document}).encode())


def shown(words: Sequence[str], facts: Facts) -> None:
    """Texts that are shown in a report leave with it: they are entered into the ledger."""
    if words:
        ledger.append([marking.entry("text", word.encode(), fingerprint.of_text(word), facts) for word in words])


def archive(files: Mapping[str, Marked | bytes]) -> Marked:
    """A zip of marked files and tables about them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return Marked(buffer.getvalue())


def write(path: str | Path, content: Marked) -> None:
    """Write a file; raises `TypeError` for what did not come through here, so that no command can forget it."""
    if not isinstance(content, Marked):
        raise TypeError(f"{path} was not marked on its way out.")
    write_atomically(path, content)


def made_by(
    who: str, seed: int, settings: Mapping[str, Any], text: str, tokens: Tokens | None, facts: Facts | None = None
) -> str:
    """The line above a text: that a model made it, which one, from which seed and settings; of `facts` (as `recorded` has
    them) the epoch and weights, how much of the text is the prompt, and what of it was not read."""
    said = {name: value for name, value in claimed(settings, text, tokens).items() if value != ""}
    told = [f"{name} {value!r}" if isinstance(value, str) else f"{name} {value:g}" for name, value in said.items()]
    facts = facts or {}
    told += [f"{name.lower()} {facts[name]}" for name in ("Epoch", "Weights") if name in facts]
    if "Prompt" in facts:
        told.append(f"prompt: its first {len(facts['Prompt']):,} characters" if facts["Prompt"] else "no prompt")
    line = made_by_a_model(f"{who}, seed {seed}, {', '.join(told)}.")
    return f"{line} {' '.join(facts['Not read'].split())}" if facts.get("Not read") else line


def claimed(settings: Mapping[str, Any], text: str, tokens: Tokens | None) -> dict[str, Any]:
    """The settings of a text that had a say, among them a watermark only where it is found in it: what is greedy, searched by beams or short has none."""
    heeded = of_writing(settings)
    found = tokens is not None and carries(text, tokens, str(heeded.get("watermark", "none")))
    return {name: value for name, value in heeded.items() if name != "watermark" or found}
