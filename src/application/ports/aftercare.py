"""What the talk with a guest needs of what follows a booking: prompts, the front desk, the waitlist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from application.ports.handovers import HandoverReason
from domain.acts import Offer
from domain.booking import Booking
from domain.dialogue import JoinWaitlist, Prompt
from domain.guest import Guest
from domain.venue import Venue
from domain.waitlist import WaitlistEntry, WaitlistId


class Prompts(Protocol):
    """What the house has asked this guest of its own accord."""

    async def prompt_for(self, *, venue: Venue, user_id: str, phone: str) -> Prompt | None:
        """The latest that they have not answered; `phone` is proven by the channel, or empty."""
        ...

    async def answered(self, key: str) -> None:
        """They have answered this message; a second time changes nothing."""
        ...


class TakenConversations(Protocol):
    """Conversations that need, or are with, a person."""

    async def is_taken(self, conversation_id: str) -> bool:
        """Whether a person has it: the engine is silent then."""
        ...

    async def hand_over(
        self,
        venue: Venue,
        conversation_id: str,
        user_id: str,
        channel: str,
        reason: HandoverReason,
        now: datetime,
    ) -> None:
        """List it for staff; one that is listed stays as it is."""
        ...


class GuestWaitlist(Protocol):
    """The waitlist as guests use it."""

    async def join(
        self, venue: Venue, wish: JoinWaitlist, *, guest: Guest, channel: str, now: datetime
    ) -> WaitlistEntry:
        """Put a guest on the list; who is on it already keeps their place, and that entry comes back."""
        ...

    async def of_guest(self, venue: Venue, *, user_id: str, phone: str) -> Sequence[WaitlistEntry]:
        """What a guest waits for or has been offered, by day; `phone` as in `Prompts`."""
        ...

    async def take_up(self, entry_id: WaitlistId, booking: Booking) -> None:
        """The place offered to them was booked."""
        ...

    async def decline(self, entry_id: WaitlistId) -> WaitlistEntry | None:
        """They do not want the place offered to them (its hold is given back), or wait no longer."""
        ...


class MessageWords(Protocol):
    """The house's words for what it writes of its own accord."""

    def __call__(
        self,
        kind: str,
        venue: Venue,
        language: str,
        about: Booking | Offer | date,
        *,
        now: datetime,
        name: str = "",
        asks: bool = False,
        link: str = "",
    ) -> tuple[str, str]:
        """Subject and plain text.

        `kind` as in `MessageKind`, and what it is `about`: CONFIRMATION, REMINDER (`asks`: the guest
        shall answer), NO_ANSWER (it was cancelled for want of one) a booking; WAITLIST_OFFER the
        offer; `WAITLIST_OVER` the day waited for. `name`: the guest's, where a booking does not say
        it. `link`: the booking's page; of an offer, where it is answered. A language that the house has no words in becomes the venue's.
        """
        ...


WAITLIST_OVER = "waitlist_over"
"""The kind of message that says that nothing has become free."""
