"""The judge of the dialogues is judged: each truth notices the lie it is there for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support import truths
from tests.support.house import Row
from tests.support.truths import Heard

NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
NINE = datetime(2026, 11, 27, 20, tzinfo=UTC)
GUEST = "+34600111222"
BOOKED = Row(
    id="b1",
    code="7K29MAXY4",
    venue="la-terraza",
    service="dinner",
    start=NINE,
    end=NINE + timedelta(minutes=90),
    party=2,
    resources=("T1",),
    status="confirmed",
    user_id=GUEST,
    name="Laura Gil",
    phone=GUEST,
    notes="",
)
SHOWN = {
    "code": "7K2-9MA-XY4",
    "start": "2026-11-27T21:00:00+01:00",
    "party_size": 2,
    "status": "confirmed",
    "resources": ["T1"],
}


def heard(
    reply: str = "Queda reservada para el viernes a las 21:00. El código es 7K2-9MA-XY4.",
    *,
    action: str = "schedule_appointment",
    before: tuple[Row, ...] = (),
    after: tuple[Row, ...] = (BOOKED,),
    offered: frozenset[tuple[datetime, int, str]] = frozenset({(NINE, 2, "dinner")}),
    booking: Mapping[str, Any] | None = SHOWN,
) -> Heard:
    answer: dict[str, Any] = {
        "response": reply,
        "language": "es",
        "action": action,
        "offers": [],
        "booking": booking,
    }
    return Heard(
        guest=GUEST,
        answer=answer,
        before={row.code: row for row in before},
        after={row.code: row for row in after},
        now=NOW,
        previous_reply="¿Confirmo la reserva?",
        offered_before=offered,
    )


def test_an_honest_booking_raises_no_complaint() -> None:
    said = heard()
    assert not list(truths.the_answer_agrees_with_the_book(said))
    assert not list(truths.the_reply_claims_nothing_untrue(said))
    assert not list(truths.a_written_booking_is_told(said))
    assert not list(truths.the_reply_is_in("es", said))
    assert not list(truths.the_reply_is_new(said))


@pytest.mark.parametrize(
    "said",
    [
        heard(after=()),
        heard(action="none"),
        heard(offered=frozenset()),
        heard(booking=None),
        heard(booking={**SHOWN, "party_size": 4}),
        heard(after=(replace(BOOKED, status="received"),)),
        heard(action="cancel_appointment", before=(BOOKED,)),
        heard(before=(replace(BOOKED, code="23456789A"),)),
    ],
    ids=[
        "nothing was written",
        "written without saying so",
        "booked what was never offered",
        "does not show the booking",
        "shows another party",
        "not confirmed",
        "not cancelled",
        "a booking has vanished",
    ],
)
def test_an_answer_that_does_not_fit_the_ledger_is_noticed(said: Heard) -> None:
    assert list(truths.the_answer_agrees_with_the_book(said))


@pytest.mark.parametrize(
    "reply",
    [
        "Tu mesa está confirmada.",
        "Your table is booked for Friday.",
        "He cancelado… hecho: queda cancelada.",
        "Your booking has been moved.",
    ],
)
def test_a_false_outcome_is_noticed(reply: str) -> None:
    said = heard(reply, action="none", after=(), booking=None)
    assert list(truths.the_reply_claims_nothing_untrue(said))


@pytest.mark.parametrize(
    "reply",
    [
        "¿Confirmo la reserva?",
        "I haven't booked anything.",
        "We are fully booked at that time.",
        "Todavía no está confirmada.",
        "Is it to be cancelled?",
    ],
)
def test_a_question_or_a_denial_claims_nothing(reply: str) -> None:
    said = heard(reply, action="none", after=(), booking=None)
    assert not list(truths.the_reply_claims_nothing_untrue(said))


def test_a_reply_without_the_time_or_the_code_is_noticed() -> None:
    assert len(list(truths.a_written_booking_is_told(heard("¡Listo!")))) == 2


def test_a_repeated_or_empty_reply_is_noticed() -> None:
    assert list(truths.the_reply_is_new(heard("¿Confirmo la reserva?")))
    assert list(truths.the_reply_is_new(heard("  ")))


def test_a_reply_in_the_other_language_is_noticed() -> None:
    assert list(
        truths.the_reply_is_in("es", heard("Would you like a table for two on the terrace?"))
    )
