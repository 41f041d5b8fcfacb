"""Where pings arrive in these tests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Listener:
    """Answers 204, or whatever `status` says, and keeps what it was sent."""

    url: str = ""
    status: int = 204
    body: bytes = b""
    pings: list[tuple[bytes, str]] = field(default_factory=list)
    """Raw bodies and signatures."""

    @property
    def timestamps(self) -> list[str]:
        return [json.loads(body)["timestamp"] for body, _ in self.pings]

    def wait_for(self, count: int) -> None:
        until(lambda: len(self.pings) >= count)

    def stays_at(self, count: int, seconds: float = 0.15) -> bool:
        time.sleep(seconds)
        return len(self.pings) == count


def until(condition: Callable[[], Any], seconds: float = 5) -> None:
    """Wait for another process; fails when it takes too long."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            listener.pings.append((body, self.headers["x-airtable-content-mac"]))
            self.send_response(listener.status)
            self.send_header("content-length", str(len(listener.body)))
            self.end_headers()
            self.wfile.write(listener.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_address[1]}/airtable"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
