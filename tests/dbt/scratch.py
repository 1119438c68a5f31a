"""A scratch warehouse for dbt: literal rows stand for the lake's pending files, a rule of thumb stands for identity."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from guestbook import dbt_runner
from guestbook.contracts import FEEDS, REFERENCES, contract
from guestbook.lake_views import DOCUMENT_COLUMNS
from guestbook.settings import Settings
from guestbook.tables import SCHEMAS, declared_schema

ROW_COLUMNS = {
    "row_number": "BIGINT",
    "row_hash": "VARCHAR",
    "extra": "VARCHAR",
    "file_sha256": "VARCHAR",
    "vendor": "VARCHAR",
    "delivery_sequence": "BIGINT",
    "night_date": "DATE",
    "folder_date": "DATE",
}
STAGING = "path:models/staging"
FACTS = "path:models/core/facts path:models/core/reference"
# One customer per e-mail, else loyalty number, else card, else record: enough to see facts follow customers.
SIMPLE_IDENTITY = "coalesce(email, loyalty_number, card_token, source_record_id)"

NORMALISED = """
insert into identity.person_normalised by name
select source_record_id, record_kind, role, email as email_normalised, phone as phone_number,
    loyalty_number as loyalty_number_key, false as is_email_shared, false as is_phone_shared,
    coalesce(lower(first_name), string_split(lower(full_name), ' ')[1]) as first_name_key,
    coalesce(lower(last_name), string_split(lower(full_name), ' ')[-1]) as last_name_key
from staging.stg_person_record
"""


class ScratchWarehouse:
    """Deliver rows, run a night, look at tables. `merged` maps one customer to another from a night on."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, landing=str(home / "landing"))
        self.settings.warehouse_file.parent.mkdir(parents=True)
        self.merged: dict[str, str] = {}
        with self.connect() as con:
            for schema in ("lake", "staging", "core", "features", "marts", *SCHEMAS):
                con.execute(f"create schema {schema}")
            for name in FEEDS + REFERENCES:
                columns = {column.name: column.sql_type for column in contract(name).columns}
                columns |= ROW_COLUMNS if name in FEEDS else {}
                _create(con, f"lake.{name}", columns)
            _create(con, "lake.document", DOCUMENT_COLUMNS)
            for schema in SCHEMAS:
                for table in declared_schema(schema).values():
                    _create(con, f"{schema}.{table.name}", {column.name: column.data_type for column in table.columns})

    def connect(self, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(str(self.settings.warehouse_file), read_only=read_only)
        con.execute("set timezone = 'UTC'")
        return con

    def rows(self, sql: str) -> list[tuple]:
        with self.connect(read_only=True) as con:
            return con.execute(sql).fetchall()

    def clear_pending(self) -> None:
        with self.connect() as con:
            for feed in FEEDS:
                con.execute(f"delete from lake.{feed}")

    def deliver(self, feed: str, night: date, rows: list[dict[str, Any]]) -> None:
        """One file of a feed; its rows are pending until clear_pending()."""
        sequence = int(f"{night:%Y%m%d}01{FEEDS.index(feed) + 1}0001")
        with self.connect() as con:
            for number, row in enumerate(rows, start=1):
                text = json.dumps(row, sort_keys=True, default=str)
                place = {"row_number": number, "delivery_sequence": sequence, "night_date": night, "folder_date": night}
                origin = {
                    "row_hash": hashlib.md5(text.encode()).hexdigest(),
                    "file_sha256": f"{feed}{night}",
                    "vendor": "canonical",
                }
                _insert(con, f"lake.{feed}", row | place | origin)

    def refer(self, name: str, rows: list[dict[str, Any]]) -> None:
        with self.connect() as con:
            con.execute(f"delete from lake.{name}")
            for row in rows:
                _insert(con, f"lake.{name}", row)

    def build(self, select: str, night: date, full_refresh: bool = False) -> None:
        dbt_runner.build(self.settings, select, dbt_runner.night_variables(self.settings, night), full_refresh)

    def identify(self, night: date) -> None:
        """One customer per e-mail ... (SIMPLE_IDENTITY); valid_from moves only for records whose customer changed."""
        merged = "map {" + ", ".join(f"'{old}': '{new}'" for old, new in self.merged.items()) + "}"
        with self.connect() as con:
            con.execute("create temp table before as select * from identity.customer_record")
            con.execute("delete from identity.customer_record")
            con.execute(
                f"""
                insert into identity.customer_record by name
                with person as (
                    select *, {SIMPLE_IDENTITY} as own_id from staging.stg_person_record
                    where record_kind <> 'interaction' or coalesce(email, phone, loyalty_number) is not null
                )
                select source_record_id, coalesce({merged}[own_id], own_id) as customer_id,
                    person.source_system, person.property_code, person.record_kind, person.reference_id,
                    person.role, 'test' as match_rule, 1.0 as match_probability, false as is_anchor,
                    case when before.customer_id = coalesce({merged}[own_id], own_id) then before.valid_from
                        when before.customer_id is null then person.night_date else ?::date end as valid_from
                from person left join before using (source_record_id)
                """,
                [night],
            )
            con.execute("delete from identity.person_normalised")
            con.execute(NORMALISED)

    def run_night(self, night: date, full_refresh: bool = False) -> None:
        self.build(STAGING, night, full_refresh)
        self.identify(night)
        self.build(FACTS, night, full_refresh)
        self.clear_pending()

    def content(self, schemas: tuple[str, ...] = ("staging", "core", "helper")) -> dict[str, list[tuple]]:
        """Every table and view of the schemas, rows sorted."""
        with self.connect(read_only=True) as con:
            names = con.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
                " where table_schema in (select unnest(?)) order by 1",
                [list(schemas)],
            ).fetchall()
            return {name: con.execute(f"select * from {name} order by all").fetchall() for (name,) in names}


def _create(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str]) -> None:
    con.execute(f"create table {name} (" + ", ".join(f'"{column}" {kind}' for column, kind in columns.items()) + ")")


def _insert(con: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    places = ", ".join("?" for _ in row)
    con.execute(f"insert into {table} ({', '.join(row)}) values ({places})", list(row.values()))
