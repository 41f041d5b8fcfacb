"""The house in English."""

# ruff: noqa: ARG001 (every act is worded by a function of voice and act, whether it needs both or not)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from application.ports.aftercare import WAITLIST_OVER
from application.ports.messages import MessageKind
from domain.acts import (
    Act,
    Ask,
    AskCancel,
    AskHowMany,
    AskLast4,
    AskNewTime,
    AskWaitlist,
    AskWhichBooking,
    AskWhichDay,
    AskWhichService,
    AskWhichTime,
    Booked,
    BotIdentity,
    Cancelled,
    CannotDo,
    ChooseOffer,
    Detail,
    Dropped,
    Escalated,
    Expected,
    Farewell,
    Greet,
    Help,
    Hindrance,
    HouseFacts,
    HouseSays,
    KeepCalm,
    Kept,
    LargeParty,
    Menu,
    Moved,
    News,
    NoAnswer,
    NoBookings,
    NoneChosen,
    NoSuchDay,
    NoSuchTime,
    Noted,
    NothingFree,
    NoticeKind,
    NotUnderstood,
    NotVerified,
    NotWaiting,
    NoWaitlist,
    Offer,
    Offered,
    OfferGone,
    OnWaitlist,
    OpeningHours,
    OutOfScope,
    Purpose,
    Received,
    ResourceUnknown,
    SayAgain,
    ShowBookings,
    Smalltalk,
    Sympathy,
    Thanked,
    Trouble,
    Updated,
    Waitlisted,
    WaitlistOver,
    WelcomeBack,
)
from domain.availability import RefusalCode
from domain.booking import Booking, BookingStatus, shown_code
from domain.venue import MINUTES_PER_DAY, ResourceId
from domain.when import DayTrouble
from infrastructure.local.words.voice import (
    MessageWording,
    Start,
    Voice,
    Wording,
    Written,
    capital,
    joined,
    numbered,
    paragraphs,
)


@dataclass(frozen=True, slots=True)
class English(Voice):
    # British order and letters: "Friday 27 November at 9:00 pm".
    locale: ClassVar[str] = "en_GB"
    day_pattern: ClassVar[str] = "EEEE d MMMM"
    year_pattern: ClassVar[str] = "EEEE d MMMM y"
    time_pattern: ClassVar[str] = "h:mm a"
    areas: ClassVar[dict[str, str]] = {
        "terrace": "on the terrace",
        "inside": "inside",
        "garden": "in the garden",
        "bar": "at the bar",
        "patio": "on the patio",
        "window": "by the window",
        "private": "in the private room",
    }

    def near_day(self, day: date) -> str:
        return {0: "today", 1: "tomorrow"}.get((day - self.today).days, "")

    def on_day(self, day: date) -> str:
        """ "on Friday 27 November", "today, Saturday 21 November"."""
        return self.day(day) if self.near_day(day) else f"on {self.day(day)}"

    def moment(self, instant: datetime) -> str:
        local = self.local(instant)
        at = f"at {self.hour(instant)}"
        if self.is_small_hours(instant):
            return (
                f"{at} {self.on_day(local.date())} (during {self.weekday(self.eve(instant))} night)"
            )
        day = self.on_day(local.date())
        return f"{day}, {at}" if self.near_day(local.date()) else f"{day} {at}"

    def people(self, covers: int) -> str:
        return "1 person" if covers == 1 else f"{covers} people"

    def what(self, start: Start) -> str:
        """ "table for 4 people", "cleaning appointment"."""
        if self.is_clinic:
            return f"{self.service(start.service)} appointment"
        return f"table for {self.people(start.covers)}"

    def where(self, start: Start) -> str:
        person = self.practitioner(start.resources)
        if person:
            return f" with {person}"
        area = self.area(start.resources)
        return f", {area}" if area else ""

    def booking(self, booking: Booking) -> str:
        start = Start.of(booking)
        return f"{self.what(start)} {self.moment(start.start)}{self.where(start)}"

    def line(self, offer: Offer, *, dated: bool, served: bool) -> str:
        start = Start.of(offer)
        if dated or self.is_small_hours(start.start):
            at = self.moment(start.start).removeprefix("on ").removeprefix("at ")
        else:
            at = self.hour(start.start)
        service = f", {self.service(start.service)}" if served else ""
        return f"{at}{service}{self.where(start)}"

    def lines(self, offers: Sequence[Offer]) -> str:
        dated = len({self.local(o.slot.start).date() for o in offers}) > 1
        served = self.is_clinic and len({o.slot.service for o in offers}) > 1
        return numbered(self.line(o, dated=dated, served=served) for o in offers)

    def hours(self, intervals: Sequence[tuple[int, int]]) -> str:
        spans = [f"from {self.clock(first)} to {self.clock(end)}" for first, end in intervals]
        return self.listed(spans, "standard")


def _a(text: str) -> str:
    return f"an {text}" if text[:1].lower() in "aeiou" else f"a {text}"


# --- courtesies ----------------------------------------------------------------------------------


def greet(v: English, act: Greet) -> str:
    name = f", {v.name}" if v.name else ""
    return v.say(
        f"Hello{name}! This is the assistant of {v.venue.name}.",
        f"Hi{name}! {v.venue.name} here.",
    )


def welcome_back(v: English, act: WelcomeBack) -> str:
    name = f", {v.name}" if v.name else ""
    return v.say(
        f"Welcome back{name}! Let's pick up where we left off.",
        f"Good to hear from you again{name}! Back to what we were arranging.",
    )


def thanked(v: English, act: Thanked) -> str:
    return v.say("You're welcome!", "My pleasure!", "Any time!")


def farewell(v: English, act: Farewell) -> str:
    if act.booking is not None and act.booking.status is BookingStatus.CONFIRMED:
        when = v.moment(act.booking.start)
        return v.say(f"Goodbye! See you {when}.", f"Thank you, see you {when}.")
    return v.say("Goodbye!", "Have a lovely day!", "Thank you, bye for now!")


def help_(v: English, act: Help) -> str:
    thing = v.here("a table", "an appointment")
    return v.say(
        f"I can help you to book {thing}, to change or cancel a booking you have, and with questions about the house.",
        f"You can ask me for {thing}, to change or cancel a booking, or about opening hours and the address.",
    )


def bot_identity(v: English, act: BotIdentity) -> str:
    return v.say(
        f"I'm the automatic assistant of {v.venue.name}; if you prefer, I can hand you to a person.",
        f"I'm not a person: I'm {v.venue.name}'s virtual assistant. If you'd rather talk to someone, just say so.",
    )


def smalltalk(v: English, act: Smalltalk) -> str:
    return v.say("How kind!", "That's nice to hear!", "Thanks for telling me!")


def out_of_scope(v: English, act: OutOfScope) -> str:
    thing = v.here("table bookings", "appointments")
    return v.say(
        f"I can't help with that; I look after {thing} at {v.venue.name}.",
        f"That's beyond me, I'm afraid: {thing} are what I do.",
    )


def sympathy(v: English, act: Sympathy) -> str:
    call = f" If it's urgent, please call {act.phone} now." if act.phone else ""
    return v.say(
        f"I'm sorry you're in pain. I can't give medical advice, but I can look for an appointment soon.{call}",
        f"I'm sorry to hear that. A professional should see it; let's look for an appointment.{call}",
    )


def not_understood(v: English, act: NotUnderstood) -> str:
    if act.tries <= 1:
        return v.say(
            "Sorry, I didn't quite get that. Could you put it another way?",
            "I'm afraid I didn't understand. Could you say it in other words?",
        )
    return v.say("I still don't understand, sorry.", "Sorry, I'm not getting it.")


def menu(v: English, act: Menu) -> str:
    thing = v.here("a table", "an appointment")
    options = f"1. Book {thing}\n2. Change or cancel a booking\n3. A question about the house\n4. Talk to a person"
    return v.say(f"Please choose:\n{options}", f"Please answer with a number:\n{options}")


def keep_calm(v: English, act: KeepCalm) -> str:
    return v.say(
        "I'm sorry this is frustrating. I'd like to help, and if you prefer I can hand you to a person.",
        "I understand you're upset, and I'm sorry. Shall we go on, or would you rather talk to a person?",
    )


def say_again(v: English, act: SayAgain) -> str:
    return act.text


# --- collecting ----------------------------------------------------------------------------------


def noted(v: English, act: Noted) -> str:
    known = [
        *([v.people(act.covers)] if act.covers is not None else []),
        *([_noted_when(v, act)] if act.day is not None or act.minute is not None else []),
        *([v.service(act.service)] if act.service is not None else []),
        *([f"in the name of {act.name}"] if act.name else []),
        *([f"phone {act.phone}"] if act.phone else []),
    ]
    parts = []
    if known:
        told = v.listed(known, "standard")
        lead = (
            v.say("Noted, now:", "All right, now:") if act.corrected else v.say("Noted:", "Right:")
        )
        parts.append(f"{lead} {told}.")
    if act.requests:
        told = v.listed([f'"{r}"' for r in act.requests], "standard")
        parts.append(v.say(f"I've noted your request: {told}.", f"Your request is noted: {told}."))
    return joined(parts) or v.say("All right.", "Very well.")


def _noted_when(v: English, act: Noted) -> str:
    if act.day is None:
        return f"at {v.clock(act.minute or 0)}"
    if act.minute is None:
        return v.day(act.day)
    if act.minute >= MINUTES_PER_DAY:
        return f"the night of {v.day(act.day)}, at {v.clock(act.minute)}"
    return f"{v.day(act.day)} at {v.clock(act.minute)}"


def ask(v: English, act: Ask) -> str:
    if act.detail is Detail.TIME:
        return _ask_time(v, act)
    questions = {
        Detail.SERVICE: ("What is the appointment for?", "Which service do you need?"),
        Detail.PARTY_SIZE: (
            "For how many people?",
            "How many of you will there be?",
            "How many people would that be?",
        ),
        Detail.DATE: ("For which day?", "Which day would suit you?", "What day would you like?"),
        Detail.NAME: (
            "What name shall I put it under?",
            "May I have a name for it?",
            "Under what name?",
        ),
        Detail.PHONE: ("Could I have a phone number for it?", "What phone number may I put down?"),
    }
    question = v.say(*questions[act.detail])
    if act.tries > 1:
        examples = {
            Detail.PARTY_SIZE: "Just the number will do.",
            Detail.DATE: "You can write the day and the month.",
            Detail.NAME: "First name and surname will do.",
            Detail.PHONE: "With all its digits, please.",
        }
        question = joined([question, examples.get(act.detail, "")])
    if act.options:
        question = joined([question, f"You can choose: {v.listed(act.options)}."])
    return question


def _ask_time(v: English, act: Ask) -> str:
    question = v.say("What time would suit you?", "At what time?", "What time would you like?")
    if not act.options:
        return question
    spans = v.listed(act.options, "standard")
    if act.day is None:
        return joined([f"We are open {spans}.", question])
    return joined([f"{capital(v.on_day(act.day))} we are open {spans}.", question])


def ask_which_day(v: English, act: AskWhichDay) -> str:
    options = v.listed(v.day(day) for day in act.options)
    if act.trouble is DayTrouble.WEEKDAY_MISMATCH:
        return v.say(
            f"The weekday and the date don't match. Is it {options}?",
            f"That date isn't that weekday. Would it be {options}?",
        )
    return v.say(f"Do you mean {options}?", f"Would that be {options}?")


def no_such_day(v: English, act: NoSuchDay) -> str:
    if act.trouble is DayTrouble.PAST:
        said = v.say("That day has already passed.", "That date is in the past.")
    else:
        said = v.say("There is no such day in the calendar.", "That date doesn't exist.")
    if act.suggestion is None:
        return joined([said, v.say("What other day would suit you?", "Which day would it be?")])
    day = v.day(act.suggestion)
    return joined([said, v.say(f"Do you mean {day}?", f"Would it be {day}?")])


def ask_which_time(v: English, act: AskWhichTime) -> str:
    options = v.listed(v.clock(minute) for minute in act.options)
    when = f" {v.on_day(act.day)}" if act.day is not None else ""
    return v.say(f"Is that at {options}{when}?", f"Would that be {options}{when}?")


def no_such_time(v: English, act: NoSuchTime) -> str:
    return v.say(
        "There is no such time. What time would it be?",
        "That time doesn't exist on the clock. Which one would you like?",
    )


def ask_how_many(v: English, act: AskHowMany) -> str:
    return v.say(
        f"Shall I count {act.low} or {act.high} people? One number, please.",
        f"Is it {act.low} or {act.high} people? I need the exact number.",
    )


def ask_which_service(v: English, act: AskWhichService) -> str:
    options = v.listed(v.service(service) for service in act.options)
    return v.say(f"What would it be for: {options}?", f"Which do you need: {options}?")


def resource_unknown(v: English, act: ResourceUnknown) -> str:
    names = v.listed(act.names, "standard")
    who = v.say(
        v.here("I can't find that table here.", "Nobody by that name works here."),
        v.here("I don't know that table.", "I don't know that name in our team."),
    )
    return joined([who, v.say(f"These are: {names}.", f"We have: {names}.") if names else ""])


def large_party(v: English, act: LargeParty) -> str:
    call = f" {_call(v, act.phone)}" if act.phone else ""
    return v.say(
        f"Here I can book for up to {v.people(act.limit)}; a group of {act.covers} is arranged directly by our team.{call}",
        f"Our team looks after a group of {act.covers} in person; here I go up to {v.people(act.limit)}.{call}",
    )


# --- offering ------------------------------------------------------------------------------------


def offered(v: English, act: Offered) -> str:
    if act.reminder:
        return _reminded(v, act)
    why = _refusal(v, act)
    if len(act.offers) == 1:
        return joined([why, _one_offer(v, act)])
    return joined([why, _several_offers(v, act)])


def _refusal(v: English, act: Offered) -> str:
    if act.taken_meanwhile:
        return v.say(
            "I'm sorry, that time has just been taken.",
            "Somebody was a moment quicker, and that time is no longer free.",
        )
    if act.refusal is None:
        return ""
    when = _wished(v, act.wished, act.wished_day, some_hours=act.some_hours)
    return _reason(v, act.refusal, when, act.resource)


_TAKEN = frozenset({RefusalCode.NO_RESOURCE, RefusalCode.HELD, RefusalCode.CLOSED})
"""Reasons that, where somebody was asked for by name, are theirs and not the house's."""


def _reason(v: English, code: RefusalCode, when: str, resource: ResourceId | None) -> str:
    person = v.practitioner([resource]) if resource is not None else ""
    if person and code in _TAKEN:
        return v.say(
            f"{when} there is no appointment free with {person}.",
            f"{when} there is no appointment left with {person}.",
        )
    seat = v.here("table", "appointment")
    match code:
        case RefusalCode.CLOSED:
            return v.say(f"{when} we are closed.", f"{when} we're not open, I'm afraid.")
        case RefusalCode.TOO_LATE:
            late = v.here("to sit down", "to begin")
            return v.say(
                f"{when} it is too late {late}: there would not be enough time before closing.",
                f"{_as_subject(when)} is too late {late}: closing time would come first.",
            )
        case RefusalCode.OFF_GRID:
            return v.say(
                f"{_as_subject(when)} is not one of our starting times.",
                f"We don't start anyone at that very minute: {_as_subject(when)}.",
            )
        case RefusalCode.NO_RESOURCE:
            return v.say(f"{when} there is no {seat} left.", f"{when} we are fully booked.")
        case RefusalCode.HELD:
            return v.say(
                f"{when} there is no {seat} free right now: another guest is still deciding.",
                f"{when} no {seat} is free at this moment, though one may come back.",
            )
        case RefusalCode.PACING:
            guests = v.here("parties", "patients")
            return v.say(
                f"{when} we can't receive any more {guests}.",
                f"{when} we cannot take more {guests} at once.",
            )
        case RefusalCode.LEAD_TIME:
            return v.say(
                f"{_as_subject(when)} is too soon for us to prepare.",
                f"{_as_subject(when)} leaves us too little time.",
            )
        case RefusalCode.TOO_FAR:
            return v.say(
                f"{_as_subject(when)} can't be booked yet.",
                f"{_as_subject(when)} is still too far ahead to book.",
            )
        case RefusalCode.PARTY_TOO_LARGE:
            return v.say(
                "That is a larger group than we can seat there.",
                "For a group like that we don't have the room.",
            )
        case RefusalCode.PARTY_TOO_SMALL:
            return v.say(
                "There we can only seat larger groups.", "That option is for larger groups."
            )
        case RefusalCode.PAST:
            return v.say("That time has already passed.", "That moment has gone by.")


def _wished(v: English, wished: datetime | None, day: date | None, *, some_hours: bool) -> str:
    if wished is not None:
        return capital(v.moment(wished))
    if day is not None:
        return capital(v.on_day(day)) + (" at those hours" if some_hours else "")
    return "Then"


def _as_subject(when: str) -> str:
    """ "On Friday at 9:00 pm" as what a sentence is about."""
    return capital(when.removeprefix("On ").removeprefix("At ")) if when != "Then" else "That"


def _one_offer(v: English, act: Offered) -> str:
    offer = act.offers[0]
    start = Start.of(offer)
    when = f"{v.moment(start.start)}{v.where(start)}"
    what = _a(v.what(start))
    if act.moving is not None:
        told = v.say(
            f"For the change I have {what} {when}.", f"For the change there is {what} {when}."
        )
        question = v.say("Shall I change it?", "Would you like me to make the change?")
    else:
        told = v.say(
            f"I have {what} {when}.", f"There is {what} {when}.", f"I can offer you {what} {when}."
        )
        question = v.say("Shall I book it?", "Does that suit you?", "Would you like me to book it?")
    return joined([told, act.reason, _held(v, offer), question])


def _several_offers(v: English, act: Offered) -> str:
    start = Start.of(act.offers[0])
    days = {v.local(o.slot.start).date() for o in act.offers}
    when = f" {v.on_day(days.pop())}" if len(days) == 1 else ""
    same = len({o.slot.service for o in act.offers}) == 1
    what = _a(v.what(start) if same or not v.is_clinic else "appointment")
    if act.moving is not None:
        lead = v.say(f"For the change I have{when}:", f"To change it I can offer you{when}:")
    else:
        lead = v.say(f"I have {what}{when}:", f"I can offer you {what}{when}:")
    question = v.say(
        "Which one would you like?", "Which one do you prefer?", "Which suits you best?"
    )
    return joined([f"{lead}\n{v.lines(act.offers)}", act.reason, question])


def _held(v: English, offer: Offer) -> str:
    if not offer.hold_id:
        return ""
    until = v.hour(offer.expires_at)
    return v.say(f"I'm holding it for you until {until}.", f"It is held for you until {until}.")


def _reminded(v: English, act: Offered) -> str:
    if act.details_taken:
        return _still_to_confirm(v, act)
    if len(act.offers) == 1:
        start = Start.of(act.offers[0])
        when = f"{v.moment(start.start)}{v.where(start)}"
        what = "change" if act.moving is not None else v.what(start)
        return v.say(
            f"And back to the {what} {when}: shall I go ahead?",
            f"About the {what} {when}: would you like it?",
        )
    times = v.listed(v.moment(offer.slot.start) for offer in act.offers)
    return v.say(
        f"And of the options, which do you prefer: {times}?",
        f"Back to the options: would you like {times}?",
    )


def _still_to_confirm(v: English, act: Offered) -> str:
    if len(act.offers) > 1:
        times = v.listed(v.moment(offer.slot.start) for offer in act.offers)
        return v.say(f"And which do you prefer: {times}?", f"Which shall it be: {times}?")
    when = v.moment(act.offers[0].slot.start)
    if act.moving is not None:
        return v.say(f"Shall I make the change, {when}?", f"Do you confirm the change, {when}?")
    what = v.here("table", "appointment")
    return v.say(f"Shall I book the {what} {when}?", f"Do you confirm the {what} {when}?")


def nothing_free(v: English, act: NothingFree) -> str:
    when = _wished(v, act.wished, act.day, some_hours=act.some_hours)
    return joined([_reason(v, act.code, when, act.resource), _detail(v, act), _way_on(v, act)])


def _detail(v: English, act: NothingFree) -> str:
    if act.code is RefusalCode.LEAD_TIME and act.lead_minutes:
        return f"We need at least {_minutes(act.lead_minutes)} of notice."
    if act.code is RefusalCode.TOO_FAR and act.window_days:
        return f"Bookings open at most {act.window_days} days ahead."
    if act.code is RefusalCode.PARTY_TOO_LARGE:
        return f"Here I can book for up to {v.people(v.venue.policy.max_party)}."
    if act.code is RefusalCode.CLOSED and act.opening:
        return f"That day we are open {v.hours(act.opening)}."
    return ""


def _minutes(minutes: int) -> str:
    if minutes % 60:
        return f"{minutes} minutes"
    return "60 minutes" if minutes == 60 else f"{minutes // 60} hours"


def _way_on(v: English, act: NothingFree) -> str:
    if act.code in (RefusalCode.PARTY_TOO_LARGE, RefusalCode.LEAD_TIME) and act.phone:
        return v.say(
            f"You can call us at {act.phone}, or tell me another option: what would suit you?",
            f"What else would suit you? You can also call {act.phone}.",
        )
    if act.waitlist:
        return v.say(
            "Shall I put you on the waiting list, or would another day do?",
            "Would another day do, or would you like to join the waiting list?",
        )
    return v.say(
        "Shall we try another day or time?",
        "What other day would suit you?",
        "Would another date do?",
    )


def offer_gone(v: English, act: OfferGone) -> str:
    return v.say(
        "That option is no longer available.", "That option has lapsed and is no longer free."
    )


def choose_offer(v: English, act: ChooseOffer) -> str:
    question = v.say(
        "Which of these would you like?", "Could you tell me the number of the one you want?"
    )
    return f"{question}\n{v.lines(act.offers)}"


def none_chosen(v: English, act: NoneChosen) -> str:
    return v.say(
        "All right, none of those. What other day or time would suit you?",
        "No problem. What other date or time shall I look for?",
    )


# --- outcomes ------------------------------------------------------------------------------------


def booked(v: English, act: Booked) -> str:
    booking = act.booking
    named = f", in the name of {booking.guest.name}" if booking.guest.name else ""
    told = f"{v.booking(booking)}{named}"
    if act.earlier:
        lead = v.say(
            f"My last answer was cut off: your {told}, is booked.",
            f"I owed you an answer: your {told}, is confirmed.",
        )
    else:
        lead = v.say(f"All set! Your {told}, is booked.", f"Done! Booked: your {told}.")
    return joined([lead, _code(v, booking)])


def _code(v: English, booking: Booking) -> str:
    code = shown_code(booking.code)
    return v.say(f"Your code is {code}, in case you need to change it.", f"The code is {code}.")


def _code_alone(v: English, code: str) -> str:
    return v.say(f"The code is {code}.", f"Please note the code: {code}.")


def received(v: English, act: Received) -> str:
    told = v.booking(act.booking)
    match act.what:
        case Purpose.MOVE:
            lead = v.say(
                f"I've received your request to change it: {told}.",
                f"Change request received: {told}.",
            )
        case Purpose.CANCEL:
            lead = v.say(
                "I've received your request to cancel it.", "Cancellation request received."
            )
        case _:
            lead = v.say(f"I've received your request: {told}.", f"Request received: {told}.")
    open_ = v.say(
        "It isn't confirmed yet; we'll let you know as soon as it is.",
        "It's not confirmed so far; you'll hear from us as soon as it is.",
    )
    return joined([lead, open_, _code_alone(v, shown_code(act.booking.code))])


def news(v: English, act: News) -> str:
    booking, code = act.booking, shown_code(act.booking.code)
    told = v.booking(booking)
    match act.kind:
        case NoticeKind.CONFIRMED:
            return f"Your {told}, is confirmed. The code is {code}."
        case NoticeKind.NOT_CONFIRMED:
            return (
                f"I'm sorry: I could not confirm your {told}; that slot is no longer free. "
                "I can look for another time if you like."
            )
        case NoticeKind.CANCELLATION_STORED:
            return f"Your {told}, is cancelled."
        case NoticeKind.MOVED:
            start = Start.of(booking)
            people = f", for {v.people(start.covers)}" if not v.is_clinic else ""
            return (
                f"The house has changed your booking {code}: it is now "
                f"{v.moment(start.start)}{people}{v.where(start)}. "
                "If that does not suit you, tell me another time."
            )
        case NoticeKind.CANCELLED:
            return (
                f"The house has cancelled your {told}. I'm sorry. "
                "I can look for another time if you like."
            )
        case NoticeKind.STRANDED:
            return (
                f"There is a problem with your {told}: we may have to change it. "
                "A person here is looking into it; I can look for another time if you prefer."
            )


def moved(v: English, act: Moved) -> str:
    start = Start.of(act.booking)
    new = f"{v.moment(start.start)}{v.where(start)}"
    size = (
        f", for {v.people(start.covers)}" if act.booking.party_size != act.before.party_size else ""
    )
    code = shown_code(act.booking.code)
    return joined(
        [
            v.say(
                f"All set! Your booking is now {new}{size}.",
                f"Done, your booking has been moved: {new}{size}.",
            ),
            v.say(f"The code is still {code}.", f"It keeps the code {code}."),
        ]
    )


def cancelled(v: English, act: Cancelled) -> str:
    told = v.booking(act.booking)
    return v.say(f"Done: your {told}, is cancelled.", f"I've cancelled your {told}.")


def updated(v: English, act: Updated) -> str:
    code = shown_code(act.booking.code)
    return v.say(f"Done, I've updated your booking {code}.", f"Your booking {code} is updated.")


def kept(v: English, act: Kept) -> str:
    told = v.booking(act.booking)
    return v.say(
        f"All right, your booking stays as it was: {told}.",
        f"Very well, it stays: {told}.",
    )


def dropped(v: English, act: Dropped) -> str:
    return v.say(
        "All right, we'll leave things as they are.",
        "Very well, I won't do anything.",
    )


def expected(v: English, act: Expected) -> str:
    when = v.moment(act.booking.start)
    return v.say(
        f"Lovely! We look forward to seeing you {when}.",
        f"Thanks for letting us know! See you {when}.",
    )


# --- the waitlist --------------------------------------------------------------------------------


def ask_waitlist(v: English, act: AskWaitlist) -> str:
    day = v.day(act.day)
    return v.say(
        f"Shall I put you on the waiting list for {day}, in case something comes free, or would another day do?",
        f"Would you like to go on the waiting list for {day}, or shall we look at another date?",
    )


def waitlisted(v: English, act: Waitlisted) -> str:
    when = _wait(v, act)
    if act.already:
        return v.say(
            f"You were on the waiting list already: {when}. You keep your turn, and we'll let you know if something comes free.",
            f"You are already on the waiting list: {when}. We'll be in touch if there is a place.",
        )
    return v.say(
        f"I've put you on the waiting list: {when}. We'll let you know if something comes free.",
        f"You're on the waiting list now: {when}. We'll be in touch if there is a place.",
    )


def on_waitlist(v: English, act: OnWaitlist) -> str:
    when = _wait(v, act)
    return v.say(f"You are on the waiting list: {when}.", f"On the waiting list you have: {when}.")


def waitlist_over(v: English, act: WaitlistOver) -> str:
    day = v.day(act.day)
    return v.say(
        f"All right, you are off the waiting list for {day}.",
        f"Done: I've taken you off the waiting list for {day}.",
    )


def not_waiting(v: English, act: NotWaiting) -> str:
    return v.say("You are not on any waiting list.", "I can't find you on a waiting list.")


def no_waitlist(v: English, act: NoWaitlist) -> str:
    call = f" {_call(v, act.phone)}" if act.phone else ""
    return v.say(
        f"We don't keep a waiting list here.{call}", f"There is no waiting list here.{call}"
    )


def _wait(v: English, act: Waitlisted | OnWaitlist) -> str:
    """ "Friday 27 November, between 8:00 pm and 10:00 pm, 4 people"."""
    if act.earliest == act.latest:
        span = f"at {v.clock(act.earliest)}"
    else:
        span = f"between {v.clock(act.earliest)} and {v.clock(act.latest)}"
    people = "" if v.is_clinic else f", {v.people(act.covers)}"
    return f"{v.day(act.day)}, {span}{people}"


# --- existing bookings ---------------------------------------------------------------------------


def ask_cancel(v: English, act: AskCancel) -> str:
    told = v.booking(act.booking)
    return v.say(f"Shall I cancel your {told}?", f"Do you want me to cancel your {told}?")


def ask_new_time(v: English, act: AskNewTime) -> str:
    told = v.booking(act.booking)
    return v.say(
        f"Your booking is a {told}. What day and time shall I change it to?"
        if not v.is_clinic
        else f"At present it is: {told}. What day and time shall I change it to?",
        f"To when would you like to change your {told}?",
    )


def show_bookings(v: English, act: ShowBookings) -> str:
    if len(act.bookings) == 1:
        booking = act.bookings[0]
        told = v.booking(booking)
        return joined(
            [
                v.say(f"Your booking, as it stands: {told}.", f"This is your booking: {told}."),
                _status(booking),
                f"Code: {shown_code(booking.code)}.",
            ]
        )
    lead = v.say("You have these bookings:", "These are your bookings:")
    return f"{lead}\n{_booking_lines(v, act.bookings)}"


def _status(booking: Booking) -> str:
    if booking.status in (BookingStatus.RECEIVED, BookingStatus.CONFIRMING):
        return "It isn't confirmed yet."
    return "It is confirmed." if booking.status is BookingStatus.CONFIRMED else ""


def _booking_lines(v: English, bookings: Sequence[Booking]) -> str:
    return numbered(f"{v.booking(b)}, code {shown_code(b.code)}" for b in bookings)


def no_bookings(v: English, act: NoBookings) -> str:
    if act.in_passing:
        return v.say("I can't find any booking of yours.", "No booking of yours comes up here.")
    if act.asked_code:
        return v.say(
            "I can't find a booking with that code. Could you check it?",
            "That code doesn't come up here. Could you give it to me again?",
        )
    return v.say(
        "I can't find any booking of yours. If you have the code, please send it to me.",
        "No booking of yours comes up here. Could you tell me its code?",
    )


def ask_which_booking(v: English, act: AskWhichBooking) -> str:
    question = {
        Purpose.MOVE: v.say(
            "Which one would you like to change?", "Which of these shall I change?"
        ),
        Purpose.CANCEL: v.say(
            "Which one would you like to cancel?", "Which of these shall I cancel?"
        ),
        Purpose.CHECK: v.say("Which one is it about?", "Which of these do you mean?"),
    }[act.purpose]
    return f"{question}\n{_booking_lines(v, act.bookings)}"


def ask_last4(v: English, act: AskLast4) -> str:
    if act.tries > 1:
        return v.say(
            "Those don't match. Could you give me the last four digits of the phone once more?",
            "Those are not the digits. What are the last four, please?",
        )
    return v.say(
        "To protect the booking: what are the last four digits of the phone it was made with?",
        "Before I touch it, may I have the last four digits of the phone of that booking?",
    )


def not_verified(v: English, act: NotVerified) -> str:
    return v.say(
        "I couldn't verify whose booking it is, so I can't touch it.",
        "Without that check I can't show or change the booking.",
    )


def cannot_do(v: English, act: CannotDo) -> str:
    return joined([_hindrance(v, act), _call(v, act.phone) if act.why in _STAFF_CAN else ""])


_STAFF_CAN = frozenset({Hindrance.TOO_LATE, Hindrance.TOO_MANY_BOOKINGS, Hindrance.STORE_DOWN})


def _hindrance(v: English, act: CannotDo) -> str:
    match act.why:
        case Hindrance.TOO_LATE:
            return v.say(
                "It's too late to change or cancel it here.",
                "There is too little time left to change or cancel it here.",
            )
        case Hindrance.TOO_MANY_BOOKINGS:
            most = f" ({act.limit})" if act.limit else ""
            return v.say(
                f"You've reached the most open bookings one can have{most}.",
                f"I can't open another booking: you are at the limit{most}.",
            )
        case Hindrance.TOO_MANY_HOLDS:
            return v.say(
                "There are too many options open at once; please decide on one of them first.",
                "Before I look for more, please choose among the open options.",
            )
        case Hindrance.NOT_OPEN:
            return v.say(
                "That booking can't be changed any more.", "I can't change that booking now."
            )
        case Hindrance.CHANGED_MEANWHILE:
            return v.say(
                "The house touched that booking while we were talking; I haven't changed anything.",
                "That booking was edited by the house in the meantime, so I have done nothing.",
            )
        case Hindrance.STORE_DOWN:
            return v.say(
                "I can't reach the booking book right now; I haven't changed anything.",
                "The booking book doesn't answer at the moment; I have touched nothing.",
            )
        case Hindrance.SAME_TIME:
            told = f": {v.booking(act.booking)}" if act.booking else ""
            return v.say(
                f"Your booking already is at that time{told}.",
                f"You already have it like that{told}.",
            )


def _call(v: English, phone: str) -> str:
    return v.say(f"You can call us at {phone}.", f"Our phone number is {phone}.") if phone else ""


# --- answers and people --------------------------------------------------------------------------


def house_says(v: English, act: HouseSays) -> str:
    return act.text


def opening_hours(v: English, act: OpeningHours) -> str:
    if act.day is not None:
        return _hours_on(v, act, act.day)
    lines = [f"{v.weekday_name(day)}: {told}" for day, told in _week(v, act)]
    return f"{v.say('We are open:', 'These are our hours:')}\n" + "\n".join(lines)


def _hours_on(v: English, act: OpeningHours, day: date) -> str:
    open_ = [span for _, spans in act.services for span in spans]
    on = capital(v.on_day(day))
    if not open_:
        return v.say(f"{on} we are closed.", f"{on} we don't open.")
    told = v.hours(sorted(set(open_)))
    return v.say(f"{on} we are open {told}.", f"We open {told} {v.on_day(day)}.")


def _week(v: English, act: OpeningHours) -> list[tuple[int, str]]:
    return [
        (day, v.hours(sorted({s for _, on, spans in act.weekly if on == day for s in spans})))
        for day in sorted({day for _, day, spans in act.weekly if spans})
    ]


def house_facts(v: English, act: HouseFacts) -> str:
    return "\n".join(act.lines)


def no_answer(v: English, act: NoAnswer) -> str:
    call = f" {_call(v, act.phone)}" if act.phone else ""
    return v.say(
        f"I have no information about that.{call}",
        f"I don't know that, and I'd rather not make it up.{call}",
    )


def escalated(v: English, act: Escalated) -> str:
    call = f" {_call(v, act.phone)}" if act.phone else ""
    if act.asked:
        return v.say(
            f"Of course, I have told a person of our team.{call}",
            f"All right, I've handed our conversation to a person of the team.{call}",
        )
    return v.say(
        f"I think a person should take over: I have told our team.{call}",
        f"So that we don't go round in circles, I've handed this to a person of our team.{call}",
    )


def trouble(v: English, act: Trouble) -> str:
    return v.say(
        "Sorry, something of ours isn't working right now and nothing was changed. Could you try again in a moment?",
        "We have a technical problem; I haven't changed anything. Would you try again in a minute?",
    )


WORDS: Mapping[type[Act], Wording] = {
    Greet: greet,
    WelcomeBack: welcome_back,
    Thanked: thanked,
    Farewell: farewell,
    Help: help_,
    BotIdentity: bot_identity,
    Smalltalk: smalltalk,
    OutOfScope: out_of_scope,
    Sympathy: sympathy,
    NotUnderstood: not_understood,
    Menu: menu,
    KeepCalm: keep_calm,
    SayAgain: say_again,
    Noted: noted,
    Ask: ask,
    AskWhichDay: ask_which_day,
    NoSuchDay: no_such_day,
    AskWhichTime: ask_which_time,
    NoSuchTime: no_such_time,
    AskHowMany: ask_how_many,
    AskWhichService: ask_which_service,
    ResourceUnknown: resource_unknown,
    LargeParty: large_party,
    Offered: offered,
    NothingFree: nothing_free,
    OfferGone: offer_gone,
    ChooseOffer: choose_offer,
    NoneChosen: none_chosen,
    Booked: booked,
    Received: received,
    News: news,
    Moved: moved,
    Cancelled: cancelled,
    Updated: updated,
    Kept: kept,
    Dropped: dropped,
    Expected: expected,
    AskWaitlist: ask_waitlist,
    Waitlisted: waitlisted,
    OnWaitlist: on_waitlist,
    WaitlistOver: waitlist_over,
    NotWaiting: not_waiting,
    NoWaitlist: no_waitlist,
    AskCancel: ask_cancel,
    AskNewTime: ask_new_time,
    ShowBookings: show_bookings,
    NoBookings: no_bookings,
    AskWhichBooking: ask_which_booking,
    AskLast4: ask_last4,
    NotVerified: not_verified,
    CannotDo: cannot_do,
    HouseSays: house_says,
    OpeningHours: opening_hours,
    HouseFacts: house_facts,
    NoAnswer: no_answer,
    Escalated: escalated,
    Trouble: trouble,
}


# --- messages ------------------------------------------------------------------------------------


def confirmation(v: English, message: Written) -> tuple[str, str]:
    booking = _booked(message)
    text = paragraphs(
        _hello(v),
        f"Your {v.booking(booking)} is confirmed. The code is {shown_code(booking.code)}.",
        _until_when(v),
        _page(v, message.link),
        _house(v),
    )
    thing = v.here("Booking", "Appointment")
    return f"{thing} confirmed: {_heading(v, booking.start)}", text


def reminder(v: English, message: Written) -> tuple[str, str]:
    booking = _booked(message)
    text = paragraphs(
        _hello(v),
        f"This is a reminder of your {v.booking(booking)}.",
        _asks_to_answer(v, booking) if message.asks else _code_kept(booking),
        _page(v, message.link),
        _house(v),
    )
    return f"Reminder: {v.here('table', 'appointment')} {v.moment(booking.start)}", text


def _asks_to_answer(v: English, booking: Booking) -> str:
    asked = "Reply YES to confirm it or CANCEL to cancel it."
    by = v.answer_by(booking)
    if by is None:
        return asked
    return f"{asked} Without an answer we will cancel it {v.moment(by)}."


def _code_kept(booking: Booking) -> str:
    return f"The code is {shown_code(booking.code)}, in case you need to change or cancel it."


def unanswered(v: English, message: Written) -> tuple[str, str]:
    booking = _booked(message)
    text = paragraphs(
        _hello(v),
        f"We have had no answer to our reminder and have cancelled your {v.booking(booking)}.",
        joined(["If you would still like to come, write to us.", _call(v, v.venue.contact.phone)]),
        v.venue.name,
    )
    thing = v.here("Booking", "Appointment")
    return f"{thing} cancelled: {_heading(v, booking.start)}", text


def waitlist_offer(v: English, message: Written) -> tuple[str, str]:
    offer = message.about
    assert isinstance(offer, Offer)
    start = Start.of(offer)
    text = paragraphs(
        _hello(v),
        f"Good news! {capital(_a(v.what(start)))} has come free {v.moment(start.start)}{v.where(start)}.",
        f"We are keeping it for you until {_deadline(v, offer.expires_at)}."
        " Reply YES to take it or NO to leave it to somebody else.",
        _answer_here(v, message.link),
        _house(v),
    )
    return f"{v.here('A table', 'An appointment')} has come free: {_heading(v, start.start)}", text


def waitlist_ended(v: English, message: Written) -> tuple[str, str]:
    day = message.about
    assert isinstance(day, date)
    text = paragraphs(
        _hello(v),
        f"We are sorry: nothing has come free for you {v.on_day(day)}, and your turn on the waiting list ends here.",
        "If you would like another day, write to us and we will have a look.",
        _house(v),
    )
    return f"Waitlist for {v.day(day)}", text


def _booked(message: Written) -> Booking:
    assert isinstance(message.about, Booking)
    return message.about


def _hello(v: English) -> str:
    return f"Hello {v.name}," if v.name else ""


def _heading(v: English, start: datetime) -> str:
    return v.moment(start).removeprefix("on ")


def _deadline(v: English, at: datetime) -> str:
    today = v.local(at).date() == v.today
    return v.hour(at) if today else v.moment(at).removeprefix("on ")


def _until_when(v: English) -> str:
    """How late it may be changed or cancelled."""
    change, cancel = v.venue.policy.change_cutoff, v.venue.policy.cancel_cutoff
    if not change and not cancel:
        return "You can change or cancel it at any time before it begins."
    if change == cancel:
        return f"You can change or cancel it up to {v.lasting(cancel)} before."
    until = [
        f"up to {v.lasting(time)} before" if time else "until it begins"
        for time in (change, cancel)
    ]
    return f"You can change it {until[0]} and cancel it {until[1]}."


def _answer_here(_: English, link: str) -> str:
    """Where a letter is read that cannot be answered."""
    return f"Answer here: {link}" if link else ""


def _page(v: English, link: str) -> str:
    return f"See, change or cancel it: {link}" if link else ""


def _house(v: English) -> str:
    contact = v.venue.contact
    return "\n".join(line for line in (v.venue.name, contact.address, contact.phone) if line)


MESSAGES: Mapping[str, MessageWording] = {
    MessageKind.CONFIRMATION: confirmation,
    MessageKind.REMINDER: reminder,
    MessageKind.NO_ANSWER: unanswered,
    MessageKind.WAITLIST_OFFER: waitlist_offer,
    WAITLIST_OVER: waitlist_ended,
}
