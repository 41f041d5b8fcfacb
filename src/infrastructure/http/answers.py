"""The shapes of answers, for `/openapi.json`, and how domain values take them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from application.ports.posts import Post
from domain.availability import Refusal
from domain.booking import Booking, shown_code
from domain.floor import Slot
from domain.venue import Service, Venue, WeeklyHours


class OfferAnswer(BaseModel):
    """A slot that is kept for the guest for some minutes."""

    offer_id: str
    start: datetime
    end: datetime
    party_size: int
    service: str
    resources: list[str]
    expires_at: datetime | None


class GuestBookingAnswer(BaseModel):
    """A booking as its guest sees it."""

    code: str
    venue: str
    service: str
    start: datetime
    end: datetime
    party_size: int
    resources: list[str]
    status: str
    guest_name: str
    notes: str
    link: str = ""
    """The booking's own page, in answers to its guest: whoever has it may change the booking."""


class BookingAnswer(GuestBookingAnswer):
    """A booking as staff see it."""

    guest_phone: str
    guest_email: str
    language: str
    channel: str
    version: int
    created_at: datetime


class AgentAnswer(BaseModel):
    agent: Literal["router", "logic", "human"]
    source: Literal["model", "local", "cache"]
    model: str
    latency_ms: float
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost_usd: float
    fallback_reason: str | None


class KnowledgeAnswer(BaseModel):
    """Where what was said about free slots came from, and how old it was."""

    source: str
    age_s: float


class ReceiptAnswer(BaseModel):
    latency_ms: float
    cost_usd: float
    agents: list[AgentAnswer]
    availability: KnowledgeAnswer | None


class PostAnswer(BaseModel):
    """What was written into a guest's conversation without their having asked."""

    id: int
    author: Literal["house", "staff"]
    text: str
    at: datetime
    asks: bool
    """Whether a short answer of the guest's is about this: to a reminder, to a place that is offered."""
    booking: GuestBookingAnswer | None
    offers: list[OfferAnswer]


class PostsAnswer(BaseModel):
    posts: list[PostAnswer]


class ChatAnswer(BaseModel):
    """The answer to a guest's message."""

    conversation_id: str
    message_id: str
    response: str
    language: str
    intent: str
    also: list[str] = []
    status: str
    action: str
    missing: list[str]
    offers: list[OfferAnswer]
    booking: GuestBookingAnswer | None
    posts: list[PostAnswer] = []
    """What was written to the guest between their last message and this one."""
    receipt: ReceiptAnswer


class SlotAnswer(BaseModel):
    start: datetime
    end: datetime
    service: str
    party_size: int
    resources: list[str]


class RefusalAnswer(BaseModel):
    """Why a start cannot be had; without one, why nothing can on that day."""

    start: datetime | None
    code: str


class AvailabilityAnswer(BaseModel):
    slots: list[SlotAnswer]
    refusals: list[RefusalAnswer]
    source: str
    age_s: float


class BookingsAnswer(BaseModel):
    bookings: list[BookingAnswer]


def slot_answer(slot: Slot, venue: Venue) -> dict[str, Any]:
    return {
        "start": slot.start.astimezone(venue.zone),
        "end": slot.end.astimezone(venue.zone),
        "service": slot.service,
        "party_size": slot.covers,
        "resources": list(slot.resources),
    }


def refusal_answer(refusal: Refusal, venue: Venue) -> dict[str, Any]:
    start = refusal.start.astimezone(venue.zone) if refusal.start else None
    return {"start": start, "code": refusal.code.value}


def booking_answer(booking: Booking, venue: Venue) -> dict[str, Any]:
    return {
        "code": shown_code(booking.code),
        "venue": booking.venue,
        "service": booking.service,
        "start": booking.start.astimezone(venue.zone),
        "end": booking.end.astimezone(venue.zone),
        "party_size": booking.party_size.covers,
        "resources": list(booking.resources),
        "status": booking.status.value,
        "guest_name": booking.guest.name,
        "guest_phone": booking.guest.phone,
        "guest_email": booking.guest.email,
        "notes": booking.notes,
        "language": booking.guest.language,
        "channel": booking.channel,
        "version": booking.version,
        "created_at": booking.created_at.astimezone(venue.zone),
    }


def post_answer(post: Post, venue: Venue) -> dict[str, Any]:
    card = post.card or {}
    return {
        "id": post.id,
        "author": post.author.value,
        "text": post.text,
        "at": post.at.astimezone(venue.zone),
        "asks": bool(card.get("asks")),
        "booking": card.get("booking"),
        "offers": card.get("offers") or [],
    }


def venue_summary(venue: Venue) -> dict[str, Any]:
    return {
        "id": venue.id,
        "name": venue.name,
        "kind": venue.kind.value,
        "time_zone": venue.zone.key,
        "languages": list(venue.languages),
        "country": venue.country,
    }


def venue_answer(venue: Venue) -> dict[str, Any]:
    policy = venue.policy
    return {
        **venue_summary(venue),
        "currency": venue.currency,
        "contact": {
            "phone": venue.contact.phone,
            "email": venue.contact.email,
            "address": venue.contact.address,
            "map_url": venue.contact.map_url,
        },
        "services": [_service(service) for service in venue.services],
        "resources": [
            {
                "id": resource.id,
                "kind": resource.kind.value,
                "name": resource.name,
                "min_covers": resource.min_covers,
                "max_covers": resource.max_covers,
                "area": resource.area,
                "features": sorted(resource.features),
            }
            for resource in venue.resources
        ],
        "policy": {
            "min_party": policy.min_party,
            "max_party": policy.max_party,
            "lead_time_min": _minutes(policy.lead_time),
            "booking_window_days": policy.booking_window.days,
            "cancel_cutoff_min": _minutes(policy.cancel_cutoff),
            "change_cutoff_min": _minutes(policy.change_cutoff),
            "confirm": policy.confirm.value,
        },
        "closures": [
            {"first": closure.first, "last": closure.last, "reason": closure.reason}
            for closure in venue.closures
        ],
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "names": dict(service.names),
        "hours": _hours(service.hours),
        "slot_interval_min": _minutes(service.slot_interval),
        "turn_times": [
            {"max_covers": step.max_covers, "minutes": _minutes(step.length)}
            for step in service.turn_times
        ],
        "price": service.price,
    }


def _hours(hours: WeeklyHours) -> dict[str, list[dict[str, str]]]:
    """Opening intervals by ISO weekday; an end past midnight is written as on a 24-hour clock."""
    return {
        str(weekday): [
            {"start": _clock(interval.start), "end": _clock(interval.end)} for interval in intervals
        ]
        for weekday, intervals in sorted(hours.by_weekday.items())
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
