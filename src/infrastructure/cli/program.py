"""What the composition root lends to the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from application.cache_report import CacheHealth
    from application.ports.agents import HumanAgent
    from application.ports.conversations import Conversations
    from application.ports.keys import Keys
    from domain.venue import Venue
    from infrastructure.settings import Settings


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """Which models an agent will ask, in order; none means its local twin, and `reason` says why."""

    agent: str
    models: tuple[str, ...]
    reason: str = ""


class OpenLedger(Protocol):
    @property
    def keys(self) -> Keys: ...
    @property
    def conversations(self) -> Conversations: ...


class BaseFinding(Protocol):
    """What a look at a base says of one thing: `ok`, `note` or `repair`."""

    @property
    def verdict(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def detail(self) -> str: ...


class PreparedBase(Protocol):
    """What was made in a base, line by line, and what is left to do by hand."""

    @property
    def made(self) -> Sequence[str]: ...
    @property
    def by_hand(self) -> Sequence[str]: ...
    @property
    def rows(self) -> int: ...


class SyncedBase(Protocol):
    """What a full pass found."""

    @property
    def rows(self) -> int: ...
    @property
    def edits(self) -> int: ...
    @property
    def gone(self) -> int: ...


class AirtableBase(Protocol):
    async def init(
        self, *, language: str | None, sample: bool, say: Callable[[str], None]
    ) -> PreparedBase:
        """Raises: DependencyError, whose text says what to do."""
        ...

    async def check(self) -> Sequence[BaseFinding]:
        """Raises: DependencyError, whose text says what to do."""
        ...

    async def sync(
        self, *, on_window: Callable[[datetime, int], None], on_elsewhere: Callable[[], None]
    ) -> SyncedBase:
        """Raises: DependencyError."""
        ...


class Compared(Protocol):
    """What came of a comparison."""

    def as_json(self) -> dict[str, Any]: ...

    def as_table(self) -> str: ...

    def as_html(self) -> str: ...


class Program(Protocol):
    """Everything that commands do with the rest of the program."""

    def settings(self, **given: object) -> Settings:
        """Raises: SettingsError."""
        ...

    def create_app(self, settings: Settings) -> FastAPI: ...

    def serve(
        self, app: FastAPI, *, host: str, port: int, on_listening: Callable[[str], None]
    ) -> bool: ...

    def serving(self, app: FastAPI) -> AbstractAsyncContextManager[str]: ...

    def configure_logging(self, settings: Settings, *, level: int = ...) -> None: ...

    def venues(self, settings: Settings) -> Sequence[Venue]:
        """Raises: AnfitrionError where a venue file is wrong."""
        ...

    def write_venue(self, folder: Path, table: Mapping[str, Any]) -> Path:
        """Write a house in the shape of a venue file. Raises: AnfitrionError where it is none."""
        ...

    def zone_table(self) -> str: ...

    def ledger(self, settings: Settings) -> AbstractAsyncContextManager[OpenLedger]:
        """Raises: StoreUnavailable, ValueError."""
        ...

    def airtable(self, settings: Settings) -> AbstractAsyncContextManager[AirtableBase]:
        """The base of the settings, which name one (`Settings.uses_airtable`)."""
        ...

    async def cache_health(self, settings: Settings) -> CacheHealth:
        """How the cache is that the settings name. Raises: ValueError where they name none."""
        ...

    def agents(self, settings: Settings) -> Sequence[AgentChoice]: ...

    def end_of_life(self, model: str) -> date | None:
        """The day on which a provider ends a model, where that is known."""
        ...

    def understand(
        self, settings: Settings, items: Path, predictions: Path, *, agent: str
    ) -> AsyncIterator[int]:
        """Predict one item after the other, and say how many are done.

        Raises: ValueError where the file is none of the evaluation sets.
        """
        ...

    async def compare(
        self,
        sides: Sequence[tuple[str, Settings]],
        *,
        scenarios: Path | None,
        repeats: int,
        at_once: int,
        on_played: Callable[[int, int], None],
    ) -> Compared:
        """Play scripted guests through two model settings, each named as it was written.

        `on_played` hears how many dialogues are done, and of how many.

        Raises: ValueError where the scenarios cannot be used.
        """
        ...

    def local_human(self) -> HumanAgent: ...

    def measure(self, subject: str, *arguments: str) -> Mapping[str, Any]:
        """What `infrastructure.benchmarks` says of a subject: numbers, nested by name."""
        ...
