"""Scripted guests: what they make of an answer's status, missing details and offers."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from infrastructure.comparison.guest import ScriptedGuest
from infrastructure.comparison.scenarios import Scenario
from tests.unit.infrastructure.comparison.played import answer, offer

WISH = {"party": "2", "day": "2026-11-27", "time": "21:00", "name": "Laura Gil"}


def guest(**scenario: Any) -> ScriptedGuest:
    written = {
        "id": "a",
        "venue": "la-terraza",
        "language": "en",
        "clock": "2026-11-23 10:00",
        "goal": "book",
        "facts": WISH,
        **scenario,
    }
    kind = "clinic" if written["venue"] == "clinica-sonrisa" else "restaurant"
    return ScriptedGuest(Scenario.model_validate(written), kind=kind, dice=Random(1))


def said(guest: ScriptedGuest, answer: dict[str, Any] | None) -> str:
    text = guest.say(answer)
    assert text is not None
    return text


def test_who_says_all_at_once_leaves_nothing_to_ask() -> None:
    opening = said(guest(manner=["all_at_once"]), None)
    assert "2" in opening
    assert "Friday" in opening
    assert "Laura Gil" in opening


def test_who_gives_one_at_a_time_answers_what_was_asked() -> None:
    one = guest(manner=["terse", "one_at_a_time"])
    assert said(one, None) == "table"
    assert said(one, answer(missing=["party_size", "date", "time", "name"])) == "2"
    assert "Friday" in said(one, answer(missing=["date", "time", "name"]))
    assert said(one, answer(missing=["name"])) == "Laura Gil"


def test_the_offer_that_was_wished_for_is_taken() -> None:
    one = guest(manner=["terse"])
    one.say(None)
    offered = answer(status="offering", offers=[offer("2026-11-27T21:00")])
    assert said(one, offered) in {"yes", "ok", "sure"}
    assert one.say(answer(status="confirmed", action="schedule_appointment")) is None


def test_of_several_offers_the_wished_one_is_named() -> None:
    one = guest(manner=["terse"])
    one.say(None)
    offers = [offer("2026-11-27T20:30"), offer("2026-11-27T21:00")]
    assert "9pm" in said(one, answer(status="offering", offers=offers))


@pytest.mark.parametrize(("take", "clock"), [("earliest", "8pm"), ("latest", "11pm")])
def test_who_can_be_flexible_takes_an_alternative(take: str, clock: str) -> None:
    one = guest(take=take)
    one.say(None)
    offers = [offer("2026-11-27T20:00"), offer("2026-11-27T23:00")]
    assert clock in said(one, answer(status="offering", offers=offers))


def test_who_cannot_tries_the_next_wish_and_then_gives_up() -> None:
    one = guest(otherwise=[{"day": "2026-11-28"}])
    one.say(None)
    refused = answer(status="offering", offers=[offer("2026-11-27T22:30")])
    assert "28 November" in said(one, refused)
    one.say(answer(status="offering", offers=[offer("2026-11-28T22:30")]))
    assert one.say(answer(status="answered")) is None


def test_a_misread_wish_is_said_again_in_full() -> None:
    one = guest()
    one.say(None)
    misread = answer(status="offering", offers=[offer("2026-12-04T21:00")])
    assert "Friday 27 November" in said(one, misread)


def test_a_party_of_another_size_is_put_right() -> None:
    one = guest()
    one.say(None)
    wrong = answer(status="offering", offers=[offer("2026-11-27T21:00", party=3)])
    assert "2" in said(one, wrong)


def test_a_slip_is_corrected_at_once() -> None:
    one = guest(slip={"party": "3"})
    assert "3" in said(one, None)
    assert "2" in said(one, answer())


def test_a_mind_is_changed_when_there_is_an_offer() -> None:
    one = guest(change={"time": "22:00"})
    one.say(None)
    offered = answer(status="offering", offers=[offer("2026-11-27T21:00")])
    assert "10pm" in said(one, offered)
    assert "10pm" not in said(one, answer(status="offering", offers=[offer("2026-11-27T22:00")]))


def test_who_digresses_asks_before_agreeing_and_others_afterwards() -> None:
    offered = answer(status="offering", offers=[offer("2026-11-27T21:00")])
    done = answer(status="confirmed", action="schedule_appointment")
    digressing, patient = guest(manner=["digresses"], asks="parking"), guest(asks="parking")
    digressing.say(None)
    patient.say(None)
    assert "park" in said(digressing, offered)
    assert "park" not in said(patient, offered)
    assert "park" in said(patient, done)
    assert patient.say(answer(status="answered")) is None


def test_who_switches_says_every_second_message_in_the_other_language() -> None:
    one = guest(manner=["code_switches", "terse", "one_at_a_time"])
    assert said(one, None) == "table"
    assert "viernes" in said(one, answer(missing=["date"]))
    assert said(one, answer(missing=["party_size"])) == "2"


def test_only_the_meant_booking_is_cancelled() -> None:
    own = [
        {"start": "2026-11-27 21:00", "party": "2"},
        {"start": "2026-12-03 21:00", "party": "2"},
    ]
    one = guest(goal="cancel", facts={}, bookings=own)
    one.say(None)
    other = {**answer(status="awaiting_confirmation"), "booking": {"start": "2026-12-03T21:00:00"}}
    meant = {**answer(status="awaiting_confirmation"), "booking": {"start": "2026-11-27T21:00:00"}}
    assert "27" in said(one, other)
    assert "27" not in said(one, meant)


def test_typos_spare_names_and_numbers() -> None:
    text = said(guest(manner=["typos", "all_at_once"]), None)
    assert "Laura Gil" in text
    assert "2" in text
