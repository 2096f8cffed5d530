"""The page Label: nothing yet, what is asked, one example at a time, undo, the end."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels.commands.main import main
from genmodels.labelling.labels import Given
from genmodels.labelling.question import ANSWER_WORDS, STEREOTYPE, Question
from genmodels.labelling.store import LabelFolder
from genmodels.review import audit_job, brought
from genmodels.subjects.labelled import bring
from genmodels.subjects.outputs import TEXT, Item, Outputs
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (a fixture)


@pytest.fixture
def folder(home: Path) -> LabelFolder:
    items = tuple(Item(f"{i}", f"line {i}", HOSTILE, f"{HOSTILE} {i}") for i in range(12))
    return bring(Outputs(HOSTILE, TEXT, items))


def until(done: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it does not end"
        time.sleep(0.2)


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
    assert next(each for each in test.number_input if each.label == "Examples to label").value == 12
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
    assert not test.exception
    until(lambda: not audit_job.running_in(kept.drawing))
    folder = brought.labels_of(kept)[0]
    assert folder.about["brought"] == kept.token and len(folder.drawn()) == 11
    test = opened("label")
    assert not test.exception and not any(each.label == "Draw examples to label" for each in test.button)
    folder.ask([STEREOTYPE], 3)
    folder.rater("Ann").answer([Given(folder.drawn()[0].key, "stereotype", "Ann", "no")])
    page = opened("audit", outputs=kept.token)
    assert not page.exception and any("1 answers that 1 people gave" in each.value for each in page.caption)
    brought.forget(kept)
    assert not folder.path.exists() and not kept.path.exists(), "labels go with what they are of"


def test_labels_stay_where_the_same_outputs_were_brought_twice(home: Path) -> None:
    def table() -> io.BytesIO:
        return io.BytesIO(b"prompt,response\nhow,well\nwho,me\n")

    first, second = (brought.keep({"outputs": ("a.csv", table())}, title) for title in ("one", "two"))
    for each in (first, second):
        assert main(["label", str(each.file("outputs")), "--json", "--brought", each.token]) == 0
    (folder,) = brought.labels_of(first)
    assert [folder] == brought.labels_of(second)
    brought.forget(first)
    assert folder.path.exists()
    brought.forget(second)
    assert not folder.path.exists()


def test_a_question_is_limited_and_guessed_on_the_page(folder: LabelFolder) -> None:
    test = opened("label", labels=folder.token)
    test.button_group[0].set_value(["Who is shown?"]).run()
    assert not test.exception
    most = next(each for each in test.number_input if each.label == "a man, at most (%)")
    most.set_value(60.0).run()
    next(each for each in test.selectbox if each.label == "What guesses the answers?").set_value(ANSWER_WORDS).run()
    button(test, "Begin to label").click().run()
    (asked,) = folder.asked().questions
    assert asked.at_most == {"a man": 0.6} and asked.reader == ANSWER_WORDS and not asked.at_least
