"""Conversations in the ledger.

The right to answer is a lease in the conversation's row; a row in `turns` is written when a turn
begins and filled when it ends, so that a turn whose process died can still be found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from application.errors import ConversationBusy
from application.ports.conversations import AbandonedTurn, AlreadyAnswered, TurnBegun, TurnRecord
from domain.venue import VenueId
from infrastructure.database.claims import guest_lock, lock
from infrastructure.database.connections import Database
from infrastructure.database.tables import conversations, idempotency, turns

_param = sa.bindparam
_c = conversations.c
_t = turns.c

_is_turn = sa.and_(_t.conversation_id == _param("conversation"), _t.number == _param("turn"))
_is_leased_to = sa.and_(_c.id == _param("conversation"), _c.token == _param("held_token"))
# Spelled as in the partial index, or PostgreSQL will not use it.
_is_unanswered = sa.text("turns.reply IS NULL")
_has_written = (
    sa.select(idempotency.c.seq)
    .where(idempotency.c.conversation_id == _t.conversation_id, idempotency.c.turn == _t.number)
    .exists()
)

_BY_MESSAGE = sa.select(turns).where(
    _t.venue == _param("venue"),
    _t.user_id == _param("user_id"),
    _t.message_id == _param("message_id"),
)
_CONVERSATION = sa.select(conversations).where(
    _c.id == _param("conversation"),
    _c.venue == _param("venue"),
    _c.user_id == _param("user_id"),
)
_LATEST_CONVERSATION = (
    sa.select(conversations)
    .where(
        _c.venue == _param("venue"),
        _c.user_id == _param("user_id"),
        _c.updated_at > _param("since"),
    )
    .order_by(_c.updated_at.desc())
    .limit(1)
)
_TURNS = (
    sa.select(turns)
    .where(_t.conversation_id == _param("conversation"), _t.reply.is_not(None))
    .order_by(_t.number)
)
_LAST_TURNS = (
    sa.select(turns)
    .where(_t.conversation_id == _param("conversation"), _t.reply.is_not(None))
    .order_by(_t.number.desc())
    .limit(_param("history"))
)
_INSERT_CONVERSATION = sa.insert(conversations)
_LEASE = sa.update(conversations).where(_c.id == _param("conversation"))
_GIVE_BACK = sa.update(conversations).where(_is_leased_to).values(token=None, lease_until=None)
_INSERT_TURN = sa.insert(turns)
_UPDATE_TURN = sa.update(turns).where(_is_turn)
_DELETE_EMPTY_TURN = sa.delete(turns).where(_is_turn, _is_unanswered, ~_has_written)
_FORGET_NUMBER = (
    sa.update(conversations)
    .where(_c.id == _param("conversation"), _c.turns == _param("turn"))
    .values(turns=_c.turns - 1)
)
_ANSWERED_BY = sa.select(_t.number).where(
    _is_turn, _t.token == _param("held_token"), _t.reply.is_not(None)
)
_ABANDONED = (
    sa.select(_t.conversation_id, _t.number, _t.venue, _t.user_id, _t.message_id)
    .where(_is_unanswered, _t.lease_until <= _param("now"), _has_written)
    .order_by(_t.lease_until, _t.conversation_id, _t.number)
    .limit(_param("limit"))
)


class DatabaseConversations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin_turn(
        self,
        *,
        venue: VenueId,
        user_id: str,
        channel: str,
        conversation_id: str | None,
        message_id: str,
        token: str,
        new_id: str,
        now: datetime,
        lease_s: float,
        idle_s: float,
        history: int,
    ) -> TurnBegun | AlreadyAnswered:
        lease_until = now + timedelta(seconds=lease_s)
        guest = {"venue": venue, "user_id": user_id}

        def transaction(connection: sa.Connection) -> TurnBegun | AlreadyAnswered:
            lock(connection, guest_lock(venue, user_id))
            message = {**guest, "message_id": message_id}
            earlier = connection.execute(_BY_MESSAGE, message).first()
            if earlier is not None and earlier.reply is not None:
                return AlreadyAnswered(turn=_record(earlier))
            wanted = conversation_id if earlier is None else earlier.conversation_id
            since = now - timedelta(seconds=idle_s)
            conversation = _open_conversation(connection, guest, wanted, since)
            if conversation is not None and _is_busy(conversation, token, now):
                raise ConversationBusy("another message of this conversation is being answered")
            number = _next_number(conversation, earlier)
            lease = {"token": token, "lease_until": lease_until}
            at = new_id if conversation is None else conversation.id
            _take_lease(connection, conversation, at, guest, channel, number, lease, now)
            if earlier is None:
                turn = {"conversation_id": at, "number": number}
                connection.execute(_INSERT_TURN, {**turn, **message, **lease})
            else:
                turn = {"conversation": at, "turn": number}
                connection.execute(_UPDATE_TURN, {**turn, **lease})
            return TurnBegun(
                conversation_id=at,
                number=number,
                token=token,
                state=None if conversation is None else conversation.state,
                history=_history(connection, at, history) if number > 1 else [],
                started_at=now,
                retried=earlier is not None,
            )

        return await self._database.write(transaction)

    async def end_turn(
        self, *, begun: TurnBegun, record: TurnRecord, state: Mapping[str, Any], now: datetime
    ) -> None:
        turn = {"conversation": begun.conversation_id, "turn": begun.number}
        answer = {
            "at": record.at,
            "message": record.message,
            "reply": record.reply,
            "response": record.response,
            "understanding": record.understanding,
            "recordings": list(record.recordings),
        }

        def transaction(connection: sa.Connection) -> None:
            held = {"conversation": begun.conversation_id, "held_token": begun.token}
            saved = connection.execute(_GIVE_BACK, {**held, "state": state, "updated_at": now})
            if saved.rowcount == 1:
                connection.execute(_UPDATE_TURN, {**turn, **answer})
            elif connection.execute(_ANSWERED_BY, {**turn, **held}).first() is None:
                raise ConversationBusy("somebody else has answered this conversation since")

        await self._database.write(transaction)

    async def drop_turn(self, *, begun: TurnBegun) -> None:
        turn = {"conversation": begun.conversation_id, "turn": begun.number}

        def transaction(connection: sa.Connection) -> None:
            held = {"conversation": begun.conversation_id, "held_token": begun.token}
            if connection.execute(_GIVE_BACK, held).rowcount == 0:
                return
            if connection.execute(_DELETE_EMPTY_TURN, turn).rowcount == 1:
                connection.execute(_FORGET_NUMBER, turn)
            else:  # it has written a booking: somebody must finish it
                connection.execute(_UPDATE_TURN, {**turn, "lease_until": begun.started_at})

        await self._database.write(transaction)

    async def turns(self, *, conversation_id: str, last: int | None = None) -> Sequence[TurnRecord]:
        def transaction(connection: sa.Connection) -> list[TurnRecord]:
            values = {"conversation": conversation_id}
            if last is None:
                return [_record(row) for row in connection.execute(_TURNS, values)]
            rows = connection.execute(_LAST_TURNS, {**values, "history": last})
            return [_record(row) for row in rows][::-1]

        return await self._database.read(transaction)

    async def abandoned(self, *, now: datetime, limit: int) -> Sequence[AbandonedTurn]:
        def transaction(connection: sa.Connection) -> list[AbandonedTurn]:
            rows = connection.execute(_ABANDONED, {"now": now, "limit": limit})
            return [
                AbandonedTurn(
                    conversation_id=row.conversation_id,
                    turn=row.number,
                    venue=VenueId(row.venue),
                    user_id=row.user_id,
                    message_id=row.message_id,
                )
                for row in rows
            ]

        return await self._database.read(transaction)


def _open_conversation(
    connection: sa.Connection, guest: Mapping[str, str], wanted: str | None, since: datetime
) -> sa.Row[Any] | None:
    if wanted is not None:
        found = connection.execute(_CONVERSATION, {**guest, "conversation": wanted}).first()
        if found is not None:
            return found
    return connection.execute(_LATEST_CONVERSATION, {**guest, "since": since}).first()


def _is_busy(conversation: sa.Row[Any], token: str, now: datetime) -> bool:
    return conversation.token not in (None, token) and conversation.lease_until > now


def _next_number(conversation: sa.Row[Any] | None, earlier: sa.Row[Any] | None) -> int:
    """A message that was begun before keeps its number, so that what it wrote is found again."""
    if earlier is not None:
        return int(earlier.number)
    return 1 if conversation is None else conversation.turns + 1


def _take_lease(
    connection: sa.Connection,
    conversation: sa.Row[Any] | None,
    conversation_id: str,
    guest: Mapping[str, str],
    channel: str,
    number: int,
    lease: Mapping[str, Any],
    now: datetime,
) -> None:
    values = {**lease, "updated_at": now}
    if conversation is None:
        row = {**values, **guest, "id": conversation_id, "channel": channel, "turns": number}
        connection.execute(_INSERT_CONVERSATION, row)
    else:
        latest = max(number, conversation.turns)
        connection.execute(_LEASE, {**values, "turns": latest, "conversation": conversation_id})


def _history(connection: sa.Connection, conversation_id: str, limit: int) -> list[TurnRecord]:
    values = {"conversation": conversation_id, "history": limit}
    return [_record(row) for row in connection.execute(_LAST_TURNS, values)][::-1]


def _record(row: sa.Row[Any]) -> TurnRecord:
    return TurnRecord(
        conversation_id=row.conversation_id,
        number=row.number,
        message_id=row.message_id,
        at=row.at,
        message=row.message,
        reply=row.reply,
        response=row.response,
        understanding=row.understanding,
        recordings=row.recordings,
    )
