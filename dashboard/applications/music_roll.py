"""A piece as a piano roll that plays, with the playhead on it; the notes as a table."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import resources
from dashboard.safe_text import plain_text, safe_text
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.music import files
from genmodels.kinds.music.lines import notes_of
from genmodels.kinds.music.notation import VOICES, Piece
from genmodels.kinds.music.passages import sounded
from genmodels.kinds.music.roll import COLOURS, roll
from genmodels.kinds.music.spelling import spelled

PASSAGES, STEP = 3, 16  # of findings that are drawn; pixels of a step of them
WORDS = "In the table a step is how far the lowest voice moved, and how many semitones each voice lies above it; so a passage is the same in every key. The rolls begin with the bass at C."
NAMES = tuple(name.capitalize() for name in VOICES)


def play(piece: Piece, step: float, what: str) -> None:
    """The roll of a piece with its sound; `step` is in quarters, `what` says in our words what the piece is."""
    waves = resources.explored(("sound", piece.score.tobytes(), step), lambda: files.wav(files.sound(piece, step)))
    data = {
        "notes": [
            [voice, note.pitch, note.start, note.end, spelled(note.pitch, piece.key).name]
            for voice in range(4)
            for note in notes_of(piece, voice)
        ],
        "steps": len(piece.score),
        "bar": round(4 / step),
        "seconds": 60 / files.TEMPO * step,
        "sound": base64.b64encode(waves).decode(),
        "names": NAMES,
        "colours": COLOURS,
        "lows": [f"C{octave}" for octave in range(-1, 10)],
        "alt": f"{what}. Space plays and pauses, arrow keys move by a bar.",
        "id": hashlib.sha256(piece.score.tobytes() + str(step).encode()).hexdigest()[:16],
    }
    component("music_roll", "roll")(data=data, key="music.roll")


def component(name: str, root: str) -> Any:
    """A component of this folder."""
    script, style = (Path(__file__).with_name(f"{name}.{suffix}").read_text() for suffix in ("js", "css"))
    return st.components.v2.component(name, html=f'<div class="{root}"></div>', css=style, js=script)


def note_table(piece: Piece) -> Any:
    """One row a note: voice, pitch, where it begins and how long it is, in steps."""
    import pandas

    rows = [
        {
            "Voice": NAMES[voice],
            "Pitch": spelled(note.pitch, piece.key).name,
            "MIDI": note.pitch,
            "From step": note.start + 1,
            "Steps": note.end - note.start,
        }
        for voice in range(4)
        for note in notes_of(piece, voice)
    ]
    return pandas.DataFrame(rows, columns=["Voice", "Pitch", "MIDI", "From step", "Steps"])


def told_as_rolls(rows: Sequence[Mapping[str, Any]]) -> None:
    """Passages of findings that are told in words of music, as rolls; nothing for passages of texts."""
    drawn = 0
    for row in list(rows)[:PASSAGES]:
        for name, told in row.items():
            passage = sounded(told) if isinstance(told, str) else None
            if passage is not None:
                what = f"{plain_text(name, 40)}, {len(passage.score)} steps"
                st.caption(safe_text(f"Passage {list(rows).index(row) + 1}: {what}"))
                picture = png_bytes(roll(passage, len(passage.score)))
                st.image(
                    picture,
                    alt=f"Piano roll of a passage: {what}",
                    width=len(passage.score) * STEP,
                    output_format="PNG",
                )
                drawn += 1
    if drawn:
        legend()
        st.caption(WORDS)


def legend() -> None:
    """Which colour is which voice, for rolls that are pictures."""
    names = ("blue", "vermilion", "green", "purple")
    told = ", ".join(f"{name.lower()} {colour}" for name, colour in zip(NAMES, names, strict=True)).capitalize()
    st.caption(safe_text(f"Piano rolls: time runs to the right, pitch upwards. {told}; each note begins darker.", 300))
