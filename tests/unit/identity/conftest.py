"""People as rows: a warehouse that holds nothing but staging.stg_person_record."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from guestbook.settings import Settings
from guestbook.warehouse import ensure_tables
from identity import commit, resolve
from identity.sql import PERSON_COLUMNS

ARROW = {"varchar": pa.string(), "bigint": pa.int64(), "date": pa.date32()}
SCHEMA = pa.schema([(name, ARROW[data_type]) for name, data_type in PERSON_COLUMNS.items()])
NIGHT = date(2026, 11, 20)
Row = Mapping[str, Any]


def person(source_record_id: str, **fields: Any) -> dict[str, Any]:
    """A guest of a reservation of its own, unless the fields say otherwise. Sorts by its id."""
    defaults = {
        "source_record_id": source_record_id, "record_kind": "reservation", "role": "guest", "source_system": "pms", "property_code": "LIS",
        "reference_id": f"res-{source_record_id}", "delivery_sequence": 1, "row_number": int("".join(filter(str.isdigit, source_record_id)) or 0),
        "night_date": NIGHT,
    }  # fmt: skip
    return defaults | fields


class Hotel:
    """A warehouse and a home; `night` runs identity over the given people."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.con = duckdb.connect()
        ensure_tables(self.con)

    def night(self, people: list[Row], night_date: date = NIGHT, *, is_committed: bool = True) -> "Hotel":
        """Run one night over all people known by then."""
        people_table = pa.Table.from_pylist([dict(row) for row in people], schema=SCHEMA)
        self.con.register("people_table", people_table)
        self.con.execute("create or replace table staging.stg_person_record as select * from people_table")
        resolve(self.con, self.settings, night_date)
        if is_committed:
            commit(self.con, self.settings, night_date)
        return self

    def clusters(self) -> set[frozenset[str]]:
        """The customers as sets of source records."""
        rows = self.con.execute(
            "select list(source_record_id) from identity.customer_record group by customer_id"
        ).fetchall()
        return {frozenset(ids) for (ids,) in rows}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.con.execute(query).fetchall()

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """The content of every identity table."""
        names = [
            name
            for (name,) in self.rows(
                "select table_name from information_schema.tables where table_schema = 'identity' order by 1"
            )
        ]
        return {name: self.rows(f"select * from identity.{name} order by all") for name in names}


@pytest.fixture
def make_hotel(tmp_path: Path) -> Iterator[Callable[[str], Hotel]]:
    """Hotels with homes of their own; the same name is the same home with a new warehouse."""
    opened: list[Hotel] = []

    def make(name: str = "home") -> Hotel:
        opened.append(Hotel(Settings(home=tmp_path / name, landing=str(tmp_path / "landing"))))
        return opened[-1]

    yield make
    for hotel in opened:
        hotel.con.close()


@pytest.fixture
def hotel(make_hotel: Callable[[str], Hotel]) -> Hotel:
    """One hotel."""
    return make_hotel("home")
