"""The waitlist in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from application import codec
from domain.venue import ServiceId, VenueId
from domain.waitlist import WaitlistEntry, WaitlistId, WaitlistStatus, joined_again
from infrastructure.database import claims
from infrastructure.database.connections import Database
from infrastructure.database.rows import guest_columns, guest_of
from infrastructure.database.tables import waitlist

_param = sa.bindparam
_w = waitlist.c
# Spelled as in the partial index, or PostgreSQL will not use it.
_is_listed = sa.text("waitlist.status IN ('waiting', 'offered')")
_is_of_guest = sa.or_(
    # What staff typed has no user.
    sa.and_(_w.user_id == _param("user_id"), _param("user_id", type_=sa.Text) != ""),
    sa.and_(_w.phone == _param("phone"), _param("phone", type_=sa.Text) != ""),
)

_GET = sa.select(waitlist).where(_w.id == _param("of_id"))
_SAME_WISH = (
    sa.select(waitlist)
    .where(
        _w.venue == _param("venue"),
        _w.day == _param("day"),
        _w.covers == _param("covers"),
        _w.service.is_not_distinct_from(_param("service")),
        _is_of_guest,
        _is_listed,
    )
    .order_by(_w.created_at, _w.id)
    .limit(1)
    .with_for_update()
)
_INSERT = sa.insert(waitlist)
_CHANGE = sa.update(waitlist).where(_w.id == _param("of_id"), _w.version == _param("of_version"))
_ON_DAY = (
    sa.select(waitlist)
    .where(_w.venue == _param("venue"), _w.day == _param("day"))
    .order_by(_w.created_at, _w.id)
)
_LISTED = sa.select(waitlist).where(_is_listed).order_by(_w.created_at, _w.id)
_OF_GUEST = (
    sa.select(waitlist)
    .where(_w.venue == _param("venue"), _is_of_guest, _is_listed)
    .order_by(_w.day, _w.created_at, _w.id)
)


class DatabaseWaitlist:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def join(self, *, entry: WaitlistEntry) -> WaitlistEntry:
        def transaction(connection: sa.Connection) -> WaitlistEntry:
            # One after the other: no constraint could tell a guest's two ways of being known.
            claims.lock(connection, f"waitlist {entry.venue} {entry.day}")
            written = _rows(connection, _GET, {"of_id": entry.id})
            if written:
                return written[0]
            before = _same_wish(connection, entry)
            if before is None:
                connection.execute(_INSERT, _columns(entry))
                return entry
            again = joined_again(before, entry)
            return (None if again == before else _store(connection, again)) or before

        return await self._database.write(transaction, durable=True)

    async def get(self, *, id: WaitlistId) -> WaitlistEntry | None:
        found = await self._select(_GET, {"of_id": id})
        return found[0] if found else None

    async def change(self, *, changed: WaitlistEntry) -> WaitlistEntry | None:
        return await self._database.write(
            lambda connection: _store(connection, changed), durable=True
        )

    async def on_day(self, *, venue: VenueId, day: date) -> Sequence[WaitlistEntry]:
        return await self._select(_ON_DAY, {"venue": venue, "day": day.toordinal()})

    async def listed(self) -> Sequence[WaitlistEntry]:
        return await self._select(_LISTED, {})

    async def of_guest(
        self, *, venue: VenueId, user_id: str, phone: str
    ) -> Sequence[WaitlistEntry]:
        values = {"venue": venue, "user_id": user_id, "phone": phone}
        return await self._select(_OF_GUEST, values)

    async def _select(
        self, statement: sa.Select[Any], values: dict[str, Any]
    ) -> list[WaitlistEntry]:
        return await self._database.read(lambda connection: _rows(connection, statement, values))


def _rows(
    connection: sa.Connection, statement: sa.Select[Any], values: dict[str, Any]
) -> list[WaitlistEntry]:
    return [_entry(row) for row in connection.execute(statement, values)]


def _same_wish(connection: sa.Connection, entry: WaitlistEntry) -> WaitlistEntry | None:
    found = _rows(
        connection,
        _SAME_WISH,
        {
            "venue": entry.venue,
            "day": entry.day.toordinal(),
            "covers": entry.covers,
            "service": entry.service,
            "user_id": entry.guest.user_id,
            "phone": entry.guest.phone,
        },
    )
    return found[0] if found else None


def _store(connection: sa.Connection, changed: WaitlistEntry) -> WaitlistEntry | None:
    after = replace(changed, version=changed.version + 1)
    columns = _columns(after)
    for fixed in ("id", "venue", "created_at"):
        del columns[fixed]
    values = {**columns, "of_id": changed.id, "of_version": changed.version}
    return after if connection.execute(_CHANGE, values).rowcount == 1 else None


def _columns(entry: WaitlistEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "venue": entry.venue,
        "day": entry.day.toordinal(),
        "covers": entry.covers,
        "earliest": entry.earliest,
        "latest": entry.latest,
        "service": entry.service,
        "wants": codec.encode(entry.wants),
        **guest_columns(entry.guest),
        "channel": entry.channel,
        "notes": entry.notes,
        "status": entry.status.value,
        "offer": codec.encode(entry.offer),
        "version": entry.version,
        "created_at": entry.created_at,
    }


def _entry(row: sa.Row[Any]) -> WaitlistEntry:
    return WaitlistEntry(
        id=WaitlistId(row.id),
        venue=VenueId(row.venue),
        day=date.fromordinal(row.day),
        covers=row.covers,
        earliest=row.earliest,
        latest=row.latest,
        service=None if row.service is None else ServiceId(row.service),
        wants=codec.decode(row.wants),
        guest=guest_of(row._mapping),
        channel=row.channel,
        notes=row.notes,
        status=WaitlistStatus(row.status),
        offer=codec.decode(row.offer),
        version=row.version,
        created_at=row.created_at,
    )
