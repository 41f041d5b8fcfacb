"""Tests of days and times of day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from application.claim_argument import Argument, Clause
from application.claim_facts import Entry, Facts, Standing
from application.claim_reading import DayMention, Reading, TimeMention
from application.claim_scope import scope_of
from application.claim_words import Claim


def days(argument: Argument) -> Iterator[str]:
    for mention in argument.reading.days:
        clause = argument.clause_at(mention.at)
        if not _day_agrees(argument, clause, mention):
            yield "weekday" if mention.names_only_weekday else "date"


def _day_agrees(argument: Argument, clause: Clause, mention: DayMention) -> bool:
    facts, scope = argument.facts, scope_of(argument, clause)
    if mention.offset is not None and (facts.today is None or _is_idle_today(argument, mention)):
        return True
    if any(_entry_day_fits(argument, e, mention) for e in scope.entries):
        return True
    if _was_former(argument, clause, mention.at) and any(
        e.day is not None and mention.fits(e.day, facts.today)
        for e in facts.entries
        if e.standing is Standing.FORMER
    ):
        return True
    if not scope.booking:
        if any(mention.fits(day, facts.today) for day in facts.days):
            return True
        if mention.names_only_weekday and mention.weekday in facts.weekdays:
            return Claim.CLOSED not in argument.claims_in(clause) or mention.weekday in (
                facts.closed_weekdays
            )
    if argument.is_open(clause, mention.at) or scope.refusing:
        known = bool(facts.days or facts.weekdays or any(e.day for e in facts.entries))
        return _was_said(facts, mention) or not (facts.wish_known or known)
    return False


def _entry_day_fits(argument: Argument, entry: Entry, mention: DayMention) -> bool:
    today = argument.facts.today
    if entry.day is not None and mention.fits(entry.day, today):
        return True
    return (
        entry.eve is not None
        and mention.fits(entry.eve, today)
        and argument.grammar.nightly.search(argument.plain) is not None
    )


def _is_idle_today(argument: Argument, mention: DayMention) -> bool:
    """ "How can I help you today?" names no day to come."""
    reading = argument.reading
    return (
        mention.offset == 0
        and len(reading.days) == 1
        and not (reading.times or reading.counts or argument.statements)
    )


def _was_said(facts: Facts, mention: DayMention) -> bool:
    """Whether the guest named that day; one of the two may leave out the weekday."""
    said = facts.said.days if facts.said is not None else []
    return any(
        (m.day, m.offset) == (mention.day, mention.offset)
        and (
            m.weekday == mention.weekday
            or (m.day is not None and None in (m.weekday, mention.weekday))
        )
        for m in said
    )


def _was_former(argument: Argument, clause: Clause, at: int) -> bool:
    before = argument.plain[clause.start : at]
    grammar = argument.grammar
    return bool(grammar.formerly.search(before) or grammar.once.search(before))


def times(argument: Argument) -> Iterator[str]:
    for mention in argument.reading.times:
        if not _time_agrees(argument, argument.clause_at(mention.at), mention):
            yield "time"


def _time_agrees(argument: Argument, clause: Clause, mention: TimeMention) -> bool:
    facts, scope = argument.facts, scope_of(argument, clause)
    day = _day_beside(argument.reading, mention)
    if any(_start_fits(argument, e, day, mention) for e in scope.entries):
        return True
    if _was_former(argument, clause, mention.at) and any(
        e.minute in mention.minutes for e in facts.entries if e.standing is Standing.FORMER
    ):
        return True
    if not scope.booking and mention.minutes & facts.minutes:
        return True
    if scope.refusing and not facts.wish_known:
        return not any(
            e.minute in mention.minutes for e in facts.entries if e.standing is Standing.OFFERED
        )
    if argument.is_open(clause, mention.at):
        known = bool(facts.minutes or any(e.minute is not None for e in facts.entries))
        said = facts.said is not None and any(mention.minutes & t.minutes for t in facts.said.times)
        return said or not (facts.wish_known or known)
    return False


def _day_beside(reading: Reading, mention: TimeMention) -> DayMention | None:
    """The day a time is said of: the last one before it, else the first one after."""
    before = [d for d in reading.days if d.at < mention.at]
    return before[-1] if before else next(iter(reading.days), None)


def _start_fits(
    argument: Argument, entry: Entry, day: DayMention | None, mention: TimeMention
) -> bool:
    ends = entry.end is not None and _is_said_as_end(argument, entry, mention)
    named = {entry.minute, entry.end} if ends else {entry.minute}
    if not named & mention.minutes:
        return False
    if day is None or entry.day is None:
        return True
    # An end may fall on the day after.
    return entry.minute not in mention.minutes or _entry_day_fits(argument, entry, day)


_UNTIL = re.compile(
    r"\b(?:hasta|until|till?|by|ate|jusqu\w*|fino|bis|antes|before|avant|acab\w+|termin\w+|ends?|endet|finish\w*)\b"
)


_LISTED = re.compile(r"[,;?¿\n]|\b(?:o|u|or|ou|oder|y|and)\b")


_LONGEST_RANGE = 30
"""Characters from a start to its end: "21:00 de la noche a las 22:45"."""


def _is_said_as_end(argument: Argument, entry: Entry, mention: TimeMention) -> bool:
    """ "From 21:00 to 22:45", "until 22:45": alone, the end of one table is no start of another."""
    said_before = argument.plain[max(mention.at - 20, 0) : mention.at + 6]
    if _UNTIL.search(said_before):
        return True
    for other in argument.reading.times:
        between = argument.plain[other.at : mention.at + 4]
        if entry.minute in other.minutes and 4 < len(between) <= _LONGEST_RANGE:
            return entry.standing is Standing.WAITING or _LISTED.search(between) is None
    return False
