"""Holds in the ledger."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from application.ports.holds import Hold
from domain.errors import TooManyHolds
from domain.floor import Placement
from domain.venue import VenueId
from infrastructure.database import claims
from infrastructure.database.connections import Database
from infrastructure.database.rows import Allocated


class DatabaseHolds:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._queues: defaultdict[VenueId, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One for each venue: its holds are placed one after the other in the database anyway."""

    async def place(
        self,
        *,
        hold_id: str,
        venue: VenueId,
        placement: Placement,
        holder: str,
        expires_at: datetime,
        now: datetime,
        limit: int,
    ) -> Hold:
        hold = Hold(
            id=hold_id, venue=venue, placement=placement, holder=holder, expires_at=expires_at
        )

        def transaction(connection: sa.Connection) -> Hold:
            return _place(connection, hold, now=now, limit=limit)

        await self._refuse_early(hold, now)
        queue = self._queues[venue]
        waits = queue.locked()
        async with queue:
            if waits:
                # Whoever was before us has most likely taken what we want: a look costs less than
                # a transaction that waits for its locks.
                await self._refuse_early(hold, now)
            return await claims.write_past_lapsed(
                self._database, transaction, now=now, durable=False
            )

    async def release(self, *, hold_id: str) -> None:
        def transaction(connection: sa.Connection) -> None:
            found = claims.lock_own(connection, hold_id)
            if found is not None and found.kind == claims.HOLD:
                claims.give_back(connection, found, for_good=True)

        await self._database.write(transaction)

    async def get(self, *, hold_id: str, now: datetime) -> Hold | None:
        found = await self._database.read(lambda connection: claims.find(connection, hold_id))
        return None if found is None or not _is_live_hold(found, now) else _hold(found)

    async def sweep(self, *, now: datetime) -> int:
        return await claims.sweep(self._database, now=now)

    async def _refuse_early(self, hold: Hold, now: datetime) -> None:
        """Where a whole house wants one table, most find it taken without waiting for a lock."""

        def transaction(connection: sa.Connection) -> None:
            with suppress(claims.LapsedInTheWay):
                claims.look(
                    connection, venue=hold.venue, placement=hold.placement, own=[hold.id], now=now
                )

        await self._database.read(transaction)


def _place(connection: sa.Connection, hold: Hold, *, now: datetime, limit: int) -> Hold:
    view = claims.claimable(
        connection,
        venue=hold.venue,
        placement=hold.placement,
        own=[hold.id],  # a lapsed hold under the same id is ours to take over
        holder=hold.holder,
        now=now,
    )
    for earlier in view.own:
        if _is_live_hold(earlier, now):
            return _hold(earlier)
    if sum(not held.has_lapsed(now) for held in view.held) >= limit:
        raise TooManyHolds(limit=limit)
    claims.claim(
        connection,
        venue=hold.venue,
        placement=hold.placement,
        own=view.own,
        columns={
            "id": hold.id,
            "kind": claims.HOLD,
            "holder": hold.holder,
            "expires_at": hold.expires_at,
            "booking": None,
        },
        now=now,
    )
    return hold


def _is_live_hold(allocation: Allocated, now: datetime) -> bool:
    return allocation.kind == claims.HOLD and not allocation.has_lapsed(now)


def _hold(allocation: Allocated) -> Hold:
    if allocation.expires_at is None:
        raise ValueError("a booking is not a hold")
    return Hold(
        id=allocation.id,
        venue=allocation.venue,
        placement=allocation.placement,
        holder=allocation.holder,
        expires_at=allocation.expires_at,
    )
