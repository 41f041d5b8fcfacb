"""Conversations: the dialogue's state after each turn, kept so that nothing is said twice or lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from domain.venue import VenueId


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One message and its reply, as they are kept."""

    conversation_id: str
    number: int
    """1 for the first turn of a conversation."""
    message_id: str
    at: datetime
    message: str
    reply: str
    response: Mapping[str, Any]
    """The whole JSON answer: what a repeated message id gets again."""
    understanding: Mapping[str, Any] = field(default_factory=dict)
    """What the router made of the message: enough to replay the turn."""
    recordings: Sequence[Mapping[str, Any]] = ()
    """What the models answered, in order, for replay."""


@dataclass(frozen=True, slots=True)
class TurnBegun:
    """The right to answer: nobody else answers this conversation until it is ended or lapses."""

    conversation_id: str
    number: int
    token: str
    state: Mapping[str, Any] | None
    """The dialogue state after the last turn; None for a new conversation."""
    history: Sequence[TurnRecord]
    """The last turns, oldest first, at most `history` of them."""
    started_at: datetime
    retried: bool = False
    """This very message was being answered before, in a try that never ended."""

    @property
    def unfinished(self) -> tuple[int, ...]:
        """Turns that began and never ended, as far as the history reaches, this one included where
        it is retried. What they wrote is found by `Bookings.written_by`."""
        first = self.history[0].number if self.history else 1
        ended = {turn.number for turn in self.history}
        own = (self.number,) if self.retried else ()
        return (*(n for n in range(first, self.number) if n not in ended), *own)


@dataclass(frozen=True, slots=True)
class AlreadyAnswered:
    """This message id was answered before; here is that answer."""

    turn: TurnRecord


@dataclass(frozen=True, slots=True)
class AbandonedTurn:
    """A turn that wrote a booking and then never ended: its process died, most likely."""

    conversation_id: str
    turn: int
    venue: VenueId
    user_id: str
    message_id: str


class Conversations(Protocol):
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
        """Take the right to answer one message.

        Without `conversation_id` the open conversation of (venue, user) continues: the one with the
        latest turn, if that is younger than `idle_s`; else a new one starts under `new_id`. A
        conversation id that is not this venue's and user's is treated as not given.
        The same message id of the same venue and user again is AlreadyAnswered, in whichever
        conversation it came.

        Raises: ConversationBusy while another token's lease of `lease_s` runs.
        """
        ...

    async def end_turn(
        self, *, begun: TurnBegun, record: TurnRecord, state: Mapping[str, Any], now: datetime
    ) -> None:
        """Save the turn, the new state and the receipt in one transaction, and give the right back.

        Raises: ConversationBusy where the lease lapsed and somebody else has answered since.
        """
        ...

    async def drop_turn(self, *, begun: TurnBegun) -> None:
        """Give the right back without an answer (the turn failed); nothing else changes."""
        ...

    async def turns(self, *, conversation_id: str, last: int | None = None) -> Sequence[TurnRecord]:
        """The answered turns of a conversation, oldest first: all of them, or the `last` so many."""
        ...

    async def abandoned(self, *, now: datetime, limit: int) -> Sequence[AbandonedTurn]:
        """Turns whose lease has lapsed, that wrote something (`Once.conversation_id`) and never ended."""
        ...
