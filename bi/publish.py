"""The publish stage: the night's row of ops.run, and the snapshot that BI reads."""

import json
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa

from bi import sql
from bi.night_log import pass_logs, seconds_by_task, started_at
from bi.snapshot import write_snapshot
from guestbook.lake import write_record
from guestbook.night import newest_completed_night
from guestbook.settings import FEEDS, Settings
from guestbook.tables import declared
from guestbook.warehouse import load_records, warehouse

#: Tables of the warehouse that are records of the lake: loaded again, so that they show the whole night.
RECORDS = ("ops.load_report", "ops.gate_result", "ops.gate_override", "ops.audience_export", "ops.run")


def publish(settings: Settings, night_date: date) -> dict[str, int]:
    """Write the night's row of ops.run and switch BI to a new snapshot; returns rows by table.

    The warehouse must not be open: this takes the writer lock. A past night published again keeps the newest name.
    """
    with warehouse(settings) as con:
        load_records(con, settings, "ops.load_report")
        _write_run(con, settings, night_date)
        for table in RECORDS[1:]:
            load_records(con, settings, table)
        newest = newest_completed_night(settings)
        return write_snapshot(con, settings, max(night_date, newest or night_date))


def _write_run(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> None:
    """One row per night, kept in the lake: a night run again replaces its row."""
    logs = pass_logs(settings, night_date)
    counts = con.execute(sql.LEDGER_COUNTS, [night_date, list(FEEDS)]).fetchone() or (0,) * 5
    names = ("file_count", "rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined")
    row = {
        "night_date": night_date,
        "started_at": started_at(logs),
        "finished_at": datetime.now(UTC),  # stamp
        "run_status": "succeeded",
        **{name: count or 0 for name, count in zip(names, counts, strict=True)},
        "version_conflict_count": _figure(con, sql.version_conflicts()),
        "customer_count": _figure(con, sql.CUSTOMER_COUNT),
        "stage_seconds": json.dumps(seconds_by_task(logs)),
    }
    table = declared("ops", "run")
    write_record(settings, table.name, night_date.isoformat(), pa.Table.from_pylist([row], schema=table.arrow_schema))


def _figure(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
