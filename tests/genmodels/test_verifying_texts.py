"""Checking texts: their encodings, their statements, and marks that outlive what copying and mailing do to a text."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from genmodels.commands.main import main
from genmodels.intake.texts import read_text
from genmodels.kinds.text import fingerprint
from genmodels.kinds.text import watermark as text_watermark
from genmodels.kinds.text.forms import clean, forms
from genmodels.kinds.text.tokens import Tokens
from genmodels.provenance import marking, way_out
from genmodels.provenance.text_mark import p_value
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.review.many_files import verify_many

FACTS = {"Model": "transformer r1", "Seed": "7"}
ACCENTED = "Grüße an alle, die das hier lesen: ça va très bien, señor, und das ist schon alles, was es zu sagen gibt.\n"
TEXT = "Made by a model: transformer r1, seed 7.\n\n" + ACCENTED


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"])
def test_a_text_saved_in_another_encoding_is_the_same_text(encoding: str) -> None:
    (statement,) = marking.texts([TEXT], [FACTS])
    for text in (TEXT, TEXT.replace("\n", "\r\n")):
        found = verify(text.encode(encoding), "a.txt", sidecar=statement)
        assert found["kind"] == "text" and found["manifest"]["verdict"] == "valid" and found["ledger"]["verdict"] == "exact match"


def test_the_encoding_is_told_and_half_a_letter_is_left_out() -> None:
    assert read_text("“Ü” – é".encode("cp1252")).encoding == "Windows-1252"
    assert read_text("Caf\u00e9".encode("latin-1")).text == "Caf\u00e9"  # and not half a letter of UTF-8
    half = read_text("äöü".encode()[:-1])
    assert (half.text, half.encoding, half.cut) == ("äö", "UTF-8", True)
    for content in (bytes(range(256)) * 9, b"text\0text", np.random.default_rng(0).bytes(500), b"\x01\x02\x03 control"):
        with pytest.raises(Refusal, match="bytes that no text has"):
            read_text(content)


# Statements


def two() -> dict[str, tuple[bytes, bytes]]:
    texts = [f"The {word} of a sentence that is long enough for its shingles to be told from those of others.\n" for word in ("first", "second")]
    return {folder: (text.encode(), statement) for folder, text, statement in zip("ab", texts, marking.texts(texts, [FACTS, FACTS]), strict=True)}


def verdicts(rows: list[dict]) -> list[str]:
    return [row["manifest"]["verdict"] if "error" not in row else "error" for row in rows]


def test_files_of_one_name_in_two_folders_have_a_statement_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for folder, (text, statement) in two().items():
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "x.txt")
        paths[-1].write_bytes(text)
        paths[-1].with_name("x.txt.provenance.json").write_bytes(statement)
    assert main(["verify", *map(str, paths), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert verdicts(rows) == ["valid", "valid"] and rows[0]["file"] != rows[1]["file"]
    paths[0].write_bytes(b"Changed. " + paths[0].read_bytes())
    assert main(["verify", *map(str, paths), "--json"]) == 0
    assert verdicts(json.loads(capsys.readouterr().out)) == ["broken", "valid"]


def test_on_a_page_statements_are_paired_by_what_they_are_about() -> None:
    (a, of_a), (b, of_b) = two().values()
    files = [("x.txt", a), ("x.txt", b), ("x.txt.provenance.json", of_b), ("x.txt.provenance.json", of_a)]
    assert verdicts(verify_many(files)) == ["valid", "valid"]
    renamed = [("one.txt", a), ("two.txt", b), ("x.txt.provenance (1).json", of_b), ("whatever.json", of_a)]
    assert verdicts(verify_many(renamed)) == ["valid", "valid"]
    assert verdicts(verify_many([("x.txt", a + b"!"), ("x.txt", b), ("x.txt.provenance.json", of_a), ("x.txt.provenance.json", of_b)])) == ["broken", "valid"]
    assert verdicts(verify_many([("x.txt", a + b"!"), ("x.txt.provenance.json", of_a)])) == ["broken"]
    rows = verify_many([("x.txt.provenance.json", of_a), ("y.txt", b), ("data.json", b'{"no": "statement"}')])
    assert verdicts(rows) == ["absent", "absent", "error"] and [row.get("number") for row in rows] == [1, 2, None]
    assert "is a signed statement about a text, and that text is not here; give it too: x.txt" in rows[2]["error"]


def test_a_statement_alone_a_folder_and_what_is_missing_are_each_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (text, statement), _ = two().values()
    (tmp_path / "x.txt.provenance.json").write_bytes(statement)
    assert main(["verify", str(tmp_path / "x.txt.provenance.json")]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("genmodels: x.txt.provenance.json is a signed statement") and said.err.count("\n") == 1 and said.out == ""
    (tmp_path / "x.txt").write_bytes(text)
    (tmp_path / "empty").mkdir()
    assert main(["verify", str(tmp_path), "--json"]) == 0  # the files in it
    assert json.loads(capsys.readouterr().out)["manifest"]["verdict"] == "valid"
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    assert main(["verify", str(tmp_path / "x.txt"), str(tmp_path / "missing.png"), str(tmp_path / "empty"), str(dangling), "--json"]) == 2
    rows = json.loads(capsys.readouterr().out)
    assert verdicts(rows) == ["valid", "error", "error", "error"]
    assert "can't be read" in rows[1]["error"] and "is a folder without a file" in rows[2]["error"]
    assert main(["verify", str(tmp_path / "empty")]) == 2 and "name a file" in capsys.readouterr().err


# Normal forms


@pytest.fixture(scope="module")
def written() -> tuple[Tokens, bytes, str]:
    """Tokens, a key, and a text that was drawn under it: lines of code-like words with indents, quotes and signs."""
    words = [f"{first}{second}" for first in ("re", "un", "con", "de", "al", "in") for second in ("turn", "less", "form", "late", "fine", "most")]
    corpus = [f"    {a} {b}('{c}') >= \"{d}\" & {a} < {b}: first fine office\n" for a, b, c, d in zip(words, words[7:] + words[:7], words[3:] + words[:3], words[11:] + words[:11], strict=True)]
    tokens, key = Tokens.learned(corpus * 4, "byte-pair", 400), b"key of these texts."
    rng, numbers = np.random.default_rng(1), list(tokens.encode(corpus[0])[:4])
    allowed = np.unique(np.concatenate([tokens.encode(line) for line in corpus])).astype(np.uint32)
    while len(numbers) < 260:
        context = [np.array([token], np.uint32) for token in numbers[-4:]]
        chosen = rng.choice(allowed, size=8)
        u = text_watermark.uniforms(text_watermark.words(key), context, chosen)
        numbers.append(int(chosen[np.argmax(u)]))
        if len(numbers) % 14 == 0:
            numbers += list(tokens.encode("\n    "))
    return tokens, key, tokens.decode(numbers)


EDITS: dict[str, Callable[[str], str]] = {
    "as it was": lambda text: text, "no-break spaces": lambda text: text.replace(" ", "\u00a0"), "&nbsp;": lambda text: text.replace(" ", "&nbsp;"), "&#160;": lambda text: text.replace(" ", "&#160;"),
    "entities": html.escape, "zero-width": lambda text: "".join(c + "\u200b" * (i % 3 == 0) for i, c in enumerate(text)), "soft hyphens": lambda text: re.sub(r"(\w\w)(?=\w)", "\\1\u00ad", text),
    "thin spaces": lambda text: text.replace(" ", "\u2009"), "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text), "ligatures": lambda text: text.replace("fi", "\ufb01"),
    "typographic": lambda text: text.replace("'", "\u2019").replace('"', "\u201d"), "look-alikes": lambda text: text.translate(str.maketrans("aeo", "\u0430\u0435\u043e")), "tabs": lambda text: text.replace("    ", "\t"),
    "quoted": lambda text: "\n".join("> " + line for line in text.split("\n")), "numbered": lambda text: "\n".join(f"{i:3d} {line}" for i, line in enumerate(text.split("\n"))), "CRLF": lambda text: text.replace("\n", "\r\n"),
    "trailing spaces": lambda text: text.replace("\n", "   \n"), "double spaces": lambda text: re.sub(r"(?<=\S) (?=\S)", "  ", text), "indented": lambda text: "\n".join("        " + line for line in text.split("\n")),
    "a page": lambda text: "<pre>" + html.escape(text).replace(" ", "&nbsp;").replace("\n", "<br>\n") + "</pre>", "quoted with no-break spaces": lambda text: "\n".join(">\u00a0" + line for line in text.replace(" ", "\u00a0").split("\n")),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_the_mark_outlives_what_nobody_sees(written: tuple[Tokens, bytes, str], name: str) -> None:
    tokens, key, text = written
    edited = EDITS[name](text)
    assert p_value(edited, [tokens], key) <= 1e-4
    assert p_value(edited, [tokens], b"another key of them") > 0.001
    assert set(fingerprint.of_text(edited)) == set(fingerprint.of_text(text)) or name == "numbered"


def test_p_values_over_all_forms_are_not_too_small(written: tuple[Tokens, bytes, str]) -> None:
    tokens, _, text = written
    rng = np.random.default_rng(4)
    edited = [EDITS[name](text[:600]) for name in ("as it was", "a page", "quoted with no-break spaces")]
    p = np.array([p_value(each, [tokens], rng.bytes(16)) for each in edited for _ in range(150)])
    assert (p <= 0.05).mean() <= 0.05 + 0.03 and (p <= 0.001).sum() <= 3


def test_a_text_that_is_clean_has_one_form_and_scripts_stay_what_they_are() -> None:
    assert len(forms("One plain line of words and nothing else.")) == 1
    for text in ("Это предложение.", "这是人写的句子。", "नमस्ते दुनिया", "שלום עולם", "한국어 문장"):
        assert clean(text) == unicodedata.normalize("NFKC", text)
    assert clean("pаypаl") == "paypal" and clean("“a”&nbsp;–\u200b b…") == '"a" - b...'


def test_a_record_holds_its_text_and_its_statement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the page Prompt gives as JSON is one file: it is no statement without its text."""
    record = json.loads(way_out.record({"text": "Made of words. " * 9, "seed": 3}, "Made of words. " * 9, {"Model": "a test"}))
    for name, said in (("whole", "valid"), ("changed", "broken"), ("bare", "unreadable")):
        document = record | {"whole": {}, "changed": {"text": "Made of other words."}, "bare": {"provenance": None, "kept": record["provenance"]}}[name]
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(document))
        main(["verify", str(file), "--json"])
        row = json.loads(capsys.readouterr().out)
        assert row["file"] == file.name and row["manifest"]["verdict"] == said
