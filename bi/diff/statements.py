"""The statements of `sql/`, one per file, by name."""

from functools import cache
from importlib import resources
from typing import Any

import duckdb
import pyarrow as pa

FOLDER = resources.files("bi.diff").joinpath("sql")


@cache
def statement(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return FOLDER.joinpath(f"{name}.sql").read_text(encoding="utf-8")


def run(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> None:
    """Execute a statement for its effect."""
    con.execute(statement(name), values or None)


def rows(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> pa.Table:
    """The rows of a statement."""
    return con.execute(statement(name), values or None).to_arrow_table()


def keep(con: duckdb.DuckDBPyConnection, table: str, found: pa.Table) -> None:
    """Rows as a work table of this connection."""
    con.register("rows_to_keep", found)
    con.execute(f"create or replace temp table {table} as from rows_to_keep")
    con.unregister("rows_to_keep")
