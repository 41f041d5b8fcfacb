"""For all tests: the pinned zone table, no network beyond this machine, and reproducible examples."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import structlog

from infrastructure.zones import use_packaged_zones

# What a developer's own shell may hold must not change a test.
for _name in (
    "AIRTABLE_API_KEY",
    "AIRTABLE_BASE_ID",
    "DATABASE_URL",
    "MAIL_FROM",
    "MESSAGE_WEBHOOK_SECRET",
    "MESSAGE_WEBHOOK_URL",
    "OPENAI_API_KEY",
    "PROMETHEUS_MULTIPROC_DIR",
    "PUBLIC_URL",
    "REDIS_URL",
    "SMTP_URL",
    "DEEPSEEK_API_KEY",
    "API_KEYS",
    "CLOCK",
    "DATA_DIR",
    "HOST",
    "PORT",
):
    os.environ.pop(_name, None)

use_packaged_zones()

# A logged failure shows no local variables, as in service: drawing a whole app takes seconds.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)

hypothesis.settings.register_profile(
    "anfitrion",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("anfitrion")

_reached: list[str] = []
_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _check(host: object) -> None:
    if not _is_here(host):
        _reached.append(str(host))
        raise OSError(f"a test tried to reach {host}; tests stay on this machine")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _check(address[0])
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _check(address[0])
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    _check(host)
    return _getaddrinfo(host, *args, **kwargs)


socket.socket.connect = _guarded_connect  # type: ignore[method-assign, assignment]
socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign, assignment]
socket.getaddrinfo = _guarded_getaddrinfo


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    """Fail a test that tried to reach another machine, even where its code took that for an outage."""
    _reached.clear()
    yield
    assert not _reached, f"tried to reach {', '.join(_reached)}"
