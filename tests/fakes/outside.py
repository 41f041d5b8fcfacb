"""Stand-ins for what the server is built around, small enough to read in one go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from application.conversation import (
    Accepted,
    Answered,
    IncomingMessage,
    StageDone,
    TurnEvent,
    Words,
)
from application.front_desk import FrontDesk
from application.message_desk import MessageDesk
from application.ports.cache import Cache
from application.ports.conflicts import Conflicts
from application.ports.conversations import Conversations
from application.ports.keys import ApiKey
from application.reservations import CannotPlace, Found, Reservations, StaffBooking, StaffChange
from application.waitlist_desk import WaitlistDesk
from domain.availability import Availability, Refusal, RefusalCode
from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.errors import BookingChanged, BookingNotFound
from domain.floor import Slot
from domain.guest import Guest
from domain.venue import (
    Interval,
    Resource,
    ResourceId,
    ResourceKind,
    Service,
    ServiceId,
    TurnTime,
    Venue,
    VenueId,
    VenueKind,
    WeeklyHours,
)
from infrastructure.http.parts import Figures, HearPing, OpsWindow
from infrastructure.memory.posts import MemoryPosts

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
EIGHT = datetime(2026, 11, 27, 19, tzinfo=UTC)
CODE = BookingCode("7K29MAXY4")


def house(venue_id: str = "casa") -> Venue:
    dinner = Service(
        id=ServiceId("dinner"),
        names={"es": "cena"},
        aliases={},
        hours=WeeklyHours({day: (Interval(1200, 1470),) for day in range(1, 8)}),
        turn_times=(TurnTime(99, timedelta(minutes=105)),),
        needs=(ResourceKind.TABLE,),
    )
    table = Resource(id=ResourceId("T1"), kind=ResourceKind.TABLE, name="Mesa 1", max_covers=4)
    return Venue(
        id=VenueId(venue_id),
        name="Casa",
        kind=VenueKind.RESTAURANT,
        zone=ZoneInfo("Europe/Madrid"),
        languages=("es", "en"),
        country="ES",
        currency="EUR",
        services=(dinner,),
        resources=(table,),
    )


def slot(start: datetime = EIGHT) -> Slot:
    return Slot(
        service=ServiceId("dinner"),
        start=start,
        end=start + timedelta(minutes=105),
        covers=2,
        resources=(ResourceId("T1"),),
    )


class StillClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class ScriptedConversation:
    """Answers every message with its own text; remembers what it was asked, in order.

    `gate`: while it is clear, a turn stops before its last words. `failures` are raised first, one
    for each message, before anything is said.
    """

    def __init__(self) -> None:
        self.asked: list[IncomingMessage] = []
        self.failures: list[Exception] = []
        self.answered: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()
        """Set when the first turn stands before the gate."""

    async def handle_message(self, incoming: IncomingMessage) -> AsyncIterator[TurnEvent]:
        if self.failures:
            raise self.failures.pop(0)
        key = (incoming.venue, incoming.user_id, incoming.message_id)
        if key in self.answered:
            yield Answered(self.answered[key], repeated=True)
            return
        self.asked.append(incoming)
        yield Accepted("c1", incoming.message_id)
        yield StageDone("router", 1.25, "local")
        yield Words("Ha dicho: ")
        self.reached.set()
        await self.gate.wait()
        yield Words(incoming.text)
        self.answered[key] = answer(incoming)
        yield Answered(self.answered[key])


def answer(incoming: IncomingMessage) -> dict[str, Any]:
    return {
        "conversation_id": "c1",
        "message_id": incoming.message_id,
        "response": f"Ha dicho: {incoming.text}",
        "status": "answered",
        "offers": [],
        "booking": None,
    }


class OneBooking(Reservations):
    """A house with one table and one booking."""

    def __init__(self, *venues: Venue) -> None:
        self._houses = venues or (house(),)
        self.booking = Booking(
            id=BookingId("b1"),
            code=CODE,
            venue=self._houses[0].id,
            service=ServiceId("dinner"),
            start=EIGHT,
            end=EIGHT + timedelta(minutes=105),
            party_size=PartySize(2),
            resources=(ResourceId("T1"),),
            status=BookingStatus.CONFIRMED,
            guest=Guest("staff", name="Laura Gil", phone="+34600111222"),
            created_at=NOW,
        )
        self.wanted: list[tuple[StaffBooking, str]] = []
        self.on_day_asked: dict[str, Any] = {}

    @property
    def venues(self) -> Sequence[Venue]:
        return self._houses

    def venue(self, venue_id: VenueId) -> Venue:
        return {venue.id: venue for venue in self._houses}[venue_id]

    async def on_day(self, venue: Venue, **asked: Any) -> Found:
        self.on_day_asked = asked
        refusal = Refusal(RefusalCode.NO_RESOURCE, start=EIGHT)
        return Found(Availability((slot(),), None, (refusal,)), source="ledger", age_s=0.25)

    async def book_for_staff(self, wanted: StaffBooking, *, idempotency_key: str) -> Booking:
        self.wanted.append((wanted, idempotency_key))
        if wanted.start == EIGHT:
            raise CannotPlace(
                refusal=Refusal(RefusalCode.NO_RESOURCE, start=EIGHT),
                alternatives=[slot(EIGHT + timedelta(minutes=120))],
            )
        return self.booking

    async def change_for_staff(
        self,
        code: BookingCode,
        change: StaffChange,
        *,
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Booking:
        if version not in (None, self.booking.version):
            raise BookingChanged
        covers = change.covers or self.booking.party_size.covers
        self.booking = replace(self.booking, party_size=PartySize(covers))
        return self.booking

    async def cancel_for_staff(self, code: BookingCode, *, version: int | None = None) -> Booking:
        self.booking = replace(self.booking, status=BookingStatus.CANCELLED)
        return self.booking

    async def get(self, code: BookingCode) -> Booking:
        if code != CODE:
            raise BookingNotFound
        return self.booking

    async def bookings_on(
        self, venue: Venue, *, day: date | None, status: BookingStatus | None = None
    ) -> Sequence[Booking]:
        return [self.booking]


class KeyRing:
    """API keys in a dict."""

    def __init__(self, *keys: ApiKey) -> None:
        self.kept = {key.id: key for key in keys}
        self.reads = 0

    async def add(self, *, key: ApiKey) -> None:
        self.kept[key.id] = key

    async def find(self, *, key_id: str) -> ApiKey | None:
        self.reads += 1
        return self.kept.get(key_id)

    async def all(self) -> Sequence[ApiKey]:
        return list(self.kept.values())

    async def revoke(self, *, key_id: str, now: datetime) -> bool:
        if key_id not in self.kept:
            return False
        self.kept[key_id] = replace(self.kept[key_id], revoked_at=now)
        return True


async def _well() -> None:
    return None


@dataclass
class Outside:
    """Everything `create_http` opens."""

    conversation: ScriptedConversation = field(default_factory=ScriptedConversation)
    reservations: OneBooking = field(default_factory=OneBooking)
    keys: KeyRing = field(default_factory=KeyRing)
    clock: StillClock = field(default_factory=StillClock)
    links_key: bytes = b"a key for links"
    probes: dict[str, Callable[[], Any]] = field(default_factory=lambda: {"ledger": _well})
    conflicts: Conflicts | None = None
    hear_ping: HearPing | None = None
    cache: Cache | None = None
    figures: Figures | None = None
    ops: OpsWindow | None = None
    conversations: Conversations | None = None
    posts: MemoryPosts | None = field(default_factory=MemoryPosts)
    messages: MessageDesk | None = None
    waitlist: WaitlistDesk | None = None
    front_desk: FrontDesk | None = None
