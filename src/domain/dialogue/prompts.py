"""What the house has asked of its own accord: a short answer of the guest's may be about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.acts import Offer
from domain.booking import Booking
from domain.guest import Guest
from domain.waitlist import WaitlistId


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder has asked whether the guest comes."""

    key: str
    """Of the message, so that it can be noted as answered."""
    booking: Booking
    """As it stands now."""
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class PlaceFree:
    """A freed place has been offered to somebody on the waitlist."""

    key: str
    entry: WaitlistId
    offer: Offer
    """With its hold and `Offer.waitlist`; it may have lapsed since."""
    sent_at: datetime
    guest: Guest | None = None
    """Who is on the list, as far as they have said it."""
    notes: str = ""


Prompt = Reminded | PlaceFree
