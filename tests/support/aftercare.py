"""What follows a booking, around any ledger: the desks with the ledger's own parts and ways to listen to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from application.front_desk import FrontDesk
from application.message_desk import MessageDesk
from application.no_answer import NoAnswerDesk
from application.ports.bookings import Once
from application.ports.clock import Clock
from application.ports.conflicts import Conflicts
from application.ports.messages import Message
from application.ports.messenger import Letter, Messenger
from application.ports.notices import Notices
from application.ports.posts import Post
from domain.booking import Booking
from domain.guest import Guest
from domain.venue import FollowUpPolicy, Policy, ServiceId, Venue, WaitlistPolicy
from infrastructure.http.calendar_file import calendar_file
from infrastructure.local.human import word_news
from infrastructure.local.messages import word_message
from infrastructure.outgoing.chat import ChatMessenger
from tests.support.desks import reservations_of, waitlist_of
from tests.support.ledgers import AnyLedger
from tests.unit.domain.houses import restaurant, table

ANA = Guest("ana", "Ana Ruiz", "+34600000001", "ana@example.org", "es")
BEA = Guest("bea", "Bea Gil", "+34600000002", "bea@example.org", "es")


def house(
    *, follow_up: FollowUpPolicy | None = None, waitlist: WaitlistPolicy | None = None, **own: Any
) -> Venue:
    """A restaurant in Madrid, open for dinner, with the house rules of follow-ups that are given."""
    policy = Policy(
        follow_up=follow_up or FollowUpPolicy(), waitlist=waitlist or WaitlistPolicy(), **own
    )
    return restaurant(policy=policy)


def one_table(**own: Any) -> Venue:
    """A house with one table for two, so that one booking fills an hour of it."""
    return replace(house(**own), resources=(table("T1", 2),), combinations=())


@dataclass(eq=False)
class Way:
    """A messenger that keeps what it was handed; `fails` is raised instead while it is set."""

    name: str = "email"
    can_be_answered: bool = True
    letters: list[Letter] = field(default_factory=list)
    fails: Exception | None = None
    wants: Callable[[Letter], bool] = lambda letter: bool(letter.guest.email)

    def reaches(self, letter: Letter) -> bool:
        return self.wants(letter)

    async def send(self, letter: Letter) -> None:
        if self.fails is not None:
            raise self.fails
        self.letters.append(letter)

    @property
    def kinds(self) -> list[str]:
        return [letter.kind for letter in self.letters]


@dataclass
class Aftercare:
    """One process's desks over a ledger that others may share."""

    ledger: AnyLedger
    clock: Clock
    venue: Venue = field(default_factory=house)
    ways: Sequence[Messenger] = ()
    conflicts: Conflicts | None = None
    notices: Notices | None = None
    is_sender: Callable[[], Awaitable[bool]] | None = None

    def __post_init__(self) -> None:
        ledger = self.ledger
        self.reservations = reservations_of(ledger, self.venue, clock=self.clock)
        self.messages = MessageDesk(
            venues=lambda: self.reservations.venues,
            messages=ledger.messages,
            bookings=ledger.bookings,
            posts=ledger.posts,
            waitlist=ledger.waitlist,
            messengers=(ChatMessenger(ledger.posts, clock=self.clock), *self.ways),
            clock=self.clock,
            word=word_message,
            word_news=word_news,
            no_answer=NoAnswerDesk(
                messages=ledger.messages,
                bookings=ledger.bookings,
                conflicts=self.conflicts,
                clock=self.clock,
                asking=[way.name for way in self.ways if way.can_be_answered],
            ),
            link=lambda code: f"https://house.example/b/{code}",
            chat_link=lambda venue: f"https://house.example/?venue={venue.id}",
            calendar=lambda booking, venue, link: calendar_file(
                booking, venue, now=self.clock.now(), link=link
            ),
            notices=self.notices,
            is_sender=self.is_sender,
        )
        self.waitlist = waitlist_of(ledger, self.reservations, clock=self.clock)
        self.front_desk = FrontDesk(
            handovers=ledger.handovers,
            conversations=ledger.conversations,
            posts=ledger.posts,
            messages=self.messages,
            clock=self.clock,
        )

    async def book(
        self, start: datetime, *, guest: Guest = ANA, covers: int = 2, channel: str = "chat"
    ) -> Booking:
        """A confirmed booking on the best table. Raises: LookupError where none is free."""
        found = await self.reservations.on_day(
            self.venue, day=start.astimezone(self.venue.zone).date(), covers=covers
        )
        slots = [slot for slot in found.availability.slots if slot.start == start]
        if not slots:
            raise LookupError(start)
        key = f"{guest.user_id}:{start.isoformat()}:{self.clock.now().isoformat()}"
        return await self.reservations.book(
            self.venue,
            slots[0],
            guest=guest,
            notes="",
            channel=channel,
            hold_id=None,
            once=Once(key, key),
        )

    async def cancel(self, booking: Booking) -> Booking:
        return await self.reservations.cancel_for_staff(booking.code)

    async def work(self) -> None:
        """One sweep, as background work does it."""
        await self.waitlist.sweep()
        await self.messages.plan()
        await asyncio.gather(*(self.messages.deliver(key) for key in await self.messages.due()))

    async def posts(self, guest: Guest = ANA) -> list[Post]:
        found = await self.ledger.posts.after(venue=self.venue.id, user_id=guest.user_id, id=0)
        return list(found)

    async def message(self, key: str) -> Message:
        found = await self.ledger.messages.get(key=key)
        assert found is not None
        return found


def reminder_key(booking: Booking, ahead: timedelta) -> str:
    start = int(booking.start.timestamp())
    return f"reminder:{booking.code}:{booking.sequence}:{start}:{int(ahead.total_seconds())}"


DINNER = ServiceId("dinner")
