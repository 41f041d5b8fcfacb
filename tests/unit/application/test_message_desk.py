"""What the house writes of its own accord: when, by which way, how often, and when not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.message_desk import MAX_TRIES
from application.ports.conflicts import Conflict, ConflictKind
from application.ports.messages import MessageKind, MessageState
from application.ports.messenger import MessengerUnavailable, Undeliverable
from application.ports.notices import Notice, NoticeKind
from application.ports.posts import Author
from application.reservations import StaffChange
from domain.booking import Booking, BookingStatus, shown_code
from domain.dialogue import Reminded
from domain.errors import BookingNotFound
from domain.guest import Guest
from domain.venue import FollowUpPolicy, NoAnswer
from infrastructure.memory import MemoryLedger
from tests.fakes.clock import StillClock
from tests.support.aftercare import ANA, BEA, Aftercare, Way, house, reminder_key

MONDAY = datetime(2026, 11, 23, 11, tzinfo=UTC)
NINE = datetime(2026, 11, 27, 20, tzinfo=UTC)  # Friday, 21:00 in Madrid
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Street:
    """A house with its desks, an e-mail way and a clock to move."""

    follow_up: FollowUpPolicy = field(default_factory=FollowUpPolicy)
    own: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = StillClock(MONDAY)
        self.email = Way()
        self.aftercare = Aftercare(
            MemoryLedger(),
            self.clock,
            venue=house(follow_up=self.follow_up),
            ways=[self.email],
            **self.own,
        )

    async def at(self, when: datetime) -> None:
        self.clock.move((when - self.clock.at).total_seconds())
        await self.aftercare.work()

    async def texts(self, guest: Guest = ANA) -> list[str]:
        return [post.text for post in await self.aftercare.posts(guest)]


@dataclass
class Listed:
    """Conflicts as they are reported."""

    conflicts: list[Conflict] = field(default_factory=list)

    async def report(self, *, conflict: Conflict) -> bool:
        self.conflicts.append(conflict)
        return True

    async def resolve(self, *, id: str, now: datetime) -> bool:
        return False

    async def open_ones(self, *, venue: str, code: str | None = None) -> Sequence[Conflict]:
        return self.conflicts


@dataclass
class Noted:
    """Notices that the store's keeper has left."""

    notices: list[Notice] = field(default_factory=list)

    async def fresh(self, *, since: datetime, after: int, limit: int) -> Sequence[Notice]:
        return [notice for notice in self.notices if notice.id > after][:limit]

    async def untold(self, *, venue: str, user_id: str, phone: str) -> Sequence[Notice]:
        return self.notices

    async def told(self, *, ids: object, now: datetime) -> None: ...

    async def add(self, *, notice: Notice, now: datetime) -> None: ...


# --- when ----------------------------------------------------------------------------------------


async def test_a_booking_is_confirmed_in_writing_at_once_and_only_outside_the_conversation() -> (
    None
):
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.at(MONDAY + MINUTE)
    [letter] = street.email.letters
    assert (letter.kind, letter.code, letter.asks) == ("confirmation", booking.code, False)
    assert shown_code(booking.code) in letter.text
    assert letter.link.endswith(booking.code)
    assert booking.id.encode() in letter.calendar
    assert await street.texts() == []


async def test_it_is_reminded_of_a_day_and_two_hours_before_and_asked_once() -> None:
    street = Street()
    await street.aftercare.book(NINE)
    for at in (MONDAY, NINE - DAY - MINUTE, NINE - DAY, NINE - 3 * HOUR, NINE - 2 * HOUR, NINE):
        await street.at(at)
        await street.aftercare.work()
    assert street.email.kinds == ["confirmation", "reminder", "reminder"]
    assert [letter.asks for letter in street.email.letters[1:]] == [True, False]
    assert len(await street.texts()) == 2


async def test_a_booking_far_ahead_is_confirmed_at_once_too() -> None:
    street = Street()
    await street.aftercare.book(NINE + timedelta(days=28))
    await street.aftercare.work()
    assert street.email.kinds == ["confirmation"]


async def test_a_house_that_writes_nothing_writes_nothing_and_is_not_asked_again() -> None:
    street = Street(FollowUpPolicy(confirmation=False, reminders=()))
    await street.aftercare.book(NINE)
    assert await street.aftercare.messages.plan() == 1
    assert await street.aftercare.messages.plan() == 0
    await street.at(NINE - HOUR)
    assert street.email.letters == []


async def test_a_booking_that_was_made_long_before_this_program_ran_is_not_confirmed() -> None:
    street = Street()
    await street.aftercare.book(NINE)
    await street.at(MONDAY + 2 * DAY)
    await street.at(NINE - DAY)
    assert street.email.kinds == ["reminder"]


async def test_a_moved_booking_is_confirmed_anew_and_reminded_of_at_its_new_time_alone() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.at(MONDAY + 2 * DAY)
    moved = await street.aftercare.reservations.change_for_staff(
        booking.code, StaffChange(start=NINE + DAY)
    )
    for hours in range(24 * 4):
        await street.at(MONDAY + 2 * DAY + hours * HOUR)
    assert street.email.kinds == ["confirmation", "confirmation", "reminder", "reminder"]
    second = street.email.letters[1]
    assert b"SEQUENCE:1" in second.calendar
    assert moved.start == NINE + DAY


async def test_there_and_back_again_is_a_new_booking_to_its_guest() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    for start in (NINE + DAY, NINE):
        await street.aftercare.reservations.change_for_staff(booking.code, StaffChange(start=start))
        await street.aftercare.work()
    await street.at(NINE - DAY)
    assert street.email.kinds == ["confirmation"] * 3 + ["reminder"]


async def test_nothing_is_sent_of_a_booking_that_was_cancelled() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.aftercare.cancel(booking)
    await street.at(NINE - DAY)
    await street.at(NINE - 2 * HOUR)
    assert street.email.kinds == ["confirmation"]
    assert await street.texts() == []
    reminder = await street.aftercare.message(reminder_key(booking, DAY))
    assert reminder.state is MessageState.VOID


async def test_a_reminder_is_worded_from_the_booking_as_it_stands() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.aftercare.reservations.change_for_staff(
        booking.code, StaffChange(name="Lola Paz", email="lola@example.org")
    )
    await street.at(NINE - DAY)
    assert street.email.letters[-1].guest.email == "lola@example.org"
    assert "Lola" in street.email.letters[-1].text


async def test_after_a_long_night_of_ours_nobody_is_reminded_twice() -> None:
    """The process was away when both reminders fell due: the first is overtaken by the second."""
    street = Street()
    await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.at(NINE - 100 * MINUTE)
    assert street.email.kinds == ["confirmation", "reminder"]
    assert not street.email.letters[-1].asks


async def test_a_reminder_that_nobody_could_send_in_time_is_not_sent_at_all() -> None:
    street = Street()
    await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.at(NINE - 59 * MINUTE)
    assert street.email.kinds == ["confirmation"]


async def test_nobody_is_woken_for_a_reminder_that_is_late() -> None:
    late = NINE + 2 * HOUR  # 23:00: its reminder is due at 21:59 the day before, ahead of the quiet
    street = Street()
    await street.aftercare.book(late)
    await street.aftercare.work()
    await street.at(late - DAY)
    await street.at(late - DAY + 3 * HOUR)
    assert street.email.kinds == ["confirmation"]
    await street.at(datetime(2026, 11, 27, 8, 0, tzinfo=UTC))  # 09:00 of the day itself
    assert street.email.kinds == ["confirmation", "reminder"]


# --- by which way --------------------------------------------------------------------------------


async def test_a_way_that_does_not_answer_is_tried_again_later_and_the_others_are_not() -> None:
    street = Street()
    await street.aftercare.book(NINE)
    await street.aftercare.work()
    street.email.fails = MessengerUnavailable("away")
    await street.at(NINE - DAY)
    assert len(await street.texts()) == 1
    street.email.fails = None
    await street.aftercare.work()
    assert street.email.kinds == ["confirmation"]
    await street.at(NINE - DAY + MINUTE)
    assert street.email.kinds == ["confirmation", "reminder"]
    assert len(await street.texts()) == 1


async def test_the_letter_that_is_tried_again_has_the_key_of_the_first_try() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    street.email.fails = MessengerUnavailable("away")
    await street.at(NINE - DAY)
    street.email.fails = None
    await street.at(NINE - DAY + MINUTE)
    assert street.email.letters[-1].key == reminder_key(booking, DAY)
    assert street.email.letters[-1].asks


async def test_a_reminder_can_be_answered_while_its_e_mail_is_still_waiting() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    street.email.fails = MessengerUnavailable("away")
    await street.at(NINE - DAY)
    prompt = await street.aftercare.messages.prompt_for(
        venue=street.aftercare.venue, user_id="ana", phone=""
    )
    assert isinstance(prompt, Reminded)
    assert prompt.booking.code == booking.code


async def test_the_waits_grow_and_end_where_the_message_would_come_too_late() -> None:
    street = Street()
    guest = replace(ANA, user_id="")
    booking = await street.aftercare.book(NINE, guest=guest, channel="staff")
    street.email.fails = MessengerUnavailable("away")
    await street.aftercare.messages.plan()
    tries: list[int] = []
    for minute in range(8 * 60):
        await street.at(NINE - 2 * HOUR + minute * MINUTE)
        message = await street.aftercare.message(reminder_key(booking, 2 * HOUR))
        if message.tries > len(tries):
            tries.append(minute)
        if message.state is not MessageState.PLANNED:
            break
    assert tries == [0, 1, 6]
    assert (minute, message.state) == (21, MessageState.FAILED)
    failed = await street.aftercare.messages.undelivered(street.aftercare.venue.id)
    assert message.key in {each.key for each in failed}


async def test_an_address_that_takes_nothing_is_listed_for_staff_at_once() -> None:
    street = Street()
    await street.aftercare.book(NINE)
    street.email.fails = Undeliverable("no such person")
    await street.aftercare.work()
    [failed] = await street.aftercare.messages.undelivered(street.aftercare.venue.id)
    assert (failed.kind, failed.tries) == (MessageKind.CONFIRMATION, 0)


async def test_a_message_is_given_up_after_a_day_of_tries() -> None:
    street = Street()
    await street.aftercare.book(NINE + 14 * DAY)
    street.email.fails = MessengerUnavailable("away")
    for hours in range(2 * 24):
        await street.at(MONDAY + hours * HOUR)
    [failed] = await street.aftercare.messages.undelivered(street.aftercare.venue.id)
    assert failed.tries == MAX_TRIES - 1


async def test_whoever_can_only_be_telephoned_is_left_in_peace() -> None:
    street = Street()
    guest = Guest("", "Rosa", "+34600000009", "", "es")
    await street.aftercare.book(NINE, guest=guest, channel="staff")
    await street.at(NINE - DAY)
    await street.at(NINE - 2 * HOUR)
    assert await street.aftercare.messages.undelivered(street.aftercare.venue.id) == []


async def test_only_the_process_that_is_the_sender_sends() -> None:
    mine = False

    async def is_sender() -> bool:
        return mine

    street = Street(own={"is_sender": is_sender})
    await street.aftercare.book(NINE)
    await street.aftercare.work()
    assert await street.aftercare.messages.due() == ()
    assert street.email.letters == []
    mine = True
    await street.aftercare.work()
    assert street.email.kinds == ["confirmation"]


# --- answers -------------------------------------------------------------------------------------


async def asked(street: Street) -> Booking:
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.at(NINE - DAY)
    return booking


async def test_what_was_answered_is_asked_no_more() -> None:
    street = Street()
    booking = await asked(street)
    desk, venue = street.aftercare.messages, street.aftercare.venue
    prompt = await desk.prompt_for(venue=venue, user_id="ana", phone="")
    assert prompt == Reminded(reminder_key(booking, DAY), booking, NINE - DAY)
    assert await desk.prompt_for(venue=venue, user_id="bea", phone="") is None
    assert await desk.prompt_for(venue=venue, user_id="", phone=ANA.phone) == prompt
    assert prompt is not None
    await desk.answered(prompt.key)
    assert await desk.prompt_for(venue=venue, user_id="ana", phone="") is None


async def test_a_reminder_of_a_booking_that_is_off_asks_nothing_and_hides_no_other() -> None:
    street = Street()
    first = await asked(street)
    second = await street.aftercare.book(NINE + 2 * HOUR)
    await street.at(NINE - DAY + 50 * MINUTE)
    await street.at(NINE - DAY + 59 * MINUTE)
    await street.aftercare.cancel(second)
    prompt = await street.aftercare.messages.prompt_for(
        venue=street.aftercare.venue, user_id="ana", phone=""
    )
    assert isinstance(prompt, Reminded)
    assert prompt.booking.code == first.code


async def test_a_reminder_asks_until_its_booking_starts() -> None:
    street = Street()
    await asked(street)
    street.clock.move(DAY.total_seconds())
    prompt = await street.aftercare.messages.prompt_for(
        venue=street.aftercare.venue, user_id="ana", phone=""
    )
    assert prompt is None


# --- no answer -----------------------------------------------------------------------------------

CANCELS = FollowUpPolicy(no_answer=NoAnswer.CANCEL)
TELLS = FollowUpPolicy(no_answer=NoAnswer.TELL_STAFF)


async def status(street: Street, booking: Booking) -> BookingStatus:
    return (await street.aftercare.reservations.get(booking.code)).status


async def test_a_house_that_cancels_cancels_four_hours_before_and_tells_the_guest() -> None:
    street = Street(CANCELS)
    booking = await asked(street)
    await street.at(NINE - 4 * HOUR - MINUTE)
    assert await status(street, booking) is BookingStatus.CONFIRMED
    await street.at(NINE - 4 * HOUR)
    await street.aftercare.work()
    assert await status(street, booking) is BookingStatus.CANCELLED
    assert street.email.kinds == ["confirmation", "reminder", "news"]
    assert b"STATUS:CANCELLED" in street.email.letters[-1].calendar
    assert len(await street.texts()) == 2
    trail = await street.aftercare.ledger.bookings.audit(code=booking.code)
    assert trail[-1].actor == "engine"
    await street.at(NINE - 2 * HOUR)
    assert len(street.email.letters) == 3


async def test_whoever_has_answered_keeps_the_table() -> None:
    street = Street(CANCELS)
    booking = await asked(street)
    await street.aftercare.messages.answered(reminder_key(booking, DAY))
    await street.at(NINE - 4 * HOUR)
    assert await status(street, booking) is BookingStatus.CONFIRMED


async def test_whoever_was_never_asked_keeps_the_table() -> None:
    street = Street(CANCELS)
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.at(NINE - 4 * HOUR)  # the process was away since
    assert street.email.kinds == ["confirmation", "reminder"]
    assert await status(street, booking) is BookingStatus.CONFIRMED


async def test_whoever_was_asked_late_has_an_hour_to_answer() -> None:
    street = Street(CANCELS)
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.at(NINE - 4 * HOUR - 20 * MINUTE)
    await street.at(NINE - 4 * HOUR)
    assert await status(street, booking) is BookingStatus.CONFIRMED
    await street.at(NINE - 3 * HOUR - 20 * MINUTE)
    assert await status(street, booking) is BookingStatus.CANCELLED


async def test_nobody_loses_a_table_for_words_on_a_page_alone() -> None:
    listed = Listed()
    street = Street(CANCELS, own={"conflicts": listed})
    booking = await street.aftercare.book(NINE, guest=replace(ANA, email=""))
    await street.aftercare.work()
    await street.at(NINE - DAY)
    await street.at(NINE - 4 * HOUR)
    assert await status(street, booking) is BookingStatus.CONFIRMED
    assert [each.kind for each in listed.conflicts] == [ConflictKind.UNANSWERED]


async def test_a_letter_that_cannot_be_answered_asks_for_nothing_and_costs_nobody_a_table() -> None:
    listed = Listed()
    street = Street(CANCELS, own={"conflicts": listed})
    street.email.can_be_answered = False
    street.aftercare.__post_init__()
    booking = await asked(street)
    letter = street.email.letters[-1]
    assert not letter.asks
    assert "SÍ" not in letter.text
    assert letter.link in letter.text
    [post] = await street.aftercare.posts()
    assert "SÍ" in post.text
    await street.at(NINE - 4 * HOUR)
    assert await status(street, booking) is BookingStatus.CONFIRMED
    [conflict] = listed.conflicts
    assert "17:00" not in conflict.draft


async def test_a_house_that_wants_to_know_is_told_with_a_draft() -> None:
    listed = Listed()
    street = Street(TELLS, own={"conflicts": listed})
    booking = await asked(street)
    await street.at(NINE - 4 * HOUR)
    [conflict] = listed.conflicts
    assert (conflict.kind, conflict.code) == (ConflictKind.UNANSWERED, booking.code)
    assert shown_code(booking.code) in conflict.detail
    assert "Ana" in conflict.draft
    assert await status(street, booking) is BookingStatus.CONFIRMED


async def test_a_house_that_died_right_after_cancelling_still_tells_the_guest() -> None:
    street = Street(CANCELS)
    booking = await asked(street)
    plan = street.aftercare.ledger.messages.plan
    dying: Any = street.aftercare.ledger.messages

    async def die(*, messages: object) -> int:
        raise RuntimeError("the process died here")

    street.clock.move((NINE - 4 * HOUR - street.clock.at).total_seconds())
    [key] = await street.aftercare.messages.due()
    dying.plan = die
    with pytest.raises(RuntimeError):
        await street.aftercare.messages.deliver(key)
    assert await status(street, booking) is BookingStatus.CANCELLED
    dying.plan = plan
    await street.aftercare.work()
    await street.aftercare.work()
    assert street.email.kinds[-1] == "news"


# --- news ----------------------------------------------------------------------------------------


async def test_what_staff_did_to_a_booking_is_written_once_and_told_in_the_conversation_later() -> (
    None
):
    noted = Noted()
    street = Street(own={"notices": noted})
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    cancelled = await street.aftercare.cancel(booking)
    noted.notices.append(Notice(NoticeKind.CANCELLED, cancelled, id=1))
    for _ in range(3):
        await street.aftercare.work()
    assert street.email.kinds == ["confirmation", "news"]
    assert await street.texts() == []


async def test_a_guest_whom_staff_moved_gets_one_letter_about_it() -> None:
    noted = Noted()
    street = Street(own={"notices": noted})
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    moved = await street.aftercare.reservations.change_for_staff(
        booking.code, StaffChange(start=NINE - HOUR)
    )
    noted.notices.append(Notice(NoticeKind.MOVED, moved, before=booking, id=1))
    for _ in range(3):
        await street.aftercare.work()
    assert street.email.kinds == ["confirmation", "news"]
    assert "20:00" in street.email.letters[-1].text
    await street.at(NINE - HOUR - DAY)
    assert street.email.kinds[-1] == "reminder"


async def test_news_that_are_true_no_more_are_not_written() -> None:
    noted = Noted()
    street = Street(own={"notices": noted})
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    noted.notices.append(Notice(NoticeKind.CANCELLED, booking, id=1))  # and back again since
    await street.aftercare.work()
    assert street.email.kinds == ["confirmation"]


# --- staff ---------------------------------------------------------------------------------------


async def test_staffs_words_stand_in_the_thread_at_once_and_go_out_by_the_other_ways() -> None:
    street = Street()
    await street.aftercare.book(NINE)
    await street.aftercare.work()
    desk, venue = street.aftercare.messages, street.aftercare.venue.id

    async def say(text: str) -> int:
        post = await desk.say(
            conversation_id="c1",
            venue=venue,
            user_id="ana",
            channel="chat",
            text=text,
            key="staff:c1:k1",
        )
        return post.id

    assert await say("Ahora le miro.") == await say("Ahora le miro.")
    [post] = await street.aftercare.posts()
    assert (post.author, post.conversation_id) == (Author.STAFF, "c1")
    await street.aftercare.work()
    await street.aftercare.work()
    assert street.email.letters[-1].text == "Ahora le miro."
    assert len(await street.aftercare.posts()) == 1


async def test_an_approved_draft_goes_to_the_guest_of_the_booking_once() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    desk, venue = street.aftercare.messages, street.aftercare.venue
    for _ in range(2):
        planned = await desk.send_draft(
            venue=venue, code=booking.code, text="Le hemos cambiado la mesa.", key="k1"
        )
        assert planned.text == "Le hemos cambiado la mesa."
        await street.aftercare.work()
    assert [letter.text for letter in street.email.letters[1:]] == ["Le hemos cambiado la mesa."]
    assert shown_code(booking.code) in street.email.letters[-1].subject
    assert [post.author for post in await street.aftercare.posts()] == [Author.STAFF]
    with pytest.raises(BookingNotFound):
        await desk.send_draft(venue=venue, code=BEA.user_id, text="x", key="k2")  # type: ignore[arg-type]


async def test_after_an_approved_draft_a_no_is_no_answer_to_the_reminder_before_it() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE)
    await street.aftercare.work()
    await street.at(NINE - DAY)
    desk, venue = street.aftercare.messages, street.aftercare.venue
    assert await desk.prompt_for(venue=venue, user_id="ana", phone="") is not None
    await desk.send_draft(venue=venue, code=booking.code, text="¿Le va bien el bar?", key="k1")
    assert await desk.prompt_for(venue=venue, user_id="ana", phone="") is None


async def test_staffs_words_that_reach_nobody_are_listed() -> None:
    street = Street()
    booking = await street.aftercare.book(NINE, guest=Guest("", "Rosa", "+34600000009"))
    desk = street.aftercare.messages
    await desk.send_draft(venue=street.aftercare.venue, code=booking.code, text="Hola", key="k")
    await street.aftercare.work()
    [failed] = await desk.undelivered(street.aftercare.venue.id)
    assert (failed.kind, failed.text) == (MessageKind.STAFF, "Hola")
