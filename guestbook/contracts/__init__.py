"""The canonical feeds as data: one YAML file per feed or reference table, read and validated once.

``contract("reservations")`` is what ingest checks rows against and what
the gates know of a column.
"""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

FEEDS = ("reservations", "pos_checks", "interactions")
REFERENCES = ("property", "fx_rate", "suppression")

ColumnType = Literal["string", "int", "decimal", "rate", "date", "ts", "bool", "json"]

#: DuckDB type of each contract type; `ts` is an instant in UTC, `json` is text that is valid JSON.
SQL_TYPES: dict[str, str] = {
    "string": "VARCHAR",
    "int": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "rate": "DECIMAL(18,8)",
    "date": "DATE",
    "ts": "TIMESTAMPTZ",
    "bool": "BOOLEAN",
    "json": "VARCHAR",
}


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Spec):
    """One column of a feed. A bad value quarantines the row when ``required``, else becomes null and is set aside."""

    name: str
    type: ColumnType
    description: str
    required: bool = False
    case: Literal["upper", "lower"] | None = None
    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    minimum: int | str | None = None
    maximum: int | str | None = None
    above: int | None = None
    default: str | None = None
    default_from_property: bool = False
    json_shape: Literal["array", "object"] | None = None
    time_zone: bool = False
    personal: bool = False
    hashed: bool = False
    card_guard: bool = False

    @property
    def sql_type(self) -> str:
        """DuckDB type of the column in the lake."""
        return SQL_TYPES[self.type]


class OrderRule(_Spec):
    """A row-level rule: ``greater`` may not be before ``smaller``; a row that breaks it is quarantined."""

    name: str
    smaller: str
    greater: str


class Contract(_Spec):
    """A feed: its grain, key, version column, row rules and columns in order."""

    feed: str
    grain: str
    key: tuple[str, ...]
    version: str | None = None
    any_of: tuple[str, ...] = ()
    rules: tuple[OrderRule, ...] = ()
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _names_exist(self) -> "Contract":
        names = [column.name for column in self.columns]
        used = {*self.key, *self.any_of, *(n for r in self.rules for n in (r.smaller, r.greater))}
        unknown = sorted(used - set(names))
        if unknown or len(set(names)) != len(names):
            raise ValueError(f"contract {self.feed}: unknown columns {unknown} or a column named twice")
        return self

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns without which a row is quarantined."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@cache
def contract(feed: str) -> Contract:
    """The contract of a feed or reference table, from ``guestbook/contracts/<feed>.yml``."""
    if feed not in FEEDS + REFERENCES:
        raise KeyError(f"unknown feed {feed!r}; allowed: {', '.join(FEEDS + REFERENCES)}")
    text = (Path(__file__).parent / f"{feed}.yml").read_text(encoding="utf-8")
    return Contract.model_validate(yaml.safe_load(text))
