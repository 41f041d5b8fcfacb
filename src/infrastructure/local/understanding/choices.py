"""Which of what was offered: by order, by comparison, by a feature; or none of it."""

from __future__ import annotations

import re

from domain.understanding import ByComparison, ByFeature, ByOrder, OfferChoice, Relative
from infrastructure.local.understanding.cues import cue
from infrastructure.local.understanding.numbers import NUMBER, read_number
from infrastructure.local.understanding.text import Said

_ORDINALS = {
    1: cue("primer[oa]?", "1(a|ra|era?|o|ro|st)", "first", "opcion (1|uno|una|a)", "option (1|one|a)"),
    2: cue("segund[oa]", "2(a|da|o|do|nd)", "second", "opcion (2|dos|b)", "option (2|two|b)"),
    3: cue("tercer[oa]?", "3(a|ra|era?|o|ro|rd)", "third", "opcion (3|tres|c)", "option (3|three|c)"),
    4: cue("cuart[oa]", "4(a|ta|o|to|th)", "fourth", "opcion (4|cuatro|d)", "option (4|four|d)"),
    5: cue("quint[oa]", "5(a|ta|o|to|th)", "fifth", "opcion (5|cinco|e)", "option (5|five|e)"),
    -1: cue("ultim[oa]", "la de(l)? final", "last( one| option)?", "(the )?final one"),
    -2: cue("penultim[oa]",),
}  # fmt: skip
_ORDER_AROUND = cue(
    "(el|la|lo|los|las|the) (primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|quint[oa]|ultim[oa]|penultim[oa]|first|second|third|fourth|fifth|last)( one| option| opcion| hora| mesa| cita| time| slot)?(?! (de |of )?(enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|january|february|march|april|may|june|july|august|september|october|november|december))",
    "(first|second|third|fourth|fifth|last) (one|option|slot|time)", "(opcion|option) [1-5a-e]", "(opcion|option) (uno|una|dos|tres|cuatro|cinco|one|two|three|four|five)", "(primera|segunda|tercera|cuarta|quinta|ultima)( opcion)?",
    "1ra", "2da", "3ra", "1era", "3era", "1a", "2a", "3a", "1st", "2nd", "3rd", "first", "second", "third",
)  # fmt: skip
_OWN = re.compile(r"(?<!\w)(?:mi|my|our|nuestra)\s+$")
""" "es mi primera visita" """
_NUMBERED = re.compile(
    rf"(?<!\w)(?:(?:la|el|opcion|option|number|numero|no\.?|num\.?|n°|nro\.?|#)\s*|the\s+(?=\d))(?P<n>{NUMBER})(?![\w:.,]?\d|\s*(?:de\s+[a-z]+|[ap]\.?m|y\s|horas?|h(?!\w)|personas|people))(?!\w)"
)
_BARE_NUMBER = re.compile(rf"\W*(?P<n>{NUMBER})\W*")

_LATER = cue(
    "(la|el|lo) (de )?mas (tarde|tardia|tardio|tarde posible)",
    "la tardia",
    "(la|el) de despues",
    "(the )?(later|latest)( one| option| slot| time)?",
    "lo mas tarde( posible)?",
    "as late as possible",
)
_EARLIER = cue(
    "(la|el|lo) (de )?mas (temprano|temprana|pronto|cercan[oa]|prontito)",
    "la temprana",
    "(la|el) de antes",
    "(the )?(earlier|earliest|soonest)( one| option| slot| time)?",
    "lo (antes|mas pronto|mas temprano)( posible)?",
    "cuanto antes",
    "as (early|soon) as possible",
)
_ANY = cue(
    "la que sea", "el que sea", "cualquiera( de (las|los|ellas|ellos)( dos| tres)?)?", "la que (quieras|quiera|prefieras|prefiera|tengan|haya|mejor)", "me da (igual|lo mismo)", "da (igual|lo mismo)", "es igual", "indiferente", "lo que (quieras|prefieras|sea)", "como (quieras|prefieras)", "elige tu", "elija usted", "escoge tu",
    "whichever", "either( one| works| is fine| way)?", "any( of them| one)?( (is|works|would be) (fine|good|ok|okay))?", "anyone", "whatever", "i don'?t (mind|care)", "you (choose|pick|decide)", "doesn'?t matter", "both work", "surprise me", "no preference", "not fussed", "sin preferencia",
)  # fmt: skip
_OTHER = cue("(la|el) otr[oa]( opcion| mesa| hora)?", "the other( one| option| slot)?")
_FEATURE = re.compile(
    r"(?<!\w)(?:(?:la|el)\s+(?:mesa\s+|cita\s+|opcion\s+)?(?:de|del|que\s+(?:esta|es|tiene)|con|en|junto\s+a)\s+(?:la\s+|el\s+|en\s+|las\s+)?"
    r"|(?:the\s+)?(?:one|table|option|slot)\s+(?:on|in|at|with|by|near|next\s+to|that\s+is|that's)\s+(?:the\s+|a\s+)?|(?:la\s+|el\s+)?(?:con)\s+(?:la\s+|el\s+))(?P<words>(?:dra?\.\s*)?[^.,;!?_\n]{3,40})"
)
NONE_OF_THEM = cue(
    "ningun[oa]?( (de (ellas|ellos|esas|esos|las (dos|tres|opciones)|l[oa]s)|me (sirve|va|viene|conviene|cuadra|gusta|encaja)( bien)?|nos (sirve|va|viene)( bien)?))?", "no me (sirve|sirven|va|van|viene|vienen|conviene*|cuadra*|gusta*|encaja*)( bien)?( ningun[oa]?)?",
    "no nos (sirve|sirven|va|van|viene|vienen|conviene*|cuadra*|encaja*)( bien)?( ningun[oa]?)?", "none( of (them|those|these|the above))?( work*| suit*)?", "neither( of (them|those|these))?( work*| suit*)?", "not (any|either) of (them|those|these)",
    "(those|these|they|that) (don'?t|do not|won'?t|will not|doesn'?t|does not) (work|suit|do|fit)( for (me|us))?", "no good", "otr[oa]s (opciones|horarios|horas|dias|alternativas)", "(any|some)?(thing)? ?other (options|times|slots|days|alternatives)", "algo mas\\?", "(something|anything) else\\?", "mas opciones", "more options", "otra cosa",
)  # fmt: skip
_SHIFT_LATER = cue(
    "(algo|un poco|poco|alguna|una hora|unos minutos|hay|tienen|tiene|seria) mas (tarde|tardecito)",
    "mas tarde",
    "(a (bit|little) |any(thing)? |something |slightly |)later",
    "despues",
)
_SHIFT_EARLIER = cue(
    "(algo|un poco|alguna|hay|tienen|tiene|seria) (mas temprano|antes|mas pronto)",
    "mas temprano",
    "mas pronto",
    "(a (bit|little) |any(thing)? |something |slightly |)(earlier|sooner)",
)


_FOLLOWING = cue(
    "(el|la) (proxim[oa]|siguiente|que viene)(?=\\s*([,.!;?]|$))", "(the )?(next|following) one", "(hoy|today) no", "not today"
)  # fmt: skip


def find_following(said: Said) -> tuple[OfferChoice, tuple[int, int]] | None:
    """ "el próximo", "not today": of two such days, the later one."""
    match = _FOLLOWING.search(said.plain)
    return (ByComparison(Relative.LATER), match.span()) if match else None


def find_choice(said: Said, *, offered: int) -> tuple[OfferChoice, tuple[int, int]] | None:
    """The choice a message makes. `offered`: how many things were put to the guest; 0 for nothing."""
    plain = said.plain
    match = _ORDER_AROUND.search(plain)
    if match and not _OWN.search(plain, 0, match.start()):
        for position, ordinal in _ORDINALS.items():
            if ordinal.search(match[0]):
                return ByOrder(position), match.span()
    if not offered:
        return None
    if match := _numbered(plain, offered):
        return ByOrder(read_number(match["n"])), match.span()
    for which, pattern in (
        (Relative.LATER, _LATER),
        (Relative.EARLIER, _EARLIER),
        (Relative.OTHER, _OTHER),
        (Relative.ANY, _ANY),
    ):
        if match := pattern.search(plain):
            return ByComparison(which), match.span()
    if match := _FEATURE.search(plain):
        start, end = match.span("words")
        return ByFeature(said.text[start:end].strip()), match.span()
    return None


def _numbered(plain: str, offered: int) -> re.Match[str] | None:
    """ "la 2", "2": a position only as far as there are offers; beyond that it is a time."""
    match = _BARE_NUMBER.fullmatch(plain) or _NUMBERED.search(plain)
    if match and 1 <= read_number(match["n"]) <= offered:
        return match
    return None


def refuses_all(said: Said) -> bool:
    """ "ninguna me sirve", "do you have other times?" """
    return NONE_OF_THEM.search(said.plain) is not None


def wants_shift(said: Said) -> Relative | None:
    """ "¿no hay algo más tarde?": later or earlier than everything offered."""
    if _SHIFT_LATER.search(said.plain):
        return Relative.LATER
    return Relative.EARLIER if _SHIFT_EARLIER.search(said.plain) else None
