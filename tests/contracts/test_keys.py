"""What every `Keys` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from application.ports.keys import ApiKey
from tests.support.ledgers import NOW, AnyLedger

FIRST = ApiKey(id="k1", digest="ab" * 32, scope="staff", label="caja", created_at=NOW)
SECOND = replace(FIRST, id="k0", scope="ops", created_at=NOW + timedelta(minutes=1))


async def test_a_key_is_found_by_its_id(ledger: AnyLedger) -> None:
    await ledger.keys.add(key=FIRST)
    assert await ledger.keys.find(key_id="k1") == FIRST
    assert await ledger.keys.find(key_id="k2") is None


async def test_all_keys_are_listed_oldest_first(ledger: AnyLedger) -> None:
    assert await ledger.keys.all() == []
    await ledger.keys.add(key=SECOND)
    await ledger.keys.add(key=FIRST)
    assert await ledger.keys.all() == [FIRST, SECOND]


async def test_a_revoked_key_is_kept_with_the_moment_of_its_first_revocation(
    ledger: AnyLedger,
) -> None:
    await ledger.keys.add(key=FIRST)
    assert await ledger.keys.revoke(key_id="k1", now=NOW)
    assert await ledger.keys.revoke(key_id="k1", now=NOW + timedelta(days=1))
    assert not await ledger.keys.revoke(key_id="k2", now=NOW)
    assert await ledger.keys.find(key_id="k1") == replace(FIRST, revoked_at=NOW)
