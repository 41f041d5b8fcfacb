"""Feasts that guests name instead of a date: when each one is in a year."""

from __future__ import annotations

from datetime import date, timedelta

FIXED = {
    "new_year": (1, 1),
    "epiphany": (1, 6),
    "valentines": (2, 14),
    "st_patrick": (3, 17),
    "st_joseph": (3, 19),
    "fathers_day_es": (3, 19),
    "st_george": (4, 23),
    "labour_day": (5, 1),
    "st_john": (6, 24),
    "independence_day_us": (7, 4),
    "assumption": (8, 15),
    "hispanic_day": (10, 12),
    "halloween": (10, 31),
    "all_saints": (11, 1),
    "all_souls": (11, 2),
    "veterans_day": (11, 11),
    "constitution_es": (12, 6),
    "immaculate": (12, 8),
    "christmas_eve": (12, 24),
    "christmas": (12, 25),
    "boxing_day": (12, 26),
    "new_years_eve": (12, 31),
}
"""Month and day."""

FROM_EASTER = {
    "palm_sunday": -7,
    "maundy_thursday": -3,
    "good_friday": -2,
    "holy_saturday": -1,
    "easter": 0,
    "easter_monday": 1,
}
"""Days after Easter Sunday."""

NTH_WEEKDAY = {
    "mlk_day": (1, 1, 3),
    "presidents_day": (2, 1, 3),
    "mothers_day": (5, 7, 2),
    "mothers_day_es": (5, 7, 1),
    "memorial_day": (5, 1, -1),
    "fathers_day": (6, 7, 3),
    "labor_day_us": (9, 1, 1),
    "columbus_day": (10, 1, 2),
    "thanksgiving": (11, 4, 4),
}
"""Month, ISO weekday, and which one of the month; -1 is the last."""

NAMES = frozenset({*FIXED, *FROM_EASTER, *NTH_WEEKDAY, "black_friday"})


def feast_date(name: str, year: int) -> date:
    """The day of a feast in a year.

    Raises:
        KeyError: no feast of that name is known.
    """
    if name in FIXED:
        return date(year, *FIXED[name])
    if name in FROM_EASTER:
        return easter(year) + timedelta(days=FROM_EASTER[name])
    if name == "black_friday":
        return feast_date("thanksgiving", year) + timedelta(days=1)
    month, iso, nth = NTH_WEEKDAY[name]
    return nth_weekday(year, month, iso, nth)


def nth_weekday(year: int, month: int, iso: int, nth: int) -> date:
    """The first (1), second, … or last (-1) such weekday of a month; a fifth may not be in it."""
    if nth < 0:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.isoweekday() - iso) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(iso - first.isoweekday()) % 7 + 7 * (nth - 1))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, Meeus 1991)."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    skipped, rest = divmod(century, 4)
    moon = (century - (century - (century + 8) // 25 + 1) // 3 - skipped + 19 * golden + 15) % 30
    leaps, odd = divmod(in_century, 4)
    to_sunday = (32 + 2 * rest + 2 * leaps - moon - odd) % 7
    late = (golden + 11 * moon + 22 * to_sunday) // 451
    month, day = divmod(moon + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
