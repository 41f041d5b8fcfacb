"""Everybody wants one table while the servers die, Airtable fails and staff type a row for it.

A seed that fails is played again with `CROWD_SEED=n pytest tests/e2e/airtable/test_crowd.py`.
"""

from __future__ import annotations

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
from tests.support.nursery import Nursery

SEEDS = [int(os.environ["CROWD_SEED"])] if "CROWD_SEED" in os.environ else range(50)
VISITORS = 12


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
