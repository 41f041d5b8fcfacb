"""Domain values as JSON and back: how dialogue states and snapshots of bookings are stored.

Values carry their class's name, because a union like `DayExpression` cannot be told apart by its
fields. Only the classes registered here can be read back, whatever a stored text says, and a field
that a newer version has added takes its default when an older text is read.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from domain import acts, availability, booking, floor, guest, understanding, waitlist, when
from domain.dialogue import prompts, state, steps

_MODULES: tuple[types.ModuleType, ...] = (
    acts,
    availability,
    booking,
    floor,
    guest,
    understanding,
    waitlist,
    when,
    state,
    steps,
    prompts,
)

_CLASSES: dict[str, Any] = {
    name: value
    for module in _MODULES
    for name, value in vars(module).items()
    if isinstance(value, type)
    and value.__module__ == module.__name__
    and (dataclasses.is_dataclass(value) or issubclass(value, Enum))
}


def encode(value: Any) -> Any:
    """A domain value as plain JSON types. Raises: TypeError for anything else."""
    if isinstance(value, Enum):
        return {"$": type(value).__name__, "value": value.value}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        return {"$": "datetime", "value": value.isoformat()}
    if isinstance(value, date):
        return {"$": "date", "value": value.isoformat()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, frozenset):
        return {"$": "frozenset", "value": sorted((encode(item) for item in value), key=str)}
    if isinstance(value, Mapping):
        return {"$": "dict", "value": [[encode(k), encode(v)] for k, v in value.items()]}
    if dataclasses.is_dataclass(value) and _CLASSES.get(type(value).__name__) is type(value):
        return {"$": type(value).__name__, **_changed_fields(value)}
    raise TypeError(f"{type(value).__name__} is not a value that is stored")


def _changed_fields(value: Any) -> dict[str, Any]:
    """The fields that differ from their defaults: most of a state is default."""
    return {
        field.name: encode(getattr(value, field.name))
        for field in dataclasses.fields(value)
        if getattr(value, field.name) != _default(field)
    }


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def decode(stored: Any) -> Any:
    """The value that `encode` was given. Raises: ValueError for what it cannot have written."""
    if isinstance(stored, list):
        return tuple(decode(item) for item in stored)
    if not isinstance(stored, Mapping):
        return stored
    match stored.get("$"):
        case "datetime":
            return datetime.fromisoformat(stored["value"])
        case "date":
            return date.fromisoformat(stored["value"])
        case "frozenset":
            return frozenset(decode(item) for item in stored["value"])
        case "dict":
            return {decode(key): decode(value) for key, value in stored["value"]}
        case name:
            return _decode_class(str(name), stored)


def _decode_class(name: str, stored: Mapping[str, Any]) -> Any:
    kind = _CLASSES.get(name)
    if kind is None:
        raise ValueError(f"{name} is not a stored class")
    if issubclass(kind, Enum):
        return kind(stored["value"])
    known = set(kind.__dataclass_fields__)
    return kind(**{key: decode(value) for key, value in stored.items() if key in known})
