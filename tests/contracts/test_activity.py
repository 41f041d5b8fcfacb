"""What every `Activity` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from application.ports.activity import TurnFact
from application.ports.conflicts import Conflict, ConflictKind, conflict_id
from application.ports.conversations import TurnBegun, TurnRecord
from domain.booking import BookingCode
from domain.venue import VenueId
from infrastructure.database.engine import Ledger, open_ledger
from tests.support.ledgers import NOW, VENUE

HOUR_AGO = NOW - timedelta(hours=1)


def answer(status: str) -> dict[str, Any]:
    agent = {"agent": "router", "source": "model", "tokens_in": 200, "tokens_out": 30}
    return {
        "response": "¿Laura Gil?",
        "status": status,
        "receipt": {"cost_usd": 0.0021, "agents": [agent, agent | {"tokens_in": 5}]},
    }


async def turn(
    ledger: Ledger, guest: str, status: str | None, at: datetime, *, message: str = ""
) -> str:
    """A turn that was answered with this status, or not yet; its conversation."""
    begun = await ledger.conversations.begin_turn(
        venue=VenueId(VENUE),
        user_id=guest,
        channel="chat",
        conversation_id=None,
        message_id=message or f"{guest}:{at}",
        token="t",
        new_id=f"of-{guest}",
        now=at,
        lease_s=35,
        idle_s=86_400,
        history=5,
    )
    assert isinstance(begun, TurnBegun)
    if status is not None:
        record = TurnRecord(
            conversation_id=begun.conversation_id,
            number=begun.number,
            message_id="",
            at=at,
            message="hola",
            reply="¿Laura Gil?",
            response=answer(status),
        )
        await ledger.conversations.end_turn(begun=begun, record=record, state={}, now=at)
    return begun.conversation_id


async def test_the_turns_since_then_come_by_conversation_and_number(store_url: str) -> None:
    ledger = await open_ledger(store_url)
    minute = timedelta(minutes=1)
    await turn(ledger, "bruno", "offering", NOW - 5 * minute)
    await turn(ledger, "ana", "collecting", NOW - 90 * minute)
    await turn(ledger, "ana", "offering", NOW - 4 * minute)
    await turn(ledger, "ana", "confirmed", NOW - 3 * minute)
    await turn(ledger, "carla", "confirmed", NOW - 90 * minute)
    await turn(ledger, "diego", None, NOW - minute)
    found = await ledger.activity.turns_since(HOUR_AGO, limit=100)
    of_ana = TurnFact("of-ana", NOW - 4 * minute, "offering", 265, 0.0021)
    assert found == [
        of_ana,
        replace(of_ana, at=NOW - 3 * minute, status="confirmed"),
        replace(of_ana, conversation_id="of-bruno", at=NOW - 5 * minute),
    ]
    assert await ledger.activity.turns_since(HOUR_AGO, limit=1) == [of_ana]
    await ledger.close()


async def test_open_conflicts_are_counted_by_kind(store_url: str) -> None:
    ledger = await open_ledger(store_url)
    assert await ledger.activity.open_conflicts() == {}
    kinds = [ConflictKind.MOVED, ConflictKind.MOVED, ConflictKind.CLOSED, ConflictKind.REFUSED]
    for number, kind in enumerate(kinds):
        conflict = Conflict(
            id=conflict_id(kind, str(number)),
            venue=VENUE,
            kind=kind,
            code=BookingCode("AAA"),
            record=None,
            detail="",
            draft="",
            other=None,
            detected_at=NOW,
        )
        await ledger.conflicts.report(conflict=conflict)
    await ledger.conflicts.resolve(id=conflict_id(ConflictKind.REFUSED, "3"), now=NOW)
    assert await ledger.activity.open_conflicts() == {"moved": 2, "closed": 1}
    await ledger.close()
