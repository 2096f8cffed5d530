"""The policy on the page Audit: chosen, shown with its limits, changed in a form, refused in one sentence."""

from __future__ import annotations

import json

import pytest

from dashboard.auditing import policies
from genmodels.audits.audit import AUDITS
from genmodels.refusal import Refusal
from genmodels.review import brought
from genmodels.review.policy import Policy
from tests.pages.test_audit_review import audited, kept, page, press  # noqa: F401  (a fixture)
from tests.pages.test_pages import HOSTILE, no_gallery  # noqa: F401  (a fixture)

CHECKS = [{"audit": "repeats", "question": "x", "reason": ""}, {"audit": "copies", "question": "x", "reason": HOSTILE}, {"audit": HOSTILE, "reason": ""}]


@pytest.fixture
def subject(kept: brought.Brought) -> brought.Brought:  # noqa: F811
    audited(kept, checks=CHECKS, policy=Policy().to_dict() | {"digest": Policy().digest})
    return kept


def test_a_policy_that_ships_is_taken_and_shown(subject: brought.Brought) -> None:
    test = page(subject)
    assert not any("policy was changed" in each.value for each in test.info)
    choice = next(each for each in test.selectbox if each.label == "Take another policy")
    assert "Public release" in choice.options or "public release" in choice.options
    test = press(choice.set_value("public").run(), "Use this policy")
    assert subject.policy.name == "public release" and any("policy was changed" in each.value for each in test.info)
    assert any("Must have been measured" in each.value and "repeats" in each.value for each in test.caption)
    limits = next(each.value for each in test.dataframe if "What it means" in each.value)
    assert set(limits["Check"]) == {"repeats"}, "only checks that can be asked"
    assert limits.set_index("Limit").loc["Equal", "Value"] == "0.005"


def test_every_limit_of_every_audit_has_its_place_in_the_form(subject: brought.Brought) -> None:
    audited(subject, checks=[{"audit": name, "question": "x", "reason": ""} for name in AUDITS], policy=Policy().to_dict() | {"digest": Policy().digest})
    test = page(subject)
    assert not test.exception
    labels = [each.label for each in test.number_input]
    assert len(labels) >= sum(len(audit.limits()) for audit in AUDITS.values())


def test_limits_are_changed_in_the_form(subject: brought.Brought) -> None:
    brought.keep_policy(subject, Policy.of("public"))
    test = page(subject)
    equal = next(each for each in test.number_input if each.label == "Equal")
    assert equal.value == 0.005
    equal.set_value(0.02)
    press(test, "Keep these limits")
    assert subject.policy.limits("repeats") == {"equal": 0.02} and subject.policy.name == "public release (changed)"
    assert "copies" in subject.policy.required, "what can't be asked here stays as it was"


@pytest.mark.parametrize("text", ["", "[]", '{"limits": {"repeat": {}}}', '{"limits": {"repeats": {"equal": 7}}}', '{"limits": {"repeats": {"equals": 0.1}}}', HOSTILE])
def test_what_is_no_policy_is_refused_in_one_sentence(subject: brought.Brought, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(policies, "refuse", lambda error: said.append(str(error)))
    policies.take(subject, policies.FILE, text)
    assert len(said) == 1 and "\n" not in said[0] and not (subject.path / "policy.json").exists()


def test_a_bad_value_is_refused_and_a_damaged_file_is_said(subject: brought.Brought) -> None:
    with pytest.raises(Refusal, match="must be from 0 to 1"):
        policies.changed(Policy(), "ours", [], {"repeats": {"equal": 7}}, ["repeats"])
    made = policies.changed(Policy(), "ours", ["repeats"], {"repeats": AUDITS["repeats"].limits()}, ["repeats"])
    assert made.to_dict() == {"name": "ours", "limits": {}, "required": ["repeats"]}, "what is usual is not said"
    (subject.path / "policy.json").write_text(json.dumps({"nonsense": 1}))
    assert any("part of a policy" in each.value for each in page(subject).error)
