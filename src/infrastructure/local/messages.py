"""The words of what the house writes of its own accord: confirmations, reminders, waitlist offers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from application.ports.agents import ReplyPlan
from domain.acts import Offer
from domain.booking import Booking
from domain.venue import Venue
from infrastructure.local.human import spoken
from infrastructure.local.words import LANGUAGES, MESSAGES
from infrastructure.local.words.voice import Written


def word_message(
    kind: str,
    venue: Venue,
    language: str,
    about: Booking | Offer | date,
    *,
    now: datetime,
    name: str = "",
    asks: bool = False,
    link: str = "",
) -> tuple[str, str]:
    """As `application.ports.aftercare.MessageWords` promises. Raises: KeyError for other kinds."""
    known = about.guest.name if isinstance(about, Booking) else ""
    plan = ReplyPlan(
        venue=venue, language=language or venue.language, acts=(), now=now, guest_name=known or name
    )
    plan = replace(plan, language=spoken(plan))
    voice, _ = LANGUAGES[plan.language]
    return MESSAGES[plan.language][kind](voice(plan), Written(about, asks=asks, link=link))
