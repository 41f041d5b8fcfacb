"""A restaurant, a clinic, and at least one example of every act for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from application.ports.agents import ReplyPlan
from domain import acts
from domain.acts import Act, Detail, Hindrance, Offer, Purpose
from domain.availability import RefusalCode
from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.floor import Slot
from domain.guest import Guest
from domain.venue import (
    Contact,
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
from domain.when import DayTrouble

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)
PHONE = "+34910123456"
DINNER, CLEANING = ServiceId("dinner"), ServiceId("cleaning")
_DAILY = WeeklyHours(dict.fromkeys(range(1, 8), (Interval(780, 960), Interval(1200, 1470))))
_MORNINGS = WeeklyHours(dict.fromkeys(range(1, 7), (Interval(510, 750),)))


def _service(name: str, es: str, en: str, hours: WeeklyHours, *needs: ResourceKind) -> Service:
    return Service(
        id=ServiceId(name),
        names={"es": es, "en": en},
        aliases={},
        hours=hours,
        turn_times=(TurnTime(12, timedelta(minutes=105)),),
        needs=needs,
        price=25000,
    )


def _table(number: int, area: str, *features: str) -> Resource:
    return Resource(
        ResourceId(f"T{number}"),
        ResourceKind.TABLE,
        f"Mesa {number}",
        max_covers=4,
        area=area,
        features=frozenset(features),
    )


RESTAURANT = Venue(
    id=VenueId("la-terraza"),
    name="La Terraza",
    kind=VenueKind.RESTAURANT,
    zone=ZoneInfo("Europe/Madrid"),
    languages=("es", "en"),
    country="ES",
    currency="EUR",
    services=(
        _service("dinner", "cena", "dinner", _DAILY, ResourceKind.TABLE),
        _service("lunch", "comida", "lunch", _DAILY, ResourceKind.TABLE),
    ),
    resources=(
        _table(6, "inside", "window"),
        _table(7, "terrace", "high_chair"),
        _table(8, "inside"),
    ),
    contact=Contact(phone=PHONE),
    formal=False,
)
CLINIC = Venue(
    id=VenueId("clinica-sonrisa"),
    name="Clínica Sonrisa",
    kind=VenueKind.CLINIC,
    zone=ZoneInfo("America/La_Paz"),
    languages=("es", "en"),
    country="BO",
    currency="BOB",
    services=(
        _service("cleaning", "limpieza dental", "cleaning", _MORNINGS, ResourceKind.PRACTITIONER),
        _service("extraction", "extracción", "extraction", _MORNINGS, ResourceKind.PRACTITIONER),
    ),
    resources=(
        Resource(ResourceId("DRA-ROJAS"), ResourceKind.PRACTITIONER, "Dra. Lucía Rojas"),
        Resource(ResourceId("DR-QUISPE"), ResourceKind.PRACTITIONER, "Dr. Marcos Quispe"),
        Resource(ResourceId("ROOM-1"), ResourceKind.ROOM, "Consultorio 1"),
    ),
    contact=Contact(phone="+59122441234"),
)


def plan(*words: Act, venue: Venue = RESTAURANT, language: str = "es", **own: object) -> ReplyPlan:
    made = ReplyPlan(venue=venue, language=language, acts=words, now=NOW)
    return replace(made, **own)  # type: ignore[arg-type]


def at(venue: Venue, day: date, minute: int) -> datetime:
    """A service-day minute as an instant."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=venue.zone)
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)


def slot(venue: Venue, start: datetime, *, covers: int = 4, second: bool = False) -> Slot:
    names = ("DRA-ROJAS", "ROOM-1") if venue.kind is VenueKind.CLINIC else ("T7",)
    if second:
        names = ("DR-QUISPE", "ROOM-1") if venue.kind is VenueKind.CLINIC else ("T6",)
    return Slot(
        service=venue.services[0].id,
        start=start,
        end=start + timedelta(minutes=105),
        covers=1 if venue.kind is VenueKind.CLINIC else covers,
        resources=tuple(ResourceId(name) for name in names),
    )


def offer(venue: Venue, start: datetime, *, held: bool = False, second: bool = False) -> Offer:
    return Offer(
        f"o{start:%d%H%M}",
        slot(venue, start, second=second),
        NOW + timedelta(minutes=10),
        "h1" if held else "",
    )


def booking(
    venue: Venue,
    start: datetime,
    *,
    code: str = "7K29MAXY4",
    covers: int = 4,
    status: BookingStatus = BookingStatus.CONFIRMED,
) -> Booking:
    where = slot(venue, start, covers=covers)
    return Booking(
        id=BookingId("b1"),
        code=BookingCode(code),
        venue=venue.id,
        service=where.service,
        start=where.start,
        end=where.end,
        party_size=PartySize(where.covers),
        resources=where.resources,
        status=status,
        guest=Guest("u1", name="Laura Gil", phone="+34600111222"),
        created_at=NOW,
        notes="alergia a los frutos secos",
    )


def every_act(venue: Venue, start: datetime) -> Iterator[Act]:
    """At least one of each, built around a start."""
    local = start.astimezone(venue.zone)
    later, day = start + timedelta(minutes=45), local.date()
    held, plain = offer(venue, start, held=True), offer(venue, later, second=True)
    next_day = offer(venue, start + timedelta(days=1))
    one = booking(venue, start)
    two = booking(venue, later + timedelta(days=2), code="ACEFHJKL2", covers=2)
    waiting = replace(one, status=BookingStatus.RECEIVED)
    services = tuple(s.id for s in venue.services)
    phone = venue.contact.phone
    for kind in acts.NoticeKind:
        before = two if kind is acts.NoticeKind.MOVED else None
        yield acts.News(kind, one, before)
    yield from (acts.Greet(), acts.WelcomeBack(), acts.Thanked(), acts.Help(), acts.BotIdentity())
    yield from (acts.Farewell(), acts.Farewell(one), acts.Farewell(waiting), acts.Smalltalk())
    yield from (acts.OutOfScope(), acts.Sympathy(phone), acts.Sympathy(), acts.KeepCalm())
    yield from (acts.NotUnderstood(tries) for tries in (1, 2, 3))
    yield acts.Menu()
    yield acts.SayAgain("Tengo mesa para 9 el 3 de mayo a las 17:00. ¿La reservo?")
    yield acts.Noted(covers=5, corrected=True)
    yield acts.Noted(day=day, minute=1260, service=services[0])
    yield acts.Noted(day=day, minute=1470)
    yield acts.Noted(minute=1230)
    yield acts.Noted(name="Ana Ruiz", phone="+34600999888", requests=("una trona", "sin gluten"))
    yield from (acts.Ask(detail, tries) for detail in Detail for tries in (1, 2))
    yield acts.Ask(Detail.TIME, 1, ("13:00–16:00", "20:00–00:30"), day)
    yield acts.Ask(Detail.TIME, 2, ("20:00–00:30",), None)
    yield from (acts.AskWhichDay((day, day + timedelta(days=7)), trouble) for trouble in DayTrouble)
    yield from (acts.NoSuchDay(trouble, None, day) for trouble in DayTrouble)
    yield acts.NoSuchDay(DayTrouble.PAST, day - timedelta(days=400), None)
    yield from (acts.AskWhichTime((480, 1200), day), acts.AskWhichTime((540, 1260), None))
    yield from (acts.NoSuchTime(), acts.AskHowMany(8, 9), acts.AskWhichService(services))
    yield from (acts.ResourceUnknown("Dr. House", ("Dra. Lucía Rojas", "Dr. Marcos Quispe")),)
    yield from (acts.ResourceUnknown("mesa 99", ()), acts.LargeParty(15, 12, phone))
    yield acts.Offered((held,))
    yield acts.Offered((held,), reminder=True)
    yield acts.Offered((held,), moving=two)
    yield acts.Offered((held,), moving=two, reminder=True)
    yield acts.Offered((held, plain), reminder=True)
    yield acts.Offered((held,), reminder=True, details_taken=True)
    yield acts.Offered((held,), moving=two, reminder=True, details_taken=True)
    yield acts.Offered((held, plain), reminder=True, details_taken=True)
    yield acts.Offered((plain,), taken_meanwhile=True)
    yield acts.Offered((held, plain), moving=one)
    for code in RefusalCode:
        yield acts.Offered((plain, next_day), refusal=code, wished=start, wished_day=day)
        yield acts.Offered((plain,), refusal=code, wished_day=day)
        yield acts.NothingFree(
            code,
            wished=start,
            day=day,
            opening=((780, 960), (1200, 1470)),
            lead_minutes=30,
            window_days=90,
            waitlist=True,
            phone=phone,
        )
        yield acts.NothingFree(code, day=day, lead_minutes=120)
        named = plain.slot.resources[0]
        yield acts.Offered(
            (next_day,), refusal=code, wished_day=day, some_hours=True, resource=named
        )
        yield acts.NothingFree(code, day=day, some_hours=True, resource=named)
    yield from (acts.OfferGone(), acts.ChooseOffer((held, plain, next_day)), acts.NoneChosen())
    yield from (acts.Booked(one), acts.Booked(one, earlier=True))
    yield from (acts.Received(waiting), acts.Received(waiting, Purpose.MOVE))
    yield acts.Received(waiting, Purpose.CANCEL)
    yield from (acts.Moved(two, before=one), acts.Cancelled(replace(one)), acts.Updated(one))
    yield from (acts.Kept(one), acts.Dropped(), acts.Expected(one), acts.AskWaitlist(day, 4))
    yield from (acts.Waitlisted(day, 4, 1200, 1320), acts.Waitlisted(day, 4, 1260, 1260))
    yield from (
        acts.Waitlisted(day, 4, 780, 1470, already=True),
        acts.OnWaitlist(day, 4, 1200, 1320),
    )
    yield from (
        acts.WaitlistOver(day),
        acts.NotWaiting(),
        acts.NoWaitlist(phone),
        acts.NoWaitlist(),
    )
    yield from (acts.AskCancel(one), acts.AskNewTime(one), acts.ShowBookings((one,)))
    yield from (acts.ShowBookings((waiting,)), acts.ShowBookings((one, two)))
    yield from (acts.NoBookings(), acts.NoBookings(asked_code=True))
    yield acts.NoBookings(in_passing=True)
    yield from (acts.AskWhichBooking((one, two), purpose) for purpose in Purpose)
    yield from (acts.AskLast4(), acts.AskLast4(2), acts.NotVerified())
    for why in Hindrance:
        yield acts.CannotDo(why, one, 5, phone)
        yield acts.CannotDo(why)
    yield acts.HouseSays("parking", "Tenemos parking gratuito para 20 coches. Entrada por detrás.")
    yield acts.OpeningHours(day, ((services[0], ((780, 960), (1200, 1470))),))
    yield acts.OpeningHours(day, ((services[0], ()),))
    weekly = tuple((services[0], weekday, ((780, 960),)) for weekday in range(2, 8))
    yield acts.OpeningHours(None, (), weekly)
    yield acts.HouseFacts("address", ("Calle del Almendro 14", "https://maps.example/la-terraza"))
    yield acts.HouseFacts("prices", ("limpieza dental: 250 BOB", "extracción: 350.50 BOB"))
    yield from (acts.NoAnswer("pets", phone), acts.NoAnswer("wifi"))
    yield from (acts.Escalated(phone), acts.Escalated(phone, asked=False), acts.Trouble())
