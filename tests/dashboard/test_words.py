"""What people read is in words that a newcomer knows: none of those that stopped readers before."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PUZZLING = {
    "knob": r"\b[Kk]nobs?\b(?!=)", "a core": r"[Ww]atts a core", "nats a": r"nats a (picture|token)", "a for per": r"^(Held-out (nats|bits)|Characters|Tokens|Windows|Steps|Pictures|Units) an? [a-z]+$", "bring in": r"[Bb]ring in a", "heed": r"\bheed",
    "held against": "held against", "worn": r"\b(worn|[Ww]ears?) (anew|as|like|them)\b|\b[Ww]orn (copies|as)", "inventing": r"Inventing\.", "way out": "the one way out",
    "begun from": r"It was begun from", "foreseen": r"foreseen|foresees", "had a say": "had a say", "anew": r"(drawn|saved|written|worn) anew", "is told": r"model is told",
    "by heart": "by heart", "either side": "of new pictures 5 % would", "marked files": "of marked files the test", "otherwise than": "otherwise than of",
}  # fmt: skip
STORED = {"calibration", "bench"}  # names of cases that calibrations keep


@functools.cache
def sentences(file: Path) -> list[tuple[int, str]]:
    """Every text of a file that is no docstring and has a space in it."""
    tree = ast.parse(file.read_text())
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, kinds) and node.body and isinstance(node.body[0], ast.Expr)}
    return [(node.lineno, node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented and " " in node.value.strip()]


@pytest.mark.parametrize("what", PUZZLING)
def test_nobody_reads_a_word_that_puzzles(what: str) -> None:
    files = [file for folder in ("genmodels", "dashboard", "pages") for file in (ROOT / folder).rglob("*.py")]
    files = [file for file in files if not STORED & set(file.parts)]
    assert len(files) > 200
    found = [f"{file.relative_to(ROOT)}:{line}: {text}" for file in files for line, text in sentences(file) if re.search(PUZZLING[what], text)]
    assert not found, "\n".join(found)
