"""People as rows: a warehouse that holds nothing but staging.stg_person_record."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import duckdb
import pyarrow as pa
import pytest

from guestbook.settings import Settings
from guestbook.tables import declared_schema
from guestbook.warehouse import ensure_tables
from identity import commit, resolve, train
from identity.match import MatchModel, current_model, save_model
from identity.sql import ORGANISATION_COLUMNS, PERSON_COLUMNS

ARROW = {"varchar": pa.string(), "bigint": pa.int64(), "date": pa.date32()}
SCHEMA = pa.schema([(name, ARROW[data_type]) for name, data_type in (PERSON_COLUMNS | ORGANISATION_COLUMNS).items()])
NIGHT = date(2026, 11, 20)
DOCUMENTS = "create table if not exists staging.stg_document (document_hash varchar, neighbour_hashes uinteger[])"
Row = Mapping[str, Any]


def person(source_record_id: str, name: str | None = None, **fields: Any) -> dict[str, Any]:
    """A guest of a reservation of its own, unless the fields say otherwise. `name` is given and family name."""
    first, _, last = (name or "").partition(" ")
    defaults = {
        "source_record_id": source_record_id, "record_kind": "reservation", "role": "guest", "source_system": "pms",
        "property_code": "LIS", "reference_id": f"res-{source_record_id}", "delivery_sequence": 1,
        "row_number": int("".join(filter(str.isdigit, source_record_id)) or 0), "night_date": NIGHT,
        "first_name": first or None, "last_name": last or None,
    }  # fmt: skip
    return defaults | fields


def neighbours(number: str) -> list[int]:
    """Of a number and of all that it becomes with one character left out."""
    return sorted({crc32((number[:at] + number[at + 1 :]).encode()) for at in range(len(number) + 1)})


class Hotel:
    """A warehouse and a home; `night` runs identity over the given people."""

    def __init__(self, settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
        self.settings = settings
        self.con = con
        for name in declared_schema("identity"):
            con.execute(f"delete from identity.{name}")
        con.execute("drop table if exists staging.stg_document")

    def put(self, people: list[Row]) -> None:
        """Make these the person records of the warehouse."""
        people_table = pa.Table.from_pylist([dict(row) for row in people], schema=SCHEMA)
        self.con.register("people_table", people_table)
        self.con.execute("create or replace table staging.stg_person_record as select * from people_table")

    def know_numbers(self, numbers: Iterable[str]) -> None:
        """Let staging know the neighbourhoods of these document numbers; here a number is its own hash."""
        self.con.execute(DOCUMENTS)
        self.con.executemany("insert into staging.stg_document values (?, ?)", [(n, neighbours(n)) for n in numbers])

    def night(self, people: list[Row], night_date: date = NIGHT, *, is_committed: bool = True) -> "Hotel":
        """Run one night over all people known by then."""
        self.put(people)
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


@pytest.fixture(scope="session")
def warehouse_con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One warehouse in memory for all tests: making its tables takes longer than a night of five people."""
    with duckdb.connect(config={"threads": 1}) as con:
        ensure_tables(con)
        yield con


@pytest.fixture
def make_hotel(tmp_path: Path, warehouse_con: duckdb.DuckDBPyConnection) -> Callable[[str], Hotel]:
    """An empty warehouse over a home; the same name is the same home. Only the hotel made last has the warehouse."""

    def make(name: str = "home") -> Hotel:
        settings = Settings(home=tmp_path / name, landing=str(tmp_path / "landing"))
        return Hotel(settings, warehouse_con)

    return make


@pytest.fixture
def hotel(make_hotel: Callable[[str], Hotel]) -> Hotel:
    """One hotel."""
    return make_hotel("home")


@pytest.fixture(scope="module")
def first_model() -> list[MatchModel]:
    """The model that `trained` learned; once for all tests of a file."""
    return []


@pytest.fixture
def trained(hotel: Hotel, first_model: list[MatchModel]) -> Hotel:
    """A hotel that trained a model on its first night."""
    from tests.unit.identity.match_world import world  # which needs this module

    hotel.put(world(7))
    if not first_model:
        train(hotel.con, hotel.settings, NIGHT)
        first_model += filter(None, [current_model(hotel.settings)])
    save_model(hotel.settings, first_model[0])
    return hotel
