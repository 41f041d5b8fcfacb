"""`anfitrion understand --agent MODEL`: every set through the model-backed router, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from domain.dialogue import DialogueState
from infrastructure.benchmarks.provider import Reply
from infrastructure.evaluation.venues import CLINIC, RESTAURANT
from infrastructure.local.router import LocalRouter
from tests.support.commands import run
from tests.support.fake_provider import FakeProvider, broken, fake_provider
from tests.support.model_agents import understanding_as_answer

MODEL = "openai/gpt-4o"

SLOTS = {
    "id": "s1",
    "lang": "en",
    "text": "table for 4 on friday at 8 pm, my name is Ann Lee",
    "requested": [],
    "gold": {},
}
INTENT = {"id": "i1", "lang": "es", "text": "quiero anular mi cita", "intent": "cancel"}
DATES = {
    "id": "d1",
    "lang": "en",
    "text": "tomorrow at 8 pm",
    "ref": "2026-11-21T10:00",
    "gold": [],
}
SPANS = {"id": "p1", "lang": "es", "text": "nos vemos el viernes", "spans": []}
DIALOGUE = {
    "id": "g1",
    "lang": "en",
    "domain": "restaurant",
    "turns": [
        {"who": "user", "text": "book a table for 2 people tomorrow at 8 pm", "acts": []},
        {
            "who": "system",
            "text": "A table for 2 tomorrow at 8 pm, is that right?",
            "acts": [
                ["CONFIRM", "people", "2"],
                ["CONFIRM", "date", "2019-03-02"],
                ["CONFIRM", "time", "20:00"],
            ],
        },
        {"who": "user", "text": "yes please", "acts": []},
    ],
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answers_well(body: dict[str, Any]) -> Reply:
    text = str(body["messages"][-1]["content"]).rpartition("message: ")[2]
    if "friday" in text:
        quoted = {"people": "4", "date": "friday", "time": "8 pm", "name": "Ann Lee", "lang": "en"}
        return Reply(json.dumps({"intents": ["book"], **quoted}))
    venue = CLINIC if "anular" in text else RESTAURANT
    said = LocalRouter().understand(text, state=DialogueState(), venue=venue)
    return Reply(understanding_as_answer(said, text))


def understood(
    item: dict[str, Any], provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> tuple[Result, list[dict[str, Any]]]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", provider.base_url)
    Path("in.jsonl").write_text(json.dumps(item), encoding="utf-8")
    done = run("understand", "in.jsonl", "out.jsonl", "--agent", MODEL)
    written = Path("out.jsonl").read_text(encoding="utf-8").splitlines()
    return done, [json.loads(line) for line in written]


def test_each_kind_of_set_is_understood_through_the_model(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_provider() as provider:
        provider.rule = answers_well
        found = {
            item["id"]: understood(item, provider, monkeypatch)[1][0]
            for item in (SLOTS, INTENT, DATES, SPANS, DIALOGUE)
        }
        asked = len(provider.requests)
    slots = {slot: value["text"] for slot, value in found["s1"]["pred"].items()}
    assert slots["people"] == "4"
    assert slots["date"] == "friday"
    assert slots["time"] == "8 pm"
    assert (slots["first_name"], slots["last_name"]) == ("Ann", "Lee")
    assert found["i1"]["intent"] == "cancel"
    assert found["d1"]["pred"] == [
        {"k": "date", "v": "2026-11-22"},
        {"k": "time", "v": "20:00"},
    ]
    assert len(found["p1"]["spans"]) == 1
    assert found["g1"]["booking"] == {"people": "2", "date": "2019-03-02", "time": "20:00"}
    assert asked == 4, "slots, intent and two turns; days and times are never the model's to read"


def test_an_item_without_an_answer_is_written_as_such(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_provider() as provider:
        provider.rule = answers_well
        provider.will(broken())
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", provider.base_url)
        two = [INTENT, {**INTENT, "id": "i2"}]
        Path("in.jsonl").write_text("\n".join(map(json.dumps, two)), encoding="utf-8")
        done = run("understand", "in.jsonl", "out.jsonl", "--agent", MODEL)
    written = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    assert done.exit_code == 0, done.stderr
    assert [set(line) for line in written] == [{"id", "error"}, {"id", "intent"}]


def test_a_model_that_answers_nothing_at_all_is_a_failure(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_provider() as provider:
        provider.rule = lambda _body: broken(401)
        done, written = understood(INTENT, provider, monkeypatch)
    assert done.exit_code == 1
    assert "none of 1 items was answered" in done.stderr
    assert set(written[0]) == {"id", "error"}
