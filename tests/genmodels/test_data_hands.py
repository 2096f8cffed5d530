"""Other hands' emoji: counts, what joins them with OpenMoji, and that a held-out hand is never trained on."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.data.emoji_examples import drawings
from genmodels.data.emoji_names import TONES, named
from genmodels.data.hand_sheets import FOLDER, HANDS, sheet
from genmodels.data.sets.hands import Hands, facts
from genmodels.data.sets.openmoji import _folder
from genmodels.refusal import Refusal

COUNTS = {  # pictures, with one tone, toned adults, their roles: counted when the sheets were made
    "noto": (3321, 1660, 1285, 92),
    "noto-v1": (2109, 890, 690, 56),
    "twemoji": (3564, 1650, 1285, 92),
    "fluent": (3139, 1545, 1280, 91),
    "emojione": (1487, 405, 215, 38),
}


@pytest.mark.parametrize("hand", HANDS)
def test_a_hand_has_the_drawings_that_were_counted(hand: str) -> None:
    examples = drawings(hand)
    toned, adult = examples.groups["skin tone"] != "", examples.groups["gender"] != ""
    roles = set(examples.groups["role"][toned & adult])
    assert (len(examples), int(toned.sum()), int((toned & adult).sum()), len(roles)) == COUNTS[hand]
    assert examples.images.shape[1:] == (32, 32, 3) and examples.images.dtype == np.uint8
    assert (examples.groups["shows"] == "nobody").sum() > 900
    assert set(examples.groups["skin tone"]) == {"", *TONES} and set(examples.groups["hand"]) == {hand}


def test_a_role_has_the_name_it_has_in_openmoji() -> None:
    roles = {each.caption: each.role for each in named(file.stem for file in _folder().glob("*.svg"))}
    for hand in HANDS:
        examples = drawings(hand)
        both = [(role, roles[caption]) for caption, role in zip(examples.captions, examples.groups["role"].tolist(), strict=True) if caption in roles]
        assert len(both) > 0.95 * len(examples) and all(mine == theirs for mine, theirs in both)


def test_nobody_is_there_where_it_says_so() -> None:
    shows = dict(zip(drawings("twemoji").captions, drawings("twemoji").groups["shows"].tolist(), strict=True))
    assert shows["woman firefighter, dark skin tone"] == shows["firefighter"] == "adult"
    assert shows["thumbs up, light skin tone"] == shows["baby"] == shows["family man woman girl"] == "somebody"
    assert shows["fire engine"] == shows["cat face"] == shows["France"] == "nobody"


def test_a_drawing_is_one_in_all_its_tones_and_genders() -> None:
    examples = drawings("noto")
    drawing = dict(zip(examples.captions, examples.groups["drawing"].tolist(), strict=True))
    assert drawing["woman firefighter, dark skin tone"] == drawing["firefighter"] != drawing["woman running"]


@pytest.mark.parametrize("held_out", ["noto", "twemoji, fluent"])
@pytest.mark.parametrize("subset", ["people", "all"])
def test_a_held_out_hand_is_never_trained_on(held_out: str, subset: str) -> None:
    data = Hands(held_out=held_out, subset=subset).load()
    hands = {part: set(examples.groups["hand"].tolist()) for part, examples in (("train", data.train), ("test", data.test))}
    assert hands == {"test": set(held_out.split(", ")), "train": set(HANDS) - set(held_out.split(", "))}
    assert not {each.tobytes() for each in data.train.images} & {each.tobytes() for each in data.test.images}


@pytest.mark.parametrize(("held_out", "words"), [("noot", "Did you mean 'noto'"), ("", "no hand"), (", ".join(HANDS), "every hand")])
def test_a_wrong_hand_is_refused_before_anything_is_read(held_out: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        Hands(held_out=held_out)


def test_a_sheet_that_is_not_there_or_spoiled_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr("genmodels.data.hand_sheets.FOLDER", tmp_path)
    for content in (None, b"", b"no such thing"):
        if content is not None:
            (tmp_path / "noto.xz").write_bytes(content)
        with pytest.raises(Refusal, match="The drawings of the hand noto can't be read"):
            sheet("noto")


def test_every_hand_is_small_and_its_licence_stands_beside_it() -> None:
    notice = (FOLDER / "NOTICE.txt").read_text()
    for hand in HANDS:
        assert f"{hand}.xz" in notice and f"{facts(hand).package} {facts(hand).version}" in notice
        assert (FOLDER / f"{hand}.xz").stat().st_size < 4_000_000
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 12_000_000
