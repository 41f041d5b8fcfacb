"""Which of the days and times in a message are the wish, and which say what booking is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.dialogue import DialogueState, Expecting
from domain.understanding import Intent
from domain.when import (
    ClockTime,
    DaySpan,
    FromNow,
    Mention,
    PartOfDay,
    TimeExpression,
    TimeSpan,
    When,
)
from infrastructure.local.understanding.cues import cue
from infrastructure.local.understanding.intents import CUES
from infrastructure.local.understanding.text import Said, fold

_NEGATED = re.compile(
    r"(?<!\w)(?:no|not|ni|y\s+no|and\s+not|(?:en\s+(?:vez|lugar)\s+de)|instead\s+of|rather\s+than)\s+(?:(?:a|al|para|el|la|las|los|de|at|on|for|the|by|ser|be)\s+){0,3}$"
)
_SECOND_THOUGHTS = cue(
    "no", "mejor", "perdon", "digo", "actually", "sorry", "wait", "i mean", "make it", "rather", "instead", "en realidad", "bueno"
)  # fmt: skip
_BELONGS_TO_BOOKING = re.compile(
    r"(?:(?:reserva|reservas|cita|citas|turno|turnos|mesa|hora|booking|reservation|appointment|table|dinner|lunch|cena|comida|visit)s?\s+|(?<!\w)(?:la|el|lo|las|los|one)\s+|(?:que\s+)?(?:tengo|tenia|teniamos|tenemos|hice|have|had|made|booked|was|is|are|era|es)\s+(?:\w+\s+){0,2})"
    r"(?:(?:para|a|de|del|at|on|for|from|of|en|el|la|las|the|this|que\s+es|que\s+era)\s*)+$"
)
_FROM = re.compile(r"(?<!\w)(?:de|del|desde|from)\s+(?:(?:el|la|las|the)\s+)*$")
_TO = re.compile(
    r"(?<!\w)(?:a|al|para|hasta|par|to|until|till|into|por|as|be|is|instead)\s+(?:(?:el|la|las|los|the|be|is|esta|este|this|next|para|a|en)\s+)*$"
)
_MY = re.compile(r"(?<!\w)(?:mi|mis|my|our|nuestra|the|la)\s+$")
_BOOKING_AFTER = re.compile(
    r"\s*(?:reserva|cita|turno|booking|reservation|appointment|table|dinner|lunch|one|slot)(?!\w)"
)
_RANGE_FROM = re.compile(r"(?:de|del|desde|from)\s")
_SPLIT_TO = re.compile(r"\s(?:a\s+las?|al?|to)\s")


@dataclass(frozen=True, slots=True)
class Moments:
    """What a message says about days and times, by role; with the guest's own words."""

    when: When
    previous: When
    words: dict[str, str]
    negated: bool = False
    """A value was taken back ("a las nueve no, a las diez")."""


def sort_moments(
    said: Said, mentions: Sequence[Mention], *, intents: tuple[Intent, ...], state: DialogueState
) -> Moments:
    """Give every mention its role."""
    kept, negated = _without_negated(said, mentions)
    wish: list[Mention] = []
    booking: list[Mention] = []
    for position, mention in enumerate(kept):
        for part, role in _roles(said, mention, kept, position, intents, state):
            (booking if role == "previous" else wish).append(part)
    last = Intent.CORRECT in intents or _is_taken_back(said, kept)
    words = _words(said, wish or booking)
    return Moments(_merged(wish, last=last), _merged(booking, last=last), words, negated)


def _is_taken_back(said: Said, mentions: Sequence[Mention]) -> bool:
    """ "at nine, no wait, make it ten": the later one counts."""
    if len(mentions) < 2:
        return False
    between = said.plain[mentions[0].end : mentions[-1].start]
    return _SECOND_THOUGHTS.search(between) is not None


def is_negated(said: Said, start: int) -> bool:
    return _NEGATED.search(said.plain[max(0, start - 40) : start]) is not None


def _without_negated(said: Said, mentions: Sequence[Mention]) -> tuple[list[Mention], bool]:
    kept = [m for m in mentions if not is_negated(said, m.start)]
    # "no, a las diez" is an answer and a time, not a time taken back.
    return (kept, True) if kept and len(kept) < len(mentions) else (list(mentions), False)


def _roles(
    said: Said,
    mention: Mention,
    every: Sequence[Mention],
    position: int,
    intents: tuple[Intent, ...],
    state: DialogueState,
) -> list[tuple[Mention, str]]:
    verb = _governing_verb(said, mention, intents)
    if state.expecting is Expecting.WHICH_BOOKING and verb is None:
        return [(mention, "previous")]
    if verb in {Intent.CANCEL, Intent.CHECK_BOOKING}:
        return [(mention, "previous")]
    if verb is Intent.RESCHEDULE:
        return _roles_in_a_move(said, mention, every, position, state)
    return [(mention, "when")]


def _governing_verb(said: Said, mention: Mention, intents: tuple[Intent, ...]) -> Intent | None:
    """The last verb before the mention, among those of the message's intents."""
    verbs = [i for i in intents if i in _VERBS]
    if len(verbs) < 2:
        return verbs[0] if verbs else None
    before = said.plain[: mention.start]
    last: tuple[int, Intent] | None = None
    for verb in verbs:
        for match in CUES[verb].finditer(before):
            if last is None or match.start() > last[0]:
                last = match.start(), verb
    return last[1] if last else verbs[0]


_VERBS = frozenset({Intent.CANCEL, Intent.CHECK_BOOKING, Intent.RESCHEDULE, Intent.BOOK})


def _roles_in_a_move(
    said: Said,
    mention: Mention,
    every: Sequence[Mention],
    position: int,
    state: DialogueState,
) -> list[tuple[Mention, str]]:
    """ "cámbiala del viernes al sábado", "my 8pm to 9pm", "mi cita de mañana a las 8" """
    words = said.plain[mention.start : mention.end]
    lead = _LEADING.match(words)
    core = mention.start + (lead.end() if lead else 0)
    before = said.plain[max(0, core - 48) : core]
    if span := _from_to(mention, before, words):
        return span
    moved = position > 0 and position == len(every) - 1
    if _MY.search(before) and _BOOKING_AFTER.match(said.plain, mention.end):
        return [(mention, "previous")]
    if _TO.search(before) and not _says_which(before) and not _FROM.search(before):
        return [(mention, "when")]
    if moved and not _FROM.search(before):
        return [(mention, "when")]
    if _FROM.search(before) or _says_which(before):
        return _day_moved_to_time(said, mention) or [(mention, "previous")]
    if state.expecting is Expecting.NEW_TIME or len(every) == 1 or moved:
        return [(mention, "when")]
    return [(mention, "previous")]


def _says_which(before: str) -> bool:
    """ "mi cita del": what follows describes the booking; "mi cita a las": it is where it goes."""
    match = _BELONGS_TO_BOOKING.search(before)
    return match is not None and not {"a", "al", "para", "to"} & set(match[0].split())


def _from_to(mention: Mention, before: str, words: str) -> list[tuple[Mention, str]] | None:
    """A range is a move here: what it runs from is the booking, what it runs to the wish."""
    day, time = mention.when.day, mention.when.time
    if not (_RANGE_FROM.match(words) or _FROM.search(before)):
        return None
    if isinstance(day, DaySpan):
        return [
            (replace(mention, when=When(day=day.first)), "previous"),
            (replace(mention, when=When(day=day.last, time=time)), "when"),
        ]
    if isinstance(time, TimeSpan) and time.first is not None and time.last is not None:
        return [
            (replace(mention, when=When(day=day, time=time.first)), "previous"),
            (replace(mention, when=When(time=time.last)), "when"),
        ]
    return None


def _day_moved_to_time(said: Said, mention: Mention) -> list[tuple[Mention, str]] | None:
    """ "la cita de mañana a las 8": tomorrow's booking, to eight o'clock."""
    when = mention.when
    if when.day is None or not isinstance(when.time, ClockTime):
        return None
    if not _SPLIT_TO.search(said.plain[mention.start : mention.end]):
        return None
    return [
        (replace(mention, when=When(day=when.day)), "previous"),
        (replace(mention, when=When(time=when.time)), "when"),
    ]


def _merged(mentions: Sequence[Mention], *, last: bool) -> When:
    """One day and one time; of several the first, in a correction the last."""
    days = [m.when.day for m in mentions if m.when.day is not None]
    times = [m.when.time for m in mentions if m.when.time is not None]
    position = -1 if last else 0
    return When(days[position] if days else None, _one_time(times, position) if times else None)


def _one_time(times: Sequence[TimeExpression], position: int) -> TimeExpression:
    """ "ahora" and "esta noche" beside a clock time say no other time: the clock is meant."""
    clear = [time for time in times if not isinstance(time, PartOfDay) and time != FromNow(0)]
    if not clear:
        return times[position]
    time = clear[position]
    part = next((t.part for t in times if isinstance(t, PartOfDay)), None)
    if (
        part is not None
        and isinstance(time, ClockTime)
        and time.half is None
        and not time.twenty_four
    ):
        return replace(time, part=time.part or part)
    return time


def _words(said: Said, mentions: Sequence[Mention]) -> dict[str, str]:
    """The words for the day and for the time, without articles and prepositions before them."""
    words: dict[str, str] = {}
    for mention in mentions:
        text = said.text[mention.start : mention.end]
        day, time = _split(said.plain[mention.start : mention.end])
        if mention.when.day is not None:
            words.setdefault("date", _bare(text, day if mention.when.time is not None else None))
        if mention.when.time is not None:
            words.setdefault("time", _bare(text, time if mention.when.day is not None else None))
    return words


_TIME_BEGINS = re.compile(
    r"(?<!\w)(?:(?:a|sobre|hacia|tipo)\s+(?:eso\s+de\s+)?las?\s|las\s|la\s+(?:una|1)(?!\w)|\d{1,2}[:.]\d{2}(?![./-])|\d{1,2}\s*(?:hs?|hrs|am|pm|a\.m|p\.m)(?!\w)"
    r"|(?:por|en|de)\s+la\s+(?:manana|tarde|noche)|al?\s+(?:medio\s?dia|media\s?noche)|(?:at|around|about|from|after|before|between)\s)"
)
_DAY_BEGINS = re.compile(
    r"(?<!\w)(?:(?:el|este|del?|on|this|next|the|pasado|para)\s+(?!la\s)|lun|mar|mie|jue|vie|sab|dom|hoy|manana|mon|tue|wed|thu|fri|sat|sun|today|tomorrow|\d{1,2}[/-]\d|\d{1,2}\s+de\s)"
)
_LEADING = re.compile(
    r"(?:(?:el|la|los|las|para|a|al|de|del|en|por|sobre|hacia|on|at|for|the|in)\s+)+(?=\S)"
)


def _split(plain: str) -> tuple[slice, slice]:
    """Where the day and where the time stand in an expression that has both."""
    time = _TIME_BEGINS.search(plain)
    if time is None:
        return slice(None), slice(None)
    if time.start() > 0:
        return slice(0, time.start()), slice(time.start(), None)
    day = _DAY_BEGINS.search(plain, time.end())
    return (slice(day.start(), None), slice(0, day.start())) if day else (slice(None), slice(None))


def _bare(text: str, part: slice | None) -> str:
    piece = text[part] if part is not None else text
    lead = _LEADING.match(fold(piece))
    return piece[lead.end() if lead else 0 :].strip(" ,")
