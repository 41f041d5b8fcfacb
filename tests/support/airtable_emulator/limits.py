"""Requests per second and per month.

The shape of Airtable's window and its true penalty are not published. Ours is the strict reading: a
sliding second, and after one request too many nothing succeeds for 30 s.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tests.support.airtable_emulator import errors

_WINDOW_S = 1.0


class Mode(StrEnum):
    STRICT = "strict"
    """One request too many locks the base (or user) for the penalty."""
    SOFT = "soft"
    """Only the excess is refused."""
    OFF = "off"


@dataclass(slots=True)
class Limits:
    mode: Mode = Mode.STRICT
    per_base: int = 5
    per_user: int = 50
    penalty_s: float = 30.0
    monthly: int | None = None
    """Calls in a calendar month; None is a plan without a cap."""
    plural_body: bool = True
    retry_after: bool = False


@dataclass(slots=True)
class _Window:
    admitted: deque[float] = field(default_factory=deque)
    locked_until: float = 0.0


class Limiter:
    def __init__(self, limits: Limits, calls_by_month: dict[str, int]) -> None:
        self.limits = limits
        self._calls_by_month = calls_by_month
        self._windows: dict[str, _Window] = {}

    def admit(self, *, user: str, base: str | None, now_s: float) -> None:
        """Count a request in, or refuse it. Raises: ApiError, 429."""
        if self.limits.mode is Mode.OFF:
            return
        keys = [(user, self.limits.per_user)] + ([(base, self.limits.per_base)] if base else [])
        for key, limit in keys:
            self._check(key, limit, now_s)
        for key, _ in keys:
            self._windows[key].admitted.append(now_s)

    def used_up(self, base: str | None, now_s: float) -> errors.ApiError:
        """The refusal of a base that another program has used up."""
        if base and self.limits.mode is Mode.STRICT:
            window = self._windows.setdefault(base, _Window())
            window.locked_until = now_s + self.limits.penalty_s
        return self._refusal(self.limits.penalty_s)

    def meter(self, now: datetime) -> None:
        """Count one call of this month. Raises: ApiError, the other 429."""
        month = f"{now:%Y-%m}"
        used = self._calls_by_month.get(month, 0)
        if self.limits.monthly is not None and used >= self.limits.monthly:
            raise errors.quota_spent()
        self._calls_by_month[month] = used + 1

    def forget(self) -> None:
        self._windows.clear()

    def _check(self, key: str, limit: int, now_s: float) -> None:
        window = self._windows.setdefault(key, _Window())
        if now_s < window.locked_until:
            raise self._refusal(window.locked_until - now_s)
        while window.admitted and window.admitted[0] <= now_s - _WINDOW_S:
            window.admitted.popleft()
        if len(window.admitted) >= limit:
            if self.limits.mode is Mode.STRICT:
                window.locked_until = now_s + self.limits.penalty_s
            raise self._refusal(max(window.locked_until - now_s, _WINDOW_S))

    def _refusal(self, wait_s: float) -> errors.ApiError:
        retry_after_s = int(wait_s) + 1 if self.limits.retry_after else None
        return errors.rate_limited(plural=self.limits.plural_body, retry_after_s=retry_after_s)
