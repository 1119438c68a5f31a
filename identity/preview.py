"""What the steward's list would change if the night ran now: customers, records, revenue, segments. Writes nothing."""

from datetime import date
from typing import Any

import duckdb

from guestbook.errors import UsageError
from guestbook.night import last_night
from guestbook.settings import Settings
from guestbook.warehouse import warehouse_copy
from identity import sql
from identity.stage import model_in_force, resolve
from identity.state import is_made_with

SHOWN = {"customers": "preview_customer_rows", "records": "preview_record_rows"}


def preview(settings: Settings) -> dict[str, Any]:
    """Resolve on a throw-away copy of the warehouse and compare.

    `totals` (one row), `customers` (one row per customer_id that gains or loses a record: what becomes of it, records,
    revenue in the reporting currency before and after, segment and tier as last scored), `records` (one row per
    record that moves). Raises UsageError before the first completed night.
    """
    night_date = last_night(settings)
    with warehouse_copy(settings) as con:
        return compare(con, settings, night_date)


def compare(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, Any]:
    """As `preview`, on a connection whose database may be changed.

    Raises UsageError where code, rules or match model changed since the night: what they change is not the list's
    doing.
    """
    if not is_made_with(con, model_in_force(con, settings)):
        raise UsageError(
            f"rules, code or match model are not those of the night of {night_date}: a preview would show their changes"
            f" as the list's. Run `guestbook nightly --date {night_date}` first"
        )
    sql.run(con, "preview_before")
    resolve(con, settings, night_date)
    sql.run(con, "preview_value", "preview_scored", "preview_moved", "preview_customer")
    found = {part: sql.rows(con, name).to_pylist() for part, name in SHOWN.items()}
    totals = sql.rows(con, "preview_total_rows").to_pylist()[0]
    sql.run(con, "drop_preview_before")
    sql.drop_work_tables(con)
    return {"night_date": night_date, "currency_code": settings.reporting_currency, "totals": totals, **found}


def record_of(con: duckdb.DuckDBPyConnection, some_id: str) -> str:
    """The source record that an id means: itself, or the anchor of a customer. Raises UsageError for an unknown id."""
    found = con.execute(sql.statement("record_or_anchor"), {"some_id": some_id}).fetchone()
    if found is None:
        raise UsageError(f"no source record or customer {some_id!r}: `guestbook explain CUSTOMER_ID` lists the records")
    return str(found[0])
