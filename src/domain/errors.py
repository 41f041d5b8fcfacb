"""What can go wrong, as a tree.

AnfitrionError
├── DomainError                 the house says no; the guest can be told why
│   ├── SlotTaken               somebody else has a claim on that resource and time
│   ├── PacingExceeded          the kitchen cannot take that many more at once
│   ├── HoldExpired             the guest waited longer than the house could keep the table
│   ├── TooManyHolds            one guest may not keep half the house waiting
│   ├── TooManyBookings         one guest has reached the house's limit of open bookings
│   ├── TooLateToChange         the house's cut-off for changing or cancelling has passed
│   ├── IllegalTransition       that booking cannot go from its status to the wanted one
│   ├── BookingChanged          somebody else changed the booking first
│   ├── BookingNotFound         no such booking for this guest
│   └── KeyReused               one idempotency key was used for two different requests
└── DependencyError             something outside failed; trying later may help (application.errors)

Mistakes in our own code stay built-in errors.
"""

from __future__ import annotations

from datetime import datetime


class AnfitrionError(Exception):
    """Anything this program raises on purpose."""

    code: str = "error"


class DomainError(AnfitrionError):
    """The house says no, and the guest can be told why."""


class SlotTaken(DomainError):
    """Somebody else has a claim on that resource at that time.

    `held` says that the claim is a hold, which may still expire.
    """

    code = "slot_taken"

    def __init__(self, *, held: bool = False) -> None:
        super().__init__("the slot is held by another guest" if held else "the slot is taken")
        self.held = held


class PacingExceeded(DomainError):
    """The house cannot start that many more covers or parties in this window."""

    code = "pacing"

    def __init__(self, *, rule: str) -> None:
        super().__init__(f"pacing rule {rule} is full for this window")
        self.rule = rule


class HoldExpired(DomainError):
    """The hold is no longer there: its time ran out or it was released."""

    code = "hold_expired"


class TooManyHolds(DomainError):
    """This guest already holds as many slots as the house allows."""

    code = "too_many_holds"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a guest may hold at most {limit} slots")
        self.limit = limit


class TooManyBookings(DomainError):
    """This guest already has as many open bookings as the house allows."""

    code = "too_many_bookings"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a guest may have at most {limit} open bookings")
        self.limit = limit


class TooLateToChange(DomainError):
    """The cut-off for changing or cancelling this booking has passed."""

    code = "too_late"

    def __init__(self, *, cutoff: datetime) -> None:
        super().__init__(f"the cut-off was {cutoff.isoformat()}")
        self.cutoff = cutoff


class IllegalTransition(DomainError):
    """A booking cannot go from its present status to the wanted one."""

    code = "illegal_transition"

    def __init__(self, *, before: str, after: str) -> None:
        super().__init__(f"a booking that is {before} cannot become {after}")
        self.before = before
        self.after = after


class BookingChanged(DomainError):
    """Somebody else changed the booking since it was read."""

    code = "booking_changed"


class BookingNotFound(DomainError):
    """There is no such booking, or it is not this guest's."""

    code = "booking_not_found"


class KeyReused(DomainError):
    """One idempotency key was sent with two different requests."""

    code = "idempotency_key_reused"
