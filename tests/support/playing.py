"""Plays a scripted dialogue against a house and collects every complaint, with the transcript."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from tests.support import truths
from tests.support.dialogues import Dialogue, Final, Given, Turn
from tests.support.house import House, Row

_HOUSE_PHONES = {"restaurant": "910123456", "clinic": "22441234"}
_PLACE = re.compile(r"\{(offer|code)(?: (\d+))?( in words)?\}")


@dataclass
class Played:
    """What came of a dialogue."""

    complaints: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    sources: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Who answered, by agent: `model`, `local`, `cache`."""

    def must_be_fine(self) -> None:
        """Fails the test with all complaints and the whole dialogue, which says more than a traceback."""
        if self.complaints:
            pytest.fail(self.report(), pytrace=False)

    def report(self) -> str:
        return "\n".join([*(f"✗ {each}" for each in self.complaints), "", *self.transcript])


async def play(dialogue: Dialogue, house: House) -> Played:
    """Play a dialogue to its end and judge it."""
    return await _Play(dialogue, house).run()


class _Play:
    def __init__(self, dialogue: Dialogue, house: House) -> None:
        self._dialogue = dialogue
        self._house = house
        self._played = Played()
        self._own: list[str] = []
        self._others: dict[str, Row] = {}
        self._answers: list[Mapping[str, Any]] = []
        self._latest: dict[str, Mapping[str, Any]] = {}
        self._offered: dict[str, frozenset[tuple[datetime, int, str]]] = {}

    async def run(self) -> Played:
        for given in self._dialogue.bookings:
            self._own += await self._make(given, phone=given.phone or self._dialogue.guest)
        await self._make_others(self._dialogue.others)
        for number, turn in enumerate(self._dialogue.turns, start=1):
            await self._take(number, turn)
        await self._judge_the_end()
        return self._played

    # --- bookings of others ----------------------------------------------------------------------

    async def _make(self, given: Given, *, phone: str) -> list[str]:
        booking = {
            "start": self._dialogue.instant(given.start).isoformat(),
            "party_size": given.party,
            "guest_name": given.name,
            "guest_phone": phone,
            "notes": given.notes,
            "service": given.service,
        }
        made = [
            await self._house.book_as_staff(self._dialogue.venue_id, booking)
            for _ in range(given.times)
        ]
        return [each["code"].replace("-", "") for each in made]

    async def _make_others(self, given: Sequence[Given]) -> None:
        codes = [code for each in given for code in await self._make(each, phone=each.phone)]
        book = self._house.ledger.bookings()
        self._others |= {code: book[code] for code in codes}

    # --- a turn ----------------------------------------------------------------------------------

    async def _take(self, number: int, turn: Turn) -> None:
        house, dialogue = self._house, self._dialogue
        guest = turn.as_ or dialogue.guest
        house.clock.move(turn.later)
        await self._make_others(turn.meanwhile)
        before = house.ledger.bookings()
        message_id = house.next_id("message")
        text = self._filled_in(turn.say)
        answer = await self._say(text, guest, message_id)
        self._played.transcript += [
            f"{number}. {guest if turn.as_ else 'guest'}: {text}",
            f"   house: {answer['response']!r}",
            f"   {_gist(answer)}",
        ]
        heard = truths.Heard(
            guest=guest,
            answer=answer,
            before=before,
            after=house.ledger.bookings(),
            now=house.clock.now(),
            previous_reply=str(self._latest.get(guest, {}).get("response", "")),
            offered_before=self._offered.get(guest, frozenset()),
        )
        self._offered[guest] = heard.offered_before | truths.stated(answer)
        self._latest[guest] = answer
        self._answers.append(answer)
        self._complain(number, self._general(turn, heard))
        self._complain(number, self._expected(turn, answer))
        if turn.again:
            await self._send_again(number, text, guest, message_id, answer)

    async def _say(self, text: str, guest: str, message_id: str) -> Mapping[str, Any]:
        answered = await self._house.say(
            text,
            venue=self._dialogue.venue_id,
            guest=guest,
            channel=self._dialogue.channel,
            message_id=message_id,
        )
        if answered.status_code != 200:
            self._complain("last", [f"{answered.status_code} to {text!r}: {answered.text}"])
            self._played.must_be_fine()
        answer: Mapping[str, Any] = answered.json()
        self._played.latencies_ms.append(answer["receipt"]["latency_ms"])
        for agent in answer["receipt"]["agents"]:
            self._played.sources[agent["agent"]].add(agent["source"])
        return answer

    async def _send_again(
        self, number: int, text: str, guest: str, message_id: str, first: Mapping[str, Any]
    ) -> None:
        before = self._house.ledger.bookings()
        if await self._say(text, guest, message_id) != first:
            self._complain(number, ["the same message id got another answer"])
        if self._house.ledger.bookings() != before:
            self._complain(number, ["the same message id changed the ledger again"])

    def _filled_in(self, text: str) -> str:
        def fill(place: re.Match[str]) -> str:
            what, position, in_words = place.group(1), int(place.group(2) or 1), place.group(3)
            if what == "code":
                return self._own[position - 1]
            offers = next(a["offers"] for a in reversed(self._answers) if a["offers"])
            start = datetime.fromisoformat(offers[position - 1]["start"])
            spoken = _clock_in_words(start, self._dialogue.language or "en")
            return spoken if in_words else f"{start:%H:%M}"

        return _PLACE.sub(fill, text)

    # --- judging a turn --------------------------------------------------------------------------

    def _complain(self, number: int | str, complaints: Iterator[str] | Sequence[str]) -> None:
        self._played.complaints += [f"turn {number}: {each}" for each in complaints]

    def _general(self, turn: Turn, heard: truths.Heard) -> Iterator[str]:
        venue, ledger = self._dialogue.venue_id, self._house.ledger
        yield from truths.the_answer_agrees_with_the_book(heard)
        yield from truths.the_reply_claims_nothing_untrue(heard)
        yield from truths.a_written_booking_is_told(heard)
        if not turn.same_reply:
            yield from truths.the_reply_is_new(heard)
        language = turn.language or self._dialogue.language
        if language is not None:
            yield from truths.the_reply_is_in(language, heard)
        yield from truths.every_offer_is_free(heard, venue, ledger)
        yield from truths.no_hold_is_shared(venue, ledger, self._latest)

    def _expected(self, turn: Turn, answer: Mapping[str, Any]) -> Iterator[str]:
        for name in ("status", "action", "intent"):
            good: tuple[str, ...] = getattr(turn, name)
            if good and answer[name] not in good:
                yield f"{name} is {answer[name]}, not {' or '.join(good)}"
        yield from self._expected_details(turn, answer)
        yield from self._expected_offers(turn, answer)
        yield from self._expected_words(turn, str(answer["response"]))

    def _expected_details(self, turn: Turn, answer: Mapping[str, Any]) -> Iterator[str]:
        missing = set(answer["missing"])
        if turn.missing == () and missing:
            yield f"misses {sorted(missing)}, though all is known"
        for detail in turn.missing or ():
            if detail not in missing:
                yield f"does not miss {detail}; missing: {sorted(missing)}"
        for detail in turn.not_missing:
            if detail in missing:
                yield f"misses {detail}, which is known"

    def _expected_offers(self, turn: Turn, answer: Mapping[str, Any]) -> Iterator[str]:
        starts = [datetime.fromisoformat(offer["start"]) for offer in answer["offers"]]
        shown = [f"{start:%Y-%m-%d %H:%M}" for start in starts]
        if turn.offers == () and starts:
            yield f"offers {shown}, but should not"
        for wall in turn.offers or ():
            if self._dialogue.instant(wall) not in starts and not self._has_booked(answer, wall):
                yield f"does not offer {wall}; offers: {shown}"
        for never in turn.no_offer:
            if any(start.startswith(never) for start in shown):
                yield f"offers {never}, which cannot be had"
        if len(starts) < turn.at_least:
            yield f"makes {len(starts)} offers, fewer than {turn.at_least}"

    def _has_booked(self, answer: Mapping[str, Any], wall: str) -> bool:
        """Naming the clock of one of several offers is a choice: it may be booked at once."""
        if answer["action"] != "schedule_appointment":
            return False
        booked = datetime.fromisoformat(answer["booking"]["start"])
        return booked == self._dialogue.instant(wall)

    def _expected_words(self, turn: Turn, reply: str) -> Iterator[str]:
        for pattern in turn.says:
            if not re.search(pattern, reply):
                yield f"does not say {pattern!r}"
        for pattern in turn.never_says:
            if re.search(pattern, reply):
                yield f"says {pattern!r}"
        phone = _HOUSE_PHONES[self._dialogue.venue]
        if turn.says_phone and phone not in re.sub(r"\D", "", reply):
            yield "does not say the house's phone number"

    # --- judging the end -------------------------------------------------------------------------

    async def _judge_the_end(self) -> None:
        ledger = self._house.ledger
        book = ledger.bookings()
        own = [row for code, row in book.items() if code not in self._others]
        if not self._is_what_was_wanted(own):
            wanted = "".join(f"\n    wanted {_told(final)}" for final in self._dialogue.final)
            stands = "".join(f"\n    stands {_shown(row, self._dialogue)}" for row in own)
            self._complain("end", [f"the bookings are not the ones wanted{wanted}{stands}"])
        for code, row in self._others.items():
            if book[code] != row:
                self._complain("end", [f"a booking of others has changed: {row}"])
        self._complain("end", truths.the_floor_is_claimed_by_live_bookings_alone(ledger))
        await self._compare_with_staffs_list(book)
        await self._judge_what_is_free()

    def _is_what_was_wanted(self, own: Sequence[Row]) -> bool:
        final = self._dialogue.final
        return len(own) == len(final) and any(
            all(map(self._fits, final, order)) for order in permutations(own)
        )

    def _fits(self, wanted: Final, row: Row) -> bool:
        notes = row.notes.casefold()
        return (
            self._starts_right(wanted.start, row)
            and row.status == wanted.status
            and (wanted.party is None or row.party == wanted.party)
            and (wanted.service is None or row.service == wanted.service)
            and (wanted.name is None or re.fullmatch(wanted.name, row.name) is not None)
            and (wanted.phone is None or row.phone == wanted.phone)
            and all(part.casefold() in notes for part in wanted.notes)
            and (not wanted.on or bool(set(wanted.on) & set(row.resources)))
            and (wanted.guest is None or row.belongs_to(wanted.guest))
            and (wanted.same_as is None or row.code == self._own[wanted.same_as - 1])
        )

    def _starts_right(self, wanted: str, row: Row) -> bool:
        words = wanted.split()
        if words[0] != "turn":
            return row.start == self._dialogue.instant(wanted)
        offers = self._answers[int(words[1]) - 1]["offers"]
        starts = [datetime.fromisoformat(offer["start"]) for offer in offers]
        match words[2:]:
            case ["any"]:
                return row.start in starts
            case ["earliest"]:
                return bool(starts) and row.start == min(starts)
            case ["latest"]:
                return bool(starts) and row.start == max(starts)
            case ["offer", position]:
                return len(starts) >= int(position) and row.start == starts[int(position) - 1]
            case _:
                raise ValueError(f"{wanted!r} is not a start")

    async def _compare_with_staffs_list(self, book: Mapping[str, Row]) -> None:
        """What staff see is what the ledger has."""
        days = {(row.start.astimezone(self._dialogue.zone)).date() for row in book.values()}
        listed: set[tuple[str, str]] = set()
        for day in days:
            found = await self._house.get(
                f"/venues/{self._dialogue.venue_id}/bookings", date=day.isoformat()
            )
            listed |= {(b["code"].replace("-", ""), b["status"]) for b in found["bookings"]}
        in_ledger = {(row.code, row.status) for row in book.values()}
        # A start after midnight is listed under the evening before, which may not be among the days.
        if listed - in_ledger or any(
            row.start.astimezone(self._dialogue.zone).hour >= 6
            for row in book.values()
            if (row.code, row.status) not in listed
        ):
            self._complain("end", [f"staff see {listed}, the ledger has {in_ledger}"])

    async def _judge_what_is_free(self) -> None:
        for free in self._dialogue.free:
            start = self._dialogue.instant(free.start)
            found = await self._house.get(
                f"/venues/{self._dialogue.venue_id}/availability",
                date=start.date().isoformat(),
                party_size=free.party,
                service=free.service,
            )
            if start not in {datetime.fromisoformat(slot["start"]) for slot in found["slots"]}:
                self._complain("end", [f"{free.start} is not free for {free.party}"])


def _gist(answer: Mapping[str, Any]) -> str:
    offers = ", ".join(
        f"{datetime.fromisoformat(offer['start']):%d.%m. %H:%M} {'+'.join(offer['resources'])}"
        for offer in answer["offers"]
    )
    intents = "+".join([answer["intent"], *answer.get("also", [])])
    missing = ",".join(answer["missing"])
    return f"[{intents}] {answer['status']}/{answer['action']} missing({missing}) offers({offers})"


def _told(final: Final) -> str:
    return " ".join(
        f"{name}={value}" for name, value in final.model_dump(exclude_unset=True).items()
    )


def _shown(row: Row, dialogue: Dialogue) -> str:
    start = row.start.astimezone(dialogue.zone)
    return (
        f"{start:%Y-%m-%d %H:%M} {row.service} {row.party} {row.status} {row.name!r} {row.phone}"
        f" notes={row.notes!r} on={row.resources} code={row.code}"
    )


_HOURS = {
    "es": "doce una dos tres cuatro cinco seis siete ocho nueve diez once",
    "en": "twelve one two three four five six seven eight nine ten eleven",
}
_QUARTERS = {
    "es": ("{hour}", "{hour} y cuarto", "{hour} y media", "{next} menos cuarto"),
    "en": ("{hour} o'clock", "quarter past {hour}", "half past {hour}", "quarter to {next}"),
}


def _clock_in_words(start: datetime, language: str) -> str:
    """ "nueve y media", "half past nine"."""
    hours = _HOURS[language].split()
    return _QUARTERS[language][start.minute // 15].format(
        hour=hours[start.hour % 12], next=hours[(start.hour + 1) % 12]
    )
