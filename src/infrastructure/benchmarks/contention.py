"""How the ledger behaves when everybody wants the same tables: 3,000 holds for 60 slots.

Fifty guests try every slot in the same order, first from 50 tasks of one process, then from four
processes. Each slot must end with exactly one winner, and nobody with an error.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from application.errors import DependencyError
from domain.cells import cell_of
from domain.errors import SlotTaken
from domain.floor import Charge, Claim, Placement, Slot
from domain.venue import ResourceId, ServiceId, VenueId
from infrastructure.database.engine import Ledger, open_ledger

SLOTS = 60
GUESTS = 50
PROCESSES = 4
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
FIRST_START = NOW + timedelta(hours=8)
TURN_TIME = timedelta(minutes=105)


@dataclass
class Tally:
    """What one process saw."""

    outcomes: Counter[str] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, outcomes: Mapping[str, int], latencies_ms: Iterable[float]) -> None:
        self.outcomes.update(outcomes)
        self.latencies_ms.extend(latencies_ms)


async def run(url: str) -> dict[str, Any]:
    """Both rounds on the ledger at `url`, each in a venue of its own; JSON-ready."""
    return {
        "one_process": await _round(url, processes=1),
        "many_processes": await _round(url, processes=PROCESSES),
    }


async def _round(url: str, *, processes: int) -> dict[str, Any]:
    venue = VenueId(f"contention-{uuid.uuid4().hex}")
    ledger = await open_ledger(url)
    try:
        await _warm_up(ledger)
        if processes == 1:
            tally = await _compete(ledger, venue, range(GUESTS))
        else:
            tally = await _compete_in_children(url, venue, processes)
        winners = await _winners(ledger, venue)
    finally:
        await ledger.close()
    latencies = sorted(tally.latencies_ms)
    return {
        "processes": processes,
        "attempts": len(latencies),
        "outcomes": dict(tally.outcomes),
        "slots": SLOTS,
        "slots_with_exactly_one_winner": sum(count == 1 for count in winners.values()),
        "p50_ms": round(_quantile(latencies, 0.50), 2),
        "p99_ms": round(_quantile(latencies, 0.99), 2),
        "max_ms": round(latencies[-1], 2),
        "seconds": round(tally.seconds, 2),
    }


async def _warm_up(ledger: Ledger) -> None:
    """Open the pool's connections and prepare the statements: a server does that once."""
    elsewhere = VenueId(f"warm-up-{uuid.uuid4().hex}")
    for number in range(5):
        await asyncio.gather(*(_try(ledger, elsewhere, guest, number) for guest in range(GUESTS)))


async def _compete(ledger: Ledger, venue: VenueId, guests: Iterable[int]) -> Tally:
    tally = Tally()

    async def try_everything(guest: int) -> None:
        for number in range(SLOTS):
            started = time.perf_counter()
            outcome = await _try(ledger, venue, guest, number)
            tally.add({outcome: 1}, [(time.perf_counter() - started) * 1000])

    started = time.perf_counter()
    await asyncio.gather(*(try_everything(guest) for guest in guests))
    tally.seconds = time.perf_counter() - started
    return tally


async def _try(ledger: Ledger, venue: VenueId, guest: int, number: int) -> str:
    try:
        await ledger.holds.place(
            hold_id=f"{venue}-{number}-{guest}",
            venue=venue,
            placement=_placement(number),
            holder=f"guest-{guest}",
            expires_at=NOW + timedelta(minutes=10),
            now=NOW,
            limit=SLOTS,
        )
    except SlotTaken:
        return "refused"
    except DependencyError:
        return "failed"
    return "won"


def _placement(number: int) -> Placement:
    """Twelve starts on five pairs of tables, all on one evening and charged to pacing windows."""
    pair, step = number % 5, number // 5
    resources = (ResourceId(f"T{2 * pair:02}"), ResourceId(f"T{2 * pair + 1:02}"))
    start = FIRST_START + step * TURN_TIME
    end = start + TURN_TIME
    return Placement(
        slot=Slot(ServiceId("dinner"), start, end, covers=4, resources=resources),
        claims=tuple(Claim(r, cell_of(start), cell_of(end)) for r in resources),
        charges=(Charge(f"kitchen@{step}", "kitchen", 4, 1, max_covers=20, max_parties=5),),
    )


async def _winners(ledger: Ledger, venue: VenueId) -> Counter[tuple[Claim, ...]]:
    first = _placement(0).claims[0].first
    last = _placement(SLOTS - 1).claims[0].end
    allocations = await ledger.day_sheets.allocations(
        venue=venue, first_cell=first, end_cell=last, now=NOW
    )
    return Counter(allocation.claims for allocation in allocations)


async def _compete_in_children(url: str, venue: VenueId, processes: int) -> Tally:
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "infrastructure.benchmarks.contention",
            *(url, venue, str(number), str(processes)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for number in range(processes)
    ]
    for child in children:  # all are ready before any is told to start
        assert child.stdout is not None
        await child.stdout.readline()
    results = await asyncio.gather(*(child.communicate(b"go\n") for child in children))
    tally = Tally()
    for output, _ in results:
        seen = json.loads(output)
        tally.add(seen["outcomes"], seen["latencies_ms"])
        tally.seconds = max(tally.seconds, seen["seconds"])
    return tally


async def _child(url: str, venue: VenueId, number: int, processes: int) -> None:
    ledger = await open_ledger(url)
    await _warm_up(ledger)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    tally = await _compete(ledger, venue, range(number, GUESTS, processes))
    await ledger.close()
    print(json.dumps(vars(tally)))


def _quantile(ascending: list[float], share: float) -> float:
    return ascending[min(len(ascending) - 1, int(len(ascending) * share))]


if __name__ == "__main__":
    target, name, own_number, count = sys.argv[1:]
    asyncio.run(_child(target, VenueId(name), int(own_number), int(count)))
