"""The emulator's state and its one way to change a base."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.airtable_emulator import webhooks
from tests.support.airtable_emulator.actions import Action, Author
from tests.support.airtable_emulator.clock import Clock
from tests.support.airtable_emulator.faults import Faults
from tests.support.airtable_emulator.limits import Limiter, Limits
from tests.support.airtable_emulator.model import Base, Record, Table, Webhook, World, new_world
from tests.support.airtable_emulator.queries import Cursors
from tests.support.airtable_emulator.reading import Reader

# How far back a stale read can see.
_REMEMBERED_S = 60.0

OnChange = Callable[[Base, Webhook], None]


@dataclass(slots=True)
class Latency:
    """Log-normal around the median; half of it passes before the request is carried out."""

    median_s: float = 0.0
    sigma: float = 0.4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Past:
    until_s: float
    record_id: str
    record: Record | None


class Emulator:
    def __init__(self, limits: Limits | None = None, latency: Latency | None = None) -> None:
        self.clock = Clock()
        self.faults = Faults()
        self.cursors = Cursors()
        self.webhook_settings = webhooks.WebhookSettings()
        self.requests = RequestLog()
        self.on_change: OnChange = lambda base, webhook: None
        self.generation = 0
        self._history: dict[str, deque[_Past]] = {}
        self._first_limits = limits or Limits()
        self._first_latency = latency or Latency()
        self.load(new_world())

    def load(self, world: World) -> None:
        """Begin again with this world; limits, latency, faults and counts as at the start."""
        self.world = world
        self.clock.freeze(False)
        self.clock.offset_s = world.clock_offset_s
        self.limiter = Limiter(self._first_limits, world.calls_by_month)
        self.latency = self._first_latency
        self.faults.clear()
        self.cursors.kill()
        self.webhook_settings = webhooks.WebhookSettings()
        self.requests = RequestLog()
        self._history.clear()
        self.changed()

    def changed(self) -> None:
        """Something happened that a state file must hold."""
        self.generation += 1

    def reader(self, base: Base, *, stale_s: float = 0.0) -> Reader:
        now = self.clock.now()
        if not stale_s:
            return Reader(self.world, base, now)
        as_of_s = self.clock.seconds() - stale_s
        return Reader(self.world, base, now, lambda table: self._records_as_of(table, as_of_s))

    @contextmanager
    def act(self, base: Base, author: Author) -> Iterator[Action]:
        """Whole or not at all; webhooks hear of it at the end."""
        action = Action(self.world, base, author, self.clock.now())
        try:
            yield action
        except BaseException:
            action.undo()
            raise
        if action.changed_something:
            self._commit(action)

    def _commit(self, action: Action) -> None:
        base = action.base
        base.transaction += 1
        self._remember(action)
        reader = self.reader(base)
        for webhook in webhooks.living(base, action.at):
            for payload in webhooks.record(webhook, action, reader, self.webhook_settings):
                if self.faults.for_payload(webhook.id, webhook.next_cursor):
                    payload = webhooks.internal_error(action)
                webhooks.append(webhook, payload)
                self.on_change(base, webhook)
        self.changed()

    def _remember(self, action: Action) -> None:
        now_s = self.clock.seconds()
        for table_id, before in action.before.items():
            past = self._history.setdefault(table_id, deque())
            past.extend(_Past(now_s, *each) for each in before.records.items())
            while past and past[0].until_s < now_s - _REMEMBERED_S:
                past.popleft()

    def _records_as_of(self, table: Table, as_of_s: float) -> Mapping[str, Record]:
        records: dict[str, Record] = dict(table.records)
        for past in reversed(self._history.get(table.id, ())):
            if past.until_s <= as_of_s:
                break
            if past.record is None:
                records.pop(past.record_id, None)
            else:
                records[past.record_id] = past.record
        return records


@dataclass(frozen=True, slots=True)
class Logged:
    at_s: float
    method: str
    path: str
    status: int
    """0 where the connection was reset."""
    fault: str | None
    base: str | None
    took_ms: float


class RequestLog:
    """Counts of what came over the wire, and the last requests themselves."""

    def __init__(self) -> None:
        self.total = 0
        self.by_status: Counter[int] = Counter()
        self.by_kind: Counter[str] = Counter()
        self.by_base: Counter[str] = Counter()
        self.cpu_s = 0.0
        self.last: deque[Logged] = deque(maxlen=5000)

    def add(self, logged: Logged, kind: str) -> None:
        self.total += 1
        self.by_status[logged.status] += 1
        self.by_kind[kind] += 1
        if logged.base:
            self.by_base[logged.base] += 1
        self.last.append(logged)
