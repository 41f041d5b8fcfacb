"""Messages in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from application.ports.messages import FOLLOW_UPS, Message, MessageState
from domain.booking import Booking, BookingCode, BookingStatus
from domain.venue import VenueId
from infrastructure.memory.bookings import MemoryBookings


class MemoryMessages:
    def __init__(self, bookings: MemoryBookings) -> None:
        self._bookings = bookings
        self._messages: dict[str, Message] = {}

    async def plan(self, *, messages: Sequence[Message]) -> int:
        for message in messages:
            if message.code is not None and message.kind in FOLLOW_UPS:
                self._void(message.code, before=message.sequence)
        new = {each.key: each for each in messages if each.key not in self._messages}
        self._messages |= new
        return len(new)

    async def unplanned(
        self, *, venues: Collection[VenueId], now: datetime, until: datetime, limit: int
    ) -> Sequence[Booking]:
        planned = {
            (each.code, each.start, each.sequence)
            for each in self._messages.values()
            if each.kind in FOLLOW_UPS
        }
        found = [
            booking
            for booking in self._bookings.rows.values()
            if booking.venue in venues
            and now < booking.start <= until
            and booking.status is BookingStatus.CONFIRMED
            and (booking.code, booking.start, booking.sequence) not in planned
        ]
        return sorted(found, key=lambda booking: (booking.start, booking.code))[:limit]

    async def due(self, *, now: datetime, limit: int) -> Sequence[str]:
        found = [
            each
            for each in self._messages.values()
            if each.state is MessageState.PLANNED and each.due_at <= now
        ]
        found.sort(key=lambda each: (each.due_at, each.key))
        return [each.key for each in found[:limit]]

    async def get(self, *, key: str) -> Message | None:
        return self._messages.get(key)

    async def delivered(self, *, key: str, way: str, text: str) -> None:
        message = self._messages.get(key)
        if message is not None and way not in message.ways:
            self._messages[key] = replace(message, ways=(*message.ways, way), text=text)

    async def end(self, *, key: str, state: MessageState, now: datetime) -> bool:
        message = self._planned(key)
        if message is None:
            return False
        sent_at = now if state is MessageState.SENT else None
        self._messages[key] = replace(message, state=state, sent_at=sent_at)
        return True

    async def postpone(self, *, key: str, due_at: datetime) -> None:
        message = self._planned(key)
        if message is not None:
            self._messages[key] = replace(message, due_at=due_at, tries=message.tries + 1)

    async def void(self, *, code: BookingCode) -> int:
        return self._void(code)

    async def prompt(
        self, *, venue: VenueId, user_id: str, phone: str, since: datetime
    ) -> Message | None:
        found = [
            (each.sent_at, each)
            for each in self._messages.values()
            if each.asks
            and each.answered_at is None
            and each.venue == venue
            and (
                (user_id and each.guest.user_id == user_id) or (phone and each.guest.phone == phone)
            )
            and each.sent_at is not None
            and each.sent_at > since
        ]
        # Of two sent at once the first by key, as in the database: `sort` keeps their order.
        found.sort(key=lambda pair: pair[1].key)
        found.sort(key=lambda pair: pair[0], reverse=True)
        return found[0][1] if found else None

    async def answered(self, *, key: str, now: datetime) -> None:
        message = self._messages.get(key)
        if message is not None:
            self._messages[key] = replace(message, answered_at=message.answered_at or now)

    async def failed(self, *, venue: VenueId, since: datetime) -> Sequence[Message]:
        found = [
            each
            for each in self._messages.values()
            if each.venue == venue and each.state is MessageState.FAILED and each.due_at >= since
        ]
        found.sort(key=lambda each: each.key)
        return sorted(found, key=lambda each: each.due_at, reverse=True)

    def _planned(self, key: str) -> Message | None:
        message = self._messages.get(key)
        if message is None or message.state is not MessageState.PLANNED:
            return None
        return message

    def _void(self, code: BookingCode, *, before: int | None = None) -> int:
        """Void the follow-ups planned for a booking: all, or those of a sequence before this one."""
        keys = [
            each.key
            for each in self._messages.values()
            if each.code == code
            and each.kind in FOLLOW_UPS
            and each.state is MessageState.PLANNED
            and (before is None or each.sequence < before)
        ]
        for key in keys:
            self._messages[key] = replace(self._messages[key], state=MessageState.VOID)
        return len(keys)
