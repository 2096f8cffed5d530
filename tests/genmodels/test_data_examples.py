"""The examples that ship of each set are its own training examples, and say whose they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels.data.dataset import DATA
from genmodels.data.examples import FOLDER, SHEETS, beginnings_of, credit_of, picture_of, sheet_of, texts_of
from genmodels.data.facts import built_in
from genmodels.data.own import OWN
from genmodels.intake.molecule_sets import import_molecules
from genmodels.intake.picture_sets import import_pictures
from genmodels.intake.text_sets import import_text
from genmodels.kinds.image.files import png_bytes, png_facts

MOST = 15_000  # bytes of a sheet
SLOW = ("chorales", "people", "emblems")  # take half a minute or more where nobody has read them yet


@pytest.mark.parametrize("name", [name for name in built_in() if name not in SLOW])
def test_they_are_the_sets_own(name: str) -> None:
    data = DATA[name]().load()
    drawn = sheet_of(data)
    if drawn is None:
        assert beginnings_of(name) in (tuple(texts_of(data)["texts"]), ()), "of another Python none are shown"
    else:
        file = picture_of(name)
        assert file and np.array_equal(np.asarray(Image.open(file).convert("RGB")), np.asarray(drawn.convert("RGB")))


def test_every_built_in_set_has_examples() -> None:
    assert all(picture_of(name) if DATA[name].kind in SHEETS else beginnings_of(name) or name.startswith("python") for name in built_in())


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.png")), ids=lambda file: file.stem)
def test_a_sheet_is_small_and_says_whose_it_is(file: Path) -> None:
    content = file.read_bytes()
    assert len(content) <= MOST and png_facts(content) == credit_of(file.stem)


def test_the_first_of_ones_own_is_read_without_the_rest(home: Path, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    for number in range(12):
        picture = np.full((40, 30 + number, 3), 20 * number, np.uint8)
        picture[:10, :10] = 255 - 20 * number
        (tmp_path / "pictures" / f"{number:02}.png").write_bytes(png_bytes(picture))
    (tmp_path / "a.txt").write_text("Once upon a time.\n" * 100)
    (tmp_path / "a.smi").write_text("".join(f"{'C' * i}O\n" for i in range(1, 99)) + "".join(f"{'C' * i}N\n" for i in range(1, 20)))
    shown = OWN["folder"].first(import_pictures(tmp_path / "pictures", "mine"))
    assert shown.size == (4 * 64 + 6, 64) and [shown.getpixel((x, 50))[0] for x in (30, 96, 162, 228)] == [0, 20, 40, 60]
    assert OWN["text"].first(import_text(tmp_path / "a.txt", "mine")).startswith("Once upon a time. Once")
    assert OWN["own-molecules"].first(import_molecules(tmp_path / "a.smi", "a.smi")).size[0] > 800
