"""Ids that last: what this night changes against the newest commit, and the commit itself.

A commit is one file in each of the record tables `identity_history` and `identity_record`, written in that order;
the second makes it count, so a run killed between the two changes nothing. It holds only what changed.
"""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from guestbook.lake import record_files, write_record
from guestbook.settings import Settings
from identity import sql

RECORD_SCHEMA = pa.schema(
    [
        ("source_record_id", pa.string()), ("customer_id", pa.string()), ("valid_from", pa.date32()),
        ("night_date", pa.date32()), ("commit_number", pa.int64()),
    ]
)  # fmt: skip
HISTORY_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()), ("id_status", pa.string()), ("current_customer_id", pa.string()),
        ("changed_on", pa.date32()), ("change_reason", pa.string()), ("issued_on", pa.date32()),
        ("night_date", pa.date32()), ("commit_number", pa.int64()),
    ]
)  # fmt: skip


def commit_names(settings: Settings) -> list[str]:
    """The commits that count, oldest first: night and number."""
    return [path.stem for path in record_files(settings, "identity_record")]


def committed_nights(settings: Settings) -> list[date]:
    """Nights of the commits that count."""
    return [date.fromisoformat(name[:10]) for name in commit_names(settings)]


def load_committed(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Fill committed_record and committed_history from the lake."""
    names = set(commit_names(settings))
    sql.run(con, "forget_committed")
    for statement, table in (
        ("load_committed_record", "identity_record"),
        ("load_committed_history", "identity_history"),
    ):
        if files := [str(path) for path in record_files(settings, table) if path.stem in names]:
            sql.run(con, statement, files=files)


def decide_ids(con: duckdb.DuckDBPyConnection, night_date: date, *, is_full: bool) -> None:
    """From assignment to scope_customer and scope_history: ids and their history for all that may differ.

    Ids and valid_from continue what was committed; what an earlier night found but never committed is dated anew.
    """
    sql.run(con, "scope")
    if is_full:
        sql.run(con, "insert_scope_of_committed")
    sql.run(con, "scope_assignment", "affected_id")
    if is_full:
        sql.run(con, "insert_committed_id")
    sql.run(con, "anchor_out_of_scope", "insert_anchor_out_of_scope", "scope_committed")
    sql.run(con, "scope_customer", night_date=night_date)
    sql.run(con, "scope_history", night_date=night_date)
    sql.run(con, "former_customer", "membership_change")


def write_commit(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Append to the lake what differs from the newest commit; counts of changed rows."""
    night = night_date.isoformat()
    number = 1 + max((int(name[-3:]) for name in commit_names(settings) if name.startswith(night)), default=0)
    values = {"night_date": night_date, "commit_number": number}
    history = sql.rows(con, "history_change_rows", **values).cast(HISTORY_SCHEMA)
    records = sql.rows(con, "record_change_rows", **values).cast(RECORD_SCHEMA)
    if len(records) or len(history):
        name = f"{night}-{number:03d}"
        write_record(settings, "identity_history", name, history)
        write_record(settings, "identity_record", name, records)
        sql.keep_rows(con, "committed_id", history.select(["customer_id"]))
        sql.run(con, "remember_commit")
    return {"records_changed": len(records), "ids_changed": len(history)}


def load_previous(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> None:
    """Fill previous_assignment with what the nights before this one committed."""
    files = [str(path) for path in record_files(settings, "identity_record") if _night(path) < night_date]
    if files:
        sql.run(con, "previous_assignment", files=files)
    else:
        sql.run(con, "no_previous_assignment")


def _night(commit: Path) -> date:
    return date.fromisoformat(commit.stem[:10])
