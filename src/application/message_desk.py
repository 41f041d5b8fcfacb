"""Everything the house says of its own accord: planned, worded when it is sent, delivered, answered.

The list is `Messages`; background work calls `plan`, then `deliver` for each key that is due. A message
goes by every way that reaches the guest. What one way has taken is noted at once, so that it is not
tried again; a way that does not answer gets a message of its own for later, so that what the guest has
read in the meantime can be answered.

At least once, that is: a process that dies between handing a letter over and noting it hands the same
letter over again, under the same key. The conversation knows the key and writes nothing; a mail server
or a webhook may show it twice, with one Message-ID or Idempotency-Key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import structlog

from application.chat_answer import booking_json, offer_json
from application.codec import decode, encode
from application.follow_ups import FRESH, messages_for, part_key, useful_until
from application.guest_news import GuestNews
from application.no_answer import NoAnswerDesk
from application.ports.aftercare import MessageWords
from application.ports.bookings import AuditEntry, Bookings
from application.ports.clock import Clock
from application.ports.messages import Message, MessageKind, Messages, MessageState
from application.ports.messenger import Letter, Messenger, MessengerUnavailable, Undeliverable
from application.ports.notices import Notice, NoticeKind, Notices
from application.ports.posts import Author, Post, Posts
from application.ports.waitlist import Waitlist
from domain.acts import News, Offer
from domain.booking import Booking, BookingCode, BookingStatus, shown_code
from domain.dialogue import PlaceFree, Prompt, Reminded
from domain.errors import BookingNotFound
from domain.follow_up import MIN_NOTICE, after_quiet
from domain.guest import Guest
from domain.venue import NoAnswer, Venue, VenueId
from domain.waitlist import WaitlistEntry, WaitlistStatus

CHAT = "chat"
"""The name of the messenger that writes into the guest's conversation."""

HORIZON = timedelta(days=400)
"""How far ahead follow-ups are planned: a confirmation is due at once, however late the booking is."""

BATCH = 200
"""How many bookings one sweep plans for, and how many messages it sends; the next one sees the rest."""

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)
"""Before the next try; the last one again and again."""

MAX_TRIES = 27
"""A day, with these waits."""

NEWS_OF = frozenset(
    {
        NoticeKind.NOT_CONFIRMED,
        NoticeKind.CANCELLATION_STORED,
        NoticeKind.MOVED,
        NoticeKind.CANCELLED,
    }
)
"""What is written to a guest. A booking that is confirmed after all gets its confirmation; to one that
has lost its place staff write when they know what to offer."""

NEWS_AGE = timedelta(days=2)
"""How old a notice may be that is still written."""

SHOWN_FOR = timedelta(days=3)
"""How long staff are shown what could not be delivered."""

AT_ONCE = 4
"""So many letters are on their way at the same time: a mail server counts connections."""

_PROMPTS_LOOKED_AT = 5

log = structlog.get_logger()


WordNews = Callable[[Venue, str, News, datetime], str]
"""Words a piece of news in a guest's language."""

MakeCalendar = Callable[[Booking, Venue, str], bytes]
"""A booking as an iCalendar file; the text is its page's address."""


@dataclass(frozen=True, slots=True)
class _About:
    """What a message is to say, as things stand when it is sent."""

    kind: str
    """As in `MessageWords`."""
    booking: Booking | None = None
    offer: Offer | None = None
    """A freed place, held until it expires."""
    news: News | None = None
    text: str = ""
    """Words that staff wrote."""
    asks: bool = False
    """Whether the guest is asked to answer."""
    answer_at: str = ""
    """The chat's address, where an answer would not find its way by itself."""


class _Fate(Enum):
    """What became of a message with one messenger."""

    TAKEN = "taken"
    LATER = "later"
    NEVER = "never"


async def _alone() -> bool:
    return True


class MessageDesk:
    """Plans messages, delivers them, and knows what the guest's short answer is about."""

    def __init__(
        self,
        *,
        venues: Callable[[], Sequence[Venue]],
        messages: Messages,
        bookings: Bookings,
        posts: Posts,
        waitlist: Waitlist,
        messengers: Sequence[Messenger],
        clock: Clock,
        word: MessageWords,
        word_news: WordNews,
        no_answer: NoAnswerDesk,
        link: Callable[[BookingCode], str],
        chat_link: Callable[[Venue], str],
        calendar: MakeCalendar,
        notices: Notices | None = None,
        news: GuestNews | None = None,
        is_sender: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """`messengers` are tried in their order. `link` gives a booking's public address and
        `chat_link` a venue's chat, empty where they have none. `notices` and `news`: what staff and the booking store have done to bookings.
        `is_sender`: whether this process, of several, sends at the moment; None where there are no
        others."""
        self._venues = venues
        self._messages = messages
        self._bookings = bookings
        self._posts = posts
        self._waitlist = waitlist
        self._messengers = messengers
        self._clock = clock
        self._word = word
        self._word_news = word_news
        self._no_answer = no_answer
        self._link = link
        self._chat_link = chat_link
        self._calendar = calendar
        self._notices = notices
        self._news = news
        self._is_sender = is_sender or _alone
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._planned_up_to = 0
        self._seen_up_to = 0

    # --- planning --------------------------------------------------------------------------------

    async def plan(self) -> int:
        """Put on the list what follows from bookings and news that are new; returns how many messages."""
        written = await self._plan_news()
        now = self._clock.now()
        houses = {venue.id: venue for venue in self._venues()}
        found = await self._messages.unplanned(
            venues=houses.keys(), now=now, until=now + HORIZON, limit=BATCH
        )
        planned = [
            message
            for booking in found
            for message in messages_for(
                houses[booking.venue], booking, now=now, confirm=await self._confirms(booking, now)
            )
        ]
        return written + await self._messages.plan(messages=planned)

    async def _confirms(self, booking: Booking, now: datetime) -> bool:
        """Whether the guest does not know yet: it was just written, or moved by somebody who does not
        get a word about that already."""
        since = now - FRESH
        if booking.sequence == 0:
            return booking.created_at > since
        trail = await self._bookings.audit(code=booking.code)
        if self._notices is not None and any(_is_moved_by_staff(each, booking) for each in trail):
            return False  # there is a notice of that, found at this sweep or at the next
        return bool(trail) and trail[-1].at > since

    async def _plan_news(self) -> int:
        if self._notices is None:
            return 0
        now = self._clock.now()
        houses = {venue.id: venue for venue in self._venues()}
        found = await self._notices.fresh(
            since=now - NEWS_AGE, after=self._planned_up_to, limit=BATCH
        )
        known = [notice for notice in found if notice.booking.venue in houses]
        planned = [
            _news_message(houses[notice.booking.venue], notice, now)
            for notice in known
            if notice.kind in NEWS_OF
        ]
        written = await self._messages.plan(messages=planned)
        # One sweep behind: what another process was writing may show up below the last one seen.
        seen = max([self._seen_up_to, *(notice.id for notice in found)])
        self._planned_up_to, self._seen_up_to = self._seen_up_to, seen
        return written

    # --- delivering ------------------------------------------------------------------------------

    async def due(self) -> Sequence[str]:
        """The keys of what is to be delivered now, by this process."""
        found = await self._messages.due(now=self._clock.now(), limit=BATCH)
        return found if found and await self._is_sender() else ()

    async def deliver(self, key: str) -> None:
        """Send one message, or decide that it is not to be sent. What is done already is left alone."""
        async with self._at_once:
            await self._deliver(key)

    async def _deliver(self, key: str) -> None:
        message = await self._messages.get(key=key)
        now = self._clock.now()
        if message is None or message.state is not MessageState.PLANNED or message.due_at > now:
            return
        venue = next((each for each in self._venues() if each.id == message.venue), None)
        if venue is None:
            await self._end(message, MessageState.VOID, "unknown_venue")
        elif message.kind is MessageKind.NO_ANSWER:
            await self._apply_no_answer(message, venue)
        else:
            await self._send(message, venue)

    async def _apply_no_answer(self, message: Message, venue: Venue) -> None:
        if not await self._is_sender():
            return
        cancelled = await self._no_answer.cancelled_before(message)
        if cancelled is not None:
            await self._tell_of_cancelling(message, venue, cancelled)
            return
        booking = await self._stands(message)
        if booking is None:
            await self._end(message, MessageState.VOID, "changed")
            return
        wait_until = await self._no_answer.not_before(message)
        if wait_until is None:
            await self._end(message, MessageState.VOID, "answered")
        elif wait_until >= booking.start:
            await self._end(message, MessageState.VOID, "too_late")
        elif wait_until > self._clock.now():
            await self._messages.postpone(key=message.key, due_at=wait_until)
        else:
            # The moment at which the house would have cancelled is now: not to be announced any more.
            asks = venue.policy.follow_up.no_answer is not NoAnswer.CANCEL
            _, draft = self._worded(
                venue, booking.guest, _About(MessageKind.REMINDER, booking, asks=asks)
            )
            cancelled = await self._no_answer.apply(message, venue, booking, draft=draft)
            await self._tell_of_cancelling(message, venue, cancelled)

    async def _tell_of_cancelling(
        self, message: Message, venue: Venue, cancelled: Booking | None
    ) -> None:
        """The rule was applied; `cancelled` is the booking where it cost the guest that."""
        if cancelled is not None:
            told = _news_of_cancelling(venue, cancelled, self._clock.now())
            await self._messages.plan(messages=[told])
        await self._end(message, MessageState.SENT, "applied")

    async def _send(self, message: Message, venue: Venue) -> None:
        about = await self._about(message)
        if about is None:
            await self._end(message, MessageState.VOID, "changed")
            return
        now = self._clock.now()
        until = self._until(message, venue, about)
        if now >= until:
            await self._end(message, MessageState.VOID, "too_late")
            return
        if message.kind is MessageKind.REMINDER and (morning := after_quiet(venue, now)) > now:
            # Nobody was there to send it when it was due, and nobody is woken for that.
            if morning < until:
                await self._messages.postpone(key=message.key, due_at=morning)
            else:
                await self._end(message, MessageState.VOID, "quiet_hours")
            return
        letters = {
            way: self._letter(message, venue, about, answerable=way.can_be_answered)
            for way in self._messengers
            if _suits(way, message)
        }
        ways = [way for way, letter in letters.items() if way.reaches(letter)]
        if not ways:
            await self._end(message, *_WITHOUT_WAY.get(message.kind, _VOID))
            return
        fates = {way.name: await self._hand_over(way, message, letters[way]) for way in ways}
        if None in fates.values():
            # Another process sends by now, and finds this message where we have left it.
            return
        await self._conclude(message, venue, until, fates)

    async def _hand_over(self, way: Messenger, message: Message, letter: Letter) -> _Fate | None:
        """What one messenger made of a letter; None where it is no longer ours to send."""
        if way.name in message.ways:
            return _Fate.TAKEN
        if not await self._is_sender():
            return None
        try:
            await way.send(letter)
        except MessengerUnavailable as error:
            log.warning("message.delayed", **_named(message), way=way.name, error=str(error))
            return _Fate.LATER
        except Undeliverable as error:
            log.warning("message.refused", **_named(message), way=way.name, error=str(error))
            return _Fate.NEVER
        await self._messages.delivered(key=message.key, way=way.name, text=letter.text)
        return _Fate.TAKEN

    async def _conclude(
        self,
        message: Message,
        venue: Venue,
        until: datetime,
        fates: Mapping[str, _Fate | None],
    ) -> None:
        later = [way for way, fate in fates.items() if fate is _Fate.LATER]
        if _Fate.TAKEN in fates.values():
            now = self._clock.now()
            # What the others missed is theirs alone from now on; then this one counts as sent.
            await self._messages.plan(
                messages=[_for_one_way(message, way, now + WAITS[0]) for way in later]
            )
            await self._end(message, MessageState.SENT, "taken")
            await self._after_sending(message, fates)
        elif not later:
            await self._end(message, MessageState.FAILED, "refused")
        else:
            await self._try_later(message, venue, until)

    async def _try_later(self, message: Message, venue: Venue, until: datetime) -> None:
        due_at = self._clock.now() + WAITS[min(message.tries, len(WAITS) - 1)]
        if message.kind is MessageKind.REMINDER:
            due_at = after_quiet(venue, due_at)
        if due_at >= until or message.tries + 1 >= MAX_TRIES:
            await self._end(message, MessageState.FAILED, "no_answer")
        else:
            await self._messages.postpone(key=message.key, due_at=due_at)

    async def _after_sending(self, message: Message, fates: Mapping[str, _Fate | None]) -> None:
        """Staff need not tell a guest who has been written to."""
        if self._news is None or message.kind is not MessageKind.NEWS:
            return
        if any(fate is _Fate.TAKEN for way, fate in fates.items() if way != CHAT):
            news = decode(message.facts["news"])
            await self._news.written(news.booking)

    async def _end(self, message: Message, state: MessageState, why: str) -> None:
        if await self._messages.end(key=message.key, state=state, now=self._clock.now()):
            level = log.error if state is MessageState.FAILED else log.info
            level("message.ended", **_named(message), state=state.value, why=why)

    # --- what it is about ------------------------------------------------------------------------

    async def _about(self, message: Message) -> _About | None:
        """What a message says as things stand now; None where there is nothing to be said any more."""
        asks = message.asks or bool(message.facts.get("asks"))
        match message.kind:
            case MessageKind.CONFIRMATION | MessageKind.REMINDER:
                booking = await self._stands(message)
                return None if booking is None else _About(message.kind, booking, asks=asks)
            case MessageKind.WAITLIST_OFFER:
                entry = await self._entry_of(message)
                if entry is None or entry.status is not WaitlistStatus.OFFERED:
                    return None
                return _About(message.kind, offer=entry.offer, asks=asks)
            case MessageKind.NEWS:
                news: News = decode(message.facts["news"])
                booking = await self._bookings.get(code=news.booking.code)
                if booking is None or not _still_holds(news, booking):
                    return None
                if "notice" not in message.facts:
                    return _About(MessageKind.NO_ANSWER, booking)
                return _About(message.kind, booking, news=replace(news, booking=booking))
            case _:
                booking = await self._booking_of(message)
                return _About(message.kind, booking, text=message.text)

    async def _booking_of(self, message: Message) -> Booking | None:
        return None if message.code is None else await self._bookings.get(code=message.code)

    async def _stands(self, message: Message) -> Booking | None:
        """The booking of a follow-up, where it is as it was when that was planned."""
        booking = await self._booking_of(message)
        if booking is None or booking.status is not BookingStatus.CONFIRMED:
            return None
        same = (booking.start, booking.sequence) == (message.start, message.sequence)
        return booking if same else None

    async def _entry_of(self, message: Message) -> WaitlistEntry | None:
        """The waitlist entry whose latest offer a message is about."""
        entry = await self._waitlist.get(id=message.facts["entry"])
        if entry is None or entry.offer is None:
            return None
        return entry if entry.offer.id == decode(message.facts["offer"]).id else None

    def _until(self, message: Message, venue: Venue, about: _About) -> datetime:
        """The instant from which a message comes too late."""
        if about.offer is not None:
            return about.offer.expires_at
        if about.booking is None or message.kind is MessageKind.STAFF:
            return datetime.max.replace(tzinfo=UTC)
        return useful_until(venue, message, about.booking)

    def _letter(self, message: Message, venue: Venue, about: _About, *, answerable: bool) -> Letter:
        """`answerable`: whether an answer comes back to us by the same way. Where it does not, a
        reminder asks for none, and an offer says where to give it."""
        booking = about.booking
        if not answerable and booking is not None:
            about = replace(about, asks=False)
        elif not answerable:
            about = replace(about, answer_at=self._chat_link(venue))
        guest = message.guest if booking is None else booking.guest
        subject, text = self._worded(venue, guest, about)
        link = "" if booking is None else self._link(booking.code)
        dated = booking is not None and message.kind is not MessageKind.STAFF
        return Letter(
            key=message.facts.get("of", message.key),
            kind=message.kind.value,
            venue=venue,
            guest=guest,
            channel=message.channel,
            subject=subject,
            text=text,
            code="" if booking is None else booking.code,
            link=link,
            calendar=self._calendar(booking, venue, link) if booking and dated else b"",
            asks=about.asks,
            card=_card(venue, about),
        )

    def _worded(self, venue: Venue, guest: Guest, about: _About) -> tuple[str, str]:
        """Subject and text."""
        now = self._clock.now()
        language = guest.language or venue.language
        if about.text:
            return _plain_subject(venue, about.booking), about.text
        if about.news is not None:
            text = self._word_news(venue, language, about.news, now)
            return _plain_subject(venue, about.booking), text
        subject = about.booking or about.offer
        assert subject is not None
        link = about.answer_at if about.booking is None else self._link(about.booking.code)
        return self._word(
            about.kind,
            venue,
            language,
            subject,
            now=now,
            name=guest.name,
            asks=about.asks,
            link=link,
        )

    # --- answers ---------------------------------------------------------------------------------

    async def prompt_for(self, *, venue: Venue, user_id: str, phone: str) -> Prompt | None:
        """What a short answer of this guest's is about; `phone` is proven by the channel, or empty.

        A reminder asks until its booking starts. An offer is given back also when it has lapsed, until
        its start: whoever answers late hears that it has gone.
        """
        for _ in range(_PROMPTS_LOOKED_AT):
            message = await self._open_question(venue, user_id=user_id, phone=phone)
            if message is None:
                return None
            prompt = await self._prompt(message)
            if prompt is not None:
                return prompt
            # What it asked is settled in another way; an earlier one may be open still.
            await self.answered(message.key)
        return None

    async def _open_question(self, venue: Venue, *, user_id: str, phone: str) -> Message | None:
        """The latest message that asks and was not answered."""
        longest = max(venue.policy.follow_up.reminders, default=timedelta(0))
        since = self._clock.now() - longest - timedelta(days=2)
        return await self._messages.prompt(
            venue=venue.id, user_id=user_id, phone=phone, since=since
        )

    async def answered(self, key: str) -> None:
        """The guest has answered this message; a second time changes nothing."""
        await self._messages.answered(key=key, now=self._clock.now())

    async def _prompt(self, message: Message) -> Prompt | None:
        now = self._clock.now()
        sent_at = message.sent_at or now
        if message.kind is MessageKind.WAITLIST_OFFER:
            entry = await self._entry_of(message)
            if entry is None or entry.offer is None or entry.offer.slot.start <= now:
                return None
            if entry.status not in (WaitlistStatus.OFFERED, WaitlistStatus.EXPIRED):
                return None
            return PlaceFree(message.key, entry.id, entry.offer, sent_at, entry.guest, entry.notes)
        booking = await self._stands(message)
        if booking is None or booking.start <= now:
            return None
        return Reminded(message.key, booking, sent_at)

    # --- staff -----------------------------------------------------------------------------------

    async def say(
        self,
        *,
        conversation_id: str,
        venue: VenueId,
        user_id: str,
        channel: str,
        text: str,
        key: str,
    ) -> Post:
        """Staff's words in a guest's conversation: there at once, and sent by the other ways.

        The same `key` again says nothing again and returns the first post.
        """
        now = self._clock.now()
        message = Message(
            key=key,
            kind=MessageKind.STAFF,
            venue=venue,
            guest=await self._guest(venue, user_id, now),
            channel=channel,
            due_at=now,
            text=text,
        )
        # The chat's messenger writes under the same key, and finds it written.
        post = await self._posts.add(
            key=message.key, post=Post(venue, user_id, Author.STAFF, text, now, conversation_id)
        )
        await self._messages.plan(messages=[message])
        return post

    async def send_draft(self, *, venue: Venue, code: BookingCode, text: str, key: str) -> Message:
        """Send a text that staff have approved to the guest of a booking: by the next sweep.

        A "no" that follows is an answer to staff, so what was asked before is asked no more. The same
        `key` again sends nothing again. Raises: BookingNotFound.
        """
        booking = await self._bookings.get(code=code)
        if booking is None or booking.venue != venue.id:
            raise BookingNotFound
        message = Message(
            key=f"draft:{code}:{key}",
            kind=MessageKind.STAFF,
            venue=venue.id,
            guest=booking.guest,
            channel=booking.channel,
            due_at=self._clock.now(),
            code=code,
            start=booking.start,
            text=text,
        )
        guest = booking.guest
        asked = await self._open_question(venue, user_id=guest.user_id, phone=guest.phone)
        if asked is not None and await self._messages.get(key=message.key) is None:
            await self.answered(asked.key)
        await self._messages.plan(messages=[message])
        return await self._messages.get(key=message.key) or message

    async def undelivered(self, venue_id: VenueId) -> Sequence[Message]:
        """What could not be delivered in the last days, latest first: staff see to it."""
        since = self._clock.now() - SHOWN_FOR
        return await self._messages.failed(venue=venue_id, since=since)

    async def _guest(self, venue: VenueId, user_id: str, now: datetime) -> Guest:
        """How somebody who writes to us can be reached besides: as in their next booking."""
        found = await self._bookings.of_guest(venue=venue, user_id=user_id, phone="", since=now)
        return replace(found[0].guest, user_id=user_id) if found else Guest(user_id)


_VOID = (MessageState.VOID, "no_way")
_WITHOUT_WAY = {
    # Somebody has to be told: staff see to it.
    MessageKind.STAFF: (MessageState.FAILED, "no_way"),
    MessageKind.WAITLIST_OFFER: (MessageState.FAILED, "no_way"),
}


def _named(message: Message) -> dict[str, Any]:
    """What logs may say of a message."""
    return {"kind": message.kind.value, "venue": message.venue, "tries": message.tries}


def _suits(way: Messenger, message: Message) -> bool:
    """A confirmation is no news in the conversation in which the booking was made; and what a notice
    says, the next reply there says."""
    if message.facts.get("way", way.name) != way.name:
        return False
    if way.name != CHAT:
        return True
    return message.kind is not MessageKind.CONFIRMATION and "notice" not in message.facts


def _for_one_way(message: Message, way: str, due_at: datetime) -> Message:
    """What is left of a message that the other ways have taken. It asks nothing by itself: what it
    asks is known by the message that it is a part of."""
    facts = {
        **message.facts,
        "way": way,
        "of": message.facts.get("of", message.key),
        "asks": message.asks,
    }
    return replace(
        message,
        key=part_key(message.key, way),
        facts=facts,
        due_at=due_at,
        asks=False,
        ways=(),
        tries=0,
        text=message.text if message.kind is MessageKind.STAFF else "",
    )


def _still_holds(news: News, booking: Booking) -> bool:
    if news.kind is NoticeKind.MOVED:
        return booking.is_open and booking.start == news.booking.start
    return not booking.is_live


def _is_moved_by_staff(entry: AuditEntry, booking: Booking) -> bool:
    """Whether this is how the booking came to its present time, so that a notice tells of it."""
    before, after = entry.before, entry.after
    if entry.actor != "staff" or before is None or after is None:
        return False
    return before["sequence"] != after["sequence"] == booking.sequence


def _news_message(venue: Venue, notice: Notice, now: datetime) -> Message:
    news = News(notice.kind, notice.booking, notice.before)
    return _news_about(venue, news, now, key=f"news:{notice.id}", facts={"notice": notice.id})


def _news_of_cancelling(venue: Venue, cancelled: Booking, now: datetime) -> Message:
    """To a guest who did not answer: there is no notice of it, so that it is written into the
    conversation too."""
    news = News(NoticeKind.CANCELLED, cancelled)
    return _news_about(venue, news, now, key=f"news:{cancelled.code}:{cancelled.version}", facts={})


def _news_about(
    venue: Venue, news: News, now: datetime, *, key: str, facts: Mapping[str, Any]
) -> Message:
    booking = news.booking
    morning = after_quiet(venue, now)
    return Message(
        key=key,
        kind=MessageKind.NEWS,
        venue=venue.id,
        guest=booking.guest,
        channel=booking.channel,
        due_at=morning if morning < booking.start - MIN_NOTICE else now,
        code=booking.code,
        start=booking.start,
        facts={**facts, "news": encode(news)},
    )


def _plain_subject(venue: Venue, booking: Booking | None) -> str:
    """In no language: for words that come without a subject."""
    return venue.name if booking is None else f"{venue.name} · {shown_code(booking.code)}"


def _card(venue: Venue, about: _About) -> dict[str, Any] | None:
    """What a page shows beside the words, as in the chat answer."""
    card: dict[str, Any] = {}
    if about.booking is not None:
        card["booking"] = booking_json(about.booking, venue)
    if about.offer is not None:
        card["offers"] = [offer_json(about.offer, venue)]
    return {**card, "asks": about.asks} if card else None
