"""A booking as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.booking import Booking, BookingStatus, shown_code
from domain.venue import Venue

_STATUS = {
    BookingStatus.CONFIRMING: "TENTATIVE",
    BookingStatus.RECEIVED: "TENTATIVE",
    BookingStatus.CANCELLED: "CANCELLED",
    BookingStatus.NO_SHOW: "CANCELLED",
}

_LOOK_AGAIN_AFTER = timedelta(hours=1)
"""How often a calendar that follows the file's address should ask for it."""


def calendar_file(booking: Booking, venue: Venue, *, now: datetime, link: str = "") -> bytes:
    """One event with the booking's id as its UID: a newer file replaces an older one.

    Times are in UTC, which every calendar shows in its reader's own zone. `link`: where the booking
    is seen and changed. A cancelled booking takes its event away again (RFC 5546): that is a change
    too, which its own SEQUENCE does not count.
    """
    from icalendar import Calendar, Event  # takes a tenth of a second: not at every start

    status = _STATUS.get(booking.status, "CONFIRMED")
    is_cancelled = status == "CANCELLED"
    event = Event()
    event.add("uid", f"{booking.id}@anfitrion")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", booking.start.astimezone(UTC))
    event.add("dtend", booking.end.astimezone(UTC))
    event.add("summary", venue.name)
    event.add("description", "\n".join(filter(None, [shown_code(booking.code), link])))
    event.add("sequence", booking.sequence + is_cancelled)
    event.add("status", status)
    if link.startswith("http"):
        event.add("url", link)
    if venue.contact.address:
        event.add("location", venue.contact.address)
    calendar = Calendar()
    calendar.add("prodid", "-//anfitrion//ES")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add("refresh-interval", _LOOK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
