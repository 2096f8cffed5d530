"""What is read off clips, and what frames are foretold without a model; exact where a closed form says what has to come out."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.data.motions import DIRECTIONS, SPEEDS
from genmodels.data.sets.motion import Motion
from genmodels.kinds.video import foretelling
from genmodels.kinds.video.features import features_of_clips
from genmodels.kinds.video.tracking import directions, middles, speeds, there, travelled, unsteadiness
from genmodels.measuring import video
from genmodels.measuring.video import measure_films, readers
from tests.clips import moving

FOUR = {name: DIRECTIONS[name] for name in ("left", "right", "up", "down")}


@pytest.fixture(scope="module")
def data():
    return Motion(clips=300, frames=8).load()


@pytest.mark.parametrize(("dx", "dy", "name"), [(1, 0, "right"), (-1, 0, "left"), (0, 1, "down"), (0, -1, "up"), (0, 0, "")])
def test_a_direction_is_where_the_middle_goes(dx: float, dy: float, name: str) -> None:
    clip = moving(dx, dy, start=(10, 10), frames=8)
    assert directions(clip[None], FOUR).tolist() == [name]
    path = middles(clip[None])[0]
    assert np.allclose(path - path[0], np.arange(8)[:, None] * [dy, dx])


def test_lengths_are_the_same_at_any_size() -> None:
    small = moving(0.8)
    large = small.repeat(2, axis=1).repeat(2, axis=2)
    assert travelled(small[None])[0] == pytest.approx(travelled(large[None])[0]) == pytest.approx(12, abs=1)
    assert speeds(large[None], SPEEDS).tolist() == ["quickly"]


def test_nothing_is_seen_on_an_empty_ground_of_any_colour() -> None:
    clips = np.stack([np.full((8, 32, 32, 3), level, np.uint8) for level in (0, 90, 255)])
    assert not there(clips).any() and directions(clips, FOUR).tolist() == ["", "", ""]
    clip = moving(frames=8)
    clip[3:5] = 255
    assert there(clip[None])[0].tolist() == [True] * 3 + [False] * 2 + [True] * 3


def test_what_moves_by_whole_pixels_is_steady_and_what_flickers_is_not() -> None:
    steady = moving(1)
    flickering = steady.copy()
    flickering[::2] = 255 - flickering[::2]
    assert unsteadiness(steady[None])[0] == pytest.approx(0, abs=1e-6)
    assert unsteadiness(flickering[None])[0] > 0.5


def test_frames_are_foretold_as_the_closed_forms_say() -> None:
    clip = moving(1)
    known = foretelling.next_frames(16)
    assert known.sum() == 8
    assert np.array_equal(foretelling.held(clip, known)[15], clip[7])
    between = foretelling.between_frames(16)
    assert np.flatnonzero(between).tolist() == [0, 5, 10, 15]
    halfway = np.array([True, False, True])
    three = np.stack([np.full((8, 8, 3), level, np.uint8) for level in (0, 99, 200)])
    assert (foretelling.interpolated(three, halfway)[1] == 100).all()
    for mask in (known, between):
        assert np.array_equal(foretelling.flow(clip, mask)[mask], clip[mask])
        copied, moved = (foretelling.error(clip, each(clip, mask), mask) for each in (foretelling.held, foretelling.flow))
        assert moved < copied / 3, "a square that moves evenly is where flow says"


def test_a_shift_is_found_to_parts_of_a_pixel() -> None:
    clip, ground = moving(1), np.full(3, 255.0)
    assert foretelling.shift_between(clip[2], clip[7], ground) == pytest.approx([0, 5], abs=0.1)
    half = foretelling.moved(clip[2], np.array([1.5, 0.5]), ground)
    assert foretelling.shift_between(clip[2], half, ground) == pytest.approx([1.5, 0.5], abs=0.25)


def test_readers_read_held_out_pairs_right(data) -> None:
    for name, read in readers(data).items():
        truth = data.test.groups[name]
        asked = truth != ""
        assert (read(data.test.images[asked]) == truth[asked]).mean() >= 0.93, name


def test_real_clips_are_as_asked_for_and_swapped_ones_are_not(data) -> None:
    rows = {row[0]: row[1] for row in measure_films(data.test.images, data.test, data, lambda name: True)}
    for name in ("direction", "speed", "object"):
        assert rows[f"{name}: samples"].value == rows[f"{name}: real held-out clips"].value > 0.93
        assert rows[f"{name}: samples"].n == 12, "pairs are what is resampled"
    assert rows["permanence: samples"].value == 1
    assert rows["kid of clips"].value < rows["kid of clips: still"].value
    assert rows["kid of clips: less than of still"].low > 0
    swapped = data.test.images[:, :, :, ::-1]  # left and right, and no drawing of OpenMoji is quite as it was
    wrong = {row[0]: row[1] for row in measure_films(swapped, data.test, data, lambda name: name == "direction")}
    assert 0.2 < wrong["direction: samples"].value < 0.8


def test_where_a_reader_errs_too_often_nothing_is_measured(data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "LEAST", 1.01)
    rows = list(measure_films(data.test.images, data.test, data, lambda name: name == "direction"))
    assert rows[1][1] is None and "are needed to judge" in rows[1][4]


class Copying:
    """Foretells by copying the last frame, as the floor does."""

    def filmed(self, prompt: str, *, seed: int, clip: np.ndarray, known: np.ndarray) -> np.ndarray:
        return foretelling.held(clip, known)


def test_what_copies_is_no_better_than_the_floor_that_copies(data) -> None:
    rows = {row[0]: row[1] for row in video._foretold("next frames", Copying(), data.test.take(np.arange(20)), 0)}
    assert rows["next frames: samples"].value == rows["next frames: copy of the last frame"].value
    assert rows["next frames: less than copy of the last frame"].value == 0
    assert rows["next frames: less than optical flow"].high < 0


def test_features_of_clips_see_what_changes(data) -> None:
    clips = data.test.images[:6]
    backwards = clips[:, ::-1]
    assert features_of_clips(clips).shape == (6, 5 * 1152)
    assert not np.allclose(features_of_clips(clips), features_of_clips(backwards))
