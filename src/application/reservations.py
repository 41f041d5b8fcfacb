"""The use cases: search, hold, book, move, cancel. Guests' chat and staff's requests share them.

The order is always the same: look (a warm sheet), decide (`domain.availability`), write (one ledger
transaction, which alone decides), then put into the booking store where that is another one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from application.ports.bookings import Bookings, Once
from application.ports.clock import Clock
from application.ports.holds import Hold, Holds
from application.settlement import Settlement
from application.sheets import Read, WarmSheets
from domain.availability import (
    Availability,
    Refusal,
    RefusalCode,
    Wish,
    check_slot,
    find_slots,
    nearest_alternatives,
    place,
    service_day,
    start_windows,
)
from domain.booking import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Booking,
    BookingCode,
    BookingId,
    BookingStatus,
    PartySize,
)
from domain.errors import BookingNotFound, DomainError, SlotTaken, TooLateToChange
from domain.floor import DaySheet, Slot
from domain.guest import Guest
from domain.venue import Policy, ResourceId, ServiceId, Venue, VenueId
from domain.zones import instant_of, local_day, minute_of

# How many days to either side of a wish are looked at for alternatives.
NEIGHBOURS = 3

# The last service-day minute there is: noon of the day after.
LAST_MINUTE = 2160

# Staff's bookings know no limit of open bookings for a guest.
NO_LIMIT = 1_000_000


class CannotPlace(DomainError):
    """The wished slot cannot be had; here is why and what is near."""

    code = "slot_taken"

    def __init__(self, *, refusal: Refusal, alternatives: Sequence[Slot]) -> None:
        super().__init__(f"the slot cannot be had: {refusal.code}")
        self.refusal = refusal
        self.alternatives = tuple(alternatives)


@dataclass(frozen=True, slots=True)
class Found:
    """An answer about availability and how old the knowledge behind it is."""

    availability: Availability
    source: str
    """`cache` (a warm sheet), `ledger` or `store`."""
    age_s: float


@dataclass(frozen=True, slots=True)
class StaffBooking:
    """A booking as staff ask for it. `start` is an instant; without `resources` the best are taken."""

    venue: VenueId
    start: datetime
    covers: int
    name: str
    phone: str = ""
    email: str = ""
    service: ServiceId | None = None
    resources: tuple[ResourceId, ...] = ()
    notes: str = ""
    language: str = ""
    walk_in: bool = False


@dataclass(frozen=True, slots=True)
class StaffChange:
    """What staff change in a booking; None leaves a field as it is."""

    start: datetime | None = None
    covers: int | None = None
    resources: tuple[ResourceId, ...] | None = None
    status: BookingStatus | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    notes: str | None = None

    @property
    def touches_the_floor(self) -> bool:
        return (self.start, self.covers, self.resources) != (None, None, None)

    @property
    def touches_the_guest(self) -> bool:
        return (self.name, self.phone, self.email, self.notes) != (None, None, None, None)


def new_code() -> BookingCode:
    return BookingCode("".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)))


def fingerprint(*parts: object) -> str:
    """A digest of a request, by which a repeated idempotency key is told from a reused one."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a search found: slots best first, and why the wish itself cannot be had where it cannot."""

    slots: tuple[Slot, ...]
    refusal: RefusalCode | None
    wished: datetime | None
    wished_day: date
    source: str
    age_s: float


class StoreKnowledge(Protocol):
    """How well this process knows what staff have written in the booking store."""

    async def loaded(self) -> None:
        """Wait until the store has been read once, where that can be had within seconds."""
        ...

    def age_s(self) -> float:
        """For how long a change in the store may have gone unnoticed."""
        ...


class Reservations:
    """What can be done with the floor and its bookings."""

    def __init__(
        self,
        *,
        venues: Iterable[Venue],
        holds: Holds,
        bookings: Bookings,
        sheets: WarmSheets,
        clock: Clock,
        settlement: Settlement | None = None,
        knowledge: StoreKnowledge | None = None,
        heard: Callable[[str], None] | None = None,
    ) -> None:
        """`settlement` and `knowledge`: where the booking store is another place than the ledger.
        `heard` is told once what staff have done: `confirmed` or `received` (a new booking), `moved`,
        `cancelled`. What guests do is told by the turn they do it in.
        """
        self._holds = holds
        self._bookings = bookings
        self._sheets = sheets
        self._clock = clock
        self._settlement = settlement
        self._knowledge = knowledge
        self._heard = heard
        self.replace_venues(venues)

    def replace_venues(self, venues: Iterable[Venue]) -> None:
        """From now on these are the houses: staff have changed their hours, tables or answers."""
        self._venues: Mapping[VenueId, Venue] = {venue.id: venue for venue in venues}
        # Staff may book at once, far ahead and for any number: only the floor itself binds them.
        self._unbound = {
            venue.id: replace(venue, policy=_without_limits(venue.policy))
            for venue in self._venues.values()
        }

    @property
    def venues(self) -> Sequence[Venue]:
        return tuple(self._venues.values())

    def venue(self, venue_id: VenueId) -> Venue:
        """Raises: KeyError for a venue that is not here."""
        return self._venues[venue_id]

    # --- looking -------------------------------------------------------------------------------

    async def on_day(
        self,
        venue: Venue,
        *,
        day: date,
        covers: int,
        service: ServiceId | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> Found:
        """Every start of a service day that a party could have, ascending, and every refusal.

        `first` and `last` bound the starts, service-day minutes, both included.

        Raises: KeyError for an unknown service.
        """
        if service is not None:
            venue.service(service)
        earliest = 0 if first is None else first
        latest = LAST_MINUTE if last is None else last
        wish = Wish(day, covers, earliest, latest, earliest, service)
        found, read = await self._every_slot(venue, wish)
        ascending = tuple(sorted(found.slots, key=lambda slot: slot.start))
        refusals = found.refusals
        if not refusals and not ascending and found.refusal is not None:
            refusals = (found.refusal,)
        age_s = self._age_s()
        return Found(Availability(ascending, found.refusal, refusals), read.source, age_s=age_s)

    async def for_wish(self, venue: Venue, wish: Wish) -> Availability:
        """Every slot that suits a wish, best first, and nothing that does not."""
        found, _ = await self._every_slot(venue, wish)
        return found

    async def _every_slot(self, venue: Venue, wish: Wish) -> tuple[Availability, Read]:
        now = self._clock.now()
        read = await self._read(venue, [wish.day], now=now)
        return find_slots(venue, read.sheets[wish.day], wish, now=now, limit=LAST_MINUTE), read

    async def search(
        self,
        venue: Venue,
        wishes: Sequence[Wish],
        *,
        exact: bool,
        moving: BookingCode | None = None,
        own_hold: str = "",
        limit: int = 12,
    ) -> Candidates:
        """Slots for one wish or several (one for each day that suits), or the nearest to them.

        `exact`: one time is wished for; where it is free it is the only candidate.
        `moving`: the booking whose own claims do not count; `own_hold`: a hold that does not either.
        """
        now = self._clock.now()
        around = _days_around([wish.day for wish in wishes], local_day(now, venue.zone))
        read = await self._read(venue, around, now=now)
        sheets = {
            day: _without(sheet, moving=moving, hold=own_hold) for day, sheet in read.sheets.items()
        }
        plain = [replace(wish, moving=None) for wish in wishes]
        answers = [find_slots(venue, sheets[w.day], w, now=now, limit=limit * 4) for w in plain]
        age_s = self._age_s()
        first, refusal = plain[0], answers[0].refusal
        wished = _instant(venue, first) if exact else None
        slots = [slot for answer in answers for slot in answer.slots]
        if slots and wished is not None and slots[0].start == wished:
            return Candidates(tuple(slots[:1]), None, wished, first.day, read.source, age_s)
        if slots:
            code = refusal.code if exact and refusal is not None else None
            return Candidates(_spread(slots, limit), code, wished, first.day, read.source, age_s)
        near = nearest_alternatives(venue, sheets, first, now=now, limit=limit)
        code = refusal.code if refusal is not None else RefusalCode.NO_RESOURCE
        return Candidates(near, code, wished, first.day, read.source, age_s)

    async def _read(self, venue: Venue, days: Sequence[date], *, now: datetime) -> Read:
        if self._knowledge is not None:
            await self._knowledge.loaded()
        return await self._sheets.read(venue, days, now=now)

    def _age_s(self) -> float:
        """How old what the sheets know can be at most: nothing where the ledger is the store."""
        return 0.0 if self._knowledge is None else self._knowledge.age_s()

    # --- holding -------------------------------------------------------------------------------

    async def hold(self, venue: Venue, slot: Slot, *, hold_id: str, holder: str) -> Hold:
        """Keep a slot for a guest for the house's hold time.

        Raises: SlotTaken, PacingExceeded, TooManyHolds.
        """
        now = self._clock.now()
        return await self._holds.place(
            hold_id=hold_id,
            venue=venue.id,
            placement=place(venue, slot),
            holder=holder,
            expires_at=now + venue.policy.hold_time,
            now=now,
            limit=venue.policy.max_holds,
        )

    async def release(self, hold_id: str) -> None:
        """Give a hold back; one that is gone is no error."""
        await self._holds.release(hold_id=hold_id)

    # --- guests --------------------------------------------------------------------------------

    async def book(
        self,
        venue: Venue,
        slot: Slot,
        *,
        guest: Guest,
        notes: str,
        channel: str,
        hold_id: str | None,
        once: Once,
    ) -> Booking:
        """Write the booking a guest has agreed to.

        Raises: SlotTaken, PacingExceeded, TooManyBookings.
        """
        now = self._clock.now()
        if slot.start <= now and await self._bookings.recall(once=once) is None:
            raise SlotTaken
        booking = await self._bookings.book(
            booking=self._new_booking(venue, slot, guest, notes=notes, channel=channel, now=now),
            placement=place(venue, slot),
            hold_id=hold_id,
            limit=venue.policy.max_open_bookings,
            once=once,
            actor="guest",
            now=now,
        )
        return await self._settled(booking)

    async def move(
        self, venue: Venue, booking: Booking, slot: Slot, *, hold_id: str | None, once: Once
    ) -> Booking:
        """Give a guest's booking another slot; the old one is kept until the new one is ours.

        Raises: SlotTaken, PacingExceeded, BookingChanged, TooLateToChange, IllegalTransition.
        """
        now = self._clock.now()
        _check_cutoff(booking, venue.policy.change_cutoff, now)
        moved = await self._bookings.move(
            changed=_moved(booking, slot),
            placement=place(venue, slot),
            hold_id=hold_id,
            once=once,
            actor="guest",
            now=now,
        )
        return await self._settled(moved)

    async def cancel(self, venue: Venue, booking: Booking, *, once: Once) -> Booking:
        """Cancel a guest's booking.

        Raises: TooLateToChange, BookingNotFound, IllegalTransition.
        """
        now = self._clock.now()
        _check_cutoff(booking, venue.policy.cancel_cutoff, now)
        cancelled = await self._bookings.set_status(
            code=booking.code,
            status=BookingStatus.CANCELLED,
            version=None,
            once=once,
            actor="guest",
            now=now,
        )
        return await self._settled(cancelled)

    async def is_settled(self, booking: Booking) -> bool:
        """Whether the booking store has what was written last: always, where it is the ledger."""
        return self._settlement is None or await self._settlement.is_settled(booking)

    async def _settled(self, written: Booking) -> Booking:
        """What stands once the booking store has answered, or could not within the deadline.

        Raises: SlotTaken where staff had given the place to somebody else.
        """
        if self._settlement is None:
            return written
        stands = await self._settlement.wait(written)
        gone = not stands.is_live and written.is_live
        if gone or stands.start != written.start:
            raise SlotTaken
        return stands

    async def edit(self, changed: Booking, *, once: Once | None) -> Booking:
        """Raises: BookingChanged, BookingNotFound."""
        return await self._bookings.edit(
            changed=changed, once=once, actor="guest", now=self._clock.now()
        )

    async def of_guest(self, venue: Venue, *, user_id: str, phone: str) -> Sequence[Booking]:
        """A guest's open bookings to come, by start."""
        return await self._bookings.of_guest(
            venue=venue.id, user_id=user_id, phone=phone, since=self._clock.now()
        )

    # --- staff ---------------------------------------------------------------------------------

    async def book_for_staff(self, wanted: StaffBooking, *, idempotency_key: str) -> Booking:
        """Write a booking for staff: lead time, booking window and party limits do not bind them.

        Raises: CannotPlace, KeyReused, StoreUnavailable; KeyError for an unknown venue, service or
        resource.
        """
        once = Once(f"staff:{idempotency_key}", fingerprint("book", wanted))
        written = await self._bookings.recall(once=once)
        if written is not None:
            return await self._settled(written)
        venue = self._unbound[wanted.venue]
        booking, slot = await self._write_for_staff(venue, wanted, once=once)
        try:
            stands = await self._settled(booking)
        except SlotTaken as error:
            raise await self._cannot_place(venue, slot, error) from error
        self._tell("received" if stands.status is BookingStatus.CONFIRMING else "confirmed")
        return stands

    async def change_for_staff(
        self,
        code: BookingCode,
        change: StaffChange,
        *,
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Booking:
        """Change a booking: its slot, then its guest's data, then its status, as far as each is asked.

        Raises: BookingNotFound, BookingChanged, IllegalTransition, CannotPlace, KeyReused.
        """
        booking = await self.get(code)
        key = idempotency_key or secrets.token_hex(16)
        print_ = fingerprint("change", code, change)
        if change.touches_the_floor:
            once = Once(f"staff:{key}:move", print_)
            booking = await self._move_for_staff(booking, change, version=version, once=once)
            version = None
        if change.touches_the_guest:
            edited = _edited(booking, change, version=version)
            booking = await self._bookings.edit(
                changed=edited,
                once=Once(f"staff:{key}:edit", print_),
                actor="staff",
                now=self._clock.now(),
            )
            version = None
        if change.status is not None:
            once = Once(f"staff:{key}:status", print_)
            booking = await self._set_status(booking, change.status, version=version, once=once)
        return booking

    async def cancel_for_staff(self, code: BookingCode, *, version: int | None = None) -> Booking:
        """Cancel; cancelling what is cancelled changes nothing.

        Raises: BookingNotFound, BookingChanged, IllegalTransition.
        """
        booking = await self.get(code)
        return await self._set_status(booking, BookingStatus.CANCELLED, version=version, once=None)

    async def _set_status(
        self, booking: Booking, status: BookingStatus, *, version: int | None, once: Once | None
    ) -> Booking:
        written = await self._bookings.set_status(
            code=booking.code,
            status=status,
            version=version,
            once=once,
            actor="staff",
            now=self._clock.now(),
        )
        if status is BookingStatus.CANCELLED and booking.status is not BookingStatus.CANCELLED:
            self._tell("cancelled")
        return written

    def _tell(self, outcome: str) -> None:
        if self._heard is not None:
            self._heard(outcome)

    async def get(self, code: BookingCode) -> Booking:
        """Raises: BookingNotFound."""
        booking = await self._bookings.get(code=code)
        if booking is None:
            raise BookingNotFound
        return booking

    async def bookings_on(
        self, venue: Venue, *, day: date | None, status: BookingStatus | None = None
    ) -> Sequence[Booking]:
        """A service day's bookings by start; without a day those from today on."""
        first = day if day is not None else local_day(self._clock.now(), venue.zone)
        days = 1 if day is not None else venue.policy.booking_window.days + 1
        # The night may run into the next morning; what belongs to another service day is left out.
        found = await self._bookings.between(
            venue=venue.id,
            start=instant_of(first, 0, venue.zone),
            end=instant_of(first + timedelta(days=days), LAST_MINUTE - 1440, venue.zone),
            status=status,
        )
        last = first + timedelta(days=days - 1)
        return [b for b in found if first <= service_day(venue, b.start) <= last]

    async def floor_on(self, venue: Venue, day: date) -> DaySheet:
        """What is claimed on a service day, true at the moment of asking."""
        return (await self._read(venue, [day], now=self._clock.now())).sheets[day]

    async def mark_of(self, venue: Venue, day: date) -> tuple[object, ...]:
        """Differs from before whenever a service day's claims or bookings have changed."""
        versions = await self._bookings.versions(
            venue=venue.id,
            start=instant_of(day, 0, venue.zone),
            end=instant_of(day, LAST_MINUTE, venue.zone),
        )
        return (await self._sheets.revisions(venue, day), versions)

    def _new_booking(
        self, venue: Venue, slot: Slot, guest: Guest, *, notes: str, channel: str, now: datetime
    ) -> Booking:
        stored = self._settlement is None
        return Booking(
            id=BookingId(secrets.token_hex(16)),
            code=new_code(),
            venue=venue.id,
            service=slot.service,
            start=slot.start,
            end=slot.end,
            party_size=PartySize(slot.covers),
            resources=slot.resources,
            status=BookingStatus.CONFIRMED if stored else BookingStatus.CONFIRMING,
            guest=guest,
            created_at=now,
            notes=notes,
            channel=channel,
        )

    async def _write_for_staff(
        self, venue: Venue, wanted: StaffBooking, *, once: Once
    ) -> tuple[Booking, Slot]:
        """Write it into the ledger, at tables of our choice where staff name none."""
        now = self._clock.now()
        guest = Guest("", wanted.name, wanted.phone, wanted.email, wanted.language)
        channel = "walk_in" if wanted.walk_in else "staff"
        races_left = 0 if wanted.resources else races_at(venue) - 1
        while True:
            slot = await self._slot_for_staff(
                venue,
                start=wanted.start,
                covers=wanted.covers,
                service=wanted.service,
                resources=wanted.resources,
                between_starts=wanted.walk_in,
            )
            booking = self._new_booking(
                venue, slot, guest, notes=wanted.notes, channel=channel, now=now
            )
            try:
                booking = await self._bookings.book(
                    booking=booking,
                    placement=place(venue, slot),
                    hold_id=None,
                    limit=NO_LIMIT,
                    once=once,
                    actor="staff",
                    now=now,
                )
            except SlotTaken as error:
                if not races_left:
                    raise await self._cannot_place(venue, slot, error) from error
                # Somebody was quicker at the table that was chosen for them: there may be others.
                races_left -= 1
            except DomainError as error:
                raise await self._cannot_place(venue, slot, error) from error
            else:
                return booking, slot

    async def _move_for_staff(
        self, booking: Booking, change: StaffChange, *, version: int | None, once: Once
    ) -> Booking:
        written = await self._bookings.recall(once=once)
        if written is not None:
            return await self._settled(written)
        venue = self._unbound[booking.venue]
        start = change.start or booking.start
        covers = change.covers or booking.party_size.covers
        slot = await self._slot_for_staff(
            venue,
            start=start,
            covers=covers,
            service=booking.service if _is_open_at(venue, booking.service, start) else None,
            resources=change.resources or (),
            moving=booking.code,
            keep=booking.resources if change.resources is None else (),
        )
        current = booking if version is None else replace(booking, version=version)
        try:
            moved = await self._bookings.move(
                changed=_moved(current, slot),
                placement=place(venue, slot),
                hold_id=None,
                once=once,
                actor="staff",
                now=self._clock.now(),
            )
            stands = await self._settled(moved)
        except SlotTaken as error:
            raise await self._cannot_place(venue, slot, error) from error
        self._tell("moved")
        return stands

    async def _slot_for_staff(
        self,
        venue: Venue,
        *,
        start: datetime,
        covers: int,
        service: ServiceId | None,
        resources: tuple[ResourceId, ...],
        between_starts: bool = False,
        moving: BookingCode | None = None,
        keep: tuple[ResourceId, ...] = (),
    ) -> Slot:
        """The slot staff ask for. `keep`: where the booking sits now, kept if it still fits."""
        now = self._clock.now()
        day = service_day(venue, start)
        minute = minute_of(start, day, venue.zone)
        read = await self._read(venue, [day], now=now)
        sheet = _without(read.sheets[day], moving=moving, hold="")
        then = min(now, start)
        if service is not None:
            venue.service(service)
        for wanted in (resources, keep):
            if not wanted:
                continue
            slot = _slot_on(venue, wanted, start, covers, service, day)
            refusal = check_slot(venue, sheet, slot, now=then)
            if refusal is None:
                return slot
            if wanted is resources:
                raise CannotPlace(
                    refusal=refusal, alternatives=self._near(venue, sheet, slot, minute, now)
                )
        earliest = minute - _grid_minutes(venue) + 1 if between_starts else minute
        wish = Wish(day, covers, max(0, earliest), minute, minute, service)
        found = find_slots(venue, sheet, wish, now=then)
        if found.slots:
            return found.slots[0]
        refusal = found.refusal or Refusal(RefusalCode.NO_RESOURCE, start, service)
        near = nearest_alternatives(venue, {day: sheet}, wish, now=now)
        raise CannotPlace(refusal=refusal, alternatives=near)

    def _near(
        self, venue: Venue, sheet: DaySheet, slot: Slot, minute: int, now: datetime
    ) -> tuple[Slot, ...]:
        wish = Wish(sheet.day, slot.covers, minute, minute, minute, slot.service)
        same_start = find_slots(venue, sheet, wish, now=now, limit=1).slots
        others = nearest_alternatives(venue, {sheet.day: sheet}, wish, now=now)
        return (*same_start, *(s for s in others if s not in same_start))[:3]

    async def _cannot_place(self, venue: Venue, slot: Slot, error: DomainError) -> CannotPlace:
        """Somebody was quicker between the look and the write: say so, with what is left now."""
        now = self._clock.now()
        day = service_day(venue, slot.start)
        read = await self._read(venue, [day], now=now)
        minute = minute_of(slot.start, day, venue.zone)
        code = RefusalCode.NO_RESOURCE if isinstance(error, SlotTaken) else RefusalCode.PACING
        near = self._near(venue, read.sheets[day], slot, minute, now)
        return CannotPlace(refusal=Refusal(code, slot.start, slot.service), alternatives=near)


# --- small things ----------------------------------------------------------------------------


def _without_limits(policy: Policy) -> Policy:
    return replace(
        policy,
        lead_time=timedelta(0),
        booking_window=timedelta(days=3650),
        min_party=1,
        max_party=NO_LIMIT,
    )


def _days_around(days: Sequence[date], today: date) -> list[date]:
    """The days of the wishes and, to either side of the first, those where alternatives may lie."""
    first = days[0]
    near = (first + timedelta(days=offset) for offset in range(-NEIGHBOURS, NEIGHBOURS + 1))
    return sorted({*days, *(day for day in near if day >= today)})


def races_at(venue: Venue) -> int:
    """How often a place is looked for that others keep taking between look and write.

    Whoever is outrun has lost one resource of the house to somebody else, so a last look after as many
    races as there are resources finds what is left, or that nothing is. Fewer would tell a guest that a
    house is full while it has a table.
    """
    return len(venue.resources) + 1


def _without(sheet: DaySheet, *, moving: BookingCode | None, hold: str) -> DaySheet:
    """The sheet without the claims that the guest would give back anyway."""
    if hold:
        sheet = sheet.remove(hold)
    if moving is not None:
        for allocation in tuple(sheet.allocations.values()):
            if allocation.booking == moving:
                sheet = sheet.remove(allocation.id)
    return sheet


def _instant(venue: Venue, wish: Wish) -> datetime:
    return instant_of(wish.day, wish.target, venue.zone)


def _spread(slots: Sequence[Slot], limit: int) -> tuple[Slot, ...]:
    """The best slots first, but no two of the first three within half an hour of each other.

    Three choices fifteen minutes apart are one choice; the others follow in their order.
    """
    apart = timedelta(minutes=30)
    chosen: list[Slot] = []
    for slot in slots:
        if len(chosen) == 3:
            break
        if all(abs(slot.start - other.start) >= apart for other in chosen):
            chosen.append(slot)
    rest = [slot for slot in slots if slot not in chosen]
    return tuple([*chosen, *rest][:limit])


def _moved(booking: Booking, slot: Slot) -> Booking:
    return replace(
        booking,
        service=slot.service,
        start=slot.start,
        end=slot.end,
        party_size=PartySize(slot.covers),
        resources=slot.resources,
        sequence=booking.sequence + 1,
    )


def _edited(booking: Booking, change: StaffChange, *, version: int | None) -> Booking:
    guest = replace(
        booking.guest,
        name=booking.guest.name if change.name is None else change.name,
        phone=booking.guest.phone if change.phone is None else change.phone,
        email=booking.guest.email if change.email is None else change.email,
    )
    return replace(
        booking,
        guest=guest,
        notes=booking.notes if change.notes is None else change.notes,
        version=booking.version if version is None else version,
    )


def _check_cutoff(booking: Booking, cutoff: timedelta, now: datetime) -> None:
    latest = booking.start - cutoff
    if now > latest:
        raise TooLateToChange(cutoff=latest)


def _slot_on(
    venue: Venue,
    resources: tuple[ResourceId, ...],
    start: datetime,
    covers: int,
    service: ServiceId | None,
    day: date,
) -> Slot:
    """The slot on these very resources. Raises: KeyError for one the venue does not have."""
    for resource in resources:
        venue.resource(resource)
    chosen = service if service is not None else _service_at(venue, start, day)
    length = venue.service(chosen).turn_time(covers)
    return Slot(chosen, start, start + length, covers, tuple(sorted(resources)))


def _service_at(venue: Venue, start: datetime, day: date) -> ServiceId:
    for service in venue.services:
        if _is_open_at(venue, service.id, start, day):
            return service.id
    return venue.services[0].id


def _is_open_at(venue: Venue, service: ServiceId, start: datetime, day: date | None = None) -> bool:
    on = day if day is not None else service_day(venue, start)
    minute = minute_of(start, on, venue.zone)
    return any(first <= minute < end for first, end in start_windows(venue, on, service))


def _grid_minutes(venue: Venue) -> int:
    return int(max(s.slot_interval for s in venue.services).total_seconds() // 60)
