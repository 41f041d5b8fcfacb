"""Puts the layers around models in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from application.ports.clock import Clock
from application.ports.language_model import LanguageModel
from application.ports.model_figures import PricedModel
from infrastructure.resilience.attempt import Attempt
from infrastructure.resilience.breaker import Breaker, Guarded
from infrastructure.resilience.budget import Budgeted, CallLimits, DailyBudget
from infrastructure.resilience.chain import Chain
from infrastructure.resilience.coalesce import Coalesced
from infrastructure.resilience.retry import Retry

ATTEMPT_SHARE = 0.8
"""Of the deadline, what one request may take: see `Attempt`."""


def resilient(
    models: Sequence[PricedModel],
    *,
    deadline_s: float,
    limits: CallLimits,
    daily: DailyBudget,
    breakers: Mapping[str, Breaker],
    clock: Clock,
) -> LanguageModel:
    """A chain of models behind coalescing, deadline, budget, breaker and retry.

    `breakers` has one for each model by name; agents that use the same model share it.
    """
    share_s = deadline_s / len(models)

    def wrapped(model: PricedModel) -> LanguageModel:
        attempt = Attempt(model, timeout_s=share_s * ATTEMPT_SHARE)
        guarded = Guarded(Retry(attempt, within_s=share_s), breakers[model.name])
        return Budgeted(guarded, figures=model.figures, limits=limits, daily=daily)

    return Coalesced(Chain([wrapped(m) for m in models], deadline_s=deadline_s, clock=clock))
