"""What a reply may state: the facts of a plan, in the form the claim check compares with.

`facts_of` reads nothing but the plan's acts and the venue: what an act does not carry, no
sentence may claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from application.claim_reading import Reading, read
from application.claim_words import Claim
from application.ports.agents import ReplyPlan
from application.wording import fold
from domain import acts
from domain.availability import RefusalCode
from domain.booking import Booking, BookingStatus
from domain.floor import Slot
from domain.venue import MINUTES_PER_DAY, ResourceId, ServiceId


class Standing(StrEnum):
    """How a start stands: on offer, wished for, booked."""

    OFFERED = "offered"
    WISHED = "wished"
    NAMED = "named"
    """Said back to the guest, nothing more."""
    BOOKED = "booked"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    FORMER = "former"
    """Where a moved booking was before."""
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Entry:
    """One start that may be spoken of. What is None or empty is not known."""

    standing: Standing
    day: date | None = None
    minute: int | None = None
    """Of the calendar day, 0 to 1439."""
    end: int | None = None
    covers: int | None = None
    code: str = ""
    places: frozenset[str] = frozenset()
    """Keys of areas and features that it surely has."""
    tables: frozenset[str] = frozenset()
    """How its table may be numbered: "t7", "7"."""
    eve: date | None = None
    """The evening before, where a start after midnight belongs to it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that sentences are held against."""

    language: str
    entries: tuple[Entry, ...] = ()
    claims: frozenset[Claim] = frozenset()
    """What has come about or is so."""
    today: date | None = None
    days: frozenset[date] = frozenset()
    """Further days that may be named."""
    weekdays: frozenset[int] = frozenset()
    """Weekdays that may be named without a date (ISO): those of opening hours."""
    closed_weekdays: frozenset[int] = frozenset()
    """The ones of them on which the house does not open."""
    minutes: frozenset[int] = frozenset()
    """Further times of day that may be named: opening hours, when an offer lapses."""
    counts: frozenset[int] = frozenset()
    """Further party sizes."""
    lengths: frozenset[int] = frozenset()
    """Durations, in minutes."""
    numbers: frozenset[int] = frozenset()
    """Bare numbers: how many offers there are."""
    prices: frozenset[str] = frozenset()
    """Minor units, or with a percent sign."""
    phones: frozenset[str] = frozenset()
    """Digits only."""
    links: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    """Folded words that may be written with a capital: people, the house, its streets."""
    titles: tuple[str, ...] = ()
    """What the house is called, as written: "La Terraza" is no terrace."""
    zones: frozenset[str] = frozenset()
    """Folded names of the venue's zone."""
    words: frozenset[str] = frozenset()
    """Folded words of the house's own texts: what they speak of may be spoken of."""
    noted: frozenset[str] = frozenset()
    """Folded words of the guest's own requests: they may be said back as requests."""
    quotes: tuple[str, ...] = ()
    """Folded texts of the house: a sentence of theirs passes as it is."""
    said: Reading | None = None
    """What the guest's own message mentions: questions may take it up."""
    wish_known: bool = True
    """Whether what the guest asked for stands among these facts. Where it does not, questions and
    offers may name a party, day or time that nothing here speaks against."""


def facts_of(plan: ReplyPlan) -> Facts:
    """The facts of a plan: those of each act, and what is known of the house itself."""
    gathering = _Gathering(plan)
    for act in plan.acts:
        gathering.add(act)
    return gathering.facts()


@dataclass(slots=True)
class _Gathering:
    """Facts while they are collected, act by act."""

    plan: ReplyPlan
    entries: list[Entry] = field(default_factory=list)
    claims: set[Claim] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    weekdays: set[int] = field(default_factory=set)
    closed_weekdays: set[int] = field(default_factory=set)
    minutes: set[int] = field(default_factory=set)
    counts: set[int] = field(default_factory=set)
    lengths: set[int] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    prices: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)
    quotes: list[str] = field(default_factory=list)

    def facts(self) -> Facts:
        plan = self.plan
        self._name(plan.guest_name, plan.venue.name)
        zone = str(plan.venue.zone)
        return Facts(
            language=plan.language,
            entries=tuple(self.entries),
            claims=frozenset(self.claims),
            today=self._local(plan.now).date(),
            days=frozenset(self.days),
            weekdays=frozenset(self.weekdays),
            closed_weekdays=frozenset(self.closed_weekdays),
            minutes=frozenset(m % MINUTES_PER_DAY for m in self.minutes),
            counts=frozenset(self.counts),
            lengths=frozenset(self.lengths),
            numbers=frozenset(self.numbers),
            prices=frozenset(self.prices),
            phones=frozenset(self.phones),
            links=frozenset(self.links),
            names=frozenset(self.names),
            titles=(plan.venue.name,),
            zones=frozenset(fold(zone.rsplit("/", 1)[-1].replace("_", " ")).split()),
            words=frozenset(self.words),
            noted=frozenset(self.noted),
            quotes=tuple(self.quotes),
            said=read(plan.message, plan.language) if plan.message else None,
        )

    # --- acts ------------------------------------------------------------------------------------

    def add(self, act: acts.Act) -> None:
        match act:
            case acts.Offered():
                self._offered(act)
            case acts.ChooseOffer(offers=offers):
                self._offers(offers)
            case acts.NothingFree():
                self._nothing_free(act)
            case acts.OfferGone():
                self.claims.add(Claim.FULL)
            case (
                acts.Booked()
                | acts.Received()
                | acts.News()
                | acts.Moved()
                | acts.Cancelled()
                | acts.Updated()
                | acts.Kept()
                | acts.Expected()
                | acts.Waitlisted()
                | acts.OnWaitlist()
                | acts.WaitlistOver()
            ):
                self._outcome(act)
            case acts.Dropped():
                self.claims.add(Claim.DONE)
            case acts.AskWaitlist(day=day, covers=covers):
                self.claims.add(Claim.FULL)
                self.entries.append(Entry(Standing.WISHED, day, covers=covers))
            case acts.NoWaitlist(phone=phone):
                self._phone(phone)
            case acts.Farewell(booking=booking) if booking is not None:
                self._booking(booking)
            case acts.AskCancel(booking=booking) | acts.AskNewTime(booking=booking):
                self._booking(booking)
            case acts.ShowBookings(bookings=bookings) | acts.AskWhichBooking(bookings=bookings):
                self.numbers.update(range(1, len(bookings) + 1))
                for booking in bookings:
                    self._booking(booking)
            case acts.CannotDo():
                self._cannot(act)
            case acts.Escalated(phone=phone):
                self.claims.update({Claim.HANDED_OVER, Claim.FOLLOW_UP})
                self._phone(phone)
            case acts.LargeParty(covers=covers, limit=limit, phone=phone):
                self.counts.update({covers, limit})
                self._phone(phone)
            case acts.Sympathy(phone=phone):
                self._phone(phone)
            case acts.Menu():
                self.numbers.update(range(1, _MENU_CHOICES + 1))
            case acts.NoAnswer(topic=topic, phone=phone):
                self._phone(phone)
                self._topic(topic)
            case _:
                self._details(act)

    def _details(self, act: acts.Act) -> None:
        """Acts that say back, ask or answer."""
        match act:
            case acts.Noted():
                self._noted(act)
            case acts.Ask(options=options, day=day):
                self._say(options)
                self._day(day)
            case acts.AskWhichDay(options=days):
                self.days.update(days)
            case acts.NoSuchDay(said=said, suggestion=suggestion):
                self._day(said)
                self._day(suggestion)
            case acts.AskWhichTime(options=minutes, day=day):
                self.minutes.update(minutes)
                self._day(day)
            case acts.AskHowMany(low=low, high=high):
                self.counts.update({low, high})
            case acts.AskWhichService(options=services):
                for service in services:
                    self._service(service)
            case acts.ResourceUnknown(said=said_name, names=names):
                self._name(said_name, *names)
                self._say(names)
            case acts.SayAgain(text=text):
                self._quote(text)
            case acts.HouseSays(topic=topic, text=text):
                self._topic(topic)
                self._quote(text)
            case acts.HouseFacts(topic=topic, lines=lines):
                self._topic(topic)
                self._say(lines)
            case acts.OpeningHours():
                self._opening_hours(act)
            case _:
                pass

    def _offered(self, act: acts.Offered) -> None:
        self._offers(act.offers)
        if act.refusal is not None or act.taken_meanwhile:
            self._refused(act.refusal or RefusalCode.NO_RESOURCE)
        covers = act.offers[0].slot.covers if act.offers else None
        self._wish(act.wished, act.wished_day, covers)
        if act.resource is not None:
            self._resource_names((act.resource,))
            self.claims.add(Claim.FULL)  # of that person, even where the house is closed to them
        if act.moving is not None:
            self._booking(act.moving)

    def _offers(self, offers: tuple[acts.Offer, ...]) -> None:
        self.claims.add(Claim.FREE)
        self.numbers.update(range(1, len(offers) + 1))
        for offer in offers:
            self.entries.append(self._start(Standing.OFFERED, offer.slot, offer.slot.covers))
            self._service(offer.slot.service)
            self._resource_names(offer.slot.resources)
            if offer.hold_id:
                self.claims.add(Claim.HELD)
                self._lapse(offer.expires_at)

    def _lapse(self, at: datetime) -> None:
        local = self._local(at)
        self.minutes.add(local.hour * 60 + local.minute)
        left = round((at - self.plan.now) / timedelta(minutes=1))
        self.lengths.update({left, self.plan.venue.policy.hold_time // timedelta(minutes=1)})

    def _nothing_free(self, act: acts.NothingFree) -> None:
        self._refused(act.code)
        self._wish(act.wished, act.day, None)
        if act.resource is not None:
            self._resource_names((act.resource,))
            self.claims.add(Claim.FULL)  # of that person, even where the house is closed to them
        for start, end in act.opening:
            self.minutes.update({start, end})
        if act.lead_minutes is not None:
            self.lengths.add(act.lead_minutes)
        if act.window_days is not None:
            self.lengths.add(act.window_days * MINUTES_PER_DAY)
            self.days.add(self._local(self.plan.now).date() + timedelta(days=act.window_days))
        policy = self.plan.venue.policy
        self.counts.update({policy.max_party, policy.min_party})
        self._phone(act.phone)

    def _refused(self, code: RefusalCode) -> None:
        self.claims.add(Claim.CLOSED if code is RefusalCode.CLOSED else Claim.FULL)

    def _wish(self, wished: datetime | None, day: date | None, covers: int | None) -> None:
        if wished is not None:
            local = self._local(wished)
            minute = local.hour * 60 + local.minute
            self.entries.append(
                Entry(Standing.WISHED, local.date(), minute, covers=covers, eve=self._eve(local))
            )
        if day is not None:
            self.entries.append(Entry(Standing.WISHED, day, covers=covers))

    def _outcome(self, act: acts.Act) -> None:
        match act:
            case acts.Booked(booking=booking) | acts.Updated(booking=booking):
                self._booking(booking, Standing.BOOKED)
                self.claims.update({Claim.BOOKED, Claim.DONE, Claim.RECEIVED})
                if isinstance(act, acts.Updated):
                    self.claims.add(Claim.UPDATED)
            case acts.Received(booking=booking):
                self._booking(booking, Standing.RECEIVED)
                self.claims.update({Claim.RECEIVED, Claim.FOLLOW_UP})
            case acts.News():
                self._news(act)
            case acts.Moved(booking=booking, before=before):
                self._booking(booking, Standing.BOOKED)
                self._booking(before, Standing.FORMER)
                self.claims.update({Claim.BOOKED, Claim.MOVED, Claim.DONE})
            case acts.Cancelled(booking=booking):
                self._booking(booking, Standing.CANCELLED)
                self.claims.update({Claim.CANCELLED, Claim.DONE})
            case acts.Kept(booking=booking) | acts.Expected(booking=booking):
                self._booking(booking)
                self.claims.add(Claim.DONE)
            case acts.Waitlisted() | acts.OnWaitlist():
                self._waiting(act)
            case acts.WaitlistOver(day=day):
                self.claims.update({Claim.UNLISTED, Claim.DONE})
                self.entries.append(Entry(Standing.WISHED, day))
            case _:
                raise TypeError(f"not an outcome: {act}")

    def _waiting(self, act: acts.Waitlisted | acts.OnWaitlist) -> None:
        self.claims.update({Claim.WAITLISTED, Claim.FOLLOW_UP, Claim.FULL})
        if isinstance(act, acts.Waitlisted):
            self.claims.add(Claim.DONE)
        first, last = act.earliest % MINUTES_PER_DAY, act.latest % MINUTES_PER_DAY
        self.entries.append(Entry(Standing.WAITING, act.day, first, last, act.covers))
        self.entries.append(Entry(Standing.WISHED, act.day, covers=act.covers))

    def _news(self, news: acts.News) -> None:
        match news.kind:
            case acts.NoticeKind.CONFIRMED:
                self._booking(news.booking, Standing.BOOKED)
                self.claims.update({Claim.BOOKED, Claim.MOVED, Claim.DONE})
            case acts.NoticeKind.MOVED:
                self._booking(news.booking, Standing.BOOKED)
                self.claims.update({Claim.MOVED, Claim.UPDATED, Claim.DONE})
                if news.before is not None:
                    self._booking(news.before, Standing.FORMER)
            case acts.NoticeKind.CANCELLED | acts.NoticeKind.CANCELLATION_STORED:
                self._booking(news.booking, Standing.CANCELLED)
                self.claims.update({Claim.CANCELLED, Claim.DONE})
            case acts.NoticeKind.NOT_CONFIRMED:
                self._booking(news.booking, Standing.CANCELLED)
                self.claims.add(Claim.FULL)
            case acts.NoticeKind.STRANDED:
                self._booking(news.booking, Standing.NAMED)
                self.claims.update({Claim.FOLLOW_UP, Claim.HANDED_OVER, Claim.FULL})

    def _booking(self, booking: Booking, standing: Standing | None = None) -> None:
        standing = standing or _STANDINGS[booking.status]
        slot = Slot(
            service=booking.service,
            start=booking.start,
            end=booking.end,
            covers=booking.party_size.covers,
            resources=booking.resources,
        )
        self.entries.append(self._start(standing, slot, slot.covers, str(booking.code)))
        self.claims.add(Claim.EXISTS)
        self.claims.update(_CLAIMS.get(standing, ()))
        self._service(booking.service)
        self._resource_names(booking.resources)
        self._name(booking.guest.name)
        self._phone(booking.guest.phone)
        if booking.notes:
            self.noted.update(fold(booking.notes).split())

    def _start(self, standing: Standing, slot: Slot, covers: int | None, code: str = "") -> Entry:
        start, end = self._local(slot.start), self._local(slot.end)
        return Entry(
            standing,
            start.date(),
            start.hour * 60 + start.minute,
            end.hour * 60 + end.minute,
            covers,
            code,
            self._places(slot.resources),
            self._tables(slot.resources),
            self._eve(start),
        )

    def _eve(self, local: datetime) -> date | None:
        eve = local.date() - timedelta(days=1)
        return eve if local.hour < _NIGHT_ENDS and self._runs_past_midnight(eve) else None

    def _runs_past_midnight(self, day: date) -> bool:
        return any(
            interval.end > MINUTES_PER_DAY
            for service in self.plan.venue.services
            for interval in service.hours.on(day)
        )

    def _places(self, ids: tuple[ResourceId, ...]) -> frozenset[str]:
        """What every one of these resources has."""
        each = [r.features | {r.area} for r in map(self.plan.venue.resource, ids)]
        return frozenset.intersection(*each) - {""} if each else frozenset()

    def _tables(self, ids: tuple[ResourceId, ...]) -> frozenset[str]:
        labels: set[str] = set()
        for resource in map(self.plan.venue.resource, ids):
            for label in (fold(resource.id), *fold(resource.name).split()):
                labels.add(label)
                labels.update(re.findall(r"\d+", label))
        return frozenset(labels)

    def _resource_names(self, ids: tuple[ResourceId, ...]) -> None:
        for resource in map(self.plan.venue.resource, ids):
            self._name(resource.name)

    def _service(self, service: ServiceId) -> None:
        for name in self.plan.venue.service(service).names.values():
            self.words.update(_words(name))
            self._name(name)

    def _noted(self, act: acts.Noted) -> None:
        minute = None if act.minute is None else act.minute % MINUTES_PER_DAY
        day = act.day
        eve = None
        if day is not None and act.minute is not None and act.minute >= MINUTES_PER_DAY:
            day, eve = day + timedelta(days=1), day
        self.entries.append(Entry(Standing.NAMED, day, minute, covers=act.covers, eve=eve))
        if act.service is not None:
            self._service(act.service)
        self._name(act.name or "")
        self._phone(act.phone or "")
        for request in act.requests:
            self.noted.update(_words(request))
            self._mentions(request)
            self._name(request)

    def _cannot(self, act: acts.CannotDo) -> None:
        self.claims.add(Claim.EXISTS)
        if act.booking is not None:
            self._booking(act.booking)
        if act.limit is not None:
            self.numbers.add(act.limit)
            self.lengths.update({act.limit, act.limit * 60})
        self._phone(act.phone)

    def _opening_hours(self, act: acts.OpeningHours) -> None:
        self.claims.add(Claim.CLOSED)
        self._day(act.day)
        for service, intervals in act.services:
            self._service(service)
            self._intervals(intervals)
        if act.weekly:
            self.weekdays.update(range(1, 8))
            self.closed_weekdays.update(set(range(1, 8)) - {day for _, day, _ in act.weekly})
        for service, _, intervals in act.weekly:
            self._service(service)
            self._intervals(intervals)

    # --- pieces ----------------------------------------------------------------------------------

    def _intervals(self, intervals: Iterable[tuple[int, int]]) -> None:
        for start, end in intervals:
            self.minutes.update({start, end})

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.plan.venue.zone)

    def _day(self, day: date | None) -> None:
        if day is not None:
            self.days.add(day)

    def _phone(self, phone: str) -> None:
        if phone:
            self.phones.add("".join(c for c in phone if c.isdigit()))

    def _name(self, *names: str) -> None:
        for name in names:
            self.names.update(_words(name))

    def _topic(self, topic: str) -> None:
        self.words.update(_words(topic.replace("_", " ")))

    def _say(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._quote(text)

    def _quote(self, text: str) -> None:
        """A text of the house's own: it may be quoted, and what it says is so."""
        self.quotes.append(fold(text))
        self.words.update(_words(text))
        self.names.update(_words(text))
        self._mentions(text)

    def _mentions(self, text: str) -> None:
        reading = read(text, self.plan.language)
        for time in reading.times:
            self.minutes.update(time.minutes)
        self.weekdays.update(d.weekday for d in reading.days if d.weekday is not None)
        self.days.update(self._dated(reading))
        self.counts.update(c.value for c in reading.counts)
        self.lengths.update(n.value for n in reading.lengths)
        self.numbers.update(n.value for n in reading.numbers)
        self.prices.update(p.text for p in reading.prices)
        self.phones.update(p.text for p in reading.phones)
        self.links.update(link.text for link in reading.links)

    def _dated(self, reading: Reading) -> Iterable[date]:
        """The dates a text names in full, in the year that is nearest to come."""
        today = self._local(self.plan.now).date()
        for mention in reading.days:
            if mention.day is not None and mention.month is not None:
                for year in (mention.year or today.year, mention.year or today.year + 1):
                    try:
                        yield date(year, mention.month, mention.day)
                    except ValueError:
                        continue


_MENU_CHOICES = 4
"""How many things to do are listed for a guest we do not understand."""
_NIGHT_ENDS = 6
"""Starts before this hour may belong to the evening before."""

_STANDINGS = {
    BookingStatus.CONFIRMING: Standing.RECEIVED,
    BookingStatus.RECEIVED: Standing.RECEIVED,
    BookingStatus.CONFIRMED: Standing.BOOKED,
    BookingStatus.SEATED: Standing.BOOKED,
    BookingStatus.COMPLETED: Standing.BOOKED,
    BookingStatus.CANCELLED: Standing.CANCELLED,
    BookingStatus.NO_SHOW: Standing.CANCELLED,
}

_CLAIMS: dict[Standing, frozenset[Claim]] = {
    Standing.BOOKED: frozenset({Claim.BOOKED, Claim.AWAITED}),
    Standing.RECEIVED: frozenset({Claim.RECEIVED, Claim.FOLLOW_UP}),
}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))
