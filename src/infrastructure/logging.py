"""Structured log lines: JSON in production, readable at a terminal, no guest's words in either."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import orjson
import structlog

if TYPE_CHECKING:
    from structlog.typing import Processor

LogFormat = Literal["console", "json"]

# Libraries that say at "info" what our own lines already say.
_QUIET = (
    "aiosqlite",
    "alembic",
    "asyncio",
    "dbos",
    "httpcore",
    "httpx",
    "LiteLLM",
    "sqlalchemy",
    "uvicorn",
)

_KEY_BYTES = 32


def configure(
    log_format: LogFormat | None = None,
    *,
    stream: TextIO | None = None,
    level: int = logging.INFO,
) -> None:
    """Send every log line, ours and the libraries', to `stream` (standard error) in one form.

    Without a format: console at a terminal, JSON otherwise.
    """
    stream = stream or sys.stderr
    rendering = _rendering(log_format or ("console" if stream.isatty() else "json"), stream)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    _route_libraries(stream, [structlog.stdlib.add_logger_name, *shared], rendering, level)


def _rendering(log_format: LogFormat, stream: TextIO) -> list[Processor]:
    # A frame's local variables hold what guests wrote, so no traceback shows them.
    if log_format == "console":
        return [
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(transformer),
        structlog.processors.JSONRenderer(serializer=_as_json),
    ]


def _as_json(event: object, **_: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _route_libraries(
    stream: TextIO, first: list[Processor], rendering: list[Processor], level: int
) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def keyed_hash(key: bytes) -> Callable[[str], str]:
    """How log lines name a guest: the same name for the same guest, and no way back without the key."""

    def guest_key(user_id: str) -> str:
        return hmac.new(key, user_id.encode(), hashlib.sha256).hexdigest()[:16]

    return guest_key


def log_key(path: Path) -> bytes:
    """The key for `keyed_hash`, kept in a file that only this user can read; made if missing."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # names and phones lie here
        own = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        # Linked in whole, so that of two processes starting at once both read the same key.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(own)
        own.unlink()
    return path.read_bytes()
