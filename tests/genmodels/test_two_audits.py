"""Two audits compared: a planted regression is found, none is invented, and what can't be compared says why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from genmodels.audits.audit import AUDITS
from genmodels.commands.main import main
from genmodels.estimates.estimate import clopper_pearson
from genmodels.files import make_folder
from genmodels.kinds.image.files import png_bytes
from genmodels.review.audit_outputs import audit_outputs
from genmodels.review.kept_items import FILE, read_items, write_items
from genmodels.review.policy import Policy
from genmodels.review.two_audits import compared, read_audit
from genmodels.subjects.outputs import TEXT, Item, Outputs
from genmodels.verdicts.finding import Finding, document
from genmodels.verdicts.items import Items
from tests import answers
from tests.contracts.test_audit_contract import (  # planted subjects of every audit
    CULPRITS,
    INNOCENTS,
    brought,
    labelled,
)

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
    "likeness": (lambda: INNOCENTS["likeness"]["draws by the same rule"](0), lambda: INNOCENTS["likeness"]["draws by the same rule"](1), lambda: CULPRITS["likeness"]["half is noise"](1)),
    "shares": (lambda: labelled(0.02, 0.02)(1), lambda: labelled(0.02, 0.02)(2), lambda: labelled(0.2, 0.2)(2)),
}  # fmt: skip


def test_every_audit_of_outputs_is_planted_here() -> None:
    assert set(PLANTED) == {name for name, each in AUDITS.items() if each.of is Outputs}


@pytest.mark.parametrize("name", [pytest.param(each, marks=pytest.mark.slow) if each == "copies" else each for each in PLANTED])
def test_a_planted_regression_is_found_and_none_is_invented(name: str, tmp_path: Path) -> None:
    first, same, bad = (kept(tmp_path / str(i), asked(make()), name) for i, make in enumerate(PLANTED[name]))
    quiet, loud = between(first, same), between(first, bad)
    assert quiet["verdict"] == "not worse" and not any(row["changed"] for row in quiet["findings"])
    assert loud["verdict"] == "worse"
    found = [row for row in loud["findings"] if row["worse"]]
    assert found and all(row["low"] > 0 and row["holm"] <= 0.05 and row["p"] <= row["holm"] for row in found)
    assert any("pairs of" in row["said"] for row in found) == (name not in ("shares", "likeness")), "of labels other samples were drawn, so few are in both; likeness is one number of all"
    back = between(bad, first)
    assert back["verdict"] == "not worse" and any(row["changed"] for row in back["findings"]), "better is no regression"


def by_hand(folder: Path, flags: dict[str, np.ndarray], *, prompts: int = 0, version: str = "1", limits: dict[str, float] | None = None, items: bool = True, **more: Any) -> Path:
    """An audit of n outputs of which some are found at fault, with as many parts as there are flags."""
    n = len(next(iter(flags.values())))
    outputs = Outputs("theirs", TEXT, tuple(Item(f"q{i}", f"line {i}", f"prompt {i % prompts if prompts else i}", "x") for i in range(n)))
    found = []
    for part, each in flags.items():
        estimate = clopper_pearson(int(each.sum()), n)
        units = np.array([item.prompt for item in outputs.items])
        finding = Finding("repeats", "a claim", "pass", estimate, 0.5, part=part, made={"version": version, "limits": limits or {}})
        found.append(replace(finding, items=(Items(each, np.arange(n), units=units),)))
    make_folder(folder)
    kept_items = write_items(folder, outputs, found) if items else {}
    about = {"outputs": {"n": n, "sha256": str(folder)}, "policy": Policy().to_dict() | {"digest": Policy().digest}}
    (folder / "audit.json").write_text(json.dumps(document("theirs", found) | about | ({"items": kept_items} if kept_items else {}) | more))
    return folder


def test_a_gate_over_ten_findings_seldom_alarms_where_nothing_changed(tmp_path: Path) -> None:
    """60 pairs of audits with ten findings each, every level another: Holm keeps all ten together under 5 %."""
    rng, alarms = np.random.default_rng(8), 0
    for number in range(60):
        level = rng.uniform(0.02, 0.4, (10, 60)).repeat(5, axis=1)
        sides = [by_hand(tmp_path / f"{number}{side}", {str(i): rng.random(300) < level[i] for i in range(10)}) for side in "ab"]
        alarms += between(*sides)["verdict"] != "not worse"
    assert alarms <= 7, "beyond that 5 % are out of the question (exact, 2.5 %)"


def test_answers_to_one_prompt_are_one_unit(tmp_path: Path) -> None:
    flags = np.zeros(200, bool)
    bad = np.isin(np.arange(200) % 10, [3])  # one prompt of ten went wrong, 20 times
    alone = between(by_hand(tmp_path / "a", {"x": flags}), by_hand(tmp_path / "b", {"x": bad}))
    together = between(by_hand(tmp_path / "c", {"x": flags}, prompts=10), by_hand(tmp_path / "d", {"x": bad}, prompts=10))
    assert alone["verdict"] == "worse" and together["verdict"] == "not worse"
    assert (together["findings"][0]["units"], together["findings"][0]["n"]) == (10, 200)


def test_without_items_the_intervals_are_compared_and_it_is_said(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    first = by_hand(tmp_path / "a", {"x": rng.random(400) < 0.1}, items=False)
    found = between(first, by_hand(tmp_path / "b", {"x": rng.random(400) < 0.3}))["findings"][0]
    assert found["worse"] and "kept no items" in found["said"] and "independent samples" in found["statistic"]
    whole = by_hand(tmp_path / "c", {"x": rng.random(400) < 0.3})
    (whole / FILE).write_text("{")
    assert "kept no items" in between(first, whole)["findings"][0]["said"], "items that are not those of the audit are none"


def test_what_cannot_be_compared_says_why(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    one, two = rng.random(100) < 0.1, rng.random(100) < 0.5
    first = by_hand(tmp_path / "a", {"x": one, "mine": one}, limits={"x": 0.1, "x_effect": 0.1})
    other = by_hand(tmp_path / "b", {"x": two}, limits={"x": 0.1, "x_effect": 0.2})
    found = between(first, other)
    assert found["verdict"] == "not measured" and {row["part"] for row in found["not_comparable"]} == {"x", "mine"}
    assert "Another effect had to be seen (x_effect 0.1 and 0.2)" in found["not_comparable"][0]["reason"]
    newer = between(by_hand(tmp_path / "c", {"x": one}), by_hand(tmp_path / "d", {"x": two}, version="2"))
    assert "the instrument may differ" in newer["not_comparable"][0]["reason"]
    told = between(first, by_hand(tmp_path / "e", {"x": two}, limits={"x": 0.3, "x_effect": 0.1}, policy={"name": "other", "digest": "x"}, plan={"seal": "s"}))
    assert "Other limits hold" not in told["findings"][0]["said"], "the limit of the finding itself is the same"
    assert any("policies differ" in note for note in told["notes"]) and any("plans differ" in note for note in told["notes"])
    few = between(by_hand(tmp_path / "f", {"x": one}), by_hand(tmp_path / "g", {"x": two[:60]}))
    assert any("100 outputs and 60" in note for note in few["notes"]) and few["findings"][0]["n"] == 60


def test_a_required_check_that_only_one_has_is_no_pass(tmp_path: Path) -> None:
    flags = np.zeros(100, bool)
    policy = Policy(required=("repeats",)).to_dict()
    first = by_hand(tmp_path / "a", {"x": flags, "y": flags}, policy=policy)
    found = between(first, by_hand(tmp_path / "b", {"x": flags}, policy=policy))
    assert found["verdict"] == "not measured" and "repeats, y is required" in found["said"]


def test_one_plan_is_paired_by_the_ids_of_its_questions(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    flags = rng.random(100) < 0.3
    sides = [by_hand(tmp_path / name, {"x": flags}, prompts=5, plan={"seal": "the same"}) for name in "ab"]
    assert "by id of the question" in between(*sides)["findings"][0]["said"]


def test_the_command_is_a_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(6)
    good, bad = by_hand(tmp_path / "a", {HOSTILE[:30]: rng.random(200) < 0.05}), by_hand(tmp_path / "b", {HOSTILE[:30]: rng.random(200) < 0.4})
    assert main(["compare", str(good), str(good / "audit.json"), "--junit", str(tmp_path / "same.xml")]) == 0
    assert main(["compare", str(good), str(bad), "--json", "--junit", str(tmp_path / "worse.xml")]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["verdict"] == "worse"
    counts = [{name: ElementTree.parse(tmp_path / file).getroot().get(name) for name in ("tests", "failures")} for file in ("same.xml", "worse.xml")]
    assert counts == [{"tests": "2", "failures": "0"}, {"tests": "2", "failures": "1"}]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"findings": 7}', '{"findings": [1]}', '{"findings": [], "outputs": 3}', "\x00"])
def test_what_is_no_audit_is_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    good = by_hand(tmp_path / "a", {"x": np.zeros(50, bool)})
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "audit.json").write_text(content)
    for one, other in ((good, tmp_path / "b"), (tmp_path / "b", good), (good, tmp_path / "nowhere"), (good, "vae-digits")):
        assert main(["compare", str(one), str(other)]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and len(said) < 400
    assert main(["compare", str(good), str(good), "--metric", "kid"]) == 2


@pytest.mark.parametrize("damage", [{"estimate": 7}, {"estimate": {"value": "x"}}, {"made": 3}, {"verdict": None}, {"audit": ["x"]}, {"estimate": {"value": 1, "low": 2, "high": 0, "n": "x"}}])
def test_damaged_findings_are_not_comparable_and_no_error(tmp_path: Path, damage: dict[str, Any]) -> None:
    good = by_hand(tmp_path / "a", {"x": np.zeros(50, bool)})
    found = json.loads((good / "audit.json").read_text())
    found["findings"][0] |= damage
    found["policy"], found["subject"] = [], HOSTILE[:20]
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "audit.json").write_text(json.dumps(found))
    json.dumps(between(good, tmp_path / "b"))
    json.dumps(between(tmp_path / "b", good))


def test_items_hold_no_prompt_no_answer_and_no_name(tmp_path: Path) -> None:
    outputs = answers.of_groups({"woman": 0.3})(1)
    folder = kept(tmp_path / "a", outputs, "refusals")
    text = (folder / FILE).read_text()
    assert "Write a story" not in text and "sorry" not in text and '"a1"' not in text and "women against men" in text
    said = json.loads((folder / "audit.json").read_text())["items"]["sha256"]
    assert len(read_items(folder, said)) == 2 and not read_items(folder, "0" * 64)
    for change in ({"at": [10**9]}, {"at": [-1]}, {"values": ["x"]}, {"values": [1e999]}, {"units": [1]}, {"at": 7}):
        rows = json.loads(text)
        rows["findings"][0] |= change
        content = json.dumps(rows).encode()
        (folder / FILE).write_bytes(content)
        assert read_items(folder, hashlib.sha256(content).hexdigest()) == {}
