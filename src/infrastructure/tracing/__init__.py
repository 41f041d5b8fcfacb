"""Traces: one for each turn, with a span for each of its stages. Off unless an address is set.

Needs the extra `otel`; nothing of it is imported before it is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infrastructure.tracing.tracing import Tracing


class TracingNotInstalled(Exception):
    """Traces are wanted, and the extra `otel` is not here."""


def open_tracing(endpoint: str, *, version: str) -> Tracing:
    """Traces to an OTLP collector over HTTP; `endpoint` is its base address, such as
    `http://127.0.0.1:4318`.

    Raises: TracingNotInstalled.
    """
    try:
        from infrastructure.tracing.export import exporting_provider
        from infrastructure.tracing.tracing import Tracing
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        raise TracingNotInstalled(
            "traces need the extra: pip install 'anfitrion[otel]', or uv sync --extra otel"
        ) from error
    return Tracing(exporting_provider(endpoint, version=version))
