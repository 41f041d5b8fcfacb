"""Who waits for a place, and who is asked first when one becomes free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from domain.acts import Offer
from domain.guest import Guest
from domain.venue import ResourceId, ServiceId, VenueId, WaitlistOrder

WaitlistId = NewType("WaitlistId", str)


class WaitlistStatus(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    """A freed place is held for them until `WaitlistEntry.offer` expires."""
    BOOKED = "booked"
    DECLINED = "declined"
    EXPIRED = "expired"
    """They did not answer in time, or their day has passed."""
    REMOVED = "removed"
    """Staff took them off the list, or they left it."""


ON_THE_LIST = frozenset({WaitlistStatus.WAITING, WaitlistStatus.OFFERED})


@dataclass(frozen=True, slots=True)
class Wants:
    """What a place has to be like, and what would be best; as in `availability.Wish`."""

    target: int | None = None
    """The service-day minute that suits best; None: the earliest."""
    resource: ResourceId | None = None
    required: frozenset[str] = frozenset()
    preferences: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WaitlistEntry:
    """One guest's wish for a day that is full. Changing it makes a new version."""

    id: WaitlistId
    venue: VenueId
    day: date
    """The service day: 00:30 belongs to the night before."""
    covers: int
    earliest: int
    """Service-day minutes between which a start would suit, both included."""
    latest: int
    guest: Guest
    created_at: datetime
    service: ServiceId | None = None
    wants: Wants = field(default_factory=Wants)
    status: WaitlistStatus = WaitlistStatus.WAITING
    offer: Offer | None = None
    """What is, or was last, offered to them."""
    channel: str = "chat"
    notes: str = ""
    version: int = 1


def in_order(entries: Iterable[WaitlistEntry], order: WaitlistOrder) -> tuple[WaitlistEntry, ...]:
    """Those who wait, whoever is to be asked first in front."""
    waiting = [each for each in entries if each.status is WaitlistStatus.WAITING]
    if order is WaitlistOrder.LARGEST:
        return tuple(sorted(waiting, key=lambda each: (-each.covers, each.created_at, each.id)))
    return tuple(sorted(waiting, key=lambda each: (each.created_at, each.id)))


def joined_again(before: WaitlistEntry, now: WaitlistEntry) -> WaitlistEntry:
    """The place of somebody who asks once more for what they wait for already.

    They wish for the hours they name now, and can be reached as they say now; whatever they do not
    say again stays. It is still for whoever joined first: a phone number alone, which anybody can type,
    takes no place over.
    """
    return replace(
        before,
        earliest=now.earliest,
        latest=now.latest,
        wants=now.wants,
        guest=Guest(
            user_id=before.guest.user_id or now.guest.user_id,
            name=now.guest.name or before.guest.name,
            phone=now.guest.phone or before.guest.phone,
            email=now.guest.email or before.guest.email,
            language=now.guest.language or before.guest.language,
        ),
        notes=now.notes or before.notes,
    )
