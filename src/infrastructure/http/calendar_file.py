"""A booking as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.booking import Booking, BookingStatus, shown_code
from domain.venue import Venue

_STATUS = {
    BookingStatus.CONFIRMING: "TENTATIVE",
    BookingStatus.RECEIVED: "TENTATIVE",
    BookingStatus.CANCELLED: "CANCELLED",
    BookingStatus.NO_SHOW: "CANCELLED",
}


def calendar_file(booking: Booking, venue: Venue, *, now: datetime) -> bytes:
    """One event with the booking's id as its UID: a newer file replaces an older one.

    Times are in UTC, which every calendar shows in its reader's own zone.
    """
    from icalendar import Calendar, Event  # takes a tenth of a second: not at every start

    event = Event()
    event.add("uid", f"{booking.id}@anfitrion")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", booking.start.astimezone(UTC))
    event.add("dtend", booking.end.astimezone(UTC))
    event.add("summary", venue.name)
    event.add("description", shown_code(booking.code))
    event.add("sequence", booking.sequence)
    event.add("status", _STATUS.get(booking.status, "CONFIRMED"))
    if venue.contact.address:
        event.add("location", venue.contact.address)
    calendar = Calendar()
    calendar.add("prodid", "-//anfitrion//ES")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
