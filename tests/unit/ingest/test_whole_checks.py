"""A check's newest version replaces all its lines where the mapping says so, whatever order versions come in."""

import itertools
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from jinja2 import Environment, FileSystemLoader

from guestbook.settings import Settings
from tests.unit.ingest.conftest import Stage
from tests.unit.ingest.mapped import write_mapping

DBT = Path(__file__).parents[3] / "dbt_project"
FIRST = date(2026, 11, 1)
MAPPING = """
vendor: squareish
feeds:
  pos_checks:
    rows: orders[*].line_items[*]
    newest_check_replaces_lines: true
    columns:
      property_code: {constant: H1}
      pos_check_id: ^.id
      line_number: {number_within: [^.id]}
      updated_at: ^.updated_at
      business_date: {local_date: ^.created_at}
      outlet_code: {constant: BAR}
      item_code: name
      net_amount: {from: total_money.amount, minor_units: true}
      currency_code: total_money.currency
"""


def order(number: str, hour: int, *items: str) -> dict[str, Any]:
    """One version of an order; every item costs 5.00."""
    lines = [{"name": item, "total_money": {"amount": 500, "currency": "EUR"}} for item in items]
    return {
        "id": number,
        "created_at": "2026-11-01T09:00:00Z",
        "updated_at": f"2026-11-01T{hour}:00:00Z",
        "line_items": lines,
    }


#: A check that loses a line, gets it back and loses another one; and one that never changes.
VERSIONS = [
    [order("A", 10, "soup", "wine", "cake"), order("B", 10, "tea", "cake")],
    [order("A", 11, "soup", "cake")],
    [order("A", 12, "soup")],
]


def current(stage: Stage) -> list[tuple[Any, ...]]:
    """The current lines as the staging view gives them, from the rows in the lake."""
    text = (DBT / "macros/version.sql").read_text() + (DBT / "models/staging/stg_pos_line.sql").read_text()
    environment = Environment(loader=FileSystemLoader(DBT), autoescape=False)  # SQL, not HTML
    view = environment.from_string(text).render(ref=lambda name: name, config=lambda **_: "")
    files = [str(path) for path in (stage.settings.lake / "accepted/pos_checks").glob("*.parquet")]
    with duckdb.connect() as con:
        con.read_parquet(files).create_view("stg_pos_line_version")
        query = f"select pos_check_id, line_number, item_code, net_amount from ({view}) order by all"
        return con.execute(query).fetchall()


@pytest.mark.parametrize("versions", list(itertools.permutations(VERSIONS)))
def test_any_order_gives_the_lines_of_the_newest_version(tmp_path: Path, versions: tuple[list[dict[str, Any]], ...]):
    (tmp_path / "landing").mkdir()
    stage = Stage(Settings.load({}, home=tmp_path))
    write_mapping(stage, "squareish", MAPPING)
    for number, orders in enumerate(versions):
        folder = (FIRST + timedelta(days=number)).isoformat()
        stage.deliver(f"{number}.json", json.dumps({"orders": orders}), "pos_checks", "squareish", folder)
    reports = stage.run("pos_checks")
    assert [report["rows_loaded"] for report in reports] == [len(stage_lines(orders)) for orders in versions]
    assert [row[:3] for row in current(stage)] == [("A", 1, "soup"), ("B", 1, "tea"), ("B", 2, "cake")]


def stage_lines(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for found in orders for line in found["line_items"]]


def test_without_the_key_removed_lines_stay(stage: Stage):
    write_mapping(stage, "squareish", MAPPING.replace("    newest_check_replaces_lines: true\n", ""))
    for number, orders in enumerate(VERSIONS):
        stage.deliver(f"{number}.json", json.dumps({"orders": orders}), "pos_checks", "squareish")
    stage.run("pos_checks")
    assert [row[:3] for row in current(stage)][:3] == [("A", 1, "soup"), ("A", 2, "cake"), ("A", 3, "cake")]
