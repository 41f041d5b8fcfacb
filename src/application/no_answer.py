"""The house's rule for guests who were asked whether they come and did not answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from application.follow_ups import ASKED, part_key
from application.ports.bookings import Bookings, Once
from application.ports.clock import Clock
from application.ports.conflicts import Conflict, ConflictKind, Conflicts, conflict_id
from application.ports.messages import Message, Messages, MessageState
from domain.booking import Booking, BookingStatus, shown_code
from domain.errors import BookingChanged, IllegalTransition
from domain.venue import NoAnswer, Venue

FAIR = timedelta(hours=1)
"""So long a guest has at least to answer, also where the reminder went out late."""

_EXPLAINED = {
    "es": "No se sabe si vendrá la reserva {code}: su titular no ha respondido al recordatorio.",
    "en": "Nobody knows whether booking {code} will come: its guest has not answered the reminder.",
}

log = structlog.get_logger()


class NoAnswerDesk:
    def __init__(
        self,
        *,
        messages: Messages,
        bookings: Bookings,
        conflicts: Conflicts | None,
        clock: Clock,
        asking: Sequence[str],
    ) -> None:
        """`asking`: the messengers that reach a guest who does not look at our page, and bring their
        answer back."""
        self._messages = messages
        self._bookings = bookings
        self._conflicts = conflicts
        self._clock = clock
        self._asking = asking

    async def not_before(self, message: Message) -> datetime | None:
        """From when on the rule may be applied; None where the guest has answered or was never asked."""
        asked = await self._messages.get(key=message.facts[ASKED])
        if asked is None or asked.state is not MessageState.SENT or asked.answered_at is not None:
            return None
        return message.due_at if asked.sent_at is None else asked.sent_at + FAIR

    async def apply(
        self, message: Message, venue: Venue, booking: Booking, *, draft: str
    ) -> Booking | None:
        """What the house does; the cancelled booking, where it was cancelled.

        `draft`: words to the guest that staff can send or edit.
        """
        match venue.policy.follow_up.no_answer:
            case NoAnswer.KEEP:
                return None
            case NoAnswer.TELL_STAFF:
                await self._tell_staff(venue, booking, draft)
                return None
            case NoAnswer.CANCEL:
                if await self._was_asked_elsewhere(message):
                    return await self._cancel(message, booking)
                # Words on a page that nobody may have opened since, or that cannot be answered, are no
                # reason to lose a table.
                await self._tell_staff(venue, booking, draft)
                return None
            case never:
                assert_never(never)

    async def cancelled_before(self, message: Message) -> Booking | None:
        """The booking, where an earlier try cancelled it and died before anything else."""
        return await self._bookings.recall(once=_once(message))

    async def _cancel(self, message: Message, booking: Booking) -> Booking | None:
        try:
            cancelled = await self._bookings.set_status(
                code=booking.code,
                status=BookingStatus.CANCELLED,
                version=booking.version,
                once=_once(message),
                actor="engine",
                now=self._clock.now(),
            )
        except (BookingChanged, IllegalTransition):
            # Somebody has seen to it in this very moment.
            return None
        log.info("booking.cancelled_unanswered", venue=booking.venue, code=booking.code)
        return cancelled

    async def _was_asked_elsewhere(self, message: Message) -> bool:
        key = message.facts[ASKED]
        for way in self._asking:
            for part in (key, part_key(key, way)):
                found = await self._messages.get(key=part)
                if found is not None and way in found.ways:
                    return True
        return False

    async def _tell_staff(self, venue: Venue, booking: Booking, draft: str) -> None:
        if self._conflicts is None:
            return
        words = _EXPLAINED.get(venue.language, _EXPLAINED["en"])
        await self._conflicts.report(
            conflict=Conflict(
                id=conflict_id(ConflictKind.UNANSWERED, f"{booking.code}:{booking.sequence}"),
                venue=venue.id,
                kind=ConflictKind.UNANSWERED,
                code=booking.code,
                record=None,
                detail=words.format(code=shown_code(booking.code)),
                draft=draft,
                other=None,
                detected_at=self._clock.now(),
            )
        )
        log.warning("conflict.found", venue=venue.id, kind=ConflictKind.UNANSWERED.value)


def _once(message: Message) -> Once:
    return Once(f"engine:{message.key}", message.key)
