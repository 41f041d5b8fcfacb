"""What a sentence mentions: days, times, counts, prices, codes, phones, links, tables.

A mention is read as widely as it can be meant ("at 8" is 8:00 and 20:00) and then held against
the facts. What is read is masked, so that no digit is read twice and what is left over is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from application.claim_words import WORDS, Part, Words
from application.wording import lower, tidy, without_accents

_TAKEN, _TIME = "\x01", "\x02"
_ANY_TAKEN = re.compile(f"[{_TAKEN}{_TIME}]")


@dataclass(frozen=True, slots=True)
class DayMention:
    """A day as far as it was named; `offset` counts from today."""

    at: int
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    offset: int | None = None
    month_first: bool = False
    """Written in figures, in a language that may put the month first."""

    def fits(self, day: date, today: date | None) -> bool:
        if self.offset is not None:
            return today is not None and day == today + timedelta(days=self.offset)
        if self.weekday is not None and day.isoweekday() != self.weekday:
            return False
        if self.year is not None and day.year != self.year:
            return False
        if (self.day, self.month) == (day.day, day.month):
            return True
        if self.month_first and (self.month, self.day) == (day.day, day.month):
            return True
        return self.day in (None, day.day) and self.month in (None, day.month)

    @property
    def names_only_weekday(self) -> bool:
        return self.day is None and self.offset is None


@dataclass(frozen=True, slots=True)
class TimeMention:
    at: int
    minutes: frozenset[int]
    """Every minute of the day that can be meant; empty where the words contradict each other."""


@dataclass(frozen=True, slots=True)
class NumberMention:
    at: int
    value: int


@dataclass(frozen=True, slots=True)
class TextMention:
    at: int
    text: str


@dataclass(slots=True)
class Reading:
    """A sentence in three spellings of one length, and what it mentions."""

    text: str
    low: str
    plain: str
    left: str = ""
    """`plain` with everything that was read masked."""
    days: list[DayMention] = field(default_factory=list)
    times: list[TimeMention] = field(default_factory=list)
    counts: list[NumberMention] = field(default_factory=list)
    lengths: list[NumberMention] = field(default_factory=list)
    """Durations in minutes."""
    numbers: list[NumberMention] = field(default_factory=list)
    prices: list[TextMention] = field(default_factory=list)
    """In minor units, or with a percent sign."""
    codes: list[TextMention] = field(default_factory=list)
    phones: list[TextMention] = field(default_factory=list)
    links: list[TextMention] = field(default_factory=list)
    tables: list[TextMention] = field(default_factory=list)


_LINK = re.compile(
    r"(?:https?:|ftp:|www\.|mailto:|javascript:)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|es|bo|io|app|co|ly|me|info|biz|eu|fr|it|de|pt|br|uk|us|link|site|page|dev|ai)\b(?:/\S*)?",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<![\w+-])(?:[A-Z0-9]{3}(?:-[A-Z0-9]{3})+|[A-Z]{9}|[A-Z0-9]{3}(?: [A-Z0-9]{3}){2}|(?=[A-Za-z-]*\d)(?=[\d-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)(?![\w-])"
)
_NO_CODE = re.compile(
    r"\d{1,2}(?:h|hs|hrs|am|pm|st|nd|rd|th|er|h\d\d|uhr|min|mins|pax|a|º|ª|x\d)|\d+(?:mg|ml|km|m|eur|usd|bs|e)|[a-z]?\d{1,2}[a-z]?|2x1",
    re.IGNORECASE,
)
_TABLE_CODE = re.compile(r"[A-Z]\d{1,2}$")
_CUED_CODE = re.compile(
    r"(?i:c[oó]digo|code|localizador|reference|referencia|ref\.?|codice|r[ée]f[ée]rence|buchungsnummer|number|n[uú]mero de reserva)"
    r"[\s:#]*(?:(?i:es|is|de reserva|de la reserva|reserva|est|ist|è|é|de r[ée]servation|prenotazione)[\s:#]*){0,2}([A-Z0-9]{3,}(?:-[A-Z0-9]+)*)(?!\w)"
)
_PHONE = re.compile(r"\+?\(?\d[\d ().\-/]{5,}\d")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d\d:))?")
_FIGURES = re.compile(r"(?<![\d.,:])(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d:%])")
_MONEY = r"[€$£]|us\$|r\$|bs\b\.?|euros?\b|eur\b|dollars?\b|dolar(?:es)?\b|usd\b|bolivianos?\b|pesos?\b|soles\b|reais\b|pounds?\b|libras?\b|francos?\b|franken\b|chf\b"
_TENS = (
    r"cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien(?:to)?|mil|quarenta|cinquenta|sessenta|oitenta|cem"
    r"|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|quarante|cinquante|soixante|quatre-vingt|cents?"
    r"|quaranta|cinquanta|sessanta|settanta|ottanta|novanta|cento|vierzig|funfzig|sechzig|siebzig|achtzig|neunzig|hundert"
)
"""Amounts in words that no day, time or party reaches."""
_HALF_DAY = r"[ap] ?\. ?m\b\.?|[ap]m\b"
_THINGS = r"opcion\w*|options?|opzion\w*|opcoes|optionen|alternativ\w*|veces|times|more|mas|of|dias?|things"
_NUMBERED = re.compile(r"(?:^|\n)\s*(\d{1,2})[.)](?=\s)")
_DIGITS = re.compile(r"\d+")


def read(sentence: str, language: str) -> Reading:
    """What a sentence in this language mentions."""
    return _reader(language).read(sentence)


@lru_cache(maxsize=16)
def _reader(language: str) -> _Reader:
    return _Reader(language)


_HALF_HOUR = re.compile(
    r"\b(?:media hora|half an hour|half-hour|meia hora|demi-heure|mezz'ora|mezza ora|halbe stunde)\b"
)


class _Reader:
    """The patterns of one language, ready to use."""

    def __init__(self, language: str) -> None:
        words = WORDS.get(language, WORDS["en"])
        self._month_first = language == "en"
        self._dots_are_dates = language == "de"
        self._numbers = dict(words.numbers)
        self._ordinals = words.ordinals
        self._near_days = words.near_days
        self._parts = words.parts
        self._past = words.past
        self._past_before = words.past_before
        self._clock_words = words.clock_words
        self._compile(words, _months(words), _weekdays(words))

    def _compile(self, w: Words, months: str, weekdays: str) -> None:
        number = rf"(?:\d{{1,2}}|{_any(w.numbers)})"
        day = rf"(?:\d{{1,2}}|{_any([*w.numbers, *w.ordinals])})"
        parts = rf"(?:{_any(w.parts)})"
        past = rf"(?:{_any(w.past)})" if w.past else r"(?!)"
        before = rf"(?:{_any(w.past_before)})" if w.past_before else r"(?!)"
        units = rf"{w.people}|{w.minutes}|{w.longer}|{w.tables}|{_MONEY}|%|{_THINGS}"
        no_day = (
            rf"(?![:.]?\d| ?(?:{_HALF_DAY})| ?(?:h|uhr|{w.hours}|{units})\b| ?%| {parts}| {past}\b)"
        )
        half, part = rf"(?: ?(?P<half>{_HALF_DAY}))?", rf"(?:,? (?P<part>{parts}))?"
        say = re.compile
        self._day_month = say(
            rf"\b(?P<day>{day})(?:st|nd|rd|th|º|ª|°|er|\.)?,? ?(?:de |of |di |del |d')?(?:{months})\b\.?(?:,? (?:de |del |of )?(?P<year>\d{{4}}))?"
        )
        self._month_day = say(
            rf"\b(?:{months})\.? (?:the )?(?P<day>{day})(?:st|nd|rd|th)?\b{no_day}(?:,? (?P<year>\d{{4}}))?"
        )
        self._weekday_day = say(
            rf"\b(?:{weekdays})[,. ]+(?:(?:{w.day_before}) )?(?P<day>{day})(?:st|nd|rd|th|º|\.)?(?!\w){no_day}"
        )
        self._weekday = say(rf"\b(?:{weekdays})(?!\w)\.?")
        self._lone_day = say(
            rf"\b(?:(?:{w.day_before}) (?P<day>\d{{1,2}})(?:st|nd|rd|th|º)?|(?P<nth>\d{{1,2}})(?:st|nd|rd|th))\b{no_day}"
        )
        self._near_day = say(rf"\b(?:{_any(w.near_days)})\b")
        self._clock = say(
            rf"(?<![\d.,])(?P<hour>[01]?\d|2[0-4])(?: ?[:h] ?| uhr | heures |\.)(?P<minute>[0-5]\d)(?![\d%])(?:(?: ?(?:h|hs|hrs|uhr|{w.hours})\b)|{half}){part}"
        )
        self._half_day = say(
            rf"(?<![\d.,:])(?P<hour>{number})(?: (?P<past>{past}))? ?(?P<half>{_HALF_DAY})"
        )
        self._past_hour = say(rf"\b(?P<before>{before}) (?P<hour>{number})\b{half}{part}")
        self._hour_word = say(
            rf"(?<![\d.,:])(?P<hour>{number}) ?(?P<strict>h\b)?(?(strict)|(?:{w.after_hour})\b)(?: (?P<past>{past}))?{part}"
        )
        self._at_hour = say(
            rf"\b(?:{w.before_hour}) (?P<hour>{number})\b(?![:.,]?\d)(?! ?(?:{units})(?!\w))(?: (?P<past>{past})\b)?(?: (?:{w.hours}|{w.after_hour})\b)?{part}"
        )
        self._part_hour = say(
            rf"(?<![\d.,:])(?P<hour>{number})(?:(?: (?P<past>{past}))?,? (?P<part>{parts})| (?P<past2>{past}))\b"
        )
        self._one_oclock = say(
            rf"\b(?:a|sobre|para) la una\b(?! (?:mesa|persona))|\bat one\b(?! (?:of|table|go))|\bum ein(?:s| uhr)\b|\ball'una\b{part}"
        )
        self._clock_word = say(rf"\b(?:{_any(w.clock_words)})\b") if w.clock_words else say(r"(?!)")
        joint = r"(?:,|-|–|o|u|y|or|and|to|a|e|ou|et|und|oder|hasta|bis|until|entre)"
        self._joined_after = say(
            rf"(?<={_TIME}) ?{joint}(?: a)?(?: las| le| alle| um| at| as)? (?P<hour>{number})\b(?![:.,]?\d)(?! ?(?:{units}))"
        )
        self._joined_before = say(
            rf"(?<![\d.,:-])(?P<hour>{number})(?= ?(?!a l|alle|at |as ){joint} ?{_TIME})"
        )
        self._price = say(
            rf"(?:(?:{_MONEY}) ?(?P<before>\d[\d.,]*)|(?<!\w)(?P<after>\d[\d.,]*|{_any(w.numbers)}|(?:{_TENS})(?:(?: y |-| e | et )?\w+)?) ?(?:{_MONEY}))"
        )
        self._percent = say(
            rf"(?<!\w)(\d+|{_any(w.numbers)}) ?(?:%|por ?ciento|per ?cent\b|prozent|pour ?cent|per ?cento|por cento)"
        )
        self._length = say(
            rf"(?<!\w)(?P<n>\d+|{_any(w.numbers)})[ -]?(?:(?P<minutes>{w.minutes})|(?P<hours>{w.hours})|(?P<longer>{w.longer}))(?!\w)"
        )
        self._people = say(
            rf"(?<!\w)(?P<n>\d+|{_any(w.numbers)}) (?:\w+ )?(?:{w.people})(?!\w)"
            rf"|\b(?:{w.party}) (?P<one>{w.one}) (?:{w.people})(?!\w)"
        )
        self._party = say(rf"\b(?:{w.party}) (?P<n>\d+|{_any(w.numbers)})(?!\w)(?! ?[:%])")
        self._table = say(
            rf"\b(?:{w.tables}) (?:n[ºo°]?\.? ?|numero |number |num\.? |nummer )?(?P<id>\d{{1,3}}|[a-z]\d{{1,2}})(?!\w)"
        )

    def read(self, sentence: str) -> Reading:
        text = tidy(sentence)
        low = lower(text)
        reading = Reading(text, low, without_accents(low))
        reading.left = reading.plain
        self._links(reading)
        self._codes(reading)
        if _DIGITS.search(reading.left):
            self._figures(reading)
        self._named_days(reading)
        self._money(reading)
        self._times(reading)
        self._loose_days(reading)
        self._counts(reading)
        self._rest(reading)
        reading.days.sort(key=lambda d: d.at)
        reading.times.sort(key=lambda t: t.at)
        return reading

    # --- one kind of mention each ----------------------------------------------------------------

    def _links(self, r: Reading) -> None:
        for match in _LINK.finditer(r.text):
            r.links.append(TextMention(match.start(), match.group().lower().rstrip(".,;:)")))
            _mask(r, match.start(), match.end())

    def _codes(self, r: Reading) -> None:
        for match in (*_CODE.finditer(r.text), *_CUED_CODE.finditer(r.text)):
            group = match.lastindex or 0
            start, end, code = match.start(group), match.end(group), match.group(group)
            if _ANY_TAKEN.search(r.left, start, end):
                continue
            if _TABLE_CODE.match(code):
                r.tables.append(TextMention(start, code.lower()))
            elif group == 0 and (_NO_CODE.fullmatch(code) or _is_compound(code)):
                continue
            else:
                r.codes.append(TextMention(start, code))
            _mask(r, start, end)

    def _figures(self, r: Reading) -> None:
        def iso(m: re.Match[str]) -> bool:
            return _add_day(r, m.start(), int(m[3]), int(m[2]), int(m[1]))

        def figures(m: re.Match[str]) -> bool:
            first, second = int(m[1]), int(m[3])
            year = int(m[4]) if m[4] else None
            if (m[2] == "." and not m[4] and not self._dots_are_dates) or (
                m[2] == "-" and not m[4]
            ):
                return False
            if year is not None and year < 100:
                year += 2000
            if self._month_first and second > 12:
                first, second = second, first
            return _add_day(r, m.start(), first, second, year, month_first=self._month_first)

        def phone(m: re.Match[str]) -> bool:
            digits = _digits(m.group())
            if len(digits) < 7:
                return False
            r.phones.append(TextMention(m.start(), digits))
            return True

        _take(r, _ISO_DAY, iso)
        _take(r, _FIGURES, figures)
        _take(r, _PHONE, phone)

    def _named_days(self, r: Reading) -> None:
        def day_month(m: re.Match[str]) -> bool:
            year = int(m["year"]) if m["year"] else None
            return _add_day(r, m.start(), self._value(m["day"]), _which(m, "m", 12), year)

        def weekday_day(m: re.Match[str]) -> bool:
            day = self._value(m["day"])
            if not 1 <= day <= 31:
                return False
            r.days.append(DayMention(m.start(), day=day, weekday=_which(m, "w", 7)))
            return True

        _take(r, self._day_month, day_month)
        if self._month_first:
            _take(r, self._month_day, day_month)
        _take(r, self._weekday_day, weekday_day)

    def _money(self, r: Reading) -> None:
        def price(m: re.Match[str]) -> bool:
            said = m["before"] or m["after"]
            amount = self._numbers.get(said)
            r.prices.append(TextMention(m.start(), str(amount * 100) if amount else minor(said)))
            return True

        def percent(m: re.Match[str]) -> bool:
            r.prices.append(TextMention(m.start(), f"{self._value(m[1])}%"))
            return True

        _take(r, self._price, price)
        _take(r, self._percent, percent)

    def _times(self, r: Reading) -> None:
        def take(pattern: re.Pattern[str]) -> None:
            _take(r, pattern, lambda m: self._time(r, m), _TIME)

        if _DIGITS.search(r.left):
            take(self._clock)
        take(self._past_hour)
        take(self._half_day)
        take(self._at_hour)
        take(self._hour_word)
        take(self._part_hour)
        take(self._one_oclock)
        take(self._clock_word)
        if _TIME in r.left:
            take(self._joined_after)
            take(self._joined_before)

    def _time(self, r: Reading, m: re.Match[str]) -> bool:
        said = m.groupdict()
        part = self._parts.get(said.get("part") or "")
        if said.get("half"):
            part = Part.AM if said["half"][0] == "a" else Part.PM
        if said.get("hour") is None:
            exact = self._clock_words.get(m.group())
            minutes = frozenset({exact}) if exact is not None else _readings(1, 0, part)
        else:
            hour = self._value(said["hour"])
            if hour > 24:
                return False
            offset = int(said.get("minute") or 0)
            offset += self._past.get(said.get("past") or said.get("past2") or "", 0)
            offset += self._past_before.get(said.get("before") or "", 0)
            # "10:15" is the morning where hours are written to 24; "9:15" may well be the evening.
            full = len(said["hour"]) == 2 and bool(said.get("minute")) and not self._month_first
            sure = full or said["hour"].startswith("0") or bool(said.get("strict"))
            minutes = _readings(hour, offset, part, both=not sure or part is not None)
        r.times.append(TimeMention(m.start(), minutes))
        return True

    def _loose_days(self, r: Reading) -> None:
        def lone(m: re.Match[str]) -> bool:
            day = int(m["day"] or m["nth"])
            if not 1 <= day <= 31:
                return False
            r.days.append(DayMention(m.start(), day=day))
            return True

        def near(m: re.Match[str]) -> bool:
            r.days.append(DayMention(m.start(), offset=self._near_days[m.group()]))
            return True

        def weekday(m: re.Match[str]) -> bool:
            named = _which(m, "w", 7)
            follows = next((d for d in r.days if 0 <= d.at - m.end() <= 6), None)
            if follows and follows.day and follows.weekday is None:
                gap = r.plain[m.end() : follows.at].strip(" ,.(")
                if gap in ("", "the", "el", "dia", "den", "le", "il", "o", "am", "dem"):
                    r.days.remove(follows)
                    r.days.append(_on_weekday(follows, named, m.start()))
                    return True
            r.days.append(DayMention(m.start(), weekday=named))
            return True

        if _DIGITS.search(r.left):
            _take(r, self._lone_day, lone)
        _take(r, self._weekday, weekday)
        _take(r, self._near_day, near)

    def _counts(self, r: Reading) -> None:
        def length(m: re.Match[str]) -> bool:
            unit = 1 if m["minutes"] else 60 if m["hours"] else 1440
            r.lengths.append(NumberMention(m.start(), self._value(m["n"]) * unit))
            return True

        def count(m: re.Match[str]) -> bool:
            r.counts.append(NumberMention(m.start(), self._value(m["n"]) if m["n"] else 1))
            return True

        def table(m: re.Match[str]) -> bool:
            r.tables.append(TextMention(m.start(), m["id"]))
            return True

        def half_hour(m: re.Match[str]) -> bool:
            r.lengths.append(NumberMention(m.start(), 30))
            return True

        _take(r, _HALF_HOUR, half_hour)
        _take(r, self._length, length)
        _take(r, self._people, count)
        _take(r, self._party, count)
        _take(r, self._table, table)

    def _rest(self, r: Reading) -> None:
        def number(m: re.Match[str]) -> bool:
            r.numbers.append(NumberMention(m.start(), int(m.group().strip(" \n.)"))))
            return True

        _take(r, _NUMBERED, number)
        _take(r, _DIGITS, number)

    def _value(self, said: str) -> int:
        if said.isdigit():
            return int(said)
        return self._numbers.get(said) or self._ordinals[said]


def _readings(hour: int, offset: int, part: Part | None, *, both: bool = True) -> frozenset[int]:
    first = (hour * 60 + offset) % 1440
    said = {first, (first + 720) % 1440} if both and 1 <= hour <= 12 else {first}
    if part is None:
        return frozenset(said)
    return frozenset(m for m in said if _belongs(m, part))


def _belongs(minute: int, part: Part) -> bool:
    match part:
        case Part.AM:
            return minute < 720
        case Part.PM:
            return minute >= 720
        case Part.MORNING:
            return 60 <= minute < 780
        case Part.NOON:
            return 690 <= minute < 1020
        case Part.AFTERNOON:
            return 720 <= minute < 1290
        case Part.NIGHT:
            return minute >= 1080 or minute < 360
        case Part.SMALL_HOURS:
            return minute < 420


def minor(amount: str) -> str:
    """An amount as it is written ("1.250,50", "25") in hundredths."""
    amount = amount.rstrip(".,")
    cents = re.search(r"[.,](\d{1,2})$", amount)
    if cents is None:
        return str(int(_digits(amount) or 0) * 100)
    whole = _digits(amount[: cents.start()])
    return str(int(whole or 0) * 100 + int(cents[1].ljust(2, "0")))


def _add_day(
    r: Reading, at: int, day: int, month: int, year: int | None, *, month_first: bool = False
) -> bool:
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return False
    r.days.append(DayMention(at, day, month, year, month_first=month_first))
    return True


def _on_weekday(day: DayMention, weekday: int, at: int) -> DayMention:
    return DayMention(at, day.day, day.month, day.year, weekday, day.offset, day.month_first)


def _take(
    r: Reading,
    pattern: re.Pattern[str],
    build: Callable[[re.Match[str]], bool],
    mask: str = _TAKEN,
) -> None:
    """Reads every match out of what is left of a sentence; `build` may decline one."""
    r.left = pattern.sub(
        lambda m: mask * len(m.group()) if m.group() and build(m) else m.group(), r.left
    )


def _mask(r: Reading, start: int, end: int) -> None:
    r.left = r.left[:start] + _TAKEN * (end - start) + r.left[end:]


def _is_compound(token: str) -> bool:
    """ "20-30h", "4-course": figures and a word, no code."""
    pieces = token.split("-")
    return len(pieces) > 1 and all(p.isdigit() or (p.isalpha() and p.islower()) for p in pieces)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _any(words: Iterable[str] | Mapping[str, object]) -> str:
    """An alternation that prefers longer words."""
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) or r"(?!)"


def _months(own: Words) -> str:
    return _groups("m", [w.months for w in WORDS.values() if w is not own], own.months)


def _weekdays(own: Words) -> str:
    return _groups("w", [w.weekdays for w in WORDS.values() if w is not own], own.weekdays)


def _groups(prefix: str, others: list[tuple[str, ...]], own: tuple[str, ...]) -> str:
    """One named group a month (weekday): own names and abbreviations, and others' full names."""
    taken = {name for names in own for name in names.split("|")}
    groups = []
    for i, names in enumerate(own):
        full = {other[i].split("|")[0] for other in others} - taken
        groups.append(f"(?P<{prefix}{i + 1}>{'|'.join([names, *sorted(full)])})")
    return "|".join(groups)


def _which(match: re.Match[str], prefix: str, count: int) -> int:
    return next(i for i in range(1, count + 1) if match[f"{prefix}{i}"] is not None)
