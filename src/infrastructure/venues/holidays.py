"""Public holidays as data for the domain, from the `holidays` package."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date


def public_holidays(
    country: str, subdivision: str | None, *, language: str, first_year: int, years: int = 3
) -> Mapping[date, str]:
    """Holidays by local day, named in `language` where the package can, else in the country's own.

    Raises: ValueError for a country or a part of it that the package does not know.
    """
    # Imported late: it is slow, and only a start that reads venue files needs it.
    import holidays

    wanted = range(first_year, first_year + years)
    try:
        country_default = holidays.country_holidays(country, subdiv=subdivision)
        spoken = [n for n in country_default.supported_languages if n.startswith(language)]
        name = spoken[0] if spoken else country_default.default_language
        named = holidays.country_holidays(country, subdiv=subdivision, years=wanted, language=name)
    except NotImplementedError as error:
        raise ValueError(str(error)) from None
    return dict(sorted(named.items()))
