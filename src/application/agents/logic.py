"""The logic agent: which of the free slots suits this guest best, and why, weighed by a model.

It sees the wish and at most twelve real slots under short ids, and answers with ids. An id that was
not shown is dropped and counted, so nothing can be offered that is not free.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from time import perf_counter
from typing import Annotated

import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from application.agents.structured import ask, model_receipt, small_schema
from application.errors import AnswerInvalid
from application.ports.agents import Ranked
from application.ports.language_model import LanguageModel, Prompt
from application.redaction import Redactor
from domain.availability import Wish
from domain.floor import Slot
from domain.venue import ResourceKind, Venue

MOST_SHOWN = 12
MOST_CHOSEN = 3
WORDS_CHARS = 300
"""Of what the guest wrote, so much is sent: about 80 tokens."""
REASON_CHARS = 160
REASON_CODES = ("closest_time", "preference", "area", "fit", "practitioner", "other")

log = structlog.get_logger()


def _short_ids(value: object) -> object:
    return [str(each) for each in value] if isinstance(value, list) else value


class LogicAnswer(BaseModel):
    """What is asked of the model. The docstrings are part of the prompt."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    ids: Annotated[list[str], BeforeValidator(_short_ids), Field(min_length=1)]
    """up to three, best first"""
    code: str = "other"
    """why the first is best: {codes}"""
    reason: str = ""
    """one short sentence to the guest about the first, in their language, from its facts only"""


def _field(name: str) -> str:
    description = LogicAnswer.model_fields[name].description or ""
    return f"{name} ({description.replace('{codes}', ' '.join(REASON_CODES))})"


PROMPT = (
    "Rank free slots for a guest's wish. Each line: id, day if not the wished one, time, area and"
    " features, seats left empty. Only listed ids count. Answer JSON: "
    + ", ".join(map(_field, LogicAnswer.model_fields))
)
SCHEMA = small_schema(LogicAnswer)


class ModelLogic:
    """Ranks candidates with a language model."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def run(
        self, *, venue: Venue, wish: Wish, words: str, candidates: Sequence[Slot], language: str
    ) -> Ranked:
        began = perf_counter()
        shown = candidates[:MOST_SHOWN]
        redactor = Redactor()
        prompt = _build(venue, wish, redactor.hide(words), shown, language)
        answer, usage = await ask(self._model, prompt, LogicAnswer)
        order = _known(answer.ids, len(shown))
        if not order:
            raise AnswerInvalid("none of the ranked ids was shown")
        return Ranked(
            order=order,
            reason=_sentence(redactor.show(answer.reason)),
            reason_code=answer.code if answer.code in REASON_CODES else "other",
            receipt=model_receipt("logic", usage, began=began),
        )


def _build(
    venue: Venue, wish: Wish, words: str, candidates: Sequence[Slot], language: str
) -> Prompt:
    lines = [
        f"language: {language}",
        f"wish: {_wish(wish)}",
        f"words: {' '.join(words[:WORDS_CHARS].split())}",
        *(f"{n} {_facts(venue, slot, wish.day)}" for n, slot in enumerate(candidates, start=1)),
    ]
    return Prompt(
        system=PROMPT, user="\n".join(lines), max_tokens=120, schema=SCHEMA, schema_name="ranking"
    )


def _wish(wish: Wish) -> str:
    liked = ", ".join(sorted(wish.preferences | wish.required))
    when = f"{wish.day:%d/%m} {_clock(wish.target)}, {wish.covers} people"
    return f"{when}, {liked}" if liked else when


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _facts(venue: Venue, slot: Slot, wished: date) -> str:
    """A candidate on one line. Staff are named by id: a person's name never goes out."""
    start = slot.start.astimezone(venue.zone)
    when = f"{start:%H:%M}" if start.date() == wished else f"{start:%d/%m %H:%M}"
    resources = [venue.resource(resource_id) for resource_id in slot.resources]
    labels = sorted({label for r in resources for label in (r.area, *r.features) if label})
    staff = [r.id for r in resources if r.kind is ResourceKind.PRACTITIONER]
    tables = [r for r in resources if r.kind is ResourceKind.TABLE]
    empty = sum(r.max_covers for r in tables) - slot.covers
    parts = [when, *labels, *staff]
    return " ".join([*parts, f"+{empty}"] if tables and empty > 0 else parts)


def _known(ids: Sequence[str], shown: int) -> tuple[int, ...]:
    """Positions of the ids that were shown, each once; the others are counted in the log."""
    numbers = [int(each) if each.isdecimal() else 0 for each in ids]
    known = [number - 1 for number in numbers if 1 <= number <= shown]
    if len(known) < len(ids):
        log.warning("logic.candidate_unknown", unknown=len(ids) - len(known), shown=shown)
    return tuple(dict.fromkeys(known))[:MOST_CHOSEN]


def _sentence(reason: str) -> str:
    """The reason as one line; too long a one is left out rather than cut."""
    line = " ".join(reason.split())
    return line if len(line) <= REASON_CHARS else ""
