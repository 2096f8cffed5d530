"""Films that a user brings, whole and broken, and the sets of clips that the project draws."""

from __future__ import annotations

import io
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from genmodels.data.motion_objects import THINGS
from genmodels.data.sets.motion import Motion
from genmodels.data.sets.moving_digits import MovingDigits
from genmodels.data.sets.own_clips import OwnClips
from genmodels.intake import film_file
from genmodels.intake.film_sets import import_films, is_films, read_clips, read_films_index
from genmodels.intake.picture_sets import preview
from genmodels.kinds.image.files import gif_bytes, png_bytes
from genmodels.refusal import Refusal
from genmodels.trained.requests import start_of
from tests.clips import moving


def film(frames: np.ndarray, *, form: str = "mp4", codec: str = "libx264", fps: int = 8, times: list[int] | None = None) -> bytes:
    """A film of uint8 (n, height, width, 3); `times` are in thousandths of a second."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as file:
        stream = file.add_stream(codec, rate=fps, options={"threads": "1"})
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], "yuv420p"
        if times:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number, frame in enumerate(frames):
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            if times:
                shown.pts, shown.time_base = times[number], Fraction(1, 1000)
            file.mux(stream.encode(shown))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def sound() -> bytes:
    """An MP4 file with sound alone."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=44100)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 44100
        file.mux(stream.encode(silence))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def read(content: bytes, tmp_path: Path) -> np.ndarray:
    """The frames of a film, read as the caged child does, in this process."""
    (tmp_path / film_file.FILE).write_bytes(content)
    return film_file.read(tmp_path, tmp_path, "a.mp4")["frames"]


def corner(frames: np.ndarray) -> np.ndarray:
    """Black frames whose upper left quarter is red."""
    frames = np.zeros_like(frames)
    frames[:, : frames.shape[1] // 2, : frames.shape[2] // 2] = (230, 0, 0)
    return frames


@pytest.mark.parametrize(("form", "codec"), [("mp4", "libx264"), ("webm", "libvpx-vp9"), ("mov", "mpeg4")])
def test_films_of_usual_kinds_are_read(form: str, codec: str, tmp_path: Path) -> None:
    clip = moving(side=64)
    frames = read(film(clip, form=form, codec=codec), tmp_path)
    assert frames.shape == (16, 64, 64, 3) and np.abs(frames.astype(int) - clip).mean() < 8


def test_a_gif_is_read_on_white(tmp_path: Path) -> None:
    clip = moving(side=64)
    frames = read(gif_bytes(clip, 8), tmp_path)
    assert frames.shape[1:] == (64, 64, 3) and 15 <= len(frames) <= 17
    assert (frames[:, 60:, 60:] > 240).all()
    clear = [Image.fromarray(np.zeros((40, 40, 4), np.uint8)) for _ in range(3)]
    buffer = io.BytesIO()
    for number, each in enumerate(clear):
        each.putpixel((number, 3), (0, 0, 0, 255))
    clear[0].save(buffer, "GIF", save_all=True, append_images=clear[1:], transparency=0, disposal=2)
    assert read(buffer.getvalue(), tmp_path).mean() > 200


@pytest.mark.parametrize("shape", [(48, 64), (64, 48), (66, 130)])
def test_odd_shapes_lose_their_edges_and_are_not_stretched(shape: tuple[int, int], tmp_path: Path) -> None:
    clip = np.full((16, *shape, 3), 255, np.uint8)
    middle, centre = shape[0] // 2, shape[1] // 2
    clip[:, middle - 10 : middle + 10, centre - 10 : centre + 10] = 0
    dark = read(film(clip), tmp_path).mean(axis=(0, 3)) < 128
    assert abs(dark.any(axis=0).sum() - dark.any(axis=1).sum()) <= 1


def test_a_film_that_a_telephone_took_upright_stands_upright(tmp_path: Path) -> None:
    content = film(corner(np.zeros((16, 64, 64, 3), np.uint8)))
    place = content.find(b"tkhd") + 4 + 40
    turned = b"".join(value.to_bytes(4, "big", signed=True) for value in (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30))
    frames = read(content[:place] + turned + content[place + 36 :], tmp_path)
    assert frames[8, 10, 50, 0] > 150 and frames[8, 10, 10, 0] < 80, "turned to the right"


def test_frames_are_taken_evenly_in_time_whatever_the_rate(tmp_path: Path) -> None:
    """Twenty frames in the first second, then one each half second: what is shown at each eighth of a second counts."""
    times = [50 * i for i in range(20)] + [1000 + 500 * i for i in range(6)]
    clip = np.stack([np.full((64, 64, 3), 10 * number, np.uint8) for number in range(26)])
    frames = read(film(clip, times=times, fps=20), tmp_path)
    shown = frames.mean(axis=(1, 2, 3)) / 10
    wanted = [max(n for n, at in enumerate(times) if at <= 125 * moment + 1) for moment in range(len(frames))]
    assert len(frames) >= 24 and np.abs(shown - wanted).max() < 1


def test_a_long_film_is_read_in_part_and_a_short_one_is_stretched(tmp_path: Path) -> None:
    long = np.repeat(np.arange(400, dtype=np.uint8)[:, None, None, None], 64, axis=1).repeat(64, axis=2).repeat(3, axis=3)
    assert len(read(film(long), tmp_path)) == 320
    assert len(read(film(moving(frames=3, side=64)), tmp_path)) == 16


def test_decoding_ends_after_so_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a 4K film of two hours: of 40 frames only those within the bound are decoded."""
    monkeypatch.setattr(film_file, "MOST_PIXELS", 20 * 64 * 64)
    (tmp_path / film_file.FILE).write_bytes(film(np.zeros((40, 64, 64, 3), np.uint8)))
    answer = film_file.read(tmp_path, tmp_path, "a.mp4")
    assert len(answer["frames"]) == 20 and b"more than 20 frames" in answer["told"].tobytes()


def test_more_frames_than_are_decoded_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a film of 10,000 frames: nothing behind the bound is decoded."""
    monkeypatch.setattr(film_file, "MOST_DECODED", 100)
    (tmp_path / film_file.FILE).write_bytes(film(np.zeros((400, 16, 16, 3), np.uint8), fps=50))
    answer = film_file.read(tmp_path, tmp_path, "a.mp4")
    assert len(answer["frames"]) == 16 and b"more than 100 frames" in answer["told"].tobytes()


@pytest.mark.parametrize("shape", [(33, 47), (101, 64), (64, 8), (1, 1)])
def test_odd_sizes_are_read(shape: tuple[int, int], tmp_path: Path) -> None:
    clip = np.full((16, *shape, 3), 255, np.uint8)
    clip[:, : shape[0] // 2 + 1] = 10 * np.arange(16, dtype=np.uint8)[:, None, None, None]
    frames = read(gif_bytes(clip, 8), tmp_path)
    assert frames.shape[1:] == (64, 64, 3) and len(frames) >= 15


def test_a_film_that_says_two_hours_and_holds_two_seconds_gives_what_it_holds(tmp_path: Path) -> None:
    """What a file says of its length is not believed: its duration is written over, its frames are counted."""
    content = bytearray(film(moving(side=64)))
    place = content.find(b"mvhd") + 4
    content[place + 16 : place + 20] = (2 * 3600 * 1000).to_bytes(4, "big")
    assert len(read(bytes(content), tmp_path)) == 16


def test_damaged_bytes_are_a_sentence_or_frames(tmp_path: Path) -> None:
    """Sixty films with bytes changed anywhere: none ends in anything but frames or one sentence."""
    whole, rng = film(moving(side=64)), np.random.default_rng(0)
    for _ in range(60):
        content = bytearray(whole)
        for place in rng.integers(32, len(whole), 20):
            content[place] = int(rng.integers(256))
        try:
            assert read(bytes(content), tmp_path).shape[1:] == (64, 64, 3)
        except Refusal as refused:
            assert "\n" not in str(refused)


@pytest.mark.parametrize("content", [film(moving(side=64)), film(moving(side=64), form="webm", codec="libvpx-vp9"), sound()], ids=["mp4", "webm", "sound"])
def test_a_film_where_a_picture_is_asked_for_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="is no PNG, JPEG, GIF, WebP or BMP picture"):
        start_of(content, (32, 32, 3), "a.png")
    (tmp_path / "a.png").write_bytes(content)
    found = preview(tmp_path)
    assert not found["pictures"] and "no PNG, JPEG, GIF, WebP or BMP picture" in found["refused"][0]["reason"]


def nothing() -> bytes:
    """An MP4 file with a stream of pictures in which there is none."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov"}) as file:
        stream = file.add_stream("libx264", rate=8)
        stream.height, stream.width, stream.pix_fmt = 64, 64, "yuv420p"
        file.start_encoding()
    return buffer.getvalue()


def broken() -> bytes:
    whole = film(moving(side=64))
    return whole[: len(whole) // 3]


BAD = {
    "a picture": (png_bytes(np.zeros((64, 64, 3), np.uint8)), "a PNG file and no film"),
    "one frame": (film(moving(frames=1, side=64)), "one frame: it is a picture"),
    "no byte": (film(moving(side=64))[:0], "is empty"),
    "no frame": (nothing(), "has no frame in it|is damaged"),
    "broken": (broken(), "is damaged"),
    "sound": (sound(), "holds sound and no pictures"),
    "a text": (b"no film at all", "is no film"),
    "a head alone": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "is damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_films_are_one_sentence_and_leave_nothing(name: str, home: Path) -> None:
    content, said = BAD[name]
    with pytest.raises(Refusal, match=said) as refused:
        import_films(io.BytesIO(content), "a.mp4")
    assert "\n" not in str(refused.value) and not list((home / "data").glob("*"))


def test_a_gif_that_moves_is_a_film_and_one_that_stands_a_picture(tmp_path: Path) -> None:
    (tmp_path / "moves.gif").write_bytes(gif_bytes(moving(), 8))
    Image.fromarray(moving()[0]).save(tmp_path / "stands.gif")
    assert is_films(tmp_path / "moves.gif") and not is_films(tmp_path / "stands.gif")


def test_own_films_are_kept_and_whole_films_held_out(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    for number in range(2):
        (folder / f"red_square-{number}.mp4").write_bytes(film(np.concatenate([moving(side=64)] * 6)))
    (folder / "broken.mp4").write_bytes(broken())
    (folder / "captions.csv").write_text("file,caption\nred_square-0.mp4,a red square goes right\n")
    assert is_films(folder) and is_films(folder / "red_square-1.mp4") and not is_films(folder / "captions.csv")
    token = import_films(folder, "films", licence="mine")
    index = read_films_index(token)
    assert index["clips"] == 12 and index["captions"] == ["a red square goes right", "red square"]
    assert [each["file"] for each in index["left_out"]] == ["broken.mp4"]
    data = OwnClips(token=token).load()
    assert data.spec.shape == (16, 32, 32, 3) and data.licence == "mine"
    assert not set(data.train.groups["film"]) & set(data.test.groups["film"])
    file = next((home / "data").glob("*/clips.npz"))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(Refusal, match="missing or changed"):
        read_clips(token)


# The sets that the project draws


@pytest.fixture(scope="module", params=[{}, {"directions": 8, "size": 64, "frames": 8}], ids=str)
def motion(request: pytest.FixtureRequest) -> Motion:
    return Motion(clips=400, **request.param)


def test_whole_pairs_are_held_out_and_each_part_of_them_is_seen(motion: Motion) -> None:
    data = motion.load()
    seen, unseen = (set(part.groups["pair"]) for part in (data.train, data.test))
    assert not seen & unseen and len(unseen) == len(THINGS) * motion.directions // 4
    for name in ("object", "direction"):
        assert set(data.test.groups[name]) <= set(data.train.groups[name])
        assert len(set(data.test.groups[name])) == {"object": len(THINGS), "direction": motion.directions}[name]
    pushed = {f"{hit}, {way}" for hit, way in zip(data.train.groups["hit"], data.train.groups["direction"], strict=True) if hit}
    assert not pushed & unseen, "what is hit moves on, so that pair too is of training"


def test_a_caption_says_what_is_true_of_its_clip(motion: Motion) -> None:
    data = motion.load()
    groups = data.train.groups
    for number, caption in enumerate(data.train.captions):
        assert groups["object"][number] in caption and f"moving {groups['direction'][number]}" in caption
        assert groups["speed"][number] in caption
    assert set(groups["motion"]) == {"moving", "turning", "bouncing", "colliding"}
    assert data.train.images.shape[1:] == data.spec.shape and data.train.images.dtype == np.uint8


def test_the_same_seed_draws_the_same_clips_and_another_others() -> None:
    small = {"clips": 200, "frames": 8}
    first = Motion(**small).load().digest()
    assert Motion(**small)._drawn()["train"].tobytes() == Motion(**small).load().train.images.tobytes()
    assert first != Motion(**small, seed=1).load().digest()


def test_what_takes_too_much_memory_is_refused_before_it_is_drawn() -> None:
    with pytest.raises(Refusal, match="GB of memory; ask for at most"):
        Motion(clips=20_000, size=64)


def test_moving_digits_bounce_and_show_other_handwriting_where_held_out() -> None:
    data = MovingDigits(clips=200).load()
    assert data.spec.shape == (16, 32, 32, 3) and len(data.test) == 32
    assert data.train.captions[0].startswith("digit ")
    lit = data.train.images.max(axis=(2, 3, 4))
    assert (lit > 128).all(), "digits stay inside"


def test_a_set_without_sound_of_a_wave_file_is_no_film(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 100)
    with pytest.raises(Refusal, match="a WAV file and no film"):
        import_films(tmp_path / "a.wav", "a.wav")
