"""From a formula's tree to a function of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tests.support.airtable_emulator.formulas import dates
from tests.support.airtable_emulator.formulas.parser import (
    Binary,
    Call,
    FieldRef,
    Literal,
    Malformed,
    Negate,
    Node,
    parse,
)
from tests.support.airtable_emulator.formulas.values import (
    EvaluationError,
    Value,
    equal,
    flat,
    is_true,
    number,
    order,
    text,
)


class Row(Protocol):
    """What a formula may ask of the record it looks at."""

    @property
    def id(self) -> str: ...
    @property
    def now(self) -> datetime: ...
    def value(self, field_id: str) -> Value: ...
    def created(self) -> datetime: ...
    def last_modified(self, field_ids: tuple[str, ...]) -> datetime: ...


Evaluate = Callable[[Row], Value]


class UnknownFields(Exception):
    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def compile_formula(source: str, field_id: Callable[[str], str | None]) -> Evaluate:
    """Raises: Malformed; UnknownFields where names or ids are in no field."""
    compiler = _Compiler(field_id)
    evaluate = compiler.node(parse(source))
    if compiler.unknown:
        raise UnknownFields(compiler.unknown)
    return evaluate


@dataclass(frozen=True, slots=True)
class _Function:
    least: int
    most: int | None
    apply: Callable[..., Value]


def _find(needle: Value, hay: Value, start: Value = None) -> int:
    begin = max(int(number(start)) - 1, 0)
    return text(hay).find(text(needle), begin) + 1


def _search(needle: Value, hay: Value, start: Value = None) -> int | None:
    return _find(text(needle).lower(), text(hay).lower(), start) or None


def _switch(subject: Value, *rest: Value) -> Value:
    for pattern, result in zip(rest[::2], rest[1::2], strict=False):
        if equal(subject, pattern):
            return result
    return rest[-1] if len(rest) % 2 else None


def _array_join(items: Value, separator: Value = ", ") -> str:
    return text(separator).join(text(item) for item in flat([items]))


def _concatenate(*parts: Value) -> str:
    return "".join(text(part) for part in parts)


_FUNCTIONS = {
    "AND": _Function(1, None, lambda *values: all(map(is_true, values))),
    "OR": _Function(1, None, lambda *values: any(map(is_true, values))),
    "XOR": _Function(1, None, lambda *values: sum(map(is_true, values)) % 2 == 1),
    "NOT": _Function(1, 1, lambda value: not is_true(value)),
    "SWITCH": _Function(2, None, _switch),
    "BLANK": _Function(0, 0, lambda: None),
    "TRUE": _Function(0, 0, lambda: True),
    "FALSE": _Function(0, 0, lambda: False),
    "FIND": _Function(2, 3, _find),
    "SEARCH": _Function(2, 3, _search),
    "LOWER": _Function(1, 1, lambda value: text(value).lower()),
    "UPPER": _Function(1, 1, lambda value: text(value).upper()),
    "LEN": _Function(1, 1, lambda value: len(text(value))),
    "TRIM": _Function(1, 1, lambda value: text(value).strip()),
    "CONCATENATE": _Function(1, None, _concatenate),
    "ARRAYJOIN": _Function(1, 2, _array_join),
    "IS_BEFORE": _Function(2, 2, dates.is_before),
    "IS_AFTER": _Function(2, 2, dates.is_after),
    "IS_SAME": _Function(3, 3, dates.is_same),
    "DATEADD": _Function(3, 3, dates.date_add),
    "DATETIME_DIFF": _Function(2, 3, dates.datetime_diff),
    "DATETIME_PARSE": _Function(1, 2, dates.datetime_parse),
    "DATETIME_FORMAT": _Function(1, 2, dates.datetime_format),
    "SET_TIMEZONE": _Function(2, 2, dates.set_timezone),
}

_COMPARE: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: order(left, right) < 0,
    "<=": lambda left, right: order(left, right) <= 0,
    ">": lambda left, right: order(left, right) > 0,
    ">=": lambda left, right: order(left, right) >= 0,
    "&": lambda left, right: text(left) + text(right),
    "+": lambda left, right: number(left) + number(right),
    "-": lambda left, right: number(left) - number(right),
    "*": lambda left, right: number(left) * number(right),
    "/": lambda left, right: _divide(number(left), number(right)),
}


def _divide(left: float, right: float) -> float:
    if right == 0:
        raise EvaluationError("division by zero")
    return left / right


class _Compiler:
    def __init__(self, field_id: Callable[[str], str | None]) -> None:
        self._field_id = field_id
        self.unknown: list[str] = []

    def node(self, node: Node) -> Evaluate:
        match node:
            case Literal(value):
                return lambda row: value
            case FieldRef(name):
                field_id = self._resolve(name)
                return lambda row: row.value(field_id)
            case Negate(operand):
                inner = self.node(operand)
                return lambda row: -number(inner(row))
            case Binary(operator, left, right):
                return self._binary(_COMPARE[operator], self.node(left), self.node(right))
            case Call(function, arguments):
                return self._call(function, arguments)

    def _resolve(self, name: str) -> str:
        field_id = self._field_id(name)
        if field_id is None:
            # Airtable names them in lower case (from memory).
            self.unknown.append(name.lower())
        return field_id or ""

    def _binary(
        self, apply: Callable[[Value, Value], Value], left: Evaluate, right: Evaluate
    ) -> Evaluate:
        return lambda row: apply(left(row), right(row))

    def _call(self, function: str, arguments: tuple[Node, ...]) -> Evaluate:
        match function, len(arguments):
            case "IF", 2 | 3:
                return self._if(arguments)
            case "OR", _ if (texts := _texts_compared(arguments)) is not None:
                return self._one_of(*texts)
            case "RECORD_ID", 0:
                return lambda row: row.id
            case "CREATED_TIME", 0:
                return lambda row: row.created()
            case "LAST_MODIFIED_TIME", _:
                return self._last_modified(arguments)
            case "NOW", 0:
                return lambda row: row.now
            case "TODAY", 0:
                return lambda row: dates.start_of_day(row.now)
        return self._function(function, [self.node(each) for each in arguments])

    def _function(self, name: str, arguments: list[Evaluate]) -> Evaluate:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise Malformed(f"the function {name} is not in this emulator's subset")
        count = len(arguments)
        if count < function.least or (function.most is not None and count > function.most):
            raise Malformed(f"{name} with {count} arguments")
        apply = function.apply
        return lambda row: apply(*[argument(row) for argument in arguments])

    def _if(self, arguments: tuple[Node, ...]) -> Evaluate:
        condition, then, *rest = (self.node(each) for each in arguments)
        otherwise = rest[0] if rest else lambda row: None
        return lambda row: then(row) if is_true(condition(row)) else otherwise(row)

    def _last_modified(self, arguments: tuple[Node, ...]) -> Evaluate:
        fields = []
        for each in arguments:
            if not isinstance(each, FieldRef):
                raise Malformed("LAST_MODIFIED_TIME takes fields")
            fields.append(self._resolve(each.name))
        watched = tuple(fields)
        return lambda row: row.last_modified(watched)

    def _one_of(self, subject: Node, texts: frozenset[str]) -> Evaluate:
        """OR over many equalities of one thing, at the price of one where the thing is text."""
        value_of = self.node(subject)

        def evaluate(row: Row) -> bool:
            value = value_of(row)
            if value is None or isinstance(value, str):
                return (value or "") in texts
            return any(equal(value, each) for each in texts)

        return evaluate


def _texts_compared(arguments: tuple[Node, ...]) -> tuple[Node, frozenset[str]] | None:
    """The one thing that every argument compares with some text, and the texts."""
    subjects, texts = set(), set()
    for each in arguments:
        match each:
            case Binary(
                "=", FieldRef() | Call("RECORD_ID", ()) as subject, Literal(str() as value)
            ):
                subjects.add(subject)
                texts.add(value)
            case _:
                return None
    return (subjects.pop(), frozenset(texts)) if len(subjects) == 1 else None
