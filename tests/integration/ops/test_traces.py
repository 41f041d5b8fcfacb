"""Traces: one for each turn, with a span for each stage, and nothing of a guest in them."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path

import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from application.conversation import IncomingMessage
from application.errors import StoreUnavailable
from domain.venue import VenueId
from infrastructure import logging, tracing
from infrastructure.clock import SystemClock
from infrastructure.metrics import open_measurements
from infrastructure.tracing.tracing import Tracing
from tests.fakes.outside import ScriptedConversation
from tests.integration.ops.conftest import MONDAY, book
from tests.support.house import open_house

STAGES = {"turn.begin", "turn.router", "turn.decide", "turn.human", "turn.save"}
HOLA = IncomingMessage(VenueId("casa"), "+34600111222", "soy Laura Gil", "m1")


class Collector:
    """Takes what is sent to it, or hangs."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                collector.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def serving(self) -> Iterator[Collector]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def spans(self) -> list[Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


async def test_a_turn_is_one_trace_with_a_span_for_each_stage(tmp_path: Path) -> None:
    with Collector().serving() as collector:
        settings = {"redis_url": "off", "otel_exporter_otlp_endpoint": collector.address}
        async with open_house(tmp_path, start=MONDAY, settings=settings) as house:
            answered = await book(house, guest="+34655443322")
            scraped = (await house.client.get("/metrics")).text
    spans = collector.spans()
    turns = [span for span in spans if span.name == "turn"]
    assert len(turns) == 2
    for turn in turns:
        stages = [span for span in spans if span.parent_span_id == turn.span_id]
        assert {span.name for span in stages} == STAGES
        assert {span.trace_id for span in stages} == {turn.trace_id}
        for stage in stages:
            assert turn.start_time_unix_nano <= stage.start_time_unix_nano
            assert stage.end_time_unix_nano <= turn.end_time_unix_nano
        attributes = {each.key: each.value.string_value for each in turn.attributes}
        assert attributes["request_id"]
        assert attributes["conversation_id"] == answered["conversation_id"]
        assert {event.name for event in turn.events} == {"agent"}
    sent = b"".join(collector.bodies)
    for private in ("Laura", "Gil", "655443322", answered["booking"]["code"], "Mesa para 4"):
        assert private.encode() not in sent
    assert 'turn_stage_duration_seconds_count{stage="router"} 2.0' in scraped


async def test_without_the_setting_nothing_is_traced(tmp_path: Path) -> None:
    async with open_house(tmp_path, start=MONDAY, settings={"redis_url": "off"}) as house:
        with structlog.testing.capture_logs() as lines:
            await book(house)
    assert [line for line in lines if line["event"] == "turn.completed"]
    assert not [line for line in lines if "trace_id" in line]


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traced(exported: InMemorySpanExporter) -> Iterator[Tracing]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    yield Tracing(provider)
    provider.shutdown()


def context_of(span: ReadableSpan) -> SpanContext:
    context = span.get_span_context()
    assert context is not None
    return context


def root(exported: InMemorySpanExporter) -> ReadableSpan:
    (span,) = [span for span in exported.get_finished_spans() if span.name == "turn"]
    return span


async def test_log_lines_of_a_turn_carry_its_trace_and_the_stages_span(
    traced: Tracing, exported: InMemorySpanExporter
) -> None:
    told = StringIO()
    before = structlog.get_config()
    logging.configure("json", stream=told)
    try:
        log = structlog.get_logger().bind()
        observer = traced.observer(open_measurements(clock=SystemClock()))

        async for _ in traced.answers(ScriptedConversation()).handle_message(HOLA):
            log.info("in.turn")
            with observer.stage("router"):
                log.info("in.stage")
        log.info("after")
    finally:
        structlog.configure(**before)
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    by_event = {line["event"]: line for line in lines}
    context = context_of(root(exported))
    stages = {
        f"{context_of(span).span_id:016x}"
        for span in exported.get_finished_spans()
        if span.name == "turn.router"
    }
    assert by_event["in.turn"]["trace_id"] == f"{context.trace_id:032x}"
    assert by_event["in.turn"]["span_id"] == f"{context.span_id:016x}"
    assert by_event["in.stage"]["trace_id"] == f"{context.trace_id:032x}"
    assert by_event["in.stage"]["span_id"] in stages
    assert not {"trace_id", "span_id"} & by_event["after"].keys()


async def test_a_turn_that_fails_is_marked_without_its_text(
    traced: Tracing, exported: InMemorySpanExporter
) -> None:
    conversation = ScriptedConversation()
    conversation.failures = [StoreUnavailable("Laura Gil could not be stored")]
    with pytest.raises(StoreUnavailable):
        [event async for event in traced.answers(conversation).handle_message(HOLA)]
    span = root(exported)
    assert not span.status.is_ok
    assert span.status.description == "StoreUnavailable"
    assert "Laura" not in span.to_json()


async def test_two_turns_at_once_have_traces_of_their_own(
    traced: Tracing, exported: InMemorySpanExporter
) -> None:
    observer = traced.observer(open_measurements(clock=SystemClock()))

    async def turn(number: int) -> None:
        incoming = IncomingMessage(VenueId("casa"), f"guest-{number}", "hola", "m")
        async for _ in traced.answers(ScriptedConversation()).handle_message(incoming):
            with observer.stage("router"):
                await asyncio.sleep(0)

    await asyncio.gather(*(turn(number) for number in range(5)))
    spans = exported.get_finished_spans()
    turns = {context_of(span).span_id: span for span in spans if span.name == "turn"}
    assert len({context_of(span).trace_id for span in turns.values()}) == 5
    for span in spans:
        if span.name == "turn.router":
            assert span.parent is not None
            assert context_of(turns[span.parent.span_id]).trace_id == span.parent.trace_id


async def test_a_listener_who_goes_away_half_way_leaves_no_span_open(
    traced: Tracing, exported: InMemorySpanExporter
) -> None:
    events = traced.answers(ScriptedConversation()).handle_message(HOLA)
    await anext(events)
    await events.aclose()  # type: ignore[attr-defined]
    assert root(exported).end_time is not None


def test_a_missing_extra_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("infrastructure.tracing.export", "infrastructure.tracing.tracing"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(tracing.TracingNotInstalled, match="extra"):
        tracing.open_tracing("http://127.0.0.1:4318", version="1")
