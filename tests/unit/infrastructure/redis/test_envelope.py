"""How values are written: small, and never read as something else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.cache_keys import NAMESPACES, RATE, SHEETS
from domain.booking import BookingCode
from domain.floor import Allocation, Charge, Claim
from domain.venue import ResourceId
from infrastructure.benchmarks.sample_days import sample_day
from infrastructure.caching.tier import Entry
from infrastructure.redis.envelope import HEADER_BYTES, Compression, Foreign, seal, unseal
from infrastructure.redis.values import CODECS
from infrastructure.venues.loader import load_venues

ENTRY = Entry(None, 1_795_000_000.123, 600.0, 0.25)
KEY = b"anfitrion:1:la-terraza:sheet:x"
SHEET = CODECS[SHEETS.name]

allocations = st.builds(
    Allocation,
    id=st.text(),
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


def test_a_value_under_another_key_is_foreign() -> None:
    with pytest.raises(Foreign):
        unseal(b"anfitrion:1:other", seal(KEY, b"a table", ENTRY, Compression.NONE))


def test_a_torn_value_is_foreign() -> None:
    sealed = seal(KEY, b"a table for two " * 9, ENTRY, Compression.SHEETS)
    for length in range(len(sealed)):
        with pytest.raises(Foreign):
            unseal(KEY, sealed[:length])


def test_bytes_are_stored_as_bytes_and_not_in_hex() -> None:
    """Hex doubles what compression has saved."""
    day = restaurant_day()
    sealed = seal(KEY, SHEET.encode(day), ENTRY, SHEET.compression)
    assert any(byte > 127 for byte in sealed)
    assert len(sealed) <= 0.18 * len(msgspec.json.encode(day))


def restaurant_day() -> tuple[Allocation, ...]:
    house = next(each for each in load_venues(None) if each.id == "la-terraza")
    return sample_day(house, date(2027, 4, 3), parties=40, random=Random(5))


def test_every_namespace_with_values_has_a_codec() -> None:
    assert set(CODECS) == {each.name for each in NAMESPACES}
    assert RATE not in CODECS
