"""A strip of what a model made last: a few pictures in a row, or the beginning of a text."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard import resources
from dashboard.parts import samples
from dashboard.safe_text import lines_of, made_caption, plain_text
from genmodels.kinds.kind import kind_of
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

SIDE = 420  # screen pixels of a strip, about
CELLS = 6  # pictures of a row
LOW = 340  # screen pixels of the strip in a header, so that a row of pictures is about 57 high
CHARACTERS = 90  # of a text, a row


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
    st.image(content, alt=alt, width=width, output_format="PNG")
