"""What processes share about the booking store, in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.store_state import Document
from infrastructure.database.connections import Database
from infrastructure.database.leases import check_fence
from infrastructure.database.tables import store_state

_s = store_state.c

_GET = sa.select(_s.value, _s.revision).where(_s.name == sa.bindparam("of_name"))
_REVISIONS = sa.select(_s.name, _s.revision)
_insert = insert(store_state)
_PUT = _insert.on_conflict_do_update(
    index_elements=[_s.name],
    set_={"value": _insert.excluded.value, "revision": _s.revision + 1},
).returning(_s.revision)


class DatabaseStoreState:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, *, name: str) -> Document | None:
        def transaction(connection: sa.Connection) -> Document | None:
            row = connection.execute(_GET, {"of_name": name}).first()
            return None if row is None else Document(value=row.value, revision=row.revision)

        return await self._database.read(transaction)

    async def revisions(self) -> Mapping[str, int]:
        def transaction(connection: sa.Connection) -> dict[str, int]:
            return {row.name: row.revision for row in connection.execute(_REVISIONS)}

        return await self._database.read(transaction)

    async def put(self, *, name: str, value: Mapping[str, Any], fence: int | None = None) -> int:
        def transaction(connection: sa.Connection) -> int:
            if fence is not None:
                check_fence(connection, fence)
            row = {"name": name, "value": value, "revision": 1}
            return int(connection.execute(_PUT, row).scalar_one())

        return await self._database.write(transaction, durable=True)
