"""Scenarios: what a scripted guest wants, knows and is like, and what must be true in the end.

A file of `scenarios/` names a house, a language and a clock once for all of its scenarios. Reading
is strict, so that a misspelt fact fails instead of being forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

PACKAGED = Path(__file__).with_name("scenarios")


class ScenarioError(ValueError):
    """A folder of scenarios cannot be used; the message says which file and why."""


def _instant(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M")


def _wall_clock(text: str) -> str:
    _instant(text)
    return text


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


WallClock = Annotated[str, AfterValidator(_wall_clock)]
"""A wall-clock time of the house, `2026-11-27 21:00`."""
OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Language = Literal["es", "en"]
Goal = Literal["book", "move", "cancel", "check", "ask"]
Manner = Literal[
    "terse",
    "chatty",
    "typos",
    "all_at_once",
    "one_at_a_time",
    "corrects",
    "changes_mind",
    "digresses",
    "code_switches",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Facts(_Strict):
    """What the guest wants, as far as they know it: of a wish, a slip or a change, the part it is about."""

    party: int | None = None
    day: dt.date | None = None
    time: dt.time | None = None
    service: str | None = None
    person: str | None = None
    """The practitioner's id."""
    name: str | None = None
    phone: str | None = None
    preferences: OneOrMore = ()
    """Areas and features that the booked resources must have."""
    requests: OneOrMore = ()
    """Keys of the phrase tables; the booking's notes must hold what was said."""

    def but(self, change: Facts) -> Facts:
        return self.model_copy(update=change.said)

    @property
    def said(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}

    @property
    def start(self) -> dt.datetime | None:
        """The wished wall-clock time."""
        return None if self.day is None or self.time is None else _at(self.day, self.time)


def _at(day: dt.date, clock: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, clock)


class Given(_Strict):
    """A booking that stands before the first word."""

    start: WallClock
    party: int = 1
    service: str | None = None
    name: str = "Otro Huésped"
    phone: str = ""
    times: int = 1


class Ends(_Strict):
    """What must come of it, where the goal and the facts do not say so already."""

    starts: OneOrMore = ()
    """Wall-clock times of which the booking must have one."""
    nothing: bool = False
    """Nothing may be booked or changed."""
    status: str | None = None
    """What one of the answers must have as its `status`."""


class Scenario(_Strict):
    """One scripted guest."""

    id: str
    venue: str
    language: Language
    clock: WallClock
    guest: str = "+34600111222"
    """Who they are to the channel; a number counts as proven."""
    goal: Goal
    manner: tuple[Manner, ...] = ()
    facts: Facts = Facts()
    slip: Facts | None = None
    """What a guest who corrects themselves says first, and wrongly."""
    change: Facts | None = None
    """What a guest who changes their mind wants once there is an offer."""
    asks: OneOrMore = ()
    """Topics of the house's answers that the guest asks about and must hear."""
    take: Literal["earliest", "latest", "nearest"] | None = None
    """Which of several alternatives the guest takes where their wish cannot be had."""
    otherwise: tuple[Facts, ...] = ()
    """The next wishes, in order, where they take none."""
    bookings: tuple[Given, ...] = ()
    """The guest's own; the first is the one to move, cancel or check."""
    others: tuple[Given, ...] = ()
    ends: Ends = Ends()

    @property
    def final_facts(self) -> Facts:
        return self.facts if self.change is None else self.facts.but(self.change)

    def starts_at(self, zone: ZoneInfo) -> dt.datetime:
        return _instant(self.clock).replace(tzinfo=zone)


class _File(_Strict):
    """One file, spread out into its scenarios."""

    shared: Annotated[Mapping[str, Any], Field(default_factory=dict)]
    scenarios: tuple[Mapping[str, Any], ...]

    def spread(self) -> Iterator[Scenario]:
        for own in self.scenarios:
            yield Scenario.model_validate({**self.shared, **own})


def load_scenarios(folder: Path = PACKAGED) -> tuple[Scenario, ...]:
    """All scenarios of a folder, in the order of its files.

    Raises: ScenarioError.
    """
    scenarios: dict[str, Scenario] = {}
    for file in sorted(folder.glob("*.yaml")):
        for scenario in _read(file):
            if scenario.id in scenarios:
                raise ScenarioError(f"{file.name}: a second scenario is called {scenario.id}")
            scenarios[scenario.id] = scenario
    if not scenarios:
        raise ScenarioError(f"{folder}: there are no scenarios (*.yaml) here")
    return tuple(scenarios.values())


def _read(file: Path) -> tuple[Scenario, ...]:
    try:
        # BaseLoader leaves every scalar a text, so that 21:00 stays a time.
        # It builds nothing else, which makes it the safest of all.
        raw = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
        return tuple(_File.model_validate(raw).spread())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise ScenarioError(f"{file.name}: {where}: {fault['msg']}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file.name}: {error}") from None


def wall_clock(text: str, zone: ZoneInfo) -> dt.datetime:
    """A scenario's wall-clock time as an instant."""
    return _instant(text).replace(tzinfo=zone)
