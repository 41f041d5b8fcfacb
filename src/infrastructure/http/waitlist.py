"""The waitlist as staff work with it: who waits, who is offered a place, and who gets one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from application.access import Scope
from application.ports.bookings import Once
from application.reservations import LAST_MINUTE, NO_LIMIT, CannotPlace, StaffBooking, fingerprint
from application.waitlist_desk import WaitlistDesk
from domain.acts import Offer
from domain.availability import service_day
from domain.booking import Booking
from domain.errors import KeyReused
from domain.venue import Venue
from domain.waitlist import WaitlistEntry, WaitlistId, WaitlistStatus
from domain.zones import instant_of
from infrastructure.http.answers import BookingAnswer, booking_answer
from infrastructure.http.asked import IdempotencyKey, needed_key
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.problems import Problem
from infrastructure.http.staff import Covers, Name, Notes, Start, refuse
from infrastructure.http.strict_route import StrictRoute
from infrastructure.http.venues import Day, WallTime, minutes_between, service_id

router = APIRouter(
    route_class=StrictRoute, tags=["staff"], dependencies=[Depends(needs(Scope.STAFF))]
)


class PlaceAnswer(BaseModel):
    start: datetime
    end: datetime
    resources: list[str]
    expires_at: datetime


class EntryAnswer(BaseModel):
    """Somebody who waits for a place."""

    model_config = ConfigDict(use_attribute_docstrings=True, populate_by_name=True)

    id: str
    venue: str
    date: Day
    """The service day: 00:30 belongs to the night before."""
    party_size: int
    first: datetime = Field(alias="from")
    """Between these a start would suit, both included."""
    last: datetime = Field(alias="to")
    service: str | None
    status: str
    offer: PlaceAnswer | None
    """What is, or was last, offered to them."""
    guest_name: str
    guest_phone: str
    guest_email: str
    language: str
    channel: str
    notes: str
    created_at: datetime


class EntriesAnswer(BaseModel):
    entries: list[EntryAnswer]


class NewEntry(BaseModel):
    """Somebody who asked staff for a place on a day that is full."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, populate_by_name=True)

    day: Day = Field(alias="date")
    party_size: Covers
    first: WallTime | None = Field(default=None, alias="from")
    """The first start that would suit, by the venue's clock; any where it is left out."""
    last: WallTime | None = Field(default=None, alias="to")
    """The last one; earlier than `from` it is after midnight, in the same night's service."""
    guest_name: Annotated[Name, Field(min_length=1)]
    guest_phone: Name = ""
    guest_email: Name = ""
    language: Annotated[str, Field(max_length=16)] = ""
    service: str | None = None
    notes: Notes = ""


def _utc(start: datetime | None) -> datetime | None:
    return None if start is None else start.astimezone(UTC)


class WantedStart(BaseModel):
    model_config = ConfigDict(extra="forbid")

    start: Annotated[Start | None, AfterValidator(_utc)] = None


_Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
_ONE: dict[int | str, dict[str, Any]] = {200: {"model": EntryAnswer}}
_MANY: dict[int | str, dict[str, Any]] = {200: {"model": EntriesAnswer}}
_ADDED: dict[int | str, dict[str, Any]] = {201: {"model": EntryAnswer}}
_BOOKED: dict[int | str, dict[str, Any]] = {201: {"model": BookingAnswer}}


@router.get("/venues/{venue}/waitlist", responses=_MANY)
async def list_waitlist(
    venue: str, parts: PartsHere, day: Annotated[Day | None, Query(alias="date")] = None
) -> Json:
    """Everybody on the list of a service day (today's where no date is given), whatever became of
    them; the longest waiting first."""
    house = parts.venue(venue)
    if parts.waitlist is None:
        return Json({"entries": []})
    listed = await parts.waitlist.on_day(house.id, day or service_day(house, parts.clock.now()))
    return Json({"entries": [entry_answer(each, house) for each in listed]})


@router.post("/venues/{venue}/waitlist", responses=_ADDED, status_code=HTTPStatus.CREATED)
async def add_to_waitlist(
    venue: str, asked: NewEntry, parts: PartsHere, idempotency_key: IdempotencyKey = ""
) -> Json:
    """Put somebody on the list; who is on it already for the same wish keeps their place.

    The same `Idempotency-Key` again returns the same entry.
    """
    house = parts.venue(venue)
    earliest, latest = minutes_between(asked.first, asked.last)
    entry = await _desk(parts).add(
        house,
        day=asked.day,
        covers=asked.party_size,
        earliest=0 if earliest is None else earliest,
        latest=LAST_MINUTE if latest is None else latest,
        name=asked.guest_name,
        phone=asked.guest_phone,
        email=asked.guest_email,
        language=asked.language,
        service=service_id(house, asked.service),
        notes=asked.notes,
        id=_id_for(house, needed_key(idempotency_key)),
    )
    return Json(entry_answer(entry, house), status_code=HTTPStatus.CREATED)


@router.delete("/waitlist/{entry_id}", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
async def take_off_waitlist(entry_id: _Id, parts: PartsHere) -> Response:
    """Take somebody off the list; what is held for them is free again. Once more changes nothing."""
    entry = await _entry(entry_id, parts)
    await _desk(parts).remove(entry.id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/waitlist/{entry_id}/offer", responses=_ONE)
async def offer_place(entry_id: _Id, asked: WantedStart, parts: PartsHere) -> Json:
    """Offer a place to somebody now, out of turn: at `start`, or the first that suits them.

    It is held for them for as long as the house lets guests think; offering what is being offered
    already changes nothing. 409 where there is no such place.
    """
    entry = await _entry(entry_id, parts)
    house = parts.venue(entry.venue)
    if not _offers(entry, asked.start):
        try:
            entry = await _desk(parts).offer(entry.id, start=asked.start)
        except CannotPlace as refused:
            refuse(refused, house)
        except KeyError:
            raise _unknown() from None
    return Json(entry_answer(entry, house))


@router.post("/waitlist/{entry_id}/book", responses=_BOOKED, status_code=HTTPStatus.CREATED)
async def book_from_waitlist(entry_id: _Id, asked: WantedStart, parts: PartsHere) -> Json:
    """Book for somebody who waits: at `start`, or what is being offered to them.

    They are booked once, however often and by however many of the staff this is asked.
    """
    entry = await _entry(entry_id, parts)
    house = parts.venue(entry.venue)
    try:
        booking = await _book(entry, asked.start, house, parts)
    except CannotPlace as refused:
        refuse(refused, house)
    except KeyReused:
        raise Problem(
            HTTPStatus.CONFLICT, "already_booked", "They have been booked for another start."
        ) from None
    await _desk(parts).take_up(entry.id, booking)
    return Json(booking_answer(booking, house), status_code=HTTPStatus.CREATED)


async def _book(
    entry: WaitlistEntry, start: datetime | None, venue: Venue, parts: Parts
) -> Booking:
    """Raises: CannotPlace; KeyReused where this entry was booked for another start; Problem 422."""
    guest = entry.guest
    key = f"waitlist:{entry.id}"
    if entry.offer is not None and _offers(entry, start, WaitlistStatus.BOOKED):
        return await parts.reservations.book(
            _without_limit(venue),
            entry.offer.slot,
            guest=guest,
            notes=entry.notes,
            channel=entry.channel,
            hold_id=entry.offer.hold_id,
            once=Once(f"staff:{key}", fingerprint("book", entry.offer.slot)),
        )
    if start is None:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "start_needed",
            "Nothing is being offered to them: say which start to book.",
        )
    wanted = StaffBooking(
        venue=venue.id,
        start=start,
        covers=entry.covers,
        name=guest.name,
        phone=guest.phone,
        email=guest.email,
        service=entry.service,
        notes=entry.notes,
        language=guest.language,
    )
    return await parts.reservations.book_for_staff(wanted, idempotency_key=key)


def _without_limit(venue: Venue) -> Venue:
    """How many bookings one guest may have binds guests; here it is staff who book, and those whom they
    put on the list have no name of a channel to be told apart by."""
    return replace(venue, policy=replace(venue.policy, max_open_bookings=NO_LIMIT))


def _offers(entry: WaitlistEntry, start: datetime | None, *also: WaitlistStatus) -> bool:
    """Whether just this is being offered to them; `also`: or was, before they came to be that."""
    if entry.offer is None or entry.status not in (WaitlistStatus.OFFERED, *also):
        return False
    return start in (None, entry.offer.slot.start)


async def _entry(entry_id: str, parts: Parts) -> WaitlistEntry:
    """Raises: Problem 404."""
    entry = await _desk(parts).get(WaitlistId(entry_id))
    if entry is None:
        raise _unknown()
    return entry


def _desk(parts: Parts) -> WaitlistDesk:
    if parts.waitlist is None:
        raise _unknown()
    return parts.waitlist


def _unknown() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "unknown_entry", "Nobody waits under this id.")


def _id_for(venue: Venue, key: str) -> WaitlistId:
    """The entry that a request makes is known by the request's key."""
    return WaitlistId(hashlib.sha256(f"{venue.id}\x00{key}".encode()).hexdigest()[:32])


def entry_answer(entry: WaitlistEntry, venue: Venue) -> dict[str, Any]:
    guest = entry.guest
    return {
        "id": entry.id,
        "venue": entry.venue,
        "date": entry.day,
        "party_size": entry.covers,
        "from": _at(entry.day, entry.earliest, venue),
        "to": _at(entry.day, entry.latest, venue),
        "service": entry.service,
        "status": entry.status.value,
        "offer": None if entry.offer is None else _place_answer(entry.offer, venue),
        "guest_name": guest.name,
        "guest_phone": guest.phone,
        "guest_email": guest.email,
        "language": guest.language,
        "channel": entry.channel,
        "notes": entry.notes,
        "created_at": entry.created_at.astimezone(venue.zone),
    }


def _place_answer(offer: Offer, venue: Venue) -> dict[str, Any]:
    return {
        "start": offer.slot.start.astimezone(venue.zone),
        "end": offer.slot.end.astimezone(venue.zone),
        "resources": list(offer.slot.resources),
        "expires_at": offer.expires_at.astimezone(venue.zone),
    }


def _at(day: date, minute: int, venue: Venue) -> datetime:
    return instant_of(day, minute, venue.zone).astimezone(venue.zone)
