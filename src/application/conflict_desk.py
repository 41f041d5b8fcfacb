"""What needs a person: listed for staff, shown on the row itself, with a message ready for the guest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from application.errors import StoreUnavailable
from application.ports.booking_store import BookingStore
from application.ports.bookings import Bookings
from application.ports.clock import Clock
from application.ports.conflicts import Conflict, ConflictKind, Conflicts, conflict_id
from application.ports.mirror import Mirror
from application.ports.notices import Notice, NoticeKind, Notices, has_a_guest
from domain.acts import News
from domain.booking import Booking, BookingCode, shown_code
from domain.store_row import RecordId, StoreRow
from domain.venue import Venue

log = structlog.get_logger()

Word = Callable[[Venue, str, News, datetime], str]
"""Words a piece of news in a guest's language: the draft of a message to them."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What staff are told about a conflict, by kind and language."""

    es: str
    en: str

    def in_language(self, language: str) -> str:
        return self.es if language == "es" else self.en


_EXPLAINED = {
    ConflictKind.DOUBLE_BOOKED: Explanation(
        "Dos reservas tienen el mismo recurso a la misma hora: {code} y {other}. "
        "No queda otro libre; cambie una de las dos.",
        "Two bookings have the same resource at the same time: {code} and {other}. "
        "No other is free; please change one of them.",
    ),
    ConflictKind.CLOSED: Explanation(
        "La reserva {code} queda fuera del horario, en un cierre o con el recurso ausente.",
        "Booking {code} is outside opening hours, in a closure, or its resource is away.",
    ),
    ConflictKind.MOVED: Explanation(
        "La reserva {code} se ha cambiado aquí: hay que avisar a su titular.",
        "Booking {code} was changed here: its guest has to be told.",
    ),
    ConflictKind.CANCELLED: Explanation(
        "La reserva {code} se ha cancelado aquí: hay que avisar a su titular.",
        "Booking {code} was cancelled here: its guest has to be told.",
    ),
    ConflictKind.NO_RESOURCE: Explanation(
        "La fila no dice qué recurso ocupa y no queda ninguno libre a esa hora.",
        "The row does not say which resource it takes, and none is free at that time.",
    ),
    ConflictKind.NOT_CONFIRMED: Explanation(
        "La solicitud {code} no se pudo confirmar: otra reserva ({other}) tiene ese lugar.",
        "Request {code} could not be confirmed: another booking ({other}) has that place.",
    ),
    ConflictKind.REFUSED: Explanation(
        "La reserva {code} no se puede escribir en esta base: {detail}",
        "Booking {code} cannot be written to this base: {detail}",
    ),
}

_NEWS_OF = {
    ConflictKind.DOUBLE_BOOKED: NoticeKind.STRANDED,
    ConflictKind.CLOSED: NoticeKind.STRANDED,
    ConflictKind.MOVED: NoticeKind.MOVED,
    ConflictKind.CANCELLED: NoticeKind.CANCELLED,
    ConflictKind.NOT_CONFIRMED: NoticeKind.NOT_CONFIRMED,
}


class ConflictDesk:
    """Keeps the list of conflicts, and what staff see of it in the booking store."""

    def __init__(
        self,
        *,
        conflicts: Conflicts,
        notices: Notices,
        mirror: Mirror,
        bookings: Bookings,
        store: BookingStore,
        clock: Clock,
        word: Word,
    ) -> None:
        self._conflicts = conflicts
        self._notices = notices
        self._mirror = mirror
        self._bookings = bookings
        self._store = store
        self._clock = clock
        self._word = word

    async def report(
        self,
        kind: ConflictKind,
        venue: Venue,
        booking: Booking,
        record: RecordId | None,
        *,
        before: Booking | None = None,
        other: Booking | None = None,
        detail: str = "",
        show: bool = True,
    ) -> bool:
        told = _EXPLAINED[kind].in_language(venue.language)
        words = told.format(
            code=shown_code(booking.code),
            other="" if other is None else shown_code(other.code),
            detail=detail,
        )
        draft = ""
        if kind in _NEWS_OF and has_a_guest(booking):
            news = News(_NEWS_OF[kind], booking, before)
            language = booking.guest.language or venue.language
            draft = self._word(venue, language, news, self._clock.now())
        subject = (
            booking.code if kind is not ConflictKind.MOVED else f"{booking.code}:{booking.version}"
        )
        conflict = Conflict(
            id=conflict_id(kind, subject),
            venue=venue.id,
            kind=kind,
            code=booking.code,
            record=record,
            detail=words,
            draft=draft,
            other=None if other is None else other.code,
            detected_at=self._clock.now(),
        )
        return await self._list(conflict, show=show)

    async def _list(self, conflict: Conflict, *, show: bool) -> bool:
        is_new = await self._conflicts.report(conflict=conflict)
        if is_new:
            log.warning("conflict.found", venue=conflict.venue, kind=conflict.kind.value)
            if show and conflict.record is not None:
                words = conflict.detail
                comment = f"{words}\n\n{conflict.draft}" if conflict.draft else words
                await self._show(conflict.record, words, comment)
        return is_new

    async def _show(self, record: RecordId, note: str, comment: str) -> None:
        """On the row itself, as far as the store can be reached: the list has it in any case."""
        try:
            await self._store.note_conflict(record=record, note=note, comment=comment)
        except StoreUnavailable as error:
            log.warning("conflict.not_shown", error=type(error).__name__)

    async def no_resource(self, row: StoreRow, venue: Venue) -> None:
        """A row that names no table, and none is free."""
        await self._list(
            Conflict(
                id=conflict_id(ConflictKind.NO_RESOURCE, row.record),
                venue=venue.id,
                kind=ConflictKind.NO_RESOURCE,
                code=BookingCode(""),
                record=row.record,
                detail=_EXPLAINED[ConflictKind.NO_RESOURCE].in_language(venue.language),
                draft="",
                other=None,
                detected_at=self._clock.now(),
            ),
            show=True,
        )

    async def has_a_resource(self, record: RecordId) -> None:
        """A row that named no table has one now, or is gone."""
        case = conflict_id(ConflictKind.NO_RESOURCE, record)
        if await self._conflicts.resolve(id=case, now=self._clock.now()):
            await self._show(record, "", "")

    async def fits_hours(self, booking: Booking) -> None:
        """A booking that was outside the house's hours is inside them again."""
        case = conflict_id(ConflictKind.CLOSED, booking.code)
        if not await self._conflicts.resolve(id=case, now=self._clock.now()):
            return
        record = await self._mirror.record_of(booking=booking.id)
        if record is not None:
            await self._show(record, "", "")

    async def tell(self, kind: NoticeKind, booking: Booking) -> None:
        """The guest hears of it in their next turn, where there is a guest."""
        if has_a_guest(booking):
            await self._notices.add(notice=Notice(kind, booking), now=self._clock.now())

    async def settle(self, booking: Booking, venue: Venue) -> None:
        """Strike the conflicts of a booking, and of those it stood in the way of, that are over."""
        now = self._clock.now()
        for conflict in await self._conflicts.open_ones(venue=venue.id):
            if conflict.kind is not ConflictKind.DOUBLE_BOOKED:
                continue
            if booking.code not in (conflict.code, conflict.other):
                continue
            stranded = await self._bookings.get(code=conflict.code)
            if (
                stranded is not None
                and stranded.is_live
                and await self._mirror.shared_with(booking=stranded.id)
            ):
                continue
            if await self._conflicts.resolve(id=conflict.id, now=now) and conflict.record:
                await self._show(conflict.record, "", "")
