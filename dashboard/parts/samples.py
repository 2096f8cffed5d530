"""Pictures with a description for those who can't see them, texts that a model wrote, and the credit that their data ask for."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.parts.stating import refuse
from dashboard.safe_text import lines_of, made_caption, plain_text, safe_text
from genmodels.files import Unreadable, read_document
from genmodels.kinds.image.files import grid, png_bytes
from genmodels.refusal import Refusal

MOST_BYTES = 4_000_000  # of a file of texts


def picture(
    file: Path, alt: str, *, side: int = 420, width: int | Literal["stretch"] = "stretch", inline: bool = False
) -> None:
    """A picture of a run, its pixels enlarged to squares. `alt` says in our words what is on it.

    `inline`: within the page, for a picture that is soon replaced: a slow browser would ask for its address too late.
    """
    try:
        content = resources.enlarged(str(file), file.stat().st_mtime_ns, side)
    except OSError:
        st.caption("The picture is not there any more.")
        return
    except Refusal as refusal:
        refuse(refusal)
        return
    shown = f"data:image/png;base64,{base64.b64encode(content).decode()}" if inline else content
    st.image(shown, alt=alt, width=width, output_format="PNG")  # else every run of the page makes it a JPEG


def samples(
    file: Path,
    model: str,
    data: str,
    epoch: int,
    what: str = "Samples",
    *,
    most: int = 8,
    characters: int = 1000,
    inline: bool = False,
) -> None:
    """What a run drew or wrote in an epoch, by its file: a sheet of pictures, or up to `most` texts."""
    if file.suffix != ".json":
        picture(file, described(model, data, epoch, what), inline=inline)
        return
    try:
        texts = written_texts(file)
    except Refusal as refusal:
        refuse(refusal)
        return
    for text in texts[:most]:
        seed = text["seed"] if isinstance(text.get("seed"), int) else "unknown"
        after = f", after the prompt “{plain_text(text['prompt'], 60)}”" if text["prompt"] else ""
        st.caption(made_caption(f", seed {seed}{after}", 200))
        st.code(lines_of(text["text"][:characters]) or " ", language=None, wrap_lines=True)


def written_texts(file: Path) -> list[dict[str, Any]]:
    """The texts of an epoch; the file may come from anywhere."""
    try:
        found = read_document(file, MOST_BYTES)
    except Unreadable as reason:
        raise Refusal(f"The file of the texts of this epoch {reason}; they are not shown.") from None
    except FileNotFoundError:
        raise Refusal("The texts of this epoch are damaged or not there any more.") from None
    if not isinstance(found, list):
        raise Refusal("The texts of this epoch are damaged or not there any more.")
    return [
        each
        for each in found
        if isinstance(each, dict) and isinstance(each.get("text"), str) and isinstance(each.get("prompt"), str)
    ]


def images(
    array: np.ndarray,
    alt: str,
    *,
    columns: int | None = None,
    side: int = 420,
    width: int | Literal["stretch"] = "stretch",
) -> None:
    """Pictures (n, height, width, channels) uint8 as one grid."""
    from PIL import Image

    sheet = grid(array, columns)
    factor = max(1, round(side / sheet.width))
    sheet = sheet.resize((sheet.width * factor, sheet.height * factor), Image.Resampling.NEAREST)
    st.image(png_bytes(sheet), alt=alt, width=width)


def credit(text: str) -> None:
    """The line that must stand wherever the pictures are shown."""
    if text:
        st.caption(":material/copyright: " + safe_text(text, 300))


def newest(pictures: dict[int, Path]) -> tuple[int, Path] | None:
    """The epoch and file of the newest picture."""
    return max(pictures.items(), default=None)


def described(model: str, data: str, epoch: int, what: str = "Samples") -> str:
    """The description of a sheet of samples or reconstructions."""
    return f"{what} of {plain_text(model, 40)} trained on {plain_text(data, 40)}, epoch {epoch}"
