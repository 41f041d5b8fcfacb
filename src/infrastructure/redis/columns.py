"""A day's allocations as columns, and back: small to compress, and quick in both directions.

Resources stand next to resources, starts next to starts, and a claim's length in the place of its end,
which repeats where ends do not. No code here runs for each claim: the turning is done by C code, of
Python's own and of msgspec, because there are hundreds of claims to a full day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import accumulate, chain, pairwise
from operator import add, sub
from typing import Any, NamedTuple

from domain.booking import BookingCode
from domain.floor import Allocation, Charge, Claim
from domain.venue import ResourceId

_ID_DIGITS = 32

# What `_make` does, without a frame of Python for each.
_claim: Callable[[Any], Claim] = partial(tuple.__new__, Claim)
_allocation: Callable[[Any], Allocation] = partial(tuple.__new__, Allocation)


class Columns(NamedTuple):
    """What the allocations of a day hold. All columns but those of claims are as long as the day."""

    resources: Sequence[ResourceId]
    firsts: Sequence[int]
    lengths: Sequence[int]
    claims: Sequence[int]
    """How many claims each allocation has."""
    charges: Sequence[tuple[Charge, ...]]
    expires_at: Sequence[datetime | None]
    bookings: Sequence[BookingCode | None]
    digits: bytes
    """The ids of bookings: random hex digits, two in a byte, which no compression makes smaller."""
    other_ids: Sequence[tuple[int, str]]
    """Ids that are something else, with their places, in order."""


_NO_COLUMNS = Columns((), (), (), (), (), (), (), b"", ())


def columns_of(day: Sequence[Allocation]) -> Columns:
    if not day:
        return _NO_COLUMNS
    ids, claims, charges, expires_at, bookings = zip(*day, strict=True)
    flat: list[Any] = list(chain.from_iterable(chain.from_iterable(claims)))
    resources, firsts, ends = flat[0::3], flat[1::3], flat[2::3]
    digits, other_ids = _packed(ids)
    return Columns(
        resources,
        firsts,
        list(map(sub, ends, firsts)),
        list(map(len, claims)),
        charges,
        expires_at,
        bookings,
        digits,
        other_ids,
    )


def day_of(columns: Columns) -> tuple[Allocation, ...]:
    """Raises: ValueError for columns that do not belong together."""
    resources, firsts, lengths, counts, charges, expires_at, bookings, digits, others = columns
    ends = map(add, firsts, lengths)
    claims = tuple(map(_claim, zip(resources, firsts, ends, strict=True)))
    if sum(counts) != len(claims) or min(counts, default=0) < 0:
        raise ValueError("the claims do not belong to these allocations")
    groups = [claims[first:end] for first, end in pairwise(accumulate(counts, initial=0))]
    ids = _unpacked(digits, others)
    return tuple(map(_allocation, zip(ids, groups, charges, expires_at, bookings, strict=True)))


def _packed(ids: Sequence[str]) -> tuple[bytes, Sequence[tuple[int, str]]]:
    others = [(place, each) for place, each in enumerate(ids) if len(each) != _ID_DIGITS]
    digits = "".join([each for each in ids if len(each) == _ID_DIGITS] if others else ids)
    try:
        packed = bytes.fromhex(digits)
    except ValueError:
        packed = b""
    if packed.hex() != digits:  # no digits, or not as they are written
        return b"", list(enumerate(ids))
    return packed, others


def _unpacked(packed: bytes, others: Sequence[tuple[int, str]]) -> list[str]:
    digits = packed.hex()
    if len(digits) % _ID_DIGITS:
        raise ValueError("an id does not belong here that has fewer digits")
    ids = [digits[at : at + _ID_DIGITS] for at in range(0, len(digits), _ID_DIGITS)]
    for place, each in others:
        ids.insert(place, each)
    return ids
