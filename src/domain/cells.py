"""Time as the floor counts it: five-minute cells since the Unix epoch, in UTC.

A cell is an `int`; an interval of cells is half-open, [first, end), as is every interval in this
package. Counting in UTC makes a day with a clock change a day like any other: it just has fewer or
more cells. Every zone in use today is offset by a multiple of fifteen minutes, so wall-clock
starts always fall on a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

CELL = timedelta(minutes=5)
CELL_SECONDS = 300
CELLS_PER_HOUR = 12
CELLS_PER_UTC_DAY = 288


def cell_of(instant: datetime) -> int:
    """The cell that contains an aware instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return int(instant.timestamp() // CELL_SECONDS)


def cell_after(instant: datetime) -> int:
    """The first cell that starts at or after an aware instant: the end of an interval."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return int(-(-instant.timestamp() // CELL_SECONDS))


def start_of(cell: int) -> datetime:
    """The instant at which a cell starts, in UTC."""
    return datetime.fromtimestamp(cell * CELL_SECONDS, UTC)


def cells_in(duration: timedelta) -> int:
    """How many cells cover a duration, rounded up."""
    return int(-(-duration.total_seconds() // CELL_SECONDS))


def utc_days_of(first: int, end: int) -> range:
    """The UTC days (days since the epoch) that the cells [first, end) touch."""
    return range(first // CELLS_PER_UTC_DAY, (end - 1) // CELLS_PER_UTC_DAY + 1)


def cells_mask(first: int, end: int) -> int:
    """The bits [first, end) set; none where the interval is empty."""
    return (1 << end) - (1 << first) if first < end else 0


def spread_down(bits: int, length: int) -> int:
    """Every bit also set on the `length` - 1 places below it.

    With claimed cells in, out come the starts from which `length` cells would meet a claim.
    """
    reach = 1
    while reach * 2 <= length:
        bits |= bits >> reach
        reach *= 2
    return bits | bits >> (length - reach)


def each_bit(bits: int) -> Iterator[int]:
    """The places of the set bits, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
