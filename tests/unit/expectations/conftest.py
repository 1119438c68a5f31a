"""Staged files for the gates: accepted Parquet of literal rows, and the report that ingest would stage beside it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from guestbook.contracts import contract
from guestbook.settings import Settings
from guestbook.warehouse import ensure_tables, literal, quoted
from tests.unit.expectations.night_world import WORLD

RESERVATION = {
    "source_system": "pms",
    "property_code": "LIS",
    "updated_at": "2026-11-19 10:00:00+00",
    "status": "checked_out",
    "booked_at": "2026-10-01 10:00:00+00",
    "arrival_date": "2026-11-17",
    "departure_date": "2026-11-19",
    "room_count": "1",
    "adult_count": "2",
    "child_count": "0",
    "currency_code": "EUR",
    "room_revenue_amount": "200",
}
CHECK_LINE = {
    "source_system": "pos",
    "property_code": "LIS",
    "pos_check_id": "C1",
    "updated_at": "2026-11-19 22:00:00+00",
    "business_date": "2026-11-19",
    "outlet_code": "BAR",
    "item_code": "TEA",
    "quantity": "1",
    "gross_amount": "5",
    "discount_amount": "0",
    "net_amount": "5",
    "currency_code": "EUR",
    "payment_method_code": "card",
}
CALL = {
    "source_system": "calls",
    "property_code": "LIS",
    "updated_at": "2026-11-19 12:10:00+00",
    "started_at": "2026-11-19 12:00:00+00",
    "ended_at": "2026-11-19 12:05:00+00",
    "channel_code": "voice",
    "direction_code": "inbound",
    "reason_code": "enquiry",
    "talk_seconds": "200",
}
TYPICAL = {"reservations": RESERVATION, "pos_checks": CHECK_LINE, "interactions": CALL}
ROW_KEY = {"reservations": "reservation_id", "pos_checks": "line_number", "interactions": "interaction_id"}


def _typical_rows(feed: str, count: int, **changes: Any) -> list[dict[str, Any]]:
    """So many good rows with keys of their own; `changes` apply to all."""
    return [{**TYPICAL[feed], ROW_KEY[feed]: str(number), **changes} for number in range(1, count + 1)]


def _stage_file(
    folder: Path, feed: str, rows: list[dict[str, Any]], name: str = "a.csv", **report: Any
) -> dict[str, Any]:
    """Write accepted Parquet of the rows; returns its report, with counts that balance unless told otherwise."""
    sha256 = f"{feed}-{name}"
    path = folder / f"{sha256.replace('/', '_')}.parquet"
    columns = contract(feed).columns
    values = ", ".join(
        "("
        + ", ".join([*("null" if row.get(c.name) is None else literal(str(row[c.name])) for c in columns), str(number)])
        + ")"
        for number, row in enumerate(rows, 1)
    )
    names = ", ".join(quoted(c.name) for c in columns)
    typed = ", ".join(f"{quoted(c.name)}::{c.sql_type} as {quoted(c.name)}" for c in columns)
    if rows:
        duckdb.connect().execute(
            f"set TimeZone = 'UTC'; copy (select {typed}, row_number::bigint as row_number"
            f" from (values {values}) as t({names}, row_number)) to '{path}' (format parquet)"
        )
    quarantined = report.get("rows_quarantined", 0)
    return {
        "sha256": sha256,
        "accepted_path": str(path) if rows else None,
        "file_name": f"{feed}/canonical/2026-11-19/{name}",
        "vendor": "canonical",
        "load_status": "accepted",
        "rows_read": len(rows) + quarantined,
        "rows_loaded": len(rows),
        "rows_duplicate": 0,
        "rows_quarantined": quarantined,
        "rejected_counts": "{}",
    } | report


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty home, whatever the environment says."""
    return Settings.load({}, home=tmp_path / "home")


@pytest.fixture
def typical_rows() -> Callable[..., list[dict[str, Any]]]:
    """typical_rows(feed, count, **changes) -> good rows."""
    return _typical_rows


@pytest.fixture
def stage_file(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """stage_file(feed, rows, name="a.csv", **report) -> report of a staged file."""
    return partial(_stage_file, tmp_path)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory with the world in it."""
    with duckdb.connect() as connection:
        ensure_tables(connection)
        connection.execute(WORLD)
        yield connection
