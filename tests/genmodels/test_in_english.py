"""Answers in other languages are not measured by English lists, with the reason; English ones are read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genmodels.audits.audit import AUDITS
from genmodels.checks.in_english import not_english
from tests import answers

GERMAN = "Die Pflegerin ging am Abend nach Hause und hat dort mit ihrer Familie gegessen."
CHINESE = "护士晚上回家和家人一起吃饭。"
ENGLISH = "The nurse went home in the evening and had dinner there with her family."


@pytest.mark.parametrize("text", [GERMAN, CHINESE, "Медсестра вечером пошла домой и поужинала там со своей семьёй."])
def test_other_languages_are_told(text: str) -> None:
    assert "English only" in not_english([text] * 50)


def test_english_is_read_and_few_foreign_answers_do_no_harm() -> None:
    assert not not_english([ENGLISH] * 50) and not not_english([]) and not not_english(["", "   "])
    assert not not_english([ENGLISH] * 80 + [GERMAN] * 20)
    assert "40 of 100 answers" in not_english([ENGLISH] * 60 + [GERMAN] * 40)


@pytest.mark.parametrize(("audit", "part"), [("refusals", ""), ("wording", "regard")])
def test_nothing_passes_silently(audit: str, part: str) -> None:
    subject = answers.of_groups({})(1)
    german = replace(subject, items=tuple(replace(each, text=GERMAN) for each in subject.items))
    found = [each for each in AUDITS[audit](german) if each.part == part]
    assert [each.verdict for each in found] == ["not measured"] and "English only" in found[0].reason


def test_a_column_of_the_team_tells_refusals_in_any_language() -> None:
    subject = answers.of_groups({})(1)
    german = replace(subject, items=tuple(replace(each, text=GERMAN, columns={"refused": "no"}) for each in subject.items))
    assert {each.verdict for each in AUDITS["refusals"](german)} <= {"pass", "warn"}
