"""What was said about the house is said again; what concerns a guest is not kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from application.agents.answers import KeptAnswers
from application.ports.agents import AgentReceipt, ReplyDone, ReplyPlan, ReplyText
from domain.acts import Act, HouseSays, Noted
from infrastructure.memory.cache import memory_cache
from tests.fakes.clock import StillClock
from tests.unit.infrastructure.local.plans import CLINIC, plan

PARKING = HouseSays("parking", "No tenemos aparcamiento; el más cercano es el de Plaza Mayor.")
SAID = "El aparcamiento más cercano es el de Plaza Mayor. ¡Hasta pronto!"


@dataclass
class Writer:
    """Says the same each time, as a model or as the twin, and counts."""

    text: str = SAID
    source: str = "model"
    stopped: tuple[str, ...] = ()
    asked: list[ReplyPlan] = field(default_factory=list)

    async def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        self.asked.append(plan)
        yield ReplyText(self.text)
        receipt = AgentReceipt("human", self.source, "m", 1.0)  # type: ignore[arg-type]
        yield ReplyDone(self.text, receipt, stopped=self.stopped)


def question(text: str = "¿Tenéis parking?", *acts: Act, **own: Any) -> ReplyPlan:
    return plan(*(acts or (PARKING,)), message=text, **own)


async def said(writer: Writer, *plans: ReplyPlan) -> list[ReplyDone]:
    human = KeptAnswers(writer, memory_cache(StillClock(), reason="test"), wording="m")
    ended = []
    for each in plans:
        pieces = [piece async for piece in human.run(each)]
        done = pieces[-1]
        assert isinstance(done, ReplyDone)
        assert "".join(p.text for p in pieces if isinstance(p, ReplyText)) == done.text
        ended.append(done)
    return ended


async def test_the_same_question_is_worded_once() -> None:
    writer = Writer()
    first, again = await said(writer, question(), question("¿teneis PARKING"))
    assert (first.receipt.source, again.receipt.source) == ("model", "cache")
    assert again.text == SAID
    assert again.receipt.calls == 0
    assert len(writer.asked) == 1


async def test_another_house_language_or_answer_is_another_question() -> None:
    writer = Writer()
    changed = replace(PARKING, text="Ahora sí: hay diez plazas.")
    await said(
        writer,
        question(),
        question(venue=CLINIC),
        question(language="en"),
        question("¿Tenéis parking?", changed),
    )
    assert len(writer.asked) == 4


async def test_what_does_more_than_answer_is_never_kept() -> None:
    writer = Writer()
    both = question("¿Tenéis parking? Somos 4", PARKING, Noted(covers=4))
    await said(writer, both, both)
    assert len(writer.asked) == 2


async def test_a_question_with_something_personal_in_it_is_never_kept() -> None:
    writer = Writer()
    for text in ("Soy Laura Gil, ¿tenéis parking?", "Mi móvil es 600111222, ¿tenéis parking?"):
        await said(writer, question(text), question(text))
    assert len(writer.asked) == 4


async def test_a_reply_that_names_the_guest_is_never_kept() -> None:
    writer = Writer("Claro, Laura: el más cercano es el de Plaza Mayor.")
    asked = question(guest_name="Laura Gil")
    await said(writer, asked, asked)
    assert len(writer.asked) == 2


async def test_what_the_twin_said_or_the_claim_check_stopped_is_not_kept() -> None:
    for writer in (Writer(source="local"), Writer(stopped=("price",))):
        await said(writer, question(), question())
        assert len(writer.asked) == 2


async def test_todays_answer_is_not_tomorrows() -> None:
    writer = Writer()
    today = question()
    await said(writer, today, replace(today, now=today.now + timedelta(days=1)))
    assert len(writer.asked) == 2
