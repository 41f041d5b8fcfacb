"""Venue files: YAML in, venues out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from domain.errors import AnfitrionError
from domain.venue import Venue
from infrastructure.venues.assembly import Problem, venue_of
from infrastructure.venues.files import VenueFile
from infrastructure.venues.yaml_text import read_yaml

Read = TypeVar("Read")

SAMPLES = Path(__file__).parent / "samples"


class VenueFileError(AnfitrionError):
    """A venue file says something that cannot be. One line: file, key, what is wrong."""

    code = "venue_file"

    def __init__(self, *, file: str, key: str, problem: str) -> None:
        where = f"{file}: {key}" if key else file
        super().__init__(f"{where}: {problem}")
        self.file = file
        self.key = key
        self.problem = problem


def load_venues(directory: Path | None = None, *, today: date | None = None) -> tuple[Venue, ...]:
    """The venues of a directory's `.yaml` files, by file name; None gives the two samples.

    `today` says for which years public holidays are wanted: this one and the two after it.
    Raises: VenueFileError.
    """
    year = (today or datetime.now(UTC).date()).year
    venues = [_load(file, lambda read: venue_of(read, year=year)) for file in _files(directory)]
    for name, count in Counter(venue.id for venue in venues).items():
        if count > 1:
            raise VenueFileError(file=str(directory), key="id", problem=f"{name} is in two files")
    return tuple(venues)


def read_files(directory: Path | None = None) -> tuple[VenueFile, ...]:
    """The same files as they are written, before their keys are compared with each other.

    Raises: VenueFileError.
    """
    return tuple(_load(file, lambda read: read) for file in _files(directory))


def _files(directory: Path | None) -> list[Path]:
    folder = SAMPLES if directory is None else directory
    files = sorted(each for each in folder.glob("*") if each.suffix in (".yaml", ".yml"))
    if not files:
        raise VenueFileError(file=str(folder), key="", problem="holds no .yaml file")
    return files


def _load(file: Path, use: Callable[[VenueFile], Read]) -> Read:
    raw: object = None
    try:
        raw = read_yaml(file.read_text(encoding="utf-8"))
        if not isinstance(raw, dict):
            raise Problem("", "is not a table of keys")
        return use(VenueFile.model_validate(raw))
    except Problem as error:
        key, problem = error.key, error.problem
    except ValidationError as error:
        key, problem = _first_fault(error, raw)
    except UnicodeDecodeError as error:
        key, problem = "", f"is not YAML: {error}"
    except OSError as error:
        key, problem = "", f"cannot be read: {error.strerror}"
    raise VenueFileError(file=file.name, key=key, problem=problem)


def _first_fault(error: ValidationError, raw: object) -> tuple[str, str]:
    faults = error.errors(include_url=False, include_context=False)
    first = faults[0]
    problem = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        problem = "is not a key of venue files"
    if len(faults) > 1:
        problem += f" (and {len(faults) - 1} more)"
    return _spoken_key(first["loc"], raw), problem


def _spoken_key(location: Iterable[int | str], raw: object) -> str:
    """A place in the file, with list entries by their own id where they have one."""
    words: list[str] = []
    for step in location:
        inside: object = None
        if isinstance(raw, Mapping):
            inside = raw.get(step)
        elif isinstance(raw, list) and isinstance(step, int) and step < len(raw):
            inside = raw[step]
        named = inside.get("id") if isinstance(step, int) and isinstance(inside, Mapping) else None
        words.append(str(named or step))
        raw = inside
    return ".".join(words)
