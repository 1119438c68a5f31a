"""Ids that last: what earlier nights committed, what this night would change, and the commit itself.

A commit is one file in each of the record tables `identity_history` and `identity_record`, written in that order;
the second makes it count, so a run killed between the two changes nothing. The same inputs again find the newest
commit of its night with the same assignment and overwrites it.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from guestbook.lake import read_records, write_record
from guestbook.settings import Settings
from identity import sql

RECORD_SCHEMA = pa.schema(
    [
        ("source_record_id", pa.string()), ("customer_id", pa.string()), ("valid_from", pa.date32()),
        ("night_date", pa.date32()), ("commit_number", pa.int64()), ("assignment_key", pa.string()),
    ]
)  # fmt: skip
HISTORY_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()), ("id_status", pa.string()), ("current_customer_id", pa.string()),
        ("changed_on", pa.date32()), ("change_reason", pa.string()), ("issued_on", pa.date32()),
        ("night_date", pa.date32()), ("commit_number", pa.int64()),
    ]
)  # fmt: skip


@dataclass(frozen=True, order=True)
class CommitPoint:
    """Which commit a run makes: the n-th of its night."""

    night_date: date
    commit_number: int

    @property
    def name(self) -> str:
        """File name of the commit."""
        return f"{self.night_date.isoformat()}-{self.commit_number:03d}"


def load_previous(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> CommitPoint:
    """Fill previous_assignment and previous_history with what was committed before this run.

    Needs the work table `assignment`. Returns the commit that this run would make.
    """
    records = read_records(settings, "identity_record", RECORD_SCHEMA)
    history = read_records(settings, "identity_history", HISTORY_SCHEMA)
    point = _commit_point(records, night_date, assignment_key(con))
    committed = _commits(records)
    sql.keep_rows(con, "record_log", _before(records, committed, point))
    sql.keep_rows(con, "history_log", _before(history, committed, point))
    sql.run(con, "previous_assignment")
    sql.run(con, "previous_history")
    return point


def commit_ids(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Append to the lake what this night changed in customer_record and customer_history; counts of changed rows."""
    sql.run(con, "assignment_of_warehouse")
    point = load_previous(con, settings, night_date)
    values = {"night_date": night_date, "commit_number": point.commit_number}
    history = sql.rows(con, "history_change_rows", **values).cast(HISTORY_SCHEMA)
    records = sql.rows(con, "record_change_rows", **values, assignment_key=assignment_key(con)).cast(RECORD_SCHEMA)
    if len(records):
        write_record(settings, "identity_history", point.name, history)
        write_record(settings, "identity_record", point.name, records)
    return {"records_changed": len(records), "ids_changed": len(history)}


def assignment_key(con: duckdb.DuckDBPyConnection) -> str:
    """A text that is the same for the same assignment of records to customers."""
    row = con.execute(sql.statement("assignment_key")).fetchone() or (0, None)
    return f"{row[0]}-{row[1] or 0}"


def _commit_point(records: pa.Table, night_date: date, key: str) -> CommitPoint:
    """The newest commit of the night when it holds this very assignment, else the next one."""
    of_night = records.filter(pc.equal(records["night_date"], pa.scalar(night_date, pa.date32())))
    newest = pc.max(of_night["commit_number"]).as_py() or 0
    keys = set(of_night.filter(pc.equal(of_night["commit_number"], newest))["assignment_key"].unique().to_pylist())
    return CommitPoint(night_date, newest if keys == {key} else newest + 1)


def _commits(records: pa.Table) -> set[CommitPoint]:
    pairs = records.group_by(["night_date", "commit_number"]).aggregate([])
    return {CommitPoint(row["night_date"], row["commit_number"]) for row in pairs.to_pylist()}


def _before(rows: pa.Table, committed: set[CommitPoint], point: CommitPoint) -> pa.Table:
    """Rows of commits that count and came before this one."""
    earlier = sorted(one for one in committed if one < point)
    if not earlier or not len(rows):
        return rows.slice(0, 0)
    wanted = pa.array([one.name for one in earlier])
    names = pc.binary_join_element_wise(
        pc.strftime(rows["night_date"], format="%Y-%m-%d"),
        pc.utf8_lpad(pc.cast(rows["commit_number"], pa.string()), 3, "0"),
        "-",
    )
    keep = pc.is_in(names, value_set=wanted)
    return rows.filter(keep)
