"""A private DuckDB of a gate: in memory, bounded, UTC."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from expectations.errors import GateError

MEMORY_LIMIT = "1GB"


@contextmanager
def engine(what: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection; raises GateError, naming what was to be read, when the lake can't be read."""
    with tempfile.TemporaryDirectory(prefix="guestbook_gate_") as spill, duckdb.connect() as con:
        con.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        con.execute("set temp_directory = ?", [spill])
        con.execute("set TimeZone = 'UTC'")
        try:
            yield con
        except duckdb.Error as error:
            raise GateError(f"{what} can't be read: {str(error).splitlines()[0]}") from error
