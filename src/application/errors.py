"""What the outside world can fail to do for us: the other half of the tree in `domain.errors`.

DependencyError
├── ModelUnavailable        no answer from the model in time, or none at all
├── AnswerInvalid           the model answered, but not with what was asked for
├── BudgetExceeded          the call would cost more than the house allows
├── StoreUnavailable        the ledger or the booking store does not answer
├── Fenced                  another process has taken this work over
└── ConversationBusy        another turn of the same conversation is still running
"""

from __future__ import annotations

from domain.errors import AnfitrionError


class DependencyError(AnfitrionError):
    """Something outside failed; trying again later may help.

    `retry_after_s` is the wait that the other side asked for, where it did.
    """

    code = "dependency"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelUnavailable(DependencyError):
    """The model did not answer, or not in time.

    `reason` is one word for receipts and metrics: timeout, rate_limited, server_error, connection,
    breaker_open, refused, cut_stream, unconfigured.
    """

    code = "model_unavailable"

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(f"the model is unavailable: {reason}", retry_after_s=retry_after_s)
        self.reason = reason


class AnswerInvalid(DependencyError):
    """The model's answer does not fit what was asked for, even after one repair."""

    code = "answer_invalid"


class BudgetExceeded(DependencyError):
    """The call would pass a limit on tokens or money; it was not made. `limit` names which."""

    code = "budget_exceeded"

    def __init__(self, limit: str) -> None:
        super().__init__(f"the call would pass {limit}")
        self.limit = limit


class StoreUnavailable(DependencyError):
    """The ledger or the booking store cannot be reached, or is too busy to answer."""

    code = "store_unavailable"


class Fenced(DependencyError):
    """Another process holds the lease by now: what this one was about to write is no longer its own."""

    code = "fenced"

    def __init__(self) -> None:
        super().__init__("the lease has changed hands")


class ConversationBusy(DependencyError):
    """Another turn of this conversation is still running."""

    code = "conversation_busy"
