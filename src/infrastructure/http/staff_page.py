"""`/staff`: the page of the day, what it shows, and word of every change to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from application.access import Scope
from application.day_view import DayView, day_view
from application.day_watch import DayWatch
from application.front_desk import FrontDesk
from application.message_desk import MessageDesk
from application.ports.conflicts import Conflicts
from application.ports.posts import Posts
from application.reservations import Reservations
from application.waitlist_desk import WaitlistDesk
from domain.availability import service_day
from domain.booking import shown_code
from domain.venue import Venue, VenueId
from infrastructure.http.answers import BookingAnswer, booking_answer
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.venues import Day

_PAGE = Path(__file__).parent / "pages" / "staff.html"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

RECONNECT_MS = 1000

router = APIRouter()
_staff = APIRouter(tags=["staff"], dependencies=[Depends(needs(Scope.STAFF))])


class ResourceAnswer(BaseModel):
    id: str
    name: str
    kind: str
    area: str
    min_covers: int
    max_covers: int


class ServiceAnswer(BaseModel):
    id: str
    names: dict[str, str]
    step_min: int
    """Minutes between two starts that are offered."""


class SpanAnswer(BaseModel):
    start: datetime
    end: datetime


class OpeningAnswer(SpanAnswer):
    service: str


class AwayAnswer(SpanAnswer):
    resource: str


class BufferAnswer(AwayAnswer):
    code: str | None


class HeldAnswer(SpanAnswer):
    id: str
    resources: list[str]
    covers: int | None
    expires_at: datetime


class PacingAnswer(SpanAnswer):
    rule: str
    covers: int
    parties: int
    max_covers: int | None
    max_parties: int | None


class ClosedAnswer(BaseModel):
    service: str | None
    reason: str


class DayAnswer(SpanAnswer):
    """A service day as the staff page shows it. `start` and `end` are full hours around all of it."""

    date: Day
    now: datetime
    today: Day
    """The service day it is now."""
    store: str
    """Where the bookings live: `ledger`, or `airtable`."""
    resources: list[ResourceAnswer]
    services: list[ServiceAnswer]
    openings: list[OpeningAnswer]
    away: list[AwayAnswer]
    bookings: list[BookingAnswer]
    buffers: list[BufferAnswer]
    holds: list[HeldAnswer]
    pacing: list[PacingAnswer]
    closed: list[ClosedAnswer]


_ONE: dict[int | str, dict[str, Any]] = {200: {"model": DayAnswer}}

WantedDay = Annotated[Day | None, Query(alias="date")]


@router.get("/staff", include_in_schema=False)
async def staff_page() -> HTMLResponse:
    page = _PAGE.read_text(encoding="utf-8")
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


@_staff.get("/venues/{venue}/day", responses=_ONE)
async def get_day(venue: str, parts: PartsHere, day: WantedDay = None) -> Json:
    """Everything there is to see of a service day; today's where no date is given."""
    house = parts.venue(venue)
    now = parts.clock.now()
    today = service_day(house, now)
    shown = day or today
    bookings = await parts.reservations.bookings_on(house, day=shown)
    sheet = await parts.reservations.floor_on(house, shown)
    view = day_view(house, sheet, bookings, now=now)
    return Json(
        {
            "date": shown,
            "now": now.astimezone(house.zone),
            "today": today,
            "store": "airtable" if "airtable" in parts.probes else "ledger",
            **_house_answer(house),
            **_view_answer(view, house),
            "bookings": [booking_answer(booking, house) for booking in bookings],
        }
    )


async def _watched_day(
    venue: str, parts: PartsHere, day: WantedDay = None
) -> tuple[Parts, VenueId, date]:
    """Checked before the stream begins, so that an unknown house still gets its own status code."""
    house = parts.venue(venue)
    return parts, house.id, day or service_day(house, parts.clock.now())


@_staff.get("/venues/{venue}/events", response_class=EventSourceResponse)
async def follow_day(
    watched: Annotated[tuple[Parts, VenueId, date], Depends(_watched_day)],
) -> AsyncIterator[ServerSentEvent]:
    """An event `changed` at once and after every change to a service day: read `/day` again then."""
    parts, venue, day = watched
    async for _ in parts.days.changes(venue, day):
        yield ServerSentEvent(raw_data=f'{{"date":"{day}"}}', event="changed", retry=RECONNECT_MS)


router.include_router(_staff)


def watch(
    *,
    reservations: Reservations,
    conflicts: Conflicts | None = None,
    messages: MessageDesk | None = None,
    waitlist: WaitlistDesk | None = None,
    front_desk: FrontDesk | None = None,
    posts: Posts | None = None,
) -> DayWatch:
    """Watches all that the page shows: the house, the floor, its bookings, who waits, what needs a
    person."""

    async def mark(venue: VenueId, day: date) -> object:
        house = reservations.venue(venue)
        talks = [] if front_desk is None else await front_desk.open_ones(venue)
        return (
            house,
            await reservations.mark_of(house, day),
            [] if conflicts is None else [*await conflicts.open_ones(venue=venue)],
            [] if messages is None else [each.key for each in await messages.undelivered(venue)],
            [] if waitlist is None else [*await waitlist.on_day(venue, day)],
            [*talks],
            # What staff write in one of them shows in no list.
            await posts.latest() if talks and posts is not None else 0,
        )

    return DayWatch(mark)


def _house_answer(venue: Venue) -> dict[str, Any]:
    return {
        "resources": [
            {
                "id": resource.id,
                "name": resource.name,
                "kind": resource.kind.value,
                "area": resource.area,
                "min_covers": resource.min_covers,
                "max_covers": resource.max_covers,
            }
            for resource in venue.resources
        ],
        "services": [
            {
                "id": service.id,
                "names": dict(service.names),
                "step_min": int(service.slot_interval.total_seconds()) // 60,
            }
            for service in venue.services
        ],
    }


def _view_answer(view: DayView, venue: Venue) -> dict[str, Any]:
    def span(each: Any) -> dict[str, datetime]:
        return {
            "start": each.start.astimezone(venue.zone),
            "end": each.end.astimezone(venue.zone),
        }

    return {
        **span(view),
        "openings": [span(each) | {"service": each.service} for each in view.openings],
        "away": [span(each) | {"resource": each.resource} for each in view.away],
        "buffers": [
            span(each)
            | {
                "resource": each.resource,
                "code": shown_code(each.booking) if each.booking else None,
            }
            for each in view.buffers
        ],
        "holds": [
            span(each)
            | {
                "id": each.id,
                "resources": list(each.resources),
                "covers": each.covers,
                "expires_at": each.expires_at.astimezone(venue.zone),
            }
            for each in view.holds
        ],
        "pacing": [
            span(each)
            | {
                "rule": each.rule,
                "covers": each.covers,
                "parties": each.parties,
                "max_covers": each.max_covers,
                "max_parties": each.max_parties,
            }
            for each in view.pacing
        ],
        "closed": [{"service": each.service, "reason": each.reason} for each in view.closed],
    }
