"""Accounts of requests in the ledger, shared by every process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.allowance import Account, Grant, taken
from infrastructure.database.connections import Database
from infrastructure.database.tables import allowance

_a = allowance.c
_is_named = _a.name.in_(sa.bindparam("names", expanding=True))

_READ = sa.select(allowance).where(_is_named)
# The rows are locked one after the other, in this order.
_LOCK = _READ.order_by(_a.name).with_for_update()
_insert = insert(allowance)
_OPEN = _insert.on_conflict_do_nothing(index_elements=[_a.name])
_UPDATE = sa.update(allowance).where(_a.name == sa.bindparam("of_name"))


class DatabaseAllowance:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, *, limits: Mapping[str, float], now_s: float) -> Grant:
        def transaction(connection: sa.Connection) -> Grant:
            grant, after = taken(_lock(connection, limits), limits, now_s)
            for name in sorted(after):
                _store(connection, name, after[name])
            return grant

        return await self._database.write(transaction)

    async def freeze(self, *, name: str, until_s: float) -> None:
        await self._set(name, "frozen_until_s", until_s)

    async def spend_quota(self, *, name: str, retry_at_s: float) -> None:
        await self._set(name, "quota_retry_s", retry_at_s)

    async def restore_quota(self, *, name: str) -> None:
        await self._set(name, "quota_retry_s", None)

    async def month(self, *, name: str, month: str) -> int:
        found = await self._database.read(lambda connection: _read(connection, _READ, [name]))
        return found.get(name, Account()).requests_in(month)

    async def _set(self, name: str, column: str, value: float | None) -> None:
        row = {"name": name, **asdict(Account()), column: value}
        statement = _insert.on_conflict_do_update(
            index_elements=[_a.name], set_={column: _insert.excluded[column]}
        )
        await self._database.write(lambda connection: connection.execute(statement, row))


def _lock(connection: sa.Connection, names: Iterable[str]) -> Mapping[str, Account]:
    """The accounts of these names, which nobody else changes before this transaction ends."""
    wanted = sorted(names)
    found = _read(connection, _LOCK, wanted)
    if len(found) < len(wanted):
        for name in wanted:
            connection.execute(_OPEN, {"name": name, **asdict(Account())})
        found = _read(connection, _LOCK, wanted)
    return found


def _read(
    connection: sa.Connection, statement: sa.Select[tuple[object, ...]], names: list[str]
) -> dict[str, Account]:
    return {
        row.name: Account(
            next_s=row.next_s,
            frozen_until_s=row.frozen_until_s,
            quota_retry_s=row.quota_retry_s,
            month=row.month,
            requests=row.requests,
        )
        for row in connection.execute(statement, {"names": names})
    }


def _store(connection: sa.Connection, name: str, account: Account) -> None:
    connection.execute(_UPDATE, {"of_name": name, **asdict(account)})
