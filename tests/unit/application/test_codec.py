"""Dialogue states and snapshots survive being stored, whatever is in them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.codec import decode, encode
from domain.acts import Offer
from domain.booking import BookingCode
from domain.dialogue import Details, DialogueState, Expecting, PlaceFree, Reminded, Task
from domain.floor import Slot
from domain.guest import Guest
from domain.understanding import ByOrder, Intent, Party, Understanding
from domain.venue import ResourceId, ServiceId
from domain.waitlist import WaitlistId
from domain.when import (
    AnyDay,
    AnyTime,
    CalendarDay,
    ClockTime,
    DayPart,
    DaysAhead,
    EitherDay,
    Half,
    PartOfDay,
    TimeSpan,
    Weekday,
    When,
    Which,
)
from tests.unit.domain.dialogue.desk import booking

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)

CLOCKS = st.builds(
    ClockTime,
    hour=st.integers(0, 24),
    minute=st.integers(0, 59),
    half=st.none() | st.sampled_from(Half),
    part=st.none() | st.sampled_from(DayPart),
    twenty_four=st.booleans(),
)
TIMES = st.one_of(
    CLOCKS,
    st.builds(PartOfDay, st.sampled_from(DayPart)),
    st.builds(TimeSpan, st.none() | CLOCKS, st.none() | CLOCKS),
    st.just(AnyTime()),
)
DAYS = st.recursive(
    st.one_of(
        st.builds(Weekday, st.integers(1, 7), st.sampled_from(Which)),
        st.builds(CalendarDay, st.integers(1, 31), st.none() | st.integers(1, 12)),
        st.builds(DaysAhead, st.integers(-3, 60)),
        st.just(AnyDay()),
    ),
    lambda days: st.builds(EitherDay, st.tuples(days, days)),
    max_leaves=3,
)
WHENS = st.builds(When, st.none() | DAYS, st.none() | TIMES)
STATES = st.builds(
    DialogueState,
    language=st.sampled_from(["", "es", "en"]),
    task=st.none() | st.sampled_from(Task),
    details=st.builds(
        Details,
        covers=st.none() | st.integers(1, 12),
        days=st.lists(st.dates(date(2026, 1, 1), date(2028, 1, 1)), max_size=3).map(tuple),
        time=st.none() | TIMES,
        name=st.text(max_size=20),
        preferences=st.frozensets(st.sampled_from(["terrace", "quiet"])),
    ),
    previous=WHENS,
    expecting=st.sampled_from(Expecting),
)


@given(STATES)
def test_a_state_comes_back_as_it_was_stored(state: DialogueState) -> None:
    assert decode(json.loads(json.dumps(encode(state)))) == state


@given(WHENS, st.integers(1, 5))
def test_an_understanding_comes_back_as_it_was_stored(when: When, position: int) -> None:
    said = Understanding(
        (Intent.BOOK, Intent.ENQUIRE),
        "es",
        when=when,
        party=Party(5, 5, babies=1),
        choice=ByOrder(position),
        words={"date": "el viernes"},
    )
    assert decode(json.loads(json.dumps(encode(said)))) == said


def test_offers_and_bookings_come_back_as_they_were_stored() -> None:
    slot = Slot(ServiceId("dinner"), NOW, NOW.replace(hour=11), 4, (ResourceId("T7"),))
    state = replace(
        DialogueState(updated_at=NOW, target=booking(), last_booking=BookingCode("AAA222CCC")),
        offers=(Offer("1-1", slot, NOW, "hold"),),
    )
    assert decode(json.loads(json.dumps(encode(state)))) == state


def test_only_what_differs_from_a_fresh_state_is_stored() -> None:
    assert encode(DialogueState(language="es")) == {"$": "DialogueState", "language": "es"}


def test_a_class_that_is_not_ours_is_not_read() -> None:
    with pytest.raises(ValueError, match="not a stored class"):
        decode({"$": "Popen", "args": ["true"]})


def test_a_field_that_is_gone_is_passed_over() -> None:
    stored = {"$": "DialogueState", "language": "es", "mood": "sunny"}
    assert decode(stored) == DialogueState(language="es")


def test_a_value_that_is_none_of_the_domains_is_refused() -> None:
    with pytest.raises(TypeError, match="not a value that is stored"):
        encode(object())


def test_what_the_house_has_asked_can_be_stored_with_a_turn() -> None:
    slot = Slot(ServiceId("dinner"), NOW, NOW, 4, (ResourceId("T1"),))
    offer = Offer("w1", slot, NOW, "waitlist:e1:1", waitlist="e1")
    for prompt in (
        Reminded("r1", booking(), NOW),
        PlaceFree("p1", WaitlistId("e1"), offer, NOW, Guest("ana", "Ana"), "trona"),
    ):
        assert decode(json.loads(json.dumps(encode(prompt)))) == prompt


def test_an_offer_stored_before_there_was_a_waitlist_can_be_read() -> None:
    slot = Slot(ServiceId("dinner"), NOW, NOW, 4, (ResourceId("T1"),))
    stored = encode(Offer("w1", slot, NOW, waitlist="e1"))
    del stored["waitlist"]
    assert decode(stored).waitlist == ""
