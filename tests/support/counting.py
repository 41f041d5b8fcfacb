"""A process that counts, for tests of several that count together.

`main` does what each line of its input says: `turn`, `open` (a breaker), `use N` (connections), `show`
(prints the exposition and an empty line), and ends at the input's end.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from application.cache_report import CacheStats, PoolFigures
from application.ports.turn_observer import CompletedTurn
from infrastructure.clock import SystemClock
from infrastructure.memory.cache import memory_cache
from infrastructure.metrics import Watched, open_figures, open_measurements


def main(folder: str) -> None:
    asyncio.run(_count(Path(folder)))


async def _count(folder: Path) -> None:
    clock = SystemClock()
    measurements = open_measurements(clock=clock, shared_dir=folder)
    cache = memory_cache(clock, reason="none here")
    in_use = 0

    def stats() -> CacheStats:
        return replace(cache.stats(), pool=PoolFigures(50, in_use, 0, 0))

    async with open_figures(measurements, Watched(cache=stats)) as figures:
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            match line.split():
                case ["turn"]:
                    turn: Any = CompletedTurn("c", clock.now(), "confirmed", 0.2, (), ())
                    measurements.completed(turn)
                case ["open"]:
                    measurements.breaker("openai/gpt-4o", "open")
                case ["use", number]:
                    in_use = int(number)
                case _:
                    print((await figures.exposition()).decode(), flush=True)
