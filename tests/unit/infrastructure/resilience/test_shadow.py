"""A second opinion on rankings: after the turn, compared, and of no consequence to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from application.agents.logic import ModelLogic
from application.errors import ModelUnavailable
from application.ports.agents import AgentReceipt, LogicAgent, Ranked
from infrastructure.resilience.shadow import ShadowLogic
from infrastructure.resilience.spending import TurnBudget, begin_turn
from tests.fakes.scripted_model import Never, ScriptedModel
from tests.unit.application.agents.test_logic import answer, slots
from tests.unit.domain.houses import NINE, exactly, restaurant
from tests.unit.infrastructure.resilience.test_twins import onion

SECRET = "somos alérgicos, llámame al +34600111222"


class Served:
    """The ranking that guests get."""

    async def run(self, **_: Any) -> Ranked:
        return Ranked((0, 1, 2), "", "engine_order", AgentReceipt("logic", "local", "local", 0.1))


def shadowing(shadow: LogicAgent, **more: Any) -> ShadowLogic:
    return ShadowLogic(Served(), shadow, **{"rate": 1.0, **more})


async def rank(logic: LogicAgent) -> Ranked:
    return await logic.run(
        venue=restaurant(),
        wish=exactly(NINE),
        words=SECRET,
        candidates=slots(4),
        language="es",
    )


async def in_a_turn(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """As the server runs turns: each in a task of its own."""
    return await asyncio.create_task(work())


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def logged(logic: LogicAgent, *, turns: int = 1) -> list[Mapping[str, Any]]:
    with capture_logs() as logs:
        for _ in range(turns):
            await in_a_turn(lambda: rank(logic))
        await settled()
    return [log for log in logs if str(log["event"]).startswith("logic.shadow")]


@pytest.mark.parametrize(
    ("ids", "agrees", "overlap"),
    [(("1", "2", "3"), True, 1.0), (("2", "1", "4"), False, 0.67), (("4",), False, 0.0)],
)
async def test_what_the_shadow_chose_is_compared_with_what_was_served(
    ids: tuple[str, ...], agrees: bool, overlap: float
) -> None:
    (log,) = await logged(shadowing(ModelLogic(onion(answer(*ids)))))
    assert log["event"] == "logic.shadowed"
    assert (log["agrees_on_first"], log["top_three_overlap"]) == (agrees, overlap)
    assert (log["tokens_in"], log["tokens_out"]) == (100, 20)
    assert log["cost_usd"] == pytest.approx(0.001)
    assert log["latency_ms"] >= 0


async def test_nothing_of_the_guest_is_logged() -> None:
    logs = await logged(shadowing(ModelLogic(onion(answer("1")))))
    assert "alérgicos" not in str(logs)
    assert "600111222" not in str(logs)


async def test_it_is_asked_when_the_turn_has_ended() -> None:
    model = ScriptedModel([answer("1")])
    logic = shadowing(ModelLogic(model))

    async def turn() -> int:
        await rank(logic)
        await settled()
        return model.calls

    assert await in_a_turn(turn) == 0
    await settled()
    assert model.calls == 1


async def test_a_shadow_that_never_answers_delays_nothing_and_is_given_up_at_the_end() -> None:
    logic = shadowing(ModelLogic(ScriptedModel([Never()])))
    ranked = await asyncio.wait_for(in_a_turn(lambda: rank(logic)), timeout=1)
    await settled()
    await asyncio.wait_for(logic.aclose(), timeout=1)
    assert ranked.order == (0, 1, 2)


async def test_a_shadow_that_fails_is_logged_and_changes_nothing() -> None:
    def broken(_: Any) -> str:
        raise ZeroDivisionError

    down = await logged(shadowing(ModelLogic(onion(ModelUnavailable("refused")))))
    ours = await logged(shadowing(ModelLogic(onion(broken))))
    assert [(log["event"], log["reason"]) for log in (*down, *ours)] == [
        ("logic.shadow_failed", "refused"),
        ("logic.shadow_failed", "ZeroDivisionError"),
    ]


async def test_what_the_shadow_takes_is_not_counted_to_the_turn() -> None:
    budget = TurnBudget(0.0, max_calls=0)
    logic = shadowing(ModelLogic(onion(answer("1"))))

    async def turn() -> None:
        begin_turn(budget)
        await rank(logic)

    with capture_logs() as logs:
        await in_a_turn(turn)
        await settled()
    assert "logic.shadowed" in {log["event"] for log in logs}
    assert (budget.meter.calls, budget.meter.tokens_in) == (0, 0)


async def test_only_a_share_is_asked_about() -> None:
    draws = iter([0.1, 0.9, 0.2, 0.95])
    model = ScriptedModel([answer("1")] * 4)
    logic = shadowing(ModelLogic(model), rate=0.5, dice=lambda: next(draws))
    assert len(await logged(logic, turns=4)) == 2
    assert model.calls == 2


async def test_beyond_so_many_at_once_rankings_are_left_out() -> None:
    model = ScriptedModel([Never(), Never(), Never()])
    logic = shadowing(ModelLogic(model), at_once=2)
    logs = await logged(logic, turns=3)
    assert [log["event"] for log in logs] == ["logic.shadow_skipped"]
    assert model.calls == 2
    await logic.aclose()
