"""Two houses without particulars: what a message is read against when only the reading is measured."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from domain.venue import (
    Interval,
    ResourceKind,
    Service,
    ServiceId,
    TurnTime,
    Venue,
    VenueId,
    VenueKind,
    WeeklyHours,
)

_EVERY_DAY = WeeklyHours({weekday: (Interval(8 * 60, 22 * 60),) for weekday in range(1, 8)})


def _service(name: str, resource: ResourceKind) -> Service:
    return Service(
        ServiceId(name),
        names={"en": name},
        aliases={},
        hours=_EVERY_DAY,
        turn_times=(TurnTime(99, timedelta(minutes=60)),),
        needs=(resource,),
    )


RESTAURANT = Venue(
    VenueId("a-restaurant"),
    "A restaurant",
    VenueKind.RESTAURANT,
    ZoneInfo("UTC"),
    ("en", "es"),
    "GB",
    "GBP",
    services=(_service("a-meal", ResourceKind.TABLE),),
    resources=(),
)
CLINIC = Venue(
    VenueId("a-clinic"),
    "A clinic",
    VenueKind.CLINIC,
    ZoneInfo("America/Bogota"),
    ("es", "en"),
    "CO",
    "COP",
    services=(_service("a-visit", ResourceKind.PRACTITIONER),),
    resources=(),
)
