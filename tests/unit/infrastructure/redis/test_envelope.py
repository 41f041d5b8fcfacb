"""How values are written: small, and never read as something else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.cache_keys import NAMESPACES, PREFIX, RATE, SHEETS
from domain.booking import BookingCode
from domain.floor import Allocation, Charge, Claim
from domain.venue import ResourceId
from infrastructure.benchmarks.sample_days import plain_json, sample_days
from infrastructure.caching.tier import Entry
from infrastructure.redis.columns import columns_of, day_of
from infrastructure.redis.envelope import HEADER_BYTES, Compression, Foreign, seal, unseal
from infrastructure.redis.values import CODECS, Undecodable
from infrastructure.venues.loader import load_venues

ENTRY = Entry(None, 1_795_000_000.123, 600.0, 0.25)
KEY = PREFIX.encode() + b"la-terraza:sheet:x"
SHEET = CODECS[SHEETS.name]

hex_ids = st.binary(min_size=16, max_size=16).map(bytes.hex)

allocations = st.builds(
    Allocation,
    id=st.text() | st.text("0123456789abcdefABCDEF ", min_size=32, max_size=32) | hex_ids,
    claims=st.lists(
        st.builds(Claim, st.text().map(ResourceId), st.integers(0, 2**40), st.integers(0, 2**40))
    ).map(tuple),
    charges=st.lists(
        st.builds(
            Charge,
            st.text(),
            st.text(),
            st.integers(0, 99),
            st.integers(0, 99),
            st.none() | st.integers(0, 99),
            st.none() | st.integers(0, 99),
        )
    ).map(tuple),
    expires_at=st.none()
    | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    booking=st.none() | st.text().map(BookingCode),
)


@given(st.binary(max_size=300), st.binary(max_size=9000), st.sampled_from([*Compression][:3]))
def test_what_was_sealed_comes_back(key: bytes, content: bytes, compression: Compression) -> None:
    opened, entry = unseal(key, seal(key, content, ENTRY, compression))
    assert opened == content
    assert entry.stored_at == pytest.approx(ENTRY.stored_at, abs=0.001)
    assert (entry.fresh_s, entry.cost_s) == (600.0, 0.25)


def test_absence_is_a_header_alone() -> None:
    sealed = seal(KEY, None, ENTRY, Compression.SHEETS)
    assert len(sealed) == HEADER_BYTES
    assert unseal(KEY, sealed)[0] is None


@given(st.lists(allocations, max_size=8).map(tuple))
def test_every_day_sheet_comes_back_as_it_was(day: tuple[Allocation, ...]) -> None:
    assert SHEET.decode(SHEET.encode(day)) == day


@pytest.mark.parametrize("compression", [*Compression])
def test_one_changed_bit_anywhere_makes_it_foreign(compression: Compression) -> None:
    content = None if compression is Compression.ABSENT else b"a table for two " * 9
    sealed = seal(KEY, content, ENTRY, compression)
    for position in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(Foreign):
            unseal(KEY, bytes(changed))


@pytest.mark.parametrize(
    "foreign", [b"", b"hello", b"\x00" * 40, b"{}", 5, None, "text", b"\x10" + b"\xff" * 30]
)
def test_what_others_wrote_is_foreign(foreign: object) -> None:
    with pytest.raises(Foreign):
        unseal(KEY, foreign)  # type: ignore[arg-type]


@pytest.mark.parametrize("compression", [Compression.PLAIN, Compression.SHEETS])
def test_a_value_that_would_fill_the_memory_is_foreign(compression: Compression) -> None:
    bomb = seal(KEY, bytes(65 * 1024 * 1024), ENTRY, compression)
    assert len(bomb) < 100_000
    with pytest.raises(Foreign):
        unseal(KEY, bomb)


def test_a_value_under_another_key_is_foreign() -> None:
    with pytest.raises(Foreign):
        unseal(KEY + b"y", seal(KEY, b"a table", ENTRY, Compression.NONE))


def test_a_torn_value_is_foreign() -> None:
    sealed = seal(KEY, b"a table for two " * 9, ENTRY, Compression.SHEETS)
    for length in range(len(sealed)):
        with pytest.raises(Foreign):
            unseal(KEY, sealed[:length])


@pytest.mark.parametrize("venue", ["la-terraza", "clinica-sonrisa"])
def test_day_sheets_over_1_kb_are_stored_in_18_per_cent_of_plain_json(venue: str) -> None:
    sizes = [(len(plain), len(sealed(day))) for day, plain in days_of(venue) if len(plain) > 1024]
    assert len(sizes) > 20
    assert sum(stored for _, stored in sizes) <= 0.18 * sum(plain for plain, _ in sizes)
    assert all(stored <= 0.18 * plain for plain, stored in sizes if plain > 2048)


def test_bytes_are_stored_as_bytes_and_not_in_hex() -> None:
    """Hex doubles what compression has saved."""
    day, _ = max(days_of("la-terraza"), key=lambda each: len(each[1]))
    assert any(byte > 127 for byte in sealed(day))
    digits = bytes.fromhex(day[0].id)
    assert digits in SHEET.encode(day)


def days_of(venue: str) -> Iterator[tuple[tuple[Allocation, ...], bytes]]:
    """None of them among those that the dictionary was trained on."""
    house = next(each for each in load_venues(None) if each.id == venue)
    for day in sample_days(house, days=60, seed=7, first_day=date(2027, 4, 3)):
        if day:
            yield day, plain_json(day)


def sealed(day: tuple[Allocation, ...]) -> bytes:
    return seal(KEY, SHEET.encode(day), ENTRY, SHEET.compression)


def test_ids_of_every_kind_keep_their_places() -> None:
    ids = ["0" * 32, "5f" * 12 + ":7", "", "a1" * 16, "A1" * 16, " 1" * 16, "z" * 32]
    for mixed in (ids[:4], ids, ids[4:], ids[1:3]):
        day = tuple(Allocation(each, (), ()) for each in mixed)
        assert SHEET.decode(SHEET.encode(day)) == day


def test_columns_that_do_not_belong_together_are_no_day() -> None:
    whole = columns_of(
        tuple(
            Allocation(f"{number:032x}", (Claim(ResourceId("T1"), 5, 9),), ())
            for number in range(3)
        )
    )
    for torn in (
        whole._replace(resources=whole.resources[1:]),
        whole._replace(lengths=whole.lengths[1:]),
        whole._replace(claims=[1, 1, 5]),
        whole._replace(claims=[1, 1]),
        whole._replace(claims=[1, -1, 3]),
        whole._replace(bookings=whole.bookings[1:]),
        whole._replace(digits=whole.digits[16:]),
        whole._replace(digits=whole.digits[1:]),
    ):
        with pytest.raises(ValueError, match=r"argument|belong"):
            day_of(torn)


def test_a_day_as_an_earlier_version_wrote_it_is_undecodable() -> None:
    """It is under another key as well; this is for who forgets to raise the schema."""
    day, _ = next(days_of("la-terraza"))
    by_name = msgspec.msgpack.encode([each._asdict() for each in day])
    with pytest.raises(Undecodable):
        SHEET.decode(by_name)


def test_every_namespace_with_values_has_a_codec() -> None:
    assert set(CODECS) == {each.name for each in NAMESPACES}
    assert RATE not in CODECS
