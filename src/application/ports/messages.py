"""Messages that the house sends of its own accord: planned, worded when due, delivered once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from domain.booking import Booking, BookingCode
from domain.guest import Guest
from domain.venue import VenueId


class MessageKind(StrEnum):
    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    NO_ANSWER = "no_answer"
    """Nothing to be said by itself: the house's rule for guests who did not answer is applied."""
    WAITLIST_OFFER = "waitlist_offer"
    NEWS = "news"
    """What came of a booking without the guest's doing: see `acts.News`."""
    STAFF = "staff"
    """Words that staff wrote or approved."""


FOLLOW_UPS = frozenset({MessageKind.CONFIRMATION, MessageKind.REMINDER, MessageKind.NO_ANSWER})
"""What follows from a booking as it stands, and is planned anew when its time changes."""


class MessageState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    VOID = "void"
    """Not sent, because what it was about has changed or come too late."""
    FAILED = "failed"
    """It could not be delivered by any way, however often it was tried."""


@dataclass(frozen=True, slots=True)
class Message:
    """`key` names one message for ever: planning it again changes nothing."""

    key: str
    kind: MessageKind
    venue: VenueId
    guest: Guest
    channel: str
    """Where the guest talked to us: chat, whatsapp, staff, …"""
    due_at: datetime
    code: BookingCode | None = None
    start: datetime | None = None
    """The booking's start as it was when this was planned: it is void once that has changed."""
    sequence: int = 0
    """The booking's `sequence` as it was then. A booking that is moved away and back again starts as
    before, but is another one to its guest's calendar: its follow-ups are planned anew."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else its words are made of, as plain JSON (`application.codec` for domain values)."""
    text: str = ""
    """The words as they were sent, or are to be sent where staff wrote them."""
    state: MessageState = MessageState.PLANNED
    ways: tuple[str, ...] = ()
    """The messengers by which it has been delivered."""
    tries: int = 0
    sent_at: datetime | None = None
    asks: bool = False
    """Whether a short answer of the guest's is about this."""
    answered_at: datetime | None = None


class Messages(Protocol):
    """The list of messages, in the ledger. Nothing here sends anything."""

    async def plan(self, *, messages: Sequence[Message]) -> int:
        """Put messages on the list, in one transaction; returns how many were not on it yet.

        Follow-ups take the place of those still planned for the same booking at a lower sequence.
        """
        ...

    async def unplanned(
        self, *, venues: Collection[VenueId], now: datetime, until: datetime, limit: int
    ) -> Sequence[Booking]:
        """Confirmed bookings of these venues that start in (now, until] and of which no follow-up with
        their present start and sequence is on the list, whatever its state; by start."""
        ...

    async def due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """The keys of planned messages whose time has come, longest due first."""
        ...

    async def get(self, *, key: str) -> Message | None: ...

    async def delivered(self, *, key: str, way: str, text: str) -> None:
        """Note one messenger's success and the words it was given, so that a second try leaves it out."""
        ...

    async def end(self, *, key: str, state: MessageState, now: datetime) -> bool:
        """Take a planned message off the list of what is to be done; False where it was off it.

        `now` is kept as `sent_at` where it was sent.
        """
        ...

    async def postpone(self, *, key: str, due_at: datetime) -> None:
        """Try a planned message again then; counts one try."""
        ...

    async def void(self, *, code: BookingCode) -> int:
        """No follow-up planned for this booking is sent any more; returns how many there were.

        News and staff's own words are: they may be what tells the guest of its end.
        """
        ...

    async def prompt(
        self, *, venue: VenueId, user_id: str, phone: str, since: datetime
    ) -> Message | None:
        """The latest message sent to this guest after `since` that asks and was not answered.

        A guest is known by `user_id`, or by `phone`, where these are not empty; `phone` must be proven.
        """
        ...

    async def answered(self, *, key: str, now: datetime) -> None:
        """Nothing is asked by this message any more. The first answer stands."""
        ...

    async def failed(self, *, venue: VenueId, since: datetime) -> Sequence[Message]:
        """What could not be delivered and was last due at `since` or later, latest first: staff have to
        see to it."""
        ...
