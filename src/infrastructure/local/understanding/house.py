"""The venue's own words: what it offers, who works there, its tables, and what people ask about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from domain.venue import HouseAnswer, ResourceKind, Venue
from infrastructure.local.understanding.cues import cue
from infrastructure.local.understanding.text import Said, fold

SIMILAR = 85
"""Ratio from which a word counts as a misspelling of another ("limpiesa", and two letters swapped in a
word of seven: "conrtol"); below it, words that
mean something else begin to match ("comida" and "movida" have 67, "cena" and "cita" 50)."""
SHORTEST_FUZZY = 5
"""Shorter words are too easily mistaken for each other."""

TOPICS = {
    "hours": cue(
        "horari*", "(a )?que hora(s)? (abr*|cierr*|es la ultima)", "cuando (abr*|cierr*)", "(estan|esta) abiert[oa]s?", "abren", "abris", "abre", "abrir", "cierran", "cierra", "cerrais", "open*", "clos(e|es|ed|ing)", "hours", "business hours",
        "(atiend*|atend*|trabaj(an|ais|a)|pas(an|ais|a) consulta|dan servicio|dais servicio|estan|estais)( \\w+)? (los|el|en|por la|por las|a la|hoy|manana|hasta|desde|entre) (\\w+ )?(lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|festivos?|fines? de semana|mananas?|tardes?|noches?|mediodia|navidad|agosto|verano|fiestas)", "(work|see patients|serve|be there) (on |at )?(weekends?|sundays?|saturdays?|bank holidays?|holidays?|mornings?|evenings?)",
    ),
    "address": cue(
        "direccion*", "donde (estan|estais|esta|queda*|se encuentra*|os encontrais|es|encuentro)", "ubicacion", "ubicad[oa]s?", "como (llego|llegar|llegamos|se llega|se va)", "address", "addres", "adress", "where (are|is|can i find|exactly|do i)", "located", "location",
        "directions", "how (do|can) (i|we) (get|come) (there|here|to you|to the (restaurant|clinic))", "way to (get (there|here|to you)|reach you)", "por donde se (va|llega)", "que (calle|zona|barrio)", "post ?code", "zip ?code", "street", "area", "neighbou?rhood",
    ),
    "phone": cue("(su|el|tu|vuestro|your|their|the|his|her|contact|phone) (telefono|numero|number|phone)( number| de telefono)?", "phone number", "numero de contacto", "contact (number|info*|details)", "telefono de contacto", "how (can|do) (i|we) (reach|contact|call)"),
    "email": cue("(su|el|tu|your|their|the) (correo|mail|email|e-mail)( address)?"),
    "menu": cue("menu*", "carta", "platos?", "dish*", "que (se come|sirven|hay de comer)", "food", "cuisine", "vegan*", "vegetarian*", "gluten*", "halal", "kosher", "vinos?", "wine list", "drinks", "alcohol", "liquor", "serve", "sirven"),
    "prices": cue("preci*", "cuanto (cuesta*|vale*|es|sale|cobran)", "tarifa*", "cost*", "price*", "prices", "how much", "expensive", "pric(e)?y", "cheap*", "fees?", "rates?", "deposit*", "depositos?", "prepago"),
    "parking": cue("parking", "aparcamiento*", "aparcar", "estacionamiento*", "estacionar", "parqueo", "parqueadero", "cochera", "garaje", "park", "car park", "garage", "valet"),
    "payment": cue("tarjeta*", "efectivo", "pagar", "pago*", "bizum", "card", "cards", "credit card", "cash", "pay", "payment", "american express", "amex", "visa", "apple pay"),
    "pets": cue("mascotas?", "perros?", "gatos?", "pets?", "dogs?", "cats?", "pet friendly", "dog friendly"),
    "accessibility": cue("sillas? de ruedas", "wheelchair*", "accesib*", "accessib*", "movilidad reducida", "minusvalid*", "discapacitad*", "rampa", "ramp", "ascensor", "elevator", "lift"),
    "terrace": cue("terraza*", "terrace", "outdoor", "outside", "patio", "al aire libre"),
    "kids": cue("trona*", "high ?chairs?", "ninos", "kids?", "children", "menu infantil", "family friendly"),
    "insurance": cue("seguro*", "mutua*", "insurance", "aseguradora*", "obra social", "eps", "cobertura"),
    "team": cue("medicos", "doctores", "doctoras", "dentistas", "profesionales", "plantilla", "doctors", "staff", "especialistas"),
    "services": cue("servicios", "tratamientos", "especialidades", "services", "treatments"),
    "wifi": cue("wi-?fi", "internet"),
    "policy": cue("politica*", "policy", "policies", "normas", "rules", "reglas", "condiciones", "terms", "dress code", "codigo de vestimenta", "allowed", "permit*"),
    "music": cue("musica( en vivo| en directo)?", "live music", "music"),
    "toilets": cue("banos?", "servicios higienicos", "toilets?", "restroom"),
}  # fmt: skip
"""What guests ask about any house; the venue's own topics come first."""

_MEDICAL = cue(
    "dentista", "odonto*", "(medic[oa]|medicina)( general)?", "doctor", "doctora", "ginecolog*", "pediatr*", "dermatolog*", "psicolog*", "psiquiatr*", "nutricion*", "fisio*", "oftalmolog*", "oculista", "traumatolog*", "cardiolog*",
    "ortodonci*", "endodonci*", "limpieza", "revision", "extraccion", "blanqueamiento", "empaste*", "chequeo", "control", "implante*", "vacuna*", "consulta", "dentist", "doctor", "cleaning", "check-?up", "extraction", "filling", "whitening",
    "general practitioner", "gp", "hygienist", "orthodontist", "physio*", "matasanos", "optometr*",
)  # fmt: skip


Span = tuple[int, int]


def _where(found: tuple[str, Span]) -> Span:
    return found[1]


@dataclass(frozen=True, slots=True)
class _Name:
    """A phrase of the venue and what it stands for."""

    words: str
    value: str


class House:
    """One venue's vocabulary, prepared once."""

    def __init__(self, venue: Venue) -> None:
        self._services = tuple(_services(venue))
        self._topics = tuple(_topics(venue))
        self._own_words_on = _own_words_on(venue)
        self._people = tuple(_people(venue))
        self._tables = tuple(_tables(venue))
        self.own_topics = frozenset(answer.topic for answer in venue.answers)
        self.features = frozenset(f for r in venue.resources for f in (*r.features, r.area) if f)

    def service(self, said: Said) -> tuple[str, Span] | None:
        """A service's id and the guest's words for it; typos forgiven, what is refused left out."""
        return _longest(self._services, said.plain, wanted_only=True) or _misspelled(
            self._services, said
        )

    def medical_words(self, said: Said) -> Span | None:
        """Words for a treatment or a kind of doctor, whether the venue has it or not."""
        match = _MEDICAL.search(said.plain)
        return match.span() if match else None

    def topic(self, said: Said) -> tuple[str, Span] | None:
        """What a question is about: the venue's own topic, or one of `TOPICS`; with its words."""
        if own := _longest(self._topics, said.plain):
            return own
        found = ((pattern.search(said.plain), topic) for topic, pattern in TOPICS.items())
        first = min(((topic, m.span()) for m, topic in found if m), key=_where, default=None)
        return first and (self._own_words_on.get(first[0], first[0]), first[1])

    def provider(self, said: Said) -> tuple[str, Span] | None:
        """A practitioner or table named in the message, in the guest's words."""
        if table := _longest(self._tables, said.plain):
            return said.text[slice(*table[1])], table[1]
        return self._person(said)

    def _person(self, said: Said) -> tuple[str, Span] | None:
        if titled := _TITLED.search(said.plain):
            end = titled.end()
            second = _SECOND_NAME.match(said.plain, end)
            if second and (said.text[second.start(1)].isupper() or self._is_one_of_us(second[1])):
                end = second.end()
            return said.text[titled.start() : end], (titled.start(), end)
        for match in _WORD.finditer(said.plain):
            if len(match[0]) >= SHORTEST_FUZZY and self._is_one_of_us(match[0]):
                return said.text[match.start() : match.end()], match.span()
        return None

    def _is_one_of_us(self, word: str) -> bool:
        return any(fuzz.ratio(word, name.words) >= SIMILAR for name in self._people)


_WORD = re.compile(r"[^\W\d_]+")
_TITLED = re.compile(
    r"(?<!\w)(?:dra?|doctora?)\.?\s+(?!(?:de|que|y|el|la|para|on|at|for|in|appointment|a|and|please|tomorrow|today|this|next|hoy|manana)(?!\w))[^\W\d_]{3,}"
)
_SECOND_NAME = re.compile(r"\s+([^\W\d_]{3,})")


def _services(venue: Venue) -> list[_Name]:
    return [
        _Name(fold(words), service.id)
        for service in venue.services
        for alias in {
            *service.names.values(),
            *(a for many in service.aliases.values() for a in many),
        }
        for words in _with_pronouns(alias)
    ]


def _with_pronouns(alias: str) -> list[str]:
    """ "sacar una muela" is "sacarme una muela" and "sacarle una muela" as well."""
    verb, _, rest = alias.partition(" ")
    if not rest or not _INFINITIVE.fullmatch(verb):
        return [alias]
    return [alias, *(f"{verb}{pronoun} {rest}" for pronoun in ("me", "te", "le", "se", "nos"))]


_INFINITIVE = re.compile(r"\w{3,}[aei]r")


def _topics(venue: Venue) -> list[_Name]:
    return [
        _Name(words, answer.topic)
        for answer in venue.answers
        for alias in {answer.topic, *_aliases(answer)}
        for words in _one_or_many(fold(alias))
    ]


def _aliases(answer: HouseAnswer) -> Iterator[str]:
    return (alias for many in answer.aliases.values() for alias in many)


def _one_or_many(alias: str) -> set[str]:
    """ "hijos" is "hijo" as well; that "perro" is "perros" is for `_is_whole`."""
    is_plural = alias.endswith("s") and not alias.endswith("ss") and " " not in alias
    return {alias, alias[:-1]} if is_plural and len(alias) > SHORTEST_FUZZY - 1 else {alias}


def _own_words_on(venue: Venue) -> dict[str, str]:
    """The venue's own topic for each of `TOPICS` that it has an answer to under another name.

    "address" is the house's "location" where the house calls that "address" and "how to get there".
    """
    own = {answer.topic for answer in venue.answers}
    found: dict[str, str] = {}
    for topic, pattern in TOPICS.items():
        if topic in own or topic == "hours":
            continue
        shared = {
            answer.topic: sum(bool(pattern.search(fold(alias))) for alias in _aliases(answer))
            for answer in venue.answers
        }
        best = max(shared, key=lambda name: shared[name], default="")
        if best and shared[best] >= _SAME_TOPIC:
            found[topic] = best
    return found


_SAME_TOPIC = 3
"""So many names in common make two topics one: with one or two, prices would be payment."""


def _people(venue: Venue) -> list[_Name]:
    titles = {"dr", "dra", "doctor", "doctora"}
    return [
        _Name(word, resource.name)
        for resource in venue.resources
        if resource.kind is ResourceKind.PRACTITIONER
        for word in _WORD.findall(fold(resource.name))
        if len(word) >= 4 and word not in titles
    ]


def _tables(venue: Venue) -> list[_Name]:
    """ "mesa 7" and "table 7" for T7, and the table's own name where it has one."""
    names = []
    for resource in venue.resources:
        if resource.kind is ResourceKind.TABLE:
            number = re.search(r"\d+", resource.name)
            spoken = [f"{word} {number[0]}" for word in ("mesa", "table")] if number else []
            names += [_Name(words, resource.name) for words in (*spoken, fold(resource.name))]
    return names


def _longest(
    names: tuple[_Name, ...], plain: str, *, wanted_only: bool = False
) -> tuple[str, Span] | None:
    """The longest phrase that stands in the text; with `wanted_only`, not where it is refused."""
    best: tuple[str, Span] | None = None
    for name in names:
        at = plain.find(name.words)
        if at < 0 or not _is_whole(plain, at, at + len(name.words)):
            continue
        if wanted_only and _REFUSED.search(plain[max(0, at - 24) : at]):
            continue
        if best is None or len(name.words) > best[1][1] - best[1][0]:
            best = name.value, (at, at + len(name.words))
    return best


_REFUSED = re.compile(
    r"(?<!\w)(?:no|not|ni|en\s+(?:vez|lugar)\s+de|instead\s+of|rather\s+than)\s+(?:(?:a|an|the|una?|la|el|para|for)\s+){0,2}$"
)


def _is_whole(plain: str, start: int, end: int) -> bool:
    before = plain[start - 1 : start] if start else ""
    after = plain[end : end + 1]
    # A plural is the same word: "limpiezas".
    after = plain[end + 1 : end + 2] if after == "s" else after
    return not (before.isalnum() or after.isalnum())


def _misspelled(names: tuple[_Name, ...], said: Said) -> tuple[str, Span] | None:
    """A single long word that is almost one of the venue's."""
    choices = {
        n.words: n.value for n in names if len(n.words) >= SHORTEST_FUZZY and " " not in n.words
    }
    if not choices:
        return None
    for match in _WORD.finditer(said.plain):
        if len(match[0]) < SHORTEST_FUZZY:
            continue
        if close := process.extractOne(
            match[0], choices.keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR
        ):
            return choices[close[0]], match.span()
    return None
