"""The one process that talks to the booking store: it writes, it watches, it reads again.

Every process of a deployment runs a keeper; the one that has the lease does the work, and another
takes over within seconds of its death. What all of them need to know (how fresh the mirror is, whether
the store answers, what the houses are) goes through the ledger's `StoreState`.
"""

from __future__ import annotations

import asyncio
import math
import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from application.committer import Committer
from application.errors import DependencyError, Fenced, StoreUnavailable
from application.guest_book import GuestBook
from application.ports.booking_store import BookingStore, StoreFeed
from application.ports.clock import Clock
from application.ports.leases import COMMITTER, Leases
from application.ports.mirror import Mirror
from application.ports.store_state import StoreState
from application.staff_edits import StaffEdits
from domain.store_row import RecordId, StoreRow

LEASE_S = 6.0
"""A process that died is followed after this long at most, and a second more."""

RENEW_S = 2.0
SEEK_S = 1.0

SECOND_LOOK_S = 1.0
"""Before a row that is missing is taken for deleted."""

DEBOUNCE_S = 0.3
"""A ping is often followed by more: several keystrokes are one edit."""

KEEP_ALIVE_S = 3600.0

WINDOW = timedelta(days=31)
"""What one reading of a full pass covers."""

PAST = timedelta(days=1)
"""Bookings that ended longer ago are the archive: nobody reads them again."""

PAUSES_S = (1.0, 2.0, 5.0, 10.0, 20.0)

SYNC = "sync"
PING = "ping"
WANTED = "full_pass_wanted"
LAST_READING = "full_pass"
"""Documents of `StoreState`: how well the mirror is known, pings, and passes that staff ask for."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the store is asked, in seconds: what the month's allowance of calls permits."""

    poll_s: float
    """For changes, when no ping has come."""
    full_s: float
    """For everything, in case a change was missed."""
    blind_s: float
    """For everything, where nothing tells of changes."""
    days_ahead: int


MONTH_S = 30 * 86_400


def pace_of(*, monthly_calls: int, pinged: bool, days_ahead: int) -> Pace:
    """The pace that a month's allowance of calls permits (0: there is no limit): half of it for
    looking for changes, a fifth for full passes; the rest is for bookings.

    `pinged`: changes are also announced, so that looking is only for those whose ping was lost.
    """
    calls_a_pass = math.ceil((days_ahead + PAST.days) / WINDOW.days) + 6
    poll_s, full_s, blind_s = 5.0, 600.0, 15.0
    if monthly_calls:
        poll_s = max(poll_s, MONTH_S / (0.5 * monthly_calls))
        full_s = max(full_s, MONTH_S * calls_a_pass / (0.2 * monthly_calls))
        blind_s = max(blind_s, MONTH_S * calls_a_pass / (0.7 * monthly_calls))
    return Pace(poll_s * 5 if pinged else poll_s, full_s, blind_s, days_ahead)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a full pass found."""

    rows: int
    edits: int
    gone: int


class StoreKeeper:
    """Runs until it is cancelled; whatever goes wrong, it tries again."""

    def __init__(
        self,
        *,
        leases: Leases,
        state: StoreState,
        committer: Committer,
        store: BookingStore,
        feed: StoreFeed,
        mirror: Mirror,
        edits: StaffEdits,
        reload_houses: Callable[[int], Awaitable[None]],
        clock: Clock,
        holder: str,
        pace: Pace,
        guests: GuestBook,
    ) -> None:
        """`holder` names this process, alone in the deployment. `reload_houses` reads venues, hours
        and tables again and shares them (with the fencing token)."""
        self._leases = leases
        self._state = state
        self._committer = committer
        self._store = store
        self._feed = feed
        self._mirror = mirror
        self._edits = edits
        self._reload_houses = reload_houses
        self._clock = clock
        self._holder = holder
        self._pace = pace
        self._guests = guests
        self._pinged = asyncio.Event()
        self._wanted = ""

    def ping(self) -> None:
        """Something changed in the store."""
        self._pinged.set()

    def want_full_pass(self, token: str) -> None:
        """Somebody wants everything to be read again; `token` is what they will know it by."""
        self._wanted = token
        self._pinged.set()

    async def sync(self, *, on_window: Callable[[datetime, int], None]) -> Pass | None:
        """A full pass by this process, houses included; None where another one has the lease.

        Raises: StoreUnavailable, Fenced.
        """
        fence = await self._take_lease()
        if fence is None:
            return None
        renewing = asyncio.create_task(self._renew(fence))
        try:
            await self._feed.keep_alive()
            await self._reload_houses(fence)
            found = await self.full_pass(fence, on_window=on_window)
            await self._edits.check_hours()
            await self._note(fence, reachable=True, loaded=True)
            return found
        finally:
            renewing.cancel()
            await self._leases.give_back(name=COMMITTER, holder=self._holder)

    async def run(self) -> None:
        """Seek the lease, do the work while it is ours, seek it again."""
        try:
            while True:
                try:
                    fence = await self._take_lease()
                    if fence is not None:
                        await self._hold_office(fence)
                except* Fenced:
                    log.info("keeper.replaced")
                except* Exception as errors:  # noqa: BLE001 - the edge: a keeper never ends by itself
                    log.error("keeper.failed", errors=[_told(error) for error in errors.exceptions])
                await asyncio.sleep(SEEK_S)
        finally:
            with suppress(StoreUnavailable):
                await self._leases.give_back(name=COMMITTER, holder=self._holder)

    async def full_pass(
        self, fence: int, *, on_window: Callable[[datetime, int], None] = lambda _day, _rows: None
    ) -> Pass:
        """Read everything from yesterday to the end of the booking window, and apply it.

        `on_window` hears of each part that is done: its first instant and the rows so far.

        Raises: StoreUnavailable, Fenced.
        """
        now = self._clock.now()
        start, end = now - PAST, now + timedelta(days=self._pace.days_ahead)
        rows = edits = gone = 0
        while start < end:
            until = min(start + WINDOW, end)
            glance = self._edits.glance()
            known = await self._mirror.known_between(start=start, end=until)
            read = {row.record: row for row in await self._store.between(start=start, end=until)}
            # A row that is not where it was may have been moved out of this window.
            missing = [record for record in known if record not in read]
            moved, lost = await self._found_and_gone(missing)
            edits += await self._edits.apply(
                [*read.values(), *moved.values()], gone=lost, glance=glance, fence=fence
            )
            rows, gone = rows + len(read), gone + len(lost)
            on_window(start, rows)
            start = until
        return Pass(rows, edits, gone)

    async def _found_and_gone(
        self, records: Collection[RecordId]
    ) -> tuple[Mapping[RecordId, StoreRow], list[RecordId]]:
        """Rows by record, and the records that are not there: a read may be a moment old, so a row is
        taken for gone only when it is missing twice."""
        if not records:
            return {}, []
        found = dict(await self._store.rows(records=records))
        missing = [record for record in records if record not in found]
        if missing:
            await asyncio.sleep(SECOND_LOOK_S)
            found |= await self._store.rows(records=missing)
        return found, [record for record in missing if record not in found]

    # --- office ----------------------------------------------------------------------------------

    async def _take_lease(self) -> int | None:
        now = self._clock.now()
        until = now + timedelta(seconds=LEASE_S)
        try:
            return await self._leases.take(
                name=COMMITTER, holder=self._holder, until=until, now=now
            )
        except StoreUnavailable:
            return None

    async def _hold_office(self, fence: int) -> None:
        log.info("keeper.started", fence=fence)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._renew(fence))
            group.create_task(self._committer.work(fence))
            group.create_task(self._watch(fence))

    async def _renew(self, fence: int) -> None:
        failing_since: float | None = None
        while True:
            await asyncio.sleep(RENEW_S)
            held = await self._take_lease()
            if held is not None and held != fence:
                raise Fenced
            if held is not None:
                failing_since = None
                continue
            # Either somebody else has it, or the ledger is away: then nobody can have it for long.
            failing_since = failing_since or self._clock.monotonic()
            if self._clock.monotonic() - failing_since > LEASE_S:
                raise Fenced

    # --- watching --------------------------------------------------------------------------------

    async def _watch(self, fence: int) -> None:
        """Read the store once, then follow its changes."""
        failures, lost, blind = 0, False, False
        full_at = alive_at = 0.0
        loaded = await self._was_loaded()
        while True:
            try:
                now = self._clock.monotonic()
                if now >= alive_at or failures:
                    await self._feed.keep_alive()
                    alive_at = now + KEEP_ALIVE_S
                never_followed = not loaded and not await self._position()
                if not loaded:
                    await self._reload_houses(fence)
                # The feed's position first: what changes during the pass is then not missed.
                was_lost, lost = lost, await self._follow(fence)
                # Lost once, the feed begins anew; lost again, there is none to be had.
                blind = was_lost and lost
                if lost or not loaded or now >= full_at or self._wanted:
                    # A feed that was never followed begins before the houses were read just now.
                    houses_lost = lost and not never_followed
                    await self._read_all(fence, houses=houses_lost or bool(self._wanted))
                    full_at, loaded = now + self._pace.full_s, True
                if self._committer.is_idle:
                    await self._guests.write()
                failures = 0
            except DependencyError as error:
                if isinstance(error, Fenced):
                    raise
                log.warning("store.unreachable", error=type(error).__name__, failures=failures)
                await self._note(fence, reachable=False, why=str(error))
                failures += 1
            await self._wait(failures, self._pace.blind_s if blind else self._pace.poll_s)

    async def _was_loaded(self) -> bool:
        document = await self._state.get(name=SYNC)
        return document is not None and bool(document.value.get("loaded"))

    async def _position(self) -> int:
        """How far the feed was followed; 0 where it never was."""
        document = await self._state.get(name=SYNC)
        return 0 if document is None else int(document.value.get("position", 0))

    async def _wait(self, failures: int, quiet_s: float) -> None:
        """Until a ping comes, or it is time to look without one."""
        if failures:
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S)) - 1])
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(quiet_s):
                await self._pinged.wait()
                await asyncio.sleep(DEBOUNCE_S)
        self._pinged.clear()

    async def _read_all(self, fence: int, *, houses: bool) -> None:
        token = self._wanted
        if houses:
            await self._reload_houses(fence)
        found = await self.full_pass(fence)
        await self._edits.check_hours()
        await self._state.put(
            name=LAST_READING, value={"token": token, **asdict(found)}, fence=fence
        )
        await self._note(fence, reachable=True, loaded=True)
        if self._wanted == token:
            self._wanted = ""
        log.info("store.read", rows=found.rows, edits=found.edits, gone=found.gone)

    async def _follow(self, fence: int) -> bool:
        """Apply what has changed; True where everything has to be read again."""
        more, lost = True, False
        while more:
            changes = await self._feed.changes(position=await self._position())
            if changes.house or changes.schema:
                await self._reload_houses(fence)
            glance = self._edits.glance()
            rows, vanished = await self._found_and_gone(changes.changed)
            await self._edits.apply(
                rows.values(), gone=[*changes.deleted, *vanished], glance=glance, fence=fence
            )
            if changes.house or changes.schema:
                await self._edits.check_hours()
            await self._note(fence, reachable=True, position=changes.position)
            more, lost = changes.more, lost or changes.lost
        return lost

    async def _note(self, fence: int, *, reachable: bool, **known: object) -> None:
        """Tell all processes how well the mirror is known."""
        document = await self._state.get(name=SYNC)
        value = {} if document is None else dict(document.value)
        value.update(known, reachable=reachable)
        if reachable:
            value["seen_at"] = self._clock.now().isoformat()
        await self._state.put(name=SYNC, value=value, fence=fence)


def _told(error: BaseException) -> str:
    """What failed and where, without any value: those may be a guest's."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
