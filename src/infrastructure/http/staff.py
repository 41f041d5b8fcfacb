"""Bookings as staff work with them: the day's list, taking one, changing, cancelling, exporting."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, NoReturn

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StrictInt

from application.access import Scope
from application.cleaning import clean_text
from application.reservations import CannotPlace, StaffBooking, StaffChange
from domain.booking import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Booking,
    BookingCode,
    BookingStatus,
    shown_code,
    spoken_code,
)
from domain.errors import BookingNotFound
from domain.venue import ResourceId, Venue
from infrastructure.http.answers import (
    BookingAnswer,
    BookingsAnswer,
    booking_answer,
    slot_answer,
)
from infrastructure.http.asked import IdempotencyKey, needed_key
from infrastructure.http.auth import needs
from infrastructure.http.calendar_file import calendar_file
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.problems import Problem
from infrastructure.http.strict_route import StrictRoute
from infrastructure.http.venues import Day, service_id

router = APIRouter(
    route_class=StrictRoute, tags=["staff"], dependencies=[Depends(needs(Scope.STAFF))]
)

# Far from where the calendar's arithmetic ends.
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_LAST = datetime(2100, 12, 31, tzinfo=UTC)

Start = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST)]
Covers = Annotated[StrictInt, Field(ge=1, le=1000)]
Name = Annotated[str, Field(max_length=200), AfterValidator(clean_text)]
Notes = Annotated[str, Field(max_length=2000), AfterValidator(clean_text)]
Resources = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=20)]

# The engine alone says `confirming` and `received`.
StaffStatus = Literal["confirmed", "seated", "completed", "cancelled", "no_show"]


class NewBooking(BaseModel):
    """A booking that staff take: on the phone, or for a walk-in."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    start: Start
    """RFC 3339 with an offset."""
    party_size: Covers
    guest_name: Name = ""
    guest_phone: Name = ""
    guest_email: Name = ""
    service: str | None = None
    """May be left out: the one that is open then."""
    resources: Resources = Field(default_factory=list)
    """May be left out: the best that are free."""
    notes: Notes = ""
    language: Annotated[str, Field(max_length=16)] = ""
    walk_in: bool = False


class ChangedBooking(BaseModel):
    """What shall change; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    start: Start | None = None
    party_size: Covers | None = None
    resources: Annotated[Resources, Field(min_length=1)] | None = None
    status: StaffStatus | None = None
    guest_name: Name | None = None
    guest_phone: Name | None = None
    guest_email: Name | None = None
    notes: Notes | None = None
    version: StrictInt | None = None
    """The version that was read: the change is refused if somebody was faster."""


_ONE: dict[int | str, dict[str, Any]] = {200: {"model": BookingAnswer}}
_MADE: dict[int | str, dict[str, Any]] = {201: {"model": BookingAnswer}}
_MANY: dict[int | str, dict[str, Any]] = {200: {"model": BookingsAnswer}}


@router.get("/venues/{venue}/bookings", responses=_MANY)
async def list_bookings(
    venue: str,
    parts: PartsHere,
    day: Annotated[Day | None, Query(alias="date")] = None,
    status: Annotated[BookingStatus | None, Query()] = None,
) -> Json:
    """A service day's bookings by start; without a day those from today on."""
    house = parts.venue(venue)
    bookings = await parts.reservations.bookings_on(house, day=day, status=status)
    return Json({"bookings": [booking_answer(booking, house) for booking in bookings]})


@router.post("/venues/{venue}/bookings", responses=_MADE, status_code=HTTPStatus.CREATED)
async def make_booking(
    venue: str, asked: NewBooking, parts: PartsHere, idempotency_key: IdempotencyKey = ""
) -> Json:
    """Take a booking; 409 `slot_taken` comes with `alternatives`.

    The same `Idempotency-Key` with the same body returns the same booking.
    """
    house = parts.venue(venue)
    key = needed_key(idempotency_key)
    wanted = StaffBooking(
        venue=house.id,
        start=asked.start.astimezone(UTC),
        covers=asked.party_size,
        name=asked.guest_name,
        phone=asked.guest_phone,
        email=asked.guest_email,
        service=service_id(house, asked.service),
        resources=_resources(house, asked.resources),
        notes=asked.notes,
        language=asked.language,
        walk_in=asked.walk_in,
    )
    try:
        booking = await parts.reservations.book_for_staff(wanted, idempotency_key=key)
    except CannotPlace as refused:
        refuse(refused, house)
    code = shown_code(booking.code)
    return Json(
        booking_answer(booking, house),
        status_code=HTTPStatus.CREATED,
        headers={"Location": f"/bookings/{code}"},
    )


@router.get(
    "/bookings/{code}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}},
)
async def get_calendar_file(code: str, parts: PartsHere) -> Response:
    """A booking as a calendar file that follows its changes."""
    booking = await parts.reservations.get(_code(code))
    content = calendar_file(booking, parts.venue(booking.venue), now=parts.clock.now())
    return Response(
        content,
        media_type="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="{shown_code(booking.code)}.ics"'},
    )


@router.get("/bookings/{code}", responses=_ONE)
async def get_booking(code: str, parts: PartsHere) -> Json:
    """One booking. Codes may be written with dashes or without, in either case."""
    return _answer(await parts.reservations.get(_code(code)), parts)


@router.patch("/bookings/{code}", responses=_ONE)
async def change_booking(
    code: str, asked: ChangedBooking, parts: PartsHere, idempotency_key: IdempotencyKey = ""
) -> Json:
    """Move a booking, change its party, tables or words, or say where it stands."""
    known = await parts.reservations.get(_code(code))
    house = parts.venue(known.venue)
    change = StaffChange(
        start=asked.start.astimezone(UTC) if asked.start else None,
        covers=asked.party_size,
        resources=None if asked.resources is None else _resources(house, asked.resources),
        status=BookingStatus(asked.status) if asked.status else None,
        name=asked.guest_name,
        phone=asked.guest_phone,
        email=asked.guest_email,
        notes=asked.notes,
    )
    try:
        booking = await parts.reservations.change_for_staff(
            known.code,
            change,
            idempotency_key=idempotency_key or None,
            version=asked.version,
        )
    except CannotPlace as refused:
        refuse(refused, house)
    return _answer(booking, parts)


@router.delete("/bookings/{code}", responses=_ONE)
async def cancel_booking(code: str, parts: PartsHere, version: int | None = None) -> Json:
    """Cancel a booking; cancelling it again changes nothing."""
    return _answer(await parts.reservations.cancel_for_staff(_code(code), version=version), parts)


def _code(written: str) -> BookingCode:
    """Raises: BookingNotFound for what cannot be a code."""
    code = spoken_code(written)
    if len(code) != CODE_LENGTH or not set(code) <= set(CODE_ALPHABET):
        raise BookingNotFound
    return code


def _resources(venue: Venue, asked: list[str]) -> tuple[ResourceId, ...]:
    """Raises: Problem 422 for a resource the venue does not have."""
    try:
        return tuple(sorted({venue.resource(ResourceId(resource)).id for resource in asked}))
    except KeyError:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unknown_resource",
            "This venue does not have one of those resources.",
        ) from None


def _answer(booking: Booking, parts: Parts) -> Json:
    return Json(booking_answer(booking, parts.venue(booking.venue)))


def refuse(refused: CannotPlace, venue: Venue) -> NoReturn:
    """Raises: Problem 409 with the reason, and what could be had instead."""
    raise Problem(
        HTTPStatus.CONFLICT,
        refused.code,
        "The slot cannot be had; see `reason` and `alternatives`.",
        extra={
            "reason": refused.refusal.code.value,
            "alternatives": [slot_answer(slot, venue) for slot in refused.alternatives],
        },
    ) from refused
