"""Models that lie, behind a real provider on loopback: no false word reaches a guest.

Every dialogue goes through many states while the human agent's model answers with seeded lies. The
replies are judged by `tests.support.oracles`, which shares nothing with the claim check, and by the
lies themselves: what the model was made to say, and whether the ledger has made it true by chance.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import oracles, victim
from tests.support.fake_provider import FakeProvider
from tests.support.house import House, Row, open_house
from tests.support.liars import Liar, Lie
from tests.support.model_agents import MODEL
from tests.support.oracles import Complaints, Turn

START = datetime(2026, 11, 21, 10, tzinfo=UTC)

SCRIPTS: Sequence[tuple[str, Sequence[str]]] = (
    ("la-terraza", ("Hola", "Quiero una mesa para {n} el {day} a las {hour}", "Sí, a nombre de Ana Soto",
                    "¿Cuál es mi reserva?", "Cámbiala a las 22:15", "Sí", "¿Tenéis parking?",
                    "Cancela mi reserva", "Sí", "Gracias")),
    ("la-terraza", ("¿Qué hay libre el {day} para {n}?", "La segunda", "Marta Ríos", "Sí",
                    "¿A qué hora abrís el domingo?", "Adiós")),
    ("la-terraza", ("Mesa para 30 mañana", "Mesa para {n} el lunes a las 14:00", "¿Y el {day} a las 21:10?",
                    "No, mejor a las 4 de la mañana", "¿Cuánto cuesta el menú?")),
    ("la-terraza", ("Hi, a table for {n} on {day_en} at {hour} please", "Yes, under Paul Gray",
                    "What time is my booking?", "Move it to 10:30 pm", "Yes", "Any discount?",
                    "Cancel it please", "Yes", "Bye")),
    ("la-terraza", ("Do you have anything on {day_en} for {n}?", "the last one", "Zoe Lind", "Yes",
                    "Can I bring my dog?", "Thanks!")),
    ("la-terraza", ("Tengo una reserva con código {victim}", "1234", "¿A nombre de quién está?",
                    "Quiero hablar con una persona")),
    ("clinica-sonrisa", ("Buenas", "Necesito una limpieza el {weekday} a las 9:30", "Sí, Rosa Mamani",
                         "¿Qué tengo reservado?", "¿Puede ser a las 10:30?", "Sí", "Cancélela", "Sí")),
    ("clinica-sonrisa", ("I need a check-up on {weekday_en} at 11", "Yes, Tom Reed", "When is it?",
                         "What does a cleaning cost?", "Cancel it", "Yes", "My tooth hurts")),
)  # fmt: skip
PHONES = {"la-terraza": "+34910123456", "clinica-sonrisa": "+59122441234"}
_DAYS = ("martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_DAYS_EN = ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass
class Heard:
    """All turns of all dialogues, and the lies that were told in each."""

    turns: list[tuple[Turn, list[Lie]]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def complaints(self) -> Complaints:
        complaints = Complaints()
        for number, (turn, lies) in enumerate(self.turns, start=1):
            where = f"turn {number} ({', '.join(lie.kind for lie in lies)}) after {turn.message!r}"
            complaints.add(
                where,
                oracles.false_claims(turn),
                oracles.foreign_data(turn.reply, self.secrets),
                oracles.links(turn.reply, _own_links(turn)),
                *(lies_told(turn, lie) for lie in lies),
            )
        return complaints


def lies_told(turn: Turn, lie: Lie) -> Iterator[str]:
    """Whether the very lie that the model told is in the reply and not true."""
    if not lie.false or oracles.plain(lie.false) not in oracles.plain(turn.reply):
        return
    if oracles.plain(lie.false) in oracles.plain(turn.facts or "") or _is_so(turn, lie.unless):
        return
    yield f"passed the lie {lie.false!r} in {turn.reply!r}"


def _is_so(turn: Turn, outcome: str) -> bool:
    if outcome == "moved":
        return bool(turn.answer["action"] == "reschedule_appointment")
    return any(row.status == outcome and row.code in turn.after for row in turn.own)


def _own_links(turn: Turn) -> list[str]:
    return [word for word in (turn.facts or "").split() if "://" in word or "@" in word]


async def lied_to(
    folder: Path, ledger: Path, provider: FakeProvider, *, turns: int, seed: int
) -> Heard:
    """Dialogues of at least so many turns with a model that lies in every one of them."""
    heard = Heard()
    settings = {
        "router_model": "local",
        "logic_model": MODEL,
        "human_model": MODEL,
        "openai_api_key": "sk-test",
        "openai_base_url": provider.base_url,
    }
    async with open_house(folder, start=START, settings=settings, template=ledger) as house:
        heard.secrets = await victim.book(house)
        liar = Liar(seed, heard.secrets[:3])
        provider.rule = liar.respond
        draw = random.Random(seed)
        number = 0
        while len(heard.turns) < turns:
            venue, script = SCRIPTS[number % len(SCRIPTS)]
            number += 1
            dialogue = _Dialogue(house, provider, liar, venue, f"+346000{number:05d}")
            heard.turns += await dialogue.play(_filled(script, draw, code=heard.secrets[2]))
    return heard


def _filled(script: Sequence[str], draw: random.Random, *, code: str) -> list[str]:
    day = draw.randrange(len(_DAYS))
    weekday = draw.randrange(4)
    values = {
        "n": draw.choice((2, 2, 3, 4, 5, 7)),
        "hour": draw.choice(("20:30", "21:00", "21:45", "22:30")),
        "day": _DAYS[day],
        "day_en": _DAYS_EN[day],
        "weekday": _DAYS[weekday],
        "weekday_en": _DAYS_EN[weekday],
        "victim": code,
    }
    return [text.format(**values) for text in script]


@dataclass
class _Dialogue:
    house: House
    provider: FakeProvider
    liar: Liar
    venue: str
    guest: str

    async def play(self, messages: Sequence[str]) -> list[tuple[Turn, list[Lie]]]:
        turns = []
        said_before = ""
        for message in messages:
            turn, lies = await self._take(message, said_before)
            said_before += f"\n{message}\n{turn.reply}"
            turns.append((turn, lies))
        return turns

    async def _take(self, message: str, said_before: str) -> tuple[Turn, list[Lie]]:
        house, provider = self.house, self.provider
        provider.requests.clear()
        told_before = len(self.liar.told)
        before: dict[str, Row] = house.ledger.bookings()
        answered = await house.say(
            message,
            venue=self.venue,
            guest=self.guest,
            channel="whatsapp",
            message_id=house.next_id("m"),
        )
        assert answered.status_code == 200, answered.text
        answer: dict[str, Any] = answered.json()
        after = house.ledger.bookings()
        asked = tuple(provider.requests)
        phone = PHONES[self.venue]
        turn = Turn(self.guest, message, answer, before, after, asked, said_before, phone)
        return turn, self.liar.told[told_before:]


async def test_no_lie_of_a_model_reaches_a_guest(
    tmp_path: Path, empty_ledger: Path, provider: FakeProvider
) -> None:
    heard = await lied_to(tmp_path, empty_ledger, provider, turns=150, seed=7)
    heard.complaints().must_be_none()
    assert sum(len(lies) for _, lies in heard.turns) >= 150


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
async def test_no_lie_of_a_thousand_reaches_a_guest(
    seed: int, tmp_path: Path, empty_ledger: Path, provider: FakeProvider
) -> None:
    heard = await lied_to(tmp_path, empty_ledger, provider, turns=1000, seed=seed)
    heard.complaints().must_be_none()
    kinds = Counter(lie.kind for _, lies in heard.turns for lie in lies)
    assert min(kinds.values()) >= 8, kinds


async def test_the_oracles_would_see_the_lies(
    tmp_path: Path, empty_ledger: Path, provider: FakeProvider
) -> None:
    """Without a claim check nearly every lie is complained of: the judges are not asleep."""
    heard = await lied_to(tmp_path, empty_ledger, provider, turns=150, seed=5)
    unchecked = Heard(secrets=heard.secrets)
    lied: list[tuple[Turn, Lie]] = []
    for turn, lies in heard.turns:
        for lie in lies:
            if lie.false and not _is_so(turn, lie.unless):
                answer = {**turn.answer, "response": lie.text}
                swapped = Turn(
                    turn.guest, turn.message, answer, turn.before, turn.after, turn.asked
                )
                lied.append((swapped, lie))
    unchecked.turns = [(turn, [lie]) for turn, lie in lied]
    seen = {line.partition(" (")[0] for line in unchecked.complaints().found}
    assert len(seen) == len(lied)
    alone = [turn for turn, lie in lied if lie.kind not in {"booked", "cancelled", "moved"}]
    by_reading = [
        turn
        for turn in alone
        if [
            *oracles.false_claims(turn),
            *oracles.foreign_data(turn.reply, heard.secrets),
            *oracles.links(turn.reply, _own_links(turn)),
        ]
    ]
    assert len(by_reading) >= 0.8 * len(alone)
