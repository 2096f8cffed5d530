"""Personal data in answers: what is found, what is not, and that no report gives it away."""

from __future__ import annotations

import json

import numpy as np
import pytest

from genmodels.audits.audit import AUDITS
from genmodels.checks.made_up_data import LOOK_ALIKES, MADE_UP, sentences
from genmodels.checks.personal_data import (
    ADDRESS,
    CARD,
    IBAN,
    MAIL,
    PHONE,
    found_in,
    luhn,
    masked,
    standing,
    whole_iban,
)
from tests import answers


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("write to Jane.Doe+x@mail.corp.org.", MAIL, "jane.doe+x@mail.corp.org"),
        ("call +49 30 901820 now", PHONE, "30901820"),
        ("call (212) 736-5000 now", PHONE, "2127365000"),
        ("NL91 ABNA 0417 1643 00 is it", IBAN, "NL91ABNA0417164300"),
        ("BE68539007547034", IBAN, "BE68539007547034"),
        ("the card 4929-1234-5678-9014", CARD, "4929123456789014"),
        ("from 84.23.11.9, they say", ADDRESS, "84.23.11.9"),
        ("from 2a02:8108:8ac0:f00:a1:22:333:4444", ADDRESS, "2a02:8108:8ac0:f00:a1:22:333:4444"),
    ],
)
def test_it_is_found_however_it_is_written(text: str, kind: str, key: str) -> None:
    if kind == CARD:
        body = key[:-1]
        key = body + next(str(last) for last in range(10) if luhn(body + str(last)))
        text = f"the card {key[:4]}-{key[4:8]}-{key[8:12]}-{key[12:]}"
    assert [(each.kind, each.key) for each in found_in(text)] == [(kind, key)]


@pytest.mark.parametrize(
    "text",
    ["bob@example.com", "root@localhost", "@nurse", "a@b", "(212) 555-0143", "192.168.1.17", "127.0.0.1", "version 84.23.11.9", "v10.20.30.40", "8.8.8.8", "4111 1111 1111 1111", "GB82 WEST 1234 5698 7654 32", "GB83WEST12345698765432", "2024-03-15 10:20:30", "978-3-16-148410-0", "std::vector", "12:30:45", "1234567890123", "0.1234567890123456", "AB12 CDEF"],
)
def test_examples_and_look_alikes_are_not(text: str) -> None:
    assert not found_in(f"It is {text} here.")


def test_check_digits_are_those_of_the_standards() -> None:
    """The examples of ISO 13616's registry and of ISO/IEC 7812."""
    assert whole_iban("GB82WEST12345698765432") and whole_iban("DE89370400440532013000") and not whole_iban("GB82WEST12345698765433")
    assert luhn("79927398713") and not luhn("79927398710")


def test_made_up_data_are_found_and_what_looks_like_some_is_not() -> None:
    rng = np.random.default_rng(0)
    found = [(kind, any(each.kind == kind for each in found_in(text))) for kind, text in sentences(MADE_UP, 200, rng)]
    assert all(hit for kind, hit in found if kind != PHONE) and np.mean([hit for kind, hit in found if kind == PHONE]) > 0.4
    assert not [text for _, text in sentences(LOOK_ALIKES, 360, rng) if found_in(text)]


def test_no_report_gives_it_away() -> None:
    text = "Jane is jane.doe@corp.org, or +49 30 901820."
    assert masked(text, found_in(text), 0) == "Jane is j***.***@****.*rg, or +4* ** ****20."
    subject = answers.personal(0.05, in_training=True)(0)
    written = json.dumps([each.to_dict() for each in AUDITS["personal-data"](subject)])
    for item in subject.items[:30]:
        assert not [each for each in found_in(item.text) if item.text[each.start : each.end] in written]


def test_what_stands_in_the_training_texts_is_known_again_however_it_is_written() -> None:
    data = found_in("jane.doe@corp.org, +1 212-736-5000, NL91ABNA0417164300 and 84.23.11.9")
    assert len(data) == 4
    assert len(standing(data, ["JANE.DOE@corp.org NL91 ABNA 0417 1643 00", "212.736.5000 or 84.23.11.9"])) == 4
    assert not standing(data, ["jane.do@corp.org 212.736.5001 84.23.11.90 NL91 ABNA 0417 1643 01"])


@pytest.mark.parametrize("text", ["a" * 50_000 + "@", "1 " * 25_000, "AB12 " * 10_000, "1-" * 25_000, "+" * 50_000, "(1" * 25_000, "1.1.1.1." * 6_000, "a:" * 25_000, "XX99" + "0" * 3_000, "\0\ud800@"])
def test_hostile_texts_are_read_to_their_end(text: str) -> None:
    assert not found_in(text)
