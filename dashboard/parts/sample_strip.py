"""A strip of what a model made last: a few pictures in a row, or the beginning of a text."""

from __future__ import annotations

import base64
import io
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.parts import samples
from dashboard.run_rows import changed
from dashboard.safe_text import lines_of, made_caption, plain_text
from genmodels.kinds.image.files import open_picture
from genmodels.kinds.image.tiles import tiles
from genmodels.kinds.kind import kind_of
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from PIL import Image

SIDE = 420  # screen pixels of a strip, about
CELLS = 6  # pictures of a row
LOW = 340  # screen pixels of the strip in a header, so that a row of pictures is about 57 high
NEWEST = "newest_samples"  # the part of the page that the strip of a header is
CHARACTERS = 90  # of a text, a row
CELL, CELL_PICTURES = (112, 32), 3  # of a strip in a cell of a table: its pixels, and how many
CELL_COLOURS = 32  # of it: a table of hundreds of runs is sent whole, so each picture has a kilobyte or two


def strip(run: Run, rows: int = 1, width: int | Literal["stretch"] = "stretch", *, low: bool = False) -> None:
    """What the run drew or wrote in its newest epoch, `width` pixels wide; or why there is nothing. A text that is to be `low`
    is one line without a box."""
    try:
        found = samples.newest(run.samples)
        document = run.experiment
        if found is None or "spec" not in run.facts:
            st.caption("It made nothing yet.")
            return
        epoch, file = found
        if file.suffix == ".json":
            texts = samples.written_texts(file)
            told = [each["text"].strip() for each in texts if each["text"].strip()] or [""]
            if low:
                st.markdown(f":small[{made_caption(f': {told[0]}', CHARACTERS)}]")
                return
            shown = "\n\n".join(each[: rows * CHARACTERS] for each in told[: max(1, rows // 2)])
            st.code(lines_of(shown) or " ", language=None, wrap_lines=True)
            st.caption(made_caption("", 100))
            return
        tile = kind_of(run.spec).tile
        one = tile(run.spec) if tile else None
        content = resources.strip(str(file), file.stat().st_mtime_ns, one, CELLS, rows, SIDE)
    except (Refusal, OSError) as error:
        st.caption(plain_text(error, 200))
        return
    alt = samples.described(document.model, document.data, epoch)
    picture = f"data:image/png;base64,{base64.b64encode(content).decode()}" if low else content
    st.image(picture, alt=alt, width=width, output_format="PNG")


def low(run: Run) -> None:
    """The strip of a header, a part that the page of a training has drawn again when there is something new: its picture is
    within the page, so that it is there at once."""
    strip(run, width=LOW, low=True)


def in_a_cell(run: Run) -> str | None:
    """What a run made last, as a `data:` address for a column of pictures; None where it made nothing."""
    version = changed(str(run.path / "samples")), changed(str(run.path / "facts.json"))
    return resources.in_a_cell(str(run.path), version, lambda: _drawn(run)) if version[0] else None


def _drawn(run: Run) -> str | None:
    from PIL import Image

    try:
        found = samples.newest(run.samples)
        if found is None or "spec" not in run.facts:
            return None
        few = _written(found[1]) if found[1].suffix == ".json" else _pictures(run, found[1])
    except (Refusal, OSError):
        return None
    if factor := min(CELL[0] // few.width, CELL[1] // few.height):
        few = few.resize((few.width * factor, few.height * factor), Image.Resampling.NEAREST)
    few.thumbnail(CELL)
    cell = Image.new("RGB", CELL, "white")
    cell.paste(few, ((CELL[0] - few.width) // 2, (CELL[1] - few.height) // 2))
    buffer = io.BytesIO()
    cell.quantize(CELL_COLOURS).save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _pictures(run: Run, file: Path) -> Image.Image:
    from PIL import Image

    tile = kind_of(run.spec).tile
    sheet = np.asarray(open_picture(resources.read_picture(str(file)), "the picture").convert("RGB"))
    return Image.fromarray(tiles(sheet, tile(run.spec) if tile else None, CELL_PICTURES))


def _written(file: Path) -> Image.Image:
    """The first words of a text as a picture, since a cell of pictures can't show letters."""
    from PIL import Image, ImageDraw, ImageFont

    shown = next((each["text"] for each in samples.written_texts(file) if each["text"].strip()), "")
    lines = textwrap.wrap(plain_text(shown.strip()[:CHARACTERS], CHARACTERS), 18)[:2]
    picture = Image.new("RGB", CELL, "white")
    ImageDraw.Draw(picture).multiline_text((3, 2), "\n".join(lines), "#39464a", ImageFont.load_default(11), spacing=2)
    return picture
