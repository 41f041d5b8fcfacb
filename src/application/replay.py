"""Replaying a conversation from its log: same understanding, same outcomes, same clock.

What the world answered (the models, the floor, the store) is taken from the record; what is ours,
the dialogue and its words, is worked out again. So a replay shows whether this version of the
program would have asked for the same writes and said the same things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from application.codec import decode, encode
from application.ports.agents import Exchange, HumanAgent, ReplyDone, ReplyPlan
from application.ports.conversations import TurnRecord
from domain.acts import Act
from domain.dialogue import DialogueState, Here, conclude, finished, next_step, silenced
from domain.venue import Venue, VenueId


@dataclass(frozen=True, slots=True)
class TurnReplay:
    """One turn, replayed."""

    number: int
    differences: tuple[str, ...]
    """In words; empty where actions and reply came out the same."""
    reply: str


@dataclass(frozen=True, slots=True)
class ReplayReport:
    conversation_id: str
    turns: tuple[TurnReplay, ...]

    @property
    def is_same(self) -> bool:
        return not any(turn.differences for turn in self.turns)


class ReplayImpossible(Exception):
    """There is no such conversation, or its record was made by a version that kept less."""


async def replay_conversation(
    conversation_id: str,
    *,
    turns: Sequence[TurnRecord],
    venue_of: Callable[[VenueId], Venue],
    human: HumanAgent,
) -> ReplayReport:
    """Replay `turns`, oldest first. Nothing is written anywhere.

    `human` words the replies that were worded locally; a model's are taken from the record.

    Raises: ReplayImpossible.
    """
    if not turns:
        raise ReplayImpossible(f"there is no conversation {conversation_id}")
    state, history = DialogueState(), list[Exchange]()
    replayed = []
    for turn in turns:
        state, result = await _replay(turn, state, history, venue_of, human)
        replayed.append(result)
        history.append(Exchange(turn.message, turn.reply))
    return ReplayReport(conversation_id, tuple(replayed))


async def _replay(
    turn: TurnRecord,
    state: DialogueState,
    history: Sequence[Exchange],
    venue_of: Callable[[VenueId], Venue],
    human: HumanAgent,
) -> tuple[DialogueState, TurnReplay]:
    noted: dict[str, Any] = {}
    for recording in turn.recordings:
        noted |= recording if "action" not in recording else {}
    if "venue" not in noted:
        raise ReplayImpossible(f"turn {turn.number} was not recorded for replay")
    here = Here(
        venue=venue_of(noted["venue"]),
        now=turn.at,
        said=decode(turn.understanding),
        phone=noted["phone"],
        last_reply=history[-1].reply if history else "",
        prompt=decode(noted.get("prompt")),
    )
    if not state.language:
        state = DialogueState(language=here.venue.language)
    if noted.get("taken") and "told" not in noted:
        return silenced(state, now=here.now), TurnReplay(turn.number, (), "")
    news: tuple[Act, ...] = decode(noted.get("news", []))
    told: tuple[Act, ...] = decode(noted.get("told", []))
    if told:
        state = finished(state)
    acts: tuple[Act, ...] = ()
    differences: list[str] = []
    if not noted.get("settled") and not noted.get("taken"):
        recorded = iter([r for r in turn.recordings if "action" in r])
        state, acts, differences = _decide(state, here, recorded)
    reply = await _reply(turn, here, state, (*news, *told, *acts), history, human, noted)
    if reply != turn.reply:
        differences.append("the reply is worded differently")
    return state, TurnReplay(turn.number, tuple(differences), reply)


def _decide(
    state: DialogueState, here: Here, recorded: Iterator[Mapping[str, Any]]
) -> tuple[DialogueState, tuple[Act, ...], list[str]]:
    """The dialogue of one turn against the outcomes on record."""
    acts: list[Act] = []
    differences: list[str] = []
    step = next_step(state, here)
    while True:
        acts.extend(step.acts)
        record = next(recorded, None)
        if step.action is None:
            if record is not None:
                differences.append(f"{record['action']['$']} was asked for, and is not any more")
            break
        asked = encode(step.action)
        if record is None or record["action"] != asked:
            before = "nothing" if record is None else record["action"]["$"]
            differences.append(f"{asked['$']} is asked for where it was {before}")
        if record is None or record["action"]["$"] != asked["$"]:
            break
        step = conclude(step.state, step.action, decode(record["outcome"]), here)
    return step.state, tuple(acts), differences


async def _reply(
    turn: TurnRecord,
    here: Here,
    state: DialogueState,
    acts: tuple[Act, ...],
    history: Sequence[Exchange],
    human: HumanAgent,
    noted: Mapping[str, Any],
) -> str:
    if noted.get("worded_by") != "local":
        return turn.reply
    plan = ReplyPlan(
        venue=here.venue,
        language=state.language,
        acts=acts,
        now=here.now,
        message=turn.message,
        guest_name=state.details.name,
        last_reply=here.last_reply,
        turn=turn.number,
        history=history,
    )
    async for piece in human.run(plan):
        if isinstance(piece, ReplyDone):
            return piece.text
    return ""
