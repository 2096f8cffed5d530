"""Clips as files: MP4 (H.264), GIF, and a strip of their frames; and our own MP4 files read back.

Foreign films are never opened here but in a caged process (`intake.film_file`). Clips are uint8 (frames, height, width, 3).
"""

from __future__ import annotations

import io
from fractions import Fraction
from types import ModuleType

import numpy as np

from genmodels.kinds.image.watermark import LEAST_SIDE
from genmodels.refusal import Refusal

FPS = 8  # frames a second at which clips are played
QUALITY = 18  # of H.264 (constant rate factor, 0 the best to 51): hardly to be told from the frames
MOST_SECONDS = 120  # of a film of ours that is read back


def enlarged(clip: np.ndarray, least: int = LEAST_SIDE) -> np.ndarray:
    """The clip with each pixel repeated so often that height and width are at least `least`; as it is where they are."""
    factor = -(-least // min(clip.shape[1:3]))
    return clip if factor == 1 else clip.repeat(factor, axis=1).repeat(factor, axis=2)


def even(clip: np.ndarray) -> np.ndarray:
    """The clip with an even height and width, which H.264 needs: the last line is repeated where one is missing."""
    return np.pad(clip, ((0, 0), (0, clip.shape[1] % 2), (0, clip.shape[2] % 2), (0, 0)), mode="edge")


def mp4(clip: np.ndarray, fps: float = FPS, quality: int = QUALITY) -> bytes:
    """An MP4 file in H.264, playable by every browser. The same clip gives the same bytes with one version of PyAV.

    Raises `Refusal` for what is no clip, and where PyAV is missing.
    """
    check(clip)
    av, buffer = library(), io.BytesIO()
    clip = even(clip)
    options = {"crf": str(quality), "preset": "medium", "threads": "1"}
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000), options=options)
        stream.height, stream.width, stream.pix_fmt = clip.shape[1], clip.shape[2], "yuv420p"
        for frame in clip:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def frames_of(content: bytes) -> np.ndarray:
    """The frames of an MP4 file that was written here, uint8 (frames, height, width, 3)."""
    with library().open(io.BytesIO(content), format="mp4") as file:
        frames = []
        for frame in file.decode(video=0):
            frames.append(frame.to_ndarray(format="rgb24"))
            if len(frames) > MOST_SECONDS * 60:
                raise Refusal(f"The film has more than {MOST_SECONDS * 60:,} frames; cut it first.")
    return np.stack(frames)


def check(clip: np.ndarray) -> None:
    """Raises `Refusal` for what is no clip."""
    if clip.dtype != np.uint8 or clip.ndim != 4 or clip.shape[-1] != 3 or not len(clip):
        raise Refusal(f"A clip is uint8 of (frames, height, width, 3); this is {clip.dtype} of {clip.shape}.")


def library() -> ModuleType:
    """PyAV, which brings its own decoders; raises `Refusal` where it is missing."""
    try:
        import av
    except ImportError:
        raise Refusal("Films need the package av; install it with: pip install av") from None
    av.logging.set_level(av.logging.PANIC)
    return av
