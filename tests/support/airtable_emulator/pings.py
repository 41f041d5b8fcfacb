"""Notification pings: signed, retried with growing delays, and given up in the end."""

from __future__ import annotations

import asyncio
import base64
import hmac
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.emulator import Emulator
from tests.support.airtable_emulator.faults import Fault
from tests.support.airtable_emulator.model import Base, Webhook

MOST_TRIES = 13
_FIRST_RETRY_S = 10.0
_REORDERED_AT_LATEST_S = 5.0

# A ping goes where its webhook says, whatever proxy this machine is set up with.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(slots=True)
class _Line:
    """What is under way towards one webhook."""

    is_due: bool = False
    number: int = 0
    held_back: list[bytes] = field(default_factory=list)
    retry: asyncio.Task[None] | None = None


class Pinger:
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._lines: dict[str, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def notify(self, base: Base, webhook: Webhook) -> None:
        """Ping soon; changes that come close together share a ping."""
        line = self._lines.setdefault(webhook.id, _Line())
        if line.is_due or not self._may_ping(base, webhook):
            return
        line.is_due = True
        self._start(self._ping(base, webhook, line))

    async def stop(self) -> None:
        """End what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lines.clear()

    def _may_ping(self, base: Base, webhook: Webhook) -> bool:
        return (
            webhook.notifies
            and webhook.notification_url is not None
            and base.webhooks.get(webhook.id) is webhook
            and self._emulator.world.bases.get(base.id) is base
            and self._emulator.clock.now() < webhook.expires_at
        )

    def _start(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _ping(self, base: Base, webhook: Webhook, line: _Line) -> None:
        # In real time: what a ping needs to arrive does not pass with the emulator's clock.
        await asyncio.sleep(self._emulator.webhook_settings.ping_delay_s)
        line.is_due = False
        if not self._may_ping(base, webhook):
            return
        line.number += 1
        body = self._body(base, webhook)
        match self._emulator.faults.for_ping(webhook.id, line.number):
            case Fault.PING_LOST:
                return
            case Fault.PING_LATE:
                await asyncio.sleep(self._emulator.faults.plan.late_s)
            case Fault.PING_DUPLICATED:
                await self._send(webhook, body, 0)
            case Fault.PING_REORDERED:
                await self._hold_back(webhook, line, body)
                return
        await self._send_or_retry(base, webhook, line, body)
        for each in line.held_back:
            await self._send(webhook, each, 0)
        line.held_back.clear()

    async def _hold_back(self, webhook: Webhook, line: _Line, body: bytes) -> None:
        """Until the next ping has gone out, which sends it, or at the latest for some seconds."""
        line.held_back.append(body)
        await asyncio.sleep(_REORDERED_AT_LATEST_S)
        if body in line.held_back:
            line.held_back.remove(body)
            await self._send(webhook, body, 0)

    async def _send_or_retry(self, base: Base, webhook: Webhook, line: _Line, body: bytes) -> None:
        if await self._send(webhook, body, 0):
            if line.retry:
                line.retry.cancel()
            line.retry = None
        elif line.retry is None or line.retry.done():
            failed_at_s = self._emulator.clock.seconds()
            line.retry = self._start(self._retry(base, webhook, failed_at_s))

    async def _retry(self, base: Base, webhook: Webhook, due_s: float) -> None:
        """Each delay counts from the last due time, so that a clock moved by a day passes them all."""
        for number in range(1, MOST_TRIES):
            due_s += _FIRST_RETRY_S * 2 ** (number - 1)
            await self._emulator.clock.sleep_until(due_s)
            if not self._may_ping(base, webhook):
                return
            if await self._send(webhook, self._body(base, webhook), number):
                return
        webhook.notifies = False
        self._emulator.changed()

    def _body(self, base: Base, webhook: Webhook) -> bytes:
        return orjson.dumps(
            {
                "base": {"id": base.id},
                "webhook": {"id": webhook.id},
                "timestamp": iso(self._emulator.clock.now()),
            }
        )

    async def _send(self, webhook: Webhook, body: bytes, retry_number: int) -> bool:
        began = time.perf_counter()
        error = await asyncio.to_thread(
            _post,
            str(webhook.notification_url),
            body,
            signature(webhook.secret, body),
            self._emulator.webhook_settings.ping_timeout_s,
        )
        now = self._emulator.clock.now()
        result: dict[str, Any] = {
            "success": error is None,
            "completionTimestamp": iso(now),
            "durationMs": round((time.perf_counter() - began) * 1000, 3),
            "retryNumber": retry_number,
        }
        if error is None:
            webhook.last_success = now
        else:
            will_retry = retry_number < MOST_TRIES - 1
            result |= {"error": {"message": error}, "willBeRetried": will_retry}
        webhook.last_result = result
        self._emulator.changed()
        return error is None


def signature(secret: str, body: bytes) -> str:
    key = base64.b64decode(secret)
    return f"hmac-sha256={hmac.new(key, body, 'sha256').hexdigest()}"


def _post(url: str, body: bytes, mac: str, timeout_s: float) -> str | None:
    """What went wrong, or None: 200 and 204 with an empty body are what Airtable wants to see."""
    headers = {"content-type": "application/json", "x-airtable-content-mac": mac}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with _opener.open(request, timeout=timeout_s) as response:
            if response.status in (200, 204) and not response.read():
                return None
            return f"answered {response.status}, with a body or no success"
    except urllib.error.HTTPError as error:
        with suppress(OSError):
            error.close()
        return f"answered {error.code}"
    except OSError as error:
        return str(error) or type(error).__name__
