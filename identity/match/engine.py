"""Splink on the pipeline's own connection: its tables live in a database in memory that is gone afterwards."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from splink import DuckDBAPI

from identity import sql


@contextmanager
def splink_engine(con: duckdb.DuckDBPyConnection, *, is_repeatable: bool = False) -> Iterator[DuckDBAPI]:
    """A Splink database API over `con`; nothing that Splink makes reaches the warehouse file.

    `is_repeatable`: one thread, without which seeded samples differ from run to run.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    database, schema, threads = con.execute(sql.statement("session_state")).fetchone() or ("memory", "main", 1)
    con.execute(sql.statement("attach_linkage"))
    try:
        con.execute(sql.statement("use_linkage"))
        if is_repeatable:
            con.execute(sql.set_threads(1))
        yield DuckDBAPI(con)
    finally:
        con.execute(sql.set_threads(threads))
        con.execute(sql.use(database, schema))
        con.execute(sql.statement("detach_linkage"))
