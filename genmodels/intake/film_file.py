"""A foreign film, read in a caged child: MP4, QuickTime, WebM, Matroska or GIF, by PyAV with its own decoders.

Nothing in it is trusted: what it is stands in its first bytes, not in its name; decoding ends after so many frames and so
many pixels, whatever the file says of its length; each frame is made small at once, so memory does not grow with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genmodels.kinds.video.files import library
from genmodels.refusal import Refusal

FILE = "film"  # its name in the child's folder, whatever it was called
SIDE = 64  # pixels of the frames that are kept: the middle square
FPS = 8.0  # frames a second that are kept
MOST_DECODED, MOST_PIXELS = 3000, 2_500_000_000  # frames and pixels that are decoded of one film
MOST_FRAMES = 320  # that are kept of one film: 40 seconds
LARGEST_FRAME = 40_000_000  # pixels of one frame
FRAMES = 16  # of a clip
FORMS = {"film": "mov", "web film": "matroska", "animation": "gif"}


@dataclass
class Seen:
    """Small frames with the second at which each is shown, and why reading ended early ("": it did not)."""

    frames: list[np.ndarray] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    ended: str = ""


def form_of(content: bytes) -> str:
    """What kind of film it is by its first bytes, a name in `FORMS`; "" for anything else."""
    if content[4:8] in (b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip"):
        return "film"
    if content.startswith(b"\x1aE\xdf\xa3"):
        return "web film"
    return "animation" if content.startswith(b"GIF8") else ""


def read(given: Path, out: Path, name: str) -> dict[str, np.ndarray]:
    """The task of the child: frames (n, 64, 64, 3), n at least 16, evenly in time, and what was read, as JSON."""
    av = library()
    with open(given / FILE, "rb") as file:
        form = form_of(file.read(16))
        if not form:
            raise Refusal(f"{name} is no film by its first bytes; give an MP4, WebM or GIF file.")
        file.seek(0)
        seen = _seen(av, file, FORMS[form], name)
    kept = evenly(seen)
    told = {"frames": len(seen.frames), "seconds": round(seen.times[-1] - seen.times[0], 3), "ended": seen.ended}
    return {"frames": kept, "told": np.frombuffer(json.dumps(told).encode(), np.uint8)}


def evenly(seen: Seen) -> np.ndarray:
    """What is shown at every eighth of a second, at most 40 s of it; of what is shorter than a clip, 16 moments evenly."""
    times = np.maximum.accumulate(np.array(seen.times)) - seen.times[0]
    usual = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    whole = float(times[-1]) + usual
    n = int(min(whole * FPS + 1e-6, MOST_FRAMES))
    moments = np.arange(n) / FPS if n >= FRAMES else np.linspace(0, float(times[-1]), FRAMES)
    shown = np.searchsorted(times, moments + 1e-6, side="right") - 1
    return np.stack([seen.frames[max(0, place)] for place in shown])


def _seen(av: Any, file: Any, form: str, name: str) -> Seen:
    seen = Seen()
    try:
        with av.open(file, format=form, metadata_errors="ignore") as opened:
            aspect = opened.streams.video[0].sample_aspect_ratio if opened.streams.video else None
            _take(decoded(opened, name), seen, name, float(aspect or 1))
    except av.error.FFmpegError as error:
        if not seen.frames:
            why = str(error.strerror or type(error).__name__)
            raise Refusal(f"{name} is damaged ({why}), so that no frame of it can be read; save it again.") from None
        seen.ended = "it is damaged behind that"
    if not seen.frames:
        raise Refusal(f"{name} has no frame in it; give a film that shows something.")
    if len(seen.frames) == 1:
        raise Refusal(f"{name} has one frame: it is a picture and no film; import it with other pictures.")
    return seen


def decoded(opened: Any, name: str, largest: int = LARGEST_FRAME) -> Iterator[tuple[Any, float]]:
    """Each frame and its second; raises `Refusal` where there is nothing to see or a frame has more pixels than `largest`."""
    if not opened.streams.video:
        raise Refusal(f"{name} holds sound and no pictures; give a film that shows something.")
    stream = opened.streams.video[0]
    context = stream.codec_context
    if context is None:
        raise Refusal(f"{name} does not say how its pictures are coded, or in a way that is not read; save it as MP4.")
    if context.width * context.height > largest:
        raise Refusal(
            f"{name} has frames of {context.width} x {context.height} pixels; at most {largest // 1_000_000} million are read, so make it smaller."
        )
    context.thread_count = 1
    rate = float(stream.average_rate or FPS)
    for number, frame in enumerate(opened.decode(stream)):
        if frame.width * frame.height > largest:
            raise Refusal(f"{name} changes to frames of {frame.width} x {frame.height} pixels; make it smaller.")
        yield frame, number / rate if frame.time is None else float(frame.time)


def _take(decoded: Iterator[tuple[Any, float]], seen: Seen, name: str, aspect: float) -> None:
    pixels = 0
    for frame, second in decoded:
        pixels += frame.width * frame.height
        seen.frames.append(small(frame, aspect))
        seen.times.append(second)
        if len(seen.frames) >= MOST_DECODED or pixels >= MOST_PIXELS:
            seen.ended = f"more than {len(seen.frames):,} frames are not read"
            return
        if second - seen.times[0] > MOST_FRAMES / FPS:
            seen.ended = f"more than {MOST_FRAMES / FPS:.0f} s are not read"
            return


def small(frame: Any, aspect: float = 1.0) -> np.ndarray:
    """The middle square of a frame, upright, on white, 64 x 64; `aspect` is how wide a pixel is shown for its height."""
    width, height = frame.width, frame.height
    shown = width * aspect if 0.1 < aspect < 10 else width
    scale = SIDE / min(shown, height)
    wide, high = (min(max(SIDE, round(each * scale)), 64 * SIDE) for each in (shown, height))
    if any(each.is_alpha for each in frame.format.components):
        whole = Image.fromarray(frame.to_ndarray(format="rgba"))
        white = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
        array = np.asarray(white.resize((wide, high), Image.Resampling.BOX))
    else:
        array = frame.to_ndarray(format="rgb24", width=wide, height=high, interpolation="AREA")
    top, left = (array.shape[0] - SIDE) // 2, (array.shape[1] - SIDE) // 2
    square = array[top : top + SIDE, left : left + SIDE]
    return np.ascontiguousarray(np.rot90(square, round(int(frame.rotation or 0) / 90) % 4))
