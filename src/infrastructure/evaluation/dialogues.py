"""Following a dialogue of another system: what is known after each user turn, and what gets booked.

The recorded system speaks in acts: it requests, offers and confirms values. Values are taken over
from it when the user agrees, and from the user's own words always.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from domain.dialogue import DialogueState, Expecting
from domain.understanding import Intent, Understanding
from domain.venue import Venue
from domain.when import KnownDays, Mention, UnclearDay, When, resolve_day
from infrastructure.evaluation.venues import RESTAURANT
from infrastructure.local.dates.calendar import resolve_for_calendar

Values = dict[str, str]

TODAY = date(2019, 3, 1)
DEFAULTS: dict[str, Values] = {"restaurant": {"people": "2", "date": TODAY.isoformat()}}
"""What the recorded system books where nothing was said (defaults of its published schema)."""
BOOKED = ("people", "date", "time", "provider")
_ASKS = {"date": Expecting.DATE, "time": Expecting.TIME, "people": Expecting.PARTY_SIZE}


class Understand(Protocol):
    def __call__(
        self, text: str, state: DialogueState, venue: Venue, *, last_reply: str = ""
    ) -> Awaitable[Understanding]: ...


class _Tracker:
    """What one dialogue has come to."""

    def __init__(self, domain: str) -> None:
        self._defaults = DEFAULTS.get(domain, {})
        self.known: Values = {}
        self.pending: Values = {}
        """What the system last offered or asked to confirm."""
        self.confirming = False
        self.last_reply = ""
        self.expecting = Expecting.NOTHING
        self.plan: Values = {}
        """Values of the booking as the system last read them back."""
        self.booking: Values | None = None
        self.wants_booking = False

    def hear(self, turn: Mapping[str, Any]) -> None:
        """A system turn."""
        acts: Sequence[Sequence[str]] = turn["acts"]
        self.last_reply = turn["text"]
        kinds = {act[0] for act in acts}
        self.confirming = "CONFIRM" in kinds
        self.pending = {a[1]: a[2] for a in acts if a[0] in {"CONFIRM", "OFFER"}}
        if self._reads_back:
            self.plan.update(self.pending)
        asked = [_ASKS[a[1]] for a in acts if a[0] == "REQUEST" and a[1] in _ASKS]
        self.expecting = asked[0] if len(asked) == 1 and not self.pending else Expecting.NOTHING
        self._correct_by_readback()

    def _correct_by_readback(self) -> None:
        """A value the user gave is as the system reads it back."""
        for slot in ("people", "date", "time"):
            if self.confirming and slot in self.pending and slot in self.known:
                self.known[slot] = self.pending[slot]

    def take(self, said: Understanding) -> None:
        """A user turn."""
        given = _given(said)
        agrees = self._agrees(said, given)
        if agrees:
            if self._reads_back:
                self.known.update({**self._defaults, **self.plan})
            self.known.update(self.pending)
            self._book(given)
        self.known.update(given)
        self.plan.update({slot: v for slot, v in given.items() if slot in BOOKED})
        self.wants_booking |= said.intent in {Intent.BOOK, Intent.CORRECT}

    def _agrees(self, said: Understanding, given: Values) -> bool:
        if not self.pending:
            return False
        if self._reads_back:
            contradicts = any(self.pending.get(s) != v for s, v in given.items())
            declines = said.wants(Intent.DENY) or said.wants(Intent.CORRECT)
            return not contradicts and not declines
        return said.wants(Intent.AFFIRM) or said.wants(Intent.BOOK)

    @property
    def _reads_back(self) -> bool:
        """The system put a whole booking to the user, not just a place."""
        return self.confirming or "time" in self.pending

    def _book(self, given: Values) -> None:
        if self._reads_back:
            plan = {**self._defaults, **self.plan, **given}
            self.booking = {slot: value for slot, value in plan.items() if slot in BOOKED}


def _given(said: Understanding) -> Values:
    given: Values = {}
    if said.party is not None and said.party.is_exact:
        given["people"] = str(said.party.low)
    when = said.when or said.previous
    if day := _day(when):
        given["date"] = day
    if clock := _clock(when):
        given["time"] = clock
    return given


def _day(when: When) -> str | None:
    if when.day is None:
        return None
    match resolve_day(when.day, today=TODAY):
        case KnownDays(days=days) if len(days) == 1:
            return days[0].isoformat()
        case UnclearDay(options=options):
            return options[-1].isoformat()
        case _:
            return None


def _clock(when: When) -> str | None:
    """The time meant, by the hours people keep: seven is in the evening, eleven in the morning."""
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day)
    mention = Mention(0, 1, When(time=when.time))
    atoms = resolve_for_calendar([mention], midnight, "en") if when.time else []
    return next((atom["v"][:5] for atom in atoms if atom["k"] == "time"), None)


async def follow(item: Mapping[str, Any], understand: Understand) -> dict[str, Any]:
    """The prediction for one dialogue."""
    tracker = _Tracker(item["domain"])
    turns: dict[str, Any] = {}
    for number, turn in enumerate(item["turns"]):
        if turn["who"] == "system":
            tracker.hear(turn)
            continue
        state = DialogueState(expecting=tracker.expecting, language="en")
        reply = tracker.last_reply
        tracker.take(await understand(turn["text"], state, RESTAURANT, last_reply=reply))
        turns[str(number)] = {
            "intent": "book" if tracker.wants_booking else "search",
            "state": dict(tracker.known),
        }
    return {"turns": turns, "booking": tracker.booking}
