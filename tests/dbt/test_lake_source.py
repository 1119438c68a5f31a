"""The columns that dbt says the lake has are those of the contracts."""

import pytest
import yaml

from guestbook.contracts import FEEDS, REFERENCES, contract
from guestbook.dbt_runner import DBT_PROJECT

ROW_COLUMNS = [
    "row_number",
    "row_hash",
    "extra",
    "file_sha256",
    "vendor",
    "delivery_sequence",
    "night_date",
    "folder_date",
]


@pytest.mark.parametrize("name", FEEDS + REFERENCES)
def test_lake_source_has_the_columns_of_the_contract(name):
    source = yaml.safe_load((DBT_PROJECT / "models" / "sources" / "lake.yml").read_text(encoding="utf-8"))
    tables = {table["name"]: table for table in source["sources"][0]["tables"]}
    found = [(column["name"], column["data_type"].upper()) for column in tables[name]["columns"]]
    expected = [(column.name, column.sql_type) for column in contract(name).columns]
    assert found[: len(expected)] == expected
    assert [column for column, _ in found[len(expected) :]] == (ROW_COLUMNS if name in FEEDS else [])
