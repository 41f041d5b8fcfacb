"""API keys: who gets in where, and who does not."""

from __future__ import annotations

import httpx
import pytest

from application.access import Scope, make_key
from tests.fakes.outside import NOW, Outside
from tests.integration.http.conftest import Client

FIXED = [(Scope.GUEST, "g-key"), (Scope.STAFF, "s-key"), (Scope.OPS, "o-key")]


@pytest.mark.parametrize(
    ("key", "guests", "staffs"),
    [
        ("", 401, 401),
        ("wrong", 401, 401),
        ("anf_00000000_00", 401, 401),
        ("g-key", 200, 403),
        ("s-key", 200, 200),
        ("o-key", 200, 403),
    ],
)
async def test_a_key_opens_what_its_scope_says(
    connect: Client, key: str, guests: int, staffs: int
) -> None:
    headers = {"X-API-Key": key} if key else {}
    async with connect(api_keys=FIXED) as client:
        venues = await client.get("/venues", headers=headers)
        bookings = await client.get("/venues/casa/bookings", headers=headers)
    assert (venues.status_code, bookings.status_code) == (guests, staffs)


async def test_a_key_may_come_as_a_bearer_token(connect: Client) -> None:
    async with connect(api_keys=FIXED) as client:
        answered = await client.get("/venues", headers={"Authorization": "Bearer g-key"})
    assert answered.status_code == 200


async def test_a_made_key_opens_until_it_is_revoked(connect: Client, outside: Outside) -> None:
    key, shown = make_key(scope=Scope.STAFF, label="", now=NOW)
    await outside.keys.add(key=key)
    headers = {"X-API-Key": shown}
    async with connect() as client:
        assert (await client.get("/venues/casa/bookings")).status_code == 401
        assert (await client.get("/venues/casa/bookings", headers=headers)).status_code == 200
        assert (await client.get("/venues/casa/bookings", headers=headers)).status_code == 200
        assert outside.keys.reads == 1
        await outside.keys.revoke(key_id=key.id, now=NOW)
        outside.keys.kept["other"] = make_key(scope=Scope.OPS, label="", now=NOW)[0]
        outside.clock.seconds += 31
        assert (await client.get("/venues/casa/bookings", headers=headers)).status_code == 401


async def test_only_a_hash_of_a_key_is_kept() -> None:
    key, shown = make_key(scope=Scope.GUEST, label="web", now=NOW)
    secret = shown.rpartition("_")[2]
    assert shown.startswith(f"anf_{key.id}_")
    assert len(secret) * 4 >= 128
    assert secret not in str(key)


async def test_without_a_key_the_house_is_open_to_its_own_machine_alone(
    connect: Client, outside: Outside
) -> None:
    async with connect() as client:
        assert (await client.get("/venues/casa/bookings")).status_code == 200
        stranger = httpx.ASGITransport(client._transport.app, client=("192.0.2.7", 1))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=stranger, base_url="http://x") as other:
            assert (await other.get("/venues")).status_code == 401
    async with connect(is_loopback=False) as client:
        assert (await client.get("/venues")).status_code == 401


async def test_health_and_pages_need_no_key(connect: Client) -> None:
    async with connect(api_keys=FIXED) as client:
        for path in ("/", "/docs", "/openapi.json", "/health/live", "/health/ready"):
            assert (await client.get(path)).status_code == 200
