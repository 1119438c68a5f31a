"""Marts as files, and the call lists of the hotels."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bi import export_sql
from bi.night_files import file_stem, night_folder
from bi.sheets import format_of, write_sheet
from bi.snapshot import open_published
from guestbook.errors import UsageError
from guestbook.labels import Labels
from guestbook.settings import Settings

CARE_CALLS = "care_calls"
#: Columns of a call list in their order, and the label group of those that hold codes.
CALL_COLUMNS: dict[str, str | None] = {
    "call_rank": None, "display_name": None, "phone_e164": None, "language_code": None, "loyalty_tier_code": None,
    "call_reason_code": "call_reason", "warning_reason_code": "warning_reason", "value_tier_code": "tier",
    "lifecycle_stage_code": "stage", "value_at_risk_amount": None, "currency_code": None, "risk_band": "risk_band",
    "risk_reason": None, "last_visit_on": None, "silence_days": None, "visit_count": None, "next_arrival_date": None,
    "open_case_count": None, "preferred_room_type": None, "preferred_outlet": None, "preferred_special_request": None,
    "customer_id": None,
}  # fmt: skip


def export_table(settings: Settings, name: str, path: Path) -> int:
    """Write a published table (a mart, or `schema.table`) to a CSV, Parquet or Excel file; returns its rows.

    Raises UsageError for an unknown table or file format.
    """
    format_of(path)
    with open_published(settings) as con:
        schema, table = _relation(con, name)
        rows = con.execute(export_sql.relation(schema, table)).to_arrow_table()
    write_sheet(rows, path)
    return len(rows)


def write_care_calls(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> list[Path]:
    """One CSV per hotel that has somebody to call tomorrow, mode 0600; lists of an earlier run are replaced."""
    folder = night_folder(settings, night_date) / CARE_CALLS
    labels = Labels(settings.language)
    hotels = [code for (code,) in con.execute(export_sql.CARE_CALL_HOTELS).fetchall()]
    paths = [folder / f"{file_stem(code)}.csv" for code in hotels]
    for old in set(folder.glob("*.csv")) - set(paths):
        old.unlink()
    for code, path in zip(hotels, paths, strict=True):
        write_sheet(_call_list(con.execute(export_sql.CARE_CALLS, [code]).to_arrow_table(), labels), path)
    return paths


def _call_list(calls: pa.Table, labels: Labels) -> pa.Table:
    """The list as people read it: headings and codes by their labels."""
    columns: dict[str, Any] = {}
    for name, group in CALL_COLUMNS.items():
        column = calls[name]
        if group:
            column = pa.array([None if code is None else labels(group, code) for code in column.to_pylist()])
        columns[labels("call_column", name)] = column
    return pa.table(columns)


def _relation(con: duckdb.DuckDBPyConnection, name: str) -> tuple[str, str]:
    exportable = con.execute(export_sql.EXPORTABLE).fetchall()
    wanted = name if "." in name else f"marts.{name}"
    found = [pair for pair in exportable if ".".join(pair) == wanted]
    if not found:
        marts = ", ".join(table for schema, table in exportable if schema == "marts")
        raise UsageError(f"no published table {wanted}; marts: {marts}; others as schema.table (`guestbook status`)")
    return found[0]
