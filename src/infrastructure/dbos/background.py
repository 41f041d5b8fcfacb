"""Background work: what a request began and nobody finished is finished here.

Every few seconds a sweep looks for such work and starts one durable DBOS workflow for each item it
finds. DBOS keeps each workflow's progress in its own database, so one that is cut off by `kill -9`
resumes at the step it was in when a process with the same executor id starts again.

The sweep itself is a plain task: it can be lost without harm, and DBOS's own scheduler would write
a workflow every few seconds for ever.

DBOS runs on threads of its own, and what it runs is handed to the event loop that called `start`:
called from that loop, DBOS would replace the loop's thread pool by its own. Nothing is sent
anywhere and no port is opened: tracing, its log export and its remote control stay off.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

Sweep = Callable[[], Awaitable[object]]
Find = Callable[[], Awaitable[Sequence[str]]]
Step = Callable[[str], Awaitable[object]]
Result = TypeVar("Result")

INTERVAL_S = 15.0
# Where more was found than can be worked on at once, the next look comes so much sooner.
BUSY_INTERVAL_S = 0.5
# Items of one process that are worked on at the same time.
AT_ONCE = 16
# DBOS blocks one thread of its pool for each workflow, and needs further ones of the same pool for each
# of their steps: with as many workflows as threads none would ever go on. After a restart those that
# were interrupted come on top of the new ones.
THREADS = 64
# Attempts of one step: after 1, 2, 4, 8 and 16 seconds. Then the workflow fails, and the next sweep
# that still finds the item starts it anew.
ATTEMPTS = 6
FIRST_RETRY_S = 1.0
# Longer than all attempts take: whoever has not moved by then is gone for good (another machine's
# process that will not come back), and its work is started anew.
STALE_AFTER = timedelta(minutes=10)
# How long DBOS may take from being told of a workflow to running it, and what runs to end.
_UNDER_WAY_S = 0.5
_STOP_S = 5.0
KEEP_FINISHED = timedelta(days=1)
# Workflows are resumed only by a program of the same version: raise it when their steps change.
WORKFLOW_VERSION = "1"

_UNFINISHED = ["PENDING", "ENQUEUED", "DELAYED"]
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work: how to find its items, and what to do with each, step by step."""

    find: Find
    steps: tuple[Step, ...]


class BackgroundWork:
    """Sweeps, and works through what each kind of job finds, until it is stopped.

    Every step may run more than once (a process can die after the deed and before noting it), and
    must then find that there is nothing left to do. At most one runs for an item at a time.

    `database_url`: `sqlite:///path` or `postgresql://…` (a schema `dbos` of its own).
    `executor_id`: whose interrupted work to resume. It must be the same after a restart, and
    different for processes that run at the same time.
    `sweeps`: what is done each time before items are looked for, by name; one that fails keeps none of
    the others from its work. `jobs`: by kind.
    """

    def __init__(
        self,
        *,
        database_url: str,
        sweeps: Mapping[str, Sweep],
        jobs: Mapping[str, Job],
        executor_id: str = "local",
        interval_s: float = INTERVAL_S,
        first_retry_s: float = FIRST_RETRY_S,
    ) -> None:
        self._database_url = database_url
        self._sweeps = sweeps
        self._jobs = jobs
        self._executor_id = executor_id
        self._interval_s = interval_s
        self._first_retry_s = first_retry_s
        self._started: set[str] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._engine: _Dbos | None = None

    async def start(self) -> None:
        """Resume what was interrupted, then sweep at once and every `interval_s` from then on.

        Takes about a second, most of it importing DBOS; the event loop is not blocked meanwhile.
        """
        loop = asyncio.get_running_loop()
        self._engine = await asyncio.to_thread(
            _Dbos,
            self._database_url,
            executor_id=self._executor_id,
            first_retry_s=self._first_retry_s,
            steps={kind: job.steps for kind, job in self._jobs.items()},
            loop=loop,
        )
        self._sweeper = asyncio.create_task(self._keep_sweeping(self._engine))

    async def stop(self) -> None:
        """Stop sweeping; unfinished work stays where it is and is resumed by the next `start`."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._sweeper
            self._sweeper = None
        if self._engine is not None:
            await asyncio.to_thread(self._engine.close)
            self._engine = None

    async def _keep_sweeping(self, engine: _Dbos) -> None:
        while True:
            for name, sweep in self._sweeps.items():
                await self._attempt(name, sweep)
            left = await self._attempt("jobs", partial(self._start_jobs, engine))
            await asyncio.sleep(
                min(self._interval_s, BUSY_INTERVAL_S) if left else self._interval_s
            )

    async def _attempt(self, name: str, work: Callable[[], Awaitable[Result]]) -> Result | None:
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - the edge: the next sweep may do better
            log.warning("background.sweep_failed", sweep=name, error=type(error).__name__)
            return None

    async def _start_jobs(self, engine: _Dbos) -> bool:
        """Whether more was found than there was room for."""
        # Asked before looking for items: what ends in between must not be started again.
        running = await asyncio.to_thread(engine.running)
        self._started &= running
        left = [
            await self._attempt(kind, partial(self._start, engine, kind, job, running))
            for kind, job in self._jobs.items()
        ]
        return any(left)

    async def _start(self, engine: _Dbos, kind: str, job: Job, running: set[str]) -> bool:
        items = [item for item in await job.find() if _key(kind, item) not in running]
        room = AT_ONCE - len(self._started)
        begun = items[: max(room, 0)]
        if begun:
            await asyncio.to_thread(engine.start, kind, begun)
            self._started |= {_key(kind, item) for item in begun}
        return len(begun) < len(items)


class _Interrupted(BaseException):
    """The program is stopping, and the workflow is to be resumed.

    DBOS notes an Exception as a failure, and of its own "cancelled" it waits for the end on a thread
    that keeps the process alive. Of what is no Exception it notes nothing, and the thread ends.
    """


class _Dbos:
    """The part that knows DBOS. Its methods block, and are called on threads."""

    def __init__(
        self,
        database_url: str,
        *,
        executor_id: str,
        first_retry_s: float,
        steps: Mapping[str, Sequence[Step]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        # With a handler in place DBOS adds none of its own, and its records go the way of others.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        # Takes about a second and 60 MB, which a server should not wait for.
        import dbos

        self._dbos = dbos.DBOS
        self._named = dbos.SetWorkflowID
        self._is_stopping = False
        self._unfinished: set[str] = set()
        self._steps: set[Future[None]] = set()
        self._dbos(
            config={
                "name": "anfitrion",
                "system_database_url": database_url,
                "executor_id": executor_id,
                "application_version": WORKFLOW_VERSION,
                "log_level": "ERROR",
                "enable_otlp": False,
                "use_listen_notify": False,
                "max_executor_threads": THREADS,
            }
        )
        retried = {
            "retries_allowed": True,
            "max_attempts": ATTEMPTS,
            "interval_seconds": first_retry_s,
        }

        @self._dbos.workflow(name="work_through")
        async def work_through(kind: str, item: str) -> None:
            self._unfinished.add(_key(kind, item))
            try:
                for number, step in enumerate(steps[kind], start=1):
                    if self._is_stopping:
                        raise _Interrupted
                    options: Any = {**retried, "name": f"{kind}.{number}"}
                    await self._dbos.run_step_async(options, on_loop, step, kind, item)
            except asyncio.CancelledError:
                raise _Interrupted from None
            finally:
                self._unfinished.discard(_key(kind, item))

        async def on_loop(step: Step, kind: str, item: str) -> None:
            """Run a step on the loop whose connections it uses.

            Raises: RuntimeError for any failure: DBOS stores errors, and ours may not survive that.
            """
            future = asyncio.run_coroutine_threadsafe(_run(step, item), loop)
            self._steps.add(future)
            try:
                await asyncio.wrap_future(future)
            except Exception as error:
                log.warning("background.step_failed", kind=kind, error=type(error).__name__)
                raise RuntimeError(f"{kind} failed with {type(error).__name__}") from error
            finally:
                self._steps.discard(future)

        self._workflow = work_through
        self._dbos.launch()
        self._begun_at = time.monotonic()

    def running(self) -> set[str]:
        since = (datetime.now(UTC) - STALE_AFTER).isoformat()
        found = self._dbos.list_workflows(
            status=_UNFINISHED, start_time=since, load_input=False, load_output=False
        )
        return {workflow.workflow_id for workflow in found}

    def start(self, kind: str, items: Sequence[str]) -> None:
        keys = [_key(kind, item) for item in items]
        # An id that DBOS knows is never run again; these have failed, or are needed once more.
        self._delete(workflow_ids=keys)
        before = (datetime.now(UTC) - KEEP_FINISHED).isoformat()
        self._delete(status=_FINISHED, completed_before=before)
        for key, item in zip(keys, items, strict=True):
            with self._named(key):
                self._dbos.start_workflow(self._workflow, kind, item)
        self._begun_at = time.monotonic()

    def close(self) -> None:
        """Interrupt what runs, and end.

        DBOS must find nothing running: a coroutine handed to its loop at the moment at which that ends
        is never heard of again, and the thread that waits for it keeps the process alive.
        """
        self._is_stopping = True
        time.sleep(max(0.0, self._begun_at + _UNDER_WAY_S - time.monotonic()))
        give_up_at = time.monotonic() + _STOP_S
        while self._unfinished and time.monotonic() < give_up_at:
            for step in tuple(self._steps):
                step.cancel()
            time.sleep(0.01)
        self._dbos.destroy(destroy_registry=True)

    def _delete(self, **which: Any) -> None:
        found = self._dbos.list_workflows(**which, load_input=False, load_output=False)
        if found:
            self._dbos.delete_workflows([workflow.workflow_id for workflow in found])


async def _run(step: Step, item: str) -> None:
    await step(item)


def _key(kind: str, item: str) -> str:
    return f"{kind}:{item}"
