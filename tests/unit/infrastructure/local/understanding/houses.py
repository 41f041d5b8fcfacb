"""A restaurant in Madrid and a clinic in La Paz, as small as understanding needs them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.acts import Offer
from domain.floor import Slot
from domain.venue import (
    HouseAnswer,
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

_DAILY = WeeklyHours({day: (Interval(13 * 60, 24 * 60),) for day in range(1, 8)})


def _service(id_: str, es: Sequence[str], en: Sequence[str], kind: ResourceKind) -> Service:
    return Service(
        ServiceId(id_),
        names={"es": es[0], "en": en[0]},
        aliases={"es": tuple(es), "en": tuple(en)},
        hours=_DAILY,
        turn_times=(TurnTime(12, timedelta(minutes=90)),),
        needs=(kind,),
    )


def _answer(topic: str, es: Sequence[str], en: Sequence[str]) -> HouseAnswer:
    return HouseAnswer(topic, {"es": tuple(es), "en": tuple(en)}, {"es": "…", "en": "…"})


RESTAURANT = Venue(
    VenueId("casa"),
    "Casa",
    VenueKind.RESTAURANT,
    ZoneInfo("Europe/Madrid"),
    ("es", "en"),
    "ES",
    "EUR",
    services=(
        _service("dinner", ["cena", "cenar"], ["dinner", "supper"], ResourceKind.TABLE),
        _service("lunch", ["comida", "almuerzo", "almorzar"], ["lunch"], ResourceKind.TABLE),
    ),
    resources=tuple(
        Resource(
            ResourceId(f"T{i}"),
            ResourceKind.TABLE,
            f"Mesa {i}",
            max_covers=4,
            area="terrace" if i > 6 else "inside",
            features=frozenset({"dogs"} if i > 6 else {"quiet"}),
        )
        for i in range(1, 13)
    ),
    answers=(
        _answer("parking", ["parking", "aparcamiento", "aparcar"], ["parking", "park"]),
        _answer("dogs", ["perro", "perros", "mascotas"], ["dog", "dogs", "pets"]),
        _answer("menu", ["carta", "menú"], ["menu"]),
    ),
)

CLINIC = Venue(
    VenueId("clinica"),
    "Clínica",
    VenueKind.CLINIC,
    ZoneInfo("America/La_Paz"),
    ("es", "en"),
    "BO",
    "BOB",
    services=(
        _service("check-up", ["revisión", "chequeo"], ["check-up"], ResourceKind.PRACTITIONER),
        _service("cleaning", ["limpieza"], ["cleaning"], ResourceKind.PRACTITIONER),
        _service(
            "extraction",
            ["extracción", "sacar una muela"],
            ["extraction", "pull a tooth"],
            ResourceKind.PRACTITIONER,
        ),
    ),
    resources=(
        Resource(ResourceId("rojas"), ResourceKind.PRACTITIONER, "Dra. Lucía Rojas"),
        Resource(ResourceId("quispe"), ResourceKind.PRACTITIONER, "Dr. Marcos Quispe"),
    ),
)


def offers(*hours: float) -> tuple[Offer, ...]:
    """Offers on Friday 27 November 2026 at these hours of Madrid, for four."""
    midnight = datetime(2026, 11, 26, 23, tzinfo=UTC)
    starts = [midnight + timedelta(hours=hour) for hour in hours]
    return tuple(
        Offer(
            id=f"o{i}",
            slot=Slot(
                ServiceId("dinner"), start, start + timedelta(minutes=90), 4, (ResourceId("T7"),)
            ),
            expires_at=start,
        )
        for i, start in enumerate(starts)
    )
