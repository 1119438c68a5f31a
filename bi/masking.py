"""Which published columns the default role of PostgreSQL sees masked, and how."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from psycopg import sql
from pydantic import BaseModel, ConfigDict, TypeAdapter

MASKING_FILE = Path(__file__).parent / "masking.yml"
TEXT_TYPES = frozenset({"text"})

Mask = Literal["hide", "empty", "year", "prefix"]


class MaskingRule(BaseModel):
    """Columns whose name matches the pattern are masked in this way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: str
    mask: Mask
    why: str


@cache
def masking_rules() -> tuple[MaskingRule, ...]:
    """The rules in the order in which they are asked."""
    content = yaml.safe_load(MASKING_FILE.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[MaskingRule, ...]).validate_python(content["rules"])


def mask_of(column: str) -> Mask | None:
    """How a column is masked; None when it is shown as it is."""
    return next((rule.mask for rule in masking_rules() if re.search(rule.columns, column)), None)


def masked_expression(column: str, data_type: str) -> sql.Composable:
    """The column of a masked view: same name, same type. What can't be masked in its own type is left empty."""
    name = sql.Identifier(column)
    mask = mask_of(column)
    if mask is None:
        return name
    if mask == "year" and data_type == "date":
        return sql.SQL("date_trunc('year', {0})::date as {0}").format(name)
    if mask == "prefix" and data_type in TEXT_TYPES:
        return sql.SQL("left({0}, 2) || '***' as {0}").format(name)
    if mask in ("hide", "prefix") and data_type in TEXT_TYPES:
        return sql.SQL("case when {0} is not null then '***' end as {0}").format(name)
    return sql.SQL("null::{1} as {0}").format(name, sql.SQL(data_type))
