"""E-mails, phones, codes and last four digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.booking import CODE_ALPHABET, CODE_LENGTH, BookingCode, shown_code
from infrastructure.local.understanding.contact import (
    find_code,
    find_email,
    find_last4,
    find_phone,
)
from infrastructure.local.understanding.text import Said


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("mi correo es ana.perez@correo.example.es", "ana.perez@correo.example.es"),
        ("Ana+mesa@x.io, gracias", "Ana+mesa@x.io"),
        ("es ana arroba correo punto com", "ana@correo.com"),
        ("bob at mail dot org", "bob@mail.org"),
    ],
)
def test_an_email_is_found_written_and_read_out(text: str, email: str) -> None:
    found = find_email(Said.of(text))
    assert found is not None
    assert found.value == email


@pytest.mark.parametrize("text", ["@", "a@b", "mesa @ 9", "look at the terrace", "x@@y.com"])
def test_what_is_no_email_is_left(text: str) -> None:
    assert find_email(Said.of(text)) is None


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("612 34 56 78", "ES", "+34612345678"),
        ("mi teléfono es 612-345-678", "ES", "+34612345678"),
        ("+34 612 345 678", "BO", "+34612345678"),
        ("0034612345678", "BO", "+34612345678"),
        ("70123456", "BO", "+59170123456"),
        ("(591) 7012 3456", "BO", "+59170123456"),
        ("０００591７0123456", "BO", None),
        ("+5491123456789", "ES", "+5491123456789"),
        ("tel:+59170123456", "BO", "+59170123456"),
        ("٧٠١٢٣٤٥٦", "BO", "+59170123456"),
        ("call me on 020 7946 0958", "GB", "+442079460958"),
    ],
)
def test_a_phone_is_read_in_the_country_of_the_venue(
    text: str, country: str, phone: str | None
) -> None:
    found = find_phone(Said.of(text), country=country, expected=False)
    assert (found.value if found else None) == phone


@pytest.mark.parametrize("text", ["27/11/2026", "a las 21:30", "2026-12-05", "4", "000", "+"])
def test_a_date_or_a_time_is_no_phone(text: str) -> None:
    assert find_phone(Said.of(text), country="ES", expected=True) is None


def test_a_number_that_is_not_valid_is_kept_as_said_where_it_was_asked_for() -> None:
    said = Said.of("es el 123-456-7")
    found = find_phone(said, country="ES", expected=True)
    assert found is not None
    assert found.value == "123-456-7"
    assert find_phone(Said.of("son 1234567 cosas"), country="ES", expected=False) is None


CODES = [
    "7K29MAXY4",
    "7k29maxy4",
    "7K2-9MA-XY4",
    "7k2 9ma xy4",
    "mi código es 7K2 - 9MA - XY4",
    "código: 7K2.9MA.XY4, gracias",
    "7 K 2, 9 M A, X Y 4",
    "mi código es siete ka dos nueve eme a equis ye cuatro",
    "the code is seven kilo two nine mike alpha x-ray yankee four",
]


@pytest.mark.parametrize("text", CODES)
def test_a_code_is_read_however_it_is_said(text: str) -> None:
    found = find_code(Said.of(text), expected=False)
    assert found is not None
    assert found.value == "7K29MAXY4"


@pytest.mark.parametrize(
    "text", ["CARAMELAR", "mesa para 4", "a las 9", "quiero reservar", "hay parking"]
)
def test_a_word_is_no_code(text: str) -> None:
    assert find_code(Said.of(text), expected=False) is None


def test_a_mistyped_code_is_passed_on_where_a_code_was_asked_for() -> None:
    found = find_code(Said.of("RO7K2"), expected=True)
    assert found is not None
    assert found.value == "RO7K2"


@given(st.text(CODE_ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH), st.booleans())
def test_every_code_is_understood_as_it_is_shown(code: str, lower: bool) -> None:
    shown = shown_code(BookingCode(code))
    said = Said.of(f"código {shown.lower() if lower else shown}")
    found = find_code(said, expected=False)
    assert found is not None
    assert found.value == code


@pytest.mark.parametrize(
    ("text", "digits"),
    [("1234", "1234"), ("son 1 2 3 4", "1234"), ("12-34", "1234"), ("uno dos tres cuatro", "1234")],
)
def test_four_digits_answer_the_question_for_them(text: str, digits: str) -> None:
    found = find_last4(Said.of(text), expected=True)
    assert found is not None
    assert found.value == digits


def test_four_digits_are_taken_unasked_only_where_they_are_called_that() -> None:
    assert find_last4(Said.of("1234"), expected=False) is None
    found = find_last4(Said.of("mis últimos 4 dígitos son 5678"), expected=False)
    assert found is not None
    assert found.value == "5678"
