"""Conversations in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from application.errors import ConversationBusy
from application.ports.conversations import AbandonedTurn, AlreadyAnswered, TurnBegun, TurnRecord
from domain.venue import VenueId


@dataclass
class _Conversation:
    id: str
    venue: VenueId
    user_id: str
    channel: str
    turns: int
    updated_at: datetime
    state: Mapping[str, Any] | None = None
    token: str | None = None
    lease_until: datetime | None = None

    def is_busy(self, token: str, now: datetime) -> bool:
        leased = self.lease_until is not None and self.lease_until > now
        return leased and self.token not in (None, token)


@dataclass
class _Turn:
    conversation_id: str
    number: int
    venue: VenueId
    user_id: str
    message_id: str
    token: str
    lease_until: datetime
    record: TurnRecord | None = None


class MemoryConversations:
    """`has_written` says whether a turn of a conversation has written a booking."""

    def __init__(self, has_written: Callable[[str, int], bool]) -> None:
        self._has_written = has_written
        self._conversations: dict[str, _Conversation] = {}
        self._turns: list[_Turn] = []

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
        earlier = self._by_message(venue, user_id, message_id)
        if earlier is not None and earlier.record is not None:
            return AlreadyAnswered(turn=earlier.record)
        wanted = conversation_id if earlier is None else earlier.conversation_id
        since = now - timedelta(seconds=idle_s)
        conversation = self._open_conversation(venue, user_id, wanted, since)
        if conversation is None:
            conversation = _Conversation(new_id, venue, user_id, channel, turns=0, updated_at=now)
            self._conversations[new_id] = conversation
        elif conversation.is_busy(token, now):
            raise ConversationBusy("another message of this conversation is being answered")
        conversation.token = token
        conversation.lease_until = lease_until = now + timedelta(seconds=lease_s)
        conversation.updated_at = now
        if earlier is None:
            conversation.turns += 1
            number = conversation.turns
            self._turns.append(
                _Turn(conversation.id, number, venue, user_id, message_id, token, lease_until)
            )
        else:
            number = earlier.number
            earlier.token, earlier.lease_until = token, lease_until
        answered = await self.turns(conversation_id=conversation.id)
        return TurnBegun(
            conversation_id=conversation.id,
            number=number,
            token=token,
            state=conversation.state,
            history=answered[-history:] if history else [],
            started_at=now,
            retried=earlier is not None,
        )

    async def end_turn(
        self, *, begun: TurnBegun, record: TurnRecord, state: Mapping[str, Any], now: datetime
    ) -> None:
        conversation = self._conversations[begun.conversation_id]
        turn = self._turn(begun)
        if conversation.token != begun.token:
            if turn is not None and turn.token == begun.token and turn.record is not None:
                return
            raise ConversationBusy("somebody else has answered this conversation since")
        conversation.state = state
        conversation.token = conversation.lease_until = None
        conversation.updated_at = now
        if turn is not None:
            turn.record = replace(
                record,
                conversation_id=turn.conversation_id,
                number=turn.number,
                message_id=turn.message_id,
            )

    async def drop_turn(self, *, begun: TurnBegun) -> None:
        conversation = self._conversations.get(begun.conversation_id)
        if conversation is None or conversation.token != begun.token:
            return
        conversation.token = conversation.lease_until = None
        turn = self._turn(begun)
        if turn is None:
            return
        if self._has_written(turn.conversation_id, turn.number):
            turn.lease_until = begun.started_at
            return
        self._turns.remove(turn)
        if conversation.turns == turn.number:
            conversation.turns -= 1

    async def turns(self, *, conversation_id: str, last: int | None = None) -> Sequence[TurnRecord]:
        answered = [
            turn.record
            for turn in self._turns
            if turn.conversation_id == conversation_id and turn.record is not None
        ]
        ordered = sorted(answered, key=lambda record: record.number)
        return ordered if last is None else ordered[-last:]

    async def abandoned(self, *, now: datetime, limit: int) -> Sequence[AbandonedTurn]:
        left = [
            turn
            for turn in self._turns
            if turn.record is None
            and turn.lease_until <= now
            and self._has_written(turn.conversation_id, turn.number)
        ]
        left.sort(key=lambda turn: (turn.lease_until, turn.conversation_id, turn.number))
        return [
            AbandonedTurn(
                conversation_id=turn.conversation_id,
                turn=turn.number,
                venue=turn.venue,
                user_id=turn.user_id,
                message_id=turn.message_id,
            )
            for turn in left[:limit]
        ]

    def _by_message(self, venue: VenueId, user_id: str, message_id: str) -> _Turn | None:
        for turn in self._turns:
            if (turn.venue, turn.user_id, turn.message_id) == (venue, user_id, message_id):
                return turn
        return None

    def _turn(self, begun: TurnBegun) -> _Turn | None:
        for turn in self._turns:
            if (turn.conversation_id, turn.number) == (begun.conversation_id, begun.number):
                return turn
        return None

    def _open_conversation(
        self, venue: VenueId, user_id: str, wanted: str | None, since: datetime
    ) -> _Conversation | None:
        theirs = [
            conversation
            for conversation in self._conversations.values()
            if (conversation.venue, conversation.user_id) == (venue, user_id)
        ]
        for conversation in theirs:
            if conversation.id == wanted:
                return conversation
        recent = [conversation for conversation in theirs if conversation.updated_at > since]
        return max(recent, key=lambda conversation: conversation.updated_at, default=None)
