"""What must be true of every turn of every dialogue, whatever it is about.

Each function returns its complaints. The words it looks for are the tests' own: the program's claim
check must not be the judge of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.support.house import Book, Row, cells_between

Rows = Mapping[str, Row]

_CHANGING = {"schedule_appointment", "reschedule_appointment", "cancel_appointment"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One answered message."""

    guest: str
    answer: Mapping[str, Any]
    before: Rows
    after: Rows
    now: datetime
    previous_reply: str
    offered_before: frozenset[tuple[datetime, int, str]]
    """(start, party, service) of all that had been offered to this guest in earlier turns."""

    @property
    def reply(self) -> str:
        return str(self.answer["response"])

    @property
    def action(self) -> str:
        return str(self.answer["action"])

    @property
    def changed(self) -> list[str]:
        """Codes of bookings that are new, or stand otherwise than before."""
        return [
            code
            for code, row in self.after.items()
            if code not in self.before or self.before[code].occupies != row.occupies
        ]


def stated(answer: Mapping[str, Any]) -> frozenset[tuple[datetime, int, str]]:
    return frozenset(
        (datetime.fromisoformat(offer["start"]), offer["party_size"], offer["service"])
        for offer in answer["offers"]
    )


# --- the answer and the book ---------------------------------------------------------------------


def the_answer_agrees_with_the_book(heard: Heard) -> Iterator[str]:
    if set(heard.before) - set(heard.after):
        yield "a booking has vanished from the ledger"
    if heard.action not in _CHANGING:
        if heard.changed:
            yield f"action {heard.action}, but {heard.changed} changed in the ledger"
        return
    if len(heard.changed) != 1:
        yield f"action {heard.action}, but {len(heard.changed)} bookings changed in the ledger"
        return
    row = heard.after[heard.changed[0]]
    yield from _is_what_the_action_says(heard, row)
    yield from _is_shown(heard.answer["booking"], row)


def _is_what_the_action_says(heard: Heard, row: Row) -> Iterator[str]:
    before = heard.before.get(row.code)
    match heard.action:
        case "schedule_appointment":
            if before is not None:
                yield f"scheduled, but {row.code} was there before"
            if row.status != "confirmed":
                yield f"scheduled, but the new booking is {row.status}"
            if (row.start, row.party, row.service) not in heard.offered_before:
                yield "booked what had not been offered before"
        case "reschedule_appointment":
            if before is None:
                yield "moved, but the booking is new"
            elif (before.start, before.party, before.service) == (
                row.start,
                row.party,
                row.service,
            ):
                yield "moved, but it is where it was"
            if (row.start, row.party, row.service) not in heard.offered_before:
                yield "moved to what had not been offered before"
        case "cancel_appointment":
            if row.status != "cancelled":
                yield f"cancelled, but the booking is {row.status}"
    if not row.belongs_to(heard.guest) and not heard.answer["booking"]:
        yield "changed a booking that it does not name"


def _is_shown(shown: Mapping[str, Any] | None, row: Row) -> Iterator[str]:
    if shown is None:
        yield "the answer does not show the booking that it changed"
        return
    told = (
        shown["code"].replace("-", ""),
        datetime.fromisoformat(shown["start"]),
        shown["party_size"],
        shown["status"],
        tuple(shown["resources"]),
    )
    if told != (row.code, row.start, row.party, row.status, row.resources):
        yield f"the answer shows {told}, the ledger has {row}"


# --- the reply -----------------------------------------------------------------------------------

_NOT_YET = re.compile(
    r"\b(no|not|\w+n't|fully|todo|nada|nothing|ningun[ao]?|todavía|aún|yet|once|cuando|si|if|sin|until|hasta"
    r"|puedo|can|could|podría|before|antes)\b",
    re.IGNORECASE,
)
_CLAIMS = {
    "confirmed": re.compile(r"\b(confirmad[ao]s?|reservad[ao]s?|confirmed|booked)\b", re.I),
    "cancelled": re.compile(r"\b(cancelad[ao]s?|anulad[ao]s?|cancell?ed)\b", re.I),
}
_MOVED = re.compile(r"\b(movid[ao]|cambiad[ao]|trasladad[ao]|moved|rescheduled)\b", re.I)


def the_reply_claims_nothing_untrue(heard: Heard) -> Iterator[str]:
    """ "Confirmed", "cancelled" and "moved" are said only where the ledger says so."""
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", heard.reply):
        if sentence.rstrip().endswith("?") or _NOT_YET.search(sentence):
            continue
        for status, words in _CLAIMS.items():
            if words.search(sentence) and not _has(heard, status):
                yield f"the reply says {status}, the ledger does not: {sentence!r}"
        if _MOVED.search(sentence) and heard.action != "reschedule_appointment":
            yield f"the reply says moved, but nothing was moved: {sentence!r}"


def _has(heard: Heard, status: str) -> bool:
    named = heard.answer["booking"] or {}
    code = str(named.get("code", "")).replace("-", "")
    return any(
        row.status == status and (row.belongs_to(heard.guest) or row.code == code)
        for row in heard.after.values()
    )


def a_written_booking_is_told(heard: Heard) -> Iterator[str]:
    """Whoever has just booked or moved reads the time and the code."""
    if heard.action not in {"schedule_appointment", "reschedule_appointment"}:
        return
    shown = heard.answer["booking"]
    if shown is None:
        return
    if not any(clock in heard.reply for clock in _clocks(datetime.fromisoformat(shown["start"]))):
        yield "the reply does not say at what time the booking is"
    if shown["code"].replace("-", "") not in re.sub(r"[^A-Z0-9]", "", heard.reply):
        yield "the reply does not say the booking's code"


def _clocks(start: datetime) -> tuple[str, ...]:
    hour, minute = start.hour, start.minute
    twelve = (hour - 1) % 12 + 1
    short = (f"{twelve} pm", f"{twelve} am", f"{twelve} PM", f"{twelve} AM") if not minute else ()
    return (f"{hour:02d}:{minute:02d}", f"{hour}:{minute:02d}", f"{twelve}:{minute:02d}", *short)


def the_reply_is_new(heard: Heard) -> Iterator[str]:
    if not heard.reply.strip():
        yield "the reply is empty"
    elif heard.reply == heard.previous_reply:
        yield "the reply repeats the one before word for word"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPANISH = _words(
    "el la los las un una de del que para por con en es no sí te le su tu tenemos puedo mesa cita"
    " reserva nombre día hora personas qué cuál cuántas gracias hasta"
)
_ENGLISH = _words(
    "the a an of for with at is are we you your can could have table booking appointment name day"
    " time people what which how many thanks until or and on shall"
)


def the_reply_is_in(language: str, heard: Heard) -> Iterator[str]:
    if heard.answer["language"] != language:
        yield f"the answer says language {heard.answer['language']}, the guest's is {language}"
    words = re.findall(r"[a-záéíóúñü]+", heard.reply.lower())
    spanish, english = (sum(word in known for word in words) for known in (_SPANISH, _ENGLISH))
    # Two words prove nothing: "La Terraza here" is English.
    if spanish + english > 2 and (spanish > english) != (language == "es"):
        yield f"the reply does not read as {language}"


# --- the offers ----------------------------------------------------------------------------------


def every_offer_is_free(heard: Heard, venue: str, ledger: Book) -> Iterator[str]:
    """Nobody else's booking stands where an offer is, and no offer is in the past."""
    by_id = {row.id: row for row in heard.after.values()}
    for offer in heard.answer["offers"]:
        start, end = (datetime.fromisoformat(offer[edge]) for edge in ("start", "end"))
        if start <= heard.now:
            yield f"offers {offer['start']}, which is past"
        for claimed in ledger.claimed(venue, offer["resources"], start, end):
            row = by_id.get(claimed.booking)
            if row is not None and not row.belongs_to(heard.guest):
                yield f"offers {offer['start']} on {offer['resources']}, which is booked"


def no_hold_is_shared(venue: str, ledger: Book, offered: Mapping[str, Any]) -> Iterator[str]:
    """Two guests are never kept the same table: `offered` has each guest's latest answer."""
    kept: dict[tuple[str, int], str] = {}
    for guest, answer in offered.items():
        for offer in answer["offers"]:
            start, end = (datetime.fromisoformat(offer[edge]) for edge in ("start", "end"))
            holds = [c for c in ledger.claimed(venue, offer["resources"], start, end) if c.holder]
            cells = {(r, c) for r in offer["resources"] for c in cells_between(start, end)}
            for cell in cells if holds else ():
                if kept.setdefault(cell, guest) != guest:
                    yield f"{offer['start']} on {offer['resources']} is kept for two guests"
                    break


# --- the ledger ----------------------------------------------------------------------------------


def the_floor_is_claimed_by_live_bookings_alone(ledger: Book) -> Iterator[str]:
    """Every live booking has all its cells, and nothing else has any: what was left is free again."""
    claims = ledger.claims_of_bookings()
    rows = {row.id: row for row in ledger.bookings().values()}
    for booking in claims:
        if booking not in rows or not rows[booking].is_live:
            yield f"claims are left over from {rows.get(booking, booking)}"
    for row in rows.values():
        cells = {(r, c) for r in row.resources for c in cells_between(row.start, row.end)}
        if row.is_live and not cells <= claims.get(row.id, set()):
            yield f"{row} lacks claims on its own tables"
