"""Marked clips as they come back after what happens to films: which marks are found, and how often where there is none.

The clips are those of the set `motion` that nobody is trained on, enlarged as they leave. Every change writes the film anew,
so that a manifest is lost with all but the file as it was.
"""

from __future__ import annotations

import hashlib

import numpy as np

from genmodels.calibration.case import Case, Planted, Report
from genmodels.data.dataset import DATA
from genmodels.kinds.image.watermark import place_of
from genmodels.kinds.video.attacks import CLIPS
from genmodels.kinds.video.files import enlarged, frames_of, mp4
from genmodels.kinds.video.fingerprint import of_clip
from genmodels.kinds.video.watermark import detect_in_frames, embed_in_frames
from genmodels.provenance import credentials
from genmodels.provenance.book import Book

SHOWN = "H.264 again, rate factor 35"
SURE, LESS_SURE = 0.001, 0.01
PARTS = ("manifest", "watermark", "ledger", "together", "watermark at 1 %")


def clips(n: int, key: bytes, seed: int, report: Report) -> Planted:
    """n marked clips after every change, as many that were never marked, and as many marked with another key."""
    data = DATA["motion"]().load()
    chosen = np.random.default_rng([seed, 51]).permutation(len(data.test))[: 2 * n]
    own, others = np.split(data.test.images[chosen], [len(chosen) // 2])
    pairs = data.test.groups["pair"][chosen[: len(own)]]
    alike = np.unique(pairs, return_inverse=True)[1]
    large = [enlarged(clip) for clip in own]
    book = Book([{"sha256": "", "print": each} for clip in large for each in of_clip(clip)])
    films = [mp4(_marked(clip, key)) for clip in large]
    for name, change in CLIPS.items():
        report(f"provenance: clips, {name}")
        rng = np.random.default_rng([seed, 52])
        read = [_read(change(frames_of(film), rng), film, key, book, name == "as it was") for film in films]
        for part in PARTS:
            flags = np.array([each[part] for each in read])
            shown = name == ("as it was" if part == "manifest" else SHOWN)
            yield Case(f"{part} of a clip", name, True, len(flags), None, shown), flags, alike
    yield from _innocent([enlarged(clip) for clip in others], films, key, book, report)


def _marked(clip: np.ndarray, key: bytes) -> np.ndarray:
    return embed_in_frames(clip, key, place_of(hashlib.sha256(clip.tobytes()).hexdigest().encode(), key))


def _read(clip: np.ndarray, film: bytes, key: bytes, book: Book, whole: bool) -> dict[str, bool]:
    """Which marks of a clip are found; `whole`: it is still the file that left."""
    p = detect_in_frames(clip, key).p_value
    found = {
        "manifest": whole and credentials.read(credentials.sign(film, {})).state == "whole",
        "watermark": p <= SURE,
        "ledger": any(book.picture(each) is not None for each in of_clip(clip)),
        "watermark at 1 %": p <= LESS_SURE,
    }
    return found | {"together": found["manifest"] or found["watermark"] or found["ledger"]}


def _innocent(others: list[np.ndarray], films: list[bytes], key: bytes, book: Book, report: Report) -> Planted:
    """Clips that nobody marked, and those of another key."""
    report("provenance: clips without a mark")
    never = np.array([detect_in_frames(clip, key).p_value for clip in others])
    wrong = np.array(
        [detect_in_frames(frames_of(film), hashlib.sha256(key + b"other").digest()).p_value for film in films]
    )
    held = np.array([any(book.picture(each) is not None for each in of_clip(clip)) for clip in others])
    for part, p, name in (
        ("watermark", never <= SURE, "never marked"),
        ("watermark at 1 %", never <= LESS_SURE, "never marked"),
        ("watermark", wrong <= SURE, "marked with another key"),
        ("ledger", held, "clips that are not in the ledger"),
    ):
        yield Case(f"{part} of a clip", name, False, len(p), 0.0), p, None
