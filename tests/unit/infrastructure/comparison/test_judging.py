"""When a scripted guest has got what they came for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.guest import Guest
from domain.venue import ResourceId, ServiceId, VenueId
from infrastructure.comparison.judging import Evidence, faults
from infrastructure.comparison.scenarios import Scenario
from infrastructure.venues.loader import load_venues
from tests.unit.infrastructure.comparison.played import answer

TERRAZA = next(venue for venue in load_venues(None) if venue.id == "la-terraza")
NINE = datetime(2026, 11, 27, 20, tzinfo=UTC)
"""21:00 in Madrid."""
BOOKED = Booking(
    id=BookingId("b"),
    code=BookingCode("A3C4E5F6H"),
    venue=VenueId("la-terraza"),
    service=ServiceId("dinner"),
    start=NINE,
    end=NINE + timedelta(minutes=105),
    party_size=PartySize(2),
    resources=(ResourceId("T4"),),
    status=BookingStatus.CONFIRMED,
    guest=Guest("+34600111222", "Laura Gil"),
    created_at=NINE - timedelta(days=4),
)
CANCELLED = replace(BOOKED, status=BookingStatus.CANCELLED)
LATER = replace(BOOKED, start=NINE + timedelta(hours=1), end=NINE + timedelta(hours=3))
FACTS = {"party": 2, "day": "2026-11-27", "time": "21:00", "name": "laura gil"}


def judged(
    *,
    before: Sequence[Booking] = (),
    after: Sequence[Booking] = (),
    replies: Sequence[str] = (),
    **scenario: Any,
) -> list[str]:
    written = {"id": "a", "venue": "la-terraza", "language": "es", "clock": "2026-11-23 10:00"}
    evidence = Evidence(
        answers=[answer(response=reply) for reply in replies],
        before={booking.code: booking for booking in before},
        own=[booking.code for booking in before],
        after={booking.code: booking for booking in after},
    )
    return faults(Scenario.model_validate(written | scenario), TERRAZA, evidence)


def test_the_booking_that_was_wished_for_is_a_success() -> None:
    assert judged(goal="book", facts=FACTS, after=[BOOKED]) == []


@pytest.mark.parametrize(
    ("wrong", "facts", "fault"),
    [
        (LATER, {}, "22:00"),
        (replace(BOOKED, party_size=PartySize(3)), {}, "for 3"),
        (replace(BOOKED, guest=Guest("u", "Laura")), {}, "another name"),
        (BOOKED, {"service": "lunch"}, "a dinner"),
        (BOOKED, {"preferences": "window"}, "no window"),
        (BOOKED, {"requests": "birthday"}, "birthday"),
        (BOOKED, {"phone": "600999888"}, "phone"),
        (CANCELLED, {}, "cancelled"),
    ],
)
def test_another_booking_is_not(wrong: Booking, facts: dict[str, str], fault: str) -> None:
    found = judged(goal="book", facts=FACTS | facts, after=[wrong])
    assert len(found) == 1
    assert fault in found[0]


def test_what_was_asked_for_counts_as_there() -> None:
    noted = replace(BOOKED, notes="Es el cumpleaños de mi madre")
    wanted = FACTS | {"preferences": "terrace", "requests": "birthday"}
    assert judged(goal="book", facts=wanted, after=[noted]) == []


def test_none_two_and_unwanted_bookings_are_faults() -> None:
    second = replace(BOOKED, code=BookingCode("X"))
    assert judged(goal="book", facts=FACTS)
    assert judged(goal="book", facts=FACTS, after=[BOOKED, second])
    assert judged(goal="book", facts=FACTS, after=[BOOKED], ends={"nothing": True})
    assert judged(goal="book", facts=FACTS, ends={"nothing": True}) == []


def test_a_move_keeps_the_booking_and_changes_its_time() -> None:
    moving: dict[str, Any] = {"goal": "move", "facts": {"day": "2026-11-27", "time": "22:00"}}
    assert judged(before=[BOOKED], after=[LATER], **moving) == []
    assert judged(before=[BOOKED], after=[BOOKED], **moving)
    assert judged(
        before=[BOOKED], after=[CANCELLED, replace(LATER, code=BookingCode("X"))], **moving
    )


def test_only_the_meant_booking_may_be_cancelled() -> None:
    other = replace(BOOKED, code=BookingCode("X"))
    gone = replace(other, status=BookingStatus.CANCELLED)
    assert judged(goal="cancel", before=[BOOKED, other], after=[CANCELLED, other]) == []
    assert judged(goal="cancel", before=[BOOKED, other], after=[BOOKED, gone])


def test_an_answer_must_be_given_whatever_its_words() -> None:
    told = "Pues no, no tenemos aparcamiento propio; el más cercano está en la Plaza Mayor, a cinco minutos a pie"
    assert judged(goal="ask", asks="parking", replies=["Hola", told]) == []
    assert judged(goal="ask", asks="parking", replies=["¡Claro que sí!"])


def test_a_booking_that_was_asked_for_must_be_read_out() -> None:
    checking: dict[str, Any] = {"goal": "check", "before": [BOOKED], "after": [BOOKED]}
    assert judged(replies=["El viernes, código A3C-4E5-F6H"], **checking) == []
    assert judged(replies=["Sí, está todo bien"], **checking)
