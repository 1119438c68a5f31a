"""The warehouse connection: declared tables, writing rows, a file that is no warehouse."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from guestbook.errors import GuestbookError
from guestbook.lake import write_record
from guestbook.settings import Settings
from guestbook.tables import SCHEMAS, declared, declared_schema
from guestbook.warehouse import load_records, transaction, warehouse, write_rows


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({}, home=tmp_path)


def test_every_declared_table_exists_with_comments(settings: Settings) -> None:
    with warehouse(settings) as con:
        found = dict(con.sql("select schema_name || '.' || table_name, comment from duckdb_tables()").fetchall())
    expected = {
        f"{schema}.{name}": table.description for schema in SCHEMAS for name, table in declared_schema(schema).items()
    }
    assert len(expected) > 10
    assert {name: found.get(name) for name in expected} == expected


def test_what_ends_a_transaction_early_leaves_nothing_of_it(settings: Settings) -> None:
    """Ctrl-C as well as an error; the connection can be used again."""

    def insert(number: int, error: type[BaseException]) -> None:
        with transaction(con):
            con.execute("insert into kept values (?)", [number])
            raise error

    with warehouse(settings) as con:
        con.execute("create table kept (number integer)")
        for error in (KeyboardInterrupt, ValueError):
            with pytest.raises(error):
                insert(1, error)
        with transaction(con):
            con.execute("insert into kept values (2)")
        assert con.sql("from kept").fetchall() == [(2,)]


def test_rows_replace_those_of_the_same_key_only(settings: Settings) -> None:
    def churn(customer_id: str, as_of: date, probability: float) -> pd.DataFrame:
        return pd.DataFrame([{"customer_id": customer_id, "as_of_date": as_of, "churn_probability": probability}])

    first, second = date(2026, 1, 1), date(2026, 1, 2)
    with warehouse(settings) as con:
        write_rows(con, "ml.customer_churn_history", churn("c1", first, 0.1), replace_where={"as_of_date": first})
        write_rows(con, "ml.customer_churn_history", churn("c1", second, 0.2), replace_where={"as_of_date": second})
        write_rows(con, "ml.customer_churn_history", churn("c1", second, 0.3), replace_where={"as_of_date": second})
        rows = con.sql("select as_of_date, churn_probability from ml.customer_churn_history order by 1").fetchall()
    assert rows == [(first, 0.1), (second, 0.3)]


def test_money_keeps_its_cents(settings: Settings) -> None:
    amount = Decimal("12345678901234.5678")
    rows = pa.table({"customer_id": ["c1"], "expected_revenue_amount": pa.array([amount], pa.decimal128(18, 4))})
    with warehouse(settings) as con:
        write_rows(con, "ml.customer_clv", rows, replace_where={})
        assert con.sql("select expected_revenue_amount from ml.customer_clv").fetchone() == (amount,)


def test_a_column_that_is_not_declared_is_refused(settings: Settings) -> None:
    with warehouse(settings) as con, pytest.raises(GuestbookError, match="has no column mood"):
        write_rows(con, "ml.customer_clv", pa.table({"mood": ["good"]}))


def test_a_failed_write_leaves_the_old_rows(settings: Settings) -> None:
    with warehouse(settings) as con:
        write_rows(con, "ml.customer_clv", pa.table({"customer_id": ["c1"]}), replace_where={})
        with pytest.raises(Exception, match="no_such_column"):
            write_rows(con, "ml.customer_clv", pa.table({"customer_id": ["c2"]}), replace_where={"no_such_column": 1})
        assert con.sql("select customer_id from ml.customer_clv").fetchall() == [("c1",)]


def test_records_are_loaded_again_into_an_empty_warehouse(settings: Settings) -> None:
    table = declared("ops", "gate_override")
    rows = pa.Table.from_pylist([dict.fromkeys(table.arrow_schema.names)], schema=table.arrow_schema)
    write_record(settings, "gate_override", "2026-01-01", rows)
    with warehouse(settings) as con:
        assert load_records(con, settings, "ops.gate_override") == 1
        assert load_records(con, settings, "ops.gate_override") == 1
        assert con.sql("select count(*) from ops.gate_override").fetchone() == (1,)


def test_a_file_that_is_not_duckdb_is_named_with_the_next_step(settings: Settings) -> None:
    settings.warehouse_file.parent.mkdir(parents=True)
    settings.warehouse_file.write_text("this is a spreadsheet")
    with pytest.raises(GuestbookError, match=r"can't be opened as DuckDB: move it away"), warehouse(settings):
        pass


def test_a_warehouse_of_an_older_version_gets_the_columns_declared_since(settings: Settings) -> None:
    with warehouse(settings) as con:
        write_rows(con, "ml.customer_clv", pa.table({"customer_id": ["c1"]}), replace_where={})
        con.execute("alter table ml.customer_clv drop column p_alive")
    with warehouse(settings) as con:
        assert con.sql("select customer_id, p_alive from ml.customer_clv").fetchall() == [("c1", None)]
        write_rows(con, "ml.customer_clv", pa.table({"customer_id": ["c2"], "p_alive": [0.5]}), replace_where={})
        assert con.sql("select customer_id, p_alive from ml.customer_clv").fetchall() == [("c2", 0.5)]
