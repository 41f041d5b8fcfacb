"""How long `serve` takes from its start to its first answer, and how much memory it then holds."""

from __future__ import annotations

import asyncio
from statistics import median

from infrastructure.benchmarks.dialogues import talk_back_to_back
from infrastructure.benchmarks.server import running_server

_REPEAT = 3


def run(*, repeat: int = _REPEAT) -> dict[str, object]:
    """Start-up of `serve` on embedded defaults without model keys: seconds, and MB of memory."""
    samples = [_sample() for _ in range(repeat)]
    return {name: median(sample[name] for sample in samples) for name in samples[0]}


def _sample() -> dict[str, float]:
    with running_server() as server:
        idle_mb = server.resident_mb()
        asyncio.run(talk_back_to_back(server.address, 1, 7))
        return {
            "first_answer_s": server.started_in_s,
            "idle_mb": idle_mb,
            "after_a_dialogue_mb": server.resident_mb(),
        }
