"""Named statements of the `.sql` files, and how they are run."""

import re
from functools import cache
from importlib import resources
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_VIEW = re.compile(r"create or replace temp view (\w+)")
COMPILED_VIEWS = {"carried"}  # identity.sql.carried


@cache
def statements() -> dict[str, str]:
    """Every named statement of the `.sql` files."""
    found: dict[str, str] = {}
    files = (file for file in resources.files(__package__).iterdir() if file.name.endswith(".sql"))
    for file in files:
        found |= named_statements(file.read_text(encoding="utf-8"))
    return found


def named_statements(text: str) -> dict[str, str]:
    """The statements of an `.sql` file by the names in the lines before them (`-- name: ...`)."""
    _, *parts = _NAME.split(text)
    return dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))


def statement(name: str) -> str:
    """One named statement."""
    return statements()[name]


def run(con: duckdb.DuckDBPyConnection, *names: str, **values: Any) -> None:
    """Execute named statements in order."""
    for name in names:
        con.execute(statement(name), values or None)


def rows(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> pa.Table:
    """The rows that a named statement selects."""
    return con.execute(statement(name), values or None).to_arrow_table()


def arrays(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, np.ndarray]:
    """The columns that a named statement selects; none of them has nulls."""
    return con.execute(statement(name)).fetchnumpy()


def keep_rows(con: duckdb.DuckDBPyConnection, name: str, content: pa.Table) -> None:
    """A work table of rows from Python."""
    con.register("rows_from_python", content)
    try:
        con.execute(f"create or replace temp table {identifier(name)} as select * from rows_from_python")
    finally:
        con.unregister("rows_from_python")


def drop(con: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Give the memory of work tables back."""
    for name in names:
        con.execute(f"drop table if exists temp.{identifier(name)}")


def drop_work_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Give the memory of all work tables back, and the names of work views."""
    views = con.execute("select view_name from duckdb_views() where temporary and not internal").fetchall()
    for name in sorted(_work_views() & {name for (name,) in views}):
        con.execute(f"drop view temp.{identifier(name)}")
    names = con.execute("select table_name from duckdb_tables() where temporary").fetchall()
    drop(con, *(name for (name,) in names))


@cache
def _work_views() -> set[str]:
    """Names of views that some statement makes."""
    return {name for text in statements().values() for name in _VIEW.findall(text)} | COMPILED_VIEWS


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
