"""Links to bookings: made with a key, opened with the same one only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.booking import CODE_ALPHABET, CODE_LENGTH, BookingCode
from infrastructure.http.links import BookingLinks

LINKS = BookingLinks(b"key")
codes = st.text(CODE_ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH).map(BookingCode)


@given(codes)
def test_a_token_opens_its_own_booking_and_no_other_key_made_it(code: BookingCode) -> None:
    assert LINKS.code(LINKS.token(code)) == code
    assert BookingLinks(b"other").code(LINKS.token(code)) is None


@given(codes, st.data())
def test_a_token_that_was_changed_anywhere_opens_nothing(
    code: BookingCode, data: st.DataObject
) -> None:
    token = LINKS.token(code)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda each: each != token[at]))
    assert LINKS.code(token[:at] + other + token[at + 1 :]) is None


@given(st.text(max_size=60))
def test_no_text_at_all_opens_anything(text: str) -> None:
    assert LINKS.code(text) is None


def test_a_token_has_more_than_128_bits_that_only_the_key_gives() -> None:
    proof = LINKS.token(BookingCode("7K29MAXY4"))[CODE_LENGTH:]
    assert len(proof) * 6 >= 128


@pytest.mark.parametrize(
    ("public_url", "begins"),
    [
        (None, "/b/7K29MAXY4"),
        ("https://a.example", "https://a.example/b/"),
        ("https://a.example/x/", "https://a.example/x/b/"),
    ],
)
def test_a_link_is_absolute_where_the_public_address_is_known(
    public_url: str | None, begins: str
) -> None:
    url = BookingLinks(b"key", public_url=public_url).url(BookingCode("7K29MAXY4"))
    assert url.startswith(begins)
