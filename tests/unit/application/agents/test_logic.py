"""The model-backed logic agent: it ranks what it is shown, and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from application.agents.logic import PROMPT, ModelLogic
from application.errors import AnswerInvalid
from application.ports.agents import Ranked
from domain.floor import Slot
from domain.venue import ResourceId
from tests.fakes.scripted_model import ScriptedModel
from tests.unit.domain.houses import DINNER, FRIDAY, NINE, NOW, clinic, exactly, restaurant


def slots(count: int) -> list[Slot]:
    start = NOW.replace(day=27, hour=19)
    return [
        Slot(
            DINNER,
            start + timedelta(minutes=15 * n),
            start + timedelta(minutes=15 * n + 105),
            2,
            (ResourceId("T2"),),
        )
        for n in range(count)
    ]


async def rank(model: ScriptedModel, count: int = 3, words: str = "algo tranquilo") -> Ranked:
    return await ModelLogic(model).run(
        venue=restaurant(),
        wish=exactly(NINE, day=FRIDAY, preferences=frozenset({"quiet"})),
        words=words,
        candidates=slots(count),
        language="es",
    )


def answer(*ids: Any, **more: Any) -> str:
    return json.dumps(
        {"ids": ids, "code": "closest_time", "reason": "Es la hora que pedía.", **more}
    )


async def test_ids_become_positions_best_first() -> None:
    ranked = await rank(ScriptedModel([answer("3", 1)]))
    assert ranked.order == (2, 0)
    assert (ranked.reason_code, ranked.reason) == ("closest_time", "Es la hora que pedía.")
    assert ranked.receipt.agent == "logic"


async def test_ids_that_were_not_shown_are_dropped_and_counted() -> None:
    with capture_logs() as logs:
        ranked = await rank(ScriptedModel([answer("9", "2", "T7")]))
    assert ranked.order == (1,)
    assert [(log["event"], log["unknown"]) for log in logs] == [("logic.candidate_unknown", 2)]


async def test_nothing_but_invented_ids_is_a_failure() -> None:
    with pytest.raises(AnswerInvalid):
        await rank(ScriptedModel([answer("77")]))


async def test_at_most_three_are_chosen_each_once() -> None:
    ranked = await rank(ScriptedModel([answer("1", "1", "2", "3", "4")]), count=5)
    assert ranked.order == (0, 1, 2)


async def test_at_most_twelve_are_shown() -> None:
    model = ScriptedModel([answer("13", "12")])
    ranked = await rank(model, count=20)
    assert ranked.order == (11,)
    assert "\n12 " in model.prompts[0].user
    assert "\n13 " not in model.prompts[0].user


async def test_facts_are_local_times_areas_and_what_stays_empty() -> None:
    model = ScriptedModel([answer("1")])
    await rank(model)
    assert model.prompts[0].user.splitlines()[3] == "1 20:00 terrace"
    assert "wish: 27/11 21:00, 2 people, quiet" in model.prompts[0].user
    assert model.prompts[0].system == PROMPT


async def test_a_day_is_named_where_it_is_not_the_one_wished_for() -> None:
    model = ScriptedModel([answer("1")])
    await ModelLogic(model).run(
        venue=restaurant(),
        wish=exactly(NINE, day=FRIDAY - timedelta(days=1)),
        words="",
        candidates=slots(2),
        language="es",
    )
    assert model.prompts[0].user.splitlines()[-1] == "2 27/11 20:15 terrace"


async def test_staff_are_never_named() -> None:
    model = ScriptedModel([answer("1")])
    venue = clinic()
    start = NOW.replace(day=27, hour=14)
    slot = Slot(
        venue.services[0].id,
        start,
        start + timedelta(minutes=30),
        1,
        (ResourceId("DRA-A"), ResourceId("ROOM-1")),
    )
    await ModelLogic(model).run(
        venue=venue, wish=exactly(600, covers=1), words="", candidates=[slot, slot], language="es"
    )
    assert "1 10:00 DRA-A" in model.prompts[0].user


async def test_what_identifies_a_guest_is_not_sent() -> None:
    model = ScriptedModel([answer("1")])
    await rank(model, words="soy Laura Gil, 70123456, algo tranquilo")
    assert "Laura" not in model.prompts[0].user
    assert "70123456" not in model.prompts[0].user


async def test_a_reason_that_is_too_long_is_left_out() -> None:
    assert (await rank(ScriptedModel([answer("1", reason="porque " * 60)]))).reason == ""
