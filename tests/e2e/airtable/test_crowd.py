"""Everybody wants one table while the servers die, Airtable fails and staff type a row for it.

A seed that fails is played again with `CROWD_SEED=n pytest tests/e2e/airtable/test_crowd.py`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.airtable_crowd import Crowd, fill_the_evening
from tests.support.airtable_emulator.client import RunningEmulator
from tests.support.airtable_site import AirtableSite, Grid, until
from tests.support.ledgers import postgres_url
from tests.support.nursery import Nursery
from tests.support.postgres import PostgresServer, session_postgres

# They wait more than they work: six at once take under four minutes.
MANY = range(int(os.environ.get("CROWD_SEEDS", "50")))
SEEDS = [int(os.environ["CROWD_SEED"])] if "CROWD_SEED" in os.environ else MANY
VISITORS = 12
SEED_OF_MANY = 200
SEATED = 4
"""So many at least have a booking at the end, and so many requests failed: else nothing was tried."""
TOO_MANY = "429"


@dataclass(frozen=True)
class Begun:
    """A full evening that a server has read already: the base's state and the ledger."""

    base: bytes
    ledger: Path


@pytest.fixture(scope="module")
def begun(
    emulator: RunningEmulator,
    base_as_made: bytes,
    nursery: Nursery,
    tmp_path_factory: pytest.TempPathFactory,
) -> Begun:
    folder = tmp_path_factory.mktemp("begun")
    grid = Grid(emulator.control)
    grid.put_back(base_as_made)
    fill_the_evening(grid)
    site = AirtableSite(folder, emulator, nursery=nursery)
    site.start()
    until(lambda: all(row.get("Código") for row in grid.rows()) and "store.read" in site.log())
    site.stop()
    site.close()
    kept = folder / "kept.db"
    with closing(sqlite3.connect(site.ledger)) as source, closing(sqlite3.connect(kept)) as copy:
        source.backup(copy)
    return Begun(emulator.control.dump(), kept)


@pytest.fixture
def site(
    emulator: RunningEmulator, begun: Begun, nursery: Nursery, tmp_path: Path
) -> Iterator[AirtableSite]:
    grid = Grid(emulator.control)
    grid.put_back(begun.base)
    grid.control.limits(mode="strict", per_base=5)
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(begun.ledger, folder / "anfitrion.db")
    site = AirtableSite(
        folder, emulator, servers=2, nursery=nursery, AIRTABLE_BUDGET_RPS="4", STORE_DEADLINE_S="2"
    )
    for number in (0, 1):
        site.start(number)
    yield site
    site.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
async def test_one_has_the_table_and_nobody_was_told_anything_untrue(
    site: AirtableSite, seed: int
) -> None:
    crowd = Crowd(site, seed=seed, visitors=VISITORS, patience_s=4)
    await crowd.play(lasts_s=4)
    await crowd.settle()
    await crowd.staff_give_in()
    found = await crowd.complaints()
    assert not found, f"CROWD_SEED={seed}: " + "\n".join(found)
    assert TOO_MANY not in site.grid.control.requests()["by_status"]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with session_postgres(tmp_path_factory) as server:
        yield server


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_two_hundred_at_once_over_two_servers_on_postgresql(
    emulator: RunningEmulator, base_as_made: bytes, postgres: PostgresServer, tmp_path: Path
) -> None:
    grid = Grid(emulator.control)
    grid.put_back(base_as_made)
    fill_the_evening(grid)
    async with postgres_url(postgres) as url:
        site = AirtableSite(
            tmp_path / "data", emulator, servers=2, DATABASE_URL=url, AIRTABLE_BUDGET_RPS="4"
        )
        try:
            for number in (0, 1):
                await asyncio.to_thread(site.start, number)
            until(
                lambda: all(row.get("Código") for row in grid.rows()) and "store.read" in site.log()
            )
            grid.control.limits(mode="strict", per_base=5)
            crowd = Crowd(site, seed=SEED_OF_MANY, visitors=200, patience_s=30)
            await crowd.play(lasts_s=12)
            await crowd.settle()
            await crowd.staff_give_in()
            found = await crowd.complaints()
            assert not found, "\n".join(found)
            assert TOO_MANY not in grid.control.requests()["by_status"]
            assert sum(visitor.holds is not None for visitor in crowd.visitors) >= SEATED
            assert sum(crowd.fault_hits.values()) >= SEATED
        finally:
            site.close()
