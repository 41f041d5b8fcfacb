"""The waitlist: who joins, who is offered a freed place, and for how long it is kept for them.

An offer is three writes: a hold on the place, the entry that names it, the message that says so. Each
can be repeated: the hold's id and the message's key are made of the entry and its version, and an entry
changes its version only once. So several processes may sweep at the same time, and one that dies
half-way leaves nothing that the next sweep does not complete.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog

from application.codec import encode
from application.ports.clock import Clock
from application.ports.holds import Hold, Holds
from application.ports.messages import Message, MessageKind, Messages
from application.ports.waitlist import Waitlist
from application.reservations import NO_LIMIT, CannotPlace, Reservations, races_at
from domain.acts import Offer
from domain.availability import Refusal, RefusalCode, Wish, place, service_day
from domain.booking import Booking
from domain.dialogue import JoinWaitlist
from domain.errors import PacingExceeded, SlotTaken, TooManyHolds
from domain.floor import Slot
from domain.follow_up import is_quiet
from domain.guest import Guest
from domain.venue import ServiceId, Venue, VenueId
from domain.waitlist import ON_THE_LIST, WaitlistEntry, WaitlistId, WaitlistStatus, in_order
from domain.zones import instant_of, minute_of

SOON = timedelta(hours=12)
"""A place that starts within this time is offered in quiet hours too: in the morning it may be too late."""

MAX_TRIES = 5
"""So often somebody may be quicker at an entry, or at a place that is free for it."""

log = structlog.get_logger()


class WaitlistDesk:
    def __init__(
        self,
        *,
        waitlist: Waitlist,
        reservations: Reservations,
        holds: Holds,
        messages: Messages,
        clock: Clock,
    ) -> None:
        self._waitlist = waitlist
        self._reservations = reservations
        self._holds = holds
        self._messages = messages
        self._clock = clock

    # --- guests ----------------------------------------------------------------------------------

    async def join(
        self, venue: Venue, wish: JoinWaitlist, *, guest: Guest, channel: str, now: datetime
    ) -> WaitlistEntry:
        """Put a guest on the list; who is on it already keeps their place, and that entry comes back."""
        named = replace(
            guest,
            name=wish.name or guest.name,
            phone=wish.phone or guest.phone,
            email=wish.email or guest.email,
        )
        return await self._join(
            WaitlistEntry(
                id=_new_id(),
                venue=venue.id,
                day=wish.day,
                covers=wish.covers,
                earliest=wish.earliest,
                latest=wish.latest,
                guest=named,
                created_at=now,
                service=wish.service,
                wants=wish.wants,
                channel=channel,
                notes=wish.notes,
            )
        )

    async def of_guest(self, venue: Venue, *, user_id: str, phone: str) -> Sequence[WaitlistEntry]:
        """What a guest waits for or has been offered, by day; `phone` is proven, or empty."""
        return await self._waitlist.of_guest(venue=venue.id, user_id=user_id, phone=phone)

    async def take_up(self, entry_id: WaitlistId, booking: Booking) -> None:
        """The place offered to them was booked."""
        entry = await self._become(entry_id, WaitlistStatus.BOOKED, unless=WaitlistStatus.BOOKED)
        if entry is not None:
            log.info("waitlist.booked", venue=booking.venue, code=booking.code)

    async def decline(self, entry_id: WaitlistId) -> WaitlistEntry | None:
        """They do not want the place offered to them (its hold is given back), or wait no longer.

        The entry as it is now; None where they were not on the list.
        """
        for _ in range(MAX_TRIES):
            entry = await self._waitlist.get(id=entry_id)
            if entry is None or entry.status not in ON_THE_LIST:
                return None
            offered = entry.status is WaitlistStatus.OFFERED
            status = WaitlistStatus.DECLINED if offered else WaitlistStatus.REMOVED
            changed = await self._waitlist.change(changed=replace(entry, status=status))
            if changed is not None:
                await self._release(entry)
                return changed
        return None

    # --- staff -----------------------------------------------------------------------------------

    async def on_day(self, venue_id: VenueId, day: date) -> Sequence[WaitlistEntry]:
        """Everybody of a service day, whatever became of them, longest waiting first."""
        return await self._waitlist.on_day(venue=venue_id, day=day)

    async def add(
        self,
        venue: Venue,
        *,
        day: date,
        covers: int,
        earliest: int,
        latest: int,
        name: str,
        phone: str = "",
        email: str = "",
        language: str = "",
        service: ServiceId | None = None,
        notes: str = "",
        id: WaitlistId | None = None,
    ) -> WaitlistEntry:
        """Put somebody on the list who asked staff. With an `id` that is known nothing new is written.

        Raises: KeyError for an unknown service.
        """
        if service is not None:
            venue.service(service)
        return await self._join(
            WaitlistEntry(
                id=id or _new_id(),
                venue=venue.id,
                day=day,
                covers=covers,
                earliest=earliest,
                latest=latest,
                guest=Guest("", name, phone, email, language),
                created_at=self._clock.now(),
                service=service,
                channel="staff",
                notes=notes,
            )
        )

    async def get(self, entry_id: WaitlistId) -> WaitlistEntry | None:
        return await self._waitlist.get(id=entry_id)

    async def remove(self, entry_id: WaitlistId) -> WaitlistEntry | None:
        """Take somebody off the list and give back what is held for them; None where they are not on it."""
        return await self._become(entry_id, WaitlistStatus.REMOVED, only_from=ON_THE_LIST)

    async def offer(self, entry_id: WaitlistId, *, start: datetime | None = None) -> WaitlistEntry:
        """Offer a place to somebody out of turn, also in quiet hours: at `start`, or the first that suits.

        What was held for them before is given back. An offer that ended may be made again. The house's
        lead time and limits for parties do not bind staff.

        Raises: KeyError for nobody on the list, CannotPlace where there is no such place.
        """
        for _ in range(MAX_TRIES):
            entry = await self._waitlist.get(id=entry_id)
            if entry is None or entry.status in (WaitlistStatus.BOOKED, WaitlistStatus.REMOVED):
                raise KeyError(entry_id)
            if entry.status is WaitlistStatus.OFFERED:
                await self._become(entry_id, WaitlistStatus.WAITING, only_from=[entry.status])
                continue
            venue = _unbound(self._reservations.venue(entry.venue))
            offered = await self._offer(venue, entry, start=start, by_staff=True)
            if offered is not None:
                return offered
        raise CannotPlace(refusal=Refusal(RefusalCode.NO_RESOURCE, start), alternatives=())

    # --- the sweep -------------------------------------------------------------------------------

    async def sweep(self) -> int:
        """Let offers lapse that were not answered, and offer what is free to whoever is first by the
        house's order and suits. Returns how many were offered a place.

        May run in several processes at once, and be cut off anywhere.
        """
        now = self._clock.now()
        houses = {venue.id: venue for venue in self._reservations.venues}
        waiting: list[WaitlistEntry] = []
        for entry in await self._waitlist.listed():
            venue = houses.get(entry.venue)
            if venue is None:
                continue
            if _is_over(venue, entry, now):
                await self._expire(entry)
            elif entry.status is WaitlistStatus.OFFERED:
                # The message may be missing where a process died right after its offer.
                await self._tell(entry)
            elif venue.policy.waitlist.enabled:
                waiting.append(entry)
        return sum([await self._offer_day(same_day) for same_day in _by_day(waiting)])

    async def _offer_day(self, entries: Sequence[WaitlistEntry]) -> int:
        venue = self._reservations.venue(entries[0].venue)
        offered = 0
        for entry in in_order(entries, venue.policy.waitlist.order):
            try:
                offered += await self._offer(venue, entry) is not None
            except CannotPlace:
                continue
        return offered

    async def _expire(self, entry: WaitlistEntry) -> None:
        expired = replace(entry, status=WaitlistStatus.EXPIRED)
        if await self._waitlist.change(changed=expired) is not None:
            await self._release(entry)
            log.info("waitlist.expired", venue=entry.venue, offered=entry.offer is not None)

    # --- offering --------------------------------------------------------------------------------

    async def _offer(
        self,
        venue: Venue,
        entry: WaitlistEntry,
        *,
        start: datetime | None = None,
        by_staff: bool = False,
    ) -> WaitlistEntry | None:
        """The entry with its offer; None where somebody else was quicker at this entry.

        `by_staff`: the hour of the day does not bind them. Raises: CannotPlace.
        """
        hold = await self._hold(venue, entry, start=start, by_staff=by_staff)
        slot = hold.placement.slot
        offer = Offer(_offer_name(entry), slot, hold.expires_at, hold.id, waitlist=entry.id)
        offered = await self._waitlist.change(
            changed=replace(entry, status=WaitlistStatus.OFFERED, offer=offer)
        )
        if offered is None:
            return None
        log.info("waitlist.offered", venue=venue.id, covers=entry.covers, by_staff=by_staff)
        await self._tell(offered)
        return offered

    async def _hold(
        self, venue: Venue, entry: WaitlistEntry, *, start: datetime | None, by_staff: bool
    ) -> Hold:
        """A hold on the first place that suits. Raises: CannotPlace."""
        hold_id = _offer_name(entry)
        now = self._clock.now()
        # From another process, or from this one before it died.
        earlier = await self._holds.get(hold_id=hold_id, now=now)
        if earlier is not None and start in (None, earlier.placement.slot.start):
            return earlier
        if earlier is not None:
            await self._holds.release(hold_id=hold_id)
        for _ in range(races_at(venue)):
            slot = await self._free_slot(venue, entry, start=start, by_staff=by_staff, now=now)
            try:
                return await self._holds.place(
                    hold_id=hold_id,
                    venue=venue.id,
                    placement=place(venue, slot),
                    holder=f"waitlist:{entry.id}",
                    expires_at=min(now + venue.policy.waitlist.answer_time, slot.start),
                    now=now,
                    limit=1,
                )
            except (SlotTaken, PacingExceeded, TooManyHolds):
                continue
        raise CannotPlace(refusal=Refusal(RefusalCode.NO_RESOURCE, start), alternatives=())

    async def _free_slot(
        self,
        venue: Venue,
        entry: WaitlistEntry,
        *,
        start: datetime | None,
        by_staff: bool,
        now: datetime,
    ) -> Slot:
        found = await self._reservations.for_wish(venue, _wish(venue, entry, start))
        for slot in found.slots:
            if by_staff or not is_quiet(venue, now) or slot.start <= now + SOON:
                return slot
        refusal = found.refusal or Refusal(RefusalCode.NO_RESOURCE, start)
        raise CannotPlace(refusal=refusal, alternatives=())

    async def _tell(self, entry: WaitlistEntry) -> None:
        offer = entry.offer
        if offer is None:
            return
        message = Message(
            key=offer.hold_id,
            kind=MessageKind.WAITLIST_OFFER,
            venue=entry.venue,
            guest=entry.guest,
            channel=entry.channel,
            due_at=self._clock.now(),
            facts={"entry": entry.id, "offer": encode(offer)},
            asks=True,
        )
        if await self._messages.get(key=message.key) is None:
            await self._messages.plan(messages=[message])

    # --- entries ---------------------------------------------------------------------------------

    async def _join(self, entry: WaitlistEntry) -> WaitlistEntry:
        joined = await self._waitlist.join(entry=entry)
        if joined.id == entry.id:
            log.info("waitlist.joined", venue=entry.venue, covers=entry.covers)
        return joined

    async def _become(
        self,
        entry_id: WaitlistId,
        status: WaitlistStatus,
        *,
        only_from: Iterable[WaitlistStatus] = tuple(WaitlistStatus),
        unless: WaitlistStatus | None = None,
    ) -> WaitlistEntry | None:
        for _ in range(MAX_TRIES):
            entry = await self._waitlist.get(id=entry_id)
            if entry is None or entry.status not in only_from or entry.status is unless:
                return None
            changed = await self._waitlist.change(changed=replace(entry, status=status))
            if changed is not None:
                await self._release(entry)
                return changed
        return None

    async def _release(self, entry: WaitlistEntry) -> None:
        """Give back what is held for them; what became a booking is no hold any more."""
        if entry.status is WaitlistStatus.OFFERED and entry.offer is not None:
            await self._holds.release(hold_id=entry.offer.hold_id)


def _new_id() -> WaitlistId:
    return WaitlistId(secrets.token_hex(8))


def _wish(venue: Venue, entry: WaitlistEntry, start: datetime | None) -> Wish:
    """What is looked for. Staff who name a start may give another table or dentist than the one asked
    for, but none that the guest cannot use."""
    wants = entry.wants
    if start is not None:
        day = service_day(venue, start)
        at = minute_of(start, day, venue.zone)
        return Wish(day, entry.covers, at, at, at, entry.service, required=wants.required)
    return Wish(
        entry.day,
        entry.covers,
        entry.earliest,
        entry.latest,
        entry.earliest if wants.target is None else wants.target,
        entry.service,
        preferences=wants.preferences,
        required=wants.required,
        resource=wants.resource,
    )


def _offer_name(entry: WaitlistEntry) -> str:
    """The id of an offer, of its hold and of its message: the same from whichever process it comes."""
    return f"waitlist:{entry.id}:{entry.version}"


def _is_over(venue: Venue, entry: WaitlistEntry, now: datetime) -> bool:
    """Whether an offer has lapsed, or the last start that would suit is past."""
    if entry.status is WaitlistStatus.OFFERED and entry.offer is not None:
        return entry.offer.expires_at <= now
    return instant_of(entry.day, entry.latest, venue.zone) <= now


def _unbound(venue: Venue) -> Venue:
    policy = replace(venue.policy, lead_time=timedelta(0), min_party=1, max_party=NO_LIMIT)
    return replace(venue, policy=policy)


def _by_day(entries: Sequence[WaitlistEntry]) -> list[list[WaitlistEntry]]:
    def day_of(entry: WaitlistEntry) -> tuple[VenueId, date]:
        return entry.venue, entry.day

    return [list(group) for _, group in groupby(sorted(entries, key=day_of), key=day_of)]
