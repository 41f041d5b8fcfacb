"""The dialogue's rules, with understanding given and the floor played by `Desk`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.acts import (
    Ask,
    AskCancel,
    AskHowMany,
    AskLast4,
    AskNewTime,
    AskWhichBooking,
    AskWhichDay,
    AskWhichService,
    AskWhichTime,
    Booked,
    Cancelled,
    CannotDo,
    ChooseOffer,
    Detail,
    Dropped,
    Escalated,
    Farewell,
    Help,
    Hindrance,
    HouseSays,
    KeepCalm,
    Kept,
    LargeParty,
    Moved,
    NoBookings,
    NoneChosen,
    NoSuchDay,
    Noted,
    NotUnderstood,
    NotVerified,
    Offered,
    OutOfScope,
    SayAgain,
    ShowBookings,
    Sympathy,
    Updated,
    WelcomeBack,
)
from domain.availability import RefusalCode
from domain.booking import BookingCode
from domain.dialogue import (
    BookingsFound,
    BookOffer,
    CancelBooking,
    EditBooking,
    Expecting,
    FindBookings,
    Hindered,
    KeepOffer,
    MoveBooking,
    OfferLost,
    Search,
    missing_details,
)
from domain.understanding import ByComparison, ByOrder, Intent, Party, Relative
from domain.venue import ConfirmMode, HouseAnswer, Policy, WaitlistPolicy
from domain.when import (
    AnyTime,
    CalendarDay,
    ClockTime,
    DayPart,
    DaysAhead,
    PartOfDay,
    TimeSpan,
    Weekday,
    When,
)
from tests.unit.domain.dialogue.desk import NOW, Desk, booking, says
from tests.unit.domain.houses import clinic, restaurant

FRIDAY = When(Weekday(5))
NINE = When(time=ClockTime(9))
FRIDAY_NINE = When(Weekday(5), ClockTime(9))
TWO, FOUR = Party(2, 2), Party(4, 4)
WHOLE_WISH: dict[str, Any] = {"when": FRIDAY_NINE, "party": FOUR, "name": "Laura Gil"}
YES, NO = says(Intent.AFFIRM), says(Intent.DENY)


def kinds(acts: tuple[object, ...]) -> list[str]:
    return [type(act).__name__ for act in acts]


def only(acts: tuple[object, ...], kind: type[Any]) -> Any:
    found = [act for act in acts if isinstance(act, kind)]
    assert len(found) == 1, kinds(acts)
    return found[0]


# --- booking -----------------------------------------------------------------------------------


def test_a_whole_wish_leads_to_one_offer_and_a_yes_books_it() -> None:
    desk = Desk()
    offered = only(desk.hears(says(Intent.BOOK, **WHOLE_WISH)), Offered)
    assert offered.refusal is None
    assert len(offered.offers) == 1
    assert not desk.did(BookOffer)
    booked = only(desk.hears(YES), Booked)
    assert booked.booking.guest.name == "Laura Gil"
    assert booked.booking.party_size.covers == 4


def test_details_come_in_any_order_and_only_what_is_missing_is_asked() -> None:
    desk = Desk()
    assert only(desk.hears(says(Intent.BOOK)), Ask).detail is Detail.PARTY_SIZE
    assert only(desk.hears(says(party=FOUR)), Ask).detail is Detail.DATE
    assert only(desk.hears(says(when=NINE)), Ask).detail is Detail.DATE
    assert only(desk.hears(says(when=FRIDAY)), Offered)
    assert only(desk.hears(YES), Ask).detail is Detail.NAME
    assert only(desk.hears(says(name="Laura")), Booked)


def test_what_is_asked_for_beside_the_yes_is_said_back_and_booked() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    acts = desk.hears(says(Intent.AFFIRM, requests=("una trona",)))
    assert kinds(acts) == ["Noted", "Booked"]
    assert only(acts[:1], Noted) == Noted(requests=("una trona",))
    assert only(acts[1:], Booked).booking.notes == "una trona"


def test_an_accepted_offer_is_kept_while_the_name_is_asked() -> None:
    desk = Desk(full={21 * 60})
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    acts = desk.hears(says(choice=ByOrder(2)))
    assert desk.asked(KeepOffer).offer.id == "2"
    assert only(acts, Ask).detail is Detail.NAME
    assert missing_details(desk.state, desk.venue) == (Detail.NAME,)


def test_a_house_with_implicit_consent_books_an_exact_wish_at_once() -> None:
    desk = Desk(venue=restaurant(policy=Policy(confirm=ConfirmMode.IMPLICIT)))
    assert only(desk.hears(says(Intent.BOOK, **WHOLE_WISH)), Booked)


def test_implicit_consent_never_covers_an_alternative() -> None:
    desk = Desk(venue=restaurant(policy=Policy(confirm=ConfirmMode.IMPLICIT)), full={21 * 60})
    assert only(desk.hears(says(Intent.BOOK, **WHOLE_WISH)), Offered)
    assert not desk.did(BookOffer)


def test_a_second_yes_books_nothing_more() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    desk.hears(YES)
    desk.actions.clear()
    assert only(desk.hears(YES), Help)
    assert desk.actions == []


def test_a_clinic_asks_for_the_service_and_never_for_the_party() -> None:
    desk = Desk(venue=clinic())
    assert only(desk.hears(says(Intent.BOOK, when=FRIDAY)), AskWhichService)
    acts = desk.hears(says(service="extraction"))
    assert only(acts, Ask).detail is Detail.TIME
    desk.hears(says(when=When(time=ClockTime(10))))
    assert desk.asked(Search).wishes[0].covers == 1


def test_somebody_in_pain_is_met_with_sympathy_and_an_examination() -> None:
    desk = Desk(venue=clinic())
    acts = desk.hears(says(Intent.SYMPTOM))
    assert kinds(acts) == ["Sympathy", "Ask"]
    assert only(acts, Sympathy)
    assert desk.state.details.service == "check-up"


def test_a_party_too_large_goes_to_staff() -> None:
    desk = Desk()
    large = only(desk.hears(says(Intent.BOOK, party=Party(20, 20))), LargeParty)
    assert (large.covers, large.limit) == (20, 12)
    assert desk.state.escalated


def test_an_open_number_of_people_is_asked() -> None:
    desk = Desk()
    asked = only(desk.hears(says(Intent.BOOK, party=Party(8, 9), when=FRIDAY_NINE)), AskHowMany)
    assert (asked.low, asked.high) == (8, 9)
    assert only(desk.hears(says(party=Party(9, 9))), Offered)


# --- corrections ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("correction", "covers", "minute"),
    [
        (says(Intent.CORRECT, when=When(time=ClockTime(10))), 4, 22 * 60),
        (says(Intent.CORRECT, party=Party(5, 5)), 5, 21 * 60),
        (says(Intent.CORRECT, Intent.AFFIRM, when=When(time=ClockTime(10))), 4, 22 * 60),
    ],
)
def test_a_correction_of_an_offer_searches_again(correction: Any, covers: int, minute: int) -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    acts = desk.hears(correction)
    wish = desk.asked(Search).wishes[0]
    assert (wish.covers, wish.target) == (covers, minute)
    assert only(acts, Offered)
    assert desk.released == ["held"]
    assert not desk.did(BookOffer)


def test_a_correction_right_after_the_booking_moves_it() -> None:
    made = booking("NEW222NEW")
    desk = Desk(bookings=(made,))
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    desk.hears(YES)
    desk.hears(says(Intent.CORRECT, when=When(time=ClockTime(10))))
    assert desk.asked(Search).moving == made
    assert only(desk.hears(YES), Moved)


def test_a_remark_after_the_booking_is_added_to_it() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    desk.hears(YES)
    acts = desk.hears(says(requests=("una es celíaca",)))
    assert desk.asked(EditBooking).notes == "una es celíaca"
    assert only(acts, Updated)


@pytest.mark.parametrize(
    ("correction", "covers", "minute"),
    [
        (says(Intent.CORRECT, when=When(time=ClockTime(10))), 4, 22 * 60),
        (says(Intent.CORRECT, party=Party(5, 5), name="somos"), 5, 21 * 60),
    ],
)
def test_a_correction_while_the_name_is_asked_takes_the_yes_back(
    correction: Any, covers: int, minute: int
) -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    assert only(desk.hears(YES), Ask).detail is Detail.NAME
    assert only(desk.hears(correction), Offered)
    wish = desk.asked(Search).wishes[0]
    assert (wish.covers, wish.target) == (covers, minute)
    assert not desk.did(BookOffer)


# --- choosing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        (says(choice=ByOrder(2)), "2"),
        (says(choice=ByOrder(-1)), "3"),
        (says(choice=ByComparison(Relative.LATER)), "3"),
        (says(choice=ByComparison(Relative.EARLIER)), "1"),
        (says(choice=ByComparison(Relative.ANY)), "1"),
        (says(when=When(time=ClockTime(9, 30))), "2"),
        (says(Intent.AFFIRM, when=When(time=ClockTime(21, 30, twenty_four=True))), "2"),
    ],
)
def test_an_offer_is_chosen_by_order_comparison_or_time(answer: Any, chosen: str) -> None:
    desk = Desk(full={21 * 60})
    offered = only(desk.hears(says(Intent.BOOK, **WHOLE_WISH)), Offered)
    assert offered.refusal is RefusalCode.NO_RESOURCE
    assert only(desk.hears(answer), Booked)
    assert desk.asked(BookOffer).offer.id == chosen


def test_a_plain_yes_to_several_offers_asks_which() -> None:
    desk = Desk(full={21 * 60})
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    assert len(only(desk.hears(YES), ChooseOffer).offers) == 3
    assert not desk.did(BookOffer)


def test_refusing_all_offers_asks_what_else_would_suit() -> None:
    policy = Policy(waitlist=WaitlistPolicy(enabled=False))
    desk = Desk(venue=restaurant(policy=policy), full={21 * 60})
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    assert only(desk.hears(NO), NoneChosen)
    assert desk.state.details.covers == 4
    assert only(desk.hears(says(when=When(time=ClockTime(8)))), Offered)


def test_an_offer_lost_meanwhile_leads_to_another_look() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    desk.scripted.append(OfferLost())
    assert only(desk.hears(YES), Offered).taken_meanwhile
    assert desk.state.offers


def test_a_name_given_before_the_choice_is_taken_down_and_the_same_offers_stand() -> None:
    desk = Desk(full={21 * 60})
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    offers = desk.state.offers
    desk.actions.clear()
    assert only(desk.hears(says(name="Ana")), Offered).reminder
    assert (desk.state.offers, desk.actions) == (offers, [])
    assert only(desk.hears(says(choice=ByOrder(1))), Booked).booking.guest.name == "Ana"


PHONE = "+34600111222"


def test_who_signs_an_offer_instead_of_saying_yes_is_noted_and_asked_for_the_yes() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    acts = desk.hears(says(name="Laura Gil", phone=PHONE))
    assert kinds(acts) == ["Noted", "Offered"]
    noted = only(acts, Noted)
    assert (noted.name, noted.phone) == ("Laura Gil", PHONE)
    assert only(acts, Offered).details_taken
    assert not desk.did(BookOffer)
    guest = only(desk.hears(YES), Booked).booking.guest
    assert guest.name == "Laura Gil"


@pytest.mark.parametrize("given", [{"name": "Ana"}, {"phone": PHONE}])
def test_half_of_what_is_missing_is_noted_as_well(given: dict[str, str]) -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    noted = only(desk.hears(says(**given)), Noted)
    assert {"name": noted.name, "phone": noted.phone} == {"name": None, "phone": None, **given}


def test_a_remark_beside_an_offer_is_noted_and_the_offer_repeated_in_full() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    acts = desk.hears(says(requests=("es un cumpleaños",)))
    assert only(acts, Noted).requests == ("es un cumpleaños",)
    assert not only(acts, Offered).details_taken


def test_see_you_on_the_day_that_is_offered_is_no_yes_and_no_farewell() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    acts = desk.hears(says(Intent.GOODBYE, when=FRIDAY))
    assert only(acts, Offered).reminder
    assert not desk.did(BookOffer)
    assert not desk.released
    assert only(desk.hears(YES), Booked)


def test_see_you_on_another_day_is_a_farewell_and_no_wish() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    assert kinds(desk.hears(says(Intent.GOODBYE, when=When(Weekday(4))))) == ["Farewell"]
    assert desk.released == ["held"]


def test_about_nine_is_one_offer_where_nine_is_free() -> None:
    desk = Desk()
    about = When(Weekday(5), ClockTime(9, approximate=True))
    desk.hears(says(Intent.BOOK, when=about, party=FOUR))
    assert desk.asked(Search).exact


def test_a_refusal_of_some_hours_is_not_one_of_the_whole_day() -> None:
    desk = Desk()
    evening = When(Weekday(5), PartOfDay(DayPart.EVENING))
    offered = only(desk.hears(says(Intent.BOOK, when=evening, party=FOUR)), Offered)
    assert offered.some_hours


# --- digressions ---------------------------------------------------------------------------------

PARKING = HouseAnswer("parking", {"es": ("parking",)}, {"es": "Hay parking enfrente."})


def test_a_question_in_between_is_answered_and_the_pending_one_put_again() -> None:
    desk = Desk(venue=restaurant(answers=(PARKING,)))
    desk.hears(says(Intent.BOOK, party=FOUR))
    acts = desk.hears(says(Intent.ENQUIRE, topic="parking"))
    assert kinds(acts) == ["HouseSays", "Ask"]
    assert only(acts, HouseSays).text == "Hay parking enfrente."
    assert only(acts, Ask).detail is Detail.DATE
    assert desk.state.details.covers == 4


def test_a_question_beside_a_wish_is_answered_first() -> None:
    desk = Desk(venue=restaurant(answers=(PARKING,)))
    acts = desk.hears(says(Intent.BOOK, Intent.ENQUIRE, topic="parking", **WHOLE_WISH))
    assert kinds(acts) == ["HouseSays", "Offered"]


def test_any_in_a_question_is_not_a_choice_of_any_offer() -> None:
    desk = Desk(venue=restaurant(answers=(PARKING,)))
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    any_parking = says(Intent.ENQUIRE, topic="parking", choice=ByComparison(Relative.ANY))
    assert only(desk.hears(any_parking), HouseSays)
    assert not desk.did(BookOffer)


def test_offers_stay_on_the_table_through_a_digression() -> None:
    desk = Desk(venue=restaurant(answers=(PARKING,)))
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    acts = desk.hears(says(Intent.ENQUIRE, topic="parking"))
    assert only(acts, Offered).reminder
    assert only(desk.hears(YES), Booked)


# --- days and times in doubt -----------------------------------------------------------------------


SATURDAY_AFTERNOON = NOW.replace(hour=14, minute=42)
"""15:42 in Madrid, on a Saturday."""
SATURDAY, NEXT_SATURDAY = date(2026, 11, 21), date(2026, 11, 28)


@pytest.mark.parametrize(
    "time",
    [
        ClockTime(2),
        ClockTime(13, 30, twenty_four=True),
        ClockTime(3, approximate=True),
        PartOfDay(DayPart.MORNING),
        PartOfDay(DayPart.NOON),
        TimeSpan(ClockTime(1), ClockTime(2)),
    ],
    ids=str,
)
def test_today_s_weekday_with_a_time_that_has_passed_is_the_next_one(time: Any) -> None:
    desk = Desk(now=SATURDAY_AFTERNOON)
    desk.hears(says(Intent.BOOK, when=When(Weekday(6), time), party=TWO))
    assert desk.asked(Search).wishes[0].day == NEXT_SATURDAY


@pytest.mark.parametrize(
    "time", [ClockTime(9), PartOfDay(DayPart.NIGHT), ClockTime(22, 30, twenty_four=True)], ids=str
)
def test_today_s_weekday_with_a_time_to_come_is_asked(time: Any) -> None:
    desk = Desk(now=SATURDAY_AFTERNOON)
    acts = desk.hears(says(Intent.BOOK, when=When(Weekday(6), time), party=TWO))
    assert only(acts, AskWhichDay).options == (SATURDAY, NEXT_SATURDAY)


def test_today_s_weekday_at_an_hour_too_near_to_be_booked_is_the_next_one() -> None:
    desk = Desk(now=NOW.replace(hour=19, minute=40))  # twenty minutes before 21:00
    desk.hears(says(Intent.BOOK, when=When(Weekday(6), ClockTime(9)), party=TWO))
    assert desk.asked(Search).wishes[0].day == NEXT_SATURDAY


def test_a_time_given_later_settles_which_saturday_it_is() -> None:
    desk = Desk(now=SATURDAY_AFTERNOON)
    assert only(desk.hears(says(Intent.BOOK, when=When(Weekday(6)), party=TWO)), AskWhichDay)
    desk.hears(says(when=When(time=ClockTime(2))))
    assert desk.asked(Search).wishes[0].day == NEXT_SATURDAY


def test_a_booking_moves_to_the_next_such_day_where_its_own_time_has_passed_today() -> None:
    late = NOW.replace(hour=22)  # 23:00; the booking is for 21:00
    desk = Desk(now=late, bookings=(booking(),))
    desk.hears(says(Intent.RESCHEDULE))
    desk.hears(says(when=When(Weekday(6))))
    assert desk.asked(Search).wishes[0].day == NEXT_SATURDAY


@pytest.mark.parametrize(
    "answer",
    [
        YES,
        says(Intent.INFORM, Intent.AFFIRM, requests=("una trona",)),
        says(name="Ana"),
        says(preferences=frozenset({"terrace"})),
    ],
    ids=["yes", "yes and more", "a name", "a preference"],
)
def test_an_answer_that_names_no_day_does_not_bring_back_the_day_that_was_corrected(
    answer: Any,
) -> None:
    desk = Desk(now=SATURDAY_AFTERNOON)
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    desk.hears(says(Intent.CORRECT, when=When(Weekday(6)), party=Party(5, 5)))
    desk.actions.clear()
    assert only(desk.hears(answer), AskWhichDay).options == (SATURDAY, NEXT_SATURDAY)
    assert not desk.actions
    desk.hears(says(when=When(CalendarDay(28))))
    wish = desk.asked(Search).wishes[0]
    assert (wish.day, wish.covers, wish.target) == (NEXT_SATURDAY, 5, 1260)


@pytest.mark.parametrize(
    ("which", "day"), [(Relative.EARLIER, SATURDAY), (Relative.LATER, NEXT_SATURDAY)]
)
def test_of_two_days_asked_about_the_earlier_or_the_later_is_chosen(
    which: Relative, day: date
) -> None:
    desk = Desk(now=SATURDAY_AFTERNOON)
    desk.hears(says(Intent.BOOK, when=When(Weekday(6), ClockTime(9)), party=FOUR))
    desk.hears(says(choice=ByComparison(which)))
    assert desk.asked(Search).wishes[0].day == day


def test_an_answer_that_names_no_number_does_not_bring_back_the_party_that_was_corrected() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=FOUR))
    assert only(desk.hears(says(Intent.CORRECT, party=Party(5, 6))), AskHowMany)
    desk.actions.clear()
    assert only(desk.hears(YES), Ask).detail is Detail.PARTY_SIZE
    assert not desk.actions


def test_friday_said_on_a_friday_is_asked() -> None:
    desk = Desk(now=NOW + timedelta(days=6))
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=TWO))
    assert desk.state.day_options == (date(2026, 11, 27), date(2026, 12, 4))
    assert only(desk.hears(says(choice=ByOrder(2))), Offered)
    assert desk.asked(Search).wishes[0].day == date(2026, 12, 4)


def test_the_open_day_is_asked_again_with_the_same_choices() -> None:
    desk = Desk(now=NOW + timedelta(days=6))
    first = only(desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=TWO)), AskWhichDay)
    assert only(desk.hears(YES), AskWhichDay).options == first.options
    assert only(desk.hears(says(name="Ana")), AskWhichDay).options == first.options


def test_moving_to_an_open_day_asks_which_until_it_is_said() -> None:
    desk = Desk(now=NOW + timedelta(days=6), bookings=(booking(days=10),))
    assert only(desk.hears(says(Intent.RESCHEDULE, when=FRIDAY)), AskWhichDay)
    assert only(desk.hears(says(party=FOUR)), AskWhichDay)
    assert only(desk.hears(says(choice=ByOrder(1))), Offered).moving is not None


def test_a_weekday_that_disagrees_with_its_date_is_asked() -> None:
    desk = Desk()
    acts = desk.hears(says(Intent.BOOK, when=When(CalendarDay(28, 11, weekday=5)), party=TWO))
    assert only(acts, AskWhichDay)
    assert not desk.did(Search)


def test_a_day_that_does_not_exist_is_corrected_and_a_yes_takes_the_suggestion() -> None:
    desk = Desk()
    when = When(CalendarDay(31, 11), ClockTime(9))
    wrong = only(desk.hears(says(Intent.BOOK, when=when, party=TWO)), NoSuchDay)
    assert wrong.suggestion is not None
    assert only(desk.hears(YES), Offered)
    assert desk.asked(Search).wishes[0].day == wrong.suggestion


def test_eight_at_a_house_open_at_both_is_asked() -> None:
    desk = Desk(venue=clinic())
    both = desk.venue.services[0].hours
    assert both.by_weekday
    when = When(Weekday(5), ClockTime(8))
    desk.venue = restaurant(services=(_all_day(),))
    acts = desk.hears(says(Intent.BOOK, when=when, party=TWO))
    assert only(acts, AskWhichTime).options == (8 * 60, 20 * 60)
    assert only(desk.hears(says(when=When(time=PartOfDay(DayPart.EVENING)))), Offered)
    assert desk.asked(Search).wishes[0].target == 20 * 60


def _all_day() -> Any:
    from tests.unit.domain.houses import every_day, service

    return service("all-day", every_day((420, 1380)), (12, 90))


# --- moving --------------------------------------------------------------------------------------


def test_moving_keeps_what_was_not_said() -> None:
    desk = Desk(bookings=(booking(),))
    desk.hears(says(Intent.RESCHEDULE, when=When(time=ClockTime(10))))
    search = desk.asked(Search)
    assert search.moving == booking()
    assert (search.wishes[0].day, search.wishes[0].target) == (date(2026, 11, 27), 22 * 60)
    assert search.wishes[0].covers == 2
    assert only(desk.hears(YES), Moved)
    assert desk.asked(MoveBooking).booking == booking()


def test_moving_without_a_new_time_asks_for_it() -> None:
    desk = Desk(bookings=(booking(),))
    assert only(desk.hears(says(Intent.RESCHEDULE)), AskNewTime)
    assert only(desk.hears(says(when=When(DaysAhead(1)))), Offered).moving == booking()


def test_a_no_to_the_new_time_keeps_the_booking() -> None:
    desk = Desk(bookings=(booking(),))
    desk.hears(says(Intent.RESCHEDULE, when=When(time=ClockTime(10))))
    assert only(desk.hears(NO), Kept)
    assert desk.released == ["held"]
    assert not desk.did(MoveBooking)


def test_moving_to_where_it_is_changes_nothing() -> None:
    desk = Desk(bookings=(booking(),))
    acts = desk.hears(says(Intent.RESCHEDULE, when=When(Weekday(5), ClockTime(9))))
    assert only(acts, CannotDo).why is Hindrance.SAME_TIME
    assert desk.released == ["held"]


# --- cancelling ----------------------------------------------------------------------------------


def test_cancelling_asks_once_and_a_yes_does_it() -> None:
    desk = Desk(bookings=(booking(),))
    assert only(desk.hears(says(Intent.CANCEL)), AskCancel)
    assert not desk.did(CancelBooking)
    assert only(desk.hears(YES), Cancelled)


def test_a_no_to_cancelling_keeps_it() -> None:
    desk = Desk(bookings=(booking(),))
    desk.hears(says(Intent.CANCEL))
    assert only(desk.hears(NO), Kept)
    assert not desk.did(CancelBooking)


def test_changing_ones_mind_from_cancelling_to_moving_keeps_the_booking_in_hand() -> None:
    desk = Desk(bookings=(booking(), booking("BBB222CCC", days=7)))
    desk.hears(says(Intent.CANCEL, previous=FRIDAY))
    acts = desk.hears(says(Intent.RESCHEDULE, when=When(time=ClockTime(10))))
    assert only(acts, Offered).moving == booking()


def test_one_of_several_bookings_is_asked_for_and_chosen() -> None:
    two = (booking(), booking("BBB222CCC", days=7))
    desk = Desk(bookings=two)
    assert only(desk.hears(says(Intent.CANCEL)), AskWhichBooking).bookings == two
    assert only(desk.hears(says(choice=ByOrder(2))), AskCancel).booking == two[1]
    only(desk.hears(YES), Cancelled)


def test_a_reference_settles_which_booking() -> None:
    two = (booking(), booking("BBB222CCC", days=7))
    desk = Desk(bookings=two)
    assert only(desk.hears(says(Intent.CANCEL, previous=FRIDAY)), AskCancel).booking == two[0]


def test_cancelling_without_a_booking_asks_for_the_code() -> None:
    desk = Desk()
    assert only(desk.hears(says(Intent.CANCEL)), NoBookings)
    assert desk.state.expecting is Expecting.CODE
    desk.bookings = (booking(),)
    assert only(desk.hears(says(code="AAA222CCC")), AskCancel)


def test_who_has_given_no_code_is_not_told_that_it_is_wrong() -> None:
    desk = Desk()
    desk.hears(says(Intent.CANCEL))
    nonsense = says(Intent.OUT_OF_SCOPE, certain=False)
    assert not only(desk.hears(nonsense)[1:], NoBookings).asked_code
    assert only(desk.hears(says(code="ZZZ222CCC")), NoBookings).asked_code
    assert only(desk.hears(says(Intent.THANKS))[1:], NoBookings).asked_code


def test_cancelling_what_is_only_being_arranged_drops_it() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    acts = desk.hears(says(Intent.CANCEL))
    assert "held" in desk.released
    assert kinds(acts) in (["Dropped"], ["NoBookings"])


def test_two_wishes_in_one_message_are_done_one_after_the_other() -> None:
    desk = Desk(bookings=(booking(),))
    said = says(
        Intent.CANCEL,
        Intent.BOOK,
        previous=FRIDAY,
        when=When(Weekday(7), ClockTime(9)),
        party=TWO,
    )
    assert only(desk.hears(said), AskCancel)
    acts = desk.hears(YES)
    assert kinds(acts) == ["Cancelled", "Offered"]
    assert desk.asked(Search).wishes[0].day == date(2026, 11, 22)
    assert only(desk.hears(YES), Booked)


# --- somebody else's booking -----------------------------------------------------------------------


def test_a_booking_made_elsewhere_needs_its_last_digits_and_three_misses_end_it() -> None:
    desk = Desk()
    desk.scripted.append(BookingsFound((), BookingCode("AAA222CCC")))
    assert only(desk.hears(says(Intent.CANCEL, code="AAA222CCC")), AskLast4)
    assert only(desk.hears(says(last4="0000")), AskLast4).tries == 2
    assert only(desk.hears(says(last4="0001")), AskLast4).tries == 3
    assert only(desk.hears(says(last4="0002")), NotVerified)
    assert not desk.did(CancelBooking)


# --- courtesies, nonsense, people ------------------------------------------------------------------


def test_courtesies_are_returned_and_leave_the_arrangement_alone() -> None:
    desk = Desk()
    assert kinds(desk.hears(says(Intent.GREET))) == ["Greet", "Help"]
    desk.hears(says(Intent.BOOK, party=FOUR))
    assert kinds(desk.hears(says(Intent.THANKS))) == ["Thanked", "Ask"]
    assert desk.state.details.covers == 4


def test_a_no_while_details_are_asked_drops_the_arrangement() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, party=FOUR))
    assert only(desk.hears(NO), Dropped)


def test_a_goodbye_lets_the_hold_go() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    assert only(desk.hears(says(Intent.GOODBYE)), Farewell)
    assert desk.released == ["held"]


def test_a_day_in_a_goodbye_is_no_wish() -> None:
    assert only(Desk().hears(says(Intent.GOODBYE, when=FRIDAY)), Farewell)


def test_nonsense_gets_choices_at_the_second_try_and_a_person_at_the_third() -> None:
    desk = Desk()
    nonsense = says(Intent.OUT_OF_SCOPE, certain=False)
    assert only(desk.hears(nonsense), NotUnderstood).tries == 1
    assert only(desk.hears(nonsense), NotUnderstood).tries == 2
    assert not only(desk.hears(nonsense), Escalated).asked


@pytest.mark.parametrize(
    ("number", "kind"), [(1, "Ask"), (2, "NoBookings"), (3, "Help"), (4, "Escalated")]
)
@pytest.mark.parametrize("as_party", [True, False])
def test_a_number_of_the_menu_is_taken_up(number: int, kind: str, as_party: bool) -> None:
    desk = Desk()
    nonsense = says(Intent.OUT_OF_SCOPE, certain=False)
    desk.hears(nonsense)
    assert kinds(desk.hears(nonsense)) == ["NotUnderstood", "Menu"]
    answer = says(party=Party(number, number)) if as_party else says(choice=ByOrder(number))
    assert kinds(desk.hears(answer)) == [kind]


def test_a_wish_said_all_over_again_is_not_a_yes() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    assert only(desk.hears(says(Intent.BOOK, **WHOLE_WISH)), Offered)
    assert not desk.did(BookOffer)


def test_book_it_is_a_yes_to_a_single_offer() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    assert only(desk.hears(says(Intent.BOOK)), Booked)


def test_progress_ends_the_count_of_failures() -> None:
    desk = Desk()
    nonsense = says(Intent.OUT_OF_SCOPE, certain=False)
    desk.hears(nonsense)
    desk.hears(nonsense)
    desk.hears(says(Intent.BOOK, party=FOUR))
    assert only(desk.hears(nonsense), NotUnderstood).tries == 1


def test_what_is_clearly_not_ours_is_said_to_be_so() -> None:
    assert only(Desk().hears(says(Intent.OUT_OF_SCOPE)), OutOfScope)


def test_insults_are_met_calmly_and_end_with_a_person() -> None:
    desk = Desk()
    insult = says(Intent.OUT_OF_SCOPE, abusive=True)
    assert only(desk.hears(insult), KeepCalm)
    desk.hears(insult)
    assert only(desk.hears(insult), Escalated)


def test_a_person_asked_for_is_fetched_whatever_else_is_going_on() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    assert only(desk.hears(says(Intent.HANDOFF)), Escalated).asked


def test_the_last_reply_is_said_again_on_request() -> None:
    assert only(Desk().hears(says(Intent.REPEAT)), SayAgain).text == "the last reply"


def test_what_is_said_again_ended_with_the_question_that_is_open() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE))
    assert kinds(desk.hears(says(Intent.REPEAT))) == ["SayAgain"]


def test_a_greeting_days_later_takes_up_what_was_being_arranged() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, party=FOUR))
    desk.now += timedelta(days=2)
    acts = desk.hears(says(Intent.GREET))
    assert kinds(acts) == ["WelcomeBack", "Ask"]
    assert only(acts, WelcomeBack)
    assert desk.state.details.covers == 4


def test_days_later_an_offer_of_a_day_gone_by_is_forgotten() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    desk.now += timedelta(days=10)
    desk.actions.clear()
    desk.hears(YES)
    assert not desk.did(BookOffer)


def test_a_ledger_out_of_reach_is_owned_up_to_and_the_offer_stays() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    desk.scripted.append(Hindered(Hindrance.STORE_DOWN))
    assert kinds(desk.hears(YES)) == ["Trouble"]
    assert only(desk.hears(YES), Booked)


def test_any_time_on_a_day_offers_several() -> None:
    desk = Desk()
    acts = desk.hears(says(Intent.BOOK, when=When(Weekday(5), AnyTime()), party=TWO))
    assert len(only(acts, Offered).offers) == 3
    assert not desk.asked(Search).exact


def test_looking_up_ones_bookings_shows_them() -> None:
    desk = Desk(bookings=(booking(),))
    acts = desk.hears(says(Intent.CHECK_BOOKING))
    assert kinds(acts) == ["ShowBookings"]
    assert desk.asked(FindBookings).code == ""


OWN = says(Intent.CHECK_BOOKING)


def test_looking_up_ones_bookings_beside_an_offer_leaves_the_offer_where_it_is() -> None:
    desk = Desk(bookings=(booking(),))
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    acts = desk.hears(OWN)
    assert kinds(acts) == ["ShowBookings", "Offered"]
    assert only(acts, Offered).reminder
    assert not desk.released
    assert only(desk.hears(YES), Booked)


def test_who_has_no_booking_yet_is_told_so_and_asked_for_no_code() -> None:
    desk = Desk()
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    acts = desk.hears(OWN)
    assert only(acts, NoBookings).in_passing
    assert only(acts, Offered).reminder


def test_looking_up_ones_bookings_keeps_what_has_been_said_so_far() -> None:
    desk = Desk(bookings=(booking(),))
    desk.hears(says(Intent.BOOK, party=FOUR))
    acts = desk.hears(OWN)
    assert only(acts, ShowBookings)
    assert only(acts, Ask).detail is Detail.DATE
    assert desk.state.details.covers == 4


def test_looking_up_ones_bookings_does_not_end_a_change_or_a_cancellation() -> None:
    desk = Desk(bookings=(booking(),))
    desk.hears(says(Intent.CANCEL))
    assert kinds(desk.hears(OWN)) == ["ShowBookings", "AskCancel"]
    assert only(desk.hears(YES), Cancelled)
    desk = Desk(bookings=(booking(),))
    desk.hears(says(Intent.RESCHEDULE))
    assert kinds(desk.hears(OWN)) == ["ShowBookings", "AskNewTime"]


def test_only_the_booking_asked_about_is_shown_beside_an_offer() -> None:
    desk = Desk(bookings=(booking(), booking("BBB222CCC", days=7)))
    desk.hears(says(Intent.BOOK, **WHOLE_WISH))
    shown = only(desk.hears(says(Intent.CHECK_BOOKING, previous=When(Weekday(6)))), ShowBookings)
    assert [str(b.code) for b in shown.bookings] == ["BBB222CCC"]


# --- one booking, and a day that may be where it goes ---------------------------------------------


def test_a_day_that_is_not_that_of_the_only_booking_is_where_it_shall_go() -> None:
    desk = Desk(bookings=(booking(days=6),))  # on Friday
    desk.hears(says(Intent.RESCHEDULE, previous=When(Weekday(7), ClockTime(9, part=DayPart.NIGHT))))
    wish = desk.asked(Search).wishes[0]
    assert (wish.day, wish.target) == (date(2026, 11, 22), 1260)


def test_the_new_day_and_a_new_time_go_together() -> None:
    desk = Desk(bookings=(booking(days=6),))
    desk.hears(says(Intent.RESCHEDULE, previous=When(Weekday(7)), when=When(time=ClockTime(22))))
    wish = desk.asked(Search).wishes[0]
    assert (wish.day, wish.target) == (date(2026, 11, 22), 1320)


def test_the_day_of_the_only_booking_says_which_and_not_where_to() -> None:
    desk = Desk(bookings=(booking(days=6),))
    acts = desk.hears(says(Intent.RESCHEDULE, previous=FRIDAY))
    assert [type(act) for act in acts] == [AskNewTime]


def test_of_several_bookings_a_day_that_fits_none_is_asked_about() -> None:
    desk = Desk(bookings=(booking(days=6), booking("BBB222CCC", days=8)))
    acts = desk.hears(says(Intent.RESCHEDULE, previous=When(Weekday(7))))
    assert [type(act) for act in acts] == [AskWhichBooking]


def test_another_day_than_that_of_the_only_booking_cancels_nothing() -> None:
    desk = Desk(bookings=(booking(days=6),))
    acts = desk.hears(says(Intent.CANCEL, previous=When(Weekday(7))))
    assert [type(act) for act in acts] == [AskWhichBooking]


def test_a_question_about_a_day_while_a_table_is_arranged_changes_no_wish() -> None:
    house = restaurant(answers=(HouseAnswer("parking", {}, {"es": "Hay parking."}),))
    desk = Desk(venue=house)
    desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=Party(2, 2)))
    before = desk.state
    acts = desk.hears(says(Intent.ENQUIRE, topic="parking", when=When(Weekday(7))))
    assert isinstance(acts[0], HouseSays)
    assert desk.state.offers == before.offers
    assert desk.state.details == before.details


def test_a_question_that_brings_a_dog_looks_for_another_table_only_where_this_one_is_none() -> None:
    house = restaurant(answers=(HouseAnswer("dogs", {}, {"es": "En la terraza."}),))
    features = {f for r in house.resources if r.id == "T1" for f in (*r.features, r.area)}
    for preference, searches in ((next(iter(features - {""})), 1), ("dogs", 2)):
        desk = Desk(venue=house)
        desk.hears(says(Intent.BOOK, when=FRIDAY_NINE, party=Party(2, 2)))
        asks = says(
            Intent.ENQUIRE, Intent.INFORM, topic="dogs", preferences=frozenset({preference})
        )
        acts = desk.hears(asks)
        assert isinstance(acts[0], HouseSays)
        assert sum(isinstance(action, Search) for action in desk.actions) == searches
