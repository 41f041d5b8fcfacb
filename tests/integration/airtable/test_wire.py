"""The wire against an emulator in a process of its own: calls, pages, faults and what they mean."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

import pytest

from application.errors import StoreUnavailable
from application.ports.allowance import Allowance, Grant
from infrastructure.airtable.errors import (
    AirtableAway,
    AirtableForbidden,
    AirtableFrozen,
    AirtableQuotaSpent,
    AirtableRefused,
)
from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.wire import Wire
from infrastructure.clock import SystemClock
from infrastructure.memory.allowance import MemoryAllowance
from tests.support.airtable_emulator.client import Control, RunningEmulator
from tests.support.bases import wire_to

REFILL = Priority.REFILL


class MovedClock(SystemClock):
    """Runs, and can be set ahead."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead_s)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


class Bookings:
    """The table of these tests."""

    def __init__(self, emulator: RunningEmulator) -> None:
        self.control = emulator.control
        made = self.control.staff(
            "create_table",
            name="Bookings",
            fields=[
                {"name": "Key", "type": "singleLineText"},
                {"name": "Party", "type": "number", "options": {"precision": 0}},
                {
                    "name": "Status",
                    "type": "singleSelect",
                    "options": {"choices": [{"name": "Confirmed"}]},
                },
            ],
        )
        self.id: str = made["id"]
        self.key, self.party, self.status = (each["id"] for each in made["fields"])

    def row(self, key: str, party: int = 2) -> dict[str, Any]:
        return {self.key: key, self.party: party}

    def keys(self) -> list[str]:
        """What the table really holds."""
        return sorted(each["fields"]["Key"] for each in self.control.records("Bookings"))


@pytest.fixture
def bookings(emulator: RunningEmulator) -> Bookings:
    return Bookings(emulator)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def allowance() -> MemoryAllowance:
    return MemoryAllowance()


@pytest.fixture
async def wire(
    emulator: RunningEmulator, allowance: MemoryAllowance, clock: MovedClock
) -> AsyncIterator[Wire]:
    async with _wire(emulator, allowance, clock) as wire:
        yield wire


def _wire(
    emulator: RunningEmulator,
    allowance: Allowance,
    clock: SystemClock | None = None,
    **options: Any,
) -> aclosing[Wire]:
    given = {"read_timeout_s": 5.0, **options}
    return wire_to(emulator, allowance=allowance, clock=clock or SystemClock(), **given)


# Calls


async def test_records_are_created_changed_upserted_read_and_deleted(
    wire: Wire, bookings: Bookings
) -> None:
    first, second = await wire.create(bookings.id, [bookings.row("a"), bookings.row("b")])
    assert first["fields"] == bookings.row("a")
    (changed,) = await wire.update(
        bookings.id, [{"id": first["id"], "fields": {bookings.party: 5}}]
    )
    assert changed["fields"] == bookings.row("a", 5)
    again, new = await wire.update(
        bookings.id,
        [{"fields": bookings.row("b", 7)}, {"fields": bookings.row("c")}],
        upsert_on=[bookings.key],
    )
    assert again["id"] == second["id"]
    found = await wire.list_records(bookings.id, priority=REFILL, sort=[f"-{bookings.key}"])
    assert [each["id"] for each in found] == [new["id"], second["id"], first["id"]]
    assert [each["fields"][bookings.party] for each in found] == [2, 7, 5]
    await wire.delete(bookings.id, [first["id"], new["id"]])
    assert bookings.keys() == ["b"]


async def test_a_list_can_be_narrowed(wire: Wire, bookings: Bookings) -> None:
    await wire.create(bookings.id, [bookings.row(f"k{number}", number) for number in range(1, 10)])
    found = await wire.list_records(
        bookings.id,
        priority=REFILL,
        formula="{Party}>3",
        fields=[bookings.party],
        sort=[bookings.party],
        max_records=4,
        page_size=3,
    )
    assert [each["fields"] for each in found] == [{bookings.party: n} for n in (4, 5, 6, 7)]


async def test_an_option_that_is_not_there_is_not_invented(wire: Wire, bookings: Bookings) -> None:
    with pytest.raises(AirtableRefused) as raised:
        await wire.create(bookings.id, [{bookings.status: "Confirmd"}])
    assert raised.value.type == "INVALID_MULTIPLE_CHOICE_OPTIONS"
    assert "Confirmd" in raised.value.said
    assert "Confirmd" not in f"{raised.value!r} {raised.value}"


async def test_no_request_holds_more_than_ten_records(wire: Wire, bookings: Bookings) -> None:
    rows = [bookings.row(str(number)) for number in range(11)]
    for call in (
        wire.create(bookings.id, rows),
        wire.update(bookings.id, rows),
        wire.delete(bookings.id, ["rec"] * 11),
        wire.create(bookings.id, []),
    ):
        with pytest.raises(AssertionError):
            await call
    assert bookings.keys() == []


async def test_a_comment_reaches_the_record(
    wire: Wire, bookings: Bookings, emulator: RunningEmulator
) -> None:
    (made,) = await wire.create(bookings.id, [bookings.row("a")])
    comment = await wire.comment(bookings.id, made["id"], "please look")
    listed = await wire.request(
        "GET",
        f"{emulator.base}/{bookings.id}/{made['id']}/comments",
        priority=REFILL,
        reads_only=True,
    )
    assert [(each["id"], each["text"]) for each in listed["comments"]] == [(comment, "please look")]


async def test_tables_and_fields_are_made_and_described(wire: Wire) -> None:
    made = await wire.create_table(
        {"name": "Venues", "fields": [{"name": "Name", "type": "singleLineText"}]}
    )
    field = await wire.create_field(made["id"], {"name": "Zone", "type": "singleLineText"})
    tables = {each["id"]: each for each in await wire.schema()}
    names = {each["id"]: each["name"] for each in tables[made["id"]]["fields"]}
    assert names[field["id"]] == "Zone"


async def test_a_webhook_lives_its_life(wire: Wire, bookings: Bookings) -> None:
    made = await wire.create_webhook(
        specification={"options": {"filters": {"dataTypes": ["tableData"]}}}, notification_url=None
    )
    assert made["macSecretBase64"]
    bookings.control.create("Bookings", {"Key": "a"})
    answer = await wire.webhook_payloads(made["id"], cursor=1)
    assert (len(answer["payloads"]), answer["cursor"]) == (1, 2)
    assert await wire.refresh_webhook(made["id"]) >= made["expirationTime"]
    await wire.enable_webhook(made["id"], enable=False)
    (hook,) = await wire.webhooks()
    assert hook["areNotificationsEnabled"] is False
    await wire.delete_webhook(made["id"])
    assert await wire.webhooks() == []


# Pages


async def _fill(wire: Wire, bookings: Bookings, count: int) -> None:
    rows = [bookings.row(f"{number:03}") for number in range(count)]
    for first in range(0, count, 10):
        await wire.create(bookings.id, rows[first : first + 10])


async def _listed(wire: Wire, bookings: Bookings, **options: Any) -> list[str]:
    found = await wire.list_records(bookings.id, priority=REFILL, **options)
    return [each["fields"][bookings.key] for each in found]


async def test_more_rows_than_a_page_holds_are_all_read_once(
    wire: Wire, bookings: Bookings, control: Control
) -> None:
    await _fill(wire, bookings, 250)
    control.reset_requests()
    assert sorted(await _listed(wire, bookings)) == [f"{number:03}" for number in range(250)]
    assert control.requests()["total"] == 3


async def test_a_long_formula_goes_into_the_body_page_by_page(
    wire: Wire, bookings: Bookings, control: Control
) -> None:
    await _fill(wire, bookings, 120)
    control.reset_requests()
    terms = ",".join(f"{{Key}}='{number:03}'" for number in range(20, 900))
    listed = await _listed(wire, bookings, formula=f"OR({terms})", page_size=50, sort=["Key"])
    assert listed == [f"{number:03}" for number in range(20, 120)]
    counted = control.requests()
    assert counted["by_kind"] == {"POST /{base}/{table}/listRecords": counted["total"]}


@pytest.mark.parametrize("formula_terms", [1, 900])
async def test_a_list_whose_cursor_dies_is_read_again_from_the_start(
    wire: Wire, bookings: Bookings, control: Control, formula_terms: int
) -> None:
    await _fill(wire, bookings, 30)
    formula = f"OR({','.join(['{Party}=2'] * formula_terms * 3)})"
    control.next_fault("cursor_death", skip=1)
    listed = await _listed(wire, bookings, page_size=10, formula=formula)
    assert sorted(listed) == [f"{number:03}" for number in range(30)]


async def test_cursors_that_go_on_dying_are_given_up(
    wire: Wire, bookings: Bookings, control: Control
) -> None:
    await _fill(wire, bookings, 20)
    control.next_fault("cursor_death", times=50)
    with pytest.raises(AirtableAway) as raised:
        await _listed(wire, bookings, page_size=10)
    assert (raised.value.reason, raised.value.ambiguous) == ("cursor", False)
    assert control.fault_hits() == {"cursor_death": 3}


# Faults

AMBIGUOUS = {
    "reset_before": ("reset", 0),
    "reset_after": ("reset", 1),
    "error_500_before": ("server_error", 0),
    "error_500_after": ("server_error", 1),
    "error_502_before": ("server_error", 0),
    "error_502_after": ("server_error", 1),
    "error_503_before": ("server_error", 0),
    "error_503_after": ("server_error", 1),
    "truncated": ("broken_answer", 1),
    "empty": ("broken_answer", 1),
}


@pytest.mark.parametrize("fault", AMBIGUOUS)
async def test_a_write_whose_outcome_is_open_says_so_and_is_never_sent_again(
    wire: Wire, bookings: Bookings, control: Control, fault: str
) -> None:
    reason, written = AMBIGUOUS[fault]
    control.reset_requests()
    control.next_fault(fault)
    with pytest.raises(AirtableAway) as raised:
        await wire.create(bookings.id, [bookings.row("a")])
    assert (raised.value.reason, raised.value.ambiguous) == (reason, True)
    assert len(bookings.keys()) == written
    assert control.requests()["total"] == 1
    assert wire.health().state == "down"


@pytest.mark.parametrize(("reads_only", "sent"), [(False, 1), (True, 3)])
async def test_any_other_request_is_repeated_only_where_it_reads(
    wire: Wire, emulator: RunningEmulator, reads_only: bool, sent: int
) -> None:
    emulator.control.next_fault("error_500_before", times=9)
    path = f"meta/bases/{emulator.base}/tables"
    with pytest.raises(AirtableAway):
        await wire.request("GET", path, priority=REFILL, reads_only=reads_only)
    assert emulator.control.requests()["total"] == sent
    assert wire.health().requests == {("other", "server_error"): sent}


@pytest.mark.parametrize("fault", AMBIGUOUS)
async def test_a_read_that_fails_is_sent_again(
    wire: Wire, bookings: Bookings, control: Control, fault: str
) -> None:
    control.create("Bookings", {"Key": "a"})
    control.next_fault(fault, times=2)
    assert await _listed(wire, bookings) == ["a"]
    assert wire.health().state == "ok"


async def test_a_read_is_given_up_after_three_times(
    wire: Wire, bookings: Bookings, control: Control
) -> None:
    control.next_fault("error_502_before", times=10)
    control.reset_requests()
    with pytest.raises(AirtableAway):
        await _listed(wire, bookings)
    assert control.requests()["total"] == 3


async def test_a_503_says_when_to_come_back(
    wire: Wire, bookings: Bookings, control: Control
) -> None:
    control.faults(rates={}, retry_after_s=7)
    control.next_fault("error_503_after")
    with pytest.raises(AirtableAway) as raised:
        await wire.create(bookings.id, [bookings.row("a")])
    assert raised.value.retry_after_s == 7


async def test_a_write_that_takes_too_long_is_ambiguous(
    emulator: RunningEmulator, bookings: Bookings, allowance: MemoryAllowance
) -> None:
    emulator.control.faults(rates={}, slow_s=0.6)
    emulator.control.next_fault("slow")
    async with _wire(emulator, allowance, read_timeout_s=0.2) as wire:
        with pytest.raises(AirtableAway) as raised:
            await wire.create(bookings.id, [bookings.row("a")])
        assert (raised.value.reason, raised.value.ambiguous) == ("timeout", True)
        assert wire.health().requests == {("create", "timeout"): 1}
    assert bookings.keys() == ["a"]


async def test_a_refused_connection_means_that_nothing_was_written(
    emulator: RunningEmulator, bookings: Bookings, allowance: MemoryAllowance
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with _wire(emulator, allowance, endpoint_url=url) as wire:
            with pytest.raises(AirtableAway) as raised:
                await wire.create(bookings.id, [bookings.row("a")])
    assert (raised.value.reason, raised.value.ambiguous) == ("connection", False)


async def test_what_airtable_refuses_is_not_written_and_no_outage(
    wire: Wire, bookings: Bookings
) -> None:
    with pytest.raises(AirtableRefused) as raised:
        await wire.create(bookings.id, [bookings.row("good"), {bookings.party: "two"}])
    assert (raised.value.status, raised.value.type) == (422, "INVALID_VALUE_FOR_COLUMN")
    with pytest.raises(AirtableRefused) as raised:
        await wire.comment(bookings.id, "rec00000000000000", "hello")
    assert raised.value.status == 404
    assert bookings.keys() == []
    assert wire.health().state == "ok"


async def test_a_revoked_token_is_forbidden_and_shows_in_health(
    wire: Wire, bookings: Bookings, control: Control
) -> None:
    control.revoke_token()
    with pytest.raises(AirtableForbidden) as raised:
        await wire.create(bookings.id, [bookings.row("a")])
    assert (raised.value.status, raised.value.ambiguous) == (401, False)
    assert wire.health().state == "down"
    assert bookings.keys() == []


# Health


async def test_health_follows_each_request(
    wire: Wire, bookings: Bookings, control: Control, clock: MovedClock
) -> None:
    assert wire.health().state == "ok"
    assert wire.health().last_success_age_s is None
    await wire.create(bookings.id, [bookings.row("a")])
    control.next_fault("error_500_before")
    with pytest.raises(AirtableAway):
        await wire.create(bookings.id, [bookings.row("b")])
    clock.ahead_s += 100
    sick = wire.health()
    assert (sick.state, sick.message) == ("down", "Airtable does not answer: server_error.")
    assert sick.last_success_age_s is not None
    assert 100 <= sick.last_success_age_s < 130
    await _listed(wire, bookings)
    well = wire.health()
    assert (well.state, well.message) == ("ok", "")
    assert well.requests == {("create", "ok"): 1, ("create", "server_error"): 1, ("list", "ok"): 1}
    assert (well.requests_this_month, well.waiting) == (3, 0)
    assert control.requests()["total"] == 3


async def test_what_is_left_of_the_month_is_told_where_the_plan_is_known(
    emulator: RunningEmulator, allowance: MemoryAllowance
) -> None:
    async with (
        _wire(emulator, allowance, monthly_allowance=2) as wire,
        _wire(emulator, allowance) as other,
    ):
        await other.schema()
        await wire.schema()
        assert wire.health().remaining_this_month == 0
        assert other.health().remaining_this_month is None


# Both kinds of 429


@pytest.mark.parametrize("plural", [True, False])
async def test_a_429_freezes_the_base_for_every_wire_and_nothing_is_sent_meanwhile(
    emulator: RunningEmulator,
    wire: Wire,
    bookings: Bookings,
    allowance: MemoryAllowance,
    clock: MovedClock,
    plural: bool,
) -> None:
    control = emulator.control
    control.limits(mode="strict", per_base=1000, per_user=1000, plural_body=plural)
    control.next_fault("rate_limit")
    with pytest.raises(AirtableFrozen) as raised:
        await wire.create(bookings.id, [bookings.row("a")])
    assert raised.value.retry_after_s is not None
    assert 30 <= raised.value.retry_after_s <= 35
    assert not raised.value.ambiguous
    control.reset_requests()
    async with _wire(emulator, allowance, clock) as other:
        for each in (wire, other):
            with pytest.raises(AirtableFrozen):
                await each.create(bookings.id, [bookings.row("b")])
            assert each.health().state == "frozen"
            assert 0 < (each.health().retry_after_s or 0) <= 35
        clock.ahead_s += 29
        with pytest.raises(AirtableFrozen):
            await _listed(other, bookings)
        assert control.requests()["total"] == 0
        clock.ahead_s += 7
        control.advance(36)
        assert wire.health().state == "ok"
        await other.create(bookings.id, [bookings.row("c")])
    assert bookings.keys() == ["c"]


async def test_requests_that_wait_when_the_base_freezes_are_told_at_once(
    emulator: RunningEmulator, bookings: Bookings, allowance: MemoryAllowance
) -> None:
    emulator.control.next_fault("rate_limit")
    async with _wire(emulator, allowance, budget_rps=2.0) as wire:
        outcomes = await asyncio.gather(
            *(wire.create(bookings.id, [bookings.row(str(n))]) for n in range(20)),
            return_exceptions=True,
        )
    assert {type(each) for each in outcomes} == {AirtableFrozen}
    assert emulator.control.requests()["total"] == 1


async def test_a_spent_quota_is_tried_every_quarter_of_an_hour(
    wire: Wire, bookings: Bookings, control: Control, clock: MovedClock
) -> None:
    control.next_fault("quota", times=2)
    control.reset_requests()

    async def write() -> None:
        await wire.create(bookings.id, [bookings.row("a")])

    for expected in (1, 1, 1):
        with pytest.raises(AirtableQuotaSpent):
            await write()
        assert control.requests()["total"] == expected
        clock.ahead_s += 300
    health = wire.health()
    assert health.state == "quota"
    assert "this month" in health.message
    clock.ahead_s += 1
    outcomes = await asyncio.gather(*(write() for _ in range(5)), return_exceptions=True)
    assert {type(each) for each in outcomes} == {AirtableQuotaSpent}
    assert control.requests()["total"] == 2
    clock.ahead_s += 901
    await write()
    await write()
    assert wire.health().state == "ok"
    assert bookings.keys() == ["a", "a"]


async def test_a_spent_quota_is_tried_when_the_month_begins(
    emulator: RunningEmulator, bookings: Bookings, allowance: MemoryAllowance
) -> None:
    clock = MovedClock()
    november_ends = datetime.fromisoformat("2026-11-30T23:55:00+00:00")
    clock.ahead_s = (november_ends - clock.now()).total_seconds()
    emulator.control.set_clock(november_ends.isoformat())
    emulator.control.limits(monthly=0, mode="soft", per_base=1000, per_user=1000)
    async with _wire(emulator, allowance, clock) as wire:
        with pytest.raises(AirtableQuotaSpent) as raised:
            await wire.create(bookings.id, [bookings.row("a")])
        assert 270 <= (raised.value.retry_after_s or 0) <= 300
        emulator.control.limits(monthly=5)
        clock.ahead_s += 301
        await wire.create(bookings.id, [bookings.row("b")])


async def test_the_schema_can_be_read_without_a_quota_and_proves_nothing(
    wire: Wire, bookings: Bookings, control: Control, clock: MovedClock
) -> None:
    control.next_fault("quota")
    with pytest.raises(AirtableQuotaSpent):
        await wire.create(bookings.id, [bookings.row("a")])
    clock.ahead_s += 901
    await wire.schema()
    assert wire.health().state == "quota"
    with pytest.raises(AirtableQuotaSpent):
        await wire.create(bookings.id, [bookings.row("a")])


class Forgetful(MemoryAllowance):
    """Takes requests, but the ledger fails before it has kept what Airtable said."""

    async def freeze(self, *, name: str, until_s: float) -> None:
        raise StoreUnavailable("the ledger is away")

    async def restore_quota(self, *, name: str) -> None:
        raise StoreUnavailable("the ledger is away")


async def test_a_ledger_that_fails_does_not_hide_what_airtable_answered(
    emulator: RunningEmulator, bookings: Bookings, clock: MovedClock
) -> None:
    async with _wire(emulator, Forgetful(), clock) as wire:
        for fault, error in (("rate_limit", AirtableFrozen), ("quota", AirtableQuotaSpent)):
            emulator.control.next_fault(fault)
            with pytest.raises(error):
                await wire.create(bookings.id, [bookings.row("a")])
        clock.ahead_s += 901
        assert await wire.create(bookings.id, [bookings.row("b")])
    assert bookings.keys() == ["b"]


# Threads, cancellation, secrets


async def test_no_more_threads_than_allowed_and_the_rest_wait(
    emulator: RunningEmulator, allowance: MemoryAllowance
) -> None:
    emulator.control.latency(0.1, sigma=0.01)
    before = {each.name for each in threading.enumerate()}
    async with _wire(emulator, allowance, threads=3) as wire:
        reading = [asyncio.create_task(wire.schema()) for _ in range(12)]
        await asyncio.sleep(0.15)
        ours = {each.name for each in threading.enumerate()} - before
        assert len([name for name in ours if name.startswith("airtable")]) <= 3
        assert wire.health().waiting >= 6
        await asyncio.gather(*reading)
        assert wire.health().waiting == 0


async def test_a_cancelled_write_under_way_is_still_accounted_for(
    emulator: RunningEmulator, wire: Wire, bookings: Bookings
) -> None:
    emulator.control.latency(0.2, sigma=0.01)
    emulator.control.next_fault("rate_limit")
    writing = asyncio.create_task(wire.create(bookings.id, [bookings.row("a")]))
    while not wire.health().requests_this_month:  # noqa: ASYNC110 - health has no event
        await asyncio.sleep(0.01)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await wire.aclose()
    assert wire.health().requests == {("create", "frozen"): 1}
    assert wire.health().state == "frozen"


async def test_a_cancelled_waiter_sends_nothing(
    emulator: RunningEmulator, bookings: Bookings, allowance: MemoryAllowance
) -> None:
    async with _wire(emulator, allowance, budget_rps=1.0) as wire:
        await wire.create(bookings.id, [bookings.row("a")])
        waiting = asyncio.create_task(wire.create(bookings.id, [bookings.row("b")]))
        await asyncio.sleep(0.05)
        assert wire.health().waiting == 1
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await wire.create(bookings.id, [bookings.row("c")])
    assert bookings.keys() == ["a", "c"]


@pytest.mark.parametrize("token", ["", "pat abc", "pat.abc\n", " pat.abc", "pat…abc"])
async def test_a_token_that_cannot_be_one_is_not_quoted(
    emulator: RunningEmulator, allowance: MemoryAllowance, token: str
) -> None:
    with pytest.raises(ValueError, match="token") as raised:
        _wire(emulator, allowance, token=token)
    assert not token or token not in str(raised.value)


async def test_no_error_and_no_log_leads_to_the_token(
    emulator: RunningEmulator, bookings: Bookings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = emulator.token
    for fault in ("reset_before", "truncated", "error_500_before", "rate_limit"):
        emulator.control.next_fault(fault)
        async with _wire(emulator, MemoryAllowance()) as wire:
            with pytest.raises(AirtableAway) as raised:
                await wire.create(bookings.id, [bookings.row("Laura")])
        error: BaseException | None = raised.value
        while error is not None:
            assert token not in f"{error} {error!r} {vars(error)}"
            assert not hasattr(error, "request")
            error = error.__cause__
        assert token not in repr(wire)
    assert "urllib3" in {each.name.partition(".")[0] for each in caplog.records}
    assert token not in caplog.text


async def test_a_password_file_of_the_machine_does_not_replace_the_token(
    emulator: RunningEmulator,
    wire: Wire,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert await wire.schema() == []


class Slow(MemoryAllowance):
    """Every answer comes so late that its turn is over."""

    def __init__(self, clock: MovedClock, slow: int) -> None:
        super().__init__()
        self._clock = clock
        self._slow = slow

    async def take(self, *, limits: Mapping[str, float], now_s: float) -> Grant:
        grant = await super().take(limits=limits, now_s=now_s)
        if not grant.wait_s and self._slow:
            self._slow -= 1
            self._clock.ahead_s += 1
        return grant


@pytest.mark.parametrize(("slow", "turns"), [(0, 1), (1, 2), (99, 8)])
async def test_a_turn_that_is_over_is_let_pass_but_not_for_ever(
    emulator: RunningEmulator, bookings: Bookings, clock: MovedClock, slow: int, turns: int
) -> None:
    async with _wire(emulator, Slow(clock, slow), clock) as wire:
        await wire.create(bookings.id, [bookings.row("a")])
        assert wire.health().requests_this_month == turns
        assert wire.health().requests == {("create", "ok"): 1}
    assert bookings.keys() == ["a"]


async def test_reads_keep_their_place_while_they_back_off(
    wire: Wire, bookings: Bookings, control: Control
) -> None:
    """A read that is to be repeated holds no thread while it waits."""
    control.faults(rates={}, retry_after_s=1)
    control.next_fault("error_503_before", method="GET")
    began = time.monotonic()
    reading = asyncio.create_task(_listed(wire, bookings))
    await asyncio.sleep(0.2)
    await wire.create(bookings.id, [bookings.row("a")])
    await reading
    assert time.monotonic() - began >= 1
