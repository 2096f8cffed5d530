"""The page Label: nothing yet, what is asked, one example at a time, undo, the end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels.labelling.question import STEREOTYPE, Question
from genmodels.labelling.store import LabelFolder
from genmodels.review import brought
from genmodels.subjects.labelled import bring
from genmodels.subjects.opening import open_outputs
from genmodels.subjects.outputs import TEXT, Item, Outputs
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (a fixture)


@pytest.fixture
def folder(home: Path) -> LabelFolder:
    items = tuple(Item(f"{i}", f"line {i}", HOSTILE, f"{HOSTILE} {i}") for i in range(12))
    return bring(Outputs(HOSTILE, TEXT, items))


def button(test: AppTest, label: str) -> object:
    return next(each for each in test.button if each.label == label)


def named(folder: LabelFolder, name: str = "Ann") -> AppTest:
    test = opened("label", labels=folder.token)
    return test.text_input[0].input(name).run()


def test_without_outputs_the_page_says_what_to_do(home: Path) -> None:
    test = opened("label")
    assert not test.exception and "Bring pictures or answers" in test.info[0].value and "genmodels label" in test.code[0].value


def test_an_unknown_name_in_the_address_is_only_looked_up(folder: LabelFolder) -> None:
    test = opened("label", labels="../../etc")
    assert not test.exception and "labelled; choose others" in test.warning[0].value


def test_questions_are_asked_before_anybody_looks(folder: LabelFolder) -> None:
    test = opened("label", labels=folder.token)
    assert not test.exception and button(test, "Begin to label").disabled
    test.button_group[0].set_value(["Is this a stereotype?"]).run()
    assert test.number_input[0].value == 12
    button(test, "Begin to label").click().run()
    assert folder.asked().questions == (STEREOTYPE,) and folder.asked().n == 12
    assert "Write your name" in test.info[0].value


def test_one_example_at_a_time_kept_at_once(folder: LabelFolder) -> None:
    folder.ask([STEREOTYPE, Question("tone", HOSTILE, ("kind", HOSTILE), shows_prompt=True)], 12)
    test = named(folder)
    assert not test.exception and next(each.value for each in test.text).startswith("![x]"), "shown letter by letter"
    button(test, "yes").click().run()
    assert [each.answer for each in folder.labels().given] == ["yes"]
    assert any("![x](http" not in each.value for each in test.subheader)
    button(test, "Cannot tell").click().run()
    assert [each.answer for each in folder.labels().given] == ["yes", "cannot tell"]
    button(test, "Undo").click().run()
    assert [each.answer for each in folder.labels().given] == ["yes"]
    again = named(folder)
    assert not again.exception and len(folder.labels().given) == 1, "whoever comes back goes on"
    assert not any("evil.example" in each.value and "\\" not in each.value for each in (*again.markdown, *again.caption, *again.subheader))


def test_the_end_is_said(folder: LabelFolder) -> None:
    folder.ask([STEREOTYPE], 3)
    test = named(folder)
    for _ in range(3):
        button(test, "no").click().run()
    assert not test.exception and "labelled everything" in test.success[0].value
    assert len(folder.labels().told("stereotype")) == 3


def test_pictures_that_were_brought_are_drawn_on_the_page(home: Path, tmp_path: Path) -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(11):
            content = io.BytesIO()
            Image.fromarray(np.full((20, 20, 3), 20 * number, np.uint8)).save(content, "PNG")
            archive.writestr(f"{number}.png", content.getvalue())
    packed.seek(0)
    kept = brought.keep({"outputs": ("pictures.zip", packed)})
    test = opened("label")
    button(test, "Draw examples to label").click().run()
    file = kept.file("outputs")
    assert file is not None and not test.exception
    folder = bring(open_outputs(file))
    assert folder.about["brought"] == kept.token and len(folder.drawn()) == 11
    assert not any(each.label == "Draw examples to label" for each in test.button)
