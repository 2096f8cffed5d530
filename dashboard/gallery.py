"""Pictures with a description for those who can't see them, and the credit that their data ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import resources
from dashboard.text import plain_text, refuse, safe_text
from genmodels.refusal import Refusal


def picture(file: Path, alt: str, *, side: int = 420, width: Any = "stretch") -> None:
    """A picture of a run, its pixels enlarged to squares. `alt` says in our words what is on it."""
    try:
        content = resources.enlarged(str(file), file.stat().st_mtime_ns, side)
    except OSError:
        st.caption("The picture is not there any more.")
        return
    except Refusal as refusal:
        refuse(refusal)
        return
    st.image(content, alt=alt, width=width)


def images(array: Any, alt: str, *, columns: int | None = None, side: int = 420, width: Any = "stretch") -> None:
    """Pictures (n, height, width, channels) uint8 as one grid."""
    from PIL import Image

    from genmodels.pictures import grid, png_bytes

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
