"""The one connection module: the pipeline's DuckDB file, its declared tables, and how Python writes rows to them."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from guestbook.errors import GuestbookError, UsageError
from guestbook.lake import record_files
from guestbook.lock import warehouse_lock
from guestbook.settings import Settings
from guestbook.tables import SCHEMAS, Column, Table, conform, declared, declared_schema

EXISTING_COLUMNS = "select table_schema || '.' || table_name, column_name from information_schema.columns"
CUSTOMERS_EXIST = "select 1 from duckdb_tables() where schema_name = 'core' and table_name = 'dim_customer'"
DBT_SCHEMAS = ("lake", "staging", "core", "helper", "features", "marts")


@contextmanager
def warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The open warehouse with every schema and declared table in place. Waits for the writer lock."""
    with warehouse_lock(settings):
        con = _open(settings.warehouse_file, settings.warehouse_memory)
        try:
            ensure_tables(con)
            yield con
        finally:
            con.close()


@contextmanager
def built_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, for a question about its customers: a home where no night has built any is left as it is.

    A night that was blocked has built them. Raises UsageError where there are none: a first night did not come so far,
    the warehouse was deleted, or the home is another one.
    """
    missing = UsageError(
        f"no night has built customers in {settings.warehouse_file}: run `guestbook nightly --date D` first,"
        " or name the right home (--home or GUESTBOOK_HOME)"
    )
    if not settings.warehouse_file.exists():
        raise missing
    with warehouse(settings) as con:
        if con.sql(CUSTOMERS_EXIST).fetchone() is None:
            raise missing
        yield con


@contextmanager
def warehouse_copy(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the warehouse under the home that may be changed at will; it is gone afterwards.

    Raises UsageError where no night has built customers, as `built_warehouse`.
    """
    source = settings.warehouse_file
    with built_warehouse(settings) as con:
        con.execute("checkpoint")  # everything is in the one file
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".copy-") as folder:
        copy = Path(folder) / source.name
        with warehouse_lock(settings):
            shutil.copyfile(source, copy)
        con = _open(copy, settings.warehouse_memory)
        try:
            yield con
        finally:
            con.close()


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block's statements or, whatever ends it early, none."""
    con.begin()
    try:
        yield
        con.commit()
    finally:
        with suppress(duckdb.TransactionException):  # nothing is open after the commit
            con.rollback()


def ensure_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing: schemas, declared tables, columns declared since, their comments."""
    existing: dict[str, set[str]] = {}
    for name, column in con.sql(EXISTING_COLUMNS).fetchall():
        existing.setdefault(name, set()).add(column)
    with transaction(con):
        for schema in (*DBT_SCHEMAS, *SCHEMAS):
            con.execute(f"create schema if not exists {quoted(schema)}")
        for schema in SCHEMAS:
            for table in declared_schema(schema).values():
                if f"{schema}.{table.name}" not in existing:
                    _create(con, table)
                else:
                    _add_columns(con, table, existing[f"{schema}.{table.name}"])


def write_rows(
    con: duckdb.DuckDBPyConnection,
    table_name: str,
    rows: pa.Table | pd.DataFrame,
    replace_where: Mapping[str, Any] | None = None,
) -> int:
    """Write rows to a declared table (`schema.name`) in one transaction; returns their number.

    `replace_where` (column -> value) deletes the rows that these replace; `{}` replaces the whole table; None appends.
    Columns are cast to the declared types; a missing column becomes null, an undeclared one is an error.
    """
    table = declared(*table_name.split("."))
    arrow = pa.Table.from_pandas(rows, preserve_index=False) if isinstance(rows, pd.DataFrame) else rows
    conformed = conform(arrow, table)
    with transaction(con):
        if replace_where is not None:
            clause = " and ".join(f"{quoted(column)} is not distinct from ?" for column in replace_where) or "true"
            con.execute(f"delete from {qualified(table)} where {clause}", list(replace_where.values()))
        con.register("rows_to_write", conformed)
        try:
            con.execute(f"insert into {qualified(table)} by name select * from rows_to_write")
        finally:
            con.unregister("rows_to_write")
    return len(conformed)


def load_records(con: duckdb.DuckDBPyConnection, settings: Settings, table_name: str) -> int:
    """Replace a declared table by the lake's records of the same name; returns the number of rows."""
    table = declared(*table_name.split("."))
    files = record_files(settings, table.name)
    if not files:
        return write_rows(con, table_name, table.empty(), replace_where={})
    relation = con.read_parquet([str(path) for path in files], union_by_name=True)
    return write_rows(con, table_name, relation.to_arrow_table(), replace_where={})


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def qualified(table: Table) -> str:
    """A declared table as an SQL identifier with its schema."""
    return f"{quoted(table.schema)}.{quoted(table.name)}"


def literal(text: str) -> str:
    """A text as an SQL literal, where a parameter can't stand (comments, view bodies)."""
    return "'" + text.replace("'", "''") + "'"


def _open(path: Path, memory: str) -> duckdb.DuckDBPyConnection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        con = duckdb.connect(str(path))
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise GuestbookError(
                f"warehouse {path} is held by another program: close it (BI reads the published snapshot only)"
            ) from None
        raise GuestbookError(
            f"warehouse {path} can't be opened as DuckDB: move it away and run again; it is rebuilt from the lake"
        ) from None
    con.execute("set TimeZone = 'UTC'")
    con.execute(f"set memory_limit = {literal(memory)}")
    return con


def _create(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f"{quoted(column.name)} {column.data_type}" for column in table.columns)
    con.execute(f"create table {qualified(table)} ({columns})")
    con.execute(f"comment on table {qualified(table)} is {literal(table.description)}")
    for column in table.columns:
        _comment(con, table, column)


def _add_columns(con: duckdb.DuckDBPyConnection, table: Table, existing: set[str]) -> None:
    """A warehouse made by an older version gets the columns declared since; their old rows are null."""
    for column in table.columns:
        if column.name not in existing:
            con.execute(f"alter table {qualified(table)} add column {quoted(column.name)} {column.data_type}")
            _comment(con, table, column)


def _comment(con: duckdb.DuckDBPyConnection, table: Table, column: Column) -> None:
    con.execute(f"comment on column {qualified(table)}.{quoted(column.name)} is {literal(column.description)}")
