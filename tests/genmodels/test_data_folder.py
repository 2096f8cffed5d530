"""A user's own pictures: what is read, what is refused, and that nothing is left behind."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels.data.dataset import DATA
from genmodels.data.sets.own_pictures import Folder
from genmodels.intake import archives
from genmodels.intake.picture_sets import import_pictures, imported, preview
from genmodels.kinds.image.files import png_bytes
from genmodels.refusal import Refusal
from tests.genmodels.test_pictures import bomb


def picture(number: int, width: int = 40, height: int = 30) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return png_bytes(Image.fromarray(pixels).resize((width, height)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my pictures"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number}.png").write_bytes(picture(number))
    return folder


def zipped(files: dict[str, bytes], **options: int) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **{"compression": zipfile.ZIP_DEFLATED} | options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return io.BytesIO(buffer.getvalue())


def many(count: int = 12) -> dict[str, bytes]:
    return {f"{number:02}.png": picture(number) for number in range(count)}


def test_a_folder_becomes_a_data_set(folder: Path, home: Path) -> None:
    token = import_pictures(folder, "../My Pictures")
    assert token.startswith("my-pictures-") and os.listdir(home / "data") == [token]
    assert [each["token"] for each in imported()] == [token]
    data = DATA["folder"](token=token).load()
    assert len(data.train) == 17 and len(data.test) == 3
    assert data.train.images.shape[1:] == data.spec.shape == (32, 32, 3)
    assert Folder(token=token, size=28, colour="grey").load().spec.shape == (28, 28, 1)
    assert data.digest() == DATA["folder"](token=token).load().digest()
    assert import_pictures(folder, "../My Pictures") == token  # the same again is the same


def test_the_same_from_a_zip(folder: Path) -> None:
    files = {f"{folder.name}/{file.name}": file.read_bytes() for file in folder.iterdir()}
    files["__MACOSX/._1.png"] = files[".hidden.png"] = b"x"
    first = Folder(token=import_pictures(folder, "a")).load()
    second = Folder(token=import_pictures(zipped(files), "b")).load()
    assert (first.train.images == second.train.images).all()


def test_preview_says_what_an_import_would_give_and_writes_nothing(folder: Path, home: Path) -> None:
    (folder / "notes.txt").write_text("hello")
    (folder / "copy.png").write_bytes(picture(3))
    (folder / "captions.csv").write_text("file,caption,who\n1.png,a red boat,Ann\nnone.png,lost,Ann\n")
    seen = preview(folder)
    assert seen["pictures"] == 21 and seen["copies"] == 1 and seen["train"] + seen["test"] == 21
    assert seen["sizes"] == [[40, 30], [40, 30]] and seen["problem"] == ""
    assert [each["file"] for each in seen["refused"]] == ["notes.txt"]
    assert "no PNG" in seen["refused"][0]["reason"]
    captions = seen["captions"]
    assert (captions["rows"], captions["matched"], len(captions["without"])) == (2, 1, 20)
    assert captions["unknown"] == [{"line": 3, "file": "none.png"}] and captions["groups"] == {"who": ["Ann"]}
    assert not home.exists()


def test_captions_and_groups_go_with_their_pictures(folder: Path) -> None:
    rows = [f'{number}.png,"boat, number {number}",{"even" if number % 2 == 0 else "odd"}' for number in range(20)]
    (folder / "captions.csv").write_text("\ufefffile,caption,parity\n" + "\n".join(rows))
    token = import_pictures(folder, "boats")
    data = Folder(token=token, label="parity").load()
    assert data.spec.vocabulary == ("even", "odd")
    for part in (data.train, data.test):
        for caption, parity, label in zip(part.captions, part.groups["parity"], part.labels, strict=True):
            assert int(caption.split()[-1]) % 2 == (parity == "odd") == label
    with pytest.raises(Refusal, match="have the groups: parity"):
        Folder(token=token, label="age").load()


def test_folders_in_it_can_be_the_label() -> None:
    files = {f"set/{'cats' if i % 2 else 'dogs'}/{i}.png": picture(i) for i in range(12)}
    data = Folder(token=import_pictures(zipped(files), "pets"), label="folder").load()
    assert data.spec.vocabulary == ("cats", "dogs")


def test_pictures_that_look_the_same_are_on_one_side() -> None:
    files = many(10) | {f"again {number}.png": picture(number) for number in range(10)}
    for seed in range(5):
        data = Folder(token=import_pictures(zipped(files), "twice"), holdout=0.3, seed=seed).load()
        assert not {x.tobytes() for x in data.train.images} & {x.tobytes() for x in data.test.images}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "line 1, names no column file but nothing"),
        ("name,text\n", "line 1, names no column file but name, text"),
        ("file,caption\n1.png,a,b\n", "line 2, has 3 cells"),
        ("file,caption\n01.png,a\n01.png,b\n", "line 3: 01.png was told in line 2"),
        ('file,caption\n01.png,"a\n', "line 2, can't be read"),
        ("file,caption\n01.png," + "x" * 501, "at most 500"),
        (b"file,caption\n01.png,\0\1\2", "bytes that no text has"),
        ("x" * 3000, "3,000 characters"),
        ("file,caption,a,a\n", "two columns called"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(table: str | bytes, words: str, home: Path) -> None:
    files = many() | {"captions.csv": table if isinstance(table, bytes) else table.encode()}
    with pytest.raises(Refusal, match=words):
        import_pictures(zipped(files), "x")
    assert not os.listdir(home / "data")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "There is no picture in it"),
        ({"a.txt": b"hello"}, "None of the 1 files is a picture"),
        ({"a.png": picture(0)[:60]}, "None of the 1 files .* damaged|None of the 1 files"),
        (many(9), "Only 9 of 9 files are pictures"),
        (many(9) | {"bomb.png": bomb(30_000, 30_000)}, "Only 9 of 10"),
    ],
)
def test_too_few_good_pictures_are_refused_and_nothing_is_kept(files: dict, words: str, home: Path) -> None:
    assert preview(zipped(files))["problem"]
    with pytest.raises(Refusal, match=words):
        import_pictures(zipped(files), "x")
    assert not os.listdir(home / "data")


def test_a_bomb_among_good_pictures_is_left_out_and_named() -> None:
    files = many() | {"bomb.png": bomb(30_000, 30_000), "flat.png": bytes(20_000_000)}
    refused = {each["file"]: each["reason"] for each in preview(zipped(files))["refused"]}
    assert "25 million" in refused["bomb.png"]
    assert "200 times" in refused["flat.png"]


def test_all_alike_cannot_be_divided() -> None:
    token = import_pictures(zipped({f"{i}.png": picture(0) for i in range(12)}), "same")
    with pytest.raises(Refusal, match="too much alike"):
        Folder(token=token).load()


def test_names_in_a_zip_are_never_paths(home: Path, tmp_path: Path) -> None:
    names = ["../../escaped.png", "/etc/absolute.png", "..\\win.png", "a/../../up.png", "nul\x00.png"]
    import_pictures(zipped(many() | {name: picture(50 + i) for i, name in enumerate(names)}), "../../out")
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert all(file.is_relative_to(home / "data") for file in kept)
    assert {file.name for file in kept} <= {"index.json", *(f"{i:05}.png" for i in range(20))}


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture(99))
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    os.mkfifo(folder / "pipe.png")
    assert preview(folder)["pictures"] == 20


@pytest.mark.parametrize("content", [b"", b"PK", b"\x89PNG" * 100, b"PK\x05\x06" + bytes(17)])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="no zip|damaged"):
        preview(io.BytesIO(content))


def test_a_cut_zip_is_refused(folder: Path) -> None:
    whole = zipped(many()).getvalue()
    with pytest.raises(Refusal):
        preview(io.BytesIO(whole[: len(whole) // 2]))
    flipped = bytearray(whole)
    flipped[200] ^= 255  # inside a member: its checksum does not fit
    assert len(preview(io.BytesIO(bytes(flipped)))["refused"]) == 1


def test_too_many_members_are_refused_from_the_last_bytes_alone() -> None:
    with pytest.raises(Refusal, match="more than 5,000 files"):
        preview(zipped({f"{number}": b"" for number in range(5_001)}, compression=zipfile.ZIP_STORED))
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 10, 10, 400_000_000, 0, 0)
    with pytest.raises(Refusal, match="more than 5,000 files"):  # lies about the count, not the size
        preview(io.BytesIO(bytes(1000) + end))


def test_what_is_unpacked_is_counted(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(archives, "MAX_TOTAL", 5_000)
    files = many(40)
    assert sum(map(len, files.values())) > 5_000
    with pytest.raises(Refusal, match="unpack to more than|larger than"):
        import_pictures(zipped(files), "x")
    assert not os.listdir(home / "data")


def test_a_member_that_lies_about_its_size_is_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBER", 300_000)
    content = bytearray(zipped({"big.png": os.urandom(400_000)} | many()).getvalue())
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # sizes unpacked: 100
        content[(start := content.index(signature) + place) : start + 4] = struct.pack("<I", 100)
    refused = preview(io.BytesIO(bytes(content)))["refused"]
    assert [each["file"] for each in refused] == ["big.png"]


def test_tokens_are_looked_up_and_never_paths(home: Path, tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("{}")
    token = import_pictures(zipped(many()), "mine")
    with pytest.raises(Refusal, match=f"Did you mean '{token}'"):
        Folder(token=token[:-1]).load()
    for bad in ("../..", "/", "mine/../" + token, "."):
        with pytest.raises(Refusal, match="No imported set"):
            Folder(token=bad).load()
    with pytest.raises(Refusal, match=f"There are: {token}"):
        Folder().load()


@pytest.mark.parametrize("damage", ["picture", "index", "newer"])
def test_a_changed_import_is_refused(damage: str, home: Path) -> None:
    token = import_pictures(zipped(many()), "mine")
    index = home / "data" / token / "index.json"
    if damage == "picture":
        (home / "data" / token / "pictures" / "00003.png").write_bytes(picture(77))
        words = "00003.png .03.png. of .* is missing or changed"
    elif damage == "index":
        index.write_text(index.read_text()[:100])
        words = "is damaged; import"
        assert imported() == []
    else:
        index.write_text(index.read_text().replace('"format": 1', '"format": 2'))
        words = "of format 2"
    with pytest.raises(Refusal, match=words):
        Folder(token=token).load()


def test_a_home_that_cannot_be_written_is_one_sentence(home: Path) -> None:
    home.write_text("a file is in the way")
    with pytest.raises(Refusal, match="can't be written"):
        import_pictures(zipped(many()), "x")
