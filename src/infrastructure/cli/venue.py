"""`anfitrion venue new`: a few questions, and a venue file that the server takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from infrastructure.cli.app import fail, settings_of

if TYPE_CHECKING:
    from infrastructure.cli.program import Program

_HOURS = re.compile(r"\d{1,2}:\d{2}-\d{1,2}:\d{2}(\s*,\s*\d{1,2}:\d{2}-\d{1,2}:\d{2})*")
_TABLES = re.compile(r"(?P<count>\d{1,3})\s*x\s*(?P<seats>\d{1,2})")
_TREATMENT = re.compile(r"(?P<name>.*\S)\s+(?P<minutes>\d{1,3})")
_DAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})

_LUNCH = {"es": "comida", "en": "lunch"}
_DINNER = {"es": "cena", "en": "dinner"}


def add(cli: typer.Typer, program: Program) -> None:
    group = typer.Typer(no_args_is_help=True, help="Houses: write the file of a new one.")
    cli.add_typer(group, name="venue")

    @group.callback()
    def venue() -> None:
        """Houses: write the file of a new one."""

    @group.command()
    def new(
        to: Annotated[
            Path | None,
            typer.Option(help="The folder; VENUES_DIR, or else `venues`, if it is left out."),
        ] = None,
    ) -> None:
        """Ask what has to be known of a house, and write its file."""
        from domain.errors import AnfitrionError

        settings = settings_of(program)
        program.zone_table()
        folder = to or settings.venues_dir or Path("venues")
        table = _ask_all()
        try:
            file = program.write_venue(folder, table)
        except AnfitrionError as error:
            fail(str(error))
        typer.echo(f"Written: {file}")
        if settings.venues_dir != folder:
            typer.echo(f"To serve it: VENUES_DIR={folder} anfitrion serve")


def _ask_all() -> dict[str, Any]:
    """A house in the shape of a venue file."""
    kind = _ask("A restaurant or a clinic?", "restaurant", _one_of("restaurant", "clinic"))
    name = _ask("Its name", None, _some_text)
    table: dict[str, Any] = {
        "id": _ask("A short id for addresses", _slug(name), _identifier),
        "name": name,
        "kind": kind,
        "zone": _ask("Its time zone", "Europe/Madrid", _zone),
        "languages": _ask("Languages, the house's own first", "es, en", _languages),
        "country": _ask("Country, two letters", "ES", _letters(2)),
        "currency": _ask("Currency, three letters", "EUR", _letters(3)),
    }
    contact = {
        key: answer
        for key, question in (("phone", "Phone, with +"), ("address", "Address"))
        if (answer := _ask(f"{question} (may be empty)", "", str.strip))
    }
    if contact:
        table["contact"] = contact
    languages: list[str] = table["languages"]
    if kind == "clinic":
        return table | _clinic(languages[0])
    return table | _restaurant(languages)


def _restaurant(languages: list[str]) -> dict[str, Any]:
    services = []
    for key, names, usual in (("lunch", _LUNCH, "13:00-16:00"), ("dinner", _DINNER, "20:00-00:00")):
        hours = _ask(f"Hours of {key} (- for none)", usual, _hours_or_none)
        if hours:
            services.append(
                {
                    "id": key,
                    "names": {each: names.get(each, key) for each in languages},
                    "hours": _weekly(hours, _ask(f"Closed for {key} on", "", _weekdays)),
                    "turn_times": {2: "1h30", 4: "1h45", 12: "2h"},
                }
            )
    if not services:
        fail("A restaurant needs lunch or dinner.")
    seats = _ask("Tables, such as 6x2, 4x4, 1x8", "6x2, 4x4", _tables)
    return {
        "policy": {
            "max_party": _ask("The largest party that may book by itself", "8", _number(1, 99)),
            "lead_time": "30m",
            "cancel_cutoff": "2h",
            "change_cutoff": "2h",
        },
        "services": services,
        "tables": [
            {"id": f"T{number}", "name": f"{number}", "seats": each}
            for number, each in enumerate(seats, start=1)
        ],
    }


def _clinic(language: str) -> dict[str, Any]:
    hours = _ask("Opening hours", "9:00-13:00, 15:00-19:00", _hours)
    weekly = _weekly(hours, _ask("Closed on", "sat, sun", _weekdays))
    treatments = _ask("What is offered, with minutes", "revisión 30, limpieza 45", _treatments)
    people = _ask("Who works there, separated by commas", None, _names)
    rooms = _ask("How many rooms", "1", _number(1, 99))
    return {
        "policy": {
            "max_party": 1,
            "lead_time": "1h",
            "cancel_cutoff": "4h",
            "change_cutoff": "4h",
            "needs_phone": True,
        },
        "services": [
            {
                "id": _slug(name),
                "names": {language: name},
                "hours": weekly,
                "turn_times": f"{length}m",
            }
            for name, length in treatments
        ],
        "practitioners": [
            {"id": f"P{number}", "name": name} for number, name in enumerate(people, start=1)
        ],
        "rooms": [{"id": f"R{number}", "name": f"{number}"} for number in range(1, rooms + 1)],
    }


def _weekly(hours: str, closed: list[str]) -> dict[str, str]:
    return {"daily": hours} | dict.fromkeys(closed, "closed")


# --- answers ----------------------------------------------------------------------------------


def _ask(question: str, usual: str | None, read: Callable[[str], Any]) -> Any:
    """Ask until the answer can be read."""
    # The usual answer is shown as it would be typed; `read` gets it as text as well.
    return typer.prompt(question, default=usual, value_proc=_told(read))


def _told(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """`read` with what is wrong said as the prompt says it."""

    def told(answer: str) -> Any:
        try:
            return read(answer)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return told


def _some_text(answer: str) -> str:
    if not answer.strip():
        raise ValueError("it needs one")
    return answer.strip()


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(answer: str) -> str:
        found = [
            each for each in choices if answer.strip() and each.startswith(answer.strip().lower())
        ]
        if len(found) != 1:
            raise ValueError(f"one of {', '.join(choices)}")
        return found[0]

    return read


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "house"


def _identifier(answer: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", answer.strip()):
        raise ValueError("small letters, digits and dashes")
    return answer.strip()


def _zone(answer: str) -> str:
    try:
        return ZoneInfo(answer.strip()).key
    except (ValueError, OSError, KeyError):
        raise ValueError("a zone such as Europe/Madrid or America/La_Paz") from None


def _languages(answer: str) -> list[str]:
    names = [each.strip().lower() for each in answer.split(",")]
    if not all(re.fullmatch(r"[a-z]{2,3}", each) for each in names):
        raise ValueError("codes such as es, en")
    return names


def _letters(count: int) -> Callable[[str], str]:
    def read(answer: str) -> str:
        code = answer.strip().upper()
        if not (len(code) == count and code.isascii() and code.isalpha()):
            raise ValueError(f"{count} letters")
        return code

    return read


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(answer: str) -> int:
        text = answer.strip()
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"a number from {least} to {most}")
        return int(text)

    return read


def _hours(answer: str) -> str:
    if not _HOURS.fullmatch(answer.strip()):
        raise ValueError("such as 13:00-16:00, or two such spans with a comma")
    return answer.strip()


def _hours_or_none(answer: str) -> str:
    return "" if answer.strip() == "-" else _hours(answer)


def _weekdays(answer: str) -> list[str]:
    days = [each.strip().lower()[:3] for each in answer.split(",") if each.strip()]
    if not _DAYS.issuperset(days):
        raise ValueError("days such as mon, tue; nothing for none")
    return days


def _tables(answer: str) -> list[int]:
    seats: list[int] = []
    for part in answer.split(","):
        found = _TABLES.fullmatch(part.strip().lower())
        if found is None or not int(found["count"]) or not int(found["seats"]):
            raise ValueError("such as 6x2, 4x4: six tables for two, four for four")
        seats += [int(found["seats"])] * int(found["count"])
    return seats


def _treatments(answer: str) -> list[tuple[str, int]]:
    treatments = []
    for part in answer.split(","):
        found = _TREATMENT.fullmatch(part.strip())
        if found is None or not int(found["minutes"]):
            raise ValueError("a name and minutes each, such as: check-up 30, cleaning 45")
        treatments.append((found["name"], int(found["minutes"])))
    return treatments


def _names(answer: str) -> list[str]:
    names = [each.strip() for each in answer.split(",") if each.strip()]
    if not names:
        raise ValueError("at least one name")
    return names
