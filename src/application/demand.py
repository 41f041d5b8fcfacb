"""Where a house loses guests: the wishes it refused, by the hour wished for and by reason."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from application.activity import SILENCE
from application.ports.clock import Clock
from application.ports.turn_observer import CompletedTurn, Stage
from domain.availability import RefusalCode, Wish
from domain.dialogue import Search, SearchDone
from domain.venue import Venue, VenueId

KEPT = timedelta(days=7)
MOST = 20_000
"""Wishes kept; where more were refused, the last ones speak for all."""

GUESTS_MISTAKES = frozenset({RefusalCode.PAST, RefusalCode.OFF_GRID})
"""Nobody is turned away by these: the day is over, or the start beside it is free."""

NARROW_MIN = 180
"""A wish for some hours this wide at most is a wish for the hour that suits best; a wider one is for
any time that day."""

DAY_BEGINS = 6
"""The hour with which the list of hours begins."""

_TAKEN_IN = frozenset({"confirmed", "received", "moved", "waitlisted"})

Ending = Literal["saved", "lost", "open"]


@dataclass(frozen=True, slots=True)
class RefusedWish:
    """What one conversation wished for and could not have, once however often it was asked."""

    conversation_id: str
    venue: VenueId
    day: date
    hour: int | None
    """Of the house's wall clock, 0 to 23; None for any time that day."""
    reason: RefusalCode
    covers: int
    heard_at: datetime
    """When the conversation was last heard of."""
    saved: bool = False
    """The guest took something else, or waits for it."""

    def ending(self, now: datetime) -> Ending:
        """A guest who has been silent for a while has gone elsewhere."""
        if self.saved:
            return "saved"
        return "lost" if now - self.heard_at > SILENCE else "open"


@dataclass(frozen=True, slots=True)
class HourOfRefusals:
    hour: int | None
    reasons: Mapping[str, int]
    lost: int


@dataclass(frozen=True, slots=True)
class VenueDemand:
    refused: int
    saved: int
    lost: int
    open: int
    covers_lost: int
    hours: tuple[HourOfRefusals, ...]
    """From the morning to the end of the night, only those with refusals; any time that day last."""


class Demand:
    """Hears of searches, and of how conversations went on: of this process, since its start.

    A `SearchObserver` and a `TurnObserver`.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._wishes: OrderedDict[tuple[object, ...], RefusedWish] = OrderedDict()
        self._of: dict[str, list[tuple[object, ...]]] = {}

    def searched(
        self, conversation_id: str, venue: Venue, search: Search, found: SearchDone
    ) -> None:
        if found.refusal is None or found.refusal in GUESTS_MISTAKES:
            return
        if search.moving is not None:
            return  # they keep the booking that they have
        first = search.wishes[0]
        wish = RefusedWish(
            conversation_id=conversation_id,
            venue=venue.id,
            day=found.wished_day or first.day,
            hour=_hour(venue, first, found.wished),
            reason=found.refusal,
            covers=first.covers,
            heard_at=self._clock.now(),
        )
        key = (conversation_id, wish.day, wish.hour, wish.reason)
        if key not in self._wishes:
            self._of.setdefault(conversation_id, []).append(key)
        self._wishes[key] = wish
        self._forget()

    def stage(self, name: Stage) -> AbstractContextManager[None]:  # noqa: ARG002 the port's
        return nullcontext()

    def completed(self, turn: CompletedTurn) -> None:
        saved = turn.status in _TAKEN_IN
        for key in self._of.get(turn.conversation_id, ()):
            wish = self._wishes[key]
            self._wishes[key] = replace(wish, heard_at=turn.at, saved=wish.saved or saved)

    def by_venue(self) -> Mapping[VenueId, VenueDemand]:
        """The last seven days', houses without refusals missing."""
        now = self._clock.now()
        wishes = [wish for wish in self._wishes.values() if wish.heard_at > now - KEPT]
        venues = sorted({wish.venue for wish in wishes})
        return {venue: _demand((w for w in wishes if w.venue == venue), now) for venue in venues}

    def _forget(self) -> None:
        since = self._clock.now() - KEPT
        while self._wishes:
            key, oldest = next(iter(self._wishes.items()))
            if len(self._wishes) <= MOST and oldest.heard_at > since:
                return
            del self._wishes[key]
            keys = self._of[oldest.conversation_id]
            keys.remove(key)
            if not keys:
                del self._of[oldest.conversation_id]


def _hour(venue: Venue, wish: Wish, wished: datetime | None) -> int | None:
    if wished is not None:
        return wished.astimezone(venue.zone).hour
    if wish.latest - wish.earliest <= NARROW_MIN:
        return wish.target // 60 % 24
    return None


def _demand(wishes: Iterable[RefusedWish], now: datetime) -> VenueDemand:
    reasons: dict[int | None, Counter[str]] = {}
    lost: Counter[int | None] = Counter()
    endings: Counter[Ending] = Counter()
    covers_lost = 0
    for wish in wishes:
        ending = wish.ending(now)
        endings[ending] += 1
        reasons.setdefault(wish.hour, Counter())[wish.reason.value] += 1
        if ending == "lost":
            lost[wish.hour] += 1
            covers_lost += wish.covers
    in_order = sorted(reasons, key=_place_in_the_night)
    return VenueDemand(
        refused=endings.total(),
        saved=endings["saved"],
        lost=endings["lost"],
        open=endings["open"],
        covers_lost=covers_lost,
        hours=tuple(HourOfRefusals(hour, dict(reasons[hour]), lost[hour]) for hour in in_order),
    )


def _place_in_the_night(hour: int | None) -> tuple[bool, int]:
    """An hour past midnight belongs to the evening before."""
    return (hour is None, 0 if hour is None else (hour - DAY_BEGINS) % 24)
