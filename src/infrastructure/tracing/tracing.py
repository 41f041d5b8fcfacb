"""A trace for each turn: wrappers around the conversation and around whoever observes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from contextvars import ContextVar
from types import TracebackType
from typing import Protocol

import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import (
    INVALID_SPAN,
    Span,
    Status,
    StatusCode,
    Tracer,
    format_span_id,
    format_trace_id,
    set_span_in_context,
)

from application.conversation import Answered, IncomingMessage, TurnEvent
from application.ports.turn_observer import CompletedTurn, Stage, TurnObserver

# Of the turn that this task carries. OpenTelemetry's own current span is left alone: it insists on
# being put back in the context in which it was set, which an asynchronous generator cannot promise.
_turn: ContextVar[Span | None] = ContextVar("turn", default=None)


class Answers(Protocol):
    """The part of `application.conversation.Conversation` that is needed here."""

    def handle_message(self, incoming: IncomingMessage) -> AsyncIterator[TurnEvent]: ...


class Tracing:
    """Makes traces. A span holds what its stage was and what came of it, nothing that a guest said."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("anfitrion")

    def answers(self, answers: Answers) -> Answers:
        """The same answers, each within a trace of its own."""
        return _TracedAnswers(answers, self._tracer)

    def observer(self, observer: TurnObserver) -> TurnObserver:
        """The same observer, and a span for each stage."""
        return _TracedStages(observer, self._tracer)

    async def aclose(self) -> None:
        """Send what is left."""
        await asyncio.to_thread(self._provider.shutdown)


class _TracedAnswers:
    def __init__(self, answers: Answers, tracer: Tracer) -> None:
        self._answers = answers
        self._tracer = tracer

    async def handle_message(self, incoming: IncomingMessage) -> AsyncIterator[TurnEvent]:
        """Log lines of the turn carry `trace_id` and `span_id`; its span the request's id."""
        span = self._tracer.start_span("turn", set_span_in_context(INVALID_SPAN))
        span.set_attributes({"venue": incoming.venue, "channel": incoming.channel})
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if request_id is not None:
            span.set_attribute("request_id", request_id)
        _turn.set(span)
        structlog.contextvars.bind_contextvars(
            trace_id=format_trace_id(span.get_span_context().trace_id), span_id=_id_of(span)
        )
        try:
            async for event in self._answers.handle_message(incoming):
                if isinstance(event, Answered):
                    _describe(span, event)
                yield event
        except BaseException as error:
            _fail(span, error)
            raise
        finally:
            span.end()
            _turn.set(None)
            structlog.contextvars.unbind_contextvars("trace_id", "span_id")


class _TracedStages:
    def __init__(self, observer: TurnObserver, tracer: Tracer) -> None:
        self._observer = observer
        self._tracer = tracer

    def stage(self, name: Stage) -> AbstractContextManager[None]:
        turn = _turn.get()
        observed = self._observer.stage(name)
        return observed if turn is None else _Traced(observed, self._tracer, name, turn)

    def completed(self, turn: CompletedTurn) -> None:
        span = _turn.get()
        if span is not None:
            for receipt in turn.receipts:
                span.add_event(
                    "agent",
                    {
                        "agent": receipt.agent,
                        "source": receipt.source,
                        "model": receipt.model,
                        "latency_ms": receipt.latency_ms,
                        "tokens_in": receipt.tokens_in,
                        "tokens_out": receipt.tokens_out,
                        "fallback_reason": receipt.fallback_reason or "",
                    },
                )
        self._observer.completed(turn)


class _Traced:
    """A stage with its span; log lines within carry the span's id."""

    def __init__(
        self, observed: AbstractContextManager[None], tracer: Tracer, name: Stage, turn: Span
    ) -> None:
        self._observed = observed
        self._tracer = tracer
        self._name = name
        self._turn = turn

    def __enter__(self) -> None:
        self._span = self._tracer.start_span(f"turn.{self._name}", set_span_in_context(self._turn))
        structlog.contextvars.bind_contextvars(span_id=_id_of(self._span))
        self._observed.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._observed.__exit__(kind, error, trace)
        if error is not None:
            _fail(self._span, error)
        self._span.end()
        structlog.contextvars.bind_contextvars(span_id=_id_of(self._turn))


def _id_of(span: Span) -> str:
    return format_span_id(span.get_span_context().span_id)


def _describe(span: Span, answered: Answered) -> None:
    span.set_attributes(
        {
            "conversation_id": str(answered.response["conversation_id"]),
            "status": str(answered.response["status"]),
            "repeated": answered.repeated,
        }
    )


def _fail(span: Span, error: BaseException) -> None:
    """The error's kind alone: its text may quote a guest."""
    span.set_status(Status(StatusCode.ERROR, type(error).__name__))
