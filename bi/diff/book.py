"""The books of a night: the state that the headline figures rest on, kept as changes, and the journal of movements.

Records of the lake, one file per night, so that a warehouse built anew changes nothing:
`headline_stay` and `headline_customer` hold the rows that differ from the night before, `headline_unit` each
movement with its cause; `headline_figure` and `headline_change` are loaded into `ops` and published.
"""

from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from bi.diff.statements import keep, rows, run
from guestbook.lake import read_records, write_record
from guestbook.settings import Settings
from guestbook.tables import declared
from guestbook.warehouse import load_records

MONEY = pa.decimal128(18, 4)
NIGHT = ("night_date", pa.date32())
STAY_SCHEMA = pa.schema(
    [
        ("stay_id", pa.string()), ("customer_id", pa.string()), ("source_system", pa.string()),
        ("property_code", pa.string()), ("reservation_id", pa.string()), ("is_closed", pa.bool_()),
        ("night_count", pa.int64()), ("revenue_amount", MONEY), ("currency_code", pa.string()),
        ("reporting_rate", pa.decimal128(18, 8)), ("revenue_reporting_amount", MONEY),
        ("delivery_sequence", pa.int64()), ("updated_on", pa.date32()), ("is_deleted", pa.bool_()), NIGHT,
    ]
)  # fmt: skip
CUSTOMER_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()), ("visit_count", pa.int64()), ("value_tier_code", pa.string()),
        ("at_risk_amount", MONEY), ("model_versions", pa.string()), ("delivery_sequence", pa.int64()),
        ("is_deleted", pa.bool_()), NIGHT,
    ]
)  # fmt: skip
UNIT_SCHEMA = pa.schema(
    [
        ("figure_code", pa.string()), ("cause_code", pa.string()), ("customer_id", pa.string()),
        ("source_system", pa.string()), ("property_code", pa.string()), ("reservation_id", pa.string()),
        ("delivery_sequence", pa.int64()), ("movement_amount", MONEY), NIGHT, ("previous_night_date", pa.date32()),
    ]
)  # fmt: skip
NO_UNITS = UNIT_SCHEMA.empty_table().drop_columns(["night_date", "previous_night_date"])
COMMIT_SCHEMA = pa.schema(
    [
        ("source_record_id", pa.string()), ("customer_id", pa.string()), NIGHT, ("commit_number", pa.int64()),
    ]
)  # fmt: skip
WORK_TABLES = (
    "stay_after", "stay_before", "stay_book", "stay_gone", "stay_unit", "customer_after", "customer_before",
    "customer_book", "customer_unit", "moved_customer", "delivery", "identity_commit", "headline_unit",
)  # fmt: skip


def close_books(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Write the night's figures and what moved them since the newest earlier night; counts of rows written.

    Reads the finished warehouse tables. A night run again replaces its books; the first night has figures and no
    movement. Not for a night before the newest completed one: it changes no current table.
    """
    previous = max((night for night in closed_nights(settings) if night < night_date), default=None)
    _load_states(con, settings, night_date)
    write = _Writer(settings, night_date)
    figures = rows(con, "figure")
    write("headline_figure", figures, declared("ops", "headline_figure").arrow_schema)
    units = _split(con, settings, night_date, previous) if previous else NO_UNITS
    before = {"previous_night_date": previous}
    write("headline_unit", units, UNIT_SCHEMA, **before)
    keep(con, "headline_unit", units)
    write("headline_change", rows(con, "change"), declared("ops", "headline_change").arrow_schema, **before)
    write("headline_stay", rows(con, "stay_change"), STAY_SCHEMA)
    write("headline_customer", rows(con, "customer_change"), CUSTOMER_SCHEMA)
    for table in WORK_TABLES:
        con.execute(f"drop table if exists {table}")
    for table in ("headline_figure", "headline_change"):
        load_records(con, settings, f"ops.{table}")
    return {"figures": len(figures), "movements": len(units)}


def closed_nights(settings: Settings) -> list[date]:
    """Nights whose books are closed, oldest first."""
    figures = read_records(settings, "headline_figure", declared("ops", "headline_figure").arrow_schema)
    return sorted(set(figures["night_date"].to_pylist()))


def _load_states(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> None:
    """Fill the states before and after, and what tells the deliveries behind them."""
    for name, schema in (("stay", STAY_SCHEMA), ("customer", CUSTOMER_SCHEMA)):
        state = pa.schema([field for field in schema if field.name not in {"is_deleted", "night_date"}])
        keep(con, f"{name}_after", rows(con, f"{name}_state").select(state.names).cast(state))
        keep(con, f"{name}_book", read_records(settings, f"headline_{name}", schema))
        keep(con, f"{name}_before", rows(con, f"{name}_before", night_date=night_date))
    for name in ("stay_gone", "delivery"):
        keep(con, name, rows(con, name))


def _split(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date, previous: date) -> pa.Table:
    """Every movement since the night before with its cause."""
    keep(con, "identity_commit", read_records(settings, "identity_record", COMMIT_SCHEMA))
    run(con, "moved_customer", night_date=night_date, previous_night_date=previous)
    run(con, "stay_unit", previous_night_date=previous)
    run(con, "customer_unit", previous_night_date=previous)
    return rows(con, "unit")


class _Writer:
    """Writes record tables of one night."""

    def __init__(self, settings: Settings, night_date: date) -> None:
        self.settings, self.night_date = settings, night_date

    def __call__(self, table: str, found: pa.Table, schema: pa.Schema, **values: Any) -> None:
        for name, value in {"night_date": self.night_date, **values}.items():
            found = found.append_column(name, pa.array([value] * len(found), schema.field(name).type))
        write_record(self.settings, table, self.night_date.isoformat(), found.select(schema.names).cast(schema))
