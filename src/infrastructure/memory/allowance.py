"""Accounts of requests in memory: those of one process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from application.ports.allowance import Account, Grant, taken


class MemoryAllowance:
    def __init__(self) -> None:
        self._accounts: defaultdict[str, Account] = defaultdict(Account)

    async def take(self, *, limits: Mapping[str, float], now_s: float) -> Grant:
        grant, after = taken(self._accounts, limits, now_s)
        self._accounts.update(after)
        return grant

    async def freeze(self, *, name: str, until_s: float) -> None:
        self._accounts[name] = replace(self._accounts[name], frozen_until_s=until_s)

    async def spend_quota(self, *, name: str, retry_at_s: float) -> None:
        self._accounts[name] = replace(self._accounts[name], quota_retry_s=retry_at_s)

    async def restore_quota(self, *, name: str) -> None:
        self._accounts[name] = replace(self._accounts[name], quota_retry_s=None)

    async def month(self, *, name: str, month: str) -> int:
        return self._accounts[name].requests_in(month)
