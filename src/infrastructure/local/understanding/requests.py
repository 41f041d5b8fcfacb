"""What else the guest asks for: allergies, occasions, wishes (verbatim) and preferences (by key)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from infrastructure.local.understanding.cues import cue
from infrastructure.local.understanding.numbers import NUMBER
from infrastructure.local.understanding.text import Said

PREFERENCES = {
    "terrace": cue(
        "terraza*", "terracita", "fuera", "afuera", "al aire libre", "en el exterior", "exterior", "patio", "jardin", "outside", "outdoors?", "out side",
        "terrace", "deck", "garden", "al fresco", "external", "out doors", "porch", "veranda", "balcon*", "balcony", "rooftop",
    ),
    "inside": cue("dentro", "adentro", "en el interior", "interior", "bajo techo", "en (el salon|sala)", "inside", "in side", "indoors?", "in doors", "internal"),
    "window": cue("ventana*", "window*", ),
    "view": cue("con (buenas )?vistas?", "vistas al mar", "(a|the|nice|good) view", "sea view"),
    "dogs": cue("perr(o|a|os|as|ito|ita)", "dogs?", "puppy", "mascotas?"),
    "children": cue("nin[oa]s?", "hij[oa]s?", "children", "kids?", "my (son|daughter)"),
    "quiet": cue("tranquil[oa]s?", "silencios[oa]s?", "sin ruido", "apartad[oa]s?", "intim[oa]s?", "quiet*", "secluded", "not (too )?(loud|noisy)", "peaceful", "calm", "private", "privad[oa]s?"),
    "high_chair": cue("trona*", "periquera*", "sillita*( de (bebe|nino))?", "silla(s)? (alta|para (el |la )?(bebe|nin[oa])|de (bebe|nin[oa]))s?", "high ?-?chairs?", "booster( seat)?s?", "baby (seat|chair)s?"),
    "wheelchair": cue(
        "sillas? de ruedas", "wheel ?-?chairs?", "movilidad reducida", "minusvalid[oa]s?", "discapacidad", "discapacitad[oa]s?", "accesible*", "reduced mobility",
        "disabled( access)?", "step-?free", "sin escalones", "sin escaleras", "no stairs", "walker", "andador", "muletas", "crutches", "accessible",
    ),
    "bar": cue("(en|a) la barra", "barra", "(at|by|near) the bar", "bar (seat|stool)s?", "counter"),
    "booth": cue("booth*", "reservado(?! a)", "sofa"),
    "shade": cue("sombra", "(in the )?shade"),
    "near_door": cue("cerca de la (puerta|entrada)", "(near|by|close to) the (door|entrance)"),
}  # fmt: skip
"""Areas and features by key, as venues name them."""

_NEEDS = frozenset({"high_chair", "wheelchair"})
"""Preferences that staff have to prepare for: they are carried as requests, too."""
_ONLY_WHERE_OFFERED = frozenset({"children", "dogs", "view"})
"""Keys that mean nothing where no table and nobody has them."""

_REFUSED = re.compile(
    r"(?:\b(?:no|ni|nada\s+de|sin|not|no\s+longer|never|except|menos|salvo)\s+(?:en\s+|in\s+|on\s+|at\s+|quiero\s+|want\s+|me\s+gusta\s+)?(?:la\s+|el\s+|the\s+|a\s+|una\s+)?"
    r"|\b(?:en\s+(?:vez|lugar)\s+de|instead\s+of|rather\s+than|olvid\w+(?:\s+lo\s+(?:que\s+dije\s+)?de)?|forget(?:\s+about)?|que\s+en|than|mejor\s+que)\s+(?:(?:en|in|on)\s+)?(?:la\s+|el\s+|the\s+|sit\w*\s+|being\s+)?)$"
)
_ALLERGY = cue(
    "alerg*", "allerg*", "anafila*", "anaphyla*", "intoleran*", "celia[cq]*", "coeliac*", "celiac*", "sin gluten", "gluten ?-?free", "no (gluten|lactose|nuts|dairy|lactosa)",
    "sin (lactosa|frutos secos|azucar|huevo|marisco|nueces|mani|cacahuetes?)", "lactose free", "dairy free", "nut free",
)  # fmt: skip
_DIET = cue(
    "vegan[oa]?s?",
    "vegetarian[oa]?s?",
    "halal",
    "kosher",
    "pescatarian[oa]?",
    "diabetic[oa]?",
    "no pork",
    "sin cerdo",
)
_OCCASION = cue(
    "cumple(anos)?", "aniversario*", "birthday*", "bday", "b-day", "anniversar*", "graduacion", "graduation", "despedida de solter[oa]", "bachelor(ette)?( party)?", "hen (do|party|night)", "stag (do|party|night)",
    "pedida( de mano)?", "pedirle matrimonio", "propos(e|al|ing)( to)?", "boda", "wedding", "bautizo", "christening", "comunion", "comida de empresa", "cena de empresa", "business (dinner|lunch|meeting)",
    "luna de miel", "honeymoon", "san valentin", "baby shower", "primera cita con", "first date", "cita romantica", "romantic(o|a)?( dinner)?", "jubilacion", "retirement",
)  # fmt: skip
_EXTRA = cue(
    "perr[oa]s?( guia)?", "mascotas?", "dogs?", "guide dog", "pets?", "carrito( de bebe)?", "cochecito", "stroller", "pram", "pushchair", "buggy", "tarta", "pastel", "cake", "torta", "velas", "candles", "flores", "flowers",
    "champan", "champagne", "cava", "embarazada", "pregnant", "sord[oa]", "deaf", "cieg[oa]", "blind", "lengua de signos", "sign language", "proyector", "projector", "cuna", "cot", "crib",
    "aparcacoches", "valet", "primera vez", "miedo al dentista", "afraid of the dentist", "nervios[oa]", "anxious", "musica (baja|suave)", "globos", "balloons", "menu (infantil|de ninos)", "kids'? menu", "children'?s menu",
)  # fmt: skip
_NOTE = re.compile(
    r"(?<!\w)(?:nota|notas|comentarios?|observacion(?:es)?|note|notes|please\s+note(?:\s+that)?|special\s+requests?|peticion(?:es)?\s+especial(?:es)?|tengan?\s+en\s+cuenta(?:\s+que)?|anota(?:d|r)?\s+que|add\s+(?:this|a)\s+note(?:\s+to\s+\w+\s+\w+)?)\s*:?\s+(?P<note>[^\n]{3,200})"
)
_CLAUSE_END = re.compile(
    r"[.,;:!?()\n_]|\s(?:y|and|but|pero|e)\s(?!a(?:l)?\s|los\s|las\s|the\s|to\s)"
)
_OPENING = re.compile(
    r"^(?:\s|y\s|and\s|e\s|but\s|pero\s|ademas\s|also\s|tambien\s|por\s+cierto\s|by\s+the\s+way\s|si\s|if\s|que\s|that\s|please\s|por\s+favor\s|hola\s|hi\s)+"
)
_QUESTION = re.compile(
    r"\?|(?<!\w)(?:tienen|tienes|teneis|hay|aceptan|admiten|do\s+you|is\s+there|are\s+there|does|se\s+puede|se\s+admiten|are\s+\w+\s+allowed)(?!\w)"
)
MAX_REQUEST = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks for beside the booking itself."""

    requests: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    preferences: frozenset[str] = frozenset()
    spans: tuple[tuple[int, int], ...] = ()


def find_requests(said: Said, *, features: frozenset[str] = frozenset()) -> Asked:
    """Wishes in the guest's own words; `features` are keys of the venue that name themselves."""
    allergies = [*_clauses(said, _ALLERGY), *_clauses(said, _DIET)]
    wishes = [*_clauses(said, _OCCASION), *_clauses(said, _EXTRA), *_notes(said)]
    preferences, spans = _preferences(said, features)
    needs = [span for key in _NEEDS & preferences for span in _clauses(said, PREFERENCES[key])]
    every = _distinct([*allergies, *wishes, *needs])
    return Asked(
        requests=tuple(said.text[a:b] for a, b in every),
        allergies=tuple(said.text[a:b] for a, b in _distinct(allergies)),
        preferences=preferences,
        spans=(*every, *spans),
    )


# "9 works", "9 gracias": words that end like a plural and count nothing.
_NO_THINGS = (
    r"works|suits|sounds|seems|looks|gives|gets|does|goes|thanks|cheers|please|gracias|pues|entonces|mas|menos|antes|"
    r"despues|is|was|as|us|yes|vamos|somos|seremos|estamos|podemos|queremos|hours|hrs|horas|personas?|o'?clocks?"
)
_THINGS = re.compile(
    rf"(?<![\w.:/€$-]){NUMBER}\s+(?:(?!(?:am|pm|a|y|o|and|or|for|if|is|es|de|en|at|on|el|la|las|los|the|to)\s)[^\W\d_]{{3,}}\s+)?"
    rf"(?!(?:{_NO_THINGS})(?!\w))[^\W\d_]{{3,}}s(?!\w)"
)
_FOR_GUESTS = re.compile(
    rf"(?<![\w.:/]){NUMBER}\s+(?="
    + "|".join(p.pattern for p in (PREFERENCES["high_chair"], PREFERENCES["wheelchair"], _EXTRA))
    + ")"
)


def things_counted(said: Said) -> list[tuple[int, int]]:
    """Where things are counted: "2 tronas", "3 extra plates". Such a number is no time of day."""
    return [m.span() for pattern in (_THINGS, _FOR_GUESTS) for m in pattern.finditer(said.plain)]


def chairs_counted(said: Said) -> list[tuple[int, int]]:
    """The numbers of what is brought for some of the guests: "una trona". They are no party."""
    return [m.span() for m in _FOR_GUESTS.finditer(said.plain)]


def is_question(plain: str) -> bool:
    """ "¿tienen terraza?" asks about the house; it is no wish yet."""
    return _QUESTION.search(plain) is not None


def _preferences(
    said: Said, features: frozenset[str]
) -> tuple[frozenset[str], list[tuple[int, int]]]:
    found: set[str] = set()
    spans: list[tuple[int, int]] = []
    for key, pattern in PREFERENCES.items():
        if key in _ONLY_WHERE_OFFERED and key not in features:
            continue
        for match in pattern.finditer(said.plain):
            spans.append(match.span())
            if not _REFUSED.search(said.plain[max(0, match.start() - 40) : match.start()]):
                found.add(key)
    for key in features - PREFERENCES.keys():
        if re.search(rf"(?<!\w){re.escape(key.replace('_', ' '))}(?!\w)", said.plain):
            found.add(key)
    return frozenset(found), spans


def _clauses(said: Said, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """The clauses in which the pattern stands, questions about the house left out."""
    spans = []
    for match in pattern.finditer(said.plain):
        start, end = _clause(said.plain, match)
        question = said.plain[end : end + 1] == "?" or is_question(said.plain[start:end])
        if not question and said.text[start:end].strip():
            spans.append((start, end))
    return spans


def _clause(plain: str, match: re.Match[str]) -> tuple[int, int]:
    """From the last break before the match to the first one after it, at most MAX_REQUEST long."""
    start = max(0, match.start() - MAX_REQUEST // 2)
    for break_ in _CLAUSE_END.finditer(plain, start, match.start()):
        start = break_.end()
    if opening := _OPENING.match(plain[start : match.start()] + " "):
        start = min(start + opening.end(), match.start())
    stop = _CLAUSE_END.search(plain, match.end(), match.end() + MAX_REQUEST // 2)
    end = stop.start() if stop else min(len(plain), match.end() + MAX_REQUEST // 2)
    return start, start + len(plain[start:end].rstrip())


def _notes(said: Said) -> list[tuple[int, int]]:
    return [match.span("note") for match in _NOTE.finditer(said.plain)]


def _distinct(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order of the text, none inside another."""
    kept: list[tuple[int, int]] = []
    for span in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept
