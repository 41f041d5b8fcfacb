"""Short answers to a reminder or to a freed place, with understanding given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.acts import (
    AskCancel,
    AskNewTime,
    Booked,
    Cancelled,
    CannotDo,
    Expected,
    Farewell,
    Help,
    Hindrance,
    Offer,
    Offered,
    Thanked,
    Updated,
    WaitlistOver,
)
from domain.booking import Booking
from domain.dialogue import (
    BookOffer,
    CancelBooking,
    DialogueState,
    EditBooking,
    Expecting,
    FindBookings,
    Hindered,
    KeepAppointment,
    KeepOffer,
    LeaveWaitlist,
    MoveBooking,
    OfferLost,
    PlaceFree,
    Reminded,
    Search,
    WaitlistJoined,
    as_asked,
)
from domain.floor import Slot
from domain.guest import Guest
from domain.understanding import Intent, Party
from domain.venue import HouseAnswer, ResourceId, ServiceId
from domain.waitlist import WaitlistId
from domain.when import ClockTime, DaysAhead, Weekday, When
from tests.unit.domain.dialogue.desk import NOW, Desk, booking, says
from tests.unit.domain.houses import restaurant

YES, NO = says(Intent.AFFIRM), says(Intent.DENY)
TOMORROW = booking(days=1)
"""Sunday at 21:00, for two."""
SATURDAY = booking("BBB333DDD", days=7)


def kinds(acts: tuple[object, ...]) -> list[str]:
    return [type(act).__name__ for act in acts]


def reminded(about: Booking = TOMORROW, **ago: Any) -> Reminded:
    return Reminded("r1", about, NOW - timedelta(**(ago or {"minutes": 5})))


def reminded_desk(**own: Any) -> Desk:
    """A guest with two bookings, one of which they have been reminded of."""
    state = DialogueState(language="es", updated_at=NOW - timedelta(days=3))
    made: dict[str, Any] = {"bookings": (TOMORROW, SATURDAY), "prompt": reminded(), "state": state}
    return Desk(**(made | own))


def place_free(**own: Any) -> PlaceFree:
    start = NOW.replace(hour=20) + timedelta(days=6)
    slot = Slot(ServiceId("dinner"), start, start + timedelta(hours=2), 4, (ResourceId("T1"),))
    offer = Offer("w1", slot, NOW + timedelta(minutes=20), "waitlist:e1:1", waitlist="e1")
    return PlaceFree("p1", WaitlistId("e1"), offer, NOW - timedelta(minutes=5), **own)


# --- a reminder ----------------------------------------------------------------------------------


def test_a_yes_to_a_reminder_says_that_they_come_without_asking_which_booking() -> None:
    desk = reminded_desk()
    assert kinds(desk.hears(YES)) == ["Expected"]
    assert desk.asked(KeepAppointment).booking == TOMORROW
    assert desk.answered == ["r1"]
    assert not desk.did(FindBookings)


@pytest.mark.parametrize("said", [NO, says(Intent.CANCEL)], ids=["no", "cancel"])
def test_a_no_cancels_that_booking_at_once(said: Any) -> None:
    desk = reminded_desk()
    (cancelled,) = desk.hears(said)
    assert isinstance(cancelled, Cancelled)
    assert desk.asked(CancelBooking).booking == TOMORROW
    assert desk.answered == ["r1"]
    assert desk.state.task is None


@pytest.mark.parametrize(
    "said",
    [
        says(Intent.DENY, certain=False),
        says(Intent.CANCEL, certain=False),
        says(Intent.DENY, Intent.THANKS),
        says(Intent.DENY, when=When(DaysAhead(0))),
    ],
    ids=["doubtful no", "doubtful cancel", "no thanks", "not today"],
)
def test_a_doubtful_no_is_asked_about_before_anything_is_cancelled(said: Any) -> None:
    desk = reminded_desk()
    (asked,) = desk.hears(said)
    assert isinstance(asked, AskCancel)
    assert asked.booking == TOMORROW
    assert not desk.did(CancelBooking)
    assert isinstance(desk.hears(YES)[0], Cancelled)


def test_it_is_too_late_to_cancel_where_the_house_says_so() -> None:
    desk = reminded_desk(scripted=[Hindered(Hindrance.TOO_LATE, TOMORROW)])
    (cannot,) = desk.hears(NO)
    assert isinstance(cannot, CannotDo)


def test_the_other_booking_can_still_be_cancelled_by_its_day() -> None:
    desk = reminded_desk()
    desk.hears(says(Intent.CANCEL, previous=When(Weekday(6, weeks_later=1))))
    assert not desk.did(CancelBooking)
    assert desk.state.target != TOMORROW
    assert desk.answered == []


@pytest.mark.parametrize(
    ("said", "minute", "day"),
    [
        (says(Intent.CORRECT, when=When(time=ClockTime(10))), 22 * 60, date(2026, 11, 22)),
        (says(Intent.INFORM, when=When(time=ClockTime(10))), 22 * 60, date(2026, 11, 22)),
        (says(Intent.CORRECT, when=When(Weekday(6, weeks_later=1))), 21 * 60, None),
        (says(Intent.RESCHEDULE, when=When(time=ClockTime(10))), 22 * 60, date(2026, 11, 22)),
    ],
)
def test_another_time_moves_the_booking_they_were_reminded_of(
    said: Any, minute: int, day: date | None
) -> None:
    desk = reminded_desk()
    acts = desk.hears(said)
    assert kinds(acts) == ["Offered"]
    search = desk.asked(Search)
    assert search.moving == TOMORROW
    assert search.wishes[0].target == minute
    assert search.wishes[0].covers == 2
    assert day is None or search.wishes[0].day == day
    desk.hears(YES)
    assert desk.asked(MoveBooking).booking == TOMORROW


def test_more_people_move_it_too_and_the_same_number_does_not() -> None:
    desk = reminded_desk()
    desk.hears(says(Intent.INFORM, Intent.AFFIRM, party=Party(5, 5)))
    assert desk.asked(Search).wishes[0].covers == 5
    desk = reminded_desk()
    assert kinds(desk.hears(says(Intent.AFFIRM, party=Party(2, 2)))) == ["Expected"]


def test_to_change_it_without_a_time_asks_when_and_not_which() -> None:
    desk = reminded_desk()
    (asked,) = desk.hears(says(Intent.RESCHEDULE))
    assert isinstance(asked, AskNewTime)
    assert asked.booking == TOMORROW


def test_a_yes_that_says_its_time_again_is_a_yes() -> None:
    desk = reminded_desk()
    said = says(Intent.AFFIRM, when=When(DaysAhead(1), ClockTime(9)))
    assert kinds(desk.hears(said)) == ["Expected"]


def test_a_question_beside_the_yes_is_answered_first() -> None:
    parking = HouseAnswer("parking", {}, {"es": "Sí, detrás."})
    desk = reminded_desk(venue=replace(restaurant(), answers=(parking,)))
    acts = desk.hears(says(Intent.AFFIRM, Intent.ENQUIRE, topic="parking"))
    assert kinds(acts) == ["HouseSays", "Expected"]


def test_a_question_alone_leaves_the_reminder_open() -> None:
    parking = HouseAnswer("parking", {}, {"es": "Sí, detrás."})
    desk = reminded_desk(venue=replace(restaurant(), answers=(parking,)))
    assert kinds(desk.hears(says(Intent.ENQUIRE, topic="parking"))) == ["HouseSays"]
    assert desk.answered == []
    assert kinds(desk.hears(YES)) == ["Expected"]


def test_a_request_beside_the_yes_is_noted_with_the_booking() -> None:
    desk = reminded_desk()
    acts = desk.hears(says(Intent.AFFIRM, requests=("una trona",)))
    assert [type(act) for act in acts] == [Expected, Updated]
    assert desk.asked(EditBooking).notes == "una trona"


def test_thanks_are_no_answer() -> None:
    desk = reminded_desk()
    assert [type(act) for act in desk.hears(says(Intent.THANKS))] == [Thanked]
    assert desk.answered == []


def test_a_new_wish_is_read_as_one() -> None:
    desk = reminded_desk()
    said = says(Intent.BOOK, when=When(Weekday(4), ClockTime(9)), party=Party(4, 4))
    assert kinds(desk.hears(said)) == ["Offered"]
    assert desk.asked(Search).moving is None
    assert desk.answered == []


def test_a_reminder_older_than_the_last_turn_counts_only_while_nothing_is_asked() -> None:
    asked = DialogueState(expecting=Expecting.DATE, updated_at=NOW - timedelta(minutes=1))
    desk = reminded_desk(state=asked)
    desk.hears(YES)
    assert not desk.did(KeepAppointment)
    assert desk.answered == []
    desk = reminded_desk(state=DialogueState(updated_at=NOW - timedelta(minutes=1)))
    assert kinds(desk.hears(YES)) == ["Expected"]


def test_an_old_reminder_does_not_count_after_a_person_has_talked_with_the_guest() -> None:
    after_staff = DialogueState(updated_at=NOW - timedelta(minutes=1), escalated=True)
    desk = reminded_desk(state=after_staff)
    desk.hears(NO)
    assert not desk.did(CancelBooking)
    assert desk.answered == []


def test_a_yes_or_no_goes_to_what_was_asked_last() -> None:
    """An offer is on the table, then the reminder comes: the yes is about the reminder."""
    desk = Desk(bookings=(TOMORROW,))
    wish = {"when": When(Weekday(5), ClockTime(9)), "party": Party(4, 4), "name": "Laura"}
    assert kinds(desk.hears(says(Intent.BOOK, **wish))) == ["Offered"]
    desk.now += timedelta(minutes=2)
    desk.prompt = Reminded("r1", TOMORROW, desk.now - timedelta(minutes=1))
    assert kinds(desk.hears(YES)) == ["Expected"]
    assert not desk.did(BookOffer)
    assert isinstance(desk.hears(YES)[0], Booked)


def test_a_detail_that_was_asked_for_is_not_taken_for_another_time() -> None:
    desk = Desk(bookings=(TOMORROW,))
    desk.hears(says(Intent.BOOK, party=Party(4, 4)))
    desk.now += timedelta(minutes=2)
    desk.prompt = Reminded("r1", TOMORROW, desk.now - timedelta(minutes=1))
    desk.hears(says(Intent.INFORM, when=When(Weekday(5), ClockTime(9))))
    assert desk.asked(Search).moving is None
    assert desk.answered == []


def test_without_a_prompt_nothing_changes() -> None:
    desk = Desk(bookings=(TOMORROW,), prompt=None)
    assert [type(act) for act in desk.hears(YES)] == [Help]
    assert [type(act) for act in desk.hears(NO)] == [Farewell]


# --- what a router sees --------------------------------------------------------------------------


def test_a_router_sees_what_was_asked_last() -> None:
    idle = DialogueState(language="es", updated_at=NOW - timedelta(hours=1))
    seen = as_asked(idle, reminded(), now=NOW)
    assert (seen.expecting, seen.target) == (Expecting.COMING, TOMORROW)
    assert as_asked(idle, place_free(), now=NOW).expecting is Expecting.PLACE
    assert as_asked(idle, None, now=NOW) == idle


def test_a_router_still_sees_a_question_of_this_very_talk() -> None:
    asking = DialogueState(expecting=Expecting.PARTY_SIZE, updated_at=NOW - timedelta(minutes=9))
    assert as_asked(asking, reminded(), now=NOW) == asking
    stale = replace(asking, updated_at=NOW - timedelta(days=2))
    assert as_asked(stale, reminded(), now=NOW).expecting is Expecting.COMING


# --- a freed place -------------------------------------------------------------------------------


def test_a_yes_to_a_freed_place_books_it_with_its_hold() -> None:
    desk = Desk(prompt=place_free(guest=Guest("ana", "Laura Gil")))
    (booked,) = desk.hears(YES)
    assert isinstance(booked, Booked)
    written = desk.asked(BookOffer)
    assert (written.offer.hold_id, written.offer.waitlist) == ("waitlist:e1:1", "e1")
    assert written.name == "Laura Gil"
    assert desk.answered == ["p1"]


def test_a_missing_name_is_asked_for_and_the_place_kept_meanwhile() -> None:
    desk = Desk(prompt=place_free())
    assert kinds(desk.hears(YES)) == ["Ask"]
    assert desk.asked(KeepOffer).offer.waitlist == "e1"
    assert isinstance(desk.hears(says(name="Laura"))[0], Booked)
    assert desk.asked(BookOffer).offer.waitlist == "e1"


def test_a_no_gives_the_place_up() -> None:
    friday = date(2026, 11, 27)
    desk = Desk(prompt=place_free(), waiting=(WaitlistJoined(friday, 4, 1200, 1320),))
    assert desk.hears(NO) == (WaitlistOver(friday),)
    assert desk.asked(LeaveWaitlist).entry == "e1"
    assert desk.answered == ["p1"]


def test_cancel_without_any_booking_gives_the_place_up_too() -> None:
    friday = date(2026, 11, 27)
    desk = Desk(prompt=place_free(), waiting=(WaitlistJoined(friday, 4, 1200, 1320),))
    assert desk.hears(says(Intent.CANCEL)) == (WaitlistOver(friday),)


def test_a_place_that_has_gone_meanwhile_leads_to_another_look() -> None:
    desk = Desk(prompt=place_free(guest=Guest("ana", "Laura")), scripted=[OfferLost()])
    (offered,) = desk.hears(YES)
    assert isinstance(offered, Offered)
    assert offered.taken_meanwhile
    assert desk.asked(Search).wishes[0].target == 21 * 60


def test_another_party_or_time_is_no_yes_to_the_place() -> None:
    for details in ({"party": Party(6, 6)}, {"when": When(Weekday(4))}):
        desk = Desk(prompt=place_free(guest=Guest("ana", "Laura")))
        desk.hears(says(Intent.AFFIRM, **details))
        assert not desk.did(BookOffer)
        assert desk.answered == []
