"""Simulated worlds as person records with truth: what the identity benchmarks compare.

Reads the simulator's files with DuckDB alone (no ingest, no dbt), so that a benchmark costs seconds; rows that can't
be read are left out. The statements are in `identity_world.sql`.
"""

from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.neighbourhoods import know_neighbourhoods
from guestbook.contracts import contract
from identity.sql.statements import named_statements
from simulator import simulate

START, END = date(2022, 1, 1), date(2025, 12, 31)
FEEDS = ("reservations", "interactions", "pos_checks")
FORMATS = ("csv", "jsonl", "parquet")
TRUTH = ("person", "reservation_person", "pos_check_person", "interaction_person")


def make_world(folder: Path, *, customers: int, seed: int, start: date = START, end: date = END) -> None:
    """Simulate once; a folder that has a world is left alone."""
    if not (folder / "truth" / "person.parquet").exists():
        simulate(folder / "landing", folder / "truth", customers=customers, start=start, end=end, seed=seed)


def load_world(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Fill staging.stg_person_record and stg_document, and truth (source_record_id, role, person_id, scenario ...)."""
    con.execute("create schema if not exists staging")
    for feed in FEEDS:
        _load_feed(con, folder / "landing" / feed, feed)
    con.execute(_statement("person_version"))
    con.execute(_statement("person_record"))
    know_neighbourhoods(con, con.sql(_statement("document_number")))
    for name in TRUTH:
        con.execute(_statement(f"truth_{name}"), {"file": str(folder / "truth" / f"{name}.parquet")})
    con.execute(_statement("truth"))


def _load_feed(con: duckdb.DuckDBPyConnection, folder: Path, feed: str) -> None:
    """Make a table of the feed's name: one row per delivered row, whatever the format of its file."""
    names = [column.name for column in contract(feed).columns]
    con.execute("set variable canonical_columns = ?", [names])
    empty = pa.schema([(name, pa.string()) for name in (*names, "filename")]).empty_table()
    con.from_arrow(empty).create("delivered")
    for form in FORMATS:
        files = sorted(str(path) for path in folder.rglob(f"*.{form}*"))
        columns = {"columns": dict.fromkeys(names, "VARCHAR")} if form == "jsonl" else {}
        if files:
            con.execute(_statement(form), {"files": files} | columns)
    con.sql(_statement("feed")).create(feed)
    con.execute("drop table delivered")


@cache
def _statements() -> dict[str, str]:
    return named_statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def _statement(name: str) -> str:
    return _statements()[name]
