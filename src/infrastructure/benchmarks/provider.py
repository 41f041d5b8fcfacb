"""A small model provider for measurements: OpenAI's chat completions over HTTP/1.1, from memory.

It answers every call after the same time, as a router, a ranking or a reply, by rules so small that
it costs next to nothing beside what is measured. It runs in a process of its own:

    python -m infrastructure.benchmarks.provider --delay-ms 300

prints the address it listens on and ends when its standard input is closed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infrastructure.benchmarks.children import running_module

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider does with one request."""

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    raw: bytes | None = None
    """Sent as the body instead of a completion."""
    reasoning: str = ""
    """What a reasoning model thinks before it answers."""
    tokens_cached: int = 0
    cut_after: int | None = None
    """Words after which a stream breaks off, the connection with it."""
    chars_per_piece: int | None = None
    """So many characters a piece of a stream; None: whole words."""


Responder = Callable[[dict[str, Any]], Reply]
"""From the body of a request to what is done with it."""


class Provider:
    """Serves chat completions on loopback; `address` is known once it has started."""

    def __init__(self, respond: Responder) -> None:
        self._respond = respond
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[Any]] = set()
        self.address = ""

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=4096)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.address = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Hangs up on everybody, also on those who are still waiting for an answer."""
        if self._server is not None:
            self._server.close()
        serving = tuple(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._answer_all(reader, writer)
        except asyncio.CancelledError:
            # Only `stop` does that; asyncio's own callback on this task would complain about it.
            pass
        finally:
            self._serving.discard(task)
            writer.transport.abort()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
                body = json.loads(await reader.readexactly(int(length[1]))) if length else {}
                reply = self._respond(body)
                await asyncio.sleep(reply.delay_s)
                async for part in _parts(reply, body):
                    writer.write(part)
                    await writer.drain()
                if reply.cut_after is not None:
                    return


async def _parts(reply: Reply, body: dict[str, Any]) -> AsyncIterator[bytes]:
    if reply.status == 200 and reply.raw is None and body.get("stream"):
        yield _head(reply, "text/event-stream", None)
        for event in _events(reply, body):
            data = f"data: {event}\n\n".encode()
            yield f"{len(data):x}\r\n".encode() + data + b"\r\n"
        if reply.cut_after is None:
            yield b"0\r\n\r\n"
        return
    content = reply.raw if reply.raw is not None else json.dumps(_whole(reply, body)).encode()
    yield _head(reply, "application/json", len(content)) + content


def _head(reply: Reply, content_type: str, length: int | None) -> bytes:
    size = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
    lines = [
        f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Error')}",
        f"content-type: {content_type}",
        size,
        *(f"{name}: {value}" for name, value in reply.headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _whole(reply: Reply, body: dict[str, Any]) -> dict[str, Any]:
    if reply.status != 200:
        return {"error": {"message": "refused", "type": "error", "code": str(reply.status)}}
    message = {"role": "assistant", "content": reply.text}
    if reply.reasoning:
        message["reasoning_content"] = reply.reasoning
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {**_frame(body, "chat.completion"), "choices": [choice], "usage": _usage(reply, body)}


def _events(reply: Reply, body: dict[str, Any]) -> Iterator[str]:
    frame = _frame(body, "chat.completion.chunk")
    deltas: list[dict[str, str]] = [{"role": "assistant", "content": ""}]
    if reply.reasoning:
        deltas.append({"reasoning_content": reply.reasoning})
    deltas += [{"content": piece} for piece in _pieces(reply)[: reply.cut_after]]
    for delta in deltas:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        yield json.dumps({**frame, "choices": [choice]})
    if reply.cut_after is not None:
        return
    yield json.dumps({**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield json.dumps({**frame, "choices": [], "usage": _usage(reply, body)})
    yield "[DONE]"


def _pieces(reply: Reply) -> list[str]:
    if reply.chars_per_piece is None:
        return _WORD.findall(reply.text)
    starts = range(0, len(reply.text), reply.chars_per_piece)
    return [reply.text[at : at + reply.chars_per_piece] for at in starts]


def _frame(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "c-1", "object": kind, "created": 1, "model": body.get("model", "")}


def _usage(reply: Reply, body: dict[str, Any]) -> dict[str, Any]:
    """A token for every four characters: near enough for a measurement."""
    sent = sum(len(str(message.get("content", ""))) for message in body.get("messages", ())) // 4
    answered = len(reply.text) // 4 + 1
    return {
        "prompt_tokens": sent,
        "completion_tokens": answered,
        "total_tokens": sent + answered,
        "prompt_tokens_details": {"cached_tokens": reply.tokens_cached},
    }


# --- answers for measurements ----------------------------------------------------------------------

_RULES = (
    ("thanks", re.compile(r"\b(gracias|thanks|thank you)\b", re.IGNORECASE)),
    ("affirm", re.compile(r"\b(s[ií]|yes|vale|ok|perfecto)\b", re.IGNORECASE)),
    ("cancel", re.compile(r"\bcancel", re.IGNORECASE)),
    ("book", re.compile(r"\b(mesa|cita|reserv\w+|table|book\w*|appointment)\b", re.IGNORECASE)),
    ("greet", re.compile(r"\b(hola|hello|hi|buenas)\b", re.IGNORECASE)),
)
_QUOTES = {
    "people": re.compile(r"\b(\d{1,2}) (?:personas|people)|(?:para|for) (\d{1,2})\b", re.IGNORECASE),
    "date": re.compile(r"\b((?:el |on )?(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|\w+day)|mañana|hoy|tomorrow|today|tonight)\b", re.IGNORECASE),
    "time": re.compile(r"\b((?:a las?|at) [\w:]+(?: ?pm| de la noche)?)", re.IGNORECASE),
    "name": re.compile(r"(⟨NAME\d+⟩)"),
    "phone": re.compile(r"(⟨PHONE\d+⟩)"),
}  # fmt: skip


def sensible_answer(body: dict[str, Any]) -> str:
    """A valid answer for whichever agent asks: enough for a dialogue to go on."""
    wanted = body.get("response_format") or {}
    name = (wanted.get("json_schema") or {}).get("name", "")
    system = str(body["messages"][0].get("content", "")) if body.get("messages") else ""
    if name == "router" or (wanted and "intents" in system):
        return json.dumps(_routed(str(body["messages"][-1]["content"])), ensure_ascii=False)
    if wanted:
        return json.dumps({"ids": ["1"], "code": "closest_time", "reason": ""})
    return "De acuerdo. ¿En qué más puedo ayudarle?"


def _routed(user: str) -> dict[str, Any]:
    message = user.rpartition("message: ")[2]
    intents = [intent for intent, pattern in _RULES if pattern.search(message)] or ["inform"]
    found = {name: pattern.search(message) for name, pattern in _QUOTES.items()}
    quotes = {name: next(filter(None, m.groups())) for name, m in found.items() if m}
    return {"intents": intents[:1], "lang": "es", **quotes}


async def _run(port: int, delay_s: float) -> None:
    provider = Provider(lambda body: Reply(sensible_answer(body), delay_s=delay_s))
    await provider.start(port)
    print(provider.address, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await provider.stop()


@contextmanager
def running_provider(*, delay_ms: int = 0) -> Iterator[str]:
    """A provider in a process of its own; gives its address, to be used as a base address."""
    source_root = Path(__file__).parents[2]
    given = ("--delay-ms", str(delay_ms))
    with running_module(__name__, *given, folder=source_root) as printed:
        yield printed.readline().strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    parser.add_argument("--delay-ms", type=int, default=0)
    given = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(given.port, given.delay_ms / 1000))
