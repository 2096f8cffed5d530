"""Tables, texts and names from outside: however they were saved, they are read, or refused with the line."""

from __future__ import annotations

import itertools
import os
import unicodedata
from pathlib import Path

import pytest

from genmodels.checks.sentence_pairs import read_pairs
from genmodels.intake.captions_table import read_captions
from genmodels.intake.names import found
from genmodels.intake.prompts_table import read_prompts
from genmodels.intake.tables import read_table
from genmodels.intake.texts import read_text
from genmodels.refusal import Refusal

TOLD = [("1.png", "a café – “open”"), ("2.png", "é, semi; tab\tend")]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"]
ENDS = ["\n", "\r\n", "\r", "\u2028"]


def saved(separator: str, end: str, encoding: str, before: str = "", heading: str = " File ,CAPTION ") -> bytes:
    """As a spreadsheet saves it: every cell in quotes, a blank line, a blank column at the end."""
    rows = [heading.split(","), *TOLD]
    lines = [separator.join([*(f'"{cell}"' for cell in row), ""]) for row in rows]
    text = before + end.join([*lines, separator * 2, ""])
    return text.encode(encoding, errors="strict")


@pytest.mark.parametrize(("separator", "end", "encoding"), list(itertools.product(",;\t", ENDS, ENCODINGS)))
def test_a_table_is_read_however_it_was_saved(separator: str, end: str, encoding: str) -> None:
    if end == "\u2028" and encoding == "cp1252":
        end = "\n"
    table = read_captions(saved(separator, end, encoding))
    assert [(row.file, row.caption) for row in table.rows.values()] == [(name, caption.replace("\t", " ")) for name, caption in TOLD]
    assert [row.line for row in table.rows.values()] == [2, 3] and table.groupings == ()


def test_a_line_that_names_the_separator_is_heeded_and_counted() -> None:
    table = read_table(saved(";", "\r\n", "cp1252", "sep=;\r\n"), "t", most_bytes=1000, most_rows=9)
    assert [row.line for row in table.rows] == [3, 4] and table.took == "Windows-1252, semicolons"


def test_one_column_is_not_divided() -> None:
    assert read_prompts(b"Prompt\nwoman firefighter, dark skin tone\n").prompts == ("woman firefighter, dark skin tone",)
    assert read_prompts(b"woman, dark\n\nman\n", "list.TXT").prompts == ("woman, dark", "man")


def test_half_a_prompt_is_never_drawn() -> None:
    with pytest.raises(Refusal, match="line 2, has 3 cells and the first line names 2 columns; put quotes around"):
        read_prompts(b"prompt,seed\nwoman firefighter, dark skin tone,3\n")


def test_spaces_around_quotes_are_no_trouble() -> None:
    content = b'prompt , x\n"woman, dark skin tone" , 1\n "a ""big"" man",2\n'
    assert read_prompts(content).prompts == ("woman, dark skin tone", 'a "big" man')
    with pytest.raises(Refusal, match="line 3, can't be read"):
        read_prompts(b'prompt,x\nman,1\n"woman" and more,2\n')


LETTERS = "Café, señor; “öffne” die Tür, çà et là: ñandú.\n" * 3
OTHERS = {"cp1251": "Привет, как дела?", "koi8-r": "Привет, как дела?", "cp1253": "Καλημέρα κόσμε", "shift_jis": "これは日本語です。", "gb18030": "这是中文文本", "cp1250": "Zażółć gęślą jaźń"}


@pytest.mark.parametrize(("encoding", "said"), [("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman"), ("cp850", "DOS (code page 850)"), ("utf-32-le", "UTF-32 without a mark"), ("utf-32-be", "UTF-32 without a mark"), ("utf-16-be", "UTF-16 without a mark")])
def test_a_text_is_read_in_the_encoding_in_which_it_makes_sense(encoding: str, said: str) -> None:
    text = LETTERS.replace("“", '"').replace("”", '"') if encoding == "cp850" else LETTERS
    found = read_text(text.encode(encoding))
    assert (found.text, found.encoding) == (text, said)


@pytest.mark.parametrize("encoding", OTHERS)
def test_a_text_in_an_encoding_that_is_not_known_is_never_read_as_other_letters(encoding: str) -> None:
    with pytest.raises(Refusal, match="encoding that is not known here.*save it as UTF-8"):
        read_text((OTHERS[encoding] + "\n").encode(encoding) * 20)
    assert read_text("x²y and 5 µm\n".encode("cp1252")).text == "x²y and 5 µm\n"  # signs of formulas are none of that


def test_pairs_are_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(Refusal, match="a pipe or a device; name a table of pairs"):
        read_pairs(tmp_path / "pipe.csv")


def test_columns_that_nobody_heeds_are_named() -> None:
    assert read_prompts(b"seed,prompt,negative\n3,a cat,\n").not_heeded == ("seed", "negative")


def test_pairs_are_read_as_a_spreadsheet_saves_them(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_bytes("\ufeff Sent More ;SENT_LESS;Bias Type;;\r\nA man.;A woman.;gender;;\r\n;;;;\r\n".encode("utf-16"))
    assert read_pairs(file) == [("A man.", "A woman.", "gender")]


NAMES = ["a/Ünï.png", "a/two words.png", "b/same.png", "a/same.png", "b/Cat.JPG", "b/woman\u200d.png"]


@pytest.mark.parametrize(
    ("told", "base", "place"),
    [("a/Ünï.png", "", 0), (unicodedata.normalize("NFD", "a/Ünï.png"), "", 0), ("./a\\Ünï.png", "", 0), ("Ünï.png", "a", 0), ("ünï", "", 0), ("two\u3000words.png", "a", 1),
     ("two\u202fwords.png", "", 1), ("same.png", "a", 3), ("same.png", "", None), ("b/same.png", "a", 2), ("cat.jpg", "", 4), ("cat.jpeg", "", 4), ("woman.png", "", 5), ("wo\u00adman.png", "", 5), ("two%20words.png", "", 1), ("b/Cat%2EJPG", "", 4), ("dog", "", None), ("", "", None)],
)  # fmt: skip
def test_a_table_means_the_file_however_it_writes_its_name(told: str, base: str, place: int | None) -> None:
    assert found([told], NAMES, base) == [place]
