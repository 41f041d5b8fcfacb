"""Who talks to us and in whose name a booking stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guest:
    """The person a booking is for. `user_id` is the channel's own name for them."""

    user_id: str
    name: str = ""
    phone: str = ""
    """E.164, or empty."""
    email: str = ""
    language: str = ""
    """BCP 47 primary tag, or empty where unknown."""
