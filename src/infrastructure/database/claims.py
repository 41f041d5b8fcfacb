"""Where claims change hands: the only module that writes claims, allocations, pacing and revisions.

Two guests can never have one (resource, cell), because that is the primary key of `claims`. Only
staff can give a booking what another has: then it waits in `shared_claims` until the owner gives
the cell back, and nobody else gets it in between. Holds never wait and are never waited for.

All the rest here is for speed and for order. Every transaction locks in one order, so that writers wait for
each other and never deadlock:

1. the guest (`guest_lock`), where a limit per guest is to be kept,
2. the booking's row, where there is one,
3. all UTC days of the venue that it will touch, ascending,
4. revisions, allocations, claims and shared claims, which only a transaction that has their days may change,
5. pacing counters, by key.

Writers of one venue's day would wait for each other at its revision in any case. That they do so
first, and in an advisory lock, means that what they read after it stays true, that whoever is
refused has written nothing, and that they are served in the order they came (waiting on the row
itself, the slowest of 3,000 contended holds took 1.9 s).

SQLite takes its one write lock at the start and needs none of these.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NoReturn

import sqlalchemy as sa

# SQLite took its ON CONFLICT from PostgreSQL, and SQLAlchemy compiles this one for both.
from sqlalchemy.dialects.postgresql import insert

from domain.booking import Booking, BookingCode
from domain.cells import CELL, utc_days_of
from domain.errors import DomainError, PacingExceeded, SlotTaken
from domain.floor import Charge, Claim, Placement
from domain.venue import ResourceId, VenueId
from infrastructure.database.connections import Database, T, Transaction
from infrastructure.database.errors import TryAgain
from infrastructure.database.rows import Allocated, allocated, placement_columns
from infrastructure.database.tables import (
    allocations,
    claims,
    day_revisions,
    pacing,
    shared_claims,
)

HOLD = "hold"
BOOKING = "booking"
RELEASED = "released"

# No allocation is longer, so that those that touch a day are found by where they start.
LONGEST_CELLS = timedelta(days=2) // CELL

_SWEEP_BATCH = 200
_SWEEPS_IN_THE_WAY = 3

_param = sa.bindparam
_sequence_where = allocations.c.seq == _param("row")
_claim_where = sa.and_(
    claims.c.venue == _param("of_venue"),
    claims.c.resource == _param("of_resource"),
    claims.c.cell == _param("of_cell"),
)

# One lock after the other, in the order of the array.
_LOCK = sa.text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
_RAISE_REVISION = (
    insert(day_revisions)
    .values(venue=_param("venue"), utc_day=_param("utc_day"), revision=_param("step"))
    .on_conflict_do_update(
        index_elements=[day_revisions.c.venue, day_revisions.c.utc_day],
        set_={"revision": day_revisions.c.revision + _param("step")},
    )
)
_BY_ID = sa.select(allocations).where(allocations.c.id == _param("id"))
_BY_IDS = sa.select(allocations).where(allocations.c.id.in_(_param("ids", expanding=True)))
_BOOKINGS_OF = sa.select(allocations.c.booking).where(
    allocations.c.seq.in_(_param("rows", expanding=True))
)
_INSERT_ALLOCATION = sa.insert(allocations).returning(allocations.c.seq)
_UPDATE_ALLOCATION = sa.update(allocations).where(_sequence_where)
_DELETE_ALLOCATION = sa.delete(allocations).where(_sequence_where)
_RELEASE_ALLOCATION = _UPDATE_ALLOCATION.values(kind=RELEASED)
_INSERT_CLAIM = sa.insert(claims)
_MOVE_CLAIM = sa.update(claims).where(_claim_where).values(allocation=_param("to"))
_DELETE_CLAIM = sa.delete(claims).where(_claim_where)
_INSERT_SHARED = sa.insert(shared_claims)
_DELETE_SHARED = sa.delete(shared_claims).where(
    shared_claims.c.venue == _param("of_venue"),
    shared_claims.c.resource == _param("of_resource"),
    shared_claims.c.cell == _param("of_cell"),
    shared_claims.c.allocation == _param("of_allocation"),
)
_insert_charge = insert(pacing)
_CHARGE = _insert_charge.on_conflict_do_update(
    index_elements=[pacing.c.venue, pacing.c.key],
    set_={
        "covers": pacing.c.covers + _insert_charge.excluded.covers,
        "parties": pacing.c.parties + _insert_charge.excluded.parties,
    },
).returning(pacing.c.covers, pacing.c.parties)
_LAPSED = allocations.c.expires_at <= _param("now")
_ANY_LAPSED = (
    sa.select(allocations.c.seq).where(allocations.c.venue == _param("venue"), _LAPSED).limit(1)
)
_SOME_LAPSED = (
    sa.select(allocations).where(_LAPSED).order_by(allocations.c.expires_at).limit(_SWEEP_BATCH)
)
_STILL_LAPSED = sa.select(allocations).where(
    allocations.c.seq.in_(_param("rows", expanding=True)), _LAPSED
)

Cell = tuple[ResourceId, int]


class LapsedInTheWay(Exception):
    """Only lapsed holds stand between this transaction and its claims: sweep, then try again."""

    def __init__(self, refusal: DomainError) -> None:
        super().__init__("a lapsed hold is in the way")
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class View:
    """What a transaction needs to know about the floor before it claims."""

    own: Sequence[Allocated]
    """The allocations that were asked for by id, and that the new claims may take over."""
    others: Sequence[Allocated]
    """Allocations of anybody else that have one of the wanted cells."""
    held: Sequence[Allocated]
    """All holds of the holder that was asked for."""


@dataclass(frozen=True, slots=True)
class _Line:
    """Who waits for cells that others have."""

    own: set[tuple[Cell, int]]
    """What the allocations asked about wait for themselves."""
    heirs: dict[Cell, int]
    """Of all others, who is first in line."""


def guest_lock(venue: VenueId, user_id: str) -> str:
    """The lock of whoever counts what a guest has, or starts a conversation with them."""
    return f"guest {venue} {user_id}"


def lock(connection: sa.Connection, *names: str) -> None:
    """Wait for, and then keep out, every other transaction that asks for one of these locks."""
    if connection.dialect.name == "postgresql" and names:
        connection.execute(_LOCK, {"keys": [_lock_key(name) for name in names]})


def _lock_key(name: str) -> int:
    digest = hashlib.blake2b(name.encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _day_locks(venue: VenueId, days: Iterable[int]) -> list[str]:
    return [f"day {venue} {day}" for day in sorted(days)]


def columns_of(booking: Booking) -> dict[str, Any]:
    """What a booking's allocation says besides its placement."""
    return {
        "id": booking.id,
        "kind": BOOKING,
        "holder": "",
        "expires_at": None,
        "booking": booking.code,
    }


def claimable(
    connection: sa.Connection,
    *,
    venue: VenueId,
    placement: Placement,
    own: Sequence[str] = (),
    holder: str | None = None,
    now: datetime,
) -> View:
    """Lock the days of a placement, raise their revisions, and make sure that its cells are free.

    `own`: ids of allocations that the placement may take over. `holder`: whose holds to find too;
    they are locked as well.

    Raises: SlotTaken, LapsedInTheWay.
    """
    days = _days_of(placement)
    if connection.dialect.name != "sqlite":
        days |= _days_of(*_placements(connection, own))
        guest = [] if holder is None else [guest_lock(venue, holder)]
        lock(connection, *guest, *_day_locks(venue, days))
    view = look(connection, venue=venue, placement=placement, own=own, holder=holder, now=now)
    _raise_revisions(connection, venue, days | _days_of(*(a.placement for a in view.own)))
    return view


def look(
    connection: sa.Connection,
    *,
    venue: VenueId,
    placement: Placement,
    own: Sequence[str] = (),
    holder: str | None = None,
    now: datetime,
) -> View:
    """What `claimable` finds, without its locks: a refusal is final, anything else is not.

    Raises: SlotTaken, LapsedInTheWay.
    """
    view = _look(connection, venue, placement, own, holder)
    _refuse_if_taken(view, now)
    return view


def claim(
    connection: sa.Connection,
    *,
    venue: VenueId,
    placement: Placement,
    own: Sequence[Allocated],
    columns: dict[str, Any],
    now: datetime,
    keep_pacing: bool = True,
) -> None:
    """Make one allocation with these claims and charges out of those that are own.

    Cells that are claimed already stay claimed throughout. `columns` are the allocation's others.

    Raises: SlotTaken (a cell of its own is shared), PacingExceeded (not where `keep_pacing` is
    False), LapsedInTheWay.
    """
    seq = _write_allocation(connection, venue, placement, own, columns)
    _change_claims(connection, venue, own, _cells(placement.claims), seq)
    _change_charges(connection, venue, own, placement.charges, now if keep_pacing else None)


def claim_by_force(
    connection: sa.Connection,
    *,
    venue: VenueId,
    placement: Placement,
    own: str,
    columns: dict[str, Any],
) -> None:
    """Make the allocation `own`, or change it, with these claims and charges, whatever is in its way.

    Holds in the way end. Cells that bookings have are shared with them. No limit is kept.
    """
    replaced = _make_way(connection, venue, placement, own)
    contested = _taken_by_others(connection, venue, placement, replaced)
    seq = _write_allocation(connection, venue, placement, replaced, columns)
    _change_claims(connection, venue, replaced, _cells(placement.claims), seq, contested=contested)
    _change_charges(connection, venue, replaced, placement.charges, None)


def keep_released(
    connection: sa.Connection,
    *,
    venue: VenueId,
    placement: Placement,
    own: str,
    columns: dict[str, Any],
) -> None:
    """Give back what the allocation `own` has, and keep this placement for when it asks again."""
    found = lock_own(connection, own)
    before = [] if found is None else [found]
    for each in before:
        give_back(connection, each, for_good=False)
    _write_allocation(connection, venue, placement, before, {**columns, "kind": RELEASED})


def sharing(connection: sa.Connection, allocation_id: str) -> list[BookingCode]:
    """The bookings that have, or wait for, cells of this allocation; sorted."""
    found = find(connection, allocation_id)
    if found is None or found.kind == RELEASED:
        return []
    wanted = found.placement.claims
    values = _reach(found.venue, wanted)
    waiting = connection.execute(_shared_statement(len(wanted)), values).all()
    if not waiting:
        return []
    cells = {(row.resource, row.cell) for row in waiting}
    # One statement with a join makes PostgreSQL read all claims: 52 ms among 300 bookings.
    owning = connection.execute(_owners_statement(len(wanted)), values)
    involved = {row.allocation for row in waiting}
    involved |= {row.allocation for row in owning if (row.resource, row.cell) in cells}
    rows = sorted(involved - {found.seq})
    return sorted(connection.execute(_BOOKINGS_OF, {"rows": rows}).scalars())


def _write_allocation(
    connection: sa.Connection,
    venue: VenueId,
    placement: Placement,
    own: Sequence[Allocated],
    columns: dict[str, Any],
) -> int:
    """Write one allocation in the place of its own; returns its number."""
    if not 0 < _length(placement) <= LONGEST_CELLS:
        raise ValueError("an allocation is between one cell and two days long")
    row = {**columns, **placement_columns(placement), "venue": venue}
    wanted = _cells(placement.claims)
    keeper = max(own, key=lambda a: len(wanted & _claimed(a)), default=None)
    for other in own:
        if other is not keeper:
            connection.execute(_DELETE_ALLOCATION, {"row": other.seq})
    if keeper is None:
        return int(connection.execute(_INSERT_ALLOCATION, row).scalar_one())
    connection.execute(_UPDATE_ALLOCATION, {**row, "row": keeper.seq})
    return keeper.seq


def give_back(connection: sa.Connection, allocation: Allocated, *, for_good: bool) -> None:
    """Free an allocation's cells and charges; its days must be locked.

    `for_good` False keeps its row, so that a booking can ask for the same again.
    """
    statement = _DELETE_ALLOCATION if for_good else _RELEASE_ALLOCATION
    connection.execute(statement, {"row": allocation.seq})
    _change_claims(connection, allocation.venue, [allocation], set(), allocation.seq)
    _change_charges(connection, allocation.venue, [allocation], (), None)


def find(connection: sa.Connection, allocation_id: str) -> Allocated | None:
    row = connection.execute(_BY_ID, {"id": allocation_id}).first()
    return None if row is None else allocated(row)


def lock_own(connection: sa.Connection, allocation_id: str) -> Allocated | None:
    """An allocation with its days locked and their revisions raised, or None where it is gone."""
    found = find(connection, allocation_id)
    if found is None:
        return None
    days = _days_of(found.placement)
    lock(connection, *_day_locks(found.venue, days))
    _raise_revisions(connection, found.venue, days)
    return found if connection.dialect.name == "sqlite" else find(connection, allocation_id)


async def write_past_lapsed(
    database: Database, transaction: Transaction[T], *, now: datetime, durable: bool
) -> T:
    """Run a transaction that claims; where lapsed holds are in its way, sweep them and try again."""
    for _ in range(_SWEEPS_IN_THE_WAY):
        try:
            return await database.write(transaction, durable=durable)
        except LapsedInTheWay as error:
            refusal = error.refusal
        await sweep(database, now=now)
    raise refusal


async def sweep(database: Database, *, now: datetime) -> int:
    """Delete all holds lapsed at `now`; returns how many."""
    swept = 0
    while True:
        found, deleted = await database.write(lambda connection: _sweep_some(connection, now))
        swept += deleted
        if found < _SWEEP_BATCH:
            return swept


def _sweep_some(connection: sa.Connection, now: datetime) -> tuple[int, int]:
    lapsed = [allocated(row) for row in connection.execute(_SOME_LAPSED, {"now": now})]
    if not lapsed:
        return 0, 0
    days: dict[VenueId, set[int]] = defaultdict(set)
    for hold in lapsed:
        days[hold.venue] |= _days_of(hold.placement)
    for venue in sorted(days):
        lock(connection, *_day_locks(venue, days[venue]))
        _raise_revisions(connection, venue, days[venue])
    # Some may have become bookings, or have been swept by another process, while we waited.
    rows = connection.execute(_STILL_LAPSED, {"rows": [h.seq for h in lapsed], "now": now})
    still = [allocated(row) for row in rows]
    for hold in still:
        connection.execute(_DELETE_ALLOCATION, {"row": hold.seq})
        _change_claims(connection, hold.venue, [hold], set(), hold.seq)
    for venue in sorted(days):
        _change_charges(connection, venue, [h for h in still if h.venue == venue], (), None)
    return len(lapsed), len(still)


def _raise_revisions(connection: sa.Connection, venue: VenueId, days: Iterable[int]) -> None:
    rows = [{"venue": venue, "utc_day": day, "step": _step()} for day in sorted(days)]
    connection.execute(_RAISE_REVISION, rows)


def _step() -> int:
    """By how much a revision grows. At random, because sheets are kept in a cache under the revisions
    they were read at: a ledger that was restored from a backup, and one that begins anew, must not
    come past numbers that another life of theirs has used. 2**63 lasts for 10**12 changes."""
    return 1 + secrets.randbelow(1 << 22)


def _placements(connection: sa.Connection, ids: Sequence[str]) -> list[Placement]:
    if not ids:
        return []
    return [allocated(row).placement for row in connection.execute(_BY_IDS, {"ids": list(ids)})]


def _look(
    connection: sa.Connection,
    venue: VenueId,
    placement: Placement,
    own: Sequence[str],
    holder: str | None,
) -> View:
    values = {**_reach(venue, placement.claims), "ids": list(own), "holder": holder}
    rows = connection.execute(_look_statement(len(placement.claims)), values)
    seen = [a for a in map(allocated, rows) if a.venue == venue]
    return View(
        own=[a for a in seen if a.id in own],
        others=[a for a in seen if a.id not in own and _overlap(a, placement)],
        held=[a for a in seen if a.kind == HOLD and a.holder == holder],
    )


@lru_cache(maxsize=64)
def _look_statement(claim_count: int) -> sa.Select[Any]:
    # Three index look-ups; one WHERE with OR makes PostgreSQL read the whole table.
    sought = sa.union(
        sa.select(claims.c.allocation).where(_in_reach(claims, claim_count)),
        sa.select(allocations.c.seq).where(allocations.c.id.in_(_param("ids", expanding=True))),
        sa.select(allocations.c.seq).where(
            allocations.c.venue == _param("venue"),
            allocations.c.holder == _param("holder"),
            allocations.c.expires_at.is_not(None),
        ),
    )
    return sa.select(allocations).where(allocations.c.seq.in_(sought))


@lru_cache(maxsize=64)
def _owners_statement(claim_count: int) -> sa.Select[Any]:
    columns = (claims.c.resource, claims.c.cell, claims.c.allocation)
    return sa.select(*columns).where(_in_reach(claims, claim_count))


@lru_cache(maxsize=64)
def _shared_statement(claim_count: int) -> sa.Select[Any]:
    columns = (shared_claims.c.resource, shared_claims.c.cell, shared_claims.c.allocation)
    return (
        sa.select(*columns)
        .where(_in_reach(shared_claims, claim_count))
        .order_by(shared_claims.c.allocation)
    )


def _in_reach(table: sa.Table, claim_count: int) -> sa.ColumnElement[bool]:
    """Whether a row's cell is one of the claims that `_reach` gives as values."""
    return sa.and_(
        table.c.venue == _param("venue"),
        sa.or_(
            *(
                sa.and_(
                    table.c.resource == _param(f"resource{i}"),
                    table.c.cell >= _param(f"first{i}"),
                    table.c.cell < _param(f"end{i}"),
                )
                for i in range(claim_count)
            )
        ),
    )


def _reach(venue: VenueId, wanted: Iterable[Claim]) -> dict[str, Any]:
    values: dict[str, Any] = {"venue": venue}
    for i, each in enumerate(wanted):
        values |= {f"resource{i}": each.resource, f"first{i}": each.first, f"end{i}": each.end}
    return values


def _overlap(allocation: Allocated, placement: Placement) -> bool:
    return allocation.kind != RELEASED and any(
        a.resource == b.resource and a.first < b.end and b.first < a.end
        for a in allocation.placement.claims
        for b in placement.claims
    )


def _refuse_if_taken(view: View, now: datetime) -> None:
    live = [other for other in view.others if not other.has_lapsed(now)]
    if live:
        raise SlotTaken(held=all(other.kind == HOLD for other in live))
    if view.others:
        raise LapsedInTheWay(SlotTaken(held=True))


def _make_way(
    connection: sa.Connection, venue: VenueId, placement: Placement, own: str
) -> list[Allocated]:
    """Lock and raise the days of a placement and of what gives way to it; returns the latter."""

    def giving_way() -> list[Allocated]:
        seen = _look(connection, venue, placement, [own], None)
        return [*seen.own, *(other for other in seen.others if other.kind == HOLD)]

    found = giving_way()
    days = _days_of(placement, *(a.placement for a in found))
    if connection.dialect.name != "sqlite":
        lock(connection, *_day_locks(venue, days))
        found = giving_way()
        if not _days_of(*(a.placement for a in found)) <= days:
            raise TryAgain  # a hold that was placed meanwhile reaches into one more day
    _raise_revisions(connection, venue, days)
    return found


def _taken_by_others(
    connection: sa.Connection, venue: VenueId, placement: Placement, own: Sequence[Allocated]
) -> set[Cell]:
    wanted, ours = placement.claims, {a.seq for a in own}
    rows = connection.execute(_owners_statement(len(wanted)), _reach(venue, wanted))
    return {(ResourceId(r.resource), r.cell) for r in rows if r.allocation not in ours}


def _line_at(connection: sa.Connection, venue: VenueId, own: Sequence[Allocated]) -> _Line:
    """Who waits for cells of these allocations. Nobody waits for a hold's, nor does a hold."""
    line = _Line(own=set(), heirs={})
    shareable = [c for a in own if a.kind == BOOKING for c in a.placement.claims]
    if not shareable:
        return line
    ours = {a.seq for a in own}
    for row in connection.execute(_shared_statement(len(shareable)), _reach(venue, shareable)):
        cell = (ResourceId(row.resource), row.cell)
        if row.allocation in ours:
            line.own.add((cell, row.allocation))
        else:
            line.heirs.setdefault(cell, row.allocation)
    return line


def _change_claims(
    connection: sa.Connection,
    venue: VenueId,
    own: Sequence[Allocated],
    wanted: set[Cell],
    seq: int,
    *,
    contested: set[Cell] | None = None,
) -> None:
    """Give `seq` the wanted cells in the place of those that its own have.

    A cell that is given back goes to whoever has waited longest. `contested`: cells that others
    have, for which `seq` will wait; None where nothing may be shared.

    Raises: SlotTaken.
    """
    line = _line_at(connection, venue, own)
    owner = {cell: a.seq for a in own for cell in _claimed(a) if (cell, a.seq) not in line.own}
    if contested is None and not wanted.isdisjoint(line.heirs):
        raise SlotTaken
    granted = wanted - (contested or set())
    fresh = sorted(granted - owner.keys())
    moved = sorted(cell for cell in granted & owner.keys() if owner[cell] != seq)
    freed = sorted(owner.keys() - wanted - line.heirs.keys())
    inherited = sorted((owner.keys() - wanted) & line.heirs.keys())
    if fresh:
        connection.execute(_INSERT_CLAIM, [_claim_row(venue, cell, seq) for cell in fresh])
    if moved:
        connection.execute(_MOVE_CLAIM, [{**_claim_key(venue, cell), "to": seq} for cell in moved])
    if freed:
        connection.execute(_DELETE_CLAIM, [_claim_key(venue, cell) for cell in freed])
    if inherited:
        rows = [{**_claim_key(venue, cell), "to": line.heirs[cell]} for cell in inherited]
        connection.execute(_MOVE_CLAIM, rows)
    left = [*line.own, *((cell, line.heirs[cell]) for cell in inherited)]
    if left:
        rows = [{**_claim_key(venue, cell), "of_allocation": waited} for cell, waited in left]
        connection.execute(_DELETE_SHARED, rows)
    if contested:
        rows = [_claim_row(venue, cell, seq) for cell in sorted(contested)]
        connection.execute(_INSERT_SHARED, rows)


def _change_charges(
    connection: sa.Connection,
    venue: VenueId,
    own: Sequence[Allocated],
    charges: Iterable[Charge],
    keep_at: datetime | None,
) -> None:
    """Move the counters from what `own` was charged to `charges`.

    `keep_at`: the instant at which limits are kept, or None to keep none. Only a counter that grows
    is held against its limit: a party that moves within a full window changes nothing.
    """
    covers: dict[str, int] = defaultdict(int)
    parties: dict[str, int] = defaultdict(int)
    limits: dict[str, Charge] = {}
    for allocation in own:
        if allocation.kind == RELEASED:
            continue
        for charge in allocation.placement.charges:
            covers[charge.key] -= charge.covers
            parties[charge.key] -= charge.parties
    for charge in charges:
        covers[charge.key] += charge.covers
        parties[charge.key] += charge.parties
        limits[charge.key] = charge
    for key in sorted(covers):
        if covers[key] == 0 and parties[key] == 0:
            continue
        row = {"venue": venue, "key": key, "covers": covers[key], "parties": parties[key]}
        total = connection.execute(_CHARGE, row).one()
        limit = limits.get(key)
        if limit is None or keep_at is None:
            continue
        if (covers[key] > 0 and _above(total.covers, limit.max_covers)) or (
            parties[key] > 0 and _above(total.parties, limit.max_parties)
        ):
            _refuse_pacing(connection, venue, limit.rule, keep_at)


def _refuse_pacing(connection: sa.Connection, venue: VenueId, rule: str, now: datetime) -> NoReturn:
    refusal = PacingExceeded(rule=rule)
    if connection.execute(_ANY_LAPSED, {"venue": venue, "now": now}).first() is not None:
        raise LapsedInTheWay(refusal)
    raise refusal


def _above(total: int, limit: int | None) -> bool:
    return limit is not None and total > limit


def _claim_key(venue: VenueId, cell: Cell) -> dict[str, object]:
    return {"of_venue": venue, "of_resource": cell[0], "of_cell": cell[1]}


def _claim_row(venue: VenueId, cell: Cell, seq: int) -> dict[str, object]:
    return {"venue": venue, "resource": cell[0], "cell": cell[1], "allocation": seq}


def _claimed(allocation: Allocated) -> set[Cell]:
    return set() if allocation.kind == RELEASED else _cells(allocation.placement.claims)


def _cells(wanted: Iterable[Claim]) -> set[Cell]:
    return {(claim.resource, cell) for claim in wanted for cell in range(claim.first, claim.end)}


def _length(placement: Placement) -> int:
    return max(c.end for c in placement.claims) - min(c.first for c in placement.claims)


def _days_of(*placements: Placement) -> set[int]:
    return {
        day for p in placements for claim in p.claims for day in utc_days_of(claim.first, claim.end)
    }
