"""A second opinion on rankings, off the critical path: asked after the turn, compared and logged.

It changes nothing that a guest sees. `logic.shadowed` says how often another model would have
chosen the same, and what it would have cost; no guest's words are in it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from application.errors import DependencyError
from application.ports.agents import LogicAgent, Ranked
from domain.availability import Wish
from domain.floor import Slot
from domain.venue import Venue
from infrastructure.resilience.chain import reason_of
from infrastructure.resilience.spending import metered

AT_ONCE = 4
"""Shadow rankings under way or waiting for their turn's end; beyond that they are left out."""

TOP = 3
"""What a reply can offer."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Question:
    """What the served agent was asked and answered."""

    venue: Venue
    wish: Wish
    words: str
    candidates: Sequence[Slot]
    language: str
    served: Ranked
    log_context: dict[str, Any]


class ShadowLogic:
    """Serves one logic agent's ranking, and asks another one about a share of them afterwards."""

    def __init__(
        self,
        served: LogicAgent,
        shadow: LogicAgent,
        *,
        rate: float,
        at_once: int = AT_ONCE,
        dice: Callable[[], float] = random.random,
    ) -> None:
        """`rate` is the share of rankings that are asked about; `dice` gives numbers in [0, 1)."""
        self._served = served
        self._shadow = shadow
        self._rate = rate
        self._at_once = at_once
        self._dice = dice
        self._waiting = 0
        self._asking: set[asyncio.Task[None]] = set()

    async def run(
        self, *, venue: Venue, wish: Wish, words: str, candidates: Sequence[Slot], language: str
    ) -> Ranked:
        """The served ranking; nothing of the shadow delays it, and none of its failures gets here."""
        ranked = await self._served.run(
            venue=venue, wish=wish, words=words, candidates=candidates, language=language
        )
        if self._dice() < self._rate:
            context = structlog.contextvars.get_contextvars()
            self._ask_later(_Question(venue, wish, words, candidates, language, ranked, context))
        return ranked

    async def aclose(self) -> None:
        """Gives up what is still being asked."""
        self._at_once = 0
        asking = tuple(self._asking)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _ask_later(self, question: _Question) -> None:
        """Asks when the task that runs the turn has ended."""
        turn = asyncio.current_task()
        if turn is None or self._waiting + len(self._asking) >= self._at_once:
            log.info("logic.shadow_skipped", at_once=self._at_once)
            return
        self._waiting += 1
        turn.add_done_callback(partial(self._start, question), context=Context())

    def _start(self, question: _Question, _: asyncio.Task[Any]) -> None:
        """In a context of its own, so that nothing of it is counted to the turn."""
        self._waiting -= 1
        if not self._at_once:
            return
        task = asyncio.get_running_loop().create_task(self._ask(question), context=Context())
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask(self, question: _Question) -> None:
        with structlog.contextvars.bound_contextvars(**question.log_context):
            try:
                await self._compare(question)
            except (DependencyError, TimeoutError) as error:
                log.info("logic.shadow_failed", reason=reason_of(error))
            except Exception as error:  # noqa: BLE001 - the edge of a background task
                log.error("logic.shadow_failed", reason=type(error).__name__)

    async def _compare(self, question: _Question) -> None:
        with metered() as meter:
            ranked = await self._shadow.run(
                venue=question.venue,
                wish=question.wish,
                words=question.words,
                candidates=question.candidates,
                language=question.language,
            )
        served = question.served
        log.info(
            "logic.shadowed",
            venue=question.venue.id,
            served=served.receipt.model,
            shadow=ranked.receipt.model,
            candidates=len(question.candidates),
            agrees_on_first=served.order[:1] == ranked.order[:1],
            top_three_overlap=_overlap(served.order, ranked.order),
            latency_ms=round(ranked.receipt.latency_ms, 1),
            tokens_in=meter.tokens_in,
            tokens_out=meter.tokens_out,
            cost_usd=round(meter.cost_usd, 6),
        )


def _overlap(served: Sequence[int], shadow: Sequence[int]) -> float:
    """Of the first three that were served, the share that the shadow has among its own three."""
    first = set(served[:TOP])
    return round(len(first & set(shadow[:TOP])) / len(first), 2) if first else 0.0
