"""In whose name: "a nombre de María de la Cruz", "soy O'Neill", "Ana" where a name was asked for."""

from __future__ import annotations

import re

from infrastructure.local.understanding.contact import Found
from infrastructure.local.understanding.cues import cue, filler, phrase
from infrastructure.local.understanding.numbers import WORDS
from infrastructure.local.understanding.text import Said, word_set

MAX_WORDS = 6

_ANNOUNCED = cue(
    "(a|al|bajo el|en|con el|por el) nombre (de|es|sea)?( la senora| el senor| sra\\.?| sr\\.?| don| dona| dra?\\.?)?:?",
    "(mi|el|su) nombre (completo )?(es|seria)", "me llam(o|an)", "se llama", "nombre:?( es)?", "de parte de", "a cargo de", "pon(l[oa]|ga)? a(?! nombre)",
    "(my |the |his |her |our |its? |last |first |full |sur){0,2}name('s| is| was| will be| would be)?:?", "name:?( is| was)?", "names?",
    "(under|in|with|by) (the )?(last )?names?( of)?:?( is)?", "(the )?names? (of|is)", "under", "(you can |please )?call me", "on behalf of", "i go by", "reserved (for|by)",
)  # fmt: skip
_INTRODUCED = cue(
    "(si,? )?(yo )?soy",
    "habla",
    "te habla",
    "le habla",
    "aqui",
    "(hi,? |hello,? )?this is",
    "i'?m",
    "i am",
    "it'?s",
    "it is",
    "im",
    "es",
    "seria",
    "por",
    "for",
    "para",
    "at",
)
"""Words after which a name may stand, but mostly something else does."""
_AFTERWARDS = re.compile(
    r"(?<!\w)((?:[^\W\d_][\w'.-]{0,30}\s+){1,3})(?:is|es)\s+(?:my|the|mi|el)\s+(?:full\s+|last\s+|first\s+)?(?:name|nombre)(?!\w)"
)
_TITLE = re.compile(
    r"(?:(?:el|la|the)\s+)?(?:mrs?|ms|miss|sra?|srta|don|dona|dra?|doctora?|senora?|senorita|sir|madam)\.?\s+"
)

_WORD = re.compile(r"[^\W\d_][\w'’.&-]*", re.UNICODE)
_GAP = re.compile(r"[ ]*(?:&[ ]*|;[ ]*|\n)?")
_PARTICLES = word_set(
    "de del la las los y e i van von der den da di do dos das al el bin ibn ben abu san santa st mc mac le du"
)
_NEVER = word_set(
    """
    a an and the for at on in to of from by is was will would be been are am have has had i you we he she they it my your our me us
    please thanks thank hello hi hey yes yeah no not ok okay sure table tables people person persons party guests book booking
    booked reservation reservations reserve reserved tonight today tomorrow yesterday noon midnight morning afternoon evening night
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
    november december with but so because need want like can could cancel change move make just also there that this what when where
    how name names under mon tue tues wed thu thur thurs fri sat sun am pm lunch dinner breakfast brunch supper next last week month day year
    looking calling here going trying afraid sorry happy glad allergic vegan vegetarian celiac coeliac pregnant late running fine good
    good right correct interested wondering having planning coming outside inside if or as about around
    el los un una unos unas del con sin para por en que es era fue soy somos seremos son esta este estoy tengo quiero quisiera necesito
    gracias favor hola buenas buenos si claro vale mesa mesas reserva reservar reservas cita turno personas persona comensales hoy manana ayer noche tarde
    lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    mi mis su sus tu me se nos lo le les te pero porque como cuando donde cual mas muy ya tambien y alergic@ alergico alergica celiaco celiaca
    intolerante vegetariano vegetariana vegano vegana diabetico diabetica embarazada sordo sorda ciego ciega nuevo nueva cliente yo nosotros alguien
    cancelar cancela cambiar cambia mover agendar quien ningun ninguna ninguno otra otro primera segunda tercera ultima comer cenar almorzar
    terraza dentro fuera ninos nino bebe gente seria puede puedo podria hay tiene tienen horas hora dia semana mes nombre telefono correo
    you're i'm it's i'd i'll we'll we're don't esa ese eso aquella aquel asap now later earlier again soon everyone all everything anyone someone him her them mine yours else only
    """
) | frozenset(WORDS)


def find_name(said: Said, *, expected: bool) -> Found | None:
    """A name that was announced, or the bare name where one was asked for."""
    for match in _ANNOUNCED.finditer(said.plain):
        if found := _name_at(said, match.end(), sure=True):
            return found
    if after := _AFTERWARDS.search(said.plain):
        found = _name_at(said, after.start(1), sure=True)
        return found and Found(found.value, (found.span[0], min(found.span[1], after.end(1))))
    for match in _INTRODUCED.finditer(said.plain):
        if found := _name_at(
            said, match.end(), sure=expected and match[0] not in {"at", "por", "for", "para"}
        ):
            return found
    return _bare_name(said) if expected else None


def find_signature(said: Said, *, signed: bool) -> Found | None:
    """The name that a message consists of where none was asked for: "Laura Gil".

    It must be first name and surname written with capitals, unless it is `signed` with a phone or
    an address: "laura 600111222".
    """
    found = _bare_name(
        said.without([match.span() for match in _WAYS_TO_REACH.finditer(said.plain)])
    )
    if found is None or not _trimmed(found.value):
        return None
    if signed:
        words = said.plain[slice(*found.span)].split()
        return None if _NEVER.intersection(words) else found
    written = _name_at(said, found.span[0], sure=False)
    is_whole = written is not None and written.span == found.span and " " in found.value
    return found if is_whole and not found.value.isupper() else None


def whole_name(name: Found, said: Said) -> Found:
    """The name with the surnames that follow it in `said`, though a feast or a dentist has them too:
    "Paula Reyes", "Julia Vargas"."""
    end = name.span[1]
    while (surname := _SURNAME.match(said.text, end)) and not _is_other(said, surname):
        end = surname.end()
    return Found(_trimmed(said.text[name.span[0] : end]), (name.span[0], end))


_WAYS_TO_REACH = cue(
    "(llama|escrib|contact|avis)[a-z]{0,6}( (al|a|en|por))?", "(tel|telf?|tfno|movil|cel|celular|whatsapp|wasap|wsp|correo|mail|email|e-mail|phone|mobile|cell)( (es|is))?[.:]?", "(call|text|reach|ring)( me)?( (at|on))?",
)  # fmt: skip
_SURNAME = re.compile(r" ([^\W\d_][^\W\d_]+)")


def _is_other(said: Said, surname: re.Match[str]) -> bool:
    is_shouted = surname[1].isupper() and said.text.isupper()
    is_title = _TITLE.match(f"{said.plain[surname.start(1) : surname.end()]} ")
    plain = said.plain[slice(*surname.span(1))]
    return not surname[1][0].isupper() or is_shouted or bool(is_title) or plain in _NEVER


def _name_at(said: Said, position: int, *, sure: bool) -> Found | None:
    """The name that begins here. Unless `sure`, only what is written like one (capitals)."""
    position += len(said.plain[position:]) - len(said.plain[position:].lstrip(" :,\"'"))
    if title := _TITLE.match(said.plain, position):
        position = title.end()
    start = end = last = position
    words = 0
    while words < MAX_WORDS and (match := _WORD.match(said.text, end)):
        if not _belongs(said, match, first=words == 0, sure=sure):
            break
        words += 1
        last = match.end()
        end = _GAP.match(said.text, last).end()  # type: ignore[union-attr]  # it matches the empty string
    if words == 0:
        return None
    value = _trimmed(said.text[start:last])
    return Found(value, (start, last)) if value else None


def _belongs(said: Said, match: re.Match[str], *, first: bool, sure: bool) -> bool:
    word, plain = match[0], said.plain[match.start() : match.end()].rstrip(".,'")
    if plain in _PARTICLES:
        return not (first and word in {"de", "y", "e", "i"}) and _is_name_next(said, match.end())
    if plain in _NEVER:
        return False
    return sure or word[0].isupper() or not word[0].isascii()


def _is_name_next(said: Said, position: int) -> bool:
    """A particle is part of a name only before a word written like one, or another particle."""
    following = _WORD.match(said.text, _GAP.match(said.text, position).end())  # type: ignore[union-attr]
    if following is None:
        return False
    plain = said.plain[following.start() : following.end()]
    return (
        plain in _PARTICLES
        or (following[0][0].isupper() and plain not in _NEVER)
        or (said.text.islower() and plain not in _NEVER)
    )


def _trimmed(name: str) -> str:
    name = name.strip(" .,;:!?'\"-&\n")
    words = name.split()
    while words and words[-1].lower() in _PARTICLES:
        words.pop()
    return " ".join(words)


# --- a bare answer ---------------------------------------------------------------------------------

_LEAD_IN = re.compile(
    rf"(?:{phrase('(si|yes|ok|vale|claro|sure|of course|pon|ponlo|ponla|es|a|it is|is|the)')})[\s,.:]+"
)
_NO_NAME = cue(
    "no", "nop*", "nah", "cancel*", "que", "quien", "cuando", "donde", "por que", "para que", "como", "what", "why", "who", "how", "where", "hablar", "agente", "agent",
    "mesa", "table", "reserva*", "book*", "citas?", "turnos?", "appointments?", "quiero", "want", "need", "can", "could", "do you", "tiene*", "hay", "si", "yes", "ok*", "vale", "sure", "mejor", "actually",
    "lo siento", "espera", "wait", "nothing", "nada", "salir", "adios", "bye", "help", "ayuda", "hasta", "nos vemos", "see (you|ya|u)",
)  # fmt: skip
_SOMETHING_ELSE = re.compile(
    r"[.,;\n]\s*(?:y\s+|and\s+)?(?:mi|my|el|the|tel|phone|correo|e-?mail|para|for|a\s+las|at)(?!\w)|_|'?[)(;{}<>=]"
)
_SYMBOLS = re.compile(r"[<>{}\[\]@/\\=|#$%^*+~_?¿]|\d{3}|https?:")


def _bare_name(said: Said) -> Found | None:
    plain = filler().sub(lambda m: " " * len(m[0]), said.plain)
    start = len(plain) - len(plain.lstrip(" ,.!:;\n"))
    if lead := _LEAD_IN.match(plain, start):
        start = lead.end()
    more = _SOMETHING_ELSE.search(plain, start)
    end = len(plain[: more.start() if more else None].rstrip(" ,.!:;\n"))
    answer = said.text[start:end]
    if (
        not answer
        or _SYMBOLS.search(answer)
        or _NO_NAME.search(plain[start:end])
        or len(answer) > 80
    ):
        return None
    words = answer.split()
    if not 1 <= len(words) <= MAX_WORDS or not any(c.isalpha() for c in answer):
        return None
    return Found(" ".join(words), (start, end))


_RELATION = re.compile(
    r"(?<!\w)(?:para|for)\s+((?:mi|mis|nuestr[oa]|su|my|our)\s+(?!nombre|reserva|cita|telefono|name|booking|mesa|cumple|table|appointment|party|birthday)[^\W\d_]{3,}(?:\s+(?!el\s|la\s|una?\s|the\s|an?\s|para|por|on\s|at\s|manana|hoy|que|y\s|and)[^\W\d_]{3,})?)(?!\w)"
)
_ONLY_FOR = re.compile(
    r"\W*(?:es\s+|it'?s\s+)?(?:para|for)\s+([^\W\d_]{3,}(?:\s+[^\W\d_]{2,}){0,2})\W*"
)


def find_beneficiary(said: Said) -> Found | None:
    """For whom an appointment is, where that is somebody else: "para mi tía Juana"."""
    if match := _RELATION.search(said.plain):
        return Found(said.text[slice(*match.span(1))], match.span(1))
    match = _ONLY_FOR.fullmatch(said.plain)
    if match is None or match[1].split()[0] in _NEVER:
        return None
    return Found(said.text[slice(*match.span(1))], match.span(1))


def split_name(name: str) -> tuple[str, str]:
    """First name and the rest: "María de la Cruz" is María, de la Cruz."""
    first, _, rest = name.partition(" ")
    return first, rest.strip()
