"""The claim check: it reads every sentence of a reply before the guest does.

A sentence passes if every day, time, party, table, price, phone and code in it, and every
statement that something has come about ("booked", "see you on Saturday"), agrees with the facts
of the turn. Offers, questions, conditions and negations state nothing and pass. The check is
wary: what it cannot read it stops, because the house's own templates stand ready to say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from application.claim_argument import Argument
from application.claim_facts import Entry, Facts, Standing, facts_of
from application.claim_figures import counts, figures
from application.claim_house import places, policies
from application.claim_moments import days, times
from application.claim_outcomes import deeds, hearsay, outcomes
from application.claim_reading import read
from application.claim_wording import MARKUP, another_language, markup, people, zones
from application.claim_words import Claim
from application.ports.agents import ReplyPlan
from application.wording import fold, sentences, split_sentences
from domain.acts import Act, HouseFacts, HouseSays, NoAnswer, Noted

__all__ = [
    "Claim",
    "ClaimCheck",
    "Entry",
    "Facts",
    "Standing",
    "Verdict",
    "facts_of",
    "sayable",
    "sentences",
    "stated",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be said; if not, what speaks against it, as words for the log."""

    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons


class ClaimCheck:
    """Holds sentences against facts. Keeps no state: one instance serves every conversation."""

    def check(self, sentence: str, facts: Facts) -> Verdict:
        """Whether one sentence, without its neighbours, says nothing but what is so."""
        if not sentence.strip() or _is_quoted(sentence, facts):
            return Verdict()
        reading = read(sentence, facts.language)
        argument = Argument(reading, facts)
        found: dict[str, None] = {}
        for test in _TESTS:
            found.update(dict.fromkeys(test(argument)))
        return Verdict(tuple(found))


def stated(text: str, language: str) -> frozenset[Claim]:
    """What a text states as done or as being so, whether it is or not."""
    argument = Argument(read(text, language), Facts(language))
    return frozenset(s.claim for s in argument.statements if not s.negated)


_OUTCOMES = frozenset(
    {
        Claim.BOOKED,
        Claim.MOVED,
        Claim.CANCELLED,
        Claim.WAITLISTED,
        Claim.UNLISTED,
        Claim.STANDS,
        Claim.AWAITED,
    }
)


_NEVER_SAID_BACK = frozenset({"link", "markup", "outcome", "promise", "code", "price", "phone"})
"""What a guest's own words would be taken for if the house said them: a link, a confirmation."""


LONGEST_ECHO = 160
"""Characters of a request that is said back to whoever made it."""


def sayable(plan: ReplyPlan) -> ReplyPlan:
    """The plan without those texts of others that would be taken for the house's word on a booking.

    The house's own answers lose sentences about what became of a booking: whoever may edit an answer
    or a cell could otherwise have every guest told that their table is confirmed. Guests' requests
    are noted all the same, but said back only where they read like requests.
    """
    return replace(plan, acts=tuple(_sayable(act, plan.language, plan) for act in plan.acts))


def _sayable(act: Act, language: str, plan: ReplyPlan) -> Act:
    match act:
        case HouseSays(topic=topic, text=text):
            text = _without_outcomes(text, language)
            return replace(act, text=text) if text else NoAnswer(topic, plan.venue.contact.phone)
        case HouseFacts(lines=lines):
            told = (_without_outcomes(line, language) for line in lines)
            return replace(act, lines=tuple(filter(None, told)))
        case Noted(requests=requests):
            fit = tuple(each for each in requests if _may_be_said_back(each, language))
            return replace(act, requests=fit)
        case _:
            return act


def _without_outcomes(text: str, language: str) -> str:
    fit = [
        sentence
        for sentence in split_sentences(text)
        if _OUTCOMES.isdisjoint(stated(sentence, language)) and not MARKUP.search(sentence)
    ]
    return "".join(fit).strip()


def _may_be_said_back(request: str, language: str) -> bool:
    facts = Facts(language)
    found = (ClaimCheck().check(each, facts).reasons for each in split_sentences(request))
    return len(request) <= LONGEST_ECHO and all(_NEVER_SAID_BACK.isdisjoint(r) for r in found)


def _is_quoted(sentence: str, facts: Facts) -> bool:
    folded = fold(sentence)
    return len(folded) > 2 and any(folded in quote for quote in facts.quotes)


_TESTS: tuple[Callable[[Argument], Iterator[str]], ...] = (
    outcomes,
    deeds,
    hearsay,
    days,
    times,
    counts,
    figures,
    places,
    policies,
    people,
    zones,
    markup,
    another_language,
)
