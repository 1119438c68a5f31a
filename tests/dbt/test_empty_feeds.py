"""Nothing was ever delivered: every table exists, empty, and dbt's own unit tests run on it."""

from datetime import date

import pytest

from guestbook import dbt_runner

FACTS = [
    *("fct_reservation", "fct_stay", "fct_stay_night", "fct_visit", "fct_pos_check", "fct_pos_line", "fct_interaction"),
    *("fct_case", "fct_customer_event", "dim_property", "dim_company", "fx_rate"),
]


@pytest.mark.parametrize("table", FACTS)
def test_table_exists_and_is_empty(empty_warehouse, table):
    assert empty_warehouse.rows(f"select count(*) from core.{table}") == [(0,)]


def test_the_database_says_the_grain(empty_warehouse):
    comments = dict(
        empty_warehouse.rows("select table_name, comment from duckdb_tables() where schema_name in ('staging', 'core')")
    )
    assert set(FACTS) <= set(comments)
    assert [name for name, comment in comments.items() if not (comment or "").startswith("One row per ")] == []
    silent = empty_warehouse.rows(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name in ('staging', 'core') and comment is null"
    )
    assert silent == []


def test_unit_tests_of_staging_and_facts(empty_warehouse):
    variables = dbt_runner.night_variables(empty_warehouse.settings, date(2026, 11, 20))
    select = ["test_type:unit,path:models/staging", "test_type:unit,path:models/core/facts"]
    results = dbt_runner.run_dbt(empty_warehouse.settings, ["test", "--select", *select], variables)
    assert len(results) >= 8
