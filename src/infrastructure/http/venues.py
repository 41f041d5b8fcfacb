"""What anyone may know of a venue: its rules, its hours and what is free."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from application.access import Scope
from domain.venue import MINUTES_PER_DAY, ServiceId, Venue
from infrastructure.http.answers import (
    AvailabilityAnswer,
    refusal_answer,
    slot_answer,
    venue_answer,
    venue_summary,
)
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import PartsHere
from infrastructure.http.problems import Problem

router = APIRouter(prefix="/venues", tags=["guest"], dependencies=[Depends(needs(Scope.GUEST))])

# Hours up to 29 name the night after midnight without a doubt, as timetables do.
WallTime = Annotated[str, Field(pattern=r"^[0-2]\d:[0-5]\d$", examples=["21:00"])]

# Far from where the calendar's arithmetic ends.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]


@router.get("")
async def list_venues(parts: PartsHere) -> Json:
    """All venues."""
    return Json({"venues": [venue_summary(venue) for venue in parts.reservations.venues]})


@router.get("/{venue}")
async def get_venue(venue: str, parts: PartsHere) -> Json:
    """A venue's services, hours, resources and rules."""
    return Json(venue_answer(parts.venue(venue)))


_RESPONSES: dict[int | str, dict[str, Any]] = {200: {"model": AvailabilityAnswer}}


@router.get("/{venue}/availability", responses=_RESPONSES)
async def get_availability(
    venue: str,
    parts: PartsHere,
    day: Annotated[Day, Query(alias="date")],
    party_size: Annotated[int, Query(ge=1, le=1000)],
    service: Annotated[str | None, Query(max_length=64)] = None,
    first: Annotated[WallTime | None, Query(alias="from")] = None,
    last: Annotated[WallTime | None, Query(alias="to")] = None,
) -> Json:
    """Every start of a service day that a party could have, and why the others cannot be had.

    `from` and `to` bound the starts, both included, in the venue's own time. A `to` that is earlier
    than `from` is after midnight, in the same night's service.
    """
    house = parts.venue(venue)
    earliest, latest = minutes_between(first, last)
    found = await parts.reservations.on_day(
        house,
        day=day,
        covers=party_size,
        service=service_id(house, service),
        first=earliest,
        last=latest,
    )
    availability = found.availability
    refusals = list(availability.refusals)
    if availability.refusal and not refusals:
        refusals = [availability.refusal]
    return Json(
        {
            "slots": [slot_answer(slot, house) for slot in availability.slots],
            "refusals": [refusal_answer(refusal, house) for refusal in refusals],
            "source": found.source,
            "age_s": round(found.age_s, 3),
        }
    )


def minutes_between(first: str | None, last: str | None) -> tuple[int | None, int | None]:
    """Wall times as service-day minutes: a last one that is earlier than the first is after midnight."""
    earliest = None if first is None else _minutes(first)
    latest = None if last is None else _minutes(last)
    if earliest is not None and latest is not None and latest < earliest:
        latest += MINUTES_PER_DAY
    return earliest, latest


def _minutes(wall: str) -> int:
    hours, minutes = wall.split(":")
    return int(hours) * 60 + int(minutes)


def service_id(venue: Venue, service: str | None) -> ServiceId | None:
    """Raises: Problem 422 for a service the venue does not offer."""
    if service is None:
        return None
    try:
        return venue.service(ServiceId(service)).id
    except KeyError:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unknown_service",
            "This venue does not offer that service.",
        ) from None
