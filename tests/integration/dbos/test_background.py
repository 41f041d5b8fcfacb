"""Background work is found, done once, retried, and resumed after `kill -9`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from infrastructure.dbos.background import AT_ONCE, BackgroundWork, Job, Sweep
from tests.support.children import start_child
from tests.support.postgres import session_postgres

SETTLE_AND_HANG = """
import asyncio, sys
from tests.integration.dbos.test_background import settle_and_hang
asyncio.run(settle_and_hang(sys.argv[1], sys.argv[2]))
"""


async def nothing() -> list[str]:
    return []


class Diary:
    """What was done, in a file that outlives the process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, *words: str) -> None:
        with self._path.open("a") as file:
            file.write(" ".join(words) + "\n")

    def entries(self) -> list[str]:
        return self._path.read_text().splitlines() if self._path.exists() else []

    def step(self, verb: str) -> Callable[[str], Awaitable[None]]:
        async def done(item: str) -> None:
            self.note(verb, item)

        return done


async def settle_and_hang(database_url: str, diary_path: str) -> None:
    """A process whose second step never ends."""
    diary = Diary(Path(diary_path))

    async def hang(item: str) -> None:
        diary.note("began to tell", item)
        print("in the second step", flush=True)
        await asyncio.sleep(60)

    async def waiting() -> list[str]:
        return ["ABC"]

    await BackgroundWork(
        database_url=database_url,
        sweeps={},
        jobs={"booking": Job(waiting, (diary.step("settled"), hang))},
        interval_s=60,
    ).start()
    await asyncio.sleep(60)


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "diary")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'background.db'}"


@asynccontextmanager
async def at_work(
    database_url: str,
    *,
    sweeps: Mapping[str, Sweep] | None = None,
    jobs: Mapping[str, Job] | None = None,
    interval_s: float = 0.1,
) -> AsyncIterator[BackgroundWork]:
    work = BackgroundWork(
        database_url=database_url,
        sweeps=sweeps or {},
        jobs=jobs or {},
        interval_s=interval_s,
        first_retry_s=0.05,
    )
    await work.start()
    try:
        yield work
    finally:
        await work.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it comes true in files and other processes
            await asyncio.sleep(0.02)


async def test_what_is_found_is_finished_on_the_loop_that_started_it(
    database_url: str, diary: Diary
) -> None:
    home = asyncio.get_running_loop()
    open_turns = ["talk:1", "talk:2"]

    async def finish(item: str) -> None:
        assert asyncio.get_running_loop() is home
        diary.note("finished", item)
        open_turns.remove(item)

    async def abandoned() -> list[str]:
        return list(open_turns)

    async with at_work(database_url, jobs={"turn": Job(abandoned, (finish,))}):
        await until(lambda: not open_turns)
    assert sorted(diary.entries()) == ["finished talk:1", "finished talk:2"]


async def test_an_item_is_worked_on_once_at_a_time_however_often_it_is_found(
    database_url: str, diary: Diary
) -> None:
    gate = asyncio.Event()
    sweeps: list[int] = []

    async def settle(item: str) -> None:
        diary.note("began", item)
        await gate.wait()

    async def unsettled() -> list[str]:
        sweeps.append(1)
        return [] if gate.is_set() else ["ABC"]

    async with at_work(database_url, jobs={"booking": Job(unsettled, (settle,))}):
        await until(lambda: len(sweeps) >= 5)
        gate.set()
        await until(lambda: len(sweeps) >= 8)
    assert diary.entries() == ["began ABC"]


async def test_a_step_that_fails_is_tried_again(database_url: str, diary: Diary) -> None:
    async def settle(item: str) -> None:
        diary.note("tried", item)
        if len(diary.entries()) < 3:
            raise ConnectionError("the store is away")

    async def unsettled() -> list[str]:
        return ["ABC"] if len(diary.entries()) < 3 else []

    told = asyncio.Event()

    async def tell(item: str) -> None:
        told.set()

    async with at_work(database_url, jobs={"booking": Job(unsettled, (settle, tell))}):
        await asyncio.wait_for(told.wait(), 20)
    assert diary.entries() == ["tried ABC"] * 3


async def test_work_that_has_failed_for_good_is_begun_anew_while_it_is_still_needed(
    database_url: str, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.dbos.background.ATTEMPTS", 1)

    async def settle(item: str) -> None:
        diary.note("tried", item)
        if len(diary.entries()) < 3:
            raise ConnectionError("the store is away")

    async def unsettled() -> list[str]:
        return ["ABC"] if len(diary.entries()) < 3 else []

    async with at_work(database_url, jobs={"booking": Job(unsettled, (settle,))}):
        await until(lambda: len(diary.entries()) == 3)


async def test_a_sweep_that_fails_does_not_end_the_sweeping(database_url: str) -> None:
    sweeps: list[int] = []

    async def sweep_holds() -> None:
        sweeps.append(1)
        raise ConnectionError("the ledger is away")

    async with at_work(database_url, sweeps={"holds": sweep_holds}):
        await until(lambda: len(sweeps) >= 3)


async def test_a_sweep_or_a_search_that_fails_keeps_no_other_work_from_being_done(
    database_url: str, diary: Diary
) -> None:
    async def fail() -> list[str]:
        raise ConnectionError("the ledger is away")

    async def sweep() -> None:
        diary.note("swept")

    async def waiting() -> list[str]:
        return [] if "settled ABC" in diary.entries() else ["ABC"]

    async with at_work(
        database_url,
        sweeps={"holds": fail, "waitlist": sweep},
        jobs={
            "turn": Job(fail, (diary.step("finished"),)),
            "booking": Job(waiting, (diary.step("settled"),)),
        },
    ):
        await until(lambda: "settled ABC" in diary.entries())
    assert "swept" in diary.entries()


async def test_items_of_two_kinds_with_one_name_are_two_items(
    database_url: str, diary: Diary
) -> None:
    async def waiting() -> list[str]:
        return [] if len(diary.entries()) == 2 else ["ABC"]

    gate = asyncio.Event()

    def held(verb: str) -> Callable[[str], Awaitable[None]]:
        async def step(item: str) -> None:
            diary.note(verb, item)
            if len(diary.entries()) == 2:
                gate.set()
            await gate.wait()

        return step

    async with at_work(
        database_url,
        jobs={"turn": Job(waiting, (held("turn"),)), "message": Job(waiting, (held("message"),))},
    ):
        await asyncio.wait_for(gate.wait(), 20)
    assert sorted(diary.entries()) == ["message ABC", "turn ABC"]


async def test_of_many_items_so_many_are_under_way_at_once_and_all_are_done(
    database_url: str, diary: Diary
) -> None:
    waiting = {f"item-{number:02}" for number in range(40)}
    under_way: set[str] = set()
    crowded = asyncio.Event()

    async def find() -> list[str]:
        return sorted(waiting)

    async def work(item: str) -> None:
        under_way.add(item)
        assert len(under_way) <= AT_ONCE
        if len(under_way) == AT_ONCE:
            crowded.set()
        await crowded.wait()
        under_way.discard(item)
        waiting.discard(item)
        diary.note(item)

    async with at_work(database_url, jobs={"message": Job(find, (work,))}):
        await until(lambda: not waiting)
    assert sorted(diary.entries()) == [f"item-{number:02}" for number in range(40)]


async def test_after_kill_9_in_the_second_step_another_process_finishes_it_once(
    database_url: str, diary: Diary, tmp_path: Path
) -> None:
    child = start_child(SETTLE_AND_HANG, database_url, str(tmp_path / "diary"))
    assert await asyncio.to_thread(child.next_line) == "in the second step"
    child.kill()
    assert diary.entries() == ["settled ABC", "began to tell ABC"]
    async with at_work(
        database_url,
        jobs={"booking": Job(nothing, (diary.step("settled again"), diary.step("told")))},
    ):
        await until(lambda: "told ABC" in diary.entries())
        await asyncio.sleep(0.5)
    assert diary.entries() == ["settled ABC", "began to tell ABC", "told ABC"]


async def test_stopping_leaves_work_to_be_resumed(database_url: str, diary: Diary) -> None:
    began = asyncio.Event()

    async def hang(item: str) -> None:
        began.set()
        await asyncio.sleep(60)

    async def unsettled() -> list[str]:
        return ["ABC"]

    async with at_work(
        database_url,
        jobs={"booking": Job(unsettled, (diary.step("settled"), hang))},
        interval_s=60,
    ):
        await asyncio.wait_for(began.wait(), 20)
    async with at_work(
        database_url,
        jobs={"booking": Job(nothing, (diary.step("settled again"), diary.step("told")))},
        interval_s=60,
    ):
        await until(lambda: "told ABC" in diary.entries())
    assert diary.entries() == ["settled ABC", "told ABC"]


async def test_what_is_stopped_in_the_middle_keeps_no_thread_alive(database_url: str) -> None:
    """A thread that waits for a workflow nobody goes on with would keep the process from ending."""
    begun: list[str] = []

    async def hang(item: str) -> None:
        begun.append(item)
        await asyncio.sleep(60)

    async def many() -> list[str]:
        return [f"B{number}" for number in range(AT_ONCE)]

    async with at_work(database_url, jobs={"booking": Job(many, (hang,))}, interval_s=60):
        await until(lambda: len(begun) >= 4)
    await until(lambda: not any("dbos" in thread.name for thread in threading.enumerate()))


async def test_it_works_on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, diary: Diary
) -> None:
    async def unsettled() -> list[str]:
        return [] if diary.entries() else ["ABC"]

    with session_postgres(tmp_path_factory) as server:
        async with at_work(
            server.url(), jobs={"booking": Job(unsettled, (diary.step("settled"),))}
        ):
            await until(lambda: bool(diary.entries()))
    assert diary.entries() == ["settled ABC"]


async def test_no_port_is_opened_and_nobody_is_called(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("background work must not use the network")

    for name in ("bind", "connect", "connect_ex"):
        monkeypatch.setattr(f"socket.socket.{name}", refuse, raising=False)
    sweeps: list[int] = []

    async def sweep_holds() -> None:
        sweeps.append(1)

    async with at_work(database_url, sweeps={"holds": sweep_holds}):
        await until(lambda: len(sweeps) >= 3)
