"""Two nights of a warehouse, as far as the books read it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from bi.diff import close_books
from guestbook.lake import write_record
from guestbook.night import complete_night, stage
from guestbook.settings import Settings
from guestbook.tables import declared
from guestbook.warehouse import ensure_tables, load_records

FIRST, LAST = date(2025, 6, 1), date(2025, 6, 2)

TABLES = """
create or replace table core.fct_stay (
    stay_id varchar, customer_id varchar, source_system varchar, property_code varchar, reservation_id varchar,
    status varchar, los_nights integer, total_revenue_amount decimal(18,4), currency_code varchar,
    reporting_rate decimal(18,8), total_revenue_reporting_amount decimal(18,4)
);
create or replace table core.fct_reservation (
    source_system varchar, property_code varchar, reservation_id varchar, status varchar, delivery_sequence bigint,
    updated_at timestamptz
);
create or replace table core.customer_360 (
    customer_id varchar, visit_count bigint, value_tier_code varchar, risk_band varchar,
    expected_revenue_amount decimal(18,4)
);
create or replace table staging.stg_person_record (source_record_id varchar, delivery_sequence bigint);
"""


class Group:
    """A hotel group of a handful of rows; `night` writes its tables and closes the books."""

    def __init__(self, settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
        self.settings, self.con = settings, con
        self.reservations: dict[str, dict[str, Any]] = {}
        self.customers: dict[str, dict[str, Any]] = {}
        self.files: list[dict[str, Any]] = []
        self.commits: list[tuple[date, dict[str, str]]] = []

    def file(self, sequence: int, folder: date, night: date) -> None:
        """A delivered file: the night it was meant for and the night that took it."""
        self.files.append(
            {"delivery_sequence": sequence, "feed": "reservations", "file_name": f"{folder}/{sequence}.csv",
             "folder_date": folder, "night_date": night, "load_status": "accepted"}
        )  # fmt: skip

    def reservation(self, name: str, customer: str, sequence: int, **values: Any) -> None:
        """The current version of a reservation."""
        self.reservations[name] = {
            "customer": customer, "sequence": sequence, "status": "checked_out", "nights": 2, "amount": "100.00",
            "currency": "EUR", "rate": "1", "updated_on": "2025-06-01", **values,
        }  # fmt: skip

    def customer(self, name: str, sequence: int, **values: Any) -> None:
        """A customer as the night's tables show it."""
        self.customers[name] = {
            "sequence": sequence, "visits": 1, "tier": "small", "band": "low", "value": "0", "model": "m1", **values
        }  # fmt: skip

    def night(self, night_date: date, records: dict[str, str]) -> None:
        """One night: `records` is who each source record belongs to."""
        self.commits = [*(one for one in self.commits if one[0] != night_date), (night_date, records)]
        self._commit_identity()
        self.con.execute(TABLES)
        self._fill(self.con)
        self._ledger(self.con, night_date)
        close_books(self.con, self.settings, night_date)
        with stage(self.settings, night_date, "publish_bi.publish"):
            pass
        complete_night(self.settings, night_date)

    def _commit_identity(self) -> None:
        known: dict[str, str] = {}
        for night_date, records in self.commits:
            changed = [(record, owner) for record, owner in records.items() if known.get(record) != owner]
            known |= records
            rows = [
                {"source_record_id": record, "customer_id": owner, "valid_from": night_date, "night_date": night_date,
                 "commit_number": 1, "assignment_key": "k"} for record, owner in changed
            ]  # fmt: skip
            if rows:
                write_record(self.settings, "identity_record", f"{night_date}-001", pa.Table.from_pylist(rows))

    def _fill(self, con: duckdb.DuckDBPyConnection) -> None:
        for name, row in self.reservations.items():
            con.execute(
                "insert into core.fct_reservation values ('PMS', 'LIS', ?, ?, ?, ?::timestamptz)",
                [name, row["status"], row["sequence"], row["updated_on"]],
            )
            if row["status"] in {"in_house", "checked_out"}:
                con.execute(
                    "insert into core.fct_stay values (?, ?, 'PMS', 'LIS', ?, ?, ?, ?, ?, ?,"
                    " (?::decimal(18,4) * ?::decimal(18,8))::decimal(18,4))",
                    [f"s-{name}", row["customer"], name, row["status"], row["nights"], row["amount"], row["currency"],
                     row["rate"], row["amount"], row["rate"]],
                )  # fmt: skip
        for table in ("ml.customer_churn", "ml.customer_clv", "identity.customer_record"):
            con.execute(f"delete from {table}")
        for name, row in self.customers.items():
            con.execute(
                "insert into core.customer_360 values (?, ?, ?, ?, ?)",
                [name, row["visits"], row["tier"], row["band"], row["value"]],
            )
            con.execute(
                "insert into ml.customer_churn (customer_id, model_version) values (?, ?)", [name, row["model"]]
            )
            con.execute("insert into ml.customer_clv (customer_id, model_version) values (?, 'v1')", [name])
            con.execute(
                "insert into identity.customer_record (source_record_id, customer_id, is_anchor) values (?, ?, true)",
                [f"a-{name}", name],
            )
            con.execute("insert into staging.stg_person_record values (?, ?)", [f"a-{name}", row["sequence"]])

    def _ledger(self, con: duckdb.DuckDBPyConnection, night_date: date) -> None:
        schema = declared("ops", "load_report").arrow_schema
        rows = [row for row in self.files if row["night_date"] == night_date]
        write_record(self.settings, "load_report", night_date.isoformat(), pa.Table.from_pylist(rows, schema=schema))
        load_records(con, self.settings, "ops.load_report")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The declared tables; each night fills them anew."""
    con = duckdb.connect()
    ensure_tables(con)
    yield con
    con.close()


@pytest.fixture
def group(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> Group:
    """A group with one closed night: two customers, one stay each."""
    group = Group(Settings.load({}, home=tmp_path / "home"), con)
    group.file(1, FIRST, FIRST)
    group.reservation("r1", "ann", 1)
    group.reservation("r2", "bob", 1, currency="GBP", rate="1.20")
    group.customer("ann", 1)
    group.customer("bob", 1, band="high", value="500.00")
    group.night(FIRST, {"a-ann": "ann", "a-bob": "bob"})
    return group
