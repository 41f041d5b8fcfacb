"""What the engine itself costs: processor time for a message, persistence and HTTP included.

On the local twins, and with all three agents on a provider that answers at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from statistics import median

from infrastructure.benchmarks.dialogues import talk_back_to_back
from infrastructure.benchmarks.provider import running_provider
from infrastructure.benchmarks.server import RunningServer, running_server

_MESSAGES = 700
_WARM_UP = 70
_REPEAT = 3


def run(*, messages: int = _MESSAGES, repeat: int = _REPEAT) -> dict[str, object]:
    """Medians of several runs with one guest after the other; CPU of the server process alone."""
    with running_server() as server:
        twins = _measure(server, messages, repeat)
    with running_provider() as provider, running_server(models_at(provider)) as server:
        models = _measure(server, messages, repeat)
    return {"local twins": twins, "instant provider": models}


def models_at(provider: str) -> Mapping[str, str]:
    """Settings that put all three agents on a provider's address."""
    return {
        "OPENAI_API_KEY": "bench",
        "OPENAI_BASE_URL": f"{provider}/v1",
        "DEEPSEEK_API_KEY": "bench",
        "DEEPSEEK_API_BASE": provider,
    }


def _measure(server: RunningServer, messages: int, repeat: int) -> dict[str, object]:
    asyncio.run(talk_back_to_back(server.address, 1, min(messages, _WARM_UP)))
    samples = [_sample(server, messages) for _ in range(repeat)]
    return {name: median(sample[name] for sample in samples) for name in samples[0]}


def _sample(server: RunningServer, messages: int) -> dict[str, float]:
    before = server.cpu_s()
    measured = asyncio.run(talk_back_to_back(server.address, 1, messages))
    cpu_ms = (server.cpu_s() - before) * 1000 / measured.sent
    return {
        "cpu_ms_per_message": round(cpu_ms, 2),
        **measured.summary(),
        "resident_mb": server.resident_mb(),
    }
