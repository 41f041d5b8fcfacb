"""Messages in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.messages import FOLLOW_UPS, Message, MessageKind, MessageState
from domain.booking import Booking, BookingCode, BookingStatus
from domain.venue import VenueId
from infrastructure.database import booking_rows
from infrastructure.database.connections import Database
from infrastructure.database.rows import guest_columns, guest_of
from infrastructure.database.tables import EPOCH, bookings, messages

_param = sa.bindparam
_m = messages.c
_b = bookings.c
# Spelled as in the partial indices, or PostgreSQL will not use them.
_is_planned = sa.text("messages.state = 'planned'")
_has_failed = sa.text("messages.state = 'failed'")
_is_asking = sa.text("messages.asks AND messages.answered_at IS NULL")

_is_this = _m.key == _param("of_key")
_is_follow_up = _m.kind.in_(sorted(kind.value for kind in FOLLOW_UPS))

_PLAN = insert(messages).on_conflict_do_nothing(index_elements=[_m.key]).returning(_m.key)
_VOID = (
    sa.update(messages)
    .where(_m.code == _param("of_code"), _is_follow_up, _is_planned)
    .values(state=MessageState.VOID.value)
)
_VOID_EARLIER = _VOID.where(_m.sequence < _param("of_sequence"))
_UNPLANNED = (
    sa.select(bookings)
    .where(
        _b.venue.in_(_param("venues", expanding=True)),
        _b.start > _param("after"),
        _b.start <= _param("until"),
        _b.status == BookingStatus.CONFIRMED.value,
        ~sa.exists().where(
            _m.code == _b.code, _m.start == _b.start, _m.sequence == _b.sequence, _is_follow_up
        ),
    )
    .order_by(_b.start, _b.code)
    .limit(_param("limit"))
)
_DUE = (
    sa.select(_m.key)
    .where(_is_planned, _m.due_at <= _param("now"))
    .order_by(_m.due_at, _m.key)
    .limit(_param("limit"))
)
_GET = sa.select(messages).where(_is_this)
_LOCK_WAYS = sa.select(_m.ways).where(_is_this).with_for_update()
_DELIVERED = sa.update(messages).where(_is_this)
_END = sa.update(messages).where(_is_this, _is_planned)
_POSTPONE = _END.values(due_at=_param("later", type_=_m.due_at.type), tries=_m.tries + 1)
_PROMPT = (
    sa.select(messages)
    .where(_m.venue == _param("venue"), _is_asking, _m.sent_at > _param("since"))
    .order_by(_m.sent_at.desc(), _m.key)
    .limit(1)
)
# Two statements and no OR, for which SQLite would read everybody's.
_PROMPT_BY_USER_ID = _PROMPT.where(_m.user_id == _param("user_id"))
_PROMPT_BY_PHONE = _PROMPT.where(_m.phone == _param("phone"))
_ANSWERED = (
    sa.update(messages)
    .where(_is_this, _m.answered_at.is_(None))
    .values(answered_at=_param("now", type_=_m.answered_at.type))
)
_FAILED = (
    sa.select(messages)
    .where(_m.venue == _param("venue"), _has_failed, _m.due_at >= _param("since"))
    .order_by(_m.due_at.desc(), _m.key)
)


class DatabaseMessages:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, *, messages: Sequence[Message]) -> int:
        if not messages:
            return 0
        return await self._database.write(
            lambda connection: _plan(connection, messages), durable=True
        )

    async def unplanned(
        self, *, venues: Collection[VenueId], now: datetime, until: datetime, limit: int
    ) -> Sequence[Booking]:
        values = {"venues": list(venues), "after": now, "until": until, "limit": limit}
        return await self._database.read(
            lambda connection: booking_rows.select(connection, _UNPLANNED, values)
        )

    async def due(self, *, now: datetime, limit: int) -> Sequence[str]:
        values = {"now": now, "limit": limit}

        def transaction(connection: sa.Connection) -> list[str]:
            return list(connection.execute(_DUE, values).scalars())

        return await self._database.read(transaction)

    async def get(self, *, key: str) -> Message | None:
        found = await self._select(_GET, {"of_key": key})
        return found[0] if found else None

    async def delivered(self, *, key: str, way: str, text: str) -> None:
        def transaction(connection: sa.Connection) -> None:
            ways = connection.execute(_LOCK_WAYS, {"of_key": key}).scalar()
            if ways is None or way in ways:
                return
            connection.execute(_DELIVERED, {"of_key": key, "ways": [*ways, way], "text": text})

        await self._database.write(transaction, durable=True)

    async def end(self, *, key: str, state: MessageState, now: datetime) -> bool:
        sent_at = now if state is MessageState.SENT else None
        values = {"of_key": key, "state": state.value, "sent_at": sent_at}

        def transaction(connection: sa.Connection) -> bool:
            return connection.execute(_END, values).rowcount == 1

        # Durable: after a power cut nothing may be sent a second time.
        return await self._database.write(transaction, durable=True)

    async def postpone(self, *, key: str, due_at: datetime) -> None:
        values = {"of_key": key, "later": due_at}
        await self._database.write(lambda connection: connection.execute(_POSTPONE, values))

    async def void(self, *, code: BookingCode) -> int:
        def transaction(connection: sa.Connection) -> int:
            return connection.execute(_VOID, {"of_code": code}).rowcount

        return await self._database.write(transaction)

    async def prompt(
        self, *, venue: VenueId, user_id: str, phone: str, since: datetime
    ) -> Message | None:
        values = {"venue": venue, "since": since}
        found: list[Message] = []
        if user_id:
            found += await self._select(_PROMPT_BY_USER_ID, {**values, "user_id": user_id})
        if phone:
            found += await self._select(_PROMPT_BY_PHONE, {**values, "phone": phone})
        return max(found, key=lambda each: each.sent_at or EPOCH, default=None)

    async def answered(self, *, key: str, now: datetime) -> None:
        values = {"of_key": key, "now": now}
        await self._database.write(lambda connection: connection.execute(_ANSWERED, values))

    async def failed(self, *, venue: VenueId, since: datetime) -> Sequence[Message]:
        return await self._select(_FAILED, {"venue": venue, "since": since})

    async def _select(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[Message]:
        def transaction(connection: sa.Connection) -> list[Message]:
            return [_message(row) for row in connection.execute(statement, values)]

        return await self._database.read(transaction)


def _plan(connection: sa.Connection, planned: Sequence[Message]) -> int:
    follow_ups = [each for each in planned if each.kind in FOLLOW_UPS and each.code is not None]
    # Always in one order, so that two who plan at once wait for each other and never deadlock.
    for code, sequence in sorted({(each.code, each.sequence) for each in follow_ups}):
        connection.execute(_VOID_EARLIER, {"of_code": code, "of_sequence": sequence})
    rows = [_columns(each) for each in sorted(planned, key=lambda each: each.key)]
    return len(connection.execute(_PLAN, rows).all())


def _columns(message: Message) -> dict[str, Any]:
    return {
        "key": message.key,
        "kind": message.kind.value,
        "venue": message.venue,
        **guest_columns(message.guest),
        "channel": message.channel,
        "due_at": message.due_at,
        "code": message.code,
        "start": message.start,
        "sequence": message.sequence,
        "facts": message.facts,
        "text": message.text,
        "state": message.state.value,
        "ways": message.ways,
        "tries": message.tries,
        "sent_at": message.sent_at,
        "asks": message.asks,
        "answered_at": message.answered_at,
    }


def _message(row: sa.Row[Any]) -> Message:
    return Message(
        key=row.key,
        kind=MessageKind(row.kind),
        venue=VenueId(row.venue),
        guest=guest_of(row._mapping),
        channel=row.channel,
        due_at=row.due_at,
        code=None if row.code is None else BookingCode(row.code),
        start=row.start,
        sequence=row.sequence,
        facts=row.facts,
        text=row.text,
        state=MessageState(row.state),
        ways=tuple(row.ways),
        tries=row.tries,
        sent_at=row.sent_at,
        asks=row.asks,
        answered_at=row.answered_at,
    )
