"""Personal data in texts: e-mail addresses, telephone numbers, bank accounts (IBAN), payment cards, addresses on the internet.

Telephone numbers are found by the library `phonenumbers`; what has check digits is checked (ISO 7064 of an IBAN, Luhn of a
card). Left out is what is reserved for examples (example.com, 555-0100, the test numbers of card schemes) and what is no
address of anybody on the internet (private ranges).

Known limits: names, postal addresses and dates of birth are not looked for. Telephone numbers without "+" are found as they
are written in the United States. Numbers of 16 digits look like a card in 1 of 10.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAIL, PHONE, IBAN, CARD, ADDRESS = (
    "e-mail address",
    "telephone number",
    "bank account",
    "payment card",
    "internet address",
)
_MAIL = re.compile(r"(?<![\w.+%-])[A-Za-z0-9_.+%-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}\b")
_NO_MAIL = re.compile(r"(?:^|[.@])(?:example\.(?:com|org|net|edu)|(?:\w+\.)?(?:example|test|invalid|localhost|local))$")
_CALLABLE = re.compile(r"\+?\(?\d[\d\s().\-/]{5,24}\d")  # what may be a telephone number
_CARD = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_FOUR = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_SIX = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){1,7}(?::|(?::[0-9a-fA-F]{1,4}){1,6}|[0-9a-fA-F]{1,4})(?![\w:])")
_VERSION = re.compile(r"(?:version|release|section|chapter|build|firmware|clause|\bv\.?|§)\s*$", re.IGNORECASE)
# Letters of an IBAN by country (ISO 13616 registry).
_LENGTHS = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VA22 VG24 XK20"
IBAN_LENGTHS = {each[:2]: int(each[2:]) for each in _LENGTHS.split()}
# Numbers that card schemes and banks print as examples.
_EXAMPLES = "4111111111111111 4242424242424242 4012888888881881 5555555555554444 5105105105105100 378282246310005 371449635398431 6011111111111117 6011000990139424 3530111333300000 30569309025904 4000000000000002 DE89370400440532013000 GB82WEST12345698765432 GB29NWBK60161331926819 FR1420041010050500013M02606"
EXAMPLES = frozenset(_EXAMPLES.split())
SCHEMES = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)


@dataclass(frozen=True)
class Datum:
    """What was found in a text from `start` to `end`; `key` is the same however it is written."""

    kind: str
    start: int
    end: int
    key: str


def found_in(text: str) -> list[Datum]:
    """The personal data of a text, in order; what overlaps is told once."""
    found: list[Datum] = []
    for each in (*_mails(text), *_ibans(text), *_cards(text), *_addresses(text), *_phones(text)):
        if all(each.end <= other.start or other.end <= each.start for other in found):
            found.append(each)
    return sorted(found, key=lambda datum: datum.start)


def _mails(text: str) -> Iterator[Datum]:
    for match in _MAIL.finditer(text) if "@" in text else ():
        key = match[0].lower()
        if not _NO_MAIL.search(key):
            yield Datum(MAIL, *match.span(), key)


def _ibans(text: str) -> Iterator[Datum]:
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(match[0][:2], 0)
        places = [i for i, letter in enumerate(match[0]) if letter != " "][:length]
        key = "".join(match[0][i] for i in places)
        end = match.start() + (places[-1] + 1 if places else 0)
        if (
            length
            and len(key) == length
            and key not in EXAMPLES
            and whole_iban(key)
            and not text[end : end + 1].isalnum()
        ):
            yield Datum(IBAN, match.start(), end, key)


def whole_iban(key: str) -> bool:
    """Whether the check digits of an IBAN without spaces are right (ISO 7064, MOD 97-10)."""
    return int("".join(str(int(letter, 36)) for letter in key[4:] + key[:4])) % 97 == 1


def _cards(text: str) -> Iterator[Datum]:
    for match in _CARD.finditer(text):
        key = re.sub(r"\D", "", match[0])
        if key not in EXAMPLES and SCHEMES.fullmatch(key) and luhn(key) and len(set(key)) > 3:
            yield Datum(CARD, *match.span(), key)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (ISO/IEC 7812).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _addresses(text: str) -> Iterator[Datum]:
    for match in (*_FOUR.finditer(text), *_SIX.finditer(text)):
        with contextlib.suppress(ValueError):
            address = ipaddress.ip_address(match[0])
            short = address.version == 4 and sum(len(part) > 1 for part in match[0].split(".")) < 2  # 1.2.3.4, 8.8.8.8
            if (
                address.is_global
                and not short
                and not _VERSION.search(text[max(0, match.start() - 20) : match.start()])
            ):
                yield Datum(ADDRESS, *match.span(), str(address))


def _phones(text: str) -> Iterator[Datum]:
    if not _CALLABLE.search(text):
        return
    import phonenumbers

    strict = phonenumbers.Leniency.STRICT_GROUPING
    for match in phonenumbers.PhoneNumberMatcher(text, "US", leniency=strict, max_tries=1000):
        number = str(match.number.national_number)
        fictional = match.number.country_code == 1 and re.fullmatch(r"\d{3}55501\d\d", number)
        bare = match.raw_string.isdigit()  # ten digits in a row are more often something else
        if not fictional and not bare:
            yield Datum(PHONE, match.start, match.end, number)


def masked(text: str, data: Iterable[Datum], start: int, most: int = 300) -> str:
    """A text from a place on, at most so many letters, its personal data without all but their first and last letters."""
    letters = list(text)
    for datum in data:
        inside = [i for i in range(datum.start, datum.end) if letters[i].isalnum()]
        for i in inside[1:-2]:
            letters[i] = "*"
    return "".join(letters[start : start + most])


def standing(data: Iterable[Datum], documents: Iterable[str]) -> set[tuple[str, str]]:
    """Kind and key of the data that stand in documents too, however they are written there."""
    wanted = {(datum.kind, datum.key) for datum in data}
    ends: dict[str, set[tuple[str, str]]] = {}
    for kind, key in wanted:
        if kind in (PHONE, CARD):
            ends.setdefault(key[-7:], set()).add((kind, key))
    found: set[tuple[str, str]] = set()
    for text in documents:
        for match in _CALLABLE.finditer(text) if ends else ():
            digits = re.sub(r"\D", "", match[0])
            found |= {each for each in ends.get(digits[-7:], ()) if digits.endswith(each[1])}
        others = (*_mails(text), *_ibans(text), *_addresses(text))
        found |= {(each.kind, each.key) for each in others} & wanted
    return found
