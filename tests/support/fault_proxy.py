"""A TCP proxy on loopback that fails the way networks and servers do."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from socket import SO_LINGER, SOL_SOCKET
from typing import Literal

Fault = Literal["none", "refuse", "silent", "slow", "reset", "sliced", "garbage", "close_after"]
"""What is done to the answers: `refuse` takes no connection, `silent` lets nothing through, `slow`
delays each answer, `reset` breaks the connection in the middle of one, `sliced` sends it in single bytes,
`garbage` sends something else instead, `close_after` hangs up after `bytes_left` bytes."""

FAULTS: tuple[Fault, ...] = (
    "refuse",
    "silent",
    "slow",
    "reset",
    "sliced",
    "garbage",
    "close_after",
)

GARBAGE = b"\x00\xff!HTTP/1.1 400 Bad Request\r\n\r\n$-7\r\n*3\r\n"

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@dataclass
class FaultProxy:
    """`port` leads to what `connect` connects to; `fault` may be changed at any time and holds for
    open connections too."""

    connect: Connect
    fault: Fault = "none"
    delay_s: float = 2.0
    bytes_left: int = 3
    garbage: bytes = GARBAGE
    port: int = 0

    def __post_init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> FaultProxy:
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._hang_up()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def begin(self, fault: Fault) -> None:
        """From now on, for everybody."""
        self.fault = fault
        if fault == "refuse":
            await self._hang_up()

    async def end(self) -> None:
        """All is well again. A connection whose answers were kept back is cut, as networks do."""
        self.fault = "none"
        for writer in tuple(self._writers):
            writer.transport.abort()
        if self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            with suppress(OSError):
                up, down = await self.connect()
                self._writers.add(down)
                try:
                    await self._both_ways(reader, writer, up, down)
                finally:
                    self._writers.discard(down)
                    down.transport.abort()
        except asyncio.CancelledError:
            # Only `__aexit__` does that; asyncio's own callback on this task would complain about it.
            pass
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.transport.abort()

    async def _both_ways(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up: asyncio.StreamReader,
        down: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(self._questions(reader, down)),
            asyncio.create_task(self._answers(up, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _questions(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if self.fault != "silent":
                    writer.write(data)
                    await writer.drain()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if not await self._pass_on(data, writer):
                    return

    async def _pass_on(self, data: bytes, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection goes on."""
        match self.fault:
            case "silent":
                return True
            case "slow":
                await asyncio.sleep(self.delay_s)
                writer.write(data)
            case "reset":
                writer.write(data[: len(data) // 2])
                await writer.drain()
                socket = writer.get_extra_info("socket")
                socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
                return False
            case "sliced":
                for number in range(len(data)):
                    writer.write(data[number : number + 1])
                    await writer.drain()
                    await asyncio.sleep(0)
            case "garbage":
                writer.write(self.garbage)
            case "close_after":
                writer.write(data[: self.bytes_left])
                await writer.drain()
                return False
            case _:
                writer.write(data)
        await writer.drain()
        return True
