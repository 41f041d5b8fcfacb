"""The dialogue: what the host does next, as pure functions of what is known.

`next_step` reads one understood message against the state and says what to do: acts to word at
once, or an action for the application to carry out. `conclude` takes what came of the action and
says what to tell the guest, or what to do next. Neither knows a clock, a store or a model.

    here       where and when a message is read
    state      what one turn leaves to the next
    prompts    what the house has asked of its own accord
    steps      actions, what can come of them, and the step that asks for one
    details    taking down what the guest said: dates resolved, names matched, doubts turned into questions
    choosing   which offer or booking the guest means
    answers    the house's own answers to questions
    prompted   the answer to a prompt
    waiting    getting onto the waitlist
    waitlist_wishes  what guests say about the waitlist
    next_step  one message in, one step out
    conclude   one outcome in, one step out
"""

from domain.dialogue.conclude import conclude
from domain.dialogue.details import missing_details
from domain.dialogue.here import Here
from domain.dialogue.next_step import next_step
from domain.dialogue.prompted import as_asked
from domain.dialogue.prompts import PlaceFree, Prompt, Reminded
from domain.dialogue.state import Details, DialogueState, Expecting, Task, finished, silenced
from domain.dialogue.steps import (
    Action,
    AppointmentKept,
    BookingDone,
    BookingsFound,
    BookOffer,
    CancelBooking,
    CheckLast4,
    EditBooking,
    FindBookings,
    Hindered,
    JoinWaitlist,
    KeepAppointment,
    KeepOffer,
    LeaveWaitlist,
    MoveBooking,
    OfferKept,
    OfferLost,
    Outcome,
    Search,
    SearchDone,
    Step,
    VerifyDone,
    WaitlistJoined,
    WaitlistLeft,
)

__all__ = [
    "Action",
    "AppointmentKept",
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
    "JoinWaitlist",
    "KeepAppointment",
    "KeepOffer",
    "LeaveWaitlist",
    "MoveBooking",
    "OfferKept",
    "OfferLost",
    "Outcome",
    "PlaceFree",
    "Prompt",
    "Reminded",
    "Search",
    "SearchDone",
    "Step",
    "Task",
    "VerifyDone",
    "WaitlistJoined",
    "WaitlistLeft",
    "as_asked",
    "conclude",
    "finished",
    "missing_details",
    "next_step",
    "silenced",
]
