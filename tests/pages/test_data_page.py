"""The data page: sets of pictures as before, sets of texts with their documents, and the import of one's own text."""

from __future__ import annotations

from pathlib import Path

import pytest

from genmodels.data.dataset import DATA
from genmodels.intake.text_sets import import_text, imported_texts
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (the fixture applies here too)

TEXT = "".join(f"Line {i}: {HOSTILE}\n" + "\n" * (i % 3 == 0) for i in range(60))


@pytest.mark.parametrize("name", [name for name, source in DATA.items() if source.offline and name in ("digits", "occupations", "python-docs", "python-code")])
def test_a_set_is_shown_with_its_counts(name: str) -> None:
    test = opened("data", data=name)
    assert not test.exception and not test.error
    metrics = {metric.label: metric.value for metric in test.metric}
    if DATA[name].kind == "image":
        assert metrics["Classes"] == "10" and not test.code
        return
    data = DATA[name]().load()
    assert metrics["Training tokens"] == f"{len(data.train.tokens):,}" and metrics["Vocabulary"] == f"{len(data.spec.vocabulary):,}"
    shown = [block.value.removesuffix("…") for block in test.code]
    assert len(shown) == 12 and {block.language for block in test.code} == {"python" if name == "python-code" else "plaintext"}
    assert all(any(document.startswith(text) for document in data.train.documents) for text in shown[:6])
    assert all(any(document.startswith(text) for document in data.test.documents) for text in shown[6:])


def test_the_planted_shares_are_shown() -> None:
    test = opened("data", data="occupations")
    table = next(frame.value for frame in test.dataframe if "Share of she" in frame.value)
    assert dict(zip(table["Occupation"], table["Share of she"], strict=True)) == pytest.approx(DATA["occupations"]().shares())


def test_an_own_text_is_looked_at_before_it_is_kept(home: Path) -> None:
    test = opened("data", data="text")
    assert not test.exception and not test.code
    test.file_uploader[0].set_value(("a.txt", b"\xef\xbb\xbf" + TEXT.encode() + b"\x00", "text/plain")).run()
    assert not test.exception and [metric.value for metric in test.metric if metric.label == "Characters"] == [f"{len(TEXT):,}"]
    assert [warning.value for warning in test.warning] == ["1 null byte or control character left out."] and imported_texts() == []
    assert "\u202e" not in test.code[0].value and test.code[0].value.startswith("Line 0: ![x](http")
    next(button for button in test.button if button.label == "Import").click().run()
    assert not test.exception and [each["title"] for each in imported_texts()] == ["my text"]
    assert not any(button.label == "Import" for button in test.button), "the uploader is empty again"
    assert [metric.value for metric in test.metric if metric.label == "Window"] == ["64"]
    drawn = [each.value for kind in (test.caption, test.markdown, test.warning, test.error) for each in kind]
    assert not any("![x]" in text for text in drawn), "a text is never read as markdown"


@pytest.mark.parametrize(("content", "said"), [(b"short", "has 5 characters"), (b"\0\1" * 2000, "bytes that no text has")])
def test_a_file_that_is_no_text_is_answered_with_a_sentence(content: bytes, said: str) -> None:
    test = opened("data", data="text")
    test.file_uploader[0].set_value(("a.txt", content, "text/plain")).run()
    assert not test.exception and said in test.error[0].value
    assert not any(button.label == "Import" for button in test.button)


def test_a_window_longer_than_the_text_is_answered_with_a_sentence(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT[:2000])
    import_text(tmp_path / "a.txt", "a")
    test = opened("data", data="text")
    next(each for each in test.number_input if each.label == "Context").set_value(1000).run()
    assert not test.exception and "choose a smaller context" in test.error[0].value


def test_ones_own_pictures_and_text_are_one_click_away() -> None:
    test = opened("data")
    assert not test.file_uploader
    for label, said in (("Add your own pictures", "Zip of pictures"), ("Add your own text", "Text file")):
        next(button for button in test.button if button.label == label).click().run()
        assert not test.exception and test.file_uploader[0].label == said
