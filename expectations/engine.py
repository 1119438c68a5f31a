"""A private DuckDB of a gate: in memory, bounded, UTC."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from expectations.errors import GateError
from guestbook.settings import Settings

MEMORY_LIMIT = "1GB"


@contextmanager
def engine(settings: Settings, what: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that spills to a folder of the home, gone afterwards: the system's may be small, or memory itself.

    Raises GateError, naming what was to be read, when the lake can't be read. DuckDB's own words, which may quote a
    row, are its cause: they stay in the log.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".gate-") as spill, duckdb.connect() as con:
        con.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        con.execute("set temp_directory = ?", [spill])
        con.execute("set TimeZone = 'UTC'")
        try:
            yield con
        except duckdb.Error as error:
            raise GateError(f"{what} can't be read ({type(error).__name__}): the task's log says why") from error
