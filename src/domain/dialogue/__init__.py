"""The dialogue: what the host does next, as pure functions of what is known.

`next_step` reads one understood message against the state and says what to do: acts to word at
once, or an action for the application to carry out. `conclude` takes what came of the action and
says what to tell the guest, or what to do next. Neither knows a clock, a store or a model.

    here       where and when a message is read
    state      what one turn leaves to the next
    steps      actions, what can come of them, and the step that asks for one
    details    taking down what the guest said: dates resolved, names matched, doubts turned into questions
    choosing   which offer or booking the guest means
    answers    the house's own answers to questions
    next_step  one message in, one step out
    conclude   one outcome in, one step out
"""

from domain.dialogue.conclude import conclude
from domain.dialogue.details import missing_details
from domain.dialogue.here import Here
from domain.dialogue.next_step import next_step
from domain.dialogue.state import Details, DialogueState, Expecting, Task, finished
from domain.dialogue.steps import (
    Action,
    BookingDone,
    BookingsFound,
    BookOffer,
    CancelBooking,
    CheckLast4,
    EditBooking,
    FindBookings,
    Hindered,
    KeepOffer,
    MoveBooking,
    OfferKept,
    OfferLost,
    Outcome,
    Search,
    SearchDone,
    Step,
    VerifyDone,
)

__all__ = [
    "Action",
    "BookOffer",
    "BookingDone",
    "BookingsFound",
    "CancelBooking",
    "CheckLast4",
    "Details",
    "DialogueState",
    "EditBooking",
    "Expecting",
    "FindBookings",
    "Here",
    "Hindered",
    "KeepOffer",
    "MoveBooking",
    "OfferKept",
    "OfferLost",
    "Outcome",
    "Search",
    "SearchDone",
    "Step",
    "Task",
    "VerifyDone",
    "conclude",
    "finished",
    "missing_details",
    "next_step",
]
