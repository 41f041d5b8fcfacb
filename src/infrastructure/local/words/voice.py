"""What both languages need to word a plan: dates by Babel, lists, the venue's tone, variety."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.units import format_unit

from application.ports.agents import ReplyPlan
from application.wording import fold
from domain.acts import Offer
from domain.booking import Booking
from domain.floor import Slot
from domain.venue import (
    MINUTES_PER_DAY,
    NoAnswer,
    Resource,
    ResourceId,
    ResourceKind,
    ServiceId,
    Venue,
    VenueKind,
)

Wording = Callable[[Any, Any], str]
"""Words one act: a language's voice and the act in, sentences out; the table pairs the types."""

MessageWording = Callable[[Any, "Written"], tuple[str, str]]
"""Words one message of the house's own: subject and text."""

_FORM = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")
_NIGHT_ENDS = 6
"""Starts before this hour are worded as belonging to the night before."""
_MINUTE = timedelta(minutes=1)
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", _MINUTE))
_YEAR_IS_CLEAR = timedelta(days=180)
"""Dates further off than this, or past, are said with their year."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks for one plan. Texts hold `{usted|tú}` pairs where the tone makes a difference."""

    plan: ReplyPlan

    locale: ClassVar[str]
    day_pattern: ClassVar[str]
    year_pattern: ClassVar[str]
    time_pattern: ClassVar[str]
    areas: ClassVar[dict[str, str]]

    @property
    def venue(self) -> Venue:
        return self.plan.venue

    @property
    def is_clinic(self) -> bool:
        return self.venue.kind is VenueKind.CLINIC

    @property
    def name(self) -> str:
        """The guest's first name, or nothing."""
        return self.plan.guest_name.split()[0] if self.plan.guest_name.split() else ""

    def say(self, *variants: str) -> str:
        """One of several ways to say something: not the one the guest has just read."""
        forms = [self.form(text) for text in variants]
        first = self.plan.turn % len(forms)
        before = fold(self.plan.last_reply)
        ordered = [*forms[first:], *forms[:first]]
        return next((form for form in ordered if fold(form) not in before), ordered[0])

    def form(self, text: str) -> str:
        """A text in the venue's tone."""
        return _FORM.sub(lambda m: m[1] if self.venue.formal else m[2], text)

    def here(self, restaurant: str, clinic: str) -> str:
        return clinic if self.is_clinic else restaurant

    # --- days and times --------------------------------------------------------------------------

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.venue.zone)

    @property
    def today(self) -> date:
        return self.local(self.plan.now).date()

    def day(self, day: date) -> str:
        """ "viernes 27 de noviembre"; today and tomorrow are named as such."""
        clear = timedelta(0) <= day - self.today < _YEAR_IS_CLEAR
        pattern = self.day_pattern if clear else self.year_pattern
        written = format_date(day, pattern, locale=self.locale)
        near = self.near_day(day)
        return f"{near}, {written}" if near else written

    def weekday(self, day: date) -> str:
        return format_date(day, "EEEE", locale=self.locale)

    def weekday_name(self, iso: int) -> str:
        return self.weekday(date(2024, 1, iso))  # 1 January 2024 was a Monday

    @abstractmethod
    def near_day(self, day: date) -> str:
        """ "hoy", "mañana", or nothing."""

    def clock(self, minute: int) -> str:
        """A service-day minute as a time of day."""
        hour, rest = divmod(minute % MINUTES_PER_DAY, 60)
        return self._clock(time(hour, rest))

    def hour(self, instant: datetime) -> str:
        return self._clock(self.local(instant).time())

    def _clock(self, at: time) -> str:
        return format_time(at, self.time_pattern, locale=self.locale)

    def is_small_hours(self, instant: datetime) -> bool:
        """Whether a start belongs to a night that began on the day before."""
        local = self.local(instant)
        eve = local.date() - timedelta(days=1)
        return local.hour < _NIGHT_ENDS and any(
            interval.end > MINUTES_PER_DAY
            for service in self.venue.services
            for interval in service.hours.on(eve)
        )

    def eve(self, instant: datetime) -> date:
        return self.local(instant).date() - timedelta(days=1)

    def answer_by(self, booking: Booking) -> datetime | None:
        """When a booking lapses whose guest has not answered; None where the house keeps it."""
        policy = self.venue.policy.follow_up
        lapses = policy.no_answer is NoAnswer.CANCEL
        return booking.start - policy.answer_by if lapses else None

    def lasting(self, time: timedelta) -> str:
        """ "2 horas", "45 minutos", "1 día": in the largest unit that it is a whole number of."""
        for unit, size in _UNITS:
            if time % size == timedelta(0):
                return format_unit(time // size, f"duration-{unit}", locale=self.locale)
        return format_unit(round(time / _MINUTE), "duration-minute", locale=self.locale)

    # --- who and where ---------------------------------------------------------------------------

    def service(self, service: ServiceId) -> str:
        names = self.venue.service(service).names
        return names.get(self.plan.language) or next(iter(names.values()), service)

    def resources(self, ids: Iterable[ResourceId]) -> list[Resource]:
        return [self.venue.resource(each) for each in ids]

    def practitioner(self, ids: Iterable[ResourceId]) -> str:
        people = (r for r in self.resources(ids) if r.kind is ResourceKind.PRACTITIONER)
        return next((r.name for r in people), "")

    def area(self, ids: Sequence[ResourceId]) -> str:
        """Where the table stands, if all of it stands there and the house has more than one area."""
        areas = {r.area for r in self.resources(ids)}
        several = len({r.area for r in self.venue.resources if r.area}) > 1
        only = areas.pop() if len(areas) == 1 else ""
        return self.areas.get(only, only) if several else ""

    def listed(self, options: Iterable[str], style: str = "or") -> str:
        """ "20:30, 21:15 o 22:00"."""
        return str(format_list(list(options), style=style, locale=self.locale))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Written:
    """What a message of the house's own is about."""

    about: Booking | Offer | date
    asks: bool = False
    """Whether the guest is asked to answer it."""
    link: str = ""
    """The booking's page, or nothing."""


@dataclass(frozen=True, slots=True)
class Start:
    """A start with its place, be it on offer or booked."""

    service: ServiceId
    start: datetime
    covers: int
    resources: tuple[ResourceId, ...]

    @classmethod
    def of(cls, source: Slot | Booking | Offer) -> Start:
        match source:
            case Offer(slot=slot):
                return cls.of(slot)
            case Slot():
                return cls(source.service, source.start, source.covers, source.resources)
            case Booking():
                covers = source.party_size.covers
                return cls(source.service, source.start, covers, source.resources)


def joined(texts: Iterable[str]) -> str:
    """Texts one after the other; after a list, on a new line."""
    whole = ""
    for text in texts:
        if text:
            gap = "\n" if "\n" in whole else " "
            whole = f"{whole}{gap}{text}" if whole else text
    return whole


def paragraphs(*texts: str) -> str:
    """Texts with an empty line between them; empty ones are left out."""
    return "\n\n".join(text for text in texts if text)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
