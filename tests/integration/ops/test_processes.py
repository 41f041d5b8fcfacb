"""Several processes on one machine that count together."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from infrastructure.clock import SystemClock
from infrastructure.metrics import open_measurements
from tests.integration.ops.conftest import MONDAY
from tests.support.scraping import Scraped, scrape
from tests.support.server import Site, client, message


class Counting(AbstractContextManager["Counting"]):
    """A process of `tests.support.counting`, from outside."""

    def __init__(self, folder: Path) -> None:
        program = f"from tests.support.counting import main; main({str(folder)!r})"
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {program}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __exit__(self, *_: object) -> None:
        self.end()

    def does(self, *lines: str) -> None:
        """Returns when all is done."""
        self.shows(*lines)

    def shows(self, *lines: str) -> Scraped:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("".join(f"{line}\n" for line in (*lines, "show")))
        self.process.stdin.flush()
        text = ""
        while (line := self.process.stdout.readline()).strip():
            text += line
        return Scraped(text)

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self) -> None:
        """In good order, unless it was killed."""
        if self.process.returncode is None:
            self.process.communicate(timeout=60)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Counting, Counting]]:
    with Counting(tmp_path / "shared") as one, Counting(tmp_path / "shared") as other:
        yield one, other


def test_whichever_is_asked_answers_for_both(both: tuple[Counting, Counting]) -> None:
    one, other = both
    one.does("turn", "use 3")
    other.does("turn", "turn", "use 4", "open")
    for process in both:
        seen = process.shows()
        assert seen("bookings_total", who="guest", outcome="confirmed") == 3
        assert seen("turn_duration_seconds_count") == 3
        assert seen("turn_duration_seconds_bucket", le="0.25") == 3
        assert seen("cache_connections", state="in_use") == 7
        assert seen("breaker_state", breaker="openai/gpt-4o") == 2
        assert "pid" not in {label for _, labels in seen.values for label, _ in labels}


def test_what_a_killed_process_has_counted_stays_and_what_it_had_goes(
    both: tuple[Counting, Counting],
) -> None:
    one, other = both
    one.does("turn", "use 3")
    other.does("turn", "use 4", "open")
    other.kill()
    seen = one.shows()
    assert seen("bookings_total", who="guest", outcome="confirmed") == 2
    assert seen("cache_connections", state="in_use") == 3
    assert ("breaker_state", frozenset({("breaker", "openai/gpt-4o")})) not in seen.values


def test_a_process_that_ends_takes_what_it_had_with_it(
    both: tuple[Counting, Counting], tmp_path: Path
) -> None:
    one, other = both
    one.does("turn", "use 3")
    other.does("use 4")
    other.end()
    live = {file.name for file in (tmp_path / "shared").glob("gauge_live*")}
    assert live
    assert not [name for name in live if f"_{other.process.pid}." in name]
    assert one.shows()("cache_connections", state="in_use") == 3


def test_a_process_counts_in_one_way_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # so that it is put back afterwards
    with pytest.raises(RuntimeError):
        open_measurements(clock=SystemClock(), shared_dir=tmp_path / "shared")


@pytest.mark.slow
async def test_two_servers_are_scraped_as_one(tmp_path: Path) -> None:
    shared = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "shared"), "REDIS_URL": "off"}
    later = timedelta(minutes=1)
    one, other = (Site(tmp_path / name, clock=MONDAY, later=later) for name in ("one", "other"))
    with closing(one), closing(other):
        addresses = [site.start(**shared).address for site in (one, other)]
        for number, address in enumerate((addresses[0], addresses[1], addresses[1])):
            async with client(address) as guest:
                body = message("hola", guest=f"guest-{number}", message_id="m")
                assert (await guest.post("/chat", json=body)).status_code == 200
        for address in addresses:
            async with client(address) as ops:
                seen = await scrape(ops)
                assert seen("chat_requests_total", status="answered") == 3
                shown = (await ops.get("/metrics/dashboard")).json()
            assert shown["turns_last_hour"] in {1, 2}, "each has a ledger of its own here"
