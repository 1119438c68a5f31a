"""Real restaurant orders (CC0) as a point-of-sale feed: by YAML and a price list, no Python."""

from pathlib import Path

import duckdb
import pytest

from tests.unit.ingest.conftest import Stage
from tests.unit.ingest.mapped import write_mapping

REAL = Path(__file__).parents[4] / "shared" / "data" / "takeaway_orders"
MAPPING = """
vendor: takeaway
feeds:
  pos_checks:
    time_zone: Europe/London
    columns:
      property_code: {constant: R1}
      pos_check_id: Order Number
      line_number: {number_within: [Order Number]}
      updated_at: &time {from: Order Date, date_format: "%d/%m/%Y %H:%M"}
      opened_at: *time
      business_date: *time
      check_status: {constant: closed}
      outlet_code: {constant: takeaway}
      order_type_code: {constant: takeaway}
      item_code: Item Name
      item_name: Item Name
      item_category: {from: Item Name, codes_file: categories.csv, otherwise: "null", default: {constant: food}}
      quantity: Quantity
      net_amount: {multiply: [{from: Item Name, codes_file: prices.csv, otherwise: keep}, Quantity]}
      currency_code: {constant: GBP}
"""


def test_orders_with_prices_from_a_list(stage: Stage):
    orders, prices = REAL / "restaurant-1-orders.csv", REAL / "restaurant-1-products-price.csv"
    if not orders.exists():
        pytest.skip(f"{orders} is not on this machine")
    write_mapping(stage, "takeaway", MAPPING)
    folder = stage.settings.sources_dir / "takeaway"
    (folder / "prices.csv").write_bytes(prices.read_bytes())
    (folder / "categories.csv").write_text("item,category\nBottle Coke,beverage\nBottle Diet Coke,beverage\n")
    stage.deliver("orders.csv", orders.read_bytes(), feed="pos_checks", vendor="takeaway")
    report = stage.run("pos_checks")[-1]
    assert (report["rows_read"], report["rows_loaded"], report["rows_quarantined"]) == (74_818, 74_818, 0)
    path = str(next((stage.settings.lake / "accepted" / "pos_checks").glob("*.parquet")))
    found = duckdb.execute(
        "select count(distinct pos_check_id), count(distinct (pos_check_id, line_number)), sum(net_amount),"
        " count(distinct item_category) from read_parquet(?)",
        [path],
    ).fetchall()[0]
    expected = duckdb.execute(
        "select sum(o.Quantity::decimal(18,4) * p.price::decimal(18,4)) from read_csv(?) as o join (select"
        ' "Item Name" as name, any_value("Product Price") as price from read_csv(?) group by 1) as p'
        ' on p.name = o."Item Name"',
        [str(orders), str(prices)],
    ).fetchall()[0][0]
    assert found == (13_397, 74_818, expected, 2)
