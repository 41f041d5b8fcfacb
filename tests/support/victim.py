"""Another guest's booking, of which no attacker may hear and no lie may be told."""

from __future__ import annotations

from tests.support.house import House

NAME, PHONE, NOTES = "Teodora Quispe Valverde", "+34611908274", "alergia a la avellana"
BOOKING = {
    "start": "2026-11-27T21:00:00+01:00",
    "party_size": 2,
    "guest_name": NAME,
    "guest_phone": PHONE,
    "notes": NOTES,
    "service": "dinner",
}


async def book(house: House) -> list[str]:
    """Staff book it at the restaurant. Gives what is secret: name, phone, code, notes."""
    made = await house.book_as_staff("la-terraza", BOOKING)
    return [NAME, PHONE, str(made["code"]), NOTES]
