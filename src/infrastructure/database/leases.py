"""Leases in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.errors import Fenced
from application.ports.leases import COMMITTER
from infrastructure.database.connections import Database
from infrastructure.database.tables import EPOCH, leases

_param = sa.bindparam
_l = leases.c

_insert = insert(leases)
_now = _param("now", type_=_l.until.type)
FAR = timedelta(minutes=5)
"""A lease that ends so much later than a new one would is nobody's."""

_is_prolonged = sa.and_(_l.holder == _insert.excluded.holder, _l.until > _now)
_TAKE = (
    _insert.values(name=_param("name"), holder=_param("holder"), until=_param("until"), fence=1)
    .on_conflict_do_update(
        index_elements=[_l.name],
        set_={
            "holder": _insert.excluded.holder,
            "until": _insert.excluded.until,
            "fence": _l.fence + sa.case((_is_prolonged, 0), else_=1),
        },
        where=sa.or_(
            _l.holder == _insert.excluded.holder,
            _l.until <= _now,
            _l.until > _param("far", type_=_l.until.type),
        ),
    )
    .returning(_l.fence)
)
# The number stays, so that the next to take the lease gets a higher one.
_GIVE_BACK = (
    sa.update(leases)
    .where(_l.name == _param("of_name"), _l.holder == _param("of_holder"))
    .values(until=EPOCH)
)
_LOCK = sa.select(_l.fence).where(_l.name == COMMITTER).with_for_update()


class DatabaseLeases:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, *, name: str, holder: str, until: datetime, now: datetime) -> int | None:
        # One that ends that late was taken by a clock that ran ahead, or before ours was set back.
        far = until + FAR
        values = {"name": name, "holder": holder, "until": until, "now": now, "far": far}

        def transaction(connection: sa.Connection) -> int | None:
            return connection.execute(_TAKE, values).scalar()

        # Durable: after a power cut no number may be given out a second time.
        return await self._database.write(transaction, durable=True)

    async def give_back(self, *, name: str, holder: str) -> None:
        values = {"of_name": name, "of_holder": holder}
        await self._database.write(lambda connection: connection.execute(_GIVE_BACK, values))


def check_fence(connection: sa.Connection, fence: int) -> None:
    """Make sure that the committer's lease has this fencing token until the transaction ends.

    Comes before every other lock: those who write as the committer do so one after the other.

    Raises: Fenced.
    """
    if connection.execute(_LOCK).scalar() != fence:
        raise Fenced
