"""Scripted dialogues as they stand in `tests/e2e/dialogues/*.yaml`: what guests say, what must come of it.

The README beside those files explains the format. Reading it is strict, so that a misspelt
expectation fails instead of being met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

FOLDER = Path(__file__).parents[1] / "e2e" / "dialogues"

VENUES = {
    "restaurant": ("la-terraza", ZoneInfo("Europe/Madrid")),
    "clinic": ("clinica-sonrisa", ZoneInfo("America/La_Paz")),
}


def _wall_clock(text: str) -> str:
    datetime.strptime(text, "%Y-%m-%d %H:%M")
    return text


def _duration(text: object) -> object:
    """ "2 days" as pydantic reads a duration: in seconds."""
    if not isinstance(text, str):
        return text
    amount, unit = text.split()
    return timedelta(**{unit if unit.endswith("s") else unit + "s": int(amount)})


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


WallClock = Annotated[str, AfterValidator(_wall_clock)]
OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Given(_Strict):
    """A booking that stands before the first word, or is made while nobody looks."""

    start: WallClock
    party: int = 1
    name: str = ""
    phone: str = ""
    notes: str = ""
    service: str | None = None
    times: int = 1


class Turn(_Strict):
    """One message and what must be true of its answer; what is not named does not matter."""

    say: str
    as_: Annotated[str | None, Field(alias="as")] = None
    later: Annotated[timedelta, BeforeValidator(_duration)] = timedelta(0)
    meanwhile: tuple[Given, ...] = ()
    again: bool = False
    status: OneOrMore = ()
    action: OneOrMore = ()
    intent: OneOrMore = ()
    missing: tuple[str, ...] | None = None
    not_missing: tuple[str, ...] = ()
    offers: tuple[WallClock, ...] | None = None
    no_offer: tuple[str, ...] = ()
    at_least: int = 0
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    says_phone: bool = False
    language: Literal["es", "en"] | None = None
    same_reply: bool = False


class Final(_Strict):
    """A booking that must stand when the dialogue is over."""

    start: str
    party: int | None = None
    service: str | None = None
    status: str = "confirmed"
    name: str | None = None
    phone: str | None = None
    notes: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    guest: str | None = None
    same_as: int | None = None


class Free(_Strict):
    """A start that anybody could book when the dialogue is over."""

    start: WallClock
    party: int
    service: str | None = None


def _turns(value: object) -> object:
    return [{"say": turn} if isinstance(turn, str) else turn for turn in _sequence(value)]


def _sequence(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("a list of turns is needed")
    return value


class Dialogue(_Strict):
    id: str
    covers: tuple[str, ...]
    venue: Literal["restaurant", "clinic"]
    clock: WallClock
    guest: str = "+34600111222"
    channel: str = "whatsapp"
    bookings: tuple[Given, ...] = ()
    others: tuple[Given, ...] = ()
    each: tuple[str, ...] = ()
    turns: Annotated[tuple[Turn, ...], BeforeValidator(_turns)]
    final: tuple[Final, ...]
    free: tuple[Free, ...] = ()

    def __repr__(self) -> str:
        return self.id

    @property
    def venue_id(self) -> str:
        return VENUES[self.venue][0]

    @property
    def zone(self) -> ZoneInfo:
        return VENUES[self.venue][1]

    @property
    def language(self) -> str | None:
        """Of every reply; None in a mixed dialogue, whose turns say it themselves."""
        prefix = self.id.partition("-")[0]
        return None if prefix == "mix" else prefix

    def instant(self, wall: str) -> datetime:
        """A wall-clock time of the house."""
        return datetime.strptime(wall, "%Y-%m-%d %H:%M").replace(tzinfo=self.zone)

    def variants(self) -> Iterator[Dialogue]:
        """The dialogue itself, or one for each of its `each`."""
        if not self.each:
            yield self
        for word in self.each:
            turns = tuple(
                turn.model_copy(update={"say": turn.say.replace("{each}", word)})
                for turn in self.turns
            )
            yield self.model_copy(update={"id": f"{self.id}[{word}]", "turns": turns, "each": ()})


def load_dialogues(folder: Path = FOLDER) -> list[Dialogue]:
    """All dialogues, variants spread out, in the order of the files."""
    dialogues = [
        variant
        for file in sorted(folder.glob("*.yaml"))
        for raw in _raw(file)
        for variant in Dialogue.model_validate(raw).variants()
    ]
    _check_ids(dialogue.id for dialogue in dialogues)
    return dialogues


def _raw(file: Path) -> list[Any]:
    # BaseLoader leaves every scalar a text, so that 21:00 stays a time and `no` a word.
    with file.open(encoding="utf-8") as text:
        raw: list[Any] = yaml.load(text, yaml.BaseLoader)
    return raw


def _check_ids(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise ValueError(f"two dialogues are called {name}")
        if name.partition("-")[0] not in {"es", "en", "mix"}:
            raise ValueError(f"{name} does not begin with its language")
        seen.add(name)
