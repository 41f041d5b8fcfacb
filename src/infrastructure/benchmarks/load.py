"""Many guests at once on one process, with a provider that takes 300 ms a call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from infrastructure.benchmarks.dialogues import Measured, talk_back_to_back, talk_with_pauses
from infrastructure.benchmarks.engine import models_at
from infrastructure.benchmarks.provider import running_provider
from infrastructure.benchmarks.server import RunningServer, running_server

PROVIDER_MS = 300
_CONCURRENCIES = (1, 8, 50, 200, 1000)
_LEAST_MESSAGES = 28
_OPEN_CONVERSATIONS = 1000
_PAUSE_S = 20.0
_LASTING_S = 60.0


def run(
    *,
    concurrencies: Sequence[int] = _CONCURRENCIES,
    open_conversations: int = _OPEN_CONVERSATIONS,
    lasting_s: float = _LASTING_S,
) -> dict[str, object]:
    """Latency, throughput and memory by concurrency; then open conversations whose guests think 20 s
    between messages (1,000 of them: 50 messages/s)."""
    result: dict[str, object] = {"provider_ms_per_call": PROVIDER_MS}
    with (
        running_provider(delay_ms=PROVIDER_MS) as provider,
        running_server(models_at(provider)) as server,
    ):
        asyncio.run(talk_back_to_back(server.address, 1, 7))
        for guests in concurrencies:
            result[f"{guests} at once"] = _at_once(server, guests)
        result[f"{open_conversations} open conversations"] = _open_conversations(
            server, open_conversations, lasting_s
        )
    return result


def _at_once(server: RunningServer, guests: int) -> dict[str, float | int]:
    began, before = time.perf_counter(), server.cpu_s()
    messages = max(_LEAST_MESSAGES, guests * 3)
    measured = asyncio.run(talk_back_to_back(server.address, guests, messages))
    return _report(server, measured, time.perf_counter() - began, server.cpu_s() - before)


def _open_conversations(
    server: RunningServer, guests: int, lasting_s: float
) -> dict[str, float | int]:
    began, before = time.perf_counter(), server.cpu_s()
    measured = asyncio.run(
        talk_with_pauses(server.address, guests, pause_s=_PAUSE_S, lasting_s=lasting_s)
    )
    return _report(server, measured, time.perf_counter() - began, server.cpu_s() - before)


def _report(
    server: RunningServer, measured: Measured, elapsed_s: float, cpu_s: float
) -> dict[str, float | int]:
    return {
        **measured.summary(),
        "messages_per_s": round(len(measured.latencies) / elapsed_s, 1),
        "cpu_ms_per_message": round(cpu_s * 1000 / max(1, measured.sent), 2),
        "resident_mb": server.resident_mb(),
    }
