"""The data page: sets of pictures as before, sets of texts with their documents, and the import of one's own text."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.safe_text import safe_text
from genmodels.data.dataset import DATA, title_of
from genmodels.data.examples import picture_of
from genmodels.data.own import OWN
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


@pytest.mark.parametrize(("name", "said"), [("folder", "Zip of pictures"), ("text", "Text file"), ("own-molecules", "File of molecules"), ("own-clips", "File of a film, or zip")])
def test_the_import_stands_where_the_links_lead(name: str, said: str, home: Path) -> None:
    test = opened("data", data=name)
    assert not test.exception and test.file_uploader[0].label == said
    assert ("All data sets", "") in links(test)


def links(test: AppTest) -> list[tuple[str, str]]:
    """The label and the parameters of every link to a page."""
    return [(link.proto.label, link.proto.query_string) for link in test.get("page_link")]


def test_the_gallery_shows_every_set_and_ones_own_way_in_first(home: Path) -> None:
    test = opened("data")
    assert not test.exception and not test.error and test.header[0].value == "Add your own"
    assert links(test)[:4] == [("Add pictures", "data=folder"), ("Add text", "data=text"), ("Add molecules", "data=own-molecules"), ("Add clips", "data=own-clips")]
    built_in = [name for name in DATA if name not in OWN]
    assert {query for label, query in links(test) if label == "Open"} == {f"data={name}" for name in built_in}
    assert {query for label, query in links(test) if label == "Train on it"} == {f"on={name}" for name in built_in}
    assert {each.value for each in test.subheader} >= {safe_text(title_of(name)) for name in built_in}
    captions = " ".join(each.value for each in test.caption)
    assert all(safe_text(DATA[name].credit, 300) in captions for name in DATA if picture_of(name)), "whoever drew them is named"


def test_an_own_set_has_a_card_and_an_address(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    token = import_text(tmp_path / "a.txt", "a ![x](http://evil.example)")
    import_text(tmp_path / "a.txt", "b")
    gallery = opened("data")
    assert not gallery.exception and gallery.header[1].value == "Your own sets"
    assert ("Open", f"data=text&token={token}") in links(gallery) and ("Train on it", f"on=text&token={token}") in links(gallery)
    drawn = [each.value for kind in (gallery.caption, gallery.markdown, gallery.subheader) for each in kind]
    assert any("Line 0" in text for text in drawn) and not any("![x]" in text for text in drawn)
    one = opened("data", data="text", token=token)
    assert not one.exception and not one.file_uploader and one.query_params["token"] == token
    assert one.selectbox(key="knob.data.text.token").value == token
    wrong = opened("data", data="text", token="../../x")
    assert not wrong.exception and "No imported text is called" in wrong.error[0].value and wrong.file_uploader
    train = opened("train", on="text", token=token)
    assert not train.exception and train.selectbox(key="knob.text.token").value == token


def test_an_unknown_set_is_said_plainly() -> None:
    test = opened("data", data="../digits")
    assert not test.exception and "No data set is called" in test.error[0].value and test.header[0].value == "Add your own"


def test_no_data_are_read_for_the_gallery(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: object) -> None:
        raise AssertionError("the gallery reads no data")

    for source in DATA.values():
        monkeypatch.setattr(source, "load", read)
    assert not opened("data").exception


@pytest.mark.parametrize("name", OWN)
def test_an_upload_is_announced_with_the_limit_that_it_has(name: str) -> None:
    """From 512 on Streamlit rounds up to gigabytes: "1GB per file" stood below "of at most 512 MB"."""
    (uploader,) = opened("data", data=name).get("file_uploader")
    limit = uploader.proto.max_upload_size_mb
    assert 0 < limit < 512 and f"at most {limit} MB" in " ".join(each.value for each in opened("data", data=name).caption).replace("to 20 MB", "at most 20 MB")
