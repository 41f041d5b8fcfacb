"""One Airtable base: every request of this process to it goes through here.

Reads are repeated where a failure may pass. Writes never are: whether one that failed was carried
out can only be found out by the booking's key, which is the caller's.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from application.errors import DependencyError, StoreUnavailable
from application.ports.allowance import QUOTA_RETRY_S, Allowance, Grant, Stop, next_month_s
from application.ports.clock import Clock
from infrastructure.airtable.errors import (
    AirtableAway,
    AirtableForbidden,
    AirtableFrozen,
    AirtableQuotaSpent,
    AirtableRefused,
)
from infrastructure.airtable.health import Pulse, WireHealth
from infrastructure.airtable.limiter import Limiter, Priority
from infrastructure.airtable.transport import Call, TooLate, Transport

MOST_RECORDS = 10
"""Airtable takes no more in one write."""
TOKEN_RPS = 45.0
"""Airtable allows a user 50 a second over all bases; the rest is for whatever else uses the token."""
_FREEZE_S = 30.0
_FREEZE_JITTER_S = 5.0
"""So that several programs that were frozen together do not come back together."""
_LONGEST_FREEZE_S = 60.0
_TURN_IS_GOOD_FOR_S = 0.15
"""Requests are spaced; one that leaves much later than its turn would meet the next one there."""
_TURNS = 8
"""So many turns are let pass where the machine is too busy to use them; then it is sent anyway."""
_READ_ATTEMPTS = 3
_READS_WITHIN_S = 20.0
_SCANS = 3
"""How often a list is begun before its cursors are taken to be dying for good."""
_backoff = wait_random_exponential(multiplier=0.2, max=2)

Record = dict[str, Any]
"""`id`, `createdTime`, and `fields` by field id; empty cells are missing."""


class Wire:
    """A base behind a token.

    Every method raises AirtableAway (with AirtableForbidden, AirtableFrozen, AirtableQuotaSpent),
    AirtableRefused, and StoreUnavailable where the allowance cannot be asked. Cancelling a call
    that waits takes it out of the queue; one that is under way goes on, unheard.
    """

    def __init__(
        self,
        *,
        token: str,
        base: str,
        endpoint_url: str | None = None,
        allowance: Allowance,
        budget_rps: float,
        clock: Clock,
        threads: int = 6,
        connect_timeout_s: float = 3.05,
        read_timeout_s: float = 15.0,
        monthly_allowance: int | None = None,
    ) -> None:
        self.base = base
        self._allowance = allowance
        self._clock = clock
        self._account = f"airtable:{base}"
        owner = hashlib.sha256(token.encode()).hexdigest()[:16]
        self._limiter = Limiter(
            allowance=allowance,
            limits={self._account: budget_rps, f"airtable-token:{owner}": TOKEN_RPS},
            clock=clock,
            at_once=threads,
        )
        self._transport = Transport(
            token=token,
            endpoint_url=endpoint_url,
            threads=threads,
            clock=clock,
            connect_timeout_s=connect_timeout_s,
            read_timeout_s=read_timeout_s,
        )
        self._pulse = Pulse(clock=clock, monthly_allowance=monthly_allowance)
        self._random = Random()  # noqa: S311 - spreads programs in time, no secret
        self._under_way: set[asyncio.Task[Any]] = set()

    def health(self) -> WireHealth:
        return self._pulse.health(waiting=self._limiter.waiting)

    async def aclose(self) -> None:
        """Waits for the requests under way. Nothing can be sent afterwards."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._transport.aclose()

    # Any request

    async def request(
        self,
        method: str,
        path: str,
        *,
        priority: Priority,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        reads_only: bool,
        may_be_empty: bool = False,
        kind: str = "other",
    ) -> Any:
        """The answer's JSON. `path` is below `/v0/`; `kind` names the request in the figures."""
        call = Call(kind, method, path, params or {}, json, may_be_empty=may_be_empty)
        return await (self._read if reads_only else self._once)(call, priority)

    # Records

    async def list_records(
        self,
        table: str,
        *,
        priority: Priority,
        formula: str | None = None,
        fields: Sequence[str] = (),
        sort: Sequence[str] = (),
        page_size: int = 100,
        max_records: int | None = None,
    ) -> list[Record]:
        """The records of a table, page by page, each once, as its last page showed it.

        Fields are named by id; `sort` holds names or ids, with a "-" before those that descend.
        Without it the order is arbitrary. It is no snapshot: staff may edit between two pages.
        """
        options: dict[str, Any] = {"use_field_ids": True, "page_size": page_size}
        given = {"formula": formula, "fields": list(fields), "sort": list(sort)}
        options |= {name: value for name, value in given.items() if value}
        if max_records is not None:
            options["max_records"] = max_records
        for _ in range(_SCANS):
            try:
                return await self._scan(table, options, priority)
            except AirtableRefused as error:
                if not error.is_dead_cursor:
                    raise
        raise AirtableAway("cursor")

    async def create(
        self,
        table: str,
        records: Sequence[Mapping[str, Any]],
        *,
        priority: Priority = Priority.COMMIT,
    ) -> list[Record]:
        """New records, each given as its fields alone; the created ones in the same order."""
        return await self._write(
            "create", "POST", table, [{"fields": dict(each)} for each in records], priority
        )

    async def update(
        self,
        table: str,
        records: Sequence[Mapping[str, Any]],
        *,
        upsert_on: Sequence[str] = (),
        priority: Priority = Priority.COMMIT,
    ) -> list[Record]:
        """Change the given fields of records (`id` and `fields`); the whole records in the same order.

        With `upsert_on`, one to three fields, a record without an id is the one that has the same
        values in them, or a new one. Where several have them, AirtableRefused.
        """
        body = {"performUpsert": {"fieldsToMergeOn": list(upsert_on)}} if upsert_on else {}
        kind = "upsert" if upsert_on else "update"
        return await self._write(kind, "PATCH", table, list(records), priority, body)

    async def delete(
        self, table: str, ids: Sequence[str], *, priority: Priority = Priority.COMMIT
    ) -> None:
        """All of them, or none where one of them is not there (AirtableRefused)."""
        _check_count(ids)
        call = Call("delete", "DELETE", f"{self.base}/{table}", {"records[]": list(ids)})
        _records(await self._once(call, priority), expected=len(ids))

    async def comment(
        self, table: str, record: str, text: str, *, priority: Priority = Priority.REFILL
    ) -> str:
        """Leave staff a comment on a record; its id."""
        call = Call(
            "comment", "POST", f"{self.base}/{table}/{record}/comments", json={"text": text}
        )
        return str(_part(await self._once(call, priority), "id", str))

    # The schema

    async def schema(self, *, priority: Priority = Priority.REFILL) -> list[dict[str, Any]]:
        """Every table with its fields and views, as Airtable describes them."""
        call = Call("schema", "GET", f"meta/bases/{self.base}/tables")
        return list(_part(await self._read(call, priority), "tables", list))

    async def create_table(
        self, body: Mapping[str, Any], *, priority: Priority = Priority.REFILL
    ) -> dict[str, Any]:
        call = Call("create_table", "POST", f"meta/bases/{self.base}/tables", json=dict(body))
        return _with_id(await self._once(call, priority))

    async def create_field(
        self, table: str, body: Mapping[str, Any], *, priority: Priority = Priority.REFILL
    ) -> dict[str, Any]:
        path = f"meta/bases/{self.base}/tables/{table}/fields"
        return _with_id(
            await self._once(Call("create_field", "POST", path, json=dict(body)), priority)
        )

    # Webhooks

    async def webhooks(self, *, priority: Priority = Priority.PAYLOAD) -> list[dict[str, Any]]:
        call = Call("webhooks", "GET", self._webhook_path())
        return list(_part(await self._read(call, priority), "webhooks", list))

    async def create_webhook(
        self,
        *,
        specification: Mapping[str, Any],
        notification_url: str | None,
        priority: Priority = Priority.PAYLOAD,
    ) -> dict[str, Any]:
        """`id`, `expirationTime`, and `macSecretBase64`, which is shown this once."""
        body: dict[str, Any] = {"specification": dict(specification)}
        if notification_url is not None:
            body["notificationUrl"] = notification_url
        call = Call("create_webhook", "POST", self._webhook_path(), json=body)
        return _with_id(await self._once(call, priority))

    async def webhook_payloads(
        self,
        webhook: str,
        *,
        cursor: int,
        limit: int = 50,
        priority: Priority = Priority.PAYLOAD,
    ) -> dict[str, Any]:
        """`payloads` from number `cursor` on, the next `cursor`, and `mightHaveMore`.

        Reading also prolongs the webhook's life by a week.
        """
        params = {"cursor": cursor, "limit": limit}
        call = Call("webhook_payloads", "GET", self._webhook_path(webhook, "payloads"), params)
        answer = await self._read(call, priority)
        _part(answer, "payloads", list)
        _part(answer, "cursor", int)
        return dict(answer)

    async def refresh_webhook(self, webhook: str, *, priority: Priority = Priority.PAYLOAD) -> str:
        """Prolong its life by a week from now; the new end, as an ISO instant."""
        # As often as one likes with the same effect, so it may be repeated like a read.
        call = Call("refresh_webhook", "POST", self._webhook_path(webhook, "refresh"))
        return str(_part(await self._read(call, priority), "expirationTime", str))

    async def enable_webhook(
        self, webhook: str, *, enable: bool = True, priority: Priority = Priority.PAYLOAD
    ) -> None:
        """Switch its notifications on or off; payloads are kept either way."""
        call = Call(
            "enable_webhook",
            "POST",
            self._webhook_path(webhook, "enableNotifications"),
            json={"enable": enable},
            may_be_empty=True,
        )
        await self._read(call, priority)

    async def delete_webhook(self, webhook: str, *, priority: Priority = Priority.PAYLOAD) -> None:
        call = Call("delete_webhook", "DELETE", self._webhook_path(webhook), may_be_empty=True)
        await self._once(call, priority)

    def _webhook_path(self, *parts: str) -> str:
        return "/".join(("bases", self.base, "webhooks", *parts))

    # Reading and writing

    async def _scan(
        self, table: str, options: Mapping[str, Any], priority: Priority
    ) -> list[Record]:
        found: dict[str, Record] = {}
        offset: str | None = None
        while True:
            turned = dict(options) if offset is None else {**options, "offset": offset}
            call = Call("list", "GET", f"{self.base}/{table}", options=turned)
            answer = await self._read(call, priority)
            found |= {each["id"]: each for each in _records(answer)}
            before, offset = offset, answer.get("offset")
            if not offset:
                return list(found.values())
            if offset == before:
                raise AirtableAway("broken_answer")

    async def _write(
        self,
        kind: str,
        method: str,
        table: str,
        records: Sequence[Mapping[str, Any]],
        priority: Priority,
        more: Mapping[str, Any] | None = None,
    ) -> list[Record]:
        _check_count(records)
        body = {
            "records": [dict(each) for each in records],
            # Otherwise a mistyped option would become a new one.
            "typecast": False,
            "returnFieldsByFieldId": True,
            **(more or {}),
        }
        call = Call(kind, method, f"{self.base}/{table}", json=body)
        return _records(await self._once(call, priority), expected=len(records))

    async def _read(self, call: Call, priority: Priority) -> Any:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(_READ_ATTEMPTS) | stop_before_delay(_READS_WITHIN_S),
            wait=_wait_s,
            retry=retry_if_exception(_may_pass),
            reraise=True,
        )
        return await retrying(self._once, call, priority)

    async def _once(self, call: Call, priority: Priority) -> Any:
        turns_left = _TURNS
        while True:
            turns_left -= 1
            turn = await self._limiter.take(priority)
            if turn.grant.stop:
                raise self._stopped(turn.grant.stop, turn.grant.wait_s)
            self._pulse.granted(turn.grant)
            before_s = turn.asked_s + _TURN_IS_GOOD_FOR_S if turns_left else None
            task = asyncio.create_task(self._carry_out(call, turn.grant, before_s))
            self._under_way.add(task)
            task.add_done_callback(self._ended)
            try:
                # Its outcome is accounted for even where nobody waits for it any more.
                return await asyncio.shield(task)
            except TooLate:
                continue  # never after the last turn, which is good for ever

    async def _carry_out(self, call: Call, grant: Grant, before_s: float | None) -> Any:
        try:
            answer = await self._transport.send(call, before_s=before_s)
            self._pulse.succeeded(call.kind)
            if grant.tries_quota and not call.path.startswith("meta/"):
                # The schema can be read even without a quota, so that it proves nothing.
                await self._restore_quota()
            return answer
        except (AirtableAway, AirtableRefused) as error:
            self._pulse.failed(call.kind, error)
            raise await self._heeded(error) from error.__cause__
        finally:
            self._limiter.done()

    async def _heeded(self, error: DependencyError) -> DependencyError:
        """Tell all processes where this was a 429; the error to raise."""
        now_s = self._clock.now().timestamp()
        match error:
            case AirtableFrozen(retry_after_s=asked_s):
                wait_s = min(max(asked_s or 0.0, _FREEZE_S), _LONGEST_FREEZE_S - _FREEZE_JITTER_S)
                wait_s += self._random.uniform(0, _FREEZE_JITTER_S)
                with suppress(StoreUnavailable):  # without it nothing is sent anyway
                    await self._allowance.freeze(name=self._account, until_s=now_s + wait_s)
                return self._stopped(Stop.FROZEN, wait_s)
            case AirtableQuotaSpent():
                retry_at_s = min(now_s + QUOTA_RETRY_S, next_month_s(now_s))
                with suppress(StoreUnavailable):
                    await self._allowance.spend_quota(name=self._account, retry_at_s=retry_at_s)
                return self._stopped(Stop.QUOTA, retry_at_s - now_s)
        return error

    async def _restore_quota(self) -> None:
        with suppress(StoreUnavailable):  # then another request finds it out
            await self._allowance.restore_quota(name=self._account)
            self._pulse.quota_restored()

    def _stopped(self, stop: Stop, wait_s: float) -> AirtableAway:
        self._pulse.stopped(stop, wait_s)
        match stop:
            case Stop.FROZEN:
                return AirtableFrozen(retry_after_s=wait_s)
            case Stop.QUOTA:
                return AirtableQuotaSpent(retry_after_s=wait_s)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            # Asked for, or asyncio would complain of an error that nobody waited for.
            task.exception()


def _may_pass(error: BaseException) -> bool:
    """Whether asking once more in a moment may help."""
    return isinstance(error, AirtableAway) and not isinstance(
        error, (AirtableForbidden, AirtableFrozen, AirtableQuotaSpent)
    )


def _wait_s(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, DependencyError) and error.retry_after_s is not None:
        return error.retry_after_s
    return _backoff(state)


def _check_count(records: Sequence[object]) -> None:
    assert 0 < len(records) <= MOST_RECORDS, f"{len(records)} records in one request"


def _records(answer: Any, *, expected: int | None = None) -> list[Record]:
    """The records of an answer; `expected`: how many a write must name, or it is not believed."""
    records: list[Record] = _part(answer, "records", list)
    if not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in records):
        raise AirtableAway("broken_answer", ambiguous=True)
    if expected is not None and len(records) != expected:
        raise AirtableAway("broken_answer", ambiguous=True)
    return records


def _with_id(answer: Any) -> dict[str, Any]:
    _part(answer, "id", str)
    return dict(answer)


def _part(answer: Any, name: str, type_: type) -> Any:
    part = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(part, type_):
        raise AirtableAway("broken_answer", ambiguous=True)
    return part
