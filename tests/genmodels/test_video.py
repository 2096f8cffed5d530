"""Clips as examples: their files, marks and fingerprints, and what happens to them on their way."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels.calibration import marked_clips
from genmodels.kinds.image.watermark import place_of
from genmodels.kinds.kind import KINDS
from genmodels.kinds.spec import Spec
from genmodels.kinds.video import files
from genmodels.kinds.video.attacks import CLIPS
from genmodels.kinds.video.fingerprint import of_clip
from genmodels.kinds.video.watermark import detect_in_frames, embed_in_frames
from genmodels.provenance import credentials, ledger
from genmodels.provenance.book import Book
from genmodels.provenance.keys import watermark_key
from genmodels.refusal import Refusal
from genmodels.trained.clip_files import Handed
from tests.clips import moving

FACTS = {"Model": "a test", "Seed": "3"}


def test_a_network_is_built_for_clips_alone() -> None:
    sound = KINDS["video"].sound
    assert sound(Spec("video", (16, 32, 32, 3)))
    for shape in ((32, 32, 3), (1, 32, 32, 3), (16, 32, 32, 1), (2000, 32, 32, 3), (16, 4096, 32, 3)):
        assert not sound(Spec("video", shape))


@pytest.mark.parametrize("side", [32, 33, 64])
def test_what_is_written_as_mp4_is_read_back(side: int) -> None:
    clip = moving(side=side)
    again = files.frames_of(files.mp4(clip))
    assert again.shape == (16, side + side % 2, side + side % 2, 3)
    apart = np.abs(again[:, :side, :side].astype(int) - clip).mean()
    assert apart < 6, "colour has half the resolution in H.264"


@pytest.mark.parametrize("clip", [np.zeros((4, 8, 8, 1), np.uint8), np.zeros((4, 8, 8, 3)), np.zeros((0, 8, 8, 3), np.uint8), np.zeros((8, 8, 3), np.uint8)])
def test_what_is_no_clip_is_refused_in_a_sentence(clip: np.ndarray) -> None:
    with pytest.raises(Refusal, match="A clip is uint8"):
        files.mp4(clip)


def test_a_small_clip_is_enlarged_by_whole_factors_so_that_a_watermark_has_room() -> None:
    clip = moving()
    large = files.enlarged(clip)
    assert large.shape == (16, 128, 128, 3) and np.array_equal(large[:, ::4, ::4], clip)
    assert files.enlarged(large) is large


@pytest.fixture(scope="module")
def marked() -> tuple[np.ndarray, bytes]:
    large, key = files.enlarged(moving()), b"k" * 32
    return embed_in_frames(large, key, place_of(b"this clip", key)), key


@pytest.mark.parametrize("change", CLIPS)
def test_the_watermark_survives(change: str, marked: tuple[np.ndarray, bytes]) -> None:
    clip, key = marked
    worn = CLIPS[change](clip, np.random.default_rng(1))
    assert worn.dtype == np.uint8 and worn.ndim == 4
    assert detect_in_frames(worn, key).p_value < 1e-6


def test_nothing_is_found_where_nothing_was_put_and_by_another_key(marked: tuple[np.ndarray, bytes]) -> None:
    assert detect_in_frames(marked[0], b"q" * 32).p_value > 0.001
    assert detect_in_frames(files.enlarged(moving()), b"k" * 32).p_value > 0.001


def test_a_clip_leaves_marked_and_is_recognised(home: Path) -> None:
    clip = moving()
    made = Handed(clip, FACTS).all()
    assert list(made) == [".mp4", ".gif", "-strip.png"]
    for content in made.values():
        manifest = credentials.read(content)
        assert (manifest.state, manifest.signer, manifest.generated) == ("whole", "this machine", True)
        assert manifest.claims["seed"] == "3"
    frames = files.frames_of(made[".mp4"])
    assert frames.shape == (16, 128, 128, 3)
    assert detect_in_frames(frames, watermark_key("picture")).p_value < 1e-6
    assert Image.open(io.BytesIO(made["-strip.png"])).size == (16 * 130 - 2, 128)
    book = ledger.book()
    assert {entry["kind"] for entry in book.entries} == {"film", "picture"}
    match = book.picture("", hashlib.sha256(made[".mp4"]).hexdigest())
    assert match is not None and match.exact and match.entry["kind"] == "film"


def test_a_changed_film_is_no_longer_whole(home: Path) -> None:
    """Of 200 flipped bits only those in padding of the manifest go unseen; none in the film itself."""
    content = Handed(moving(), FACTS).as_film()
    start = content.find(b"uuid") - 4
    manifest = range(start, start + int.from_bytes(content[start : start + 4], "big"))
    rng = np.random.default_rng(0)
    unseen = []
    for place in rng.integers(len(content), size=200):
        changed = bytearray(content)
        changed[place] ^= 1 << int(rng.integers(8))
        if credentials.read(bytes(changed)).state == "whole":
            unseen.append(int(place))
    assert all(place in manifest for place in unseen)


def test_the_prints_of_a_clip_are_near_after_a_codec(marked: tuple[np.ndarray, bytes]) -> None:
    clip = files.enlarged(moving())
    clip[:, ::8, ::5] = np.random.default_rng(3).integers(0, 255, (16, 26, 3), dtype=np.uint8)[:, None]  # so that it has waves enough
    prints = of_clip(clip)
    assert len(prints) == 4
    book = Book([{"sha256": "", "print": each} for each in prints])
    again = of_clip(files.frames_of(files.mp4(clip, quality=35)))
    assert sum(book.picture(each) is not None for each in again) >= 3


def test_a_survival_matrix_of_clips_is_counted() -> None:
    rows = {(case.part, case.name): (case, flags) for case, flags, _ in marked_clips.clips(2, b"k" * 32, 0, lambda said: None)}
    assert {name for part, name in rows if part == "watermark of a clip"} == {*CLIPS, "never marked", "marked with another key"}
    assert rows["manifest of a clip", "as it was"][1].all() and not rows["manifest of a clip", "GIF"][1].any()
    assert rows["watermark of a clip", "H.264 again, rate factor 23"][1].all()
    assert not rows["watermark of a clip", "never marked"][1].any()
