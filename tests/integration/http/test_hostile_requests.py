"""Bodies and heads that nobody should send: a clear 4xx, never a crash, never more than its share."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from infrastructure.http import server
from tests.fakes.outside import Outside

SHARED = Path(__file__).parents[4] / "shared" / "eval" / "robustness"
CASES = SHARED / "http_bodies.jsonl"
JSON = {"Content-Type": "application/json"}
HOLA = {"user_id": "ana", "message": "hola"}


def cases() -> list[dict[str, Any]]:
    """The cases with a body that can be sent as it stands."""
    if not CASES.exists():
        return []
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if not case["body"].startswith("@")]


@pytest.mark.skipif(not CASES.exists(), reason="the shared evaluation files are not here")
@pytest.mark.parametrize("path", ["/chat", "/chat/stream", "/venues/casa/bookings"])
async def test_an_odd_body_is_refused(client: httpx.AsyncClient, path: str) -> None:
    for case in cases():
        refused = await client.post(path, content=case["body"].encode(), headers=JSON)
        assert 400 <= refused.status_code < 500, case
        assert refused.headers["content-type"] == "application/problem+json"


def strings() -> list[str]:
    """Everything that guests and attackers were seen to type, whole lines where nothing else fits."""
    found: list[str] = []
    for name in ("blns", "booking_strings"):
        for line in (SHARED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            found.extend(value for value in json.loads(line).values() if isinstance(value, str))
    return found


@pytest.mark.skipif(not SHARED.exists(), reason="the shared evaluation files are not here")
@pytest.mark.parametrize("field", ["message", "user_id", "message_id", "conversation_id", "venue"])
async def test_no_text_in_any_field_is_more_than_refused(
    client: httpx.AsyncClient, outside: Outside, field: str
) -> None:
    for text in strings():
        answered = await client.post("/chat", json=HOLA | {field: text})
        assert answered.status_code < 500, text
        if answered.status_code >= 400 and len(text) > 12:
            assert text not in answered.text
    for incoming in outside.conversation.asked:
        assert not any(ord(character) < 0x20 for character in incoming.text.replace("\n", ""))


@pytest.mark.parametrize(
    "body",
    [
        '{"user_id": "ana", "message": "hola", "message": "cancela todo"}',
        '{"user_id": "ana", "message": "hola", "x": {"a": 1, "a": 2}}',
        '{"user_id": "ana", "message": "hola", "party": NaN}',
        '{"user_id": "ana", "message": "hola", "party": -Infinity}',
        '{"user_id": "ana", "message": "hola", "party": 1e999}',
        '{"user_id": "ana", "message": "hola", "party": ' + "9" * 5000 + "}",
        '{"user_id": "ana", "message": "hola \\ud83d"}',
        '{"user_id": "ana", "message": "hola", "x": ' + "[" * 40 + "]" * 40 + "}",
        '{"user_id": "ana", "message": "hola", "x": ' + '{"a":' * 900 + "1" + "}" * 900 + "}",
        "[" * 1000,
        '{"user_id": "ana", "message": "hola",}',
        "{'user_id': 'ana'}",
        b'{"user_id": "ana", "message": "\xff"}',
        "",
        "   ",
    ],
)
async def test_json_that_two_readers_would_read_differently_is_refused(
    client: httpx.AsyncClient, outside: Outside, body: str | bytes
) -> None:
    refused = await client.post("/chat", content=body, headers=JSON)
    assert 400 <= refused.status_code < 500
    assert refused.json()["code"] in {"invalid_json", "invalid_request"}
    assert not outside.conversation.asked


async def test_brackets_inside_a_message_are_no_nesting(client: httpx.AsyncClient) -> None:
    answered = await client.post("/chat", json=HOLA | {"message": '[[{{"\\' * 100})
    assert answered.status_code == 200


async def test_a_byte_order_mark_and_escaped_pairs_are_read(client: httpx.AsyncClient) -> None:
    body = '\ufeff{"user_id": "ana", "message": "hola \\ud83d\\ude00"}'
    answered = await client.post("/chat", content=body.encode(), headers=JSON)
    assert answered.json()["response"] == "Ha dicho: hola 😀"


async def test_a_body_of_another_kind_is_refused(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    body = json.dumps(HOLA)
    refused = await client.post("/chat", content=body, headers={"Content-Type": "text/plain"})
    assert (refused.status_code, refused.json()["code"]) == (415, "not_json")
    assert not outside.conversation.asked


@pytest.mark.parametrize("body", ["[" * 100_000, json.dumps({str(n): n for n in range(100_000)})])
async def test_a_huge_body_is_refused_at_once(client: httpx.AsyncClient, body: str) -> None:
    began = time.perf_counter()
    refused = await client.post("/chat", content=body, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
    assert time.perf_counter() - began < 0.1


async def test_a_chunked_body_is_refused_before_its_end(address: str) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 65_536
            yield b" " * 65_536

    async with httpx.AsyncClient(base_url=address) as client:
        refused = await client.post("/chat", content=endless(), headers=JSON)
    assert refused.status_code == 413


async def test_the_refusal_of_a_chunked_body_does_not_wait_for_its_end(address: str) -> None:
    head = b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answered = await _raw(address, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 2)
    assert answered.startswith(b"HTTP/1.1 413")


async def test_a_body_shorter_than_it_says_is_given_up(address: str) -> None:
    head = b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    answered = await _raw(address, head + b'Content-Length: 500\r\n\r\n{"user_id"')
    assert answered.startswith(b"HTTP/1.1 408")
    assert b"body_too_slow" in answered


async def test_a_head_that_comes_too_slowly_is_cut_off(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_TIMEOUT_S", 0.3)
    reader, writer = await _open(address)
    closed = asyncio.create_task(reader.read())
    for byte in b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: yes yes yes yes yes":
        if closed.done():
            break
        with contextlib.suppress(ConnectionError):
            writer.write(bytes([byte]))
        await asyncio.wait([closed], timeout=0.05)
    assert closed.done()
    writer.close()


async def test_a_head_without_an_end_is_cut_off(address: str) -> None:
    answered = await _raw(address, b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 200_000)
    assert not answered.startswith(b"HTTP/1.1 200")


async def test_a_kept_connection_serves_one_request_after_another(address: str) -> None:
    request = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    reader, writer = await _open(address)
    for _ in range(3):
        writer.write(request)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        while (await reader.readline()) != b"\r\n":
            pass
        assert await reader.readexactly(15) == b'{"status":"ok"}'
    writer.close()


@pytest.mark.parametrize(
    "given", ["x" * 10_000, "a b", "<script>", "ñ".encode().decode("latin-1"), ""]
)
async def test_a_request_id_that_is_no_id_is_replaced(
    client: httpx.AsyncClient, given: str
) -> None:
    answered = await client.get(
        "/health/live", headers=[(b"X-Request-ID", given.encode("latin-1"))]
    )
    assert answered.headers["x-request-id"] != given
    assert len(answered.headers["x-request-id"]) == 32


async def test_a_request_id_is_kept(client: httpx.AsyncClient) -> None:
    answered = await client.get("/nowhere", headers={"X-Request-ID": "n8n-42.7_b"})
    assert answered.headers["x-request-id"] == "n8n-42.7_b"


async def test_no_header_can_be_smuggled_in(address: str) -> None:
    head = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\rX-Admin: 1\r\n\r\n"
    answered = await _raw(address, head)
    assert b"X-Admin" not in answered.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Host": "evil.example"},
        {"Accept": "*/*;q=9"},
        {"Origin": "https://venue.example.evil.example"},
    ],
)
async def test_what_a_head_claims_changes_nothing(address: str, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        answered = await client.post("/chat", json=HOLA, headers=headers)
    assert answered.status_code == 200
    assert "access-control-allow-origin" not in answered.headers
    assert "evil" not in answered.text


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    missing = await client.get("/nowhere")
    wrong = await client.get("/chat")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"


async def _open(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(address)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def _raw(address: str, request: bytes) -> bytes:
    """What comes back for these bytes within two seconds, until the server closes."""
    reader, writer = await _open(address)
    got = b""
    with contextlib.suppress(TimeoutError, ConnectionError):
        writer.write(request)
        async with asyncio.timeout(2):
            while b"}" not in got and (piece := await reader.read(65_536)):
                got += piece
    writer.close()
    return got
