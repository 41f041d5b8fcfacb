"""A scripted guest: talks until their goal is met, reading of an answer only what programs read.

That is its `status`, `action`, `missing`, `offers` and `booking`, never its words. So the same guest
talks to any model, and a model cannot please by sounding right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from infrastructure.comparison.phrases import Phrasebook
from infrastructure.comparison.scenarios import Facts, Language, Scenario

_WISHED = ("party", "service", "person", "preferences", "day", "time", "requests")
"""What a guest who books wants, as far as it concerns the house's floor."""

_DETAILS = {
    "service": "service",
    "party_size": "party",
    "date": "day",
    "time": "time",
    "name": "name",
    "phone": "phone",
}
"""Of `missing` in an answer, the fact that is asked for."""

_NEARBY = timedelta(hours=4)
"""So near to a wish is an alternative to it; farther away we have been misunderstood."""

_DONE = {
    "book": "schedule_appointment",
    "move": "reschedule_appointment",
    "cancel": "cancel_appointment",
}
_NEW_BOOKING = frozenset({"book", "move"})

Answer = Mapping[str, Any]


class ScriptedGuest:
    """Follows one scenario. `dice` choose among phrases that mean the same."""

    def __init__(self, scenario: Scenario, *, kind: str, dice: Random) -> None:
        self._scenario = scenario
        self._manner = frozenset(scenario.manner)
        self._phrases = Phrasebook(
            kind=kind,
            style=next((style for style in ("terse", "chatty") if style in self._manner), "plain"),
            today=date.fromisoformat(scenario.clock.split()[0]),
            dice=dice,
            has_typos="typos" in self._manner,
        )
        self._facts = scenario.facts
        self._slip = scenario.slip
        self._change = scenario.change
        self._questions = list(scenario.asks)
        self._otherwise = list(scenario.otherwise)
        self._told: set[str] = set()
        self._taken: datetime | None = None
        self._restated = 0
        self._said = 0
        self._named_booking = False
        self._has_given_up = False
        self._is_done = False

    def say(self, answer: Answer | None) -> str | None:
        """The next message, or None where the guest is content or has given up."""
        self._phrases.language = self._language()
        self._said += 1
        if answer is None:
            return self._open()
        self._is_done = self._is_done or self._is_met(answer)
        if self._slip is not None:
            return self._correct(self._slip)
        if self._questions and (self._is_done or self._asks_now(answer)):
            return self._phrases.question(self._questions.pop(0))
        if self._is_done or self._has_given_up:
            return None
        return self._answer(answer)

    # --- the course of it ------------------------------------------------------------------------

    def _language(self) -> Language:
        """Whoever switches says every second message in the other language."""
        own = self._scenario.language
        if "code_switches" not in self._manner or self._said % 2 == 0:
            return own
        return "en" if own == "es" else "es"

    def _open(self) -> str:
        goal = self._scenario.goal
        if goal == "ask":
            return self._phrases.question(self._questions.pop(0))
        said = self._facts if self._slip is None else self._facts.but(self._slip)
        told = self._given_at_once()
        self._told.update(told)
        return self._phrases.opening(goal, said, told)

    def _given_at_once(self) -> Sequence[str]:
        known = [name for name in (*_WISHED, "name", "phone") if self._knows(name)]
        slipped = set() if self._slip is None else self._slip.model_fields_set
        if "all_at_once" in self._manner:
            return known
        if "one_at_a_time" in self._manner or self._scenario.goal == "move":
            return [name for name in known if name in slipped]
        early = {"party", "service", "person", "preferences", "day"} | slipped
        return [name for name in known if name in early]

    def _knows(self, name: str) -> bool:
        return bool(getattr(self._facts, name))

    def _is_met(self, answer: Answer) -> bool:
        match self._scenario.goal:
            case "ask":
                return True
            case "check":
                return bool(answer["status"] == "answered")
            case goal:
                return bool(answer["action"] == _DONE[goal])

    def _asks_now(self, answer: Answer) -> bool:
        """Whoever digresses does it while an offer is on the table, or at the third message."""
        return "digresses" in self._manner and (bool(answer["offers"]) or self._said >= 3)

    def _correct(self, slip: Facts) -> str:
        self._slip = None
        wrong = [name for name in slip.model_fields_set if name in self._told]
        return self._phrases.framed("correct", self._facts, wrong)

    def _answer(self, answer: Answer) -> str | None:
        match answer["status"]:
            case "offering":
                return self._weigh(answer["offers"])
            case "awaiting_confirmation":
                return self._confirm_cancelling(answer)
            case "verifying":
                return self._phrases.say("last4", digits=(self._facts.phone or "")[-4:])
            case "collecting":
                return self._provide(answer["missing"])
            case "answered":
                return self._start_again()
            case _:
                return None

    def _start_again(self) -> str | None:
        """We were answered as if we wanted nothing: once more, from the beginning."""
        if self._restated > 1:
            return self._give_up()
        self._restated += 1
        told = [name for name in (*_WISHED, "name") if self._knows(name)]
        self._told.update(told)
        return self._phrases.opening(self._scenario.goal, self._facts, told)

    def _give_up(self) -> str:
        self._has_given_up = True
        return self._phrases.say("decline")

    # --- offers ----------------------------------------------------------------------------------

    def _weigh(self, offers: Sequence[Mapping[str, Any]]) -> str | None:
        if self._change is not None:
            return self._change_mind(self._change)
        if self._facts.party not in {None, offers[0]["party_size"]}:
            return self._phrases.framed("restate", self._facts, ["party"])
        starts = [_wall(offer["start"]) for offer in offers]
        wish = self._taken or self._facts.start
        if wish in starts:
            return self._take(wish, starts)
        nearby = wish is None or any(abs(start - wish) <= _NEARBY for start in starts)
        if not nearby and not self._restated:
            return self._restate()
        return self._fall_back(starts)

    def _take(self, start: datetime, starts: Sequence[datetime]) -> str:
        self._taken = start
        if len(starts) == 1:
            return self._phrases.say("accept")
        return self._phrases.choice(start.time())

    def _fall_back(self, starts: Sequence[datetime]) -> str:
        """What was wished cannot be had."""
        wish = self._facts.start
        match self._scenario.take:
            case "earliest":
                return self._take(min(starts), starts)
            case "latest":
                return self._take(max(starts), starts)
            case "nearest" if wish is not None:
                return self._take(min(starts, key=lambda start: abs(start - wish)), starts)
            case _:
                return self._wish_otherwise()

    def _wish_otherwise(self) -> str:
        if not self._otherwise:
            return self._give_up()
        return self._change_to(self._otherwise.pop(0))

    def _change_mind(self, change: Facts) -> str:
        self._change = None
        return self._change_to(change)

    def _change_to(self, change: Facts) -> str:
        self._facts = self._facts.but(change)
        self._taken = None
        self._restated = 0
        told = sorted(change.model_fields_set)
        self._told.update(told)
        return self._phrases.framed("change", self._facts, told)

    # --- details ---------------------------------------------------------------------------------

    def _provide(self, missing: Sequence[str]) -> str:
        asked = [_DETAILS[each] for each in missing if self._knows(_DETAILS[each])]
        untold = [name for name in asked if name not in self._told]
        if self._scenario.goal in _NEW_BOOKING and not asked:
            untold = [name for name in _WISHED if self._knows(name) and name not in self._told]
        if untold:
            return self._tell(untold)
        if self._must_name_booking():
            return self._name_booking()
        if self._restated:
            return self._wish_otherwise()
        return self._restate(asked)

    def _tell(self, untold: Sequence[str]) -> str:
        """One detail from whoever gives one at a time; else what is asked, and what goes with it."""
        told = list(untold[:1])
        if "one_at_a_time" not in self._manner and "terse" not in self._manner:
            told = list(untold)
        told += [
            name
            for name in ("preferences", "requests")
            if self._knows(name) and name not in self._told and name not in told
        ]
        self._told.update(told)
        return self._phrases.details(self._facts, told)

    def _restate(self, asked: Sequence[str] = ()) -> str:
        """The wish once more, so that it cannot be misread."""
        self._restated += 1
        wished = asked or ("party", "service", "day", "time")
        told = [name for name in wished if self._knows(name)]
        if not told:
            return self._phrases.opening(self._scenario.goal, self._facts, ())
        self._told.update(told)
        return self._phrases.framed("restate", self._facts, told)

    # --- bookings there are ----------------------------------------------------------------------

    def _must_name_booking(self) -> bool:
        several = len(self._scenario.bookings) > 1
        return several and self._scenario.goal != "book" and not self._named_booking

    def _name_booking(self) -> str:
        self._named_booking = True
        day = date.fromisoformat(self._scenario.bookings[0].start.split()[0])
        return self._phrases.booking_on(day)

    def _confirm_cancelling(self, answer: Answer) -> str:
        """A yes, if it is the booking that is meant."""
        booking = answer["booking"]
        meant = _wall(f"{self._scenario.bookings[0].start}:00")
        if booking is not None and _wall(booking["start"]) != meant:
            return self._name_booking()
        return self._phrases.say("accept")


def _wall(text: str) -> datetime:
    """The wall-clock time of an instant in an answer, which carries the venue's offset."""
    return datetime.fromisoformat(text).replace(tzinfo=None)
