"""Venue files: YAML in, venues out.

Every scalar is read as text and typed by the model, so that `NO` stays Norway and `13:00` a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from domain.errors import AnfitrionError
from domain.venue import Venue
from infrastructure.venues.assembly import Problem, venue_of
from infrastructure.venues.files import VenueFile

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
    folder = SAMPLES if directory is None else directory
    files = sorted(each for each in folder.glob("*") if each.suffix in (".yaml", ".yml"))
    if not files:
        raise VenueFileError(file=str(folder), key="", problem="holds no .yaml file")
    year = (today or datetime.now(UTC).date()).year
    venues = [_load(file, year) for file in files]
    for name, count in Counter(venue.id for venue in venues).items():
        if count > 1:
            raise VenueFileError(file=str(folder), key="id", problem=f"{name} is in two files")
    return tuple(venues)


def _load(file: Path, year: int) -> Venue:
    raw: object = None
    try:
        # BaseLoader builds nothing but text, lists and tables: as safe as SafeLoader, and plainer.
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506
        if not isinstance(raw, dict):
            raise Problem("", "is not a table of keys")
        return venue_of(VenueFile.model_validate(raw), year=year)
    except Problem as error:
        key, problem = error.key, error.problem
    except ValidationError as error:
        key, problem = _first_fault(error, raw)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        key, problem = "", f"is not YAML: {' '.join(str(error).split())}"
    except OSError as error:
        key, problem = "", f"cannot be read: {error.strerror}"
    raise VenueFileError(file=file.name, key=key, problem=problem)


# The parser in C is ten times as fast; a few builds of PyYAML come without it.
_BaseLoader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _TextLoader(_BaseLoader):  # type: ignore[misc,valid-type]
    """Every scalar as text; a key that stands twice in one table is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        keys = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
        for key, count in keys.items():
            if count > 1:
                line = node.start_mark.line + 1
                raise Problem(str(key), f"stands {count} times in the table of line {line}")
        return mapping


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
