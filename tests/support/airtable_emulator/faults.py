"""What goes wrong on purpose: by rate, or as a script for the next requests.

Whether a request is hit depends on the seed, on the request itself and on how many times it has been
sent, not on the order in which concurrent requests arrive: a failing seed fails again.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

from tests.support.airtable_emulator.wire import Request


class Fault(StrEnum):
    RESET_BEFORE = "reset_before"
    """The connection is reset and nothing was done."""
    RESET_AFTER = "reset_after"
    """The connection is reset after everything was done."""
    ERROR_500_BEFORE = "error_500_before"
    ERROR_500_AFTER = "error_500_after"
    ERROR_502_BEFORE = "error_502_before"
    """502 with a page of HTML."""
    ERROR_502_AFTER = "error_502_after"
    ERROR_503_BEFORE = "error_503_before"
    ERROR_503_AFTER = "error_503_after"
    TRUNCATED = "truncated"
    """Done, but the JSON breaks off half way."""
    EMPTY = "empty"
    """Done, but the 200 has no body."""
    SLOW = "slow"
    """Done, but the answer takes `slow_s` longer."""
    RATE_LIMIT = "rate_limit"
    """A 429 as if another program had used the base up, with the penalty that follows."""
    QUOTA = "quota"
    STALE_READ = "stale_read"
    """A read of what was there `stale_s` ago."""
    CURSOR_DEATH = "cursor_death"
    """The offset of a list is gone."""
    PING_LOST = "ping_lost"
    PING_DUPLICATED = "ping_duplicated"
    PING_LATE = "ping_late"
    """A ping comes `late_s` later."""
    PING_REORDERED = "ping_reordered"
    """A ping comes after the one that follows it."""
    PAYLOAD_ERROR = "payload_error"
    """A webhook's payload is INTERNAL_ERROR instead of the change."""


PING_FAULTS = (
    Fault.PING_LOST,
    Fault.PING_DUPLICATED,
    Fault.PING_LATE,
    Fault.PING_REORDERED,
)
_NOT_OF_REQUESTS = {*PING_FAULTS, Fault.PAYLOAD_ERROR}


@dataclass(slots=True)
class Scripted:
    """The next `times` requests that fit, after letting `skip` of them pass."""

    fault: Fault
    times: int = 1
    skip: int = 0
    method: str | None = None
    path: str | None = None
    """A regular expression somewhere in the path."""


@dataclass(slots=True)
class Plan:
    seed: int = 0
    rates: dict[Fault, float] = field(default_factory=dict)
    retry_after_s: int | None = None
    """A 503 may carry it."""
    slow_s: float = 2.0
    stale_s: float = 0.5
    late_s: float = 2.0


class Faults:
    def __init__(self) -> None:
        self.plan = Plan()
        self.script: list[Scripted] = []
        self.hits: Counter[str] = Counter()
        self._seen: Counter[bytes] = Counter()

    def clear(self) -> None:
        self.plan, self.script = Plan(), []
        self.hits.clear()
        self._seen.clear()

    def for_request(self, request: Request) -> Fault | None:
        if not self.script and not self.plan.rates:
            return None
        possible = _possible(request)
        fault = self._scripted(possible, request) or self._drawn(
            possible, request.method, request.raw_path, request.raw_query, request.body
        )
        return self._counted(fault)

    def for_ping(self, webhook: str, number: int) -> Fault | None:
        possible = [each for each in Fault if each in PING_FAULTS]
        fault = self._scripted(possible) or self._drawn(possible, "ping", webhook, number)
        return self._counted(fault)

    def for_payload(self, webhook: str, number: int) -> Fault | None:
        possible = [Fault.PAYLOAD_ERROR]
        fault = self._scripted(possible) or self._drawn(possible, "payload", webhook, number)
        return self._counted(fault)

    def _counted(self, fault: Fault | None) -> Fault | None:
        if fault:
            self.hits[fault] += 1
        return fault

    def _scripted(self, possible: list[Fault], request: Request | None = None) -> Fault | None:
        for each in self.script:
            if each.fault not in possible or not _fits(each, request):
                continue
            if each.skip:
                each.skip -= 1
                continue
            each.times -= 1
            if not each.times:
                self.script.remove(each)
            return each.fault
        return None

    def _drawn(self, possible: list[Fault], *identity: object) -> Fault | None:
        if not self.plan.rates:
            return None
        what = blake2b(repr(identity).encode(), digest_size=12).digest()
        self._seen[what] += 1
        chance = random.Random(f"{self.plan.seed}/{what.hex()}/{self._seen[what]}").random()
        for fault in possible:
            chance -= self.plan.rates.get(fault, 0.0)
            if chance < 0:
                return fault
        return None


def _fits(scripted: Scripted, request: Request | None) -> bool:
    if request is None:
        return True
    if scripted.method and scripted.method != request.method:
        return False
    return not scripted.path or bool(re.search(scripted.path, request.raw_path))


def _possible(request: Request) -> list[Fault]:
    is_list = request.raw_path.endswith("/listRecords")
    reads = request.method == "GET" or is_list
    pages = reads and ("offset" in request.raw_query or (is_list and b'"offset"' in request.body))
    impossible = set(_NOT_OF_REQUESTS)
    if not reads:
        impossible.add(Fault.STALE_READ)
    if not pages:
        impossible.add(Fault.CURSOR_DEATH)
    return [each for each in Fault if each not in impossible]
