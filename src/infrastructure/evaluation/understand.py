"""`anfitrion understand`: what a router makes of an evaluation file, in the scorer's schema.

The set is told by the shape of its first item. Every item is read from a clean state; dialogues are
read turn by turn with the true history (`dialogues.py`).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from application.errors import DependencyError
from application.ports.agents import Exchange, GuestMessage, RouterAgent
from domain.dialogue import DialogueState, Expecting
from domain.understanding import Understanding
from domain.venue import Venue
from domain.when import CalendarDay, KnownDays, resolve_day
from infrastructure.evaluation.dialogues import follow
from infrastructure.evaluation.venues import CLINIC, RESTAURANT
from infrastructure.local.dates import DateReader
from infrastructure.local.dates.calendar import resolve_for_calendar
from infrastructure.local.understanding.names import split_name
from infrastructure.local.understanding.party import find_parties
from infrastructure.local.understanding.spotted import read_moments
from infrastructure.local.understanding.text import Said

Item = Mapping[str, Any]
Prediction = dict[str, Any]

EPOCH = datetime(2019, 3, 1, 12, tzinfo=UTC)
"""The sets' "today" where an item names none."""

_EXPECTED = {
    "people": Expecting.PARTY_SIZE,
    "date": Expecting.DATE,
    "time": Expecting.TIME,
    "first_name": Expecting.NAME,
    "last_name": Expecting.NAME,
}


async def understand(in_path: Path, out_path: Path, *, router: RouterAgent) -> AsyncIterator[int]:
    """Read items one by one, write predictions one by one, yield how many are done.

    An item to which the router's model gives no answer is written with its `error`, which the scorer
    counts as nothing understood.

    Raises: ValueError for a file that is none of the sets, or where no item was answered at all.
    """
    answered, error = 0, ""
    with in_path.open(encoding="utf-8") as items, out_path.open("w", encoding="utf-8") as out:
        done = 0
        predict: Callable[[Item], Awaitable[Prediction]] | None = None
        for line in items:
            if not line.strip():
                continue
            item = json.loads(line)
            predict = predict or _predictor(item, router)
            try:
                prediction = await predict(item)
                answered += 1
            except DependencyError as failure:
                error = str(failure)
                prediction = {"error": error}
            out.write(json.dumps({"id": item["id"], **prediction}, ensure_ascii=False) + "\n")
            done += 1
            yield done
    if done and not answered:
        raise ValueError(f"none of {done} items was answered: {error}")


def _predictor(item: Item, router: RouterAgent) -> Callable[[Item], Awaitable[Prediction]]:
    """How to predict the set that this item belongs to."""
    reader = Reading(router)
    shapes = (
        ("turns", reader.dialogue),
        ("spans", reader.date_spans),
        ("intent", reader.intent),
        ("ref", reader.dates),
        ("requested", reader.slots),
    )
    for key, predict in shapes:
        if key in item:
            return predict
    raise ValueError(f"item {item.get('id')!r} belongs to no known set")


class Reading:
    """One prediction method for each kind of set."""

    def __init__(self, router: RouterAgent) -> None:
        self._router = router
        self._dates = DateReader()

    async def slots(self, item: Item) -> Prediction:
        asked = [_EXPECTED[slot] for slot in item["requested"] if slot in _EXPECTED]
        state = DialogueState(expecting=asked[0] if asked else Expecting.NOTHING)
        venue = CLINIC if item["lang"] == "es" else RESTAURANT
        said = await self._understand(item["text"], state, venue)
        return {"pred": _slots(said, item["lang"], self._dates)}

    async def intent(self, item: Item) -> Prediction:
        venue = CLINIC if item["lang"] == "es" else RESTAURANT
        said = await self._understand(
            item["text"], DialogueState(), venue, last_reply=item.get("prev") or ""
        )
        return {"intent": said.intent.value}

    async def dates(self, item: Item) -> Prediction:
        mentions = self._dates.read(item["text"], language=item["lang"])
        ref = datetime.fromisoformat(item["ref"]).replace(tzinfo=None)
        return {"pred": resolve_for_calendar(mentions, ref, item["lang"])}

    async def date_spans(self, item: Item) -> Prediction:
        return {"spans": [list(s) for s in self._dates.spans(item["text"], language=item["lang"])]}

    async def dialogue(self, item: Item) -> Prediction:
        return await follow(item, self._understand)

    async def _understand(
        self, text: str, state: DialogueState, venue: Venue, *, last_reply: str = ""
    ) -> Understanding:
        message = GuestMessage(text=text, user_id="evaluation", channel="chat", at=EPOCH)
        history = [Exchange(guest="", reply=last_reply)] if last_reply else []
        routed = await self._router.run(message=message, state=state, venue=venue, history=history)
        if routed.receipt.source == "model":
            return _with_spans(routed.understanding, text)
        return routed.understanding


_SLOTS = ("people", "date", "time", "first_name", "last_name", "service", "for_whom")


def _with_spans(said: Understanding, text: str) -> Understanding:
    """A model's reading with the guest's words for each slot, as the twin gives them.

    A model tells a party as a number and a name in one piece; the sets ask for the words.
    """
    words = {slot: said.words[slot] for slot in ("date", "time") if slot in said.words}
    for mention in find_parties(Said.of(text), expected=True):
        if mention.party.low == (said.party and said.party.low):
            words["people"] = text[mention.start : mention.end]
    if said.name:
        first, last = split_name(said.name)
        words |= {"first_name": first, "last_name": last} if last else {"first_name": first}
    if said.service:
        words["service"] = said.service
    return replace(said, words=words)


def _slots(said: Understanding, language: str, dates: DateReader) -> dict[str, dict[str, Any]]:
    """Spans are the guest's own words; values are what they were read as."""
    found: dict[str, dict[str, Any]] = {
        slot: {"text": text} for slot, text in said.words.items() if slot in _SLOTS
    }
    if said.party is not None and said.party.is_exact and "people" in found:
        found["people"]["value"] = said.party.low
    if "time" in found and (clock := _clock(found["time"]["text"], language, dates)):
        found["time"]["value"] = clock
    if "date" in found and (day := _month_and_day(found["date"]["text"], language, dates)):
        found["date"]["value"] = day
    return found


def _clock(words: str, language: str, dates: DateReader) -> str | None:
    mentions = read_moments(dates, words, language, expecting_time=True)
    atoms = resolve_for_calendar(mentions, EPOCH.replace(tzinfo=None), language)
    return next((atom["v"] for atom in atoms if atom["k"] == "time"), None)


def _month_and_day(words: str, language: str, dates: DateReader) -> str | None:
    for mention in dates.read(words, language=language):
        day = mention.when.day
        if isinstance(day, CalendarDay) and day.month is not None:
            return f"{day.month:02d}-{day.day:02d}"
        if day is not None and isinstance(known := resolve_day(day, today=_today()), KnownDays):
            return f"{known.days[0]:%m-%d}"
    return None


def _today() -> date:
    return EPOCH.date()
