"""Which one the guest means: an offer among those made, a booking among those named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from domain.acts import Offer
from domain.availability import service_day
from domain.booking import Booking
from domain.dialogue.details import by_position
from domain.dialogue.here import Here
from domain.floor import Slot
from domain.names import fold
from domain.understanding import (
    ByComparison,
    ByFeature,
    ByOrder,
    Intent,
    OfferChoice,
    Relative,
    Understanding,
)
from domain.venue import Venue
from domain.when import (
    ClockTime,
    DayPart,
    Half,
    KnownDays,
    PartOfDay,
    TimeExpression,
    UnclearDay,
    When,
    resolve_day,
)

T = TypeVar("T")


def picked_offers(offers: Sequence[Offer], said: Understanding, here: Here) -> tuple[Offer, ...]:
    """The offers a message can mean, by order, comparison, words, time or day.

    Empty where it names none of them; more than one where it does not settle it.
    """
    if said.choice is not None:
        return _by_choice(offers, said.choice, here.venue)
    if not said.when:
        return ()
    return tuple(o for o in offers if _fits(o.slot, said.when, here))


def picked_bookings(bookings: Sequence[Booking], when: When, here: Here) -> tuple[Booking, ...]:
    """The bookings that a reference like "la del viernes" can mean; all of them where it says nothing.

    "Cambiar mi reserva el sábado" may refer to a booking or say where it shall go: where there is
    only one, on another day, it can only be the second, and that one is meant.
    """
    fitting = tuple(booking for booking in bookings if refers_to(when, booking, here))
    only_one = len(bookings) == 1 and not fitting
    moves_it = here.said.wants(Intent.RESCHEDULE) and here.said.when.day is None
    return tuple(bookings) if only_one and moves_it else fitting


def refers_to(when: When, booking: Booking, here: Here) -> bool:
    """Whether a day and time, as far as they are said, are those of a booking."""
    day = service_day(here.venue, booking.start)
    minute = _minute(booking.start.astimezone(here.venue.zone))
    return _day_fits(when, day, here) and _time_fits(when.time, minute)


def chosen_booking(
    bookings: Sequence[Booking], said: Understanding, here: Here
) -> tuple[Booking, ...]:
    """The bookings that the answer to "which one?" can mean; empty where it says none."""
    if isinstance(said.choice, ByOrder):
        booking = by_position(tuple(bookings), said.choice.position)
        return () if booking is None else (booking,)
    if isinstance(said.choice, ByComparison):
        return _by_comparison(tuple(bookings), said.choice.which, lambda b: b.start.timestamp())
    when = said.previous or said.when
    return picked_bookings(bookings, when, here) if when else ()


def _by_choice(offers: Sequence[Offer], choice: OfferChoice, venue: Venue) -> tuple[Offer, ...]:
    match choice:
        case ByOrder(position=position):
            offer = by_position(tuple(offers), position)
            return () if offer is None else (offer,)
        case ByComparison(which=which):
            return _by_comparison(tuple(offers), which, lambda o: o.slot.start.timestamp())
        case ByFeature(words=words):
            wanted = fold(words)
            return tuple(o for o in offers if _describes(wanted, o.slot, venue))


def _by_comparison(
    options: tuple[T, ...], which: Relative, start: Callable[[T], float]
) -> tuple[T, ...]:
    if not options:
        return ()
    match which:
        case Relative.EARLIER:
            return (min(options, key=start),)
        case Relative.LATER:
            return (max(options, key=start),)
        case Relative.ANY:
            return options[:1]
        case Relative.OTHER:
            return options[1:]


def _describes(wanted: str, slot: Slot, venue: Venue) -> bool:
    """Whether a guest's words name an area, a feature or somebody of this slot."""
    for resource_id in slot.resources:
        resource = venue.resource(resource_id)
        labels = (resource.id, resource.name, resource.area, *resource.features)
        if any(_shares_word(wanted, fold(label)) for label in labels if label):
            return True
    return False


def _shares_word(wanted: str, label: str) -> bool:
    return label in wanted or bool(
        {word for word in label.split() if len(word) > 2} & set(wanted.split())
    )


def _fits(slot: Slot, when: When, here: Here) -> bool:
    day = service_day(here.venue, slot.start)
    minute = _minute(slot.start.astimezone(here.venue.zone))
    return _day_fits(when, day, here) and _time_fits(when.time, minute)


def _day_fits(when: When, day: date, here: Here) -> bool:
    if when.day is None:
        return True
    match resolve_day(when.day, today=here.today):
        case KnownDays(days=days) | UnclearDay(options=days):
            return day in days
        case _:
            return False


# What each part of the day covers when an offer is picked by it; wide on purpose.
_PARTS = {
    DayPart.EARLY: (0, 540),
    DayPart.MORNING: (300, 780),
    DayPart.NOON: (690, 900),
    DayPart.AFTERNOON: (720, 1230),
    DayPart.EVENING: (1020, 1440),
    DayPart.NIGHT: (1140, 1440),
    DayPart.LATE: (1260, 1440),
    DayPart.SMALL_HOURS: (0, 360),
    DayPart.LUNCH: (690, 990),
    DayPart.DINNER: (1140, 1440),
}


def _time_fits(time: TimeExpression | None, minute: int) -> bool:
    """Whether a minute of the day is what a time says; twelve-hour readings count."""
    if time is None:
        return True
    if isinstance(time, PartOfDay):
        first, end = _PARTS[time.part]
        return first <= minute < end
    if isinstance(time, ClockTime):
        return minute in _readings(time)
    return False


def _readings(time: ClockTime) -> frozenset[int]:
    hour, minute = time.hour % 24, time.minute
    if time.twenty_four or hour > 12:
        return frozenset({hour * 60 + minute})
    morning = hour % 12 * 60 + minute
    if time.half is not None:
        return frozenset({morning if time.half is Half.AM else morning + 720})
    if time.part is not None:
        first, end = _PARTS[time.part]
        return frozenset(m for m in (morning, morning + 720) if first <= m < end)
    return frozenset({morning, morning + 720})


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute
