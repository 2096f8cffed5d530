"""A clip that was filmed, shown: played frame by frame, as a strip, as it was drawn, beside training clips, and its files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.applications.film_player import Film, play
from dashboard.applications.video_given import PICTURE
from dashboard.applications.video_made import Filmed
from dashboard.parts import handing_out, samples, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import made_caption, plain_text, safe_text
from genmodels.explore.clips import KnownClips
from genmodels.kinds.image.files import grid
from genmodels.kinds.video.foretelling import FLOORS, error
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

COLUMNS = 8  # frames in a row of the strip


def shown(store: RunStore, made: Sequence[Filmed]) -> None:
    """All that was filmed from one seed, side by side; below it each with its strip, steps and files."""
    first = made[0]
    prompt = plain_text(first.asked.prompt, 80)
    about = f"A clip that a model filmed{' of ' + prompt if prompt else ''}, seed {first.seed}."
    films = [Film(each.model if len(made) > 1 else "Filmed", each.clip, each.asked.known) for each in made]
    if first.asked.true and first.asked.clip is not None and first.asked.way != PICTURE:
        films.append(Film("As it really goes on", first.asked.clip, first.asked.known))
    if first.alone:
        stating.warned(safe_text(first.alone, 400))
    with st.container(border=True):
        play(films, "video.player", about)
        if len(made) > 1:
            st.caption(
                "Both from the same prompt and seed. What noise a seed gives depends on the model, so the clips differ in place too."
            )
        _foretold(made)
    for number, each in enumerate(made):
        with st.container(border=True):
            _one(store, each, number, about, several=len(made) > 1)
    for text in dict.fromkeys(each.credit for each in made):
        samples.credit(text if text != first.credit else "")  # that of the first stands below


def _one(store: RunStore, each: Filmed, number: int, about: str, *, several: bool) -> None:
    """One of them: what made it, its strip, its files, how it was drawn and how new it is."""
    if several:
        st.subheader(safe_text(each.model, 80), anchor=False)
    st.caption(made_caption(each.line, 600))
    samples.images(each.clip, f"All {len(each.clip)} frames, row by row. {about}", columns=COLUMNS, side=1000)
    _downloads(store, each, number)
    _steps(each, number, about)
    _novelty(store, each, number)


def _downloads(store: RunStore, each: Filmed, number: int) -> None:
    """MP4, GIF and strip, each marked."""
    handed = each.handed(store[each.run])
    with st.container(horizontal=True):
        for label, make, suffix, mime in (
            ("MP4", handed.as_film, ".mp4", "video/mp4"),
            ("GIF", handed.as_animation, ".gif", "image/gif"),
            ("Strip (PNG)", handed.as_strip, "-strip.png", "image/png"),
        ):
            handing_out.made(label, make, f"{each.name}{suffix}", mime, key=f"video{suffix}.{number}")
    st.caption("Each is enlarged to 128 pixels or more, carries a manifest and a watermark, and stands in the ledger.")


def _steps(each: Filmed, number: int, about: str) -> None:
    """The drawing of all frames, step by step."""
    folded = st.expander(
        "The drawing, step by step", key=f"video.steps.{number}", on_change="rerun", icon=":material/blur_on:"
    )
    if not folded.open:
        return
    with folded:
        rows = [("With the noise that is left", each.noisy), ("What the model expects", each.clean)]
        sheets = [Film(title, np.stack([np.asarray(grid(clip, COLUMNS)) for clip in clips])) for title, clips in rows]
        play(sheets, f"video.drawing.{number}", f"All frames at a step of the drawing. {about}", steps=True)
        st.caption(
            "All frames are drawn together: where the thing is and which way it goes is decided early, details come last."
        )


def _foretold(made: Sequence[Filmed]) -> None:
    """How far frames that were foretold are from how it really goes on, beside what needs no model; of this clip alone."""
    asked = made[0].asked
    floors = FLOORS.get(asked.way.lower())
    if not asked.true or asked.clip is None or asked.known is None or floors is None:
        return
    clip, known = asked.clip, asked.known
    rows = [(each.model, error(clip, each.clip, known)) for each in made]
    rows += [(name, error(clip, foretell(clip, known), known)) for name, foretell in floors.items()]
    told = ", ".join(f"{name} {value:.3f}" for name, value in rows)
    st.caption(
        safe_text(
            f"Root mean square error of the frames that were not given (0 to 1), of this one clip: {told}. One clip says little; the measures below are of many.",
            400,
        )
    )


def _novelty(store: RunStore, each: Filmed, number: int) -> None:
    """The nearest training clip, beside how near held-out clips are; asked for, since it reads the data."""
    folded = st.expander(
        "How new is it?", key=f"video.novelty.{number}", on_change="rerun", icon=":material/content_copy:"
    )
    if not folded.open:
        return
    run = store[each.run]
    with folded:
        try:
            data = resources.dataset(run.experiment.data, run.experiment.source)
            known = resources.explored(("known clips", run.id, data.digest()), lambda: KnownClips(data))
            nearest = known.nearest(each.clip)
        except (Refusal, OSError) as error:
            refuse(error)
            return
        films = [Film("This clip", each.clip), Film(f"Nearest training clip: {nearest.caption}", nearest.clip)]
        play(films, f"video.nearest.{number}", "The clip, and the training clip that is nearest to it.")
        nearer = float((known.held_out <= nearest.distance).mean())
        low, middle, high = np.quantile(known.held_out, [0.05, 0.5, 0.95])
        st.write(
            f"It is **{nearest.distance:.3f}** from the nearest of {len(data.train):,} training clips (root mean square of frames at 8 x 8, 0 to 1)."
        )
        st.caption(
            f"Of {len(known.held_out)} held-out clips, which nobody copied, it is {middle:.3f} in the middle and {low:.3f} to {high:.3f} in nine of ten; {100 * nearer:.0f}\u00a0% of them are as near or nearer. Few things move in few ways here, so near is not yet copied; no verdict is given."
        )
