"""Before the rules: words that look like days and times, but not in this company."""

from __future__ import annotations

from collections.abc import Sequence

from infrastructure.local.dates import words
from infrastructure.local.dates.patterns import Node, kind

_NAMED, _CHANGE = kind("NAMED"), kind("CHANGE")
_CAN_BE_NAMES = frozenset((kind("WEEKDAY"), kind("MONTH"), kind("MAY"), kind("FEAST")))
_OTHER = kind("OTHER")


def without_names(line: list[Node], text: str, places: Sequence[int]) -> list[Node]:
    """ "me llamo Domingo", "Julio García": a person, where a capital or the context says so."""

    def capital(at: int) -> bool:
        return 0 <= at < len(line) and text[places[line[at].start]].isupper()

    def is_name(at: int) -> bool:
        if line[at].kind not in _CAN_BE_NAMES:
            return False
        if at and line[at - 1].kind == _NAMED:
            return True
        beside = [i for i in (at - 1, at + 1) if 0 <= i < len(line) and line[i].kind == _OTHER]
        word = text[places[line[at].start] : places[line[at].end - 1] + 1].lower()
        return capital(at) and word in words.ALSO_NAMES and any(capital(i) for i in beside)

    if not any(node.kind in _CAN_BE_NAMES for node in line):
        return line
    return [node._replace(kind=_OTHER) if is_name(at) else node for at, node in enumerate(line)]


_CHANGED = kind("CHANGED")
_LEADS_OF_A_CHANGE = dict.fromkeys(map(kind, ("FROM", "SINCE", "UNTIL")), _CHANGED) | {
    kind("AL"): kind("EL")
}
_COUNTS = frozenset(map(kind, ("NUMBER", "UNITS", "CARDINAL", "TENS", "QUARTER")))


def old_and_new(line: list[Node]) -> list[Node]:
    """Where something is changed, "from 8 to 9" is no span but the old time and the new one."""
    kinds = [node.kind for node in line]
    if _CHANGE not in kinds:
        return line
    start = kinds.index(_CHANGE)
    leaving = False
    result = line[:start]
    for at, node in enumerate(line[start:], start):
        new = _LEADS_OF_A_CHANGE.get(node.kind, node.kind)
        if node.kind in (kind("TO"), kind("A")):
            new = _CHANGED if leaving or kinds[at - 1] not in _COUNTS else node.kind
        elif node.kind == kind("OF") and kinds[at + 1 : at + 2] == [kind("LAS")]:
            new = _CHANGED
        leaving = leaving or node.kind in (kind("FROM"), kind("OF"))
        result.append(node._replace(kind=new))
    return result
