"""The router's twin: what a guest wants and which details they gave, by rules, in Spanish and English.

`certain` is set for messages that need no model: those that say one plain thing, all of which was
read. That is a yes or no to something we had put to the guest; an offer picked by number, order or
comparison; a booking code or four digits; and a bare party, day, time, name or phone where just that
was asked for. Everything else is left uncertain, so that a model, where there is one, may look at it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from application.ports.agents import AgentReceipt, Exchange, GuestMessage, Routed
from domain.dialogue import DialogueState, Expecting
from domain.understanding import ByComparison, Intent, OfferChoice, Party, Relative, Understanding
from domain.venue import Venue, VenueKind
from domain.when import ClockTime, DaysAhead, DaySpan, FromNow, Mention, TimeSpan, When
from infrastructure.local.dates import DateReader
from infrastructure.local.understanding import contact, intents
from infrastructure.local.understanding.choices import (
    find_choice,
    find_following,
    refuses_all,
    wants_shift,
)
from infrastructure.local.understanding.classifier import default_classifier
from infrastructure.local.understanding.contact import Found, Span
from infrastructure.local.understanding.cues import cue, filler
from infrastructure.local.understanding.deciding import Answer, Signs, decide, read_answer
from infrastructure.local.understanding.house import House
from infrastructure.local.understanding.intents import (
    CORRECTION,
    CUES,
    Asked,
    asks_for_a_name,
    what_was_asked,
)
from infrastructure.local.understanding.language import language_of
from infrastructure.local.understanding.moments import Moments, is_negated, sort_moments
from infrastructure.local.understanding.names import (
    find_beneficiary,
    find_name,
    find_signature,
    split_name,
    whole_name,
)
from infrastructure.local.understanding.party import PartyMention, find_parties
from infrastructure.local.understanding.prompts import is_plain_answer, read_prompted
from infrastructure.local.understanding.requests import Asked as Wishes
from infrastructure.local.understanding.requests import chairs_counted, find_requests
from infrastructure.local.understanding.spotted import (
    read_moments,
    requested,
    with_moments,
    with_name,
    with_party,
    words_of,
)
from infrastructure.local.understanding.tagger import Tagged, default_tagger
from infrastructure.local.understanding.text import Said

_TIME_EXPECTED = frozenset({Expecting.TIME, Expecting.NEW_TIME})
MENU_CHOICES = 4
"""How many things `acts.Menu` puts up for choice."""
_SHIFT = timedelta(minutes=15)
"""How far beyond what was offered "something later" begins: the usual step between starts."""


_THAT_ONE = re.compile(
    r"(?<!\w)(?:that|this|the|which|any|first|second|third|last|other|later|earlier|another|each)\s+ones?(?!\w|\s+(?:pm|am|o'?clock))"
)
""" "yes, that one": no hour."""


class LocalRouter:
    """Understands a message without a model. Keeps the venues' vocabularies, no conversation."""

    def __init__(self, *, second_opinion: bool = True) -> None:
        """`second_opinion`: whether the small models look at English messages as well."""
        self._second_opinion = second_opinion
        # 3/4 is April in most houses and March to many of their guests: it is asked.
        self._dates = DateReader(english_month_first=None)
        self._houses: dict[str, tuple[Venue, House]] = {}

    async def run(
        self,
        *,
        message: GuestMessage,
        state: DialogueState,
        venue: Venue,
        history: Sequence[Exchange],
    ) -> Routed:
        """Never raises, whatever a guest may write."""
        started = time.perf_counter()
        last_reply = history[-1].reply if history else ""
        understood = self.understand(message.text, state=state, venue=venue, last_reply=last_reply)
        latency_ms = (time.perf_counter() - started) * 1000
        return Routed(understood, AgentReceipt("router", "local", "local", latency_ms))

    def understand(
        self, text: str, *, state: DialogueState, venue: Venue, last_reply: str = ""
    ) -> Understanding:
        """The same without the envelope."""
        said = Said.of(text)
        language = language_of(said, otherwise=state.language or venue.language)
        found = self._find(said, language, state, venue)
        signs = _signs(found, state, venue, last_reply)
        wanted, sure = decide(signs)
        if self._second_opinion and language == "en":
            wanted, sure = _reconsidered(wanted, signs, sure=sure, first=not last_reply)
        wanted, sure = read_prompted(signs, wanted, sure=sure)
        if signs.until_then and wanted[0] is Intent.GOODBYE and state.offers:
            found = replace(found, mentions=tuple(map(_until_day, found.mentions)))
        elif (signs.idle or signs.until_then) and wanted[0] in _TAKING_LEAVE:
            found = replace(found, mentions=())
        moments = sort_moments(found.rest, found.mentions, intents=wanted, state=state)
        certain = sure and _is_plain(found, wanted, state)
        return _understanding(found, wanted, moments, language=language, certain=certain)

    def _find(self, said: Said, language: str, state: DialogueState, venue: Venue) -> _Found:
        """Every detail, each step reading what the ones before it have left."""
        contacts = _contacts(said, state, venue)
        rest = said.without(contacts.spans)
        house = self._house(venue)
        choice = find_choice(rest, offered=_offered(state))
        if choice is None and state.expecting is Expecting.DATE and len(state.day_options) > 1:
            choice = find_following(rest)
        spotted = self._spotted(rest, language, state)
        parties, mentions = self._people_and_moments(rest, language, state, choice)
        parties = [p for p in parties if choice is None or not _within(p, choice[1])]
        choice = _unless_a_moment(choice, mentions)
        if choice is None:
            taken = [(m.start, m.end) for m in mentions]
            parties = with_party(parties, spotted or (), rest, taken=taken)
            unread = rest.without([(p.start, p.end) for p in parties])
            mentions = with_moments(mentions, spotted or (), unread, dates=self._dates)
        provider = house.provider(rest)
        topic = house.topic(rest)
        known = [*((m.start, m.end) for m in mentions), *((p.start, p.end) for p in parties)]
        unnamed = rest.without([*known, *([provider[1]] if provider else [])])
        name = find_name(unnamed, expected=state.expecting is Expecting.NAME)
        wishes = find_requests(rest, features=house.features)
        if name is None and not (known or provider or topic or choice):
            name = _signature(rest.without(list(wishes.spans)), contacts, state)
        if name is not None:
            name = whole_name(name, rest)
            mentions = tuple(m for m in mentions if not _touches(m.start, m.end, name.span))
            provider = provider and (None if _touches(*provider[1], name.span) else provider)
        return _Found(
            said=said,
            rest=rest,
            contacts=contacts,
            choice=choice,
            parties=parties,
            mentions=mentions,
            service=house.service(rest),
            service_words=house.medical_words(rest) if venue.kind is VenueKind.CLINIC else None,
            provider=provider,
            name=with_name(name, spotted or (), unnamed),
            beneficiary=find_beneficiary(rest) if venue.kind is VenueKind.CLINIC else None,
            wishes=wishes,
            topic=topic,
            own_topic=topic is not None and topic[0] in house.own_topics,
            shift=_shift(rest, state, venue),
            spotted=spotted,
        )

    def _spotted(self, rest: Said, language: str, state: DialogueState) -> list[Tagged] | None:
        if not self._second_opinion or language != "en":
            return None
        return default_tagger().tag(rest.text, requested(state.expecting))

    def _people_and_moments(
        self,
        rest: Said,
        language: str,
        state: DialogueState,
        choice: tuple[OfferChoice, Span] | None,
    ) -> tuple[list[PartyMention], tuple[Mention, ...]]:
        """Both readings of the numbers in a message, each number read once.

        "para 4 mañana" is four people tomorrow, so people are blotted out before times are read; a
        bare number that is a time where people are known ("make it 8") goes the other way.
        """
        chairs = chairs_counted(rest)
        parties = [
            p
            for p in find_parties(rest, expected=state.expecting is Expecting.PARTY_SIZE)
            if p.strong or not any(_touches(p.start, p.end, chair) for chair in chairs)
        ]
        corrects = CORRECTION.search(rest.plain) is not None
        sure = [
            p
            for p in parties
            if p.strong or p.negated or not _may_be_an_hour(p, state, corrects=corrects)
        ]
        hour_expected = state.expecting in _TIME_EXPECTED or (
            state.expecting in {Expecting.OFFER, Expecting.COMING} and choice is None
        )
        compared = [choice[1]] if choice and isinstance(choice[0], ByComparison) else []
        pronouns = [match.span() for match in _THAT_ONE.finditer(rest.plain)]
        visible = rest.without([*((p.start, p.end) for p in sure), *compared, *pronouns])
        mentions = read_moments(
            self._dates,
            visible.text,
            language,
            expecting_time=hour_expected or len(sure) < len(parties),
        )
        return [p for p in parties if not any(_overlaps(p, m) for m in mentions)], mentions

    def _house(self, venue: Venue) -> House:
        known = self._houses.get(venue.id)
        if known is None or known[0] is not venue:
            known = self._houses[venue.id] = (venue, House(venue))
        return known[1]


# --- what was found ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Contacts:
    email: Found | None
    last4: Found | None
    code: Found | None
    phone: Found | None

    @property
    def spans(self) -> list[Span]:
        return [f.span for f in (self.email, self.last4, self.code, self.phone) if f is not None]


@dataclass(frozen=True, slots=True)
class _Found:
    """The details of one message."""

    said: Said
    rest: Said
    """The message with contacts blotted out."""
    contacts: _Contacts
    choice: tuple[OfferChoice, Span] | None
    parties: list[PartyMention]
    mentions: tuple[Mention, ...]
    service: tuple[str, Span] | None
    service_words: Span | None
    """A treatment or kind of doctor, whether the venue has it or not."""
    provider: tuple[str, Span] | None
    name: Found | None
    beneficiary: Found | None
    """For whom a patient's appointment is."""
    wishes: Wishes
    topic: tuple[str, Span] | None
    own_topic: bool
    """The venue itself has an answer to it."""
    shift: When | None
    """ "algo más tarde": beyond what was offered."""
    spotted: list[Tagged] | None
    """What the span model makes of an English message; None for any other."""

    @property
    def party(self) -> Party | None:
        """The party said, the last one where several were; what it is not does not count."""
        said = [mention.party for mention in self.parties if not mention.negated]
        return said[-1] if said else None

    @property
    def takes_back(self) -> bool:
        """ "somos 5, no 4" """
        parties = any(m.negated for m in self.parties) and self.party is not None
        return parties or any(is_negated(self.rest, m.start) for m in self.mentions[1:])

    @property
    def spans(self) -> list[Span]:
        pieces = (self.choice, self.service, self.provider)
        return [
            *self.contacts.spans,
            *((p.start, p.end) for p in self.parties),
            *((m.start, m.end) for m in self.mentions),
            *(piece[1] for piece in pieces if piece),
            *(piece.span for piece in (self.name, self.beneficiary) if piece),
        ]

    @property
    def gives_details(self) -> bool:
        wishes = self.wishes.requests or self.wishes.preferences
        return bool(self.spans or wishes or self.shift)


def _contacts(said: Said, state: DialogueState, venue: Venue) -> _Contacts:
    """Looked for in this order, because four digits may stand in a code and a code in a number."""
    email = contact.find_email(said)
    rest = said.without([email.span]) if email else said
    last4 = contact.find_last4(rest, expected=state.expecting is Expecting.LAST4)
    rest = rest.without([last4.span]) if last4 else rest
    expects_phone = state.expecting is Expecting.PHONE
    code = (
        None
        if expects_phone
        else contact.find_code(rest, expected=state.expecting is Expecting.CODE)
    )
    rest = rest.without([code.span]) if code else rest
    phone = contact.find_phone(rest, country=venue.country, expected=expects_phone)
    return _Contacts(email, last4, code, phone)


def _signature(rest: Said, contacts: _Contacts, state: DialogueState) -> Found | None:
    """Who signs an offer, with a yes or without one: "Laura Gil, 600111222"."""
    if state.expecting is not Expecting.OFFER or read_answer(rest.plain)[0] is Answer.NO:
        return None
    name = find_signature(rest, signed=bool(contacts.phone or contacts.email))
    if name is None:
        return None
    plain = rest.plain[slice(*name.span)]
    says_more = read_answer(plain)[0] or any(phrases.search(plain) for phrases in CUES.values())
    return None if says_more else name


def _offered(state: DialogueState) -> int:
    """How many things the last reply put up for choice."""
    match state.expecting:
        case Expecting.OFFER:
            return len(state.offers)
        case Expecting.WHICH_BOOKING:
            return len(state.candidates)
        case Expecting.DATE:
            return len(state.day_options)
        case Expecting.TIME:
            return len(state.time_options)
        case Expecting.MENU:
            return MENU_CHOICES
        case _:
            return 0


def _may_be_an_hour(party: PartyMention, state: DialogueState, *, corrects: bool) -> bool:
    """Whether a number with no noun may be a time here: what is being asked for, else what is open.

    Only what has been said can be corrected: "no, perdona, para 5" before any time is people.
    """
    if state.expecting is Expecting.PARTY_SIZE or party.party.high > 12:
        return False
    if corrects and state.details.covers is not None and state.details.time is None:
        return False
    if state.expecting in _TIME_EXPECTED | {Expecting.OFFER, Expecting.COMING}:
        return True
    return state.details.time is None and state.details.covers is not None


def _touches(start: int, end: int, span: Span) -> bool:
    return start < span[1] and span[0] < end


def _overlaps(party: PartyMention, mention: Mention) -> bool:
    return party.start < mention.end and mention.start < party.end


def _within(party: PartyMention, span: Span) -> bool:
    """ "cualquiera de las dos" counts offers."""
    return span[0] <= party.start and party.end <= span[1]


def _unless_a_moment(
    choice: tuple[OfferChoice, Span] | None, mentions: Sequence[Mention]
) -> tuple[OfferChoice, Span] | None:
    """ "la de las nueve" and "el 2 de mayo" pick by time: the mention says it, not the choice."""
    if choice is None:
        return None
    start, end = choice[1]
    return None if any(m.start < end and start < m.end for m in mentions) else choice


def _shift(said: Said, state: DialogueState, venue: Venue) -> When | None:
    """Later or earlier than all that was offered, as a time with one open end."""
    if state.expecting is not Expecting.OFFER or not state.offers:
        return None
    starts = [offer.slot.start.astimezone(venue.zone) for offer in state.offers]
    match wants_shift(said):
        case Relative.LATER:
            first = max(starts) + _SHIFT
            return When(time=TimeSpan(_clock(first.hour, first.minute), None))
        case Relative.EARLIER:
            last = min(starts) - _SHIFT
            return When(time=TimeSpan(None, _clock(last.hour, last.minute)))
        case _:
            return None


def _clock(hour: int, minute: int) -> ClockTime:
    return ClockTime(hour, minute, twenty_four=True)


# --- what it means -------------------------------------------------------------------------------


def _signs(found: _Found, state: DialogueState, venue: Venue, last_reply: str) -> Signs:
    return Signs(
        said=found.said,
        state=state,
        asked=what_was_asked(state, last_reply),
        details=found.gives_details,
        negated=found.takes_back,
        chooses=found.choice is not None,
        refuses=refuses_all(found.rest) and found.choice is None,
        names_service=found.service is not None,
        topic=found.topic,
        own_topic=found.own_topic,
        answers_question=_answers(found, state),
        matches_offer=_matches_offer(found.mentions, state, venue),
        only_moments=len(found.spans) == len(found.mentions) and not found.wishes.spans,
        idle=_is_idle(found) and not _answers(found, state),
        only_asks=_only_asks(found),
        until_then=_says_until_then(found, state),
        left_over=_left_over(found),
        asked_for_a_name=found.name is None and asks_for_a_name(last_reply),
        only_signs=_only_signs(found),
    )


def _only_asks(found: _Found) -> bool:
    """ "¿puedo llevar a mi perro?": a question whose only details are what it asks about."""
    if "?" not in found.said.plain or found.topic is None or found.shift or found.wishes.requests:
        return False
    topic, words = found.topic
    details = [span for span in found.spans if not _touches(*span, words)]
    # "Do you open on Saturdays?": the day belongs to the question.
    return not details or (topic == "hours" and len(details) == len(found.mentions))


def _only_signs(found: _Found) -> bool:
    """A name, a phone, an address, and nothing else."""
    contacts = found.contacts
    signed = [f for f in (found.name, contacts.phone, contacts.email) if f is not None]
    return bool(signed) and len(found.spans) == len(signed) and not found.wishes.spans


def _is_idle(found: _Found) -> bool:
    """ "that's all for today": a day that arranges nothing."""
    return len(found.spans) == len(found.mentions) == 1 and found.mentions[0].when in _IDLE


_UNTIL_THEN = re.compile(
    r"(?:hasta|nos\s+vemos|(?:te|le|os|los|les)\s+(?:veo|vemos)|aqui\s+estaremos|alli\s+estaremos|see\s+(?:you|ya|u)|until|till?|catch\s+you|speak|talk\s+to\s+you)"
    r"(?:\s+(?:all|again|then|entonces|pues|el|la|los|las|on|this|next|este|esta|proximo|the|ya))*\s*$"
)


def _says_until_then(found: _Found, state: DialogueState) -> bool:
    """ "gracias, hasta el jueves", "see you on Friday at nine": a goodbye.

    Where a day is asked for, "hasta el jueves" is one, unless thanks or a goodbye stand with it.
    """
    if not len(found.spans) == len(found.mentions) == 1:
        return False
    mention, plain = found.mentions[0], found.rest.plain
    lead = _UNTIL_WORDS.match(plain, mention.start, mention.end)
    before = plain[: lead.end() if lead else mention.start]
    until = _UNTIL_THEN.search(before)
    if until is None or _WORDS.search(_SO_THEN.sub(" ", _uncourteous(plain[mention.end :]))):
        return False
    if state.task is None:
        return True
    verdict, is_all = read_answer(_uncourteous(before[: until.start()]))
    polite = any(CUES[intent].search(plain) for intent in (Intent.THANKS, Intent.GOODBYE))
    return is_all and verdict is not Answer.YES and (polite or not _answers(found, state))


def _uncourteous(plain: str) -> str:
    """A text without thanks and goodbyes."""
    for intent in (Intent.THANKS, Intent.GOODBYE):
        plain = CUES[intent].sub(" ", plain)
    return filler().sub(" ", plain)


def _until_day(mention: Mention) -> Mention:
    """The day itself, which a goodbye names, not the days until then."""
    day = mention.when.day
    last = day.last if isinstance(day, DaySpan) and day.first is None else day
    return replace(mention, when=replace(mention.when, day=last))


_SO_THEN = cue("then", "all", "everyone", "entonces", "a tod[oa]s", "si dios quiere")
_UNTIL_WORDS = re.compile(r"(?:(?:hasta|until|till?|el|la|on|the)\s+)+")
_TAKING_LEAVE = frozenset({Intent.THANKS, Intent.GOODBYE, Intent.DENY, Intent.AFFIRM, Intent.GREET})
_IDLE = (When(day=DaysAhead(0)), When(time=FromNow(0)))


def _answers(found: _Found, state: DialogueState) -> bool:
    """Whether the message gives just what the last reply asked for."""
    days = any(m.when.day is not None for m in found.mentions)
    times = any(m.when.time is not None for m in found.mentions)
    contacts = found.contacts
    given = {
        Expecting.SERVICE: bool(found.service or found.service_words),
        Expecting.PARTY_SIZE: found.party is not None,
        Expecting.DATE: days or found.choice is not None,
        Expecting.TIME: times or found.choice is not None,
        Expecting.NEW_TIME: days or times,
        Expecting.NAME: found.name is not None,
        Expecting.PHONE: contacts.phone is not None,
        Expecting.CODE: contacts.code is not None,
        Expecting.LAST4: contacts.last4 is not None,
        Expecting.OFFER: found.choice is not None,
        Expecting.WAITLIST: days or times,
        Expecting.MENU: found.choice is not None,
        Expecting.WHICH_BOOKING: found.choice is not None or contacts.code is not None or days,
    }
    return given.get(state.expecting, contacts.code is not None)


_OUT_OF_THE_BLUE = frozenset({Asked.NOTHING, Asked.ANYTHING_ELSE})
_DOUBTFUL = frozenset({Intent.OUT_OF_SCOPE, Intent.ENQUIRE, Intent.BOOK, Intent.INFORM})
_SETTLED = frozenset(
    {
        Intent.CANCEL,
        Intent.CORRECT,
        Intent.AFFIRM,
        Intent.DENY,
        Intent.HANDOFF,
        Intent.WAITLIST,
        Intent.SYMPTOM,
    }
)
"""What the rules say of these stands: too much would be done, or left undone, on a guess."""
CLEARLY, VERY_CLEARLY = 0.0, 1.0
"""How far the second opinion must lie above the rules' verdict to replace it: a doubtful one in a
first message, and any other. Chosen by cross-validation on the public sets."""


def _reconsidered(
    wanted: tuple[Intent, ...], signs: Signs, *, sure: bool, first: bool
) -> tuple[tuple[Intent, ...], bool]:
    """The rules' intents, or the second opinion's where nothing was asked and it is clearly better."""
    settled = wanted[0] in _SETTLED or len(wanted) > 1
    if settled or signs.asked not in _OUT_OF_THE_BLUE or signs.state.task is not None:
        return wanted, sure
    doubtful = first and wanted[0] in _DOUBTFUL and (signs.only_moments or not signs.details)
    intent, margin = default_classifier().decide(signs.said.plain, wanted[0])
    if intent is wanted[0] or margin < (CLEARLY if doubtful else VERY_CLEARLY):
        return wanted, sure
    return (intent,), False


def _matches_offer(mentions: Sequence[Mention], state: DialogueState, venue: Venue) -> bool:
    """Whether the time said is that of something offered: agreeing to it, not changing it."""
    times = [m.when.time for m in mentions if isinstance(m.when.time, ClockTime)]
    starts = [offer.slot.start.astimezone(venue.zone) for offer in state.offers]
    return any(
        time.minute == start.minute and (time.hour - start.hour) % 12 == 0
        for time in times
        for start in starts
    )


def _understanding(
    found: _Found,
    wanted: tuple[Intent, ...],
    moments: Moments,
    *,
    language: str,
    certain: bool,
) -> Understanding:
    contacts, wishes = found.contacts, found.wishes
    if wanted[0] is Intent.OUT_OF_SCOPE:
        # "pon una alarma a las 8": the hour is no wish of ours.
        return Understanding(
            intents=wanted,
            language=language,
            abusive=_is_abusive(found.said),
            certain=certain,
            words=_words(found, moments),
        )
    only_asks = wanted == (Intent.ENQUIRE,)
    return Understanding(
        intents=wanted,
        language=language,
        when=moments.when or found.shift or When(),
        previous=moments.previous,
        party=None if wanted[0] is Intent.HANDOFF else found.party,
        service=_service(found),
        provider=found.provider[0] if found.provider else "",
        name=_value(found.name),
        phone=_value(contacts.phone),
        email=_value(contacts.email),
        code=_value(contacts.code),
        last4=_value(contacts.last4),
        requests=_requests(found),
        allergies=wishes.allergies,
        preferences=frozenset() if only_asks else _preferences(found),
        choice=found.choice[0] if found.choice else None,
        topic=found.topic[0] if found.topic and Intent.ENQUIRE in wanted else "",
        abusive=_is_abusive(found.said),
        certain=certain,
        words=_words(found, moments),
    )


def _is_abusive(said: Said) -> bool:
    return intents.ABUSE.search(said.plain) is not None


def _value(found: Found | None) -> str:
    return found.value if found else ""


def _service(found: _Found) -> str:
    """The venue's own service; else the guest's words, so that they can be told what there is."""
    if found.service:
        return found.service[0]
    if found.service_words is None or found.provider is not None:
        return ""
    return found.rest.text[slice(*found.service_words)]


def _requests(found: _Found) -> tuple[str, ...]:
    """What staff should read: also for whom the appointment is."""
    whom = found.beneficiary
    return (*found.wishes.requests, *([whom.value] if whom else []))


def _preferences(found: _Found) -> frozenset[str]:
    """A baby in the party sits in a high chair."""
    babies = found.party is not None and found.party.babies > 0
    return found.wishes.preferences | ({"high_chair"} if babies else set())


def _words(found: _Found, moments: Moments) -> dict[str, str]:
    """English words stand where the span model put them, Spanish ones where the rules did."""
    said_service = found.service[1] if found.service else found.service_words
    own = {"service": found.rest.text[slice(*said_service)]} if said_service else {}
    if found.beneficiary:
        own["for_whom"] = found.beneficiary.value
    if found.spotted is not None:
        return own | words_of(found.spotted, found.rest)
    return own | _words_by_rule(found, moments)


def _words_by_rule(found: _Found, moments: Moments) -> dict[str, str]:
    words = dict(moments.words)
    counted = [p for p in found.parties if not p.negated]
    if counted:
        words["people"] = found.rest.text[counted[-1].start : counted[-1].end]
    if found.name:
        first, last = split_name(found.name.value)
        words |= {"first_name": first, "last_name": last} if last else {"first_name": first}
    return words


# --- certainty -----------------------------------------------------------------------------------

_SINGLE = frozenset(
    {
        Expecting.PARTY_SIZE,
        Expecting.DATE,
        Expecting.TIME,
        Expecting.NEW_TIME,
        Expecting.NAME,
        Expecting.PHONE,
        Expecting.CODE,
        Expecting.LAST4,
    }
)
_PUT_TO_GUEST = frozenset({Expecting.OFFER, Expecting.CANCEL_YES, Expecting.SUGGESTED_DAY})
_WORDS = re.compile(r"[^\W_]+")


def _is_plain(found: _Found, wanted: tuple[Intent, ...], state: DialogueState) -> bool:
    """The rule in the module's docstring, for an intent that a rule has settled."""
    main = wanted[0]
    if is_plain_answer(state.expecting, wanted, details=found.gives_details):
        return True
    if main in {Intent.AFFIRM, Intent.DENY}:
        return state.expecting in _PUT_TO_GUEST and not found.gives_details
    if main is Intent.OUT_OF_SCOPE:
        return True
    if main is not Intent.INFORM or len(wanted) > 1:
        return False
    if _left_over(found):
        return False
    if found.choice is not None:
        return state.expecting in {Expecting.OFFER, Expecting.WHICH_BOOKING, Expecting.MENU}
    if found.contacts.code is not None:
        return True
    return state.expecting in _SINGLE and _answers(found, state) and len(found.spans) == 1


def _left_over(found: _Found) -> int:
    """How many words are left once details, courtesies and small words are taken away."""
    spans = [*found.spans, *found.wishes.spans]
    rest = filler().sub(" ", found.said.without(spans).plain)
    return len(_WORDS.findall(_LINKS.sub(" ", rest)))


_LINKS = cue(
    "a", "al", "para", "el", "la", "los", "las", "es", "son", "somos", "seremos", "con", "de", "del", "en", "por", "mi", "nombre", "telefono", "numero", "codigo", "sera", "seria", "quiero", "quisiera", "queria", "necesito", "me", "gustaria", "hora", "dia", "mesa", "reserva", "cita", "turno", "y", "que", "puede", "ser", "lo", "se", "tengo", "un", "una", "mejor", "si", "no",
    "on", "at", "for", "the", "it", "is", "it's", "of", "us", "my", "number", "name", "code", "we", "are", "be", "will", "under", "i", "i'd", "i'll", "have", "would", "like", "want", "need", "an", "time", "date", "table", "reservation", "booking", "appointment", "was", "hoping", "can", "could", "that", "this", "make", "and", "to", "you", "in", "sometime", "book", "set", "there", "with", "by", "come",
)  # fmt: skip
"""Small words and the words for a booking itself."""
