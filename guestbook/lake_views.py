"""What dbt staging reads: one view per feed over the lake's files that the warehouse does not hold yet."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from guestbook.contracts import FEEDS, REFERENCES, contract
from guestbook.lake import accepted_file, document_file, quarantine_file, reference_file
from guestbook.settings import Settings
from guestbook.warehouse import literal, load_records, quoted

ROW_COLUMNS = {"row_number": "BIGINT", "row_hash": "VARCHAR", "extra": "VARCHAR"}
FILE_COLUMNS = {
    "file_sha256": "VARCHAR",
    "vendor": "VARCHAR",
    "delivery_sequence": "BIGINT",
    "night_date": "DATE",
    "folder_date": "DATE",
}

DOCUMENT_COLUMNS = {"document_hash": "VARCHAR", "neighbour_hashes": "UINTEGER[]"}

PENDING_FILES = """
select sha256, vendor, delivery_sequence, night_date, folder_date
from (
    select *, row_number() over (partition by sha256 order by delivery_sequence) as place
    from ops.load_report
    where feed = ? and load_status in ('accepted', 'released') and rows_loaded > 0
)
where place = 1 and delivery_sequence not in (select delivery_sequence from lake.staged_file)
order by delivery_sequence
"""
MARK_STAGED = """
insert into lake.staged_file
select delivery_sequence
from ops.load_report
where load_status in ('accepted', 'released')
    and delivery_sequence not in (select delivery_sequence from lake.staged_file)
"""

NEWEST_REFERENCE = """
select sha256
from ops.load_report
where feed = ? and load_status = 'accepted'
order by delivery_sequence desc
limit 1
"""

QUARANTINE_MISSING = """
select feed, vendor, file_name, sha256, night_date, delivery_sequence
from ops.load_report
where rows_quarantined > 0 and delivery_sequence not in (select delivery_sequence from ops.quarantine)
order by delivery_sequence
"""

MARK_RETRIED = """
update ops.quarantine
set is_retried = delivery_sequence in (
    select retried_sequence from ops.load_report where retried_sequence is not null
)
"""

ADD_QUARANTINE = """
insert into ops.quarantine by name
select
    ? as feed, ? as vendor, ? as file_name, row_number, reasons, raw,
    ?::date as night_date, ?::bigint as delivery_sequence
from read_parquet(?)
"""


@dataclass(frozen=True)
class PendingFile:
    """An accepted file that staging has not read yet."""

    path: Path
    sha256: str
    vendor: str
    delivery_sequence: int
    night_date: str
    folder_date: str | None


def register_pending(con: duckdb.DuckDBPyConnection, settings: Settings, everything: bool = False) -> dict[str, int]:
    """Load the ledger and make the views `lake.<feed>`, `lake.document` and `lake.<reference>`; pending files per feed.

    `everything` forgets what was staged before: for a full refresh.
    """
    load_records(con, settings, "ops.load_report")
    con.execute("create table if not exists lake.staged_file (delivery_sequence bigint)")
    if everything:
        con.execute("delete from lake.staged_file")
    counts = {}
    documents = []
    for feed in FEEDS:
        pending = _pending(con, settings, feed)
        con.execute(_feed_view(feed, pending))
        documents += [document_file(settings, feed, file.sha256) for file in pending]
        counts[feed] = len(pending)
    con.execute(_document_view([path for path in documents if path.exists()]))
    for name in REFERENCES:
        con.execute(_reference_view(con, settings, name))
    _load_quarantine(con, settings)
    return counts


def mark_staged(con: duckdb.DuckDBPyConnection) -> None:
    """Remember that staging has read every file of the views: call it after dbt's staging models succeeded."""
    con.execute(MARK_STAGED)


def _pending(con: duckdb.DuckDBPyConnection, settings: Settings, feed: str) -> list[PendingFile]:
    rows = con.execute(PENDING_FILES, [feed]).fetchall()
    return [
        PendingFile(
            accepted_file(settings, feed, sha256), sha256, vendor, sequence, str(night), str(folder) if folder else None
        )
        for sha256, vendor, sequence, night, folder in rows
    ]


def _feed_view(feed: str, pending: list[PendingFile]) -> str:
    columns = {column.name: column.sql_type for column in contract(feed).columns} | ROW_COLUMNS
    if not pending:
        return _empty_view(feed, columns | FILE_COLUMNS)
    own = ", ".join(f"rows.{quoted(name)}::{data_type} as {quoted(name)}" for name, data_type in columns.items())
    files = ", ".join(literal(str(file.path)) for file in pending)
    ledger = ", ".join(_file_values(file) for file in pending)
    about = ", ".join(f"file.{quoted(name)}::{data_type} as {quoted(name)}" for name, data_type in FILE_COLUMNS.items())
    return (
        f"create or replace view lake.{quoted(feed)} as select {own}, {about}"
        f" from read_parquet([{files}], filename = 'lake_path', union_by_name = true) as rows"
        f" join (values {ledger}) as file(lake_path, {', '.join(FILE_COLUMNS)}) using (lake_path)"
    )


def _document_view(paths: list[Path]) -> str:
    """Neighbourhoods of document numbers; files that were loaded before there were any have none."""
    if not paths:
        return _empty_view("document", DOCUMENT_COLUMNS)
    own = ", ".join(f"{quoted(name)}::{data_type} as {quoted(name)}" for name, data_type in DOCUMENT_COLUMNS.items())
    files = ", ".join(literal(str(path)) for path in paths)
    return f"create or replace view lake.document as select {own} from read_parquet([{files}])"


def _file_values(file: PendingFile) -> str:
    folder = literal(file.folder_date) if file.folder_date else "null"
    texts = (
        literal(str(file.path)),
        literal(file.sha256),
        literal(file.vendor),
        str(file.delivery_sequence),
        literal(file.night_date),
        folder,
    )
    return f"({', '.join(texts)})"


def _reference_view(con: duckdb.DuckDBPyConnection, settings: Settings, name: str) -> str:
    """The newest delivered file of a reference table, as a view."""
    columns = {column.name: column.sql_type for column in contract(name).columns}
    newest = con.execute(NEWEST_REFERENCE, [name]).fetchone()
    if newest is None:
        return _empty_view(name, columns)
    own = ", ".join(f"{quoted(column)}::{data_type} as {quoted(column)}" for column, data_type in columns.items())
    path = literal(str(reference_file(settings, name, newest[0])))
    return f"create or replace view lake.{quoted(name)} as select {own} from read_parquet({path})"


def _empty_view(name: str, columns: dict[str, str]) -> str:
    nulls = ", ".join(f"null::{data_type} as {quoted(column)}" for column, data_type in columns.items())
    return f"create or replace view lake.{quoted(name)} as select {nulls} where false"


def _load_quarantine(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Add the rejected rows of files that `ops.quarantine` does not show yet."""
    missing = con.execute(QUARANTINE_MISSING).fetchall()
    for feed, vendor, file_name, sha256, night_date, sequence in missing:
        path = str(quarantine_file(settings, feed, sha256))
        con.execute(ADD_QUARANTINE, [feed, vendor, file_name, night_date, sequence, path])
    con.execute(MARK_RETRIED)
