"""Movements between two nights, added up from the books; reads the lake only, so the warehouse stays free."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from bi.diff.book import UNIT_SCHEMA, closed_nights
from bi.diff.statements import keep, rows
from guestbook.errors import UsageError
from guestbook.lake import read_records
from guestbook.settings import Settings
from guestbook.tables import declared

#: Headline figures in the order they are told.
FIGURES = (
    "customers", "visited_customers", "repeat_customers", "repeat_share", "nights", "revenue",
    "tier_vip", "tier_key", "tier_regular", "tier_small", "at_risk_value",
)  # fmt: skip
#: What may move them, in the order it is told.
CAUSES = (
    "new_business", "late_delivery", "corrected_row", "merge_or_split", "model_change", "exchange_rate",
    "passing_of_time",
)  # fmt: skip
TOP = 10


@dataclass(frozen=True)
class Part:
    """What one cause did to a figure; `customers` and `files` are those that moved it most, (name, amount)."""

    cause_code: str
    amount: Decimal
    customer_count: int
    file_count: int
    customers: list[tuple[str, Decimal]] = field(default_factory=list)
    files: list[tuple[str, Decimal]] = field(default_factory=list)


@dataclass(frozen=True)
class Movement:
    """One headline figure on two nights; its parts sum to after - before, to the cent."""

    figure_code: str
    before: Decimal
    after: Decimal
    parts: list[Part]


def movements(settings: Settings, first: date, last: date, figure: str | None = None) -> list[Movement]:
    """Every headline figure (or one) between two nights whose books are closed.

    Raises UsageError for a night without books or an unknown figure.
    """
    if figure and figure not in FIGURES:
        raise UsageError(f"no headline figure {figure!r}; there are: {', '.join(FIGURES)}")
    con = _open(settings, first, last)
    try:
        span = {"first": first, "last": last}
        parts = rows(con, "part", **span, causes=list(CAUSES)).to_pylist()
        customers = _by_part(rows(con, "part_customer", **span, top=TOP), "customer_id", "customer_count")
        files = _by_part(rows(con, "part_file", **span, top=TOP), "file_name", "file_count")
        figures = {row[:2]: row[2] for row in con.execute("from headline_figure").fetchall()}
    finally:
        con.close()
    return [
        Movement(
            code,
            figures.get((first, code), Decimal(0)),
            figures.get((last, code), Decimal(0)),
            [_part(row, customers, files) for row in parts if row["figure_code"] == code],
        )
        for code in FIGURES
        if figure in {None, code}
    ]


def customer_story(settings: Settings, customer_id: str, first: date, last: date) -> list[dict[str, Any]]:
    """The movements between two nights that one customer was behind, oldest first."""
    con = _open(settings, first, last)
    try:
        return rows(con, "customer_story", customer_id=customer_id, first=first, last=last).to_pylist()
    finally:
        con.close()


def _open(settings: Settings, first: date, last: date) -> duckdb.DuckDBPyConnection:
    nights = closed_nights(settings)
    for night in (first, last):
        if night not in nights:
            span = f"{nights[0]} to {nights[-1]} ({len(nights)} nights)" if nights else "no night yet"
            raise UsageError(
                f"no books for the night {night}: closed are {span}; `guestbook nightly --date D` closes later ones"
            )
    if first >= last:
        raise UsageError(f"the first night {first} is not before the last {last}: give them in order of time")
    con = duckdb.connect()
    for table in ("headline_figure", "headline_change"):
        keep(con, table, read_records(settings, table, declared("ops", table).arrow_schema))
    keep(con, "headline_unit", read_records(settings, "headline_unit", UNIT_SCHEMA))
    ledger = read_records(settings, "load_report", declared("ops", "load_report").arrow_schema)
    keep(con, "delivery", ledger.select(["delivery_sequence", "folder_date", "file_name"]))
    return con


def _by_part(found: pa.Table, name: str, count: str) -> dict[tuple[str, str], tuple[int, list[tuple[str, Decimal]]]]:
    grouped: dict[tuple[str, str], tuple[int, list[tuple[str, Decimal]]]] = {}
    for row in found.to_pylist():
        part = grouped.setdefault((row["figure_code"], row["cause_code"]), (row[count], []))
        part[1].append((row[name], row["movement_amount"]))
    return grouped


def _part(row: dict[str, Any], customers: dict, files: dict) -> Part:
    key = (row["figure_code"], row["cause_code"])
    customer_count, customer_list = customers.get(key, (0, []))
    file_count, file_list = files.get(key, (0, []))
    return Part(row["cause_code"], row["movement_amount"], customer_count, file_count, customer_list, file_list)
