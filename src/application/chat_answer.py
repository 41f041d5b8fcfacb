"""The JSON answer to one message (`POST /chat`): what programs switch on and pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from application.ports.agents import AgentReceipt
from domain.acts import (
    Act,
    AskCancel,
    AskLast4,
    Booked,
    Cancelled,
    Escalated,
    Expected,
    Kept,
    LargeParty,
    Moved,
    News,
    Offer,
    Purpose,
    Received,
    ShowBookings,
    Updated,
    Waitlisted,
)
from domain.booking import Booking, shown_code
from domain.dialogue import DialogueState, Expecting, missing_details
from domain.understanding import Understanding
from domain.venue import Venue


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` and `action` of a turn, and the booking it is about."""

    status: str
    action: str = "none"
    booking: Booking | None = None


def outcome_of(acts: Sequence[Act], state: DialogueState) -> Outcome:
    """What a turn came to; where it did several things, the last of them."""
    for act in reversed(acts):
        done = _done_by(act)
        if done is not None:
            return done
    if state.escalated and not acts:
        return Outcome("escalated")  # a person has the conversation, and we say nothing in it
    if state.expecting is Expecting.OFFER and state.offers:
        return Outcome("offering")
    if state.task is None and state.expecting in {Expecting.NOTHING, Expecting.MENU}:
        return Outcome("answered", booking=_mentioned(acts))
    if any(isinstance(act, AskCancel) for act in acts) or state.expecting is Expecting.CANCEL_YES:
        return Outcome("awaiting_confirmation", booking=state.target)
    if state.expecting is Expecting.LAST4:
        return Outcome("verifying", "verify_identity")
    return Outcome("collecting", booking=state.target)


def _done_by(act: Act) -> Outcome | None:
    match act:
        case Booked(booking=booking):
            return Outcome("confirmed", "schedule_appointment", booking)
        case Received(booking=booking, what=what):
            return Outcome("received", _ACTIONS[what], booking)
        case Moved(booking=booking):
            return Outcome("moved", "reschedule_appointment", booking)
        case Cancelled(booking=booking):
            return Outcome("cancelled", "cancel_appointment", booking)
        case Waitlisted(already=already):
            return Outcome("waitlisted", "none" if already else "join_waitlist")
        case Escalated() | LargeParty():
            return Outcome("escalated", "escalate")
        case AskLast4():
            return Outcome("verifying", "verify_identity")
        case _:
            return None


_ACTIONS = {
    None: "schedule_appointment",
    Purpose.MOVE: "reschedule_appointment",
    Purpose.CANCEL: "cancel_appointment",
}
"""What was received, for clients: by what it was asked for."""


def _mentioned(acts: Sequence[Act]) -> Booking | None:
    """The one booking an answer is about, for a client to show."""
    for act in acts:
        match act:
            case (
                ShowBookings(bookings=(booking,))
                | Updated(booking=booking)
                | Kept(booking=booking)
                | Expected(booking=booking)
                | News(booking=booking)
            ):
                return booking
            case _:
                pass
    return None


def chat_answer(
    *,
    venue: Venue,
    conversation_id: str,
    message_id: str,
    reply: str,
    understood: Understanding,
    acts: Sequence[Act],
    state: DialogueState,
    phone: str,
    receipts: Sequence[AgentReceipt],
    latency_ms: float,
    availability: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The whole answer, ready for JSON. Times carry the venue's offset."""
    outcome = outcome_of(acts, state)
    # Also beside an outcome: "cancelled, and for Saturday I have 21:00".
    offers = state.offers if state.expecting is Expecting.OFFER else ()
    intents = [intent.value for intent in understood.intents]
    return {
        "conversation_id": conversation_id,
        "message_id": message_id,
        "response": reply,
        "language": state.language,
        "intent": intents[0],
        "also": intents[1:],
        "status": outcome.status,
        "action": outcome.action,
        "missing": [d.value for d in missing_details(state, venue, phone=phone)],
        "offers": [offer_json(offer, venue) for offer in offers],
        "booking": None if outcome.booking is None else booking_json(outcome.booking, venue),
        "receipt": {
            "latency_ms": round(latency_ms, 1),
            "cost_usd": round(sum(receipt.cost_usd for receipt in receipts), 6),
            "agents": [_receipt_json(receipt) for receipt in receipts],
            "availability": availability,
        },
    }


def booking_json(booking: Booking, venue: Venue) -> dict[str, Any]:
    """A booking as a guest's client sees it."""
    return {
        "code": shown_code(booking.code),
        "venue": booking.venue,
        "service": booking.service,
        "start": _local(booking.start, venue),
        "end": _local(booking.end, venue),
        "party_size": booking.party_size.covers,
        "resources": list(booking.resources),
        "status": booking.status.value,
        "guest_name": booking.guest.name,
        "notes": booking.notes,
    }


def offer_json(offer: Offer, venue: Venue) -> dict[str, Any]:
    return {
        "offer_id": offer.id,
        "start": _local(offer.slot.start, venue),
        "end": _local(offer.slot.end, venue),
        "party_size": offer.slot.covers,
        "service": offer.slot.service,
        "resources": list(offer.slot.resources),
        "expires_at": _local(offer.expires_at, venue),
    }


def _receipt_json(receipt: AgentReceipt) -> dict[str, Any]:
    return {
        "agent": receipt.agent,
        "source": receipt.source,
        "model": receipt.model,
        "latency_ms": round(receipt.latency_ms, 1),
        "tokens_in": receipt.tokens_in,
        "tokens_cached": receipt.tokens_cached,
        "tokens_out": receipt.tokens_out,
        "cost_usd": round(receipt.cost_usd, 6),
        "fallback_reason": receipt.fallback_reason,
    }


def _local(instant: datetime, venue: Venue) -> str:
    return instant.astimezone(venue.zone).isoformat()
