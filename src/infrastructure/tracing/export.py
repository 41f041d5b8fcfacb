"""Where spans go: in batches, from a thread of their own, to a collector that may be away."""

from __future__ import annotations

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

EXPORT_TIMEOUT_S = 3.0
"""Also how long the server's end may be held up by a collector that does not answer."""

SCHEDULE_S = 2.0


def exporting_provider(endpoint: str, *, version: str) -> TracerProvider:
    """Spans that cannot be delivered are dropped: a trace is never worth a guest's wait."""
    exporter = OTLPSpanExporter(
        endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_TIMEOUT_S
    )
    provider = TracerProvider(
        # Not from the environment: what is sent is what is written here.
        resource=Resource({"service.name": "anfitrion", "service.version": version}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(
        BatchSpanProcessor(
            exporter,
            max_queue_size=4096,
            schedule_delay_millis=SCHEDULE_S * 1000,
            export_timeout_millis=EXPORT_TIMEOUT_S * 1000,
        )
    )
    return provider
