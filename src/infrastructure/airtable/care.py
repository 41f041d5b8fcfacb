"""Caring for a base from the command line: `anfitrion airtable init` and `check`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from application.errors import DependencyError
from infrastructure.airtable.check import Finding, Verdict, check_base
from infrastructure.airtable.errors import (
    AirtableAway,
    AirtableForbidden,
    AirtableFrozen,
    AirtableQuotaSpent,
    AirtableRefused,
)
from infrastructure.airtable.init import Prepared, prepare
from infrastructure.venues.loader import read_files

if TYPE_CHECKING:
    from application.ports.clock import Clock
    from infrastructure.airtable.schema import BaseMap
    from infrastructure.airtable.wire import Wire

SCOPES = (
    "data.records:read",
    "data.records:write",
    "data.recordComments:read",
    "data.recordComments:write",
    "schema.bases:read",
    "schema.bases:write",
    "webhook:manage",
)


class BaseUnusable(DependencyError):
    """Airtable does not let us work on the base; the text says in plain words what to do."""

    code = "base_unusable"


class BaseCare:
    """What a person at a terminal does with a base.

    `remembered` is the map of the base as it was last found (`BaseMap.to_json`): what staff have renamed
    since is known by it. `remember` keeps the one that `init` leaves behind.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        clock: Clock,
        remembered: Mapping[str, Any] | None,
        remember: Callable[[BaseMap], Awaitable[None]],
    ) -> None:
        self._wire = wire
        self._clock = clock
        self._remembered = remembered
        self._remember = remember

    async def init(
        self, *, language: str | None, sample: bool, say: Callable[[str], None]
    ) -> Prepared:
        """Raises: BaseUnusable, StoreUnavailable. What was made until then stays; run it again."""
        with _explained():
            prepared = await prepare(
                self._wire,
                language=language,
                houses=read_files() if sample else (),
                remembered=self._remembered,
                say=say,
            )
        await self._remember(prepared.base)
        return prepared

    async def check(self) -> list[Finding]:
        """What cannot be asked is a finding too."""
        try:
            with _explained():
                return await check_base(
                    self._wire, now=self._clock.now(), remembered=self._remembered
                )
        except BaseUnusable as error:
            return [Finding(Verdict.REPAIR, "airtable", str(error))]


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (AirtableAway, AirtableRefused) as error:
        raise BaseUnusable(_told(error)) from error


def _told(error: AirtableAway | AirtableRefused) -> str:
    match error:
        case AirtableForbidden(status=401):
            return "Airtable does not know the token; set AIRTABLE_API_KEY to a valid one"
        case AirtableForbidden():
            return (
                "the token may not do this, or there is no such base; check AIRTABLE_BASE_ID, and "
                f"give the token this base and the scopes {', '.join(SCOPES)}"
            )
        case AirtableQuotaSpent():
            return "the plan's requests of this month are used up; wait, or change the plan"
        case AirtableFrozen():
            return "Airtable has had too many requests; try again in a minute"
        case AirtableAway():
            return f"Airtable does not answer ({error.reason}); try again"
        case AirtableRefused():
            return f"Airtable refuses: {error.type} {error.said}".strip()
