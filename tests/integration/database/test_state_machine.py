"""Random lives of holds and bookings: the floor and its counters always add up."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections import Counter, defaultdict
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from domain.booking import Booking, BookingStatus
from domain.errors import DomainError, IllegalTransition, PacingExceeded, SlotTaken
from domain.floor import Placement
from infrastructure.database.engine import Ledger, open_ledger
from infrastructure.memory import MemoryLedger
from tests.support.ledgers import (
    EIGHT,
    NOW,
    VENUE,
    AnyLedger,
    Evidence,
    MemoryEvidence,
    SqlEvidence,
    booking,
    cells_of,
    charge,
    committers_fence,
    moved_to,
    once,
    placement,
    sqlite_template,
    sqlite_url,
    store_row,
)

T = TypeVar("T")
Cell = tuple[str, str, int]

tables = st.sets(st.sampled_from(["T1", "T2", "T3"]), min_size=1, max_size=2)
steps = st.integers(0, 5)
parties = st.integers(1, 5)
MAX_COVERS = 8
_template_folder = tempfile.TemporaryDirectory()
HOLD_TIME = timedelta(minutes=5)


def place_at(resources: set[str], step: int, covers: int) -> Placement:
    """Half-hour steps around midnight UTC, so that some placements span two days."""
    start = EIGHT + timedelta(hours=2, minutes=30 * step)
    window = charge(covers, max_covers=MAX_COVERS, key=f"kitchen@{step // 2}")
    return placement(*resources, start=start, covers=covers, charges=[window])


class LedgerMachine(RuleBasedStateMachine):
    """Keeps a model of who has what beside the ledger, and compares after every step."""

    holds: Bundle[str] = Bundle("holds")
    bookings: Bundle[Booking] = Bundle("bookings")

    ledger: AnyLedger
    evidence: Evidence
    may_share = False

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.now = NOW
        self.numbers = itertools.count()
        self.held: dict[str, tuple[Placement, datetime]] = {}
        self.booked: dict[str, tuple[Booking, Placement]] = {}
        self.open()

    def open(self) -> None:
        memory = MemoryLedger()
        self.ledger, self.evidence = memory, MemoryEvidence(memory)

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def teardown(self) -> None:
        self.loop.close()

    # What may happen

    @rule(target=holds, resources=tables, step=steps, covers=parties)
    def place(self, resources: set[str], step: int, covers: int) -> Any:
        key = f"h{next(self.numbers)}"
        placed = place_at(resources, step, covers)
        allowed = self.is_free(placed)
        try:
            self.wait(
                self.ledger.holds.place(
                    hold_id=key,
                    venue=VENUE,
                    placement=placed,
                    holder="ana",
                    expires_at=self.now + HOLD_TIME,
                    now=self.now,
                    limit=99,
                )
            )
        except (SlotTaken, PacingExceeded):
            assert not allowed
            return multiple()
        assert allowed
        self.held[key] = (placed, self.now + HOLD_TIME)
        return key

    @rule(hold=holds)
    def release(self, hold: str) -> None:
        self.wait(self.ledger.holds.release(hold_id=hold))
        self.held.pop(hold, None)

    @rule(minutes=st.integers(1, 4))
    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.held = {key: kept for key, kept in self.held.items() if kept[1] > self.now}

    @rule()
    def sweep(self) -> None:
        self.wait(self.ledger.holds.sweep(now=self.now))

    @rule(target=bookings, hold=holds)
    def book_a_hold(self, hold: str) -> Any:
        placed = self.held[hold][0] if hold in self.held else None
        if placed is None:
            return multiple()
        return self.book(placed, hold)

    @rule(target=bookings, resources=tables, step=steps, covers=parties)
    def book_directly(self, resources: set[str], step: int, covers: int) -> Any:
        return self.book(place_at(resources, step, covers), None)

    @rule(old=bookings, resources=tables, step=steps, covers=parties)
    def move(self, old: Booking, resources: set[str], step: int, covers: int) -> None:
        before, had = self.booked[old.code]
        placed = place_at(resources, step, covers)
        allowed = before.is_open and self.is_free(placed, besides=old.code, instead_of=had)
        try:
            after = self.wait(
                self.ledger.bookings.move(
                    changed=moved_to(before, placed),
                    placement=placed,
                    hold_id=None,
                    once=once(f"k{next(self.numbers)}"),
                    actor="guest",
                    now=self.now,
                )
            )
        except DomainError:
            assert not allowed
            assert self.wait(self.ledger.bookings.get(code=old.code)) == before
            return
        assert allowed
        self.booked[old.code] = (after, placed)

    @rule(of=bookings, status=st.sampled_from(BookingStatus))
    def set_status(self, of: Booking, status: BookingStatus) -> None:
        before, placed = self.booked[of.code]
        try:
            after = self.wait(
                self.ledger.bookings.set_status(
                    code=of.code,
                    status=status,
                    version=before.version,
                    once=None,
                    actor="staff",
                    now=self.now,
                )
            )
        except IllegalTransition:
            return
        except SlotTaken:
            assert not before.is_live
            assert any(cells_of(placed) & cells_of(other) for _, other in self.live())
            return
        self.booked[of.code] = (after, placed)

    # What must hold

    @invariant()
    def every_cell_has_the_one_owner_it_should(self) -> None:
        claims, shared = self.wait(self.evidence.claims()), self.wait(self.evidence.shared())
        expected: dict[Cell, set[str]] = defaultdict(set)
        for key, placed in self.live():
            for cell in cells_of(placed):
                expected[cell].add(key)
        for cell, keys in expected.items():
            # Only staff put a second booking on a cell: it waits for the owner to give way.
            assert self.may_share or len(keys) == 1
            assert claims[cell] in keys
            assert shared.pop(cell, set()) == keys - {claims[cell]}
        assert not shared
        assert all(claims[cell].startswith("h") for cell in claims.keys() - expected.keys())

    @invariant()
    def the_counters_are_the_sum_of_what_is_there(self) -> None:
        self.wait(self.ledger.holds.sweep(now=self.now))
        counted = self.wait(self.evidence.pacing())
        assert counted == {(VENUE, key): tuple(sums) for key, sums in self.charged().items()}

    @invariant()
    def the_day_sheet_shows_what_is_live(self) -> None:
        first = min(cell for _, _, cell in cells_of(place_at({"T1"}, 0, 1)))
        shown = self.wait(
            self.ledger.day_sheets.allocations(
                venue=VENUE, first_cell=first, end_cell=first + 99, now=self.now
            )
        )
        assert {a.id: a.claims for a in shown} == {owner: p.claims for owner, p in self.live()}

    # The model

    def book(self, placed: Placement, hold: str | None) -> Any:
        code = f"B{next(self.numbers)}"
        allowed = hold is not None or self.is_free(placed)
        try:
            made = self.wait(
                self.ledger.bookings.book(
                    booking=booking(code, placed),
                    placement=placed,
                    hold_id=hold,
                    limit=99,
                    once=once(f"k{code}"),
                    actor="guest",
                    now=self.now,
                )
            )
        except (SlotTaken, PacingExceeded):
            assert not allowed
            return multiple()
        assert allowed
        if hold is not None:
            del self.held[hold]
        self.booked[code] = (made, placed)
        return replace(made)

    def live(self) -> list[tuple[str, Placement]]:
        holds = [(key, placed) for key, (placed, _) in self.held.items()]
        return holds + [(made.id, placed) for made, placed in self.booked.values() if made.is_live]

    def is_free(
        self, placed: Placement, *, besides: str = "", instead_of: Placement | None = None
    ) -> bool:
        others = [other for owner, other in self.live() if owner != besides.lower()]
        if any(cells_of(placed) & cells_of(other) for other in others):
            return False
        charged, (window,) = self.charged(), placed.charges
        before = charged.get(window.key, (0, 0))[0]
        growth = window.covers
        if instead_of is not None and instead_of.charges[0].key == window.key:
            growth -= instead_of.charges[0].covers
        return growth <= 0 or before + growth <= MAX_COVERS

    def charged(self) -> dict[str, tuple[int, int]]:
        covers: Counter[str] = Counter()
        guests: Counter[str] = Counter()
        for _, placed in self.live():
            (window,) = placed.charges
            covers[window.key] += window.covers
            guests[window.key] += window.parties
        return {key: (covers[key], guests[key]) for key in covers}


class SqliteMachine(LedgerMachine):
    """The same lives on SQLite, with staff who put bookings where they like."""

    may_share = True

    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        template = self.wait(sqlite_template(Path(_template_folder.name)))
        url = sqlite_url(template, Path(self.folder.name))
        self.database: Ledger = self.wait(open_ledger(url))
        self.ledger, self.evidence = self.database, SqlEvidence(url)
        self.fence = self.wait(committers_fence(self.database))

    @rule(
        target=LedgerMachine.bookings,
        resources=tables,
        step=steps,
        covers=parties,
        status=st.sampled_from(BookingStatus),
    )
    def staff_type(
        self, resources: set[str], step: int, covers: int, status: BookingStatus
    ) -> Booking:
        placed = place_at(resources, step, covers)
        made = booking(f"S{next(self.numbers)}", placed, status=status)
        self.adopt(made, placed, expected=None)
        return made

    @rule(
        old=LedgerMachine.bookings,
        resources=tables,
        step=steps,
        covers=parties,
        status=st.sampled_from(BookingStatus),
    )
    def staff_change(
        self, old: Booking, resources: set[str], step: int, covers: int, status: BookingStatus
    ) -> None:
        before, _ = self.booked[old.code]
        placed = place_at(resources, step, covers)
        changed = replace(moved_to(before, placed), status=status, version=before.version + 1)
        self.adopt(changed, placed, expected=before.version)

    def adopt(self, wanted: Booking, placed: Placement, *, expected: int | None) -> None:
        shares_with = self.wait(
            self.database.mirror.adopt(
                row=store_row(wanted),
                booking=wanted,
                placement=placed,
                expected=expected,
                queue=False,
                notices=[],
                fence=self.fence,
                now=self.now,
            )
        )
        self.booked[wanted.code] = (wanted, placed)
        if wanted.is_live:
            self.held = {
                key: kept
                for key, kept in self.held.items()
                if not cells_of(kept[0]) & cells_of(placed)
            }
        assert shares_with == self.sharing(wanted)

    @invariant()
    def everybody_knows_with_whom_they_share(self) -> None:
        for made, _ in self.booked.values():
            found = self.wait(self.database.mirror.shared_with(booking=made.id))
            assert found == self.sharing(made)

    def sharing(self, wanted: Booking) -> list[str]:
        cells = cells_of(self.booked[wanted.code][1]) if wanted.is_live else set()
        return sorted(
            made.code
            for made, placed in self.booked.values()
            if made.is_live and made.code != wanted.code and cells & cells_of(placed)
        )

    def teardown(self) -> None:
        self.wait(self.database.close())
        self.folder.cleanup()
        super().teardown()


TestMemoryMachine = LedgerMachine.TestCase
TestMemoryMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

TestSqliteMachine = SqliteMachine.TestCase
TestSqliteMachine.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
