"""A user's own text from file to trained model to marked samples, by the real commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

WORDS = "the cat sat on the mat. a dog ran to the hill. we saw it go. "


def test_from_a_file_to_texts_that_say_what_made_them(genmodels, inside, tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text(WORDS * 60)
    token = json.loads(inside("import", file, "--json").stdout)["token"]
    knobs = ["--with", f"token={token}", "--with", "context=16", "--with", "unit=character", "--set", "layers=1", "--set", "heads=2", "--set", "width=16"]
    trained = json.loads(inside("train", "transformer", "--data", "text", *knobs, "--epochs", 3, "--batch-size", 16, "--json").stdout)
    assert trained["state"] == "done"
    asked = ["sample", trained["run"], "-n", 2, "--seed", 7, "--given", "the ", "--set", "length=12", "--json", "--out"]
    files = json.loads(genmodels(*asked, tmp_path / "a").stdout)["files"]
    again = json.loads(inside(*asked, tmp_path / "b").stdout)["files"]  # in another process
    texts = [Path(name).read_text() for name in files]
    assert texts == [Path(name).read_text() for name in again] and len(set(texts)) == 2
    for number, text in enumerate(texts):
        line, written = text.split("\n\n", 1)
        assert line.startswith(f"Made by a model: transformer {trained['run']}, seed {7 + number}, ") and "length 12" in line
        assert written.startswith("the ") and len(written.strip()) <= 4 + 12
    audited = inside("audit", trained["run"], "-n", 200, "--json", "--out", tmp_path / "audit")
    document = json.loads(audited.stdout)
    assert {row["audit"] for row in document["findings"]} == {"bias-of-text", "extraction", "membership", "provenance"} == set(document["audited"])
    assert audited.returncode == (1 if document["verdict"] in ("fail", "not measured") else 0) and all(row["reason"] for row in document["not_measured"])
    refused = inside("walk", trained["run"], "--out", tmp_path / "walk")
    assert refused.returncode == 2 and "has no latent space to walk" in refused.stderr and refused.stderr.count("\n") == 1
    refused = inside("sample", trained["run"], "--set", "temperature=-1", "--out", tmp_path / "c")
    assert refused.returncode == 2 and "temperature is '-1'; it must be a number from 0 to 100." in refused.stderr
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\0\1\2\3 bad", "bytes that no text has"), (b"", ""), (b"word " * 3, "")],
)
def test_a_file_that_is_no_text_is_refused_in_one_sentence(inside, tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    refused = inside("import", file)
    assert refused.returncode == 2 and reason in refused.stderr and refused.stderr.count("\n") == 1


def test_settings_of_writing_are_not_for_models_that_draw(inside, tmp_path: Path) -> None:
    refused = inside("sample", "vae-digits", "--set", "temperature=1", "--out", tmp_path / "x")
    assert refused.returncode == 2 and "are for models that follow prompts" in refused.stderr
