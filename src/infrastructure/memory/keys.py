"""API keys in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from application.ports.keys import ApiKey


class MemoryKeys:
    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    async def add(self, *, key: ApiKey) -> None:
        self._keys[key.id] = key

    async def find(self, *, key_id: str) -> ApiKey | None:
        return self._keys.get(key_id)

    async def all(self) -> Sequence[ApiKey]:
        return sorted(self._keys.values(), key=lambda key: (key.created_at, key.id))

    async def revoke(self, *, key_id: str, now: datetime) -> bool:
        key = self._keys.get(key_id)
        if key is None:
            return False
        self._keys[key_id] = replace(key, revoked_at=key.revoked_at or now)
        return True
