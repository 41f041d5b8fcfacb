"""How many requests the outside still takes from us: one account per base or token, shared by every process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

QUOTA_RETRY_S = 900.0
"""How often it is tried whether a spent quota is spent no longer."""
_CLOCK_SET_BACK_S = 60.0
"""A turn or the end of a freeze further ahead than this was written before the clock was set back;
it no longer counts, or one wrong clock would stop everything until time has caught up with it."""


class Stop(StrEnum):
    FROZEN = "frozen"
    """The other side has said "too fast": nothing for a while."""
    QUOTA = "quota"
    """The month's requests are used up."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to `take`."""

    wait_s: float = 0.0
    """Ask again after this; 0.0: taken and recorded, send the request now."""
    stop: Stop | None = None
    """Why, where it is more than pacing."""
    tries_quota: bool = False
    """This request finds out whether a spent quota is spent no longer; say so if it succeeds."""
    month_requests: int = 0
    """Requests of this month that count against the first limit, this one included."""


class Allowance(Protocol):
    """Accounts of requests, one row per name, each call one transaction.

    Instants are wall-clock seconds since the epoch, because processes share them. A name that was
    never seen has an account in which nothing was ever recorded. Adapters store `Account`, whose
    methods are the arithmetic.

    Raises: StoreUnavailable, all of them.
    """

    async def take(self, *, limits: Mapping[str, float], now_s: float) -> Grant:
        """Take one request from every named account (requests per second each), or from none.

        Turns of one account are at least 1/limit s apart, whichever process takes them: in any
        second there are at most `limit` of them, and never two at once. Evenly spaced rather than
        in bursts, because requests do not travel equally fast: a burst that arrives late and the
        next one that arrives early would meet in one second of the other side.

        Adapters lock the rows in the order of their names, so that nobody waits in a ring.
        """
        ...

    async def freeze(self, *, name: str, until_s: float) -> None:
        """Nothing is granted before `until_s`, at most a minute ahead; the last freeze stands."""
        ...

    async def spend_quota(self, *, name: str, retry_at_s: float) -> None:
        """The quota is spent: nothing is granted before `retry_at_s`, which replaces an earlier one.

        The first `take` after it is granted with `tries_quota`, the others wait `QUOTA_RETRY_S`
        longer, and so on until `restore_quota`.
        """
        ...

    async def restore_quota(self, *, name: str) -> None:
        """The quota is spent no longer; nothing happens where it was not."""
        ...

    async def month(self, *, name: str, month: str) -> int:
        """Requests taken in a month, as `month_of` writes it; a month that is over may read 0."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """What is kept of one name. Instants are wall-clock seconds since the epoch."""

    next_s: float = 0.0
    """When the next turn is."""
    frozen_until_s: float = 0.0
    quota_retry_s: float | None = None
    """None: the quota is not spent."""
    month: str = ""
    requests: int = 0
    """Those of `month`."""

    def refusal(self, now_s: float) -> Grant | None:
        """Why nothing can be taken now; None where a request can be."""
        if 0 < (wait_s := self.frozen_until_s - now_s) <= _CLOCK_SET_BACK_S:
            return Grant(wait_s, Stop.FROZEN)
        if self.quota_retry_s is not None:
            wait_s = self.quota_retry_s - now_s
            if 0 < wait_s <= QUOTA_RETRY_S + _CLOCK_SET_BACK_S:
                return Grant(wait_s, Stop.QUOTA)
        if 0 < (wait_s := self.next_s - now_s) <= _CLOCK_SET_BACK_S:
            return Grant(wait_s)
        return None

    def after_taking(self, limit: float, now_s: float) -> Account:
        """The account with one request more; only where there was no refusal."""
        month = month_of(now_s)
        return replace(
            self,
            next_s=now_s + 1 / limit,
            quota_retry_s=None if self.quota_retry_s is None else now_s + QUOTA_RETRY_S,
            month=month,
            requests=(self.requests if month == self.month else 0) + 1,
        )

    def requests_in(self, month: str) -> int:
        return self.requests if month == self.month else 0


def taken(
    accounts: Mapping[str, Account], limits: Mapping[str, float], now_s: float
) -> tuple[Grant, Mapping[str, Account]]:
    """What `Allowance.take` answers, and the accounts to store: all of them, or none."""
    refusals = [each for name in limits if (each := accounts[name].refusal(now_s))]
    if refusals:
        # A stop is told before pacing, and the longest wait before a shorter one.
        return max(refusals, key=lambda each: (each.stop is not None, each.wait_s)), {}
    after = {name: accounts[name].after_taking(limit, now_s) for name, limit in limits.items()}
    grant = Grant(
        tries_quota=any(accounts[name].quota_retry_s is not None for name in limits),
        month_requests=next(iter(after.values())).requests,
    )
    return grant, after


def month_of(now_s: float) -> str:
    """The month in UTC: `2026-11`."""
    return f"{datetime.fromtimestamp(now_s, UTC):%Y-%m}"


def next_month_s(now_s: float) -> float:
    """When the next month begins, in UTC."""
    now = datetime.fromtimestamp(now_s, UTC)
    year, month = divmod(now.year * 12 + now.month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC).timestamp()
