"""How many come: "somos cuatro y un bebé", "2+1 kids", "my wife and I", "un grupo de 8 o 9"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.understanding import Party
from infrastructure.local.understanding.cues import cue, phrase
from infrastructure.local.understanding.numbers import NUMBER, read_number
from infrastructure.local.understanding.text import Said

MAX_PARTY = 999
"""More is a slip of the keyboard, not a party."""
MAX_MENTIONS = 20
"""Nobody names more numbers of people in one message; the rest of such a message is noise."""

# --- what is counted -----------------------------------------------------------------------------

_ADULTS = (
    "personas?", "persons?", "people", "peeps", "ppl", "peolple", "peope", "pers", "pax", "comensal(es)?", "invitad[oa]s?", "guests?", "diners?", "adultos?",
    "adults?", "mayores", "amig[oa]s", "friends?", "companer[oa]s", "colleagues?", "coworkers?", "others?", "mas", "more", "cubiertos", "covers?", "seats?", "heads?",
    "plazas", "seater", "individuals?", "gentes?", "men", "women", "ladies", "guys", "girls", "chicas", "of us", "de nosotros", "members?", "family members?",
    "family", "relatives?", "familiares", "grown-?ups?", "patients?", "pacientes?",
)  # fmt: skip
_CHILDREN = (
    "nin[oa]s?", "nin@s", "chic[oa]s?", "hij[oa]s?", "nenes?", "nenas?", "menor(es)?", "peques?", "crios?", "chavales", "kids?", "kiddos?", "children",
    "childs?", "sons?", "daughters?", "teenagers?", "boys?",
)  # fmt: skip
_BABIES = (
    "bebes?",
    "bebitos?",
    "babies",
    "baby",
    "bb",
    "infants?",
    "toddlers?",
    "newborn",
    "recien nacidos?",
    "carrito",
    "lactantes?",
)

# Each of these counts one: "mi mujer y yo", "me and my boss".
_ONE_EACH = (
    "yo", "me", "i", "myself", "un servidor", "mi(?= y )",
    "(mi|my|a|una?|su|the) (mujer|marido|espos[oa]|novi[oa]|pareja|madre|padre|mama|papa|herman[oa]|amig[oa]|jef[ea]|soci[oa]|abuel[oa]|abuelit[oa]"
    "|suegr[oa]|ti[oa]|prim[oa]|cuñad[oa]|cunad[oa]|colega|acompanante|companer[oa]|wife|husband|girlfriend|boyfriend|partner|fiancee?|spouse|mother|father|mum|mom|dad|brother|sister"
    "|(best )?friend|boss|colleague|coworker|co-worker|mate|date|gf|bf|mother-in-law|father-in-law|grandmother|grandma|grandfather|grandpa|aunt|uncle|cousin|roommate|client|neighbou?r"
    "|other half|better half|guest|companion|buddy|bestie)",
)  # fmt: skip
_ONE_CHILD = (
    "(mi|my|a|una?|our) (hij[oa]|nin[oa]|nene|nena|peque|sobrin[oa]|niet[oa]|son|daughter|kid|child|nephew|niece|grandson|granddaughter)",
)
_ONE_BABY = ("(mi|my|a|un|our|una) (bebe|bebito|baby|bb|infant|toddler|newborn|recien nacido)",)
_TWO_EACH = ("(mis|my|our) (padres|suegros|abuelos|parents|grandparents|in-laws)",)


def _either(phrases: tuple[str, ...]) -> str:
    return "(?:" + "|".join(map(phrase, phrases)) + r")(?!\w)"


_DESCRIBED = r"(?:\s+(?:de|of)(?=\s))?(?:\s+(?:other|more|otr[oa]s|adult|small|little|pequen[oa]s|mas|extra|additional|great|hungry|young|of\s+my|de\s+mis)){0,3}"
_NO_FRACTION = r"(?![.,]\d|\w|e\d|\s*(?:y|and)\s+(?:media|medio|half|a\s+half)(?!\w)|\s*%)"
_NOT_A_PART = r"(?<![\w./:*^=-])(?<!\d,)"
_COUNTED = (
    rf"(?P<low>{NUMBER})(?:\s*(?:o|u|or|-|a|to|hasta)\s*(?P<high>{NUMBER}))?{_NO_FRACTION}"
    rf"(?:{_DESCRIBED}\s*(?:(?P<child>{_either(_CHILDREN)})|(?P<baby>{_either(_BABIES)})|(?P<adult>{_either(_ADULTS)})){_NO_FRACTION})?"
)
_RELATED = (
    rf"(?P<one_child>{_either(_ONE_CHILD)})|(?P<one_baby>{_either(_ONE_BABY)})"
    rf"|(?P<two>{_either(_TWO_EACH)})|(?P<one>{_either(_ONE_EACH)})"
)
_ITEM = re.compile(
    rf"{_NOT_A_PART}(?:(?:(?:mi|mis|my|our|los|the|all|unos|unas|about|around|approx\w*|como|other|otr[oa]s)\s+){{0,3}}{_COUNTED}|{_RELATED})"
)
_AND = re.compile(
    r"\s*(?:,\s*(?:(?:y|e|and|mas|plus|con|with)\s+)?|(?:y|e|and|con|with|plus|mas|as\s+well\s+as)\s+(?:(?:tambien|also|tambien\s+va|otros?|another)\s+)?|[+&]\s*)"
)
_NOUN = re.compile(rf"\s*{_either((*_ADULTS, *_CHILDREN, *_BABIES, 'pareja', 'couple'))}")
_INCLUDED = re.compile(
    rf"[\s,(]*(?:(?:incl\w*|contando|entre\s+ell[oa]s|counting)\s+(?:a\s+)?)?(?P<count>{NUMBER})\s+"
    r"(?:(?:de\s+(?:ell[oa]s|l[oa]s\s+cuales)|of\s+(?:whom|which|them))\s+(?:son\s+|are\s+|is\s+|es\s+)?)?"
    rf"(?:(?P<child>{_either(_CHILDREN)})|(?P<baby>{_either(_BABIES)}))"
)
_OF_THEM = re.compile(r"\s*(?:de\s+(?:ell[oa]s|l[oa]s\s+cuales)|of\s+(?:them|whom|which))")
_SAYS_INCLUDED = re.compile(r"incl|contando|counting|ell[oa]s|cuales|whom|which|of them")
_SPEAKER = frozenset({"i", "me", "yo", "myself"})

# --- what announces a bare number ------------------------------------------------------------------

_WE_ARE = cue(
    "(somos|seremos|seriamos|estaremos|vamos( a ser)?|iremos|iriamos|vendremos|venimos|ahora somos|al final somos|eramos)( solo| unos| como| ya| en total)?( los| las)?",
    "(we are|we're|were|we will be|we'll be|we would be|we'd be|there are|there're|there will be|there'll be|there is|there's|it's for|it is for|it will be for|it'll be for|it would be for)( just| only| about| around)?( the)?",
    "(partys?|group|grupo|family|familia|crew|total|number|pary|part) (of|de|is|are)( about| around| unos| unas)?",
    "(table|mesa|tables|reserva|reservacion|reservation|reservations|booking|seat|seats|spot|space|sitio|hueco|lugar|dinner|lunch|cena|comida|brunch|breakfast|almuerzo|book|reserve|place|room|seating|tabel|tbl)"
    " (is |it |set up |ready |big enough |set )?(para|pa|xa|for|of|de|por|x)( about| around| unos| unas| solo| just| only| a| party of| group of){0,3}( los| the| nosotros| us)?",
    "(seat|seats|fit|accommodate|accomodate|serve|hold|host|take|feed|sentar a)( up to)?( the)?",
    "(para|pa|xa|for|x)( solo| just| only| unos| about| around| us| nosotros| los| the| all){0,3}",
    "(make it|que sea|que sean|ponlo para|change it to|cambialo a|mejor|no,?|actually|only|solo|just|be|said|dije|dicho|sean|total de|en total|es para|son)",
    "(party size|size|people|personas|pax|guests|comensales|diners):?( is| of| to| de| son| es)?",
)  # fmt: skip
_STRONG = re.compile(
    r"personas|people|somos|party|grupo|group|table|mesa|seat|fit|we ", re.IGNORECASE
)
_NOT_AFTER = re.compile(
    r"\s*(?:[:/.]\d|[ap]\.?\s?m(?!\w)|hs?(?!\w)|hrs?(?!\w)|horas?(?!\w)|hours?|o'?\s?clock|en\s+punto|y\s+(?:media|cuarto)|menos\s|de\s+la\s+(?:noche|tarde|manana)"
    r"|(?:st|nd|rd|th)(?!\w)|de\s+(?:ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic|este|esta)|(?:to|past|till)\s+\d|in\s+the\s+(?:morning|afternoon|evening)|at\s+night|noon|minut|min(?!\w)|dias?(?!\w)|days?(?!\w)|weeks?|semanas?|meses|months?|anos|years?"
    r"|nights?|noches|euros?|€|\$|dolar|platos?|menus?|mesas|tables|rooms?|stars?|veces|times)"
)
_NOT_BEFORE = re.compile(
    r"(?:morning|afternoon|evening|noon|night|a las|a la|las|la|el|at|on|to|past|from|desde|until|hasta|sobre las|del|opcion|option|number|numero|mesa|table|code|codigo|#)\s*$"
)
_ONE_OF_THEM = re.compile(r"(?:(?:just|only|the|a)\s+)*(?:one|uno|una|un)")
_SEARCHES = re.compile(
    r"(?:search\w*|look\w*|find|ask\w*|only|buscar|busco|recommend\w*|another|would\s+be|is|that)\s+(?:for\s+)?(?:the\s+)?$"
)
_SOME_OF_THEM = re.compile(
    r"\s+(?:is|are|es|son|somos)\s+(?:an?\s+)?(?:c(?:o?)elia\w*|vega\w*|vegeta\w*|al+erg\w*|intoler\w*|diabet\w*|embarazad\w*|pregnant)"
)
""" "una persona es celíaca": one of the party, not the party."""
_NEGATED = re.compile(
    r"(?:\b(?:no|not|ni|nor|ya\s+no)\s+(?:somos\s+|son\s+|para\s+|for\s+)?|\b(?:en\s+(?:vez|lugar)\s+de|instead\s+of|rather\s+than|and\s+not|y\s+no)\s+(?:ser\s+|being\s+)?)$"
)
_ALONE = cue("(solo|solamente|unicamente|nada mas) yo", "yo solo", "yo sola", "(para|por) mi( solo| sola| solito| solita)?", "(just|only) (me|myself)", "just for me", "by myself", "on my own", "voy sol[oa]", "ire sol[oa]")  # fmt: skip
_PAIR = cue(
    "(somos |en |a |una |just a |for a )(pareja|couple)",
    "both of us",
    "(nosotros|nosotras|los) dos",
    "the two of us",
    "two of us",
)


@dataclass(frozen=True, slots=True)
class PartyMention:
    """A party and where in the text it was said, [start, end)."""

    start: int
    end: int
    party: Party
    strong: bool
    """Said with a noun or a clear announcement, so that it is no time of day."""
    negated: bool = False
    """ "no 4", "instead of 4": what it is not."""


def find_parties(said: Said, *, expected: bool) -> list[PartyMention]:
    """Every party size in a message, in order; `expected`: the last reply asked for it."""
    mentions = list(_chains(said, expected=expected))
    if mentions:
        return mentions
    for pattern, size in ((_ALONE, 1), (_PAIR, 2)):
        if match := pattern.search(said.plain):
            if size == 1 and not expected and _only_a_beneficiary(match[0]):
                continue
            return [PartyMention(match.start(), match.end(), Party(size, size), strong=True)]
    return []


def _only_a_beneficiary(words: str) -> bool:
    """ "una cita para mí" says who, not how many."""
    return words.split()[0] in {"para", "por"}


def _chains(said: Said, *, expected: bool) -> Iterator[PartyMention]:
    """Items joined by "and": "4 adultos, 2 niños y un bebé"."""
    position = found = 0
    while found < MAX_MENTIONS and (first := _ITEM.search(said.plain, position)):
        chain = _chain(said.plain, first)
        position = max(chain.end, first.start() + 1)
        if mention := _mention(chain, said.plain, expected=expected):
            found += 1
            yield mention


@dataclass(slots=True)
class _Chain:
    """A run of counted items, added up."""

    start: int
    end: int
    low: int = 0
    high: int = 0
    children: int = 0
    babies: int = 0
    with_noun: int = 0
    related: int = 0
    """Items like "my wife"."""
    items: int = 0

    def add(self, item: re.Match[str]) -> None:
        low, high = _counts(item)
        self.end = item.end()
        self.low += low
        self.high += high
        self.children += high if item["child"] or item["one_child"] else 0
        self.babies += high if item["baby"] or item["one_baby"] else 0
        self.items += 1
        self.related += item["low"] is None
        self.with_noun += _has_noun(item)


def _chain(plain: str, first: re.Match[str]) -> _Chain:
    chain = _Chain(first.start(), first.start())
    chain.add(first)
    if (
        not _has_noun(first)
        and first["low"]
        and _NOT_BEFORE.search(plain[max(0, chain.start - 12) : chain.start])
    ):
        return chain  # "a las 8 con 3 niños"
    while item := _next_item(plain, chain):
        chain.add(item)
    included = _INCLUDED.match(plain, chain.end)
    if included and _SAYS_INCLUDED.search(included[0]):
        chain.end = included.end()
        chain.children += read_number(included["count"]) if included["child"] else 0
        chain.babies += read_number(included["count"]) if included["baby"] else 0
    return chain


def _next_item(plain: str, chain: _Chain) -> re.Match[str] | None:
    """A bare number is only added by "+": "4 y 9" is no sum."""
    joint = _AND.match(plain, chain.end)
    item = joint and _ITEM.match(plain, joint.end())
    if not joint or not item or _OF_THEM.match(plain, item.end()):
        return None
    if item[0] in _SPEAKER and ("," in joint[0] or _includes_speaker(plain, chain)):
        return None  # "for six, I think": who speaks, not one more
    if item["low"] is None or _has_noun(item):
        return None if _NOT_AFTER.match(plain, item.end()) else item
    return item if joint[0].strip() == "+" else None


def _includes_speaker(plain: str, chain: _Chain) -> bool:
    return not (chain.with_noun or chain.related) or plain.endswith("us", 0, chain.end)


def _mention(chain: _Chain, plain: str, *, expected: bool) -> PartyMention | None:
    if not 1 <= chain.low <= chain.high <= MAX_PARTY:
        return None
    if chain.babies == chain.high and "carrito" in plain[chain.start : chain.end]:
        return None  # a pram beside a party is somebody, alone it is a thing to bring
    before, after = plain[max(0, chain.start - 40) : chain.start], plain[chain.end : chain.end + 24]
    if _SOME_OF_THEM.match(plain, chain.end) and _lead(before) is None:
        return None
    if chain.with_noun or chain.related >= 2 or 0 < chain.related < chain.items:
        return None if _adds_to_a_booking(chain, plain) else _made(chain, before, strong=True)
    if _NOT_BEFORE.search(before[-12:]) and not _NEGATED.search(before):
        return None
    if chain.related or _NOT_AFTER.match(after) or _NOUN.match(after):
        return None
    lead = _lead(before)
    if lead is not None and _ONE_OF_THEM.fullmatch(plain[chain.start : chain.end]):
        # "search for one", "make it one in the afternoon": a pronoun or an hour.
        alone = _STRONG.search(lead) is not None or not after.strip(" .,!?")
        lead = lead if alone and not _SEARCHES.search(before) else None
    if lead is not None:
        return _made(chain, before, strong=_STRONG.search(lead) is not None)
    if expected or _NEGATED.search(before):
        return _made(chain, before, strong=False)
    return None


def _made(chain: _Chain, before: str, *, strong: bool) -> PartyMention:
    party = Party(chain.low, chain.high, chain.children, chain.babies)
    negated = _NEGATED.search(before) is not None
    return PartyMention(chain.start, chain.end, party, strong, negated)


def _adds_to_a_booking(chain: _Chain, plain: str) -> bool:
    """ "2 more" adds to a booking that stands; it is not the party."""
    words = plain[chain.start : chain.end].split()
    return chain.items == 1 and len(words) == 2 and words[1] in {"mas", "more", "others", "other"}


def _lead(before: str) -> str | None:
    """The announcement that ends right where the number begins, if there is one."""
    found = None
    for match in _WE_ARE.finditer(before):
        if not before[match.end() :].strip(" :,"):
            found = match[0]
    return found


def _has_noun(item: re.Match[str]) -> bool:
    return bool(item["child"] or item["baby"] or item["adult"])


def _counts(item: re.Match[str]) -> tuple[int, int]:
    if item["low"] is None:
        count = 2 if item["two"] else 1
        return count, count
    low = read_number(item["low"])
    high = read_number(item["high"]) if item["high"] else low
    return (low, high) if low <= high else (high, low)


def counts_people(plain: str, start: int, end: int) -> bool:
    """Whether a number standing there can be people at all: no hour ("11 in the morning"), no "one"."""
    return (
        _NOT_AFTER.match(plain, end) is None
        and _ONE_OF_THEM.fullmatch(plain[start:end].strip()) is None
    )
