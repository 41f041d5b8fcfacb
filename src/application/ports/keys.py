"""API keys: who may call what. Only hashes are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    """The key's public prefix, by which it is looked up and named."""
    digest: str
    """SHA-256 of the secret, hex. The secret has 128 bits or more, so a slow hash adds nothing."""
    scope: str
    """`guest`, `staff` or `ops`."""
    label: str
    created_at: datetime
    revoked_at: datetime | None = None


class Keys(Protocol):
    async def add(self, *, key: ApiKey) -> None: ...

    async def find(self, *, key_id: str) -> ApiKey | None: ...

    async def all(self) -> Sequence[ApiKey]: ...

    async def revoke(self, *, key_id: str, now: datetime) -> bool:
        """False where there is no such key."""
        ...
