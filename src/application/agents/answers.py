"""Answers about the house, kept: the same question need not be worded by a model again.

Only a reply that is nothing but the house's own facts is kept, never one about a booking or an offer,
and never one that holds anything personal. The facts are part of its key, so that a house that changes
its answer is heard at once.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from hashlib import blake2b
from time import perf_counter

from application.cache_keys import ANSWERS, answer_key
from application.codec import encode
from application.ports.agents import AgentReceipt, HumanAgent, ReplyDone, ReplyPlan, ReplyText
from application.ports.cache import Cache
from application.redaction import Redactor
from application.wording import split_sentences
from domain.acts import HouseFacts, HouseSays, NoAnswer, OpeningHours

_ABOUT_THE_HOUSE = (HouseSays, HouseFacts, OpeningHours, NoAnswer)


class KeptAnswers:
    """A human agent that remembers what another one has said about the house."""

    def __init__(self, human: HumanAgent, cache: Cache, *, wording: str) -> None:
        """`wording` names who words replies; another model's answers are others."""
        self._human = human
        self._cache = cache
        self._wording = wording

    async def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        began = perf_counter()
        key = self._key(plan)
        kept: str | None = None
        if key is not None:
            kept = await self._cache.get(ANSWERS, key)
        if kept is not None:
            for sentence in split_sentences(kept):
                yield ReplyText(sentence)
            latency_ms = (perf_counter() - began) * 1000
            yield ReplyDone(kept, AgentReceipt("human", "cache", self._wording, latency_ms))
            return
        async for piece in self._human.run(plan):
            if key is not None and isinstance(piece, ReplyDone) and _may_be_kept(piece, plan):
                await self._cache.set(ANSWERS, key, piece.text)
            yield piece

    def _key(self, plan: ReplyPlan) -> str | None:
        """None where the answer is not, or may not be, about the house alone."""
        if not plan.acts or not all(isinstance(act, _ABOUT_THE_HOUSE) for act in plan.acts):
            return None
        return answer_key(
            plan.venue.id,
            language=plan.language,
            question=_redactor(plan).hide(plan.message),
            version=self._version(plan),
            guest_class="guest",
        )

    def _version(self, plan: ReplyPlan) -> str:
        """Changes with the facts, with the day ("today until 16:00"), and with who words them. The
        first answer of a conversation greets, the others do not."""
        today = plan.now.astimezone(plan.venue.zone).date().isoformat()
        parts = [encode(plan.acts), today, self._wording, plan.venue.name, not plan.history]
        return blake2b(json.dumps(parts).encode(), digest_size=12).hexdigest()


def _may_be_kept(done: ReplyDone, plan: ReplyPlan) -> bool:
    """Whether a model said all of it, and the guest is not named in it. (The house's own phone and
    address may be; anything else of anybody's does not pass the claim check.)"""
    is_whole = done.receipt.source == "model" and not done.stopped
    name = plan.guest_name.casefold()
    return is_whole and not (name and any(word in done.text.casefold() for word in name.split()))


def _redactor(plan: ReplyPlan) -> Redactor:
    return Redactor(names=[plan.guest_name] if plan.guest_name else [])
