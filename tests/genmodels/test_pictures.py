"""Foreign pictures are opened safely; ours come out as they went in."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from genmodels.kinds.image.files import fitted, gif_bytes, grid, open_picture, png_bytes, png_facts, strip
from genmodels.printable import printable
from genmodels.refusal import Refusal


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is large; its pixels are zeros."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10_000_000), 9)) + chunk(b"IEND", b"")


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_five_formats_are_read(kind: str) -> None:
    picture = open_picture(encoded(Image.new("RGB", (20, 10), "red"), kind))
    assert picture.mode == "RGB" and picture.size == (20, 10)
    assert np.abs(np.asarray(picture)[5, 5].astype(int) - [255, 0, 0]).max() < 5


@pytest.mark.parametrize("kind", ["TIFF", "PPM", "ICO", "PDF"])
def test_others_are_refused(kind: str) -> None:
    with pytest.raises(Refusal, match="no PNG, JPEG, GIF, WebP or BMP"):
        open_picture(encoded(Image.new("RGB", (32, 32)), kind), "x.png")


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (5_001, 5_000), (100_000, 1), (2**31 - 1, 2**31 - 1)])
def test_a_picture_bomb_is_refused_before_memory_is_taken(width: int, height: int) -> None:
    code = (
        "import resource, sys; from genmodels.kinds.image.files import open_picture; from genmodels.refusal import Refusal\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: open_picture(sys.stdin.buffer, 'bomb.png')\n"
        "except Refusal as refusal: print(refusal)\n"
        "assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000\n"
    )
    start = time.monotonic()
    run = subprocess.run([sys.executable, "-c", code], input=bomb(width, height), capture_output=True, check=True)
    assert b"bomb.png has" in run.stdout and b"25 million" in run.stdout
    assert time.monotonic() - start < 10


def test_a_file_too_large_is_not_read_whole() -> None:
    class Endless(io.RawIOBase):
        def read(self, count: int = -1) -> bytes:
            assert 0 < count < 30_000_000
            return bytes(count)

    with pytest.raises(Refusal, match="larger than 25 MB"):
        open_picture(Endless(), "x.png")  # type: ignore[arg-type]


def test_damaged_pictures_are_refused_in_one_sentence() -> None:
    noise = np.random.default_rng(0)
    picture = Image.fromarray(noise.integers(0, 256, (40, 40, 3), dtype=np.uint8))
    for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP"):
        whole = encoded(picture, kind)
        refused = 0
        for size in (0, 1, 10, 30, len(whole) // 2):
            with pytest.raises(Refusal) as caught:
                open_picture(whole[:size], "a\n\x1b[31m.png")
            assert "\n" not in str(caught.value) and "\x1b" not in str(caught.value)
        for _ in range(60):  # flipped bytes: a picture or a refusal, never another error
            content = bytearray(whole)
            for place in noise.integers(0, len(whole), 4):
                content[place] ^= int(noise.integers(1, 256))
            try:
                assert open_picture(bytes(content)).mode == "RGB"
            except Refusal:
                refused += 1
        assert refused or kind == "BMP"  # most bytes of a BMP are pixels


def test_it_is_turned_upright_and_its_metadata_stays_behind() -> None:
    picture = Image.new("RGB", (20, 10), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "the photographer's street"
    opened = open_picture(encoded(picture, "JPEG", exif=exif))
    assert opened.size == (10, 20)
    again = png_bytes(opened)
    assert b"street" not in again and b"eXIf" not in again
    assert not png_facts(again)


def test_transparent_and_deep_pictures_become_rgb_on_white() -> None:
    clear = open_picture(encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG"))
    assert np.asarray(clear).min() == 255
    deep = Image.fromarray(np.array([[0, 32768, 65535]], np.uint16))
    assert np.asarray(open_picture(encoded(deep, "PNG")))[0, :, 0].tolist() == [0, 127, 255]
    palette = Image.new("P", (4, 4), 0)
    assert open_picture(encoded(palette, "PNG", transparency=0)).getpixel((0, 0)) == (255, 255, 255)


def test_only_the_first_frame_of_an_animation_is_read() -> None:
    frames = np.stack([np.full((8, 8, 3), value, np.uint8) for value in (10, 200)])
    assert open_picture(gif_bytes(frames)).getpixel((0, 0)) == (10, 10, 10)


def test_fitted_crops_or_pads_and_greys() -> None:
    wide = Image.new("RGB", (40, 20), "black")
    assert fitted(wide, 8).shape == (8, 8, 3) and fitted(wide, 8).max() == 0
    padded = fitted(wide, 8, "grey", "pad")
    assert padded.shape == (8, 8, 1) and padded[0, 0, 0] == 255 and padded[4, 4, 0] == 0


@pytest.mark.parametrize("channels", [1, 3])
def test_a_grid_holds_every_picture_in_its_place(channels: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 5, 4, channels), dtype=np.uint8)
    sheet = np.asarray(grid(images, columns=3, gap=1)).reshape(3 * 6 - 1, 3 * 5 - 1, channels)
    assert (sheet[6:11, 5:9] == images[4]).all()
    assert (sheet[5] == 255).all() and (sheet[12:, 5:] == 255).all()
    assert strip(images).size == (7 * 6 - 2, 5)
    with pytest.raises(Refusal, match="no picture"):
        grid(images[:0])


def test_png_keeps_pixels_and_facts() -> None:
    image = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    facts = {"Credit": "All emojis designed by OpenMoji – CC BY-SA 4.0", "Seed": "7"}
    content = png_bytes(image, facts)
    assert (np.asarray(Image.open(io.BytesIO(content))) == image).all()
    assert png_facts(content) == facts


def test_gif_has_every_frame_the_time_and_the_credit() -> None:
    shades = np.linspace(0, 255, 10).astype(np.uint8)
    frames = np.broadcast_to(shades[:, None, None, None], (10, 8, 8, 1)).copy()
    with Image.open(io.BytesIO(gif_bytes(frames, fps=20, facts={"Credit": "OpenMoji"}))) as animation:
        assert animation.n_frames == 10 and animation.info["duration"] == 50 and animation.info["loop"] == 0
        assert animation.info["comment"] == b"Credit: OpenMoji"
        for i, shade in enumerate(shades):
            animation.seek(i)
            assert abs(animation.convert("L").getpixel((3, 3)) - int(shade)) <= 2


def test_printable_has_no_control_or_direction_characters() -> None:
    assert printable("a\u202eb\x00c\n") == "a b c "
    assert len(printable("x" * 1000)) == 100
