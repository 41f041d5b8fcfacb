"""Run the emulator: `python -m tests.support.airtable_emulator --help`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn

from tests.support.airtable_emulator.control import ControlApi
from tests.support.airtable_emulator.emulator import Emulator, Latency
from tests.support.airtable_emulator.ids import TEST_BASE, TEST_TOKEN
from tests.support.airtable_emulator.limits import Limits, Mode
from tests.support.airtable_emulator.pings import Pinger
from tests.support.airtable_emulator.server import Server
from tests.support.airtable_emulator.state import StateFile


def main() -> None:
    options = _options(sys.argv[1:])
    # The packaged zone table, as the product has it; the system's is often older.
    zoneinfo.reset_tzpath(())
    try:
        asyncio.new_event_loop().run_until_complete(_serve(options))
    except OSError as error:
        print(f"the emulator could not start: {error}", file=sys.stderr)
        os._exit(1)
    # Not through the interpreter's end, which would wait for a ping that nobody answers.
    os._exit(0)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="airtable_emulator", description="Airtable's API on loopback, for development."
    )
    parser.add_argument("--port", type=int, default=8090, help="0 takes a free one")
    mode = parser.add_mutually_exclusive_group()
    for each, help_ in (
        (Mode.STRICT, "one request too many locks the base for 30 s (default)"),
        (Mode.SOFT, "only the requests over the limit are refused"),
        (Mode.OFF, "no limit per second"),
    ):
        name = "--unlimited" if each is Mode.OFF else f"--{each}"
        mode.add_argument(name, dest="mode", action="store_const", const=each, help=help_)
    parser.add_argument("--monthly", type=int, help="calls allowed in a calendar month")
    parser.add_argument("--latency", type=float, default=0.0, help="median seconds, log-normal")
    parser.add_argument("--seed", type=int, default=0, help="of the latency")
    parser.add_argument("--state", type=Path, help="file that survives restarts")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when the other end of standard input is gone, as it is when its process dies",
    )
    parser.set_defaults(mode=Mode.STRICT)
    return parser.parse_args(arguments)


async def _serve(options: argparse.Namespace) -> None:
    emulator = Emulator(
        Limits(mode=options.mode, monthly=options.monthly),
        Latency(median_s=options.latency, seed=options.seed),
    )
    pinger = Pinger(emulator)
    emulator.on_change = pinger.notify
    file = StateFile(emulator, options.state) if options.state else None
    if file:
        file.restore()
    server = _uvicorn(Server(emulator, ControlApi(emulator, pinger)))
    listening = _listen(options.port)
    port = listening.getsockname()[1]
    print(f"airtable emulator is at http://127.0.0.1:{port}", flush=True)
    print(f"token {TEST_TOKEN}, base {TEST_BASE}", flush=True)
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, server.end)
    background = [asyncio.create_task(file.keep())] if file else []
    if options.until_stdin_closes:
        background.append(asyncio.create_task(_stop_when_stdin_closes(server)))
    await server.serve(sockets=[listening])
    for task in background:
        task.cancel()
    await pinger.stop()
    if file:
        file.save()


class _Uvicorn(uvicorn.Server):
    """Leaves signals alone: uvicorn's own way ends the process before the state is saved."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def end(self) -> None:
        self.should_exit = True


def _uvicorn(app: Server) -> _Uvicorn:
    # A request that is reset on purpose is no error worth a traceback.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    return _Uvicorn(
        uvicorn.Config(
            app,
            http="httptools",
            # Plain asyncio: uvloop's transports have no socket option for a reset.
            loop="asyncio",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,
        )
    )


def _listen(port: int) -> socket.socket:
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(256)
    return listening


async def _stop_when_stdin_closes(server: _Uvicorn) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    with suppress(OSError, ValueError):
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while await reader.read(1024):
            pass
    server.end()


if __name__ == "__main__":
    main()
