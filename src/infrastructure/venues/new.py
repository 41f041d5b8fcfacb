"""A new venue file: written only where the loader can read it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infrastructure.venues.loader import VenueFileError, load_venues
from infrastructure.venues.yaml_text import write_yaml

_HEAD = (
    "# {name}. Times are the house's own wall clock.\n"
    "# Closures, special hours, combinations of tables, answers to guests' questions, reminders and the\n"
    "# waitlist: see the samples.\n"
)


def write_venue(folder: Path, table: Mapping[str, Any]) -> Path:
    """Write a house, in the shape of a venue file, as `<id>.yaml` into a folder.

    Raises: VenueFileError where it could not be read back, or its file is there already; then
    nothing is written.
    """
    name = f"{table['id']}.yaml"
    text = _HEAD.format(name=table["name"]) + write_yaml(table)
    with tempfile.TemporaryDirectory() as trial:
        (Path(trial) / name).write_text(text, encoding="utf-8")
        load_venues(Path(trial))
    file = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError:
        raise VenueFileError(file=name, key="", problem=f"is in {folder} already") from None
    except OSError as error:
        raise VenueFileError(file=name, key="", problem=f"cannot be written: {error}") from None
    return file
