"""Pictures, masks, zips and folders as people bring them: read, or left out with the reason."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from genmodels.commands.main import main
from genmodels.data.captioning import captioned
from genmodels.data.dataset import DATA
from genmodels.intake.archives import members
from genmodels.intake.picture_sets import folder_groups, import_pictures, kept_of
from genmodels.intake.text_sets import preview_text
from genmodels.kinds.image.files import open_picture, png_bytes
from genmodels.refusal import Refusal
from genmodels.trained.requests import mask_of

SHAPE = (32, 32, 3)


def saved(picture: Image.Image, form: str = "PNG", **more: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **more)  # type: ignore[arg-type]
    return buffer.getvalue()


def rgba(visible: np.ndarray, value: int | np.ndarray) -> bytes:
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = value, np.where(visible, 255, 0)
    return saved(Image.fromarray(pixels))


SQUARE = np.zeros((32, 32), bool)
SQUARE[8:16, 8:16] = True
DRAWING = np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    "content",
    [
        saved(Image.fromarray(np.where(SQUARE, 255, 0).astype(np.uint8))), saved(Image.fromarray(SQUARE.astype(np.uint8))), saved(Image.fromarray(SQUARE)),
        saved(Image.fromarray(np.where(SQUARE, 65535, 0).astype(np.uint16))), rgba(SQUARE, 255), rgba(~SQUARE, DRAWING),
        saved(Image.fromarray(np.where(SQUARE, 255, 0).astype(np.uint8)).resize((512, 512), Image.Resampling.NEAREST)),
        saved(Image.fromarray(np.where(SQUARE, 38, 0).astype(np.uint8))),
    ],
    ids=["white on black", "labels 0 and 1", "one bit", "16 bits", "white strokes on nothing", "a hole in a drawing", "larger", "labels of a palette"],
)  # fmt: skip
def test_a_mask_is_understood(content: bytes) -> None:
    assert (mask_of(content, SHAPE) == SQUARE).all()


@pytest.mark.parametrize(
    ("content", "said"),
    [(saved(Image.new("L", (32, 32))), "nothing is white"), (rgba(SQUARE, 0), "black strokes"), (rgba(SQUARE & ~SQUARE, 0), "transparent all over"),
     (saved(Image.fromarray(np.linspace(0, 90, 1024).reshape(32, 32).astype(np.uint8))), "lightest place of the mask is 90")],
)  # fmt: skip
def test_a_mask_that_can_mean_either_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        mask_of(content, SHAPE)


def test_a_colour_profile_is_heeded() -> None:
    """A profile of our own whose red and blue are exchanged by its matrix would be foreign; a linear one is in every system."""
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    lab = ImageCms.createProfile("LAB")
    assert linear and lab
    grey = Image.new("RGB", (4, 4), (60, 180, 90))
    same = open_picture(saved(grey, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()))
    assert np.abs(np.asarray(same, int) - np.asarray(grey, int)).max() <= 1
    wide = open_picture(saved(grey, icc_profile=wide_profile()))
    assert np.asarray(wide)[0, 0, 0] < 40 and np.asarray(wide)[0, 0, 1] > 180  # as in cases/pictures.md: (60, 180, 90) is about (0, 181, 83)
    for mode in ("P", "RGBA"):
        wide = open_picture(saved(grey.quantize(4) if mode == "P" else grey.convert(mode), icc_profile=wide_profile()))
        assert np.asarray(wide)[0, 0, 0] < 40 and np.asarray(wide)[0, 0, 1] > 180, mode
    damaged = open_picture(saved(grey, icc_profile=b"no profile" * 20))
    assert (np.asarray(damaged) == np.asarray(grey)).all()


def wide_profile() -> bytes:
    """An RGB profile with the primaries of Adobe RGB (1998), adapted to D50, and gamma 2.2 (ICC.1:2010, matrix and curve)."""

    def fixed(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(*values: float) -> bytes:
        return b"XYZ " + bytes(4) + b"".join(map(fixed, values))

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.19921875 * 256)) + bytes(2)
    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"wide\0" + bytes(79)
    tags = {b"desc": text, b"wtpt": xyz(0.9642, 1.0, 0.8249), b"rXYZ": xyz(0.60974, 0.31111, 0.01947), b"gXYZ": xyz(0.20528, 0.62567, 0.06087), b"bXYZ": xyz(0.14919, 0.06322, 0.74457),
            b"rTRC": curve, b"gTRC": curve, b"bTRC": curve, b"cprt": b"text" + bytes(4) + b"none\0"}  # fmt: skip
    table, body, place = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        value += bytes(-len(value) % 4)
        table += name + struct.pack(">II", place + len(body), len(value))
        body += value
    header = struct.pack(">I4sI4s4s4s", 128 + len(table) + len(body), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    return header + bytes(128 - len(header)) + table + body


def test_texts_of_a_png_do_not_keep_from_its_pixels() -> None:
    content = png_bytes(DRAWING)
    large = zlib.compress(b"x" * 70_000_000, 9)
    chunk = b"zTXtparameters\0\0" + large
    end = content.index(b"IDAT") - 4
    with_text = content[:end] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + content[end:]
    assert (np.asarray(open_picture(with_text)) == DRAWING).all()


def test_a_large_jpeg_is_read_small() -> None:
    large = saved(Image.new("RGB", (8000, 6000), (200, 60, 60)), "JPEG")
    picture = open_picture(large)
    assert picture.width * picture.height <= 25_000_000 and np.abs(np.asarray(picture)[0, 0].astype(int) - (200, 60, 60)).max() < 4
    with pytest.raises(Refusal, match="8000 x 6000 pixels"):
        open_picture(saved(Image.new("1", (8000, 6000))))


def many(count: int = 12) -> dict[str, bytes]:
    rng = np.random.default_rng(1)
    return {f"{i:02}.png": png_bytes(rng.integers(0, 255, (40, 40, 3)).astype(np.uint8)) for i in range(count)}


def zipped(files: dict[str, bytes], folder: Path, **more: bool) -> Path:
    file = folder / "pictures.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            with archive.open(name, "w", **more) as member:  # type: ignore[call-overload]
                member.write(content)
    return file


def test_a_zip64_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)  # so that the module writes the end of a zip64
    file = zipped(many(), tmp_path)
    monkeypatch.undo()
    assert b"PK\x06\x07" in file.read_bytes() and len(list(members(file))) == 12


def test_names_of_a_zip_with_dots_and_backslashes(tmp_path: Path) -> None:
    file = zipped({"./a.png": b"1", "sub\\b.png": b"2", ".hidden.png": b"3", "__MACOSX/a.png": b"4"}, tmp_path)
    assert [name for name, _ in members(file)] == ["./a.png", "sub/b.png"]


def test_one_unreadable_file_never_ends_the_others(tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "in"
    (folder / "shut").mkdir(parents=True)
    for name, content in many().items():
        (folder / name).write_bytes(content)
    (folder / "link.png").symlink_to(folder / "00.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "text.png").write_bytes(b"no picture")
    kept = kept_of(import_pictures(folder, "x"))
    assert kept["pictures"] == 12 and {each["file"] for each in kept["left_out"]} == {"link.png", "pipe.png", "text.png"}
    assert any("link" in each["reason"] for each in kept["left_out"]) and any("pipe" in each["reason"] for each in kept["left_out"])


def test_a_link_in_a_zip_is_named(tmp_path: Path, home: Path) -> None:
    file = zipped(many(), tmp_path)
    with zipfile.ZipFile(file, "a") as archive:
        about = zipfile.ZipInfo("link.png")
        about.external_attr = 0o120777 << 16
        archive.writestr(about, "/etc/passwd")
    assert "link" in kept_of(import_pictures(file, "x"))["left_out"][0]["reason"]


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["cat/2023/a.png", "dog/2023/b.png"], ["cat", "dog"]), (["cat/small/a.png", "cat/large/b.png", "dog/small/c.png"], ["cat/small", "cat/large", "dog/small"]),
        (["set/train/cat/a.png", "set/test/cat/b.png", "set/train/dog/c.png"], ["cat", "cat", "dog"]), (["a.png", "b.png"], ["", ""]), (["x/a.png", "b.png"], ["x", ""]), (["x/a.png", "x/b.png"], ["", ""]),
    ],
)  # fmt: skip
def test_folders_say_what_they_differ_in(names: list[str], groups: list[str]) -> None:
    assert folder_groups(names) == groups


def test_captions_are_counted_and_a_model_of_prompts_refuses_data_without(tmp_path: Path, home: Path) -> None:
    table = "file;caption\r\n" + "\r\n".join(f"images/{i:02}.png;picture {i}" for i in range(9))
    token = import_pictures(zipped({f"images/{name}": content for name, content in many().items()} | {"captions.csv": table.encode("utf-16")}, tmp_path), "told")
    assert kept_of(token) == {"pictures": 12, "captioned": 9, "captions": 9, "left_out": []}
    plain = DATA["folder"](token=import_pictures(zipped(many(), tmp_path), "plain")).load()
    with pytest.raises(Refusal, match="has no captions"):
        captioned(plain, None)


def test_the_command_says_what_it_left_out(tmp_path: Path, genmodels: Callable) -> None:
    done = genmodels("import", zipped(many() | {"broken.png": b"x"}, tmp_path), "--json")
    assert json.loads(done.stdout)["left_out"][0]["file"] == "broken.png" and "Left out: broken.png" in done.stderr


def test_lines_of_a_table_that_mean_no_picture_are_counted_and_named(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = "file,caption\n00.png,one\nother.png,two\nanother.png,three\n"
    assert main(["import", str(zipped(many() | {"captions.csv": table.encode()}, tmp_path)), "--json"]) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert (document["captioned"], document["captions"]) == (1, 3) and [row["file"] for row in document["unmatched"]] == ["other.png", "another.png"]
    assert "2 of the 3 lines of the table mean no picture, or more than one; the first: line 3, other.png" in said.err


@pytest.mark.parametrize(("name", "content"), [("one.png", png_bytes(DRAWING)), ("a.tar.gz", b"\x1f\x8b" + bytes(range(200)) * 9), ("a.rar", b"Rar!\x1a\x07\x01\0"), ("b", b"7z\xbc\xaf\x27\x1c")])
def test_what_is_neither_a_text_nor_a_zip_is_told_what_is_read(name: str, content: bytes, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["import", str(tmp_path / name)]) == 2
    assert "give a folder or a zip" in capsys.readouterr().err


@pytest.mark.parametrize(("encoding", "said"), [("utf-8-sig", "UTF-8 with a mark"), ("utf-16", "UTF-16"), ("utf-32", "UTF-32"), ("cp1252", "Windows-1252")])
def test_a_text_says_what_it_was_read_as(tmp_path: Path, encoding: str, said: str) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes("Café \u2014 one line.\r\n".encode(encoding) + ("more\r" * 400).encode(encoding.removesuffix("-sig") + ("-le" if encoding[-2:] in ("16", "32") else "")))
    found = preview_text(file)
    assert found["encoding"] == said and found["beginning"].startswith("Café \u2014 one line.\nmore\nmore")
