"""Takes what identifies people out of a text for a model, and puts it back into the answer.

Hidden are the values we know of this guest (names, phones, e-mails, codes, the channel's user id)
and whatever looks like one. Party sizes, dates and times stay, because the model works with them.
A number that could be either is hidden: a wrong guess then costs a question, not a phone number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from domain.booking import CODE_ALPHABET, CODE_LENGTH
from domain.dialogue import DialogueState
from domain.names import fold

_OPEN, _CLOSE = "⟨", "⟩"
_PLACEHOLDER = re.compile(r"[⟨<\[]?\b(NAME|PHONE|EMAIL|CODE|NUMBER|USER)(\d+)\b[⟩>\]]?")

# Characters without width, which would split a number in two for the patterns but not for a reader.
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF))
# A guest cannot write a placeholder: their own brackets are turned into plain ones.
_TYPED_BRACKETS = {ord(_OPEN): "<", ord(_CLOSE): ">"}

_SHORTEST_USER_ID = 6
"""Shorter ids ("4", "ana") are ordinary words and would hide party sizes."""


# --- what must stay ------------------------------------------------------------------------------

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_FOUR_FIGURES = r"(?:[01]\d|2[0-3])[0-5]\d"
_CALENDAR = re.compile(
    rf"""
    (?<![\w.-])\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}})?(?:[+-]\d{{2}}:\d{{2}}|Z)?)?
  | (?<![\w./-])(?:{_DAY}[./-]{_MONTH}|{_MONTH}[./-]{_DAY})(?:[./-](?:\d{{4}}|\d{{2}}))?(?![./-]?\w)
  | (?<!\d)(?<!\d[ ]){_DAY}[ ]{_MONTH}[ ]20\d\d(?!\d)
  | (?<![\d.])\d{{1,2}}[:h]\d{{2}}(?!\d)
  | (?<![\d.-]){_FOUR_FIGURES}[ ]?-[ ]?{_FOUR_FIGURES}(?![\d.-])
    """,
    re.VERBOSE,
)
"""Dates and times in figures; a pair of figures counts only where it can be a day and a month."""

# --- what looks like a personal value ------------------------------------------------------------

_EMAIL = re.compile(
    r"[\w.+'%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"
    r"|\b[\w.+-]+ (?:arroba|at) [\w-]+(?: (?:punto|dot) [a-z]{2,})+\b",
    re.IGNORECASE,
)
_SYMBOLS = f"[{CODE_ALPHABET}{CODE_ALPHABET.lower()}]"
_CODE = re.compile(
    rf"(?<![\w-])(?:{_SYMBOLS}{{3}}([-‑–. ]?){_SYMBOLS}{{3}}\1{_SYMBOLS}{{3}})(?![\w-])"
)
_CODE_CUE = re.compile(r"(?:c[oó]digo|code|ref\w*|localizador)\W+(?:\w+\W+){0,3}$", re.IGNORECASE)
_SAID_TIME = re.compile(r"^\d{1,2}(?:am|pm|a|p|th|hr|h)$", re.IGNORECASE)
_ID_TOKEN = re.compile(
    r"(?<!\w)(?=(?:[^\W_]*\d){5})(?=[^\W_]*[^\W\d_])[^\W_]{8,}(?:[-.][^\W_]+)?(?!\w)"
)
"""Letters and many digits in one word: identity cards, passports, tax numbers, tokens."""

_PHONE = re.compile(r"(?<![\d⟨])[+＋]?\(?\d(?:[ \t\u00a0().\-‑–]{0,3}\d){6,}")
_LONGEST_PHONE = 15
"""Digits of the longest number of E.164; more than that is a card or an account."""
_DIGIT_WORD = (
    r"(?:cero|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
    r"|zero|oh|one|two|three|four|five|six|seven|eight|nine)"
)
_SPOKEN_NUMBER = re.compile(rf"\b{_DIGIT_WORD}(?:[ ,\-]+{_DIGIT_WORD}){{6,}}\b", re.IGNORECASE)

# --- names as they are said ----------------------------------------------------------------------

_WORD = r"[^\W\d_]+(?:['’.-][^\W\d_]+)*"
_CAPITALISED = r"(?=[^\W\d_])(?![a-záéíóúüñç])" + _WORD
_NEXT_WORD = re.compile(rf"[^\S\n]*({_WORD})")
_CAPITAL_AHEAD = re.compile(
    r"[^\S\n]+(?:(?:de|del|la|las|los)[^\S\n]+)*(?=[^\W\d_])(?![a-záéíóúüñç])"
)
_SURE_CUE = re.compile(
    r"\b(?:(?:a nombre del?|en nombre de|de parte de|me llam(?:o|an)|mi nombre(?: completo)? es"
    r"|under the name(?: of)?|in the name of|(?:the|my(?: full| first| last)?) name(?:'s|’s| is)"
    r"|(?:last name|surname|apellido)(?: is| es)?)(?:\s*:\s*|\s+)|(?:nombre|name)\s*:\s*)",
    re.IGNORECASE,
)
"""After these a name follows, written in whatever case."""
_LIKELY_CUE = re.compile(
    r"\b(?:soy|habla|call me|named(?: me)?|my(?: full)? name|i'm|i’m|i am|this is|here is|under|it's|it’s"
    r"|(?:reserva|cita|turno|mesa|booking|reservation|appointment|table) (?:de|para|of|for|under)"
    r"|sr|sra|srta|señora?|señorita|mr|mrs|ms|miss|don|doña)\.?\s+",
    re.IGNORECASE,
)
"""After these a name may follow: it counts where it is written with a capital."""
_FULL_NAME = re.compile(
    r"(?<!\w)(?:[^\W\d_a-záéíóúüñç][a-záéíóúüñç'’-]+(?:[^\S\n]+(?=[^\W\d_a-z]))?){2,}(?!\w)"
)
"""Two or more words with capitals, side by side: a name unless one of them is an ordinary word."""
_PARTICLES = frozenset(
    {"de", "del", "la", "las", "los", "van", "von", "der", "da", "dos", "y", "e"}
)
# Days, months and numbers, some of which are names too.
_CALENDAR_WORDS = """
    lunes martes miercoles jueves viernes sabado domingo
    monday tuesday wednesday thursday friday saturday sunday
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    january february march april may june july august september october november december
    uno dos tres cuatro cinco seis siete ocho nueve diez
    one two three four five six seven eight nine ten
    mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec
    lun mie jue vie sab dom ene abr ago set dic am pm
    hoy manana tarde noche today tomorrow tonight navidad christmas nochebuena nochevieja reyes
    easter thanksgiving halloween valentine valentine's mother's father's year's day eve dia
"""
_SENTENCE_WORDS = """
    a al an and ante are at but by can con could de del desde e el ella en es eso esta estamos este
    estoy for from gracias hay have hello hi hola i if in is it la las lo los me mi my necesito no
    not of on or para pero please por porque pues que queria quiero quisiera se si so somos soy
    tambien tenemos tengo thank thanks that the there this to un una unos vamos we will with would
    y ya yes you your buen buena buenos buenas dias tardes noches muchas good morning afternoon
    evening night dear estimado estimada estimados
"""
_TRADE_WORDS = """
    mesa table terraza terrace cita turno reserva booking reservation appointment clinica
    restaurante lunch dinner brunch almuerzo comida cena limpieza revision extraccion cleaning
    checkup check extraction doctor doctora dr dra alergico alergica celiaco celiaca vegano vegana
    vegetariano vegetariana allergic vegan vegetarian gluten sorry late nuevo nueva new cancel
    cancelar cambiar change ayuda help persona person nada nothing nadie nobody ok vale otro otra other
"""
_SENTENCE = frozenset((_SENTENCE_WORDS + _TRADE_WORDS).split())
_NO_NAMES = _SENTENCE | frozenset(_CALENDAR_WORDS.split())
"""Words that end a name, or stand where one could."""
_LONGEST_NAME = 4
"""Words, particles not counted."""


class Redactor:
    """Hides and restores values for one turn; the same value has the same placeholder throughout."""

    def __init__(
        self,
        *,
        names: Iterable[str] = (),
        phones: Iterable[str] = (),
        emails: Iterable[str] = (),
        codes: Iterable[str] = (),
        user_id: str = "",
    ) -> None:
        self._placeholders: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._known = [
            *_patterns("EMAIL", emails, _literal),
            *_patterns("CODE", codes, _code_pattern),
            *_patterns("USER", [user_id] if len(user_id) >= _SHORTEST_USER_ID else [], _literal),
            *_patterns("PHONE", phones, _phone_pattern),
        ]
        self._names = set(names)

    def hide(self, text: str, *, extra: Iterable[str] = ()) -> str:
        """The text with placeholders such as `⟨PHONE1⟩`. `extra` are further names to hide in it."""
        hidden = text.translate(_INVISIBLE).translate(_TYPED_BRACKETS)
        for kind, pattern in self._known:
            hidden = self._replace(kind, pattern, hidden)
        hidden = self._replace("EMAIL", _EMAIL, hidden)
        hidden = self._outside_calendar(self._hide_numbers, hidden)
        return self._hide_names(hidden, extra)

    def show(self, text: str) -> str:
        """The text with the values back in place; a placeholder never given out stays as it is."""
        return _PLACEHOLDER.sub(lambda found: self._values.get(found[1] + found[2], found[0]), text)

    def _hide_names(self, text: str, extra: Iterable[str]) -> str:
        """Names known, given and introduced here; from now on they are hidden in every text."""
        said = said_names(text)
        self._names.update(extra, (text[start:end] for start, end in said))
        for start, end in reversed(said):
            text = text[:start] + self._placeholder("NAME", text[start:end]) + text[end:]
        for pattern in _name_patterns(self._names):
            text = self._replace("NAME", pattern, text)
        return text

    def _hide_numbers(self, text: str) -> str:
        text = _CODE.sub(
            lambda found: self._placeholder("CODE", found[0]) if _is_code(found) else found[0], text
        )
        text = self._replace("NUMBER", _ID_TOKEN, text)
        text = _PHONE.sub(lambda found: self._placeholder(_number_kind(found[0]), found[0]), text)
        return self._replace("PHONE", _SPOKEN_NUMBER, text)

    def _outside_calendar(self, change: Callable[[str], str], text: str) -> str:
        """Change what stands between dates and times; a code or an address may hold none."""
        pieces: list[str] = []
        end = 0
        for found in _CALENDAR.finditer(text):
            pieces += [change(text[end : found.start()]), found[0]]
            end = found.end()
        return "".join([*pieces, change(text[end:])])

    def _replace(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        return pattern.sub(lambda found: self._placeholder(kind, found[0]), text)

    def _placeholder(self, kind: str, value: str) -> str:
        known = self._placeholders.get((kind, fold(value)))
        if known is not None:
            return known
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        self._values[f"{kind}{number}"] = value
        placeholder = f"{_OPEN}{kind}{number}{_CLOSE}"
        self._placeholders[kind, fold(value)] = placeholder
        return placeholder


def redactor_for(state: DialogueState, *, user_id: str) -> Redactor:
    """A redactor that knows what the conversation knows about its guest."""
    bookings = [*([state.target] if state.target else []), *state.candidates]
    guests = [booking.guest for booking in bookings]
    codes = [booking.code for booking in bookings]
    codes += [code for code in (state.claimed, state.last_booking) if code]
    return Redactor(
        names=[state.details.name, *(guest.name for guest in guests)],
        phones=[state.details.phone, *(guest.phone for guest in guests)],
        emails=[state.details.email, *(guest.email for guest in guests)],
        codes=codes,
        user_id=user_id,
    )


def said_names(text: str) -> list[tuple[int, int]]:
    """Where names seem to stand ("a nombre de Laura Gil"): characters [start, end), ascending."""
    spans = [_name_at(text, cue.end(), sure=True) for cue in _SURE_CUE.finditer(text)]
    spans += [_name_at(text, cue.end(), sure=False) for cue in _LIKELY_CUE.finditer(text)]
    spans += [found.span() for found in _FULL_NAME.finditer(text) if not _ordinary(found[0])]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start < end and (not apart or apart[-1][1] <= start):
            apart.append((start, end))
    return apart


def asked_names(text: str) -> list[str]:
    """Names in the answer to "what name?": the whole of it, or what is written with capitals."""
    words = re.findall(_WORD, text)
    if 0 < len(words) <= _LONGEST_NAME and not _ordinary(text):
        return [text.strip(" .,!")]
    return [
        word for word in re.findall(rf"(?<!\w){_CAPITALISED}", text) if fold(word) not in _NO_NAMES
    ]


def _name_at(text: str, start: int, *, sure: bool) -> tuple[int, int]:
    """The name that begins at `start`: words until one that belongs to the sentence again."""
    end, position, words = start, start, 0
    while words < _LONGEST_NAME:
        found = _NEXT_WORD.match(text, position)
        if found is None:
            break
        word = found[1]
        if fold(word) in _PARTICLES and words and _CAPITAL_AHEAD.match(text, found.end()):
            position = found.end()
            continue
        if not _may_be_name(word, sure=sure):
            break
        position = end = found.end()
        words += 1
    return start, end


def _ordinary(words: str) -> bool:
    return any(fold(word) in _NO_NAMES for word in re.findall(_WORD, words))


def _may_be_name(word: str, *, sure: bool) -> bool:
    plain = fold(word)
    if word[0].isupper() and sure:
        return plain not in _SENTENCE
    return plain not in _NO_NAMES and (sure or word[0].isupper())


def _is_code(found: re.Match[str]) -> bool:
    """Whether nine symbols are a code and not words or times of day."""
    shown, joiner = found[0], found[1]
    if joiner == " " and any(_SAID_TIME.match(part) for part in shown.split(" ")):
        return False
    if any(c.isdigit() for c in shown):
        return True
    if joiner and joiner != " ":
        return True
    return shown.isupper() or _CODE_CUE.search(found.string[: found.start()]) is not None


def _number_kind(text: str) -> str:
    return "PHONE" if sum(c.isdigit() for c in text) <= _LONGEST_PHONE else "NUMBER"


def _patterns(
    kind: str, values: Iterable[str], pattern: Callable[[str], str]
) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (kind, re.compile(pattern(value), re.IGNORECASE))
        for value in sorted(set(values), key=len, reverse=True)
        if value
    ]


def _literal(value: str) -> str:
    return rf"(?<!\w){re.escape(value)}(?!\w)"


def _code_pattern(code: str) -> str:
    symbols = [re.escape(c) for c in code if c.isalnum()]
    return (
        r"(?<!\w)" + r"[\s.\-‑–]?".join(symbols) + r"(?!\w)"
        if len(symbols) == CODE_LENGTH
        else (_literal(code))
    )


def _phone_pattern(phone: str) -> str:
    digits = [c for c in phone if c.isdigit()]
    return r"(?<!\d)\+?" + r"[\s().\-/]{0,3}".join(digits) + r"(?!\d)"


def _name_patterns(names: Iterable[str]) -> list[re.Pattern[str]]:
    """Whole names and then their parts, in any case, with their accents or without.

    A name or part that is also an ordinary word here (Julio, Domingo, Mesa) is not looked for: it
    would hide the date or the table. Where it is said as a name, the cue before it tells.
    """
    whole: dict[str, list[str]] = {}
    for name in names:
        words = re.findall(_WORD, name)
        whole[fold(name)] = words
        for word in words:
            whole.setdefault(fold(word), [word])
    longest_first = sorted(whole.values(), key=lambda words: -sum(map(len, words)))
    return [_name_pattern(words) for words in longest_first if _can_be_looked_for(words)]


def _can_be_looked_for(words: list[str]) -> bool:
    if len(words) == 1:
        return len(words[0]) > 2 and fold(words[0]) not in _NO_NAMES | _PARTICLES
    return bool(words)


def _name_pattern(words: list[str]) -> re.Pattern[str]:
    spelled = r"[\s,]+".join("".join(map(_any_accent, word)) for word in words)
    return re.compile(rf"(?<!\w){spelled}(?!\w)", re.IGNORECASE)


_ACCENTED = {
    "a": "aáàâäã", "e": "eéèêë", "i": "iíìîï", "o": "oóòôöõ", "u": "uúùûü", "n": "nñ", "c": "cç"
}  # fmt: skip


def _any_accent(char: str) -> str:
    return f"[{_ACCENTED.get(fold(char), re.escape(char))}]"
