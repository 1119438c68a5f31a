"""Which map of source records to customers the features of a night stand on."""

from datetime import date

import duckdb

from guestbook.lake import write_record
from guestbook.night import is_past_night
from guestbook.settings import Settings
from guestbook.tables import conform, declared
from guestbook.warehouse import load_records
from ml import sql


def record_customer_map(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> None:
    """Write the night's rows of ml.customer_map, one per cut-off; a past night keeps what it once recorded."""
    load_records(con, settings, "ml.customer_map")
    if is_past_night(settings, night_date):
        return
    rows = conform(sql.customer_maps(con, night_date), declared("ml", "customer_map"))
    write_record(settings, "customer_map", night_date.isoformat(), rows)
    load_records(con, settings, "ml.customer_map")
