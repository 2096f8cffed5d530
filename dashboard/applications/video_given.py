"""The frames that a film begins from or goes between: of a picture or film of one's own, of a held-out clip, or of what was filmed last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.film_player import Film, play
from dashboard.applications.video_made import made_last
from dashboard.parts import stating
from dashboard.safe_text import plain_text, safe_text
from genmodels.intake.caged_films import as_clip
from genmodels.kinds.video.foretelling import between_frames, next_frames
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.requests import start_of

PROMPTED, PICTURE, NEXT, BETWEEN = "Prompt to clip", "Picture to clip", "Next frames", "Frames between"
WAYS = (PROMPTED, PICTURE, NEXT, BETWEEN)
HELD_OUT, OWN, LAST = "Held-out clip", "Own file", "Last clip"
SOURCES = (HELD_OUT, OWN, LAST)
PICTURES, FILMS = ["png", "jpg", "jpeg", "gif", "webp", "bmp"], ["mp4", "m4v", "mov", "webm", "mkv", "gif"]
MOST_MB = 64


@dataclass(frozen=True)
class Given:
    """A clip, uint8 (frames, height, width, 3), which of its frames are given, bool (frames,), where it is from, and whether the others are true."""

    clip: np.ndarray
    known: np.ndarray
    source: str
    caption: str = ""
    true: bool = False


KNOWN: dict[str, Callable[[int], np.ndarray]] = {
    PICTURE: lambda frames: np.arange(frames) < 1,
    NEXT: next_frames,
    BETWEEN: between_frames,
}


def given(run: Run, way: str) -> Given | None:
    """The form of where frames come from; None where nothing was chosen yet. Raises `Refusal` for what can't be read."""
    source = (
        st.segmented_control(
            "Frames from", SOURCES, default=HELD_OUT, required=True, **state.kept(f"video.source.{way}")
        )
        or HELD_OUT
    )
    found = {HELD_OUT: _held_out, OWN: _own, LAST: _last}[source](run, way)
    if found is not None:
        _shown(found, way)
    return found


def _held_out(run: Run, way: str) -> Given | None:
    test = resources.dataset(run.experiment.data, run.experiment.source).test
    number = st.number_input(
        f"Number of the clip (0 to {len(test) - 1:,})",
        0,
        len(test) - 1,
        0,
        1,
        help="Of the clips that no training saw; their pairs of thing and direction are new to the model.",
        **state.kept("video.held_out"),
    )
    caption = test.captions[int(number)] if test.captions else ""
    if caption:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(safe_text(f"Its caption: {caption}", 200))
            st.button("Take it as the prompt", key="video.caption", on_click=state.put, args=(state.PROMPT, caption))
    clip = test.images[int(number)]
    return Given(clip, KNOWN[way](len(clip)), f"held-out clip {int(number)}", caption, true=True)


def _own(run: Run, way: str) -> Given | None:
    """One picture, or a film of which the beginning is taken."""
    picture = way == PICTURE
    file = st.file_uploader(
        "A picture (PNG, JPEG, GIF, WebP, BMP)" if picture else "A film (MP4, QuickTime, WebM, Matroska, GIF)",
        type=PICTURES if picture else FILMS,
        key=state.upload_key(f"video.{'picture' if picture else 'film'}"),
        max_upload_size=MOST_MB,
    )
    frames = run.spec.shape[0]
    if file is None:
        told = "Its middle square is taken; things on a white ground are what the model knows."
        st.caption(
            told
            if picture
            else f"Its first {frames} frames at eight a second and the middle square of each are taken. It stays on this machine."
        )
        return None
    name = plain_text(file.name, 60)
    if picture:
        first = start_of(file.getvalue(), run.spec.shape[1:], file.name)
        return Given(np.repeat(first[None], frames, axis=0), KNOWN[way](frames), f"the picture {name}")
    with stating.waiting("Reading the film"):
        clip = resources.explored(
            ("own film", hash(file.getvalue()), run.spec.shape), lambda: as_clip(file.getvalue(), file.name, run.spec)
        )
    return Given(clip, KNOWN[way](frames), f"the film {name}", true=True)


def _last(run: Run, way: str) -> Given | None:
    """What was filmed last; of what comes next its second half is gone on from."""
    made = [each for each in made_last() if each.clip.shape == run.spec.shape]
    if not made:
        st.caption("Nothing of this size was filmed in this session yet; film a prompt first.")
        return None
    clip, known = made[0].clip, KNOWN[way](len(made[0].clip))
    if way != BETWEEN:
        clip = np.concatenate([clip[len(clip) - int(known.sum()) :], np.repeat(clip[-1:], int((~known).sum()), axis=0)])
    return Given(clip, known, f"the end of what run {made[0].run} filmed from seed {made[0].seed}")


def _shown(found: Given, way: str) -> None:
    """The frames that are given."""
    few = found.clip[found.known]
    if len(few) == 1:
        st.image(_enlarged(few[0]), alt=f"The given frame, of {found.source}", width=160, output_format="PNG")
        return
    play([Film(f"Given: {found.source}", few)], f"video.given.{way}", f"{len(few)} given frames of {found.source}.")


def _enlarged(frame: np.ndarray) -> np.ndarray:
    return frame.repeat(5, axis=0).repeat(5, axis=1)


def needs(found: Given | None, way: str) -> Given | None:
    """The frames that a way goes on from; raises `Refusal` where they are missing."""
    if way == PROMPTED:
        return None
    if found is None:
        what = "a picture" if way == PICTURE else "a film"
        raise Refusal(f"{way} needs {what} to begin from; upload one, or choose a held-out clip.")
    return found
