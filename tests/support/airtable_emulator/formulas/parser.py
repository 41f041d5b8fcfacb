"""From a formula's text to its tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple


class Malformed(Exception):
    """Not a formula, or not one that this emulator knows."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | float


@dataclass(frozen=True, slots=True)
class FieldRef:
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Node


Node = Literal | FieldRef | Call | Binary | Negate


class Token(NamedTuple):
    kind: str
    text: str


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<field>\{(?:[^}\\]|\\.)*\})
    | (?P<name>[^\W\d]\w*)
    | (?P<operator><=|>=|!=|[-+*/&=<>(),])
    )""",
    re.VERBOSE | re.DOTALL,
)

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"'": "'", '"': '"', "\\": "\\", "n": "\n", "t": "\t", "r": "\r"}

# Loosest first.
_LEVELS = (("=", "!=", "<", "<=", ">", ">="), ("&",), ("+", "-"), ("*", "/"))


def parse(text: str) -> Node:
    """Raises: Malformed."""
    parser = _Parser(_tokens(text))
    node = parser.expression()
    parser.expect("end", "")
    return node


def _tokens(text: str) -> list[Token]:
    tokens = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise Malformed(f"unexpected text at {position}: {text[position : position + 20]!r}")
        kind = str(match.lastgroup)
        tokens.append(Token(kind, match.group(kind)))
        position = match.end()
    return [*tokens, Token("end", "")]


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        try:
            return _ESCAPED[match.group(1)]
        except KeyError as error:
            raise Malformed(f"unknown escape {match.group()}") from error

    return _ESCAPE.sub(one, text)


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def expression(self, level: int = 0) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        node = self.expression(level + 1)
        while self._next.kind == "operator" and self._next.text in _LEVELS[level]:
            operator = self._take().text
            node = Binary(operator, node, self.expression(level + 1))
        return node

    def expect(self, kind: str, text: str) -> None:
        token = self._take()
        if token != (kind, text):
            raise Malformed(f"expected {text or kind}, got {token.text or token.kind}")

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _unary(self) -> Node:
        if self._next == ("operator", "-"):
            self._take()
            return Negate(self._unary())
        return self._primary()

    def _primary(self) -> Node:
        kind, text = self._take()
        match kind:
            case "number":
                return Literal(float(text))
            case "string":
                return Literal(_unescape(text[1:-1]))
            case "field":
                return FieldRef(_ESCAPE.sub(r"\1", text[1:-1]))
            case "name" if self._next == ("operator", "("):
                return Call(text, self._arguments())
            case "name":
                return FieldRef(text)
            case "operator" if text == "(":
                node = self.expression()
                self.expect("operator", ")")
                return node
        raise Malformed(f"unexpected {text or kind}")

    def _arguments(self) -> tuple[Node, ...]:
        self._take()
        arguments: list[Node] = []
        if self._next == ("operator", ")"):
            self._take()
            return ()
        while True:
            arguments.append(self.expression())
            token = self._take()
            if token == ("operator", ")"):
                return tuple(arguments)
            if token != ("operator", ","):
                raise Malformed(f"expected , or ), got {token.text or token.kind}")
