"""Short answers to what the house has asked of its own accord, and what is said of the waitlist."""

from __future__ import annotations

import re

from domain.dialogue import Expecting
from domain.understanding import Intent
from infrastructure.local.understanding.cues import cue, filler
from infrastructure.local.understanding.deciding import Answer, Signs

_COMING = cue(
    "(alli|ahi|aqui|alla) (estar(e|emos)|nos vemos)", "(si )?(vamos|voy|ire|iremos|vendre|vendremos|vengo|venimos|asisto|asistire|asistiremos|acudire|acudiremos|estaremos|estare)( (a ir|a estar|sin falta|seguro|todos|alli|ahi))?", "cont(ad|ar|amos|ar|emos)? con(migo| nosotros)", "cuent(a|e|en) con(migo| nosotros)", "(si )?confirm(o|amos|ada|ado)( (mi|la|nuestra|el|las|que) \\w+( \\w+)?)?", "nos vemos( (alli|ahi|entonces|manana|luego|esta noche|pronto))?", "hasta (entonces|manana|luego|esta noche|pronto|la noche)", "sigue en pie", "todo (bien|ok|correcto|sigue igual)",
    "(we|i)('ll|'re|'m|\\s?will|\\s?are|\\s?am)? ?(still )?(be there|be coming|coming|going|attend|attending|come)", "(will|ll) be there", "see (you|u|ya)( (then|there|tomorrow|tonight|later|soon))?", "count (on )?(us|me)( in)?", "looking forward( to (it|seeing you|that))?", "(please )?confirm( my| our| the| it| that)?( booking| reservation| table| appointment)?", "can'?t wait", "wouldn'?t miss it", "still (on|good|coming)", "on our way", "all good",
)  # fmt: skip
"""Ways to say that one comes; without "no" before them."""

_NOT_COMING = cue(
    "no (vamos|voy|iremos|ire|vendremos|vendre|asistire|asistiremos|acudiremos|llegamos|podre|podremos|podra|puedo|podemos|estaremos|estare|vengo|venimos)( (a )?(ir|venir|asistir|acudir|llegar|poder( ir| venir)?))?( al final| finalmente)?", "(me |nos )?(es|resulta|sera|va a ser) imposible( (ir|venir|asistir|acudir))?", "imposible( (ir|venir|asistir))?", "al final no( (vamos|voy|iremos|ire|puedo|podemos))?",
    "(i|we)('m|'re| am| are)? not (coming|going|able to (come|make it|attend))", "not (coming|going to make it|gonna make it|able to (come|make it))", "(i|we) won'?t (make it|be (there|coming)|come|attend)", "won'?t (make it|be there|be coming)", "(i|we) (can'?t|cannot|can not) (make it|come|attend|be there)", "can'?t (make it|come|attend)",
)  # fmt: skip

_CALLED_OFF = cue(
    "(por favor )?(cancel|anul)(a|e|ar|o|amos|ad|en|ala|ela|arla|adla|enla|amela|alo|elo|arlo)( (la|mi|nuestra|esta|esa|el) (reserva|mesa|cita|turno))?", "cancel( it| this| that| my| our| the)*( booking| reservation| table| appointment)?", "(i|we) (have to|need to|must|want to|would like to|will have to) cancel( it| this| my| our| the)*( booking| reservation| table| appointment)?", "(tengo|tenemos|hay) que (cancelar|anular)(la|lo)?( la| mi)?( reserva| mesa| cita)?",
)  # fmt: skip

_REGRETS = cue(
    "lo siento( mucho)?", "(lo )?lament(o|amos)( mucho)?", "al final", "finalmente", "desafortunadamente", "unfortunately", "i'?m (so |very )?sorry", "so sorry", "afraid", "i'?m afraid", "mi", "la", "el", "hoy", "ya", "entonces", "tod[oa]s", "sin falta", "por avisar", "for the reminder", "por recordarmelo", "por el recordatorio", "and", "y", "si", "yes", "claro", "perfecto", "perfect", "great", "genial", "ok", "vale", "estupendo", "we", "i", "us", "then", "that", "se", "lo", "me", "nos", "de", "que", "for",
)  # fmt: skip

_YES_PUT_ME = cue(
    "(ap[uú]nt|an[oó]t|p[oó]n|m[eé]t|inclu[iy]|agreg|a[nñ]ad)(a|e|ad|an|en|ar)?(me|nos|le)( (en ella|ahi|alli|en la lista|a la lista))?", "(put|add|sign) (me|us)( on| down| up| to)?( it| the list| that| for it)?", "i'?ll (wait|go on it|join)",
)  # fmt: skip

_TAKING_IT = cue(
    "(me|nos) l[ao] (quedo|quedamos|cojo|cogemos|reserv\\w+)", "(si )?l[ao] (quiero|queremos|cojo|cogemos|acepto|aceptamos|tomo|tomamos)", "(guarda|reserva|resérva|apunta|aparta)(me|nos)?l[ao]", "(i'?ll|we'?ll|i|we|i will|we will|i'd like to|we'd like to) (take|have) (it|that|the table)", "(book|reserve|keep) (it|that)( for (me|us))?",
)  # fmt: skip

_LEAVING_IT = cue(
    "(yo )?(paso|pasamos)", "(de[jx]a|déja)l[ao]", "para otr[ao]( persona)?", "(da|dé|dá)sel[ao] a otr[ao]s?", "(i'?ll|we'?ll|i|we) pass", "(give|leave) it to (somebody|someone) else", "let it go",
)  # fmt: skip

_ANOTHER_DAY = cue(
    "(en |para |a )?otr[oa]s? (dia|fecha|hora|momento)s?", "(on |at )?another (day|date|time|night)", "(a )?different (day|date|time|night)", "some other (day|date|time)",
)  # fmt: skip

_THE_LIST = r"(?:la\s+|las\s+|tu\s+|su\s+|vuestra\s+|the\s+|your\s+|that\s+)?(?:lista(?:s)?\s+de\s+espera|lista|wait\s?-?(?:ing)?\s?-?list)"
_LEAVES = re.compile(
    r"(?<!\w)(?:quit|borr|sac|elimin|tach|ba(?:j|ja))\w*\s+(?:\w+\s+){0,2}?de\s+" + _THE_LIST
    + r"|(?<!\w)(?:cancel|anul|borr|elimin|quit)\w*\s+(?:mi\s+(?:sitio|plaza|lugar|puesto|turno|inscripcion)\s+(?:en|de)\s+)?(?:mi\s+)?" + _THE_LIST
    + r"|(?:dar|dame|deme|darme|darnos|danos)\s+de\s+baja\s+(?:\w+\s+){0,2}?" + _THE_LIST
    + r"|(?<!\w)(?:salir(?:me)?|salgo|salirnos)\s+de\s+" + _THE_LIST
    + r"|(?:ya\s+)?no\s+(?:quier\w+|necesit\w+|hace\s+falta)\s+(?:\w+\s+){0,3}?(?:en\s+)?" + _THE_LIST
    + r"|(?<!\w)(?:take|remove|drop|get|strike|delete|cross)\s+(?:me|us|my\s+name|our\s+name)\s+(?:\w+\s+)?(?:off|from|of)\s+" + _THE_LIST
    + r"|(?<!\w)(?:leave|quit|cancel)\s+(?:my\s+(?:place|spot|turn)\s+on\s+)?(?:my\s+)?" + _THE_LIST
    + r"|no\s+longer\s+(?:\w+\s+){0,3}?(?:on|in)\s+" + _THE_LIST
    + r"|don'?t\s+(?:want|need)\s+(?:\w+\s+){0,3}?(?:on\s+)?" + _THE_LIST
)  # fmt: skip
_STILL_ON_IT = re.compile(
    r"(?:estoy|estamos|sigo|seguimos|figuro|como\s+va|que\s+puesto|cuando\s+me\s+toca|am\s+i|are\s+we|where\s+am\s+i|what\s+(?:place|position))"
    r"(?:\s+\w+){0,5}?\s+" + _THE_LIST
)  # fmt: skip
_AGAIN = cue(
    "otr[oa]",
    "nuev[oa]",
    "another",
    "a new",
    "(reservar|book|reserve) (otra |another |a )?(mesa|cita|table)",
)
_TO_BE_COUNTED = 3
"""So many words beside the answer leave it plain."""

_PUT = frozenset({Expecting.COMING, Expecting.PLACE, Expecting.WAITLIST})

Verdict = tuple[tuple[Intent, ...], bool]


def read_prompted(signs: Signs, wanted: tuple[Intent, ...], *, sure: bool) -> Verdict:
    """The intents of a message, and whether the rules are sure, once it is known what was asked."""
    if wanted[0] is Intent.WAITLIST:
        return (*wanted, *_about_the_list(signs)), sure
    expecting = signs.state.expecting
    if expecting not in _PUT:
        return wanted, sure
    if _only_asks(signs, wanted):
        return (Intent.ENQUIRE,), False
    if expecting is Expecting.COMING:
        wanted, sure = _about_coming(signs, wanted, sure=sure)
    if expecting is Expecting.PLACE and not signs.details and "?" not in signs.said.plain:
        if _says(_LEAVING_IT, signs):
            return (Intent.DENY,), True
        if signs.answer[0] is not Answer.NO and _says(_TAKING_IT, signs):
            return (Intent.AFFIRM,), True
    if expecting is Expecting.WAITLIST and _says(_ANOTHER_DAY, signs) and not signs.details:
        return (Intent.DENY,), True
    if expecting is Expecting.WAITLIST and _says(_YES_PUT_ME, signs) and not signs.details:
        return (Intent.AFFIRM,), True
    yes_and_a_question = signs.answer[0] is Answer.YES and wanted[0] is Intent.ENQUIRE
    if yes_and_a_question and Intent.AFFIRM not in wanted:
        return (Intent.AFFIRM, *wanted), False
    return wanted, sure


def _only_asks(signs: Signs, wanted: tuple[Intent, ...]) -> bool:
    """ "¿Es en la terraza?": what it asks about is no correction."""
    asks = "?" in signs.said.plain and signs.topic is not None and signs.answer[0] is None
    return asks and wanted == (Intent.CORRECT, Intent.ENQUIRE)


def _about_the_list(signs: Signs) -> tuple[Intent, ...]:
    if _LEAVES.search(signs.said.plain):
        return (Intent.CANCEL,)
    return (Intent.CHECK_BOOKING,) if _STILL_ON_IT.search(signs.said.plain) else ()


def _about_coming(signs: Signs, wanted: tuple[Intent, ...], *, sure: bool) -> Verdict:
    plain = signs.said.plain
    if Intent.BOOK in signs.hits and _AGAIN.search(plain) and wanted[0] is not Intent.CANCEL:
        return (Intent.BOOK,), sure  # one more, beside the one that is coming up
    if "?" in plain:
        return wanted, False
    if (signs.details and not (signs.idle or signs.until_then)) or {
        Intent.RESCHEDULE,
        Intent.HANDOFF,
    } & {*wanted}:
        return wanted, sure
    if _NOT_COMING.search(plain):
        return (Intent.DENY,), _is_all(_NOT_COMING, signs)
    if wanted[0] is Intent.CANCEL:
        return wanted, _says(_CALLED_OFF, signs)
    if signs.answer[0] is not Answer.NO and _says(_COMING, signs):
        return (Intent.AFFIRM,), True
    return wanted, sure


def _says(pattern: re.Pattern[str], signs: Signs) -> bool:
    return pattern.search(signs.said.plain) is not None and _is_all(pattern, signs)


def _is_all(pattern: re.Pattern[str], signs: Signs) -> bool:
    """Whether little is said beside it."""
    left = _REGRETS.sub(" ", filler().sub(" ", pattern.sub(" ", signs.said.plain)))
    return len(re.findall(r"[^\W_]+", left)) <= _TO_BE_COUNTED


def is_plain_answer(expecting: Expecting, wanted: tuple[Intent, ...], *, details: bool) -> bool:
    """Whether a yes, a no or a cancellation that the rules are sure of needs no second reading."""
    if expecting not in _PUT or details or len(wanted) > 1:
        return False
    answers = {Intent.AFFIRM, Intent.DENY}
    return wanted[0] in (answers | {Intent.CANCEL} if expecting is Expecting.COMING else answers)
