"""Mistakes in a mapping as a person can mend them: where, what was found, what was perhaps meant, what is allowed."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from ingest.mapping.feed import CsvStyle, FeedMapping, Mapping, Unpivot
from ingest.mapping.value import ListOf, NumberStyle, Value

INNER: dict[int | str, type[BaseModel]] = {
    "csv": CsvStyle,
    "number": NumberStyle,
    "list_of": ListOf,
    "unpivot": Unpivot,
    "columns": Value,
}
SHOWN = 80


@dataclass(frozen=True)
class Mistake:
    """One thing wrong at a place of the YAML."""

    place: tuple[int | str, ...]
    message: str

    def told(self, line: int | None) -> str:
        """`line 9: feeds.interactions.columns.x: what is wrong`."""
        where = ".".join(str(part) for part in self.place) or "mapping"
        return f"{f'line {line}: ' if line else ''}{where}: {self.message}"


def of_validation(error: ValidationError) -> list[Mistake]:
    """Every mistake that the shape of the mapping shows."""
    return [Mistake(tuple(problem["loc"]), _message(problem)) for problem in error.errors()]


def meant(text: str, allowed: Iterable[str]) -> str:
    """`; did you mean x?` for the nearest allowed name; empty when none is near."""
    near = get_close_matches(text.casefold(), list(allowed), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _message(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        allowed = _allowed_keys(problem["loc"])
        return f"unknown key{meant(str(problem['loc'][-1]), allowed)}; allowed: {', '.join(allowed)}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    found = problem["input"]
    return message if not isinstance(found, str) or found[:SHOWN] in message else f"{message}; found {found[:SHOWN]!r}"


def _allowed_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed beside the one at a location of the YAML."""
    model: type[BaseModel] = Mapping
    if len(location) >= 3 and location[0] == "feeds":
        inner = [INNER[part] for part in location[2:-1] if part in INNER]
        model = inner[-1] if inner else FeedMapping
    return [field.alias or name for name, field in model.model_fields.items() if name != "sha256"]
