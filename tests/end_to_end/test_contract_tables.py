"""After the first night every table of the contract exists with its columns, and tells what it is."""

from pathlib import Path

import duckdb
import yaml

from tests.end_to_end.homes import Home

CONTRACT = yaml.safe_load((Path(__file__).parents[1] / "contract_tables.yml").read_text(encoding="utf-8"))
COLUMNS = "select schema_name || '.' || table_name, column_name, comment from duckdb_columns() where not internal"
NEVER_PUBLISHED = {"ops.quarantine"}


def columns_of(database: Path) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {}
    with duckdb.connect(str(database), read_only=True) as con:
        for table, column, comment in con.sql(COLUMNS).fetchall():
            found.setdefault(table, {})[column] = comment
    return found


def test_the_warehouse_has_every_table_and_column_of_the_contract(after_first: Home) -> None:
    found = columns_of(after_first.warehouse)
    missing = {table: sorted(set(names) - set(found.get(table, ()))) for table, names in CONTRACT.items()}
    assert {table: names for table, names in missing.items() if names or table not in found} == {}


def test_the_published_snapshot_has_them_too_but_for_the_quarantine(after_first: Home) -> None:
    found = columns_of(after_first.published)
    assert set(CONTRACT) - set(found) == NEVER_PUBLISHED
    assert NEVER_PUBLISHED.isdisjoint(found)


def test_every_published_column_has_a_comment(after_first: Home) -> None:
    bare = [
        f"{table}.{name}"
        for table, names in columns_of(after_first.published).items()
        for name in names
        if not names[name]
    ]
    assert bare == []


def test_the_documentation_is_one_page(after_first: Home, tmp_path: Path) -> None:
    home = after_first.copy(tmp_path / "home")
    home.run("docs")
    page = (home.path / "reports" / "dbt_docs.html").read_text(encoding="utf-8")
    assert "customer_360" in page
    assert "survivorship_rule" in page
