"""Films that are checked: their marks are read frame by frame, whatever was done to them, in a caged process alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from genmodels.explore.clips import KnownClips
from genmodels.intake import caged_films, film_marks
from genmodels.intake.caged_films import as_clip, read_for_marks
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.spec import Spec
from genmodels.kinds.video.attacks import at_rate, recompressed
from genmodels.kinds.video.files import frames_of, mp4
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.trained.clip_files import Handed
from tests.clips import moving
from tests.genmodels.test_films import film, sound

FACTS = {"Model": "a test", "Seed": "3"}


@pytest.fixture
def ours(home: Path) -> bytes:
    clip = moving()
    clip[:, ::8, ::5] = np.random.default_rng(3).integers(0, 255, (4, 7, 3), dtype=np.uint8)  # so that it has waves enough
    return bytes(Handed(clip, FACTS).as_film())


def test_a_film_of_ours_is_found_whole_stripped_and_encoded_again(ours: bytes) -> None:
    found = verify(ours, "a.mp4")
    assert (found["kind"], found["format"]) == ("film", "MP4")
    assert [found[part]["verdict"] for part in ("manifest", "watermark", "ledger")] == ["valid", "found", "exact match"]
    assert found["watermark"]["own"] and "Marked by us and unchanged since" in found["sentence"]
    frames, rng = frames_of(ours), np.random.default_rng(0)
    for change in (recompressed(30), at_rate(25)):
        again = verify(mp4(change(frames, rng)), "a.mp4")
        assert [again[part]["verdict"] for part in ("manifest", "watermark", "ledger")] == ["absent", "found", "near match"]
        assert again["watermark"]["own"] and "Marked by us, altered since or stripped" in again["sentence"]
        assert again["watermark"]["p_value"] < 1e-6 and again["detector"]["verdict"] == "not measured"


def test_nothing_is_found_in_a_foreign_film_and_what_is_damaged_is_not_looked_into(ours: bytes) -> None:
    found = verify(film(moving(side=160)), "a.mp4")
    assert found["watermark"]["verdict"] == "not found" and found["ledger"]["verdict"] in ("no match", "not measured")
    assert "which does not say that it is real" in found["sentence"]
    webm = verify(film(moving(side=160), form="webm", codec="libvpx-vp9"), "a.webm")
    assert webm["watermark"]["verdict"] == "not found"
    for content in (sound(), film(moving(side=64))[:700]):
        found = verify(content, "a.mp4")
        assert found["watermark"]["verdict"] == "not measured" and not found["watermark"]["looked"] and "No sign found" not in found["sentence"]


def test_a_small_film_has_no_room_for_a_watermark(home: Path) -> None:
    assert "too small" in verify(film(moving(side=64)), "a.mp4")["watermark"]["reason"]


def test_what_is_looked_at_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_marks, "MOST_FRAMES", 50)
    (tmp_path / "film").write_bytes(film(np.zeros((80, 64, 64, 3), np.uint8), fps=50))
    read = film_marks.read(tmp_path, tmp_path, "a.mp4")
    assert b"more than 50 frames" in read["told"].tobytes() and len(read["some"]) <= film_marks.KEPT + 1
    monkeypatch.setattr(film_marks, "LARGEST_FRAME", 60 * 60)
    with pytest.raises(Refusal, match="64 x 64 pixels"):
        film_marks.read(tmp_path, tmp_path, "a.mp4")


@pytest.mark.parametrize("frames", [1, 2, 15, 16, 17, 40, 333])
def test_the_first_and_the_last_frame_are_kept_and_never_many(frames: int) -> None:
    some = film_marks.Some()
    for number in range(frames):
        some.take(number, np.array(number))
    kept = [int(each) for each in some.all()]
    assert kept[0] == 0 and kept[-1] == frames - 1 and kept == sorted(set(kept)) and len(kept) <= film_marks.KEPT + 1
    assert frames > 16 or kept == list(range(frames))


@pytest.mark.parametrize("shape", [(16, 32, 32, 3), (8, 64, 64, 3)])
def test_a_film_of_ones_own_is_a_clip_at_the_size_of_a_model(shape: tuple[int, ...], home: Path) -> None:
    clip = as_clip(film(moving(side=64)), "a.mp4", Spec("video", shape))
    assert clip.shape == shape and clip.dtype == np.uint8
    assert np.abs(clip.astype(int) - moving(side=64)[: shape[0], :: 64 // shape[1], :: 64 // shape[1]]).mean() < 12


@pytest.mark.parametrize("content", [png_bytes(np.zeros((8, 8, 3), np.uint8)), b"no film", sound()])
def test_what_is_no_film_is_refused_in_a_sentence(content: bytes, home: Path) -> None:
    for read in (lambda: as_clip(content, "a.mp4", Spec("video", (16, 32, 32, 3))), lambda: read_for_marks(content, "a.mp4")):
        with pytest.raises(Refusal) as refused:
            read()
        assert "\n" not in str(refused.value)


def test_a_foreign_film_is_decoded_in_the_cage_alone(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    tasks = []

    def note(task: str, *rest: object, **more: object) -> None:
        tasks.append(task)
        raise Refusal("caged")

    monkeypatch.setattr(caged_films.sandbox, "run", note)
    found = verify(film(moving(side=160)), "a.mp4")
    assert tasks == ["genmodels.intake.film_marks:read"] and "caged" in found["watermark"]["reason"]


def test_the_nearest_training_clip_is_found_and_a_copy_has_no_distance() -> None:
    from genmodels.data.sets.motion import Motion

    data = Motion(clips=200, frames=8).load()
    known = KnownClips(data)
    copied = known.nearest(data.train.images[17])
    assert copied.number == 17 and copied.distance < 1e-3 and copied.caption == data.train.captions[17]
    assert len(known.held_out) == len(data.test) and (known.held_out > 0.005).all()
    assert known.nearest(data.test.images[0]).distance == pytest.approx(known.held_out[0], abs=1e-4)
    with pytest.raises(Refusal, match="can't be compared"):
        known.nearest(data.train.images[0][:4])
