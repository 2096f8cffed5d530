"""A composed piece: roll and sound, staves, notes, downloads, and how new it is."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.applications.music_made import Composed
from dashboard.applications.music_roll import note_table, play
from dashboard.parts import charts, handing_out
from dashboard.parts.stating import refuse
from dashboard.safe_text import plain_text
from genmodels.kinds.music import files
from genmodels.kinds.music.copied import Copies, copies_of
from genmodels.kinds.music.musicxml import musicxml
from genmodels.provenance import way_out
from genmodels.refusal import Refusal
from genmodels.runs.run import Run


def shown(run: Run, made: Composed) -> None:
    """All of a piece that is not empty."""
    piece = made.piece
    what = f"Piano roll of a piece in four voices{', ' * bool(piece.key_name)}{piece.key_name}, {len(piece.score)} steps, seed {made.seed}"
    try:
        play(piece, made.step, what)
    except Refusal as refusal:
        refuse(refusal)
    _downloads(run, made)
    charts.data_behind(
        lambda: note_table(piece), key="music.notes", name=f"notes-{plain_text(run.id, 60)}-seed-{made.seed}"
    )
    _staves(made, what.replace("Piano roll", "Staff notation"))
    _novelty(run, made)


def _downloads(run: Run, made: Composed) -> None:
    """MIDI and MusicXML with their statements in a zip each, and sound that carries its own."""
    handed, name = made.handed(run), f"{plain_text(run.id, 60)}-seed-{made.seed}"
    with st.container(horizontal=True):
        for label, make, suffix in (("MIDI", handed.as_midi, ".mid"), ("MusicXML", handed.as_musicxml, ".musicxml")):
            handing_out.made(
                label,
                partial(_zipped, make, name),
                f"{name}{suffix}.zip",
                "application/zip",
                key=f"music{suffix}",
                help="A zip: the file, and a signed statement that a model made it. Keep the two together.",
            )
        handing_out.made("WAV", handed.as_sound, f"{name}.wav", "audio/wav", key="music.wav")


def _zipped(make: Any, name: str) -> way_out.Marked:
    return way_out.archive({f"{name}{suffix}": content for suffix, content in make().items()})


def _staves(made: Composed, alt: str) -> None:
    """Staff notation, as pictures: nothing in them is read as a part of the page."""
    st.header("Staves", anchor=False)
    piece = made.piece
    try:
        pages = resources.explored(
            ("staves", piece.score.tobytes(), piece.key, made.step), lambda: files.staves(musicxml(piece, made.step))
        )
    except Refusal as refusal:
        refuse(refusal)
        return
    for number, page in enumerate(pages):
        address = f"data:image/svg+xml;base64,{base64.b64encode(page.encode()).decode()}"
        st.image(address, alt=f"{alt}, page {number + 1} of {len(pages)}", width="stretch")
    st.caption("Bars are counted from the first note, since the model knows none: an upbeat is written as a whole bar.")


def _novelty(run: Run, made: Composed) -> None:
    """The longest passage that stands in a training piece, beside that of held-out pieces; asked for, since it reads the data."""
    folded = st.expander("How new is it?", key="music.novelty", on_change="rerun", icon=":material/content_copy:")
    if not folded.open:
        return
    with folded:
        try:
            data = resources.dataset(run.experiment.data, run.experiment.source)
        except (Refusal, OSError) as error:
            refuse(error)
            return
        copies: Copies = resources.explored(("copies of music", run.id), lambda: copies_of(data.train, data.test))
        found = copies.longest(made.piece)
        beside = copies.held_out(len(made.piece.score))
        st.write(
            f"Its longest passage that stands in a training piece, in any key, is **{found}** of {len(made.piece.score)} steps."
        )
        if len(beside):
            low, middle, high = np.quantile(beside, [0.05, 0.5, 0.95])
            st.caption(
                f"Of {len(beside)} held-out pieces, cut to as many steps, it is {middle:.0f} steps in the middle, and {low:.0f} to {high:.0f} in nine of ten: chorales share turns of phrase."
            )
