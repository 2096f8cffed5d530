"""A policy is read whole or refused in one sentence, whatever the file holds."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from genmodels.audits.audit import AUDITS
from genmodels.commands.main import main
from genmodels.data.dataset import DATA
from genmodels.refusal import Refusal
from genmodels.review.audit_outputs import audit_outputs
from genmodels.review.policy import MOST_BYTES, Policy, shipped
from genmodels.runs.store import gallery_names
from genmodels.subjects.outputs import Item
from genmodels.subjects.stand_ins import Parrot
from genmodels.subjects.subject import Subject
from genmodels.verdicts.finding import document
from genmodels.verdicts.limits import Limit, Limits, beyond, limit
from tests import answers

DEEP = "[" * 100_000


def test_a_policy_survives_json() -> None:
    policy = Policy("ours", {"memorisation": {"copies": 0.01}}, ("memorisation",))
    again = Policy.from_json(policy.to_json())
    assert again == policy and again.limits("memorisation") == {"copies": 0.01} and again.limits("bias") == {}
    assert again.digest == policy.digest == Policy("ours", {"memorisation": {"copies": 0.01}}, ("memorisation", "memorisation")).digest
    assert len({policy.digest, Policy().digest, Policy("ours", {"memorisation": {"copies": 0.02}}, ("memorisation",)).digest}) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"), ("", "not JSON"), ("[]", "not an object"), ("1", "not an object"), ("null", "not an object"),
        ('{"limit": {}}', "Did you mean 'limits'"), ('{"limits": []}', "object of objects"), ('{"limits": {"memorisation": 1}}', "object of objects"),
        ('{"limits": {"memorization": {"copies": -1}}}', "Did you mean 'memorisation'"), ('{"required": ["memorization"]}', "required.*Did you mean 'memorisation'"),
        ('{"limits": {"memorization": {}}}', "Did you mean 'memorisation'"), ('{"limits": {"\\u202enoto": {}}}', "No audit"),
        ('{"limits": {"memorisation": {"copys": 0}}}', "Did you mean 'copies'"), ('{"limits": {"memorisation": {"subject": 0}}}', "No limit"),
        ('{"limits": {"memorisation": {"copies": "x"}}}', "must be a number from 0 to 1"), ('{"limits": {"memorisation": {"copies": true}}}', "must be a number from 0 to 1"),
        ('{"limits": {"memorisation": {"copies": null}}}', "must be a number"), ('{"limits": {"memorisation": {"copies": [0]}}}', "a list"),
        ('{"limits": {"memorisation": {"copies": -0.1}}}', "from 0 to 1"), ('{"limits": {"memorisation": {"copies": 1e300}}}', "from 0 to 1"),
        ('{"limits": {"memorisation": {"copies": 1e999}}}', "inf; it must be from 0 to 1"), ('{"limits": {"memorisation": {"copies": NaN}}}', "NaN"),
        ('{"limits": {"memorisation": {"copies": -Infinity}}}', "Infinity"), ('{"limits": {"memorisation": {"copies": 1' + "0" * 400 + "}}}", "many digits"),
        ('{"limits": {"memorisation": {"copies": 1' + "0" * 5000 + "}}}", "not JSON"),
        ('{"limits": {"memorisation": {"copies": 1, "copies": 0}}}', "'copies' twice"), ('{"limits": {}, "limits": {}}', "'limits' twice"),
        ('{"required": "memorisation"}', "list of names"), ('{"required": [1]}', "list of names"), ('{"name": 1}', "name of the policy"),
        ('{"name": "a\\nb"}', "name of the policy"), ('{"name": "' + "x" * 500 + '"}', "name of the policy"), (DEEP, "nested too deeply"),
        ('{"limits": ' + '{"a": ' * 50_000, "nested too deeply"),
    ],
)  # fmt: skip
def test_a_bad_policy_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        Policy.from_json(text)
    said = str(refused.value)
    assert "\n" not in said and "\u202e" not in said and len(said) < 600


GOOD = '{"name": "ours", "limits": {"memorisation": {"copies": 0.01}}, "required": ["memorisation"]}'
FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not JSON"), "binary": (bytes(range(256)), "not written in UTF-8"), "nul": (b"\0" * 50, "not JSON"),
    "utf16": (GOOD.encode("utf-16"), "looks like UTF-16"), "utf32": (GOOD.encode("utf-32"), "looks like UTF-16|not JSON|UTF-32"),
    "latin1": ('{"name": "für uns"}'.encode("latin-1"), "Latin-1"), "deep": (DEEP.encode(), "nested too deeply"), "large": (b" " * (MOST_BYTES + 1), "more than 1 MB"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(64), "not written in UTF-8"), "lone": (b'{"name": "\\ud800"}', "name of the policy"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_whatever_bytes_a_file_holds(name: str, tmp_path: Path) -> None:
    content, words = FILES[name]
    (tmp_path / "p.json").write_bytes(content)
    with pytest.raises(Refusal, match=words):
        Policy.read(tmp_path / "p.json")


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "no.json", "is not there"), (tmp_path / "pipe", "is no file"), (tmp_path / "loop", "is not there|can't be read"), (tmp_path / ("x" * 300), "can't be read|is not there"), (tmp_path / "a\0b", "can't be read|is not there")):
        with pytest.raises(Refusal, match=words) as refused:
            Policy.read(path)
        assert len(refused.value.args) == 1 and str(refused.value).count("The policy") == 1


def test_a_mark_of_utf_8_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert Policy.read(tmp_path / "p.json") == Policy.from_json(GOOD)


@pytest.mark.parametrize("name", ["binary", "utf16", "deep", "empty", "folder", "missing", "misspelt", "large"])
def test_the_command_line_says_one_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.json"
    if name in FILES:
        file.write_bytes(FILES[name][0])
    elif name == "misspelt":
        file.write_text('{"limits": {"memorization": {"copies": 0}}}')
    file = tmp_path if name == "folder" else file
    assert main(["audit", gallery_names()[0], "--audit", "provenance", "-n", "20", "--policy", str(file), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("genmodels: ") and said.count("\n") == 1


@pytest.mark.parametrize("name", sorted(AUDITS))
def test_every_limit_says_what_it_means_and_its_range_holds_its_default(name: str) -> None:
    audit = AUDITS[name]
    for each, default in audit.limits().items():
        declared = audit.limit(each)
        assert declared.help.endswith(".") and declared.checked(each, default) == default, f"say what {each} means in the limits of {name}"
    assert set(audit.declared) <= set(audit.limits())


@dataclass(frozen=True, kw_only=True)
class Accepted(Limits):
    """Limits of no audit."""

    gap: float = limit(0.1, "Whatever.", 0.5)
    gap_effect: float = beyond("gap", 0.2, 0.5)


def test_limits_are_knobs_with_a_range_and_a_sentence() -> None:
    declared = Accepted.declared()
    assert declared["gap"] == Limit("Whatever.", 0.0, 0.5) and declared["gap_effect"].lowest == 0.001
    assert "beyond gap" in declared["gap_effect"].help and Accepted.defaults() == {"gap": 0.1, "gap_effect": 0.2}
    with pytest.raises(Refusal, match="gap_effect"):
        declared["gap_effect"].checked("gap_effect", 2)
    with pytest.raises(Refusal, match="gap"):
        Accepted(gap=0.6)


def test_a_policy_is_json_again() -> None:
    assert json.loads(Policy().to_json()) == {"name": "default", "limits": {}, "required": []}


def test_the_list_tells_every_limit_that_a_policy_may_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "audits"]) == 0
    said = capsys.readouterr().out
    assert "memorisation.copies: The share of samples that may be training pictures as they are." in said
    assert all(f"{name}.{limit}: " in said for name, audit in AUDITS.items() for limit in audit.limits())


@pytest.mark.parametrize("name", shipped())
def test_a_policy_that_ships_is_read_by_its_name(name: str) -> None:
    policy = Policy.of(name)
    assert policy.name.startswith(name) and Policy.from_json(policy.to_json()) == policy


def test_a_release_fails_on_what_is_required_and_not_measured_and_asks_only_what_can_be_asked() -> None:
    data = DATA["digits"]().load()
    required = Policy.of("public").required_of(Subject(Parrot(data.train.images), data, n=50))
    assert "memorisation" in required and "extraction" not in required and "marks" not in required
    assert document("x", [], required)["verdict"] == "not measured"


def test_the_policy_decides_whether_a_verdict_of_unknown_error_may_pass() -> None:
    """`repeats` counts all outputs, so no rate can be planted and its verdict says so."""
    texts = [f"answer {i} is of {i * 7} apples and {i * 11} pears" for i in range(60)]
    subject = answers.table([Item(f"q{i}", f"line {i}", f"p{i}", text) for i, text in enumerate(texts)], 0)
    plain = audit_outputs(subject, ["repeats"])
    assert plain["verdict"] == "pass" and "nothing is estimated" in plain["findings"][0]["error_rates"]["not_measured"]
    strict = Policy.from_json('{"name": "strict", "required": ["repeats"], "rated": ["repeats"]}')
    found = audit_outputs(subject, ["repeats"], policy=strict)
    assert found["verdict"] == "not measured" and {each["verdict"] for each in found["findings"]} == {"not measured"}
    assert "only with a measured error rate" in found["findings"][0]["reason"] and "nothing is estimated" in found["findings"][0]["reason"]
    twice = replace(subject, items=subject.items + tuple(replace(each, id=f"{each.id} again") for each in subject.items))
    assert audit_outputs(twice, ["repeats"], policy=strict)["verdict"] == "fail", "what fails fails"
    assert Policy.from_json(strict.to_json()) == strict and strict.digest != Policy("strict", {}, ("repeats",)).digest
    for wrong in ('{"rated": ["repaets"]}', '{"rated": "repeats"}', '{"rated": [1]}'):
        with pytest.raises(Refusal, match="rated"):
            Policy.from_json(wrong)
    assert "rated" not in Policy("ours").to_dict(), "a policy that does not ask keeps its digest"
