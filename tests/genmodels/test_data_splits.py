"""Splits and skews on numbers small enough to check by hand; icons and downloaded sets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genmodels.data.sets import icons
from genmodels.data.sets.icons import FONTS, Icons, drawings, styled
from genmodels.estimates.raking import skewed
from genmodels.estimates.splits import copies, families, stratified, whole_families


def test_stratified_takes_the_share_of_every_class() -> None:
    labels = np.repeat([0, 1, 2, 3], [100, 50, 3, 1])
    held_out = stratified(labels, 0.2, 0)
    assert [int(held_out[labels == label].sum()) for label in range(4)] == [20, 10, 1, 0]
    assert (held_out == stratified(labels, 0.2, 0)).all()
    assert (held_out != stratified(labels, 0.2, 1)).any()


def test_families_join_through_others() -> None:
    family = families(["a", "a", "b", "c", None, None], [1, 2, 2, 3, 4, 5])
    assert family[0] == family[1] == family[2]  # a-a by name, a-b by number
    assert len(set(family.tolist())) == 4  # None binds nothing


def test_copies_are_below_the_limit_and_no_further() -> None:
    base = np.random.default_rng(0).integers(50, 200, (8, 8, 3)).astype(np.uint8)
    images = np.stack([base, base + 1, base + 40, base])  # 1/255 = 0.004, 40/255 = 0.16
    family = copies(images)
    assert family[0] == family[1] == family[3] != family[2]
    many = np.random.default_rng(1).integers(0, 256, (1200, 4, 4, 1), dtype=np.uint8)
    many[1111] = many[5]  # in another block
    assert len(set(copies(many).tolist())) == 1199


def test_whole_families_are_held_out_whole_and_not_far_too_many() -> None:
    family = np.concatenate([np.repeat(np.arange(100), 3), np.full(200, 100)])
    for seed in range(20):
        held_out = whole_families(family, 0.1, seed)
        assert all(len(set(held_out[family == each].tolist())) == 1 for each in range(101))
        assert 50 <= held_out.sum() <= 54
        assert not held_out[family == 100].any()  # alone it would be a third


def test_a_skew_on_two_groupings_is_met_by_hand() -> None:
    gender = np.array(["woman", "man"] * 50 + [""] * 20)
    tone = np.array((["dark"] * 2 + ["light"] * 2) * 25 + [""] * 20)
    index = skewed({"gender": gender, "tone": tone}, {"woman": 0.8, "dark": 0.1}, seed=0)
    assert len(index) == 120
    known = index[gender[index] != ""]
    assert len(known) == 100  # those without a group keep their weight
    assert (gender[known] == "woman").sum() == pytest.approx(80, abs=2)
    assert (tone[known] == "dark").sum() == pytest.approx(10, abs=2)
    assert len(set(known.tolist())) == pytest.approx(25 + 18 + 8 + 2, abs=2)  # nothing repeated without need


def test_variants_of_an_icon_are_one_drawing() -> None:
    names = ["account", "account-off-outline", "airplane-outline", "airplane", "alpha-a", "alpha-b-outline", "alpha-b"]
    expected = ["account", "account", "airplane", "airplane", "alpha-a", "alpha-b", "alpha-b"]
    assert drawings(names, FONTS["material"].styles) == expected


def test_icons_are_ink_on_black_with_names() -> None:
    data = Icons(family="font-awesome", size=32).load()
    assert data.spec.shape == (32, 32, 1)
    edges = np.concatenate([data.train.images[:, 0], data.train.images[:, -1]], axis=1)
    assert (edges == 0).mean() > 0.99  # a margin around the ink
    assert "magnifying glass plus" in data.train.captions + data.test.captions
    assert len(data.train) + len(data.test) == 1402
    assert "OFL" in data.credit


def test_no_icon_imports_qt() -> None:
    code = (
        "from genmodels.data.dataset import DATA; DATA['icons'](family='font-awesome').load(); import sys; print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {name.split(".")[0] for name in run.stdout.split()}
    assert not modules & {"qtawesome", "qtpy", "keras", "tensorflow"}


def test_a_download_without_a_network_names_the_offline_choices(tmp_path: Path) -> None:
    code = (
        "from genmodels.data.dataset import DATA; from genmodels.refusal import Refusal\n"
        "try: DATA['mnist']().load()\n"
        "except Refusal as refusal: print(refusal)"
    )
    nowhere = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "HTTP_PROXY")}
    environment = os.environ | nowhere | {"KERAS_HOME": str(tmp_path), "no_proxy": "", "NO_PROXY": ""}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.startswith("mnist could not be downloaded") and len(run.stdout.splitlines()) == 1
    assert "digits, icons and openmoji" in run.stdout


def test_all_families_together_say_the_style_by_one_word() -> None:
    material, remix, solid = (FONTS[name] for name in ("material", "remix", "font-awesome"))
    assert styled(["bell", "bell-outline", "arrow-left"], material)[0] == ["bell fill", "bell outline", "arrow left"]
    assert styled(["home-line", "home-fill", "equalizer"], remix) == (["home outline", "home fill", "equalizer"], ["outline", "fill", ""])
    assert styled(["gear", "gear-bold"], FONTS["phosphor"])[0] == ["gear outline", "gear bold"] and styled(["gear"], solid)[0] == ["gear fill"]


def made_up(family: str, size: int) -> icons.Drawn:
    """100 things in two styles where the family has styles, each of its own look."""
    ends = ["", *(f"-{style}" for style in FONTS[family].styles[:1])]
    names = [f"{family.replace('-', '')}{thing}{end}" for thing in range(100) for end in ends]
    images = np.random.default_rng(len(family)).integers(0, 256, (len(names), size, size, 1)).astype(np.uint8)
    return icons.Drawn(names, images, np.arange(len(names)), "0")


def test_the_halves_of_all_families_share_no_drawing_and_hold_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icons, "_drawn", made_up)
    both, first, second = (Icons(family="all", half=half).load() for half in ("both", "first", "second"))
    assert len(both.train) == len(first.train) + len(second.train) and abs(len(first.train) - len(second.train)) < 100
    assert first.test.captions == second.test.captions == both.test.captions and 60 < len(both.test) < 110
    things = [{caption.split()[0] for caption in captions} for captions in (first.train.captions, second.train.captions, both.test.captions)]
    assert not things[0] & things[1] and not (things[0] | things[1]) & things[2]
    own = {caption.split()[0] for family in ("material", "remix") for caption in Icons(family=family).load().test.captions}
    assert own <= things[2], "a family holds out the same by itself and among all"
    drawing = Icons(family="all").held_out_drawings()
    assert len(drawing) == len(both.test) and all(len({caption.split()[0] for caption, each in zip(both.test.captions, drawing, strict=True) if each == number}) == 1 for number in set(drawing.tolist()))
    assert second.judge == icons.JUDGE and first.judge == both.judge == "judge" and "Phosphor" in both.credit
