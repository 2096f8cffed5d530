"""A user's own set of icons: what is read, what is left out with a sentence, and what refuses the whole zip."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genmodels.data.dataset import DATA
from genmodels.intake import icon_set
from genmodels.intake.archives import Bounds
from genmodels.intake.icon_set import IconSet, keep_for_training, read_icon_set
from genmodels.kinds.image.files import png_bytes
from genmodels.refusal import Refusal

BOX = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M4 4h16v16H4z"/></svg>'


def ring() -> bytes:
    picture = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(picture).ellipse((8, 8, 56, 56), outline="black", width=8)
    return png_bytes(np.asarray(picture))


def packed(**files: str | bytes) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer


def test_svgs_and_pictures_are_read_and_what_is_hostile_is_left_out_with_a_sentence() -> None:
    script = BOX.replace("<path", "<script>x</script><path")
    found = read_icon_set(packed(box_svg=BOX, ring_png=ring(), evil_svg=script, dot_png=png_bytes(np.zeros((1, 1, 3), np.uint8)), blank_svg=BOX.replace("M4 4h16v16H4z", "M0 0")), 32, "mine.zip")
    assert sorted(found.names) == ["box", "ring"] and found.icons.shape == (2, 32, 32, 1)
    assert found.named("box")[16, 16] == 255 and found.named("ring")[16, 16] == 0 and found.named("ring")[16, 6] > 200
    told = " ".join(found.refused)
    assert len(found.refused) == 3 and "evil.svg holds a script" in told and "at least 8 a side" in told and "blank.svg is blank" in told


def test_two_files_of_one_name_are_told_apart_by_their_folder() -> None:
    found = read_icon_set(packed(a__box_png=ring(), b__box_png=ring(), c_png=ring()), 32)
    assert found.names == ("a/box.png", "b/box.png", "c")
    long = "a" * 70
    found = read_icon_set(packed(**{f"{long}1_png": ring(), f"{long}2_png": ring(), f"{long}3_svg": BOX}), 32)
    assert len(set(found.names)) == 3 and found.named(found.names[2])[16, 16] == 255, "names that are cut are no two the same"


def test_what_is_no_set_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal, match="no zip"):
        read_icon_set(io.BytesIO(b"hello"), 32)
    with pytest.raises(Refusal, match="mine.zip holds no icon.*The first: evil.svg"):
        read_icon_set(packed(evil_svg="<svg onload='x'/>"), 32, "mine.zip")
    bomb = packed(**{"bomb_png": b"\x89PNG" + b"\0" * 15_000_000})
    with pytest.raises(Refusal, match="bomb.png unpacks to more than 200 times"):
        read_icon_set(bomb, 32)
    monkeypatch.setattr(icon_set, "BOUNDS", Bounds(2, 20_000_000))
    with pytest.raises(Refusal, match="more than 2 files"):
        read_icon_set(packed(a_png=ring(), b_png=ring(), c_png=ring()), 32)


def test_a_set_is_kept_as_pictures_to_train_on(home: Path) -> None:
    icons = np.random.default_rng(0).integers(0, 256, (12, 32, 32, 1)).astype(np.uint8)
    token = keep_for_training(IconSet(tuple(f"icon-{i}, x" for i in range(12)), icons), "my icons")
    data = DATA["folder"].from_dict({"token": token, "colour": "grey"}).load()
    assert data.spec.shape == (32, 32, 1) and len(data.train) + len(data.test) == 12
    captions = [*data.train.captions, *data.test.captions]
    images = np.concatenate([data.train.images, data.test.images])
    assert sorted(captions) == sorted(f"icon {i} x" for i in range(12))
    assert np.abs(images[captions.index("icon 3 x")].astype(int) - icons[3]).max() <= 1
    with pytest.raises(Refusal, match="at least 10"):
        keep_for_training(IconSet(("one",), icons[:1]), "few")
