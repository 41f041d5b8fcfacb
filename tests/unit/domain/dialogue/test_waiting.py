"""Onto the waitlist, off it, and what stands in the way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.acts import (
    Ask,
    AskWaitlist,
    AskWhichDay,
    Booked,
    Detail,
    Dropped,
    NothingFree,
    NotWaiting,
    NoWaitlist,
    Offered,
    OnWaitlist,
    ShowBookings,
    Waitlisted,
    WaitlistOver,
)
from domain.availability import RefusalCode
from domain.dialogue import (
    Expecting,
    FindBookings,
    JoinWaitlist,
    LeaveWaitlist,
    Search,
    Task,
    WaitlistJoined,
)
from domain.understanding import ByOrder, Intent, Party
from domain.venue import Policy, WaitlistPolicy
from domain.when import AnyTime, ClockTime, DayPart, DaysAhead, EitherDay, PartOfDay, Weekday, When
from tests.unit.domain.dialogue.desk import Desk, booking, says
from tests.unit.domain.houses import restaurant

FRIDAY = date(2026, 11, 27)
FOUR = Party(4, 4)
YES, NO = says(Intent.AFFIRM), says(Intent.DENY)
FRIDAY_NINE = When(Weekday(5), ClockTime(9))
WISH: dict[str, Any] = {"when": FRIDAY_NINE, "party": FOUR, "name": "Laura Gil"}
WAIT = says(Intent.WAITLIST)
WORTH = [RefusalCode.NO_RESOURCE, RefusalCode.PACING, RefusalCode.HELD]


def kinds(acts: tuple[object, ...]) -> list[str]:
    return [type(act).__name__ for act in acts]


def full_house(**own: Any) -> Desk:
    return Desk(**({"closed_to": RefusalCode.NO_RESOURCE} | own))


# --- after nothing was free ----------------------------------------------------------------------


@pytest.mark.parametrize("code", WORTH)
def test_where_cancellations_could_help_the_waitlist_is_offered(code: RefusalCode) -> None:
    desk = full_house(closed_to=code)
    (nothing,) = desk.hears(says(Intent.BOOK, **WISH))
    assert isinstance(nothing, NothingFree)
    assert nothing.waitlist
    (joined,) = desk.hears(YES)
    assert joined == Waitlisted(FRIDAY, 4, 20 * 60, 22 * 60)
    assert desk.asked(JoinWaitlist).name == "Laura Gil"
    assert desk.state.task is None


@pytest.mark.parametrize("code", sorted(set(RefusalCode) - set(WORTH)))
def test_where_they_could_not_it_is_not(code: RefusalCode) -> None:
    desk = full_house(closed_to=code)
    (nothing,) = desk.hears(says(Intent.BOOK, **WISH))
    assert isinstance(nothing, NothingFree)
    assert not nothing.waitlist
    desk.hears(YES)
    assert not desk.did(JoinWaitlist)


def test_a_house_without_a_waitlist_offers_none() -> None:
    policy = Policy(waitlist=WaitlistPolicy(enabled=False))
    desk = full_house(venue=restaurant(policy=policy))
    (nothing,) = desk.hears(says(Intent.BOOK, **WISH))
    assert not nothing.waitlist  # type: ignore[union-attr]
    assert isinstance(desk.hears(WAIT)[0], NoWaitlist)
    assert not desk.did(JoinWaitlist)


def test_a_move_that_cannot_be_had_offers_no_waitlist() -> None:
    desk = full_house(bookings=(booking(),))
    (nothing,) = desk.hears(says(Intent.RESCHEDULE, when=FRIDAY_NINE))
    assert not nothing.waitlist  # type: ignore[union-attr]


def test_another_day_instead_of_the_waitlist_is_looked_for() -> None:
    desk = full_house()
    desk.hears(says(Intent.BOOK, **WISH))
    desk.closed_to = None
    assert kinds(desk.hears(says(Intent.INFORM, when=When(Weekday(4))))) == ["Offered"]
    assert not desk.did(JoinWaitlist)


def test_a_no_to_the_waitlist_asks_for_another_day_and_a_second_one_ends_it() -> None:
    desk = full_house()
    desk.hears(says(Intent.BOOK, **WISH))
    (asked,) = desk.hears(NO)
    assert isinstance(asked, Ask)
    assert asked.detail is Detail.DATE
    assert isinstance(desk.hears(NO)[0], Dropped)


def test_the_other_day_is_looked_at_for_the_same_hour() -> None:
    desk = full_house()
    desk.hears(says(Intent.BOOK, **WISH))
    desk.hears(NO)
    desk.closed_to = None
    assert kinds(desk.hears(says(when=When(Weekday(4))))) == ["Offered"]
    assert desk.asked(Search).wishes[0].target == 21 * 60


def test_who_waits_is_asked_for_their_name() -> None:
    desk = full_house()
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    (asked,) = desk.hears(YES)
    assert isinstance(asked, Ask)
    assert asked.detail is Detail.NAME
    assert isinstance(desk.hears(says(name="Laura Gil"))[0], Waitlisted)
    assert desk.asked(JoinWaitlist).name == "Laura Gil"


def test_and_for_a_phone_where_the_house_needs_one() -> None:
    desk = full_house(venue=restaurant(policy=Policy(needs_phone=True)))
    desk.hears(says(Intent.BOOK, **WISH))
    (asked,) = desk.hears(YES)
    assert isinstance(asked, Ask)
    assert asked.detail is Detail.PHONE
    desk.hears(says(phone="+34600111222"))
    assert desk.asked(JoinWaitlist).phone == "+34600111222"


def test_a_number_proven_by_the_channel_needs_no_asking() -> None:
    desk = full_house(venue=restaurant(policy=Policy(needs_phone=True)), phone="+34600111222")
    desk.hears(says(Intent.BOOK, **WISH))
    desk.hears(YES)
    assert desk.asked(JoinWaitlist).phone == "+34600111222"


def test_the_question_is_put_again_after_a_digression() -> None:
    desk = full_house()
    desk.hears(says(Intent.BOOK, **WISH))
    acts = desk.hears(says(Intent.SMALLTALK))
    assert AskWaitlist(FRIDAY, 4) in acts
    assert isinstance(desk.hears(YES)[0], Waitlisted)


# --- beside alternatives -------------------------------------------------------------------------


def test_whoever_wants_none_of_the_alternatives_may_wait() -> None:
    desk = Desk(full={21 * 60})
    desk.hears(says(Intent.BOOK, **WISH))
    assert desk.hears(NO) == (AskWaitlist(FRIDAY, 4),)
    (joined,) = desk.hears(YES)
    assert isinstance(joined, Waitlisted)


def test_who_refuses_what_they_had_wished_is_not_asked_to_wait_for_it() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, when=When(Weekday(5), AnyTime()), party=FOUR))
    assert kinds(desk.hears(NO)) == ["NoneChosen"]


def test_waiting_beside_alternatives_leaves_out_what_was_offered() -> None:
    """Who is told of 20:30 and 21:30 and waits for 21:00 does not want to hear of them again."""
    desk = Desk(full={21 * 60})
    desk.hears(says(Intent.BOOK, **WISH))
    (joined,) = desk.hears(WAIT)
    assert joined == Waitlisted(FRIDAY, 4, 20 * 60 + 45, 21 * 60 + 15)


# --- asked for outright --------------------------------------------------------------------------


def test_a_whole_wish_to_wait_is_one_turn() -> None:
    desk = full_house()
    (joined,) = desk.hears(says(Intent.WAITLIST, **WISH))
    assert joined == Waitlisted(FRIDAY, 4, 20 * 60, 22 * 60)


def test_what_is_missing_is_asked_and_the_time_is_not() -> None:
    desk = full_house()
    assert desk.hears(WAIT)[0].detail is Detail.PARTY_SIZE  # type: ignore[union-attr]
    assert desk.hears(says(party=FOUR))[0].detail is Detail.DATE  # type: ignore[union-attr]
    assert desk.hears(says(when=When(Weekday(5))))[0].detail is Detail.NAME  # type: ignore[union-attr]
    (joined,) = desk.hears(says(name="Laura"))
    assert isinstance(joined, Waitlisted)
    windows = {(joined.earliest, joined.latest)}
    assert windows == {(desk.asked(Search).wishes[0].earliest, desk.asked(Search).wishes[0].latest)}


def test_the_hours_said_are_waited_for() -> None:
    desk = full_house()
    evening = When(Weekday(5), PartOfDay(DayPart.DINNER))
    (joined,) = desk.hears(says(Intent.WAITLIST, **(WISH | {"when": evening})))
    wish = desk.asked(Search).wishes[0]
    assert isinstance(joined, Waitlisted)
    assert (joined.earliest, joined.latest) == (wish.earliest, wish.latest)
    assert wish.latest - wish.earliest > 120


def test_of_several_days_one_is_asked_for() -> None:
    desk = full_house()
    either = When(EitherDay((Weekday(5), Weekday(4))), ClockTime(9))
    (asked,) = desk.hears(says(Intent.WAITLIST, party=FOUR, name="Laura", when=either))
    assert isinstance(asked, AskWhichDay)
    assert set(asked.options) == {FRIDAY, date(2026, 11, 26)}
    (joined,) = desk.hears(says(choice=ByOrder(2)))
    assert isinstance(joined, Waitlisted)
    assert joined.day == asked.options[1]


def test_where_there_is_room_it_is_offered_instead() -> None:
    desk = Desk()
    (offered,) = desk.hears(says(Intent.WAITLIST, **WISH))
    assert isinstance(offered, Offered)
    assert not desk.did(JoinWaitlist)
    assert isinstance(desk.hears(YES)[0], Booked)


def test_who_came_to_wait_waits_once_their_own_hour_cannot_be_had() -> None:
    """For the day there is room; for nine, which they say then, there is none."""
    desk = Desk(full={21 * 60})
    wish = {"party": FOUR, "name": "Laura", "when": When(Weekday(5))}
    assert kinds(desk.hears(says(Intent.WAITLIST, **wish))) == ["Offered"]
    (joined,) = desk.hears(says(Intent.CORRECT, when=When(time=ClockTime(9))))
    assert isinstance(joined, Waitlisted)


def test_who_takes_a_free_table_instead_is_asked_for_the_name_and_books_it() -> None:
    desk = Desk()
    desk.hears(says(Intent.WAITLIST, when=FRIDAY_NINE, party=FOUR))
    assert kinds(desk.hears(YES)) == ["Ask"]
    assert isinstance(desk.hears(says(name="Laura"))[0], Booked)
    assert not desk.did(JoinWaitlist)


def test_nobody_waits_for_a_day_on_which_the_house_is_closed() -> None:
    desk = full_house(closed_to=RefusalCode.CLOSED)
    (nothing,) = desk.hears(says(Intent.WAITLIST, **WISH))
    assert isinstance(nothing, NothingFree)
    assert nothing.code is RefusalCode.CLOSED
    assert not desk.did(JoinWaitlist)


def test_a_booking_wished_for_another_day_ends_the_waiting() -> None:
    desk = full_house()
    desk.hears(says(Intent.WAITLIST, when=FRIDAY_NINE, party=FOUR))
    desk.closed_to = None
    acts = desk.hears(says(Intent.BOOK, when=When(Weekday(4))))
    assert kinds(acts) == ["Offered"]
    assert desk.state.task is Task.BOOK


def test_who_is_on_the_list_already_hears_so() -> None:
    desk = full_house(scripted=[])
    desk.hears(says(Intent.BOOK, **WISH))
    desk.scripted = [desk._search(desk.asked(Search)), WaitlistJoined(FRIDAY, 4, 1200, 1320, True)]
    (joined,) = desk.hears(YES)
    assert isinstance(joined, Waitlisted)
    assert joined.already


# --- leaving, looking ----------------------------------------------------------------------------


def test_who_leaves_the_list_hears_which_days() -> None:
    waiting = (WaitlistJoined(FRIDAY, 4, 1200, 1320),)
    desk = Desk(waiting=waiting)
    assert desk.hears(says(Intent.WAITLIST, Intent.CANCEL)) == (WaitlistOver(FRIDAY),)
    assert desk.asked(LeaveWaitlist).entry is None


def test_one_of_two_days_can_be_left() -> None:
    sunday = date(2026, 11, 22)
    waiting = (WaitlistJoined(sunday, 2, 1200, 1320), WaitlistJoined(FRIDAY, 4, 1200, 1320))
    desk = Desk(waiting=waiting)
    acts = desk.hears(says(Intent.WAITLIST, Intent.CANCEL, when=When(DaysAhead(1))))
    assert acts == (WaitlistOver(sunday),)


def test_who_is_on_no_list_hears_that() -> None:
    assert Desk().hears(says(Intent.WAITLIST, Intent.CANCEL)) == (NotWaiting(),)


def test_what_is_waited_for_is_shown_beside_the_bookings() -> None:
    waiting = (WaitlistJoined(FRIDAY, 4, 1200, 1320),)
    shown = OnWaitlist(FRIDAY, 4, 1200, 1320)
    desk = Desk(bookings=(booking(),), waiting=waiting)
    assert desk.hears(says(Intent.CHECK_BOOKING)) == (ShowBookings((booking(),)), shown)
    desk = Desk(waiting=waiting)
    assert desk.hears(says(Intent.CHECK_BOOKING)) == (shown,)
    assert desk.state.expecting is Expecting.NOTHING


def test_am_i_on_the_list_is_answered() -> None:
    desk = Desk(waiting=(WaitlistJoined(FRIDAY, 4, 1200, 1320),))
    acts = desk.hears(says(Intent.WAITLIST, Intent.CHECK_BOOKING))
    assert kinds(acts) == ["OnWaitlist"]
    assert desk.did(FindBookings)
    assert not desk.did(JoinWaitlist)
