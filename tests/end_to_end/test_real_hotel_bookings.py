"""The public bookings of two Portuguese hotels, as one delivery (the file is not part of the repository)."""

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.end_to_end import bookings_in_pandas
from tests.end_to_end.homes import Home

NIGHT = "2026-11-20"
FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "hotel_bookings.parquet"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    if not FILE.is_file():
        pytest.skip(f"no {FILE.name} beside the repository (Antonio, Almeida, Nunes 2019: CC BY 4.0)")
    folder = tmp_path_factory.mktemp("hotel_bookings")
    delivery = folder / "landing" / "reservations" / "hotel_booking_demand" / NIGHT
    delivery.mkdir(parents=True)
    shutil.copy(FILE, delivery)
    home = Home(folder / "home", folder / "landing")
    home.path.mkdir()
    home.night(NIGHT)
    return home


def ask(home: Home, query: str) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.sql(query).fetchall()


def test_every_row_loads_and_equal_rows_stay_different_bookings(home: Home) -> None:
    counts = "select rows_read, rows_loaded, rows_duplicate, rows_quarantined, load_status from ops.load_report"
    assert ask(home, counts) == [(119390, 119390, 0, 0, "accepted")]


def test_reservations_and_stays_are_those_of_the_file(home: Home) -> None:
    by_status = ask(home, "select status, count(*) from core.fct_reservation group by 1 order by 1")
    assert by_status == [("cancelled", 43017), ("checked_out", 75166), ("no_show", 1207)]
    stays = ask(home, "select count(*), count(*) filter (los_nights = 0), sum(room_revenue_amount) from core.fct_stay")
    assert stays == [(75166, 680, Decimal("25996260.4100"))]


def test_nobody_is_merged_for_the_file_names_nobody(home: Home) -> None:
    assert ask(home, "select count(*), count(distinct customer_id) from core.dim_customer") == [(119390, 119390)]


def test_no_churn_model_is_promoted_and_nobody_gets_a_made_up_risk(home: Home) -> None:
    assert ask(home, "select is_promoted from ml.model_run where model_name = 'churn'") == [(False,)]
    assert ask(home, "select count(*) from ml.customer_churn where churn_probability is not null") == [(0,)]


def test_odd_values_load_and_are_warned(home: Home) -> None:
    warned = {row[0] for row in ask(home, "select distinct rule_name from ops.gate_result where not success")}
    assert {"room_rate_absurd", "room_revenue_not_negative", "reservation_gaps"} <= warned


def frame(home: Home, query: str, keys: list[str]) -> pd.DataFrame:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.sql(query).df().set_index(keys).sort_index()


def test_property_daily_is_what_pandas_counts_from_the_file(home: Home) -> None:
    expected = bookings_in_pandas.property_daily(bookings_in_pandas.read_bookings(str(FILE)))
    cents = "(room_revenue_amount * 100)::bigint as room_revenue_cents"
    columns = ", ".join(name for name in bookings_in_pandas.DAILY if name != "room_revenue_cents")
    keys = "property_code, business_date::timestamp as date"
    actual = frame(home, f"select {keys}, {columns}, {cents} from marts.property_daily", ["property_code", "date"])
    assert len(expected) > 1500
    silent = actual.drop(expected.index)  # days between the first and the last on which nothing happened
    assert silent.to_numpy().sum() == 0
    assert (actual.loc[expected.index, expected.columns] - expected).abs().to_numpy().sum() == 0


def test_source_of_business_is_what_pandas_counts_from_the_file(home: Home) -> None:
    expected = bookings_in_pandas.source_of_business(bookings_in_pandas.read_bookings(str(FILE)))
    cents = "(room_revenue_amount * 100)::bigint as room_revenue_cents"
    columns = ", ".join(name for name in bookings_in_pandas.SOURCE if name != "room_revenue_cents")
    keys = "property_code, arrival_month::timestamp as month, dimension_code as code, dimension_value as value"
    query = f"select {keys}, {columns}, {cents} from marts.source_of_business"
    actual = frame(home, query, ["property_code", "month", "code", "value"])
    assert list(actual.index) == list(expected.index)
    assert (actual[expected.columns] - expected).abs().to_numpy().sum() == 0
