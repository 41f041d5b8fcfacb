"""The local router on the public sets: what it reaches must not be lost again.

The sets lie beside the repository and are not copied; without them these tests are skipped.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domain.dialogue import DialogueState, Expecting
from infrastructure.evaluation.understand import understand
from infrastructure.evaluation.venues import CLINIC, RESTAURANT
from infrastructure.local.router import LocalRouter

SETS = Path(__file__).resolve().parents[4] / "shared" / "eval"

pytestmark = pytest.mark.skipif(
    not (SETS / "score.py").exists(), reason="the evaluation sets are not at ../shared/eval"
)


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SETS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def scores(name: str, scorer: ModuleType, tmp_path: Path) -> dict[str, Any]:
    out = tmp_path / f"{name}.jsonl"
    done = [n async for n in understand(SETS / f"{name}.jsonl", out, router=LocalRouter())]
    predictions = {p["id"]: p for p in scorer.load(out)}
    assert len(predictions) == len(done) == done[-1]
    result: dict[str, Any] = scorer.SETS[name](scorer.load(SETS / f"{name}.jsonl"), predictions, [])
    return result


async def test_booking_messages_in_english(scorer: ModuleType, tmp_path: Path) -> None:
    reached = await scores("slots", scorer, tmp_path)
    assert reached["micro_f1_exact"]["f1"] >= 0.94
    assert reached["value_accuracy"]["people"]["acc"] >= 0.95
    assert reached["value_accuracy"]["time"]["acc"] >= 0.95


async def test_messages_to_a_clinic_in_spanish(scorer: ModuleType, tmp_path: Path) -> None:
    reached = await scores("slots_es", scorer, tmp_path)
    assert reached["micro_f1_exact"]["f1"] >= 0.85


async def test_intents(scorer: ModuleType, tmp_path: Path) -> None:
    reached = await scores("intents", scorer, tmp_path)
    assert reached["all"]["acc"] >= 0.94
    assert reached["all"]["macro_f1(support>=5)"] >= 0.91
    assert reached["all"]["out_of_scope"]["f1"] >= 0.94
    assert reached["es,clinic"]["acc"] >= 0.86


async def test_whole_dialogues(scorer: ModuleType, tmp_path: Path) -> None:
    reached = await scores("dialogues", scorer, tmp_path)
    assert reached["joint_goal_core(people,date,time)"]["acc"] >= 0.96
    assert reached["final_booking_core"]["acc"] >= 0.93


@pytest.mark.parametrize("name", ["datetime", "datetime_spans"])
async def test_dates_are_written_in_the_scorers_schema(
    name: str, scorer: ModuleType, tmp_path: Path
) -> None:
    assert await scores(name, scorer, tmp_path)


async def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    strange = tmp_path / "strange.jsonl"
    strange.write_text('{"id": "x", "colour": "red"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="no known set"):
        async for _ in understand(strange, tmp_path / "out.jsonl", router=LocalRouter()):
            pass


@pytest.mark.parametrize("name", ["blns", "booking_strings", "injection_lookalikes"])
def test_awkward_strings_are_read_in_every_state(name: str) -> None:
    router = LocalRouter()
    for line in (SETS / "robustness" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        text = case.get("value", case.get("text"))
        for expecting in Expecting:
            for venue in (RESTAURANT, CLINIC):
                assert router.understand(
                    text, state=DialogueState(expecting=expecting), venue=venue
                ).intents


def test_an_attack_is_never_a_certain_wish() -> None:
    router = LocalRouter()
    attacks = (SETS / "robustness" / "injection_attacks.jsonl").read_text(encoding="utf-8")
    for line in attacks.splitlines():
        said = router.understand(json.loads(line)["text"], state=DialogueState(), venue=RESTAURANT)
        # Certain that it does not concern the house is all that may be certain here.
        assert not said.certain or said.intent == "out_of_scope"
