"""Answers that no emulator of Airtable gives: those of whoever stands in between, or is broken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from infrastructure.airtable.errors import AirtableAway
from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.wire import Wire
from infrastructure.clock import SystemClock
from infrastructure.memory.allowance import MemoryAllowance

RECORD = {"id": "rec00000000000001", "createdTime": "2026-11-23T10:00:00.000Z", "fields": {}}


def answer(body: bytes | Any, *headers: str, status: int = 200) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + content


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[tuple[Wire, list[str]]]:
    """A wire to a server that gives these answers, the last one for ever; and the requests it got."""
    left, got = list(answers), list[str]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        got.append(head.split(b"\r\n")[0].decode())
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()
        # Closed after the body was read, so that the client sees an end and no reset.
        writer.write_eof()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    wire = Wire(
        token="patTEST",
        base="appTEST",
        endpoint_url=f"http://127.0.0.1:{port}",
        allowance=MemoryAllowance(),
        budget_rps=1000.0,
        clock=SystemClock(),
        read_timeout_s=5.0,
    )
    try:
        yield wire, got
    finally:
        await wire.aclose()
        server.close()
        await server.wait_closed()


async def refused_write(given: bytes) -> tuple[str, bool]:
    async with answering(given) as (wire, got):
        with pytest.raises(AirtableAway) as raised:
            await wire.create("tblTEST", [{"fldKEY": "a"}])
        assert len(got) == 1, "a write is sent once"
    return raised.value.reason, raised.value.ambiguous


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    moved = answer(b"", "Location: /elsewhere", status=status)
    assert await refused_write(moved) == ("redirected", True)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome to this hotel's network</html>",
        b"null",
        b"",
        b'"created"',
        b"[]",
        {},
        {"records": None},
        {"records": []},
        {"records": ["rec"]},
        {"records": [{"fields": {}}]},
        {"records": [RECORD, RECORD]},
    ],
)
async def test_a_success_that_does_not_name_what_was_written_is_not_believed(
    body: bytes | Any,
) -> None:
    assert await refused_write(answer(body)) == ("broken_answer", True)


async def test_what_is_not_packed_as_it_says_is_not_believed() -> None:
    packed = answer(b"no gzip", "Content-Encoding: gzip")
    assert await refused_write(packed) == ("broken_answer", True)


async def test_a_failure_whose_body_breaks_off_is_known_by_its_status() -> None:
    whole = answer({"error": "X" * 100}, status=429)
    assert await refused_write(whole[:-50]) == ("frozen", False)


@pytest.mark.parametrize("said", [b"null", b"7", b'"no"', {"error": None}, {"errors": [None]}])
async def test_a_failure_may_say_anything(said: bytes | Any) -> None:
    assert await refused_write(answer(said, status=500)) == ("server_error", True)


async def test_a_list_that_goes_round_in_circles_is_given_up() -> None:
    async with answering(answer({"records": [RECORD], "offset": "itr/rec"})) as (wire, got):
        with pytest.raises(AirtableAway):
            await wire.list_records("tblTEST", priority=Priority.REFILL)
    assert len(got) == 2


async def test_a_record_that_moves_between_pages_is_listed_once_as_it_was_last() -> None:
    later = RECORD | {"fields": {"fldKEY": "later"}}
    pages = [{"records": [RECORD], "offset": "itr/rec"}, {"records": [later]}]
    async with answering(*map(answer, pages)) as (wire, _):
        assert await wire.list_records("tblTEST", priority=Priority.REFILL) == [later]


async def test_cookies_are_not_kept() -> None:
    async with answering(answer({"tables": []}, "Set-Cookie: brw=1")) as (wire, _):
        await wire.schema()
        assert await wire.schema() == []
        assert len(wire._transport._api.session.cookies) == 0
