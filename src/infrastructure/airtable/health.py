"""How one process gets on with a base: what it last heard, and what it has asked so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from application.errors import DependencyError
from application.ports.allowance import Grant, Stop
from application.ports.clock import Clock
from infrastructure.airtable.errors import (
    AirtableAway,
    AirtableForbidden,
    AirtableFrozen,
    AirtableQuotaSpent,
    AirtableRefused,
)

State = Literal["ok", "frozen", "quota", "down"]


@dataclass(frozen=True, slots=True)
class WireHealth:
    """A base as this process sees it."""

    state: State
    """`down` from one failed request to the next answer; `ok` also before the first request."""
    message: str
    """For a person, one sentence; empty where nothing is wrong."""
    last_success_age_s: float | None
    """None: there was none yet."""
    retry_after_s: float | None
    """When nothing is sent for a while: how long."""
    requests: Mapping[tuple[str, str], int]
    """Sent by this process, by kind and by status or reason: ("list", "ok"), ("create", "timeout")."""
    requests_this_month: int
    """Sent by all processes, as of this one's last request."""
    remaining_this_month: int | None
    """None where the plan's monthly allowance is not known, or has no end."""
    waiting: int
    """Requests of this process in the queue."""


class Pulse:
    """Keeps what `WireHealth` tells."""

    def __init__(self, *, clock: Clock, monthly_allowance: int | None) -> None:
        self._clock = clock
        self._monthly_allowance = monthly_allowance
        self._requests: Counter[tuple[str, str]] = Counter()
        self._month_requests = 0
        self._last_success_s: float | None = None
        self._down = ""
        """The reason of the last failure; empty after an answer."""
        self._stop: Stop | None = None
        self._stopped_until_s = 0.0

    def granted(self, grant: Grant) -> None:
        """The allowance, which knows what other processes heard, has let a request pass."""
        self._stop = Stop.QUOTA if grant.tries_quota else None
        self._month_requests = grant.month_requests

    def stopped(self, stop: Stop, wait_s: float) -> None:
        self._stop = stop
        self._stopped_until_s = self._clock.monotonic() + wait_s

    def quota_restored(self) -> None:
        self._stop = None

    def succeeded(self, kind: str) -> None:
        self._requests[kind, "ok"] += 1
        self._answered()

    def failed(self, kind: str, error: DependencyError) -> None:
        self._requests[kind, _word(error)] += 1
        if isinstance(error, AirtableRefused):
            self._answered()
            return
        if isinstance(error, AirtableAway) and not isinstance(
            error, (AirtableFrozen, AirtableQuotaSpent)
        ):
            self._down = error.reason

    def health(self, *, waiting: int) -> WireHealth:
        now_s = self._clock.monotonic()
        state = self._state(now_s)
        left_s = max(self._stopped_until_s - now_s, 0.0)
        allowed = self._monthly_allowance
        return WireHealth(
            state=state,
            message=self._message(state),
            last_success_age_s=_age(self._last_success_s, now_s),
            retry_after_s=left_s if state in ("frozen", "quota") else None,
            requests=dict(self._requests),
            requests_this_month=self._month_requests,
            remaining_this_month=None
            if allowed is None
            else max(allowed - self._month_requests, 0),
            waiting=waiting,
        )

    def _answered(self) -> None:
        self._last_success_s = self._clock.monotonic()
        self._down = ""

    def _state(self, now_s: float) -> State:
        # A freeze ends by itself; a spent quota only when a request has succeeded.
        if self._stop is Stop.QUOTA:
            return "quota"
        if self._stop is Stop.FROZEN and now_s < self._stopped_until_s:
            return "frozen"
        return "down" if self._down else "ok"

    def _message(self, state: State) -> str:
        match state:
            case "frozen":
                return "Airtable has been sent too many requests and takes none for half a minute."
            case "quota":
                return (
                    "The requests of this month are used up: Airtable's plan has to be changed, or "
                    "the month to end."
                )
            case "down":
                return f"Airtable does not answer: {self._down}."
        return ""


def _age(then_s: float | None, now_s: float) -> float | None:
    return None if then_s is None else now_s - then_s


def _word(error: DependencyError) -> str:
    if isinstance(error, (AirtableRefused, AirtableForbidden)):
        return str(error.status)
    return error.reason if isinstance(error, AirtableAway) else error.code
