"""One scripted guest in one fresh house: the talk, and what it came to."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from application.conversation import Answered, IncomingMessage, TurnEvent
from application.ports.bookings import Bookings
from application.reservations import Reservations, StaffBooking
from domain.booking import Booking, BookingCode
from domain.errors import AnfitrionError
from domain.venue import ServiceId, Venue, VenueId
from infrastructure.comparison.guest import ScriptedGuest
from infrastructure.comparison.judging import Evidence, faults
from infrastructure.comparison.scenarios import Given, Scenario, wall_clock

MOST_TURNS = 14

_WRITES = frozenset({"schedule_appointment", "reschedule_appointment", "cancel_appointment"})
_ALL_TIME = timedelta(days=400)
_NUMBER = re.compile(r"\+\d+")


class Answers(Protocol):
    """The part of `application.conversation.Conversation` that is needed here."""

    def handle_message(self, incoming: IncomingMessage) -> AsyncIterator[TurnEvent]: ...


class House(Protocol):
    """An engine of its own: nobody else's bookings, and a clock that starts where it is told."""

    @property
    def conversation(self) -> Answers: ...
    @property
    def reservations(self) -> Reservations: ...
    @property
    def bookings(self) -> Bookings: ...


OpenHouse = Callable[[datetime], AbstractAsyncContextManager[House]]
"""Opens a house whose clock starts at an aware instant."""


@dataclass(frozen=True, slots=True)
class Played:
    """One scenario, once: its talk and the verdict."""

    scenario: str
    repeat: int
    messages: tuple[str, ...]
    answers: tuple[Mapping[str, Any], ...]
    faults: tuple[str, ...]

    @property
    def is_success(self) -> bool:
        return not self.faults

    @property
    def turns_to_booking(self) -> int | None:
        """Messages until something was first booked, moved or cancelled."""
        for number, answer in enumerate(self.answers, start=1):
            if answer["action"] in _WRITES:
                return number
        return None

    @property
    def booked(self) -> int:
        """Bookings confirmed to the guest."""
        return sum(answer["action"] == "schedule_appointment" for answer in self.answers)


async def play(
    scenario: Scenario, open_house: OpenHouse, venues: Mapping[str, Venue], *, repeat: int
) -> Played:
    """The same scenario and repeat draw the same phrases, whoever answers.

    What the engine fails with is the scenario's failure, not the end of the comparison.
    """
    venue = venues[scenario.venue]
    dice = Random(f"{scenario.id}:{repeat}")  # noqa: S311 - phrases, not secrets
    guest = ScriptedGuest(scenario, kind=venue.kind.value, dice=dice)
    talk = _Talk(scenario)
    async with open_house(scenario.starts_at(venue.zone)) as house:
        own, before = await _furnish(house, scenario, venue)
        try:
            await talk.run(guest, house)
        except AnfitrionError as error:
            talk.failures.append(f"the engine failed: {error}")
        after = await _standing(house, scenario, venue)
    evidence = Evidence(talk.answers, before, own, after)
    found = [*talk.failures, *faults(scenario, venue, evidence)]
    return Played(scenario.id, repeat, tuple(talk.messages), tuple(talk.answers), tuple(found))


class _Talk:
    """What was said on both sides."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.messages: list[str] = []
        self.answers: list[Mapping[str, Any]] = []
        self.failures: list[str] = []

    async def run(self, guest: ScriptedGuest, house: House) -> None:
        answer: Mapping[str, Any] | None = None
        while (text := guest.say(answer)) is not None:
            if len(self.messages) == MOST_TURNS:
                self.failures.append(f"the goal was not met in {MOST_TURNS} turns")
                return
            self.messages.append(text)
            answer = await self._ask(text, house)
            self.answers.append(answer)

    async def _ask(self, text: str, house: House) -> Mapping[str, Any]:
        incoming = IncomingMessage(
            venue=VenueId(self._scenario.venue),
            user_id=self._scenario.guest,
            text=text,
            message_id=f"m{len(self.messages)}",
            channel="whatsapp" if _NUMBER.fullmatch(self._scenario.guest) else "chat",
        )
        async for event in house.conversation.handle_message(incoming):
            if isinstance(event, Answered):
                return event.response
        raise RuntimeError("a turn ended without an answer")


async def _furnish(
    house: House, scenario: Scenario, venue: Venue
) -> tuple[list[BookingCode], dict[BookingCode, Booking]]:
    """Makes the bookings there are before the first word: the codes of the guest's own, and all."""
    own = await _make(house, venue, scenario.bookings, owner=scenario.guest)
    await _make(house, venue, scenario.others, owner="")
    return own, await _standing(house, scenario, venue)


async def _make(
    house: House, venue: Venue, wanted: Iterable[Given], *, owner: str
) -> list[BookingCode]:
    codes: list[BookingCode] = []
    for given in wanted:
        for _ in range(given.times):
            asked = StaffBooking(
                venue=venue.id,
                start=wall_clock(given.start, venue.zone),
                covers=given.party,
                name=given.name,
                phone=given.phone or owner,
                service=None if given.service is None else ServiceId(given.service),
            )
            made = await house.reservations.book_for_staff(
                asked, idempotency_key=f"{owner}:{len(codes)}:{given.start}:{given.party}"
            )
            codes.append(made.code)
    return codes


async def _standing(house: House, scenario: Scenario, venue: Venue) -> dict[BookingCode, Booking]:
    now = scenario.starts_at(venue.zone)
    found = await house.bookings.between(venue=venue.id, start=now - _ALL_TIME, end=now + _ALL_TIME)
    return {booking.code: booking for booking in found}
