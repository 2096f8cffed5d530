"""Personal data of nobody, and numbers that look like some, each in a sentence: what recognisers are tried on.

Telephone numbers are the library's examples of a country with other last digits, two of five as they are
written at home; accounts and cards have right check digits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from genmodels.checks.personal_data import ADDRESS, CARD, IBAN, IBAN_LENGTHS, MAIL, PHONE, SCHEMES, luhn, whole_iban

SENTENCES = (
    "Please write to {} before the end of the week.",
    "It is {}, as far as I remember.",
    "You can use {} for that; nobody else does.",
    "The note said: {}",
    "We were told that {} is the right one.",
)
REGIONS = ("US", "GB", "DE", "FR", "IN", "BR", "JP", "NG", "TR", "AU")
Make = Callable[[np.random.Generator], str]


def _digits(rng: np.random.Generator, n: int) -> str:
    return "".join(map(str, rng.integers(10, size=n)))


def _word(rng: np.random.Generator) -> str:
    return "".join(rng.choice(list("abcdefghiklmnoprstuw"), int(rng.integers(4, 9))))


def _mail(rng: np.random.Generator) -> str:
    name = f"{_word(rng)}{rng.choice(['.', '_', '', '-'])}{_word(rng)}{rng.choice(['', str(rng.integers(100))])}"
    return f"{name}@{_word(rng)}.{rng.choice(['com', 'de', 'co.uk', 'org', 'io'])}"


def _phone(rng: np.random.Generator) -> str:
    import phonenumbers

    region, kind = str(rng.choice(REGIONS)), phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(region, kind) or phonenumbers.PhoneNumber()
    made = example
    for _ in range(50):
        number = str(example.national_number)[:-4] + _digits(rng, 4)
        made = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=int(number))
        if phonenumbers.is_valid_number(made) and "55501" not in number:
            break
    form = phonenumbers.PhoneNumberFormat
    written = (form.INTERNATIONAL, form.INTERNATIONAL, form.E164, form.NATIONAL, form.NATIONAL)
    return str(phonenumbers.format_number(made, written[rng.integers(len(written))]))


def _iban(rng: np.random.Generator) -> str:
    country = str(rng.choice(list(IBAN_LENGTHS)))
    body = _digits(rng, IBAN_LENGTHS[country] - 4)
    check = next(f"{each:02d}" for each in range(2, 99) if whole_iban(f"{country}{each:02d}{body}"))
    whole = country + check + body
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4)) if rng.random() < 0.5 else whole


def _card(rng: np.random.Generator) -> str:
    begins, length = (("4", 16), ("52", 16), ("37", 15), ("6011", 16))[rng.integers(4)]
    body = begins + _digits(rng, length - 1 - len(begins))
    whole = next(body + str(last) for last in range(10) if luhn(body + str(last)))
    assert SCHEMES.fullmatch(whole)
    gap = str(rng.choice(["", " ", "-"]))
    return gap.join(whole[i : i + 4] for i in range(0, length, 4))


def _address(rng: np.random.Generator) -> str:
    if rng.random() < 0.3:
        return ":".join(["2a02", *(f"{each:x}" for each in rng.integers(1, 2**16, size=7))])
    return f"{rng.integers(20, 90)}.{rng.integers(10, 250)}.{rng.integers(256)}.{rng.integers(1, 255)}"


MADE_UP: dict[str, Make] = {MAIL: _mail, PHONE: _phone, IBAN: _iban, CARD: _card, ADDRESS: _address}


def _isbn(rng: np.random.Generator) -> str:
    body = f"978{_digits(rng, 9)}"
    check = -sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(body)) % 10
    return f"ISBN {body[:3]}-{body[3]}-{body[4:7]}-{body[7:12]}-{check}"


def _isbn_10(rng: np.random.Generator) -> str:
    body = _digits(rng, 9)
    check = sum(int(digit) * (place + 1) for place, digit in enumerate(body)) % 11
    return f"ISBN {body[0]}-{body[1:4]}-{body[4:9]}-{'X' if check == 10 else check}"


LOOK_ALIKES: dict[str, Make] = {
    "a date": lambda rng: f"{rng.integers(1900, 2030)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}",
    "a date with its time": lambda rng: (
        f"{rng.integers(1, 13)}/{rng.integers(1, 29)}/{rng.integers(1950, 2030)} {rng.integers(24):02d}:{rng.integers(60):02d}:{rng.integers(60):02d}"
    ),
    "a German date": lambda rng: f"{rng.integers(1, 29):02d}.{rng.integers(1, 13):02d}.{rng.integers(1900, 2030)}",
    "a version number": lambda rng: (
        f"version {rng.integers(30)}.{rng.integers(30)}.{rng.integers(100)}.{rng.integers(250)}"
    ),
    "a short version number": lambda rng: f"{rng.integers(9)}.{rng.integers(30)}.{rng.integers(30)}",
    "a section number": lambda rng: (
        f"section {rng.integers(1, 9)}.{rng.integers(1, 9)}.{rng.integers(1, 9)}.{rng.integers(1, 30)}"
    ),
    "an ISBN": _isbn,
    "an ISBN of 10 digits": _isbn_10,
    "a range of years": lambda rng: f"{rng.integers(1500, 1900)}-{rng.integers(1900, 2030)}",
    "a price": lambda rng: f"${rng.integers(1, 999)},{_digits(rng, 3)},{_digits(rng, 3)}.{_digits(rng, 2)}",
    "pages": lambda rng: f"pp. {rng.integers(1, 900)}-{rng.integers(900, 1500)}",
    "an order number": lambda rng: f"order {_digits(rng, int(rng.integers(8, 13)))}",
    "coordinates": lambda rng: f"{rng.integers(90)}.{_digits(rng, 5)}, -{rng.integers(180)}.{_digits(rng, 5)}",
    "a number with a fraction": lambda rng: f"{rng.integers(1, 10)}.{_digits(rng, 14)}",
    "a preprint": lambda rng: f"arXiv:{rng.integers(10, 27)}{rng.integers(1, 13):02d}.{_digits(rng, 5)}",
    "an identifier": lambda rng: "-".join("".join(rng.choice(list("0123456789abcdef"), n)) for n in (8, 4, 4, 4, 12)),
    "a time": lambda rng: f"{rng.integers(24):02d}:{rng.integers(60):02d}:{rng.integers(60):02d}",
    "a handle": lambda rng: f"@{_word(rng)}",
}


def sentences(makes: dict[str, Make], n: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """n sentences that hold what is made, by kind in turn: (kind, sentence)."""
    names = [name for _ in range(n // len(makes) + 1) for name in makes][:n]
    return [(name, str(rng.choice(SENTENCES)).format(makes[name](rng))) for name in names]
