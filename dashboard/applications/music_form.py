"""What the music page asks for: key, length, temperature, seed, and the melody or the voices that stand already."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.applications.music_made import Composed
from dashboard.applications.music_roll import NAMES, component
from dashboard.parts import stating
from dashboard.safe_text import safe_text
from genmodels.intake.melodies import SUFFIXES, Melody, read_melody
from genmodels.kinds.music.composing import Composing
from genmodels.kinds.music.notation import KEY, KEYS, key_of
from genmodels.kinds.music.spelling import spelled
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

WAYS = ("Compose", "Continue a theme", "Harmonise a melody", "Fix a voice")
SOURCES = ("Keys on this page", "Upload")
ANY_KEY = "the model's choice"
UPLOAD_MB = 9
LENGTHS = {"Eighth": 0.5, "Quarter": 1.0, "Dotted quarter": 1.5, "Half": 2.0, "Whole": 4.0}  # quarters
LEAST = 2  # notes of a melody on the page


@dataclass(frozen=True)
class Wanted:
    """What is to be composed: how, with which settings, and the melody or the voices that stand."""

    way: str
    composing: Composing
    seed: int
    melody: Melody | None = None
    fixed: tuple[int, ...] = ()


def longest(run: Run) -> int:
    """How many steps the model of a run overlooks at once, with a voice before the others where it knows that."""
    return (run.spec.shape[0] - 3) // 5


def wanted(run: Run, last: Composed | None) -> Wanted:
    """The form; raises `Refusal` for a melody that can't be read."""
    step = run.experiment.make_source().quarters
    way = st.segmented_control("What it does", WAYS, default=WAYS[0], required=True, **state.kept(state.WAY)) or WAYS[0]
    melody, fixed = None, tuple[int, ...]()
    if way in WAYS[1:3]:
        melody = _melody(step, longest(run), way)
    elif way == WAYS[3]:
        fixed = _fixed(last)
    composing, seed = _settings(run, step)
    return Wanted(way, composing, seed, melody, fixed)


def _settings(run: Run, step: float) -> tuple[Composing, int]:
    """Key, length, temperature and seed, all of them in the address."""
    keys = [KEYS[number] for number in range(24) if chr(KEY + number) in run.spec.vocabulary]
    _plain_key(keys)
    bar, most = round(4 / step), longest(run)
    first, second, third, fourth = st.columns(4)
    key = first.selectbox(
        "Key",
        [ANY_KEY, *keys],
        help="Of a melody, its own where none is chosen.",
        disabled=not keys,
        **state.bound(state.KEY),
    )
    length = second.number_input(
        "Length (steps)",
        1,
        most,
        min(8 * bar, most),
        bar,
        help=f"A step is {_told(step)}, a bar {bar} of them; this model overlooks {most}. A melody is as long as it is.",
        **state.bound(state.LENGTH),
    )
    temperature = third.number_input(
        "Temperature",
        0.0,
        3.0,
        1.0,
        0.05,
        help="1 is the model as it learned; below it plays safe, 0 always takes the likeliest note.",
        **state.bound(state.TEMPERATURE),
    )
    seed = fourth.number_input(
        "Seed", 0, 2**31 - 8, 0, 1, help="The same seed and settings give the same piece.", **state.bound(state.SEED)
    )
    asked = {"key": "" if key == ANY_KEY else str(key), "steps": int(length), "temperature": float(temperature)}
    return Composing.from_dict(asked), int(seed)


def _plain_key(keys: list[str]) -> None:
    """A key in the address may be written plainly, such as Eb minor; one that this model does not know is taken out."""
    asked = state.in_url(state.KEY)
    if not asked or asked in (*keys, ANY_KEY):
        return
    try:
        name = KEYS[key_of(asked)]
    except Refusal:
        name = ""
    if name not in keys:
        stating.warned(f"This model knows no key called {safe_text(asked, 60)}; choose another.")
    state.put(state.KEY, name if name in keys else ANY_KEY)


def _told(step: float) -> str:
    return {0.25: "a sixteenth", 0.5: "an eighth", 1.0: "a quarter"}.get(step, f"{step:g} quarters")


def _melody(step: float, most: int, way: str) -> Melody | None:
    """A theme or a melody: played on the page, or from a file; None where there is none yet."""
    source = st.segmented_control(
        "Where it comes from", SOURCES, default=SOURCES[0], required=True, **state.kept(state.GIVEN_BY)
    )
    if source == SOURCES[0]:
        return _played(step, most)
    file = st.file_uploader(
        "A melody (MIDI or MusicXML)", type=list(SUFFIXES), key=state.upload_key("melody"), max_upload_size=UPLOAD_MB
    )
    if file is None:
        st.caption(
            "Of several parts the highest is taken, and of it the highest notes. The file stays on this machine."
        )
        return None
    melody = read_melody(file.getvalue(), file.name, step=step, most=most)
    for notice in melody.notices:
        stating.noted(safe_text(notice, 300))
    return melody


def _played(step: float, most: int) -> Melody | None:
    """What was played on the keys of the page."""
    kept = state.get("music.keys", {})
    played = component("music_keys", "keys")(
        data={
            "lengths": [[name, round(quarters / step)] for name, quarters in LENGTHS.items() if quarters >= step],
            "names": {pitch: spelled(pitch).name for pitch in range(60, 85)},
            "most": most,
            "notes": kept.get("notes") or [],
            "said": "Two octaves from middle C. Arrow keys move, Enter plays; so do the letters A W S E D F T G Y H U J K O L P. Backspace takes the last note back.",
        },
        key="music.keys",
        on_notes_change=lambda: None,
    ).notes
    st.caption(
        "Click the keys, or click one and play on with the letters that stand on them. Each press adds a note of the chosen length."
    )
    return melody_of(played, most)


def melody_of(played: Any, most: int) -> Melody | None:
    """A melody of notes [pitch or 0, steps] as the page sends them; None for fewer than two notes, or anything else."""
    if not isinstance(played, list):
        return None
    line: list[int] = []
    notes = 0
    for each in played[:most]:
        if not (
            isinstance(each, list)
            and len(each) == 2
            and all(isinstance(value, int | float) and math.isfinite(value) for value in each)
        ):
            return None
        pitch, steps = int(each[0]), min(max(int(each[1]), 1), most)
        if pitch and not 1 <= pitch <= 127:
            return None
        line += [pitch, *[-pitch] * (steps - 1)]
        notes += pitch > 0
    return Melody(np.array(line[:most], np.int16)) if notes >= LEAST else None


def _fixed(last: Composed | None) -> tuple[int, ...]:
    """Which voices of the last piece stand while the others are composed again."""
    if last is None:
        st.caption("Compose a piece first; then its voices can be fixed one by one.")
        return ()
    chosen = (
        st.pills("Voices that stay", NAMES, selection_mode="multi", default=NAMES[:1], **state.kept(state.FIXED)) or []
    )
    st.caption(
        f"The others are composed again around them, from the seed below. The last piece was from seed {last.seed}."
    )
    return tuple(number for number, name in enumerate(NAMES) if name in chosen)
