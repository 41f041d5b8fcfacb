"""What follows a booking, as messages on the list: the bridge from `domain.follow_up` to the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from application.ports.messages import Message, MessageKind, MessageState
from domain.booking import Booking
from domain.follow_up import FollowUp, FollowUpKind, follow_ups, too_late_at
from domain.venue import Venue

ASKED = "asked"
"""Among the facts of a `NO_ANSWER`: the key of the reminder that had asked."""

AHEAD_S = "ahead_s"
"""Among the facts of a reminder: how long before the start, as the house has set it, in seconds."""

FRESH = timedelta(days=1)
"""A confirmation later than this after the booking was written or moved would only astonish: the guest
has long relied on it."""

_KINDS = {
    FollowUpKind.CONFIRMATION: MessageKind.CONFIRMATION,
    FollowUpKind.REMINDER: MessageKind.REMINDER,
    FollowUpKind.NO_ANSWER: MessageKind.NO_ANSWER,
}


def messages_for(
    venue: Venue, booking: Booking, *, now: datetime, confirm: bool
) -> tuple[Message, ...]:
    """Everything that is to be written about a booking as it stands; never empty.

    Where the house writes nothing there is one message that is void from the beginning, so that the
    booking is not looked at again and again. `confirm`: whether a confirmation still makes sense.
    """
    planned = [
        each
        for each in follow_ups(venue, booking, now=now)
        if confirm or each.kind is not FollowUpKind.CONFIRMATION
    ]
    asking = next((_key(booking, each) for each in planned if each.asks), "")
    if not planned:
        nothing = FollowUp(FollowUpKind.CONFIRMATION, now)
        return (_message(booking, nothing, asking, state=MessageState.VOID),)
    return tuple(_message(booking, each, asking) for each in planned)


def part_key(key: str, way: str) -> str:
    """The key of what one messenger still owes of a message that others have delivered."""
    return f"{key}+{way}"


def useful_until(venue: Venue, message: Message, booking: Booking) -> datetime:
    """The instant from which a follow-up is better left unsent."""
    if message.kind is not MessageKind.REMINDER:
        return booking.start
    return too_late_at(venue, booking.start, timedelta(seconds=message.facts[AHEAD_S]))


def _message(
    booking: Booking,
    follow_up: FollowUp,
    asking: str,
    *,
    state: MessageState = MessageState.PLANNED,
) -> Message:
    facts: dict[str, object] = {}
    if follow_up.kind is FollowUpKind.REMINDER:
        facts[AHEAD_S] = int(follow_up.ahead.total_seconds())
    if follow_up.kind is FollowUpKind.NO_ANSWER:
        facts[ASKED] = asking
    return Message(
        key=_key(booking, follow_up),
        kind=_KINDS[follow_up.kind],
        venue=booking.venue,
        guest=booking.guest,
        channel=booking.channel,
        due_at=follow_up.due_at,
        code=booking.code,
        start=booking.start,
        sequence=booking.sequence,
        facts=facts,
        state=state,
        asks=follow_up.asks,
    )


def _key(booking: Booking, follow_up: FollowUp) -> str:
    """One for each follow-up of a booking at its present time, whoever plans it and however often."""
    start = int(booking.start.timestamp())
    key = f"{follow_up.kind.value}:{booking.code}:{booking.sequence}:{start}"
    if follow_up.kind is FollowUpKind.REMINDER:
        key += f":{int(follow_up.ahead.total_seconds())}"
    return key
