"""Every figure with its name, its labels and what it counts. `docs/operations.md` says what to make of them."""

from __future__ import annotations

from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)
_STAGE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)
_CACHE_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25)
_SETTLE_S = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)

# How processes that share a folder are put together, for figures that go up and down: what one process
# has is added up, what all of them see in one ledger is taken from the last one that looked, and of a
# warning the worst counts. Processes that have ended do not count.
_Mode = Literal["livesum", "livemostrecent", "livemax", "livemin"]
_ADDED: Final = "livesum"
_LATEST: Final = "livemostrecent"
_HIGHEST: Final = "livemax"
_LOWEST: Final = "livemin"


class Catalogue:
    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(name, what, labels, registry=registry)

        def histogram(name: str, what: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(name, what, labels, buckets=buckets, registry=registry)

        def gauge(name: str, what: str, mode: _Mode, *labels: str) -> Gauge:
            return Gauge(name, what, labels, registry=registry, multiprocess_mode=mode)

        # Requests and turns
        self.http_duration = histogram(
            "http_request_duration_seconds",
            "Requests by method, route and status; of a stream, until its end",
            _REQUEST_S,
            "method",
            "route",
            "status",
        )
        self.chat_requests = counter(
            "chat_requests_total",
            "Guests' messages by what the turn came to; also repeated (answered before), failed",
            "status",
        )
        self.turn_duration = histogram(
            "turn_duration_seconds", "Turns from the lease to the saved answer", _STAGE_S
        )
        self.stage_duration = histogram(
            "turn_stage_duration_seconds",
            "Parts of a turn: begin, router, decide, human, save",
            _STAGE_S,
            "stage",
        )
        self.bookings = counter(
            "bookings_total",
            "What guests' turns and staff did: confirmed, received, moved, cancelled, waitlisted",
            "who",
            "outcome",
        )
        self.stops = counter(
            "claim_check_stops_total",
            "Sentences of a model that were stopped, by what was not true in them",
            "reason",
        )

        # Agents
        self.agent_duration = histogram(
            "agent_duration_seconds",
            "Answers of the agents, by agent and by who answered",
            _STAGE_S,
            "agent",
            "source",
        )
        self.agent_tokens = counter(
            "agent_tokens_total",
            "Tokens, by agent, by who answered, and by kind: in, cached (part of in), out",
            "agent",
            "source",
            "kind",
        )
        self.agent_cost = counter(
            "agent_cost_usd_total", "Cost by agent and by who answered", "agent", "source"
        )
        self.agent_calls = counter(
            "agent_calls_total",
            "Requests to providers, failed and repeated ones included",
            "agent",
            "source",
        )
        self.fallbacks = counter(
            "agent_fallbacks_total", "Why a twin answered instead of its model", "agent", "reason"
        )

        # Breakers
        self.breaker_state = gauge(
            "breaker_state", "0 closed, 1 half-open, 2 open", _HIGHEST, "breaker"
        )
        self.breaker_opened = counter(
            "breaker_opened_total", "How often a breaker has opened", "breaker"
        )

        # The booking store. The labels make a figure missing, rather than 0, where there is none.
        self.queue = gauge("outbox_waiting", "Bookings whose row the store lacks", _LATEST, "queue")
        self.queue_age = gauge(
            "outbox_oldest_seconds", "How long the first of them has waited", _LATEST, "queue"
        )
        self.store_writes = counter(
            "store_writes_total",
            "Bookings put into the store, by outcome: stored, refused, unknown, gone, unavailable",
            "outcome",
        )
        self.store_settled = histogram(
            "store_settled_seconds",
            "From a change of a booking until the store has it and nobody is in its way",
            _SETTLE_S,
        )
        self.airtable_requests = counter(
            "airtable_requests_total", "Requests to Airtable", "kind", "outcome"
        )
        self.airtable_waiting = gauge(
            "airtable_requests_waiting", "Requests that wait for their turn", _ADDED, "store"
        )
        self.airtable_remaining = gauge(
            "airtable_allowance_remaining", "Calls left this month", _LOWEST, "store"
        )
        self.airtable_remaining_ratio = gauge(
            "airtable_allowance_remaining_ratio",
            "The share of this month's calls that is left",
            _LOWEST,
            "store",
        )
        self.airtable_state = gauge(
            "airtable_state", "0 ok, 1 frozen, 2 quota spent, 3 down", _HIGHEST, "store"
        )
        self.conflicts = gauge(
            "conflicts_open", "Conflicts that wait for a person", _LATEST, "kind"
        )

        # The cache
        self.cache_requests = counter(
            "cache_requests_total",
            "Operations on the cache behind the near one: hit, miss, error",
            "operation",
            "outcome",
        )
        self.cache_duration = histogram(
            "cache_request_duration_seconds", "The same, how long", _CACHE_S, "operation"
        )
        self.cache_near_hits = counter("cache_near_hits_total", "Reads answered from the process")
        self.cache_near_entries = gauge(
            "cache_near_entries", "Values kept in the process", _ADDED, "backend"
        )
        self.cache_coalesced = counter(
            "cache_coalesced_total", "Calls answered by another's computation"
        )
        self.cache_corrupt = counter(
            "cache_corrupt_total", "Stored values that could not be read, and were deleted"
        )
        self.cache_stale = counter(
            "cache_stale_total", "Answers after their time, because the computation failed"
        )
        self.cache_bytes = counter(
            "cache_compression_bytes_total", "Bytes of compressed values: in, out", "side"
        )
        self.cache_connections = gauge(
            "cache_connections", "Connections: in_use, waiting", _ADDED, "state"
        )
        self.cache_refused = counter(
            "cache_connections_refused_total", "Calls that found no free connection in time"
        )

        # The watching itself
        self.part_up = gauge(
            "watched_part_up",
            "1 where a part answered when its figures were asked",
            _LOWEST,
            "part",
        )
