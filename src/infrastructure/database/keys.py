"""API keys in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from application.ports.keys import ApiKey
from infrastructure.database.connections import Database
from infrastructure.database.tables import api_keys

_k = api_keys.c

_INSERT = sa.insert(api_keys)
_BY_ID = sa.select(api_keys).where(_k.id == sa.bindparam("key_id"))
_ALL = sa.select(api_keys).order_by(_k.created_at, _k.id)
# The first revocation stands.
_REVOKE = (
    sa.update(api_keys)
    .where(_k.id == sa.bindparam("key_id"))
    .values(
        revoked_at=sa.func.coalesce(_k.revoked_at, sa.bindparam("now", type_=_k.revoked_at.type))
    )
)


class DatabaseKeys:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *, key: ApiKey) -> None:
        row = {
            "id": key.id,
            "digest": key.digest,
            "scope": key.scope,
            "label": key.label,
            "created_at": key.created_at,
            "revoked_at": key.revoked_at,
        }
        await self._database.write(
            lambda connection: connection.execute(_INSERT, row), durable=True
        )

    async def find(self, *, key_id: str) -> ApiKey | None:
        def transaction(connection: sa.Connection) -> ApiKey | None:
            row = connection.execute(_BY_ID, {"key_id": key_id}).first()
            return None if row is None else _key(row)

        return await self._database.read(transaction)

    async def all(self) -> Sequence[ApiKey]:
        return await self._database.read(
            lambda connection: [_key(row) for row in connection.execute(_ALL)]
        )

    async def revoke(self, *, key_id: str, now: datetime) -> bool:
        def transaction(connection: sa.Connection) -> bool:
            return connection.execute(_REVOKE, {"key_id": key_id, "now": now}).rowcount == 1

        return await self._database.write(transaction, durable=True)


def _key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        digest=row.digest,
        scope=row.scope,
        label=row.label,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
