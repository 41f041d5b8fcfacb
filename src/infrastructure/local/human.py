"""The human agent's twin: the house's own words for every act, in Spanish and English."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from time import perf_counter

from application.claims import ClaimCheck, facts_of, sayable
from application.ports.agents import AgentReceipt, ReplyDone, ReplyPlan, ReplyText
from application.wording import split_sentences
from domain.acts import Act, News, Offered
from domain.venue import Venue
from infrastructure.local.words import LANGUAGES
from infrastructure.local.words.voice import joined

_LAST_RESORT = "en"


class LocalHuman:
    """Words a plan without a model. Where neither the guest's nor the venue's language is one of
    its two, it speaks English."""

    def __init__(self) -> None:
        self._check = ClaimCheck()

    async def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        """Sentence by sentence; never raises."""
        began = perf_counter()
        text = self.word(plan)
        for sentence in split_sentences(text):
            yield ReplyText(sentence)
        latency_ms = (perf_counter() - began) * 1000
        yield ReplyDone(text, AgentReceipt("human", "local", "local", latency_ms))

    def word(self, plan: ReplyPlan) -> str:
        """The whole reply at once."""
        plan = sayable(replace(plan, language=spoken(plan)))
        plan = replace(plan, acts=tuple(self._true(plan)))
        voice, words = LANGUAGES[plan.language]
        speaker = voice(plan)
        return joined(words[type(act)](speaker, act) for act in plan.acts)

    def _true(self, plan: ReplyPlan) -> list[Act]:
        """The acts, without a logic agent's sentence that the facts do not bear out."""
        facts = None
        acts: list[Act] = []
        for act in plan.acts:
            if isinstance(act, Offered) and act.reason:
                facts = facts or facts_of(plan)
                sentences = split_sentences(act.reason)
                if not all(self._check.check(each, facts).allowed for each in sentences):
                    act = replace(act, reason="")
            acts.append(act)
        return acts


def word_news(venue: Venue, language: str, news: News, now: datetime) -> str:
    """A message to a guest who did not ask: a draft that staff can send or edit."""
    plan = ReplyPlan(venue=venue, language=language, acts=(news,), now=now)
    return LocalHuman().word(plan)


def spoken(plan: ReplyPlan) -> str:
    """The language a plan is worded in here."""
    wanted = (plan.language, plan.venue.language, _LAST_RESORT)
    return next(language for language in wanted if language in LANGUAGES)
