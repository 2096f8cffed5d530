"""Two audits compared: a planted regression is found, none is invented, and what can't be compared says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from genmodels.commands.main import main
from genmodels.files import make_folder
from genmodels.review.audit_outputs import audit_outputs
from genmodels.review.kept_items import FILE, read_items, write_items
from genmodels.review.policy import Policy
from genmodels.review.two_audits import compared, read_audit
from genmodels.kinds.image.files import png_bytes
from genmodels.subjects.outputs import TEXT, Item, Outputs
from genmodels.verdicts.finding import Finding, document
from genmodels.verdicts.items import Items
from tests import answers
from tests.contracts.test_audit_contract import CULPRITS, INNOCENTS, brought  # planted subjects of every audit

HOSTILE = "![x](http://evil.example/a.png)\x00</testsuite>]]>&\ud800"


def kept(folder: Path, outputs: Outputs, name: str, **options: Any) -> Path:
    """An audit as the command leaves it."""
    make_folder(folder)
    found = audit_outputs(outputs, [name], keep=lambda of, findings: write_items(folder, of, findings), **options)
    (folder / "audit.json").write_text(json.dumps(found))
    return folder


def between(first: Path, second: Path) -> dict[str, Any]:
    return compared(read_audit(first), read_audit(second))


def asked(outputs: Outputs) -> Outputs:
    """With a prompt to each output, where none was told: what two audits are paired by."""
    if outputs.prompts:
        return outputs
    return replace(outputs, items=tuple(replace(each, prompt=f"prompt {i}") for i, each in enumerate(outputs.items)))


def squares(again: int) -> Outputs:
    """80 pictures of coloured squares, of which the last are the first again."""
    pictures = np.random.default_rng(5).integers(0, 256, (80, 4, 4, 3), dtype=np.uint8).repeat(32, 1).repeat(32, 2)
    return brought(*(png_bytes(pictures[i % (80 - again)]) for i in range(80)))


Made = Callable[[], Outputs]
PLANTED: dict[str, tuple[Made, Made, Made]] = {  # of an audit: one without a fault, another one, one with it
    "repeats": (lambda: squares(0), lambda: squares(0), lambda: squares(12)),
    "marks": (lambda: INNOCENTS["marks"]["signed"](1), lambda: INNOCENTS["marks"]["signed"](2), lambda: CULPRITS["marks"]["nothing is said"](2)),
    "copies": (lambda: INNOCENTS["copies"]["draws what nobody drew"](0), lambda: INNOCENTS["copies"]["draws what nobody drew"](1), lambda: CULPRITS["copies"]["5 % copies, each changed"](1)),
    "verbatim": (lambda: answers.copied(0.0)(1), lambda: answers.copied(0.0)(1), lambda: answers.copied(0.05)(1)),
    "refusals": (lambda: answers.of_groups({})(1), lambda: answers.of_groups({})(2), lambda: answers.of_groups({"woman": 0.3})(2)),
    "wording": (lambda: answers.of_groups({}, lazy={"woman": 0.2, "man": 0.2})(1), lambda: answers.of_groups({}, lazy={"woman": 0.2, "man": 0.2})(2), lambda: answers.of_groups({}, gentle={"woman": 0.0, "man": 1.0}, lazy={"woman": 1.0, "man": 0.0})(2)),
    "personal-data": (lambda: answers.personal(0.0)(1), lambda: answers.personal(0.0)(2), lambda: answers.personal(0.05)(2)),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_regression_is_found_and_none_is_invented(name: str, tmp_path: Path) -> None:
    first, same, bad = (kept(tmp_path / str(i), asked(make()), name) for i, make in enumerate(PLANTED[name]))
    quiet, loud = between(first, same), between(first, bad)
    assert quiet["verdict"] == "not worse" and not any(row["changed"] for row in quiet["findings"])
    assert loud["verdict"] == "worse"
    found = [row for row in loud["findings"] if row["worse"]]
    assert found and all(row["low"] > 0 and row["holm"] <= 0.05 and row["p"] <= row["holm"] for row in found)
    assert any("pairs of" in row["said"] for row in found), "by pairs"
    back = between(bad, first)
    assert back["verdict"] == "not worse" and any(row["changed"] for row in back["findings"]), "better is no regression"
