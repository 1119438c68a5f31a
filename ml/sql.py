"""Every query of this stage. Reads features and staging; writes go through guestbook.warehouse."""

from datetime import date

import duckdb
import pandas as pd
import pyarrow as pa

from guestbook.tables import declared
from ml.columns import COUNTS, NUMBERS

# The customers that feat_as_of samples at past cut-offs.
IN_SAMPLE = "md5_number_lower(feature.customer_id) % ? = 0"

_CUSTOMER_MAP_VERSION = """
select format('{:x}', bit_xor(md5_number(source_record_id || '|' || customer_id)))
from core.bridge_customer_source_record
"""

_CUSTOMER_MAPS = """
select
    $night_date::date as night_date,
    as_of.as_of_date,
    $map_version::varchar as map_version,
    if(as_of.as_of_date = $night_date, $map_version::varchar, earlier.map_version) as as_of_map_version
from features.feat_as_of as as_of
left join ml.customer_map as earlier
    on earlier.night_date = as_of.as_of_date and earlier.as_of_date = as_of.as_of_date
order by as_of.as_of_date
"""


def has_table(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    """Whether a table or view exists."""
    query = "select 1 from information_schema.tables where table_schema = ? and table_name = ?"
    return con.execute(query, [schema, name]).fetchone() is not None


def arrival_span(con: duckdb.DuckDBPyConnection, night_date: date) -> tuple[date, date] | None:
    """Oldest and newest arrival of realised stays known to the warehouse, up to the night; None when there is none."""
    sources = (("core", "fct_visit", "true"), ("staging", "stg_reservation", "status in ('in_house', 'checked_out')"))
    found = []
    for schema, name, condition in sources:
        if has_table(con, schema, name):
            table = f'"{schema}"."{name}"'
            query = f"select min(arrival_date), max(arrival_date) from {table} where {condition} and arrival_date <= ?"
            found += con.execute(query, [night_date]).fetchall()
    known = [(oldest, newest) for oldest, newest in found if oldest is not None]
    return (min(oldest for oldest, _ in known), max(newest for _, newest in known)) if known else None


def sample_one_in(con: duckdb.DuckDBPyConnection, as_of_date: date) -> int:
    """Every so many-th customer has features at a past cut-off; 1 = all."""
    if not has_table(con, "features", "feat_as_of"):
        return 1
    query = "select coalesce(max(sample_one_in), 1) from features.feat_as_of where as_of_date < ?"
    return int(con.execute(query, [as_of_date]).fetchall()[0][0])


def read_features(con: duckdb.DuckDBPyConnection, as_of_date: date, one_in: int = 1) -> pd.DataFrame:
    """One row per customer_id with at least one visit by as_of_date, in the order of customer_id.

    Numbers are float64, missing ones filled as ml.columns says. `one_in` n takes the same n-th part of the customers
    at any date.
    """
    if not has_table(con, "features", "feat_customer"):
        return empty_features()
    present = set(con.execute("select * from features.feat_customer limit 0").to_arrow_table().column_names)
    columns = [_number(name, name in present) for name in NUMBERS]
    query = f"""
        select customer_id, {", ".join(columns)}
        from features.feat_customer as feature
        where as_of_date = ? and visit_count >= 1 and {IN_SAMPLE}
        order by customer_id
    """
    return con.execute(query, [as_of_date, one_in]).to_arrow_table().to_pandas()


def read_money(con: duckdb.DuckDBPyConnection, as_of_date: date) -> pa.Table:
    """Exact spend per customer_id, same rows and order as read_features.

    Spend_amount, spend_trailing_year_amount as decimal(18,4).
    """
    query = """
        select
            coalesce(spend_amount, 0)::decimal(18, 4) as spend_amount,
            coalesce(spend_trailing_year_amount, 0)::decimal(18, 4) as spend_trailing_year_amount
        from features.feat_customer
        where as_of_date = ? and visit_count >= 1
        order by customer_id
    """
    return con.execute(query, [as_of_date]).to_arrow_table()


def read_labels(con: duckdb.DuckDBPyConnection, as_of_date: date, horizon_days: int, one_in: int = 1) -> pd.DataFrame:
    """One row per customer_id with at least one visit by as_of_date, in the order of customer_id.

    Visits and spend in (as_of_date, as_of_date + horizon_days].

    Null where the label was not built.
    """
    if not (has_table(con, "features", "feat_customer") and has_table(con, "features", "feat_label")):
        return pd.DataFrame(
            {"future_visit_count": pd.Series(dtype="float64"), "future_revenue_amount": pd.Series(dtype="float64")}
        )
    query = f"""
        select cast(label.future_visit_count as double) as future_visit_count,
               cast(label.future_revenue_amount as double) as future_revenue_amount
        from features.feat_customer as feature
        left join features.feat_label as label
          on label.customer_id = feature.customer_id
          and label.as_of_date = feature.as_of_date
          and label.horizon_days = ?
        where feature.as_of_date = ? and feature.visit_count >= 1 and {IN_SAMPLE}
        order by feature.customer_id
    """
    return con.execute(query, [horizon_days, as_of_date, one_in]).to_arrow_table().to_pandas()


def matured_date(con: duckdb.DuckDBPyConnection, night_date: date) -> date | None:
    """The newest as_of_date whose churn scores have their whole horizon behind them by the night; None without any."""
    query = "select max(as_of_date) from ml.customer_churn_history where as_of_date + horizon_days <= ?"
    found: date | None = con.execute(query, [night_date]).fetchall()[0][0]
    return found


def matured_scores(con: duckdb.DuckDBPyConnection, as_of_date: date) -> pa.Table:
    """One row per customer_id scored on as_of_date: what was said, the rhythm of visits then, and what came since.

    Customers merged away since are left out: they have no visits of their own any more.
    """
    query = """
        with visit as (
            select
                score.customer_id,
                count(distinct visit.arrival_date) filter (where visit.arrival_date <= score.as_of_date) as day_count,
                min(visit.arrival_date) as first_date,
                max(visit.arrival_date) filter (where visit.arrival_date <= score.as_of_date) as last_date,
                count(*) filter (where visit.arrival_date > score.as_of_date) = 0 as has_left
            from ml.customer_churn_history as score
            inner join core.fct_visit as visit
                on score.customer_id = visit.customer_id
                and visit.arrival_date <= score.as_of_date + score.horizon_days
            where score.as_of_date = ?
            group by score.customer_id
        )
        select
            score.model_version,
            score.churn_probability,
            visit.has_left,
            visit.day_count - 1 as clv_frequency,
            visit.last_date - visit.first_date as clv_recency_days,
            score.as_of_date - visit.first_date as clv_age_days
        from ml.customer_churn_history as score
        inner join visit on score.customer_id = visit.customer_id and visit.last_date is not null
        where score.as_of_date = ?
        order by score.customer_id
    """
    return con.execute(query, [as_of_date, as_of_date]).to_arrow_table()


def scored_dates(con: duckdb.DuckDBPyConnection, table: str) -> set[date]:
    """The as_of_dates that a history table of ml holds."""
    return {row[0] for row in con.table(f"ml.{table}").select("as_of_date").distinct().fetchall()}


def read_baskets(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per basket: basket_code, basket_values; no rows before the features are built."""
    if not has_table(con, "features", "feat_basket"):
        return pa.table(
            {"basket_code": pa.array([], pa.string()), "basket_values": pa.array([], pa.list_(pa.string()))}
        )
    query = "select basket_code, basket_values from features.feat_basket order by basket_code, basket_id"
    return con.execute(query).to_arrow_table()


def customer_maps(con: duckdb.DuckDBPyConnection, night_date: date) -> pa.Table:
    """One row per as_of_date whose features are built: the version of the customer map tonight, and that of its night.

    The version does not depend on the order of source records. No rows before the features are built.
    """
    if not has_table(con, "features", "feat_as_of"):
        return declared("ml", "customer_map").empty()
    asked = {"night_date": night_date, "map_version": _customer_map_version(con)}
    return con.execute(_CUSTOMER_MAPS, asked).to_arrow_table()


def _customer_map_version(con: duckdb.DuckDBPyConnection) -> str | None:
    if not has_table(con, "core", "bridge_customer_source_record"):
        return None
    return (con.execute(_CUSTOMER_MAP_VERSION).fetchone() or (None,))[0]


def empty_features() -> pd.DataFrame:
    """No rows, all columns of read_features."""
    frame = pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    for name in NUMBERS:
        frame[name] = pd.Series(dtype="float64")
    return frame


def _number(name: str, is_present: bool) -> str:
    if not is_present:
        return f"cast({'0' if name in COUNTS else 'null'} as double) as {name}"
    return (
        f'coalesce(cast("{name}" as double), 0) as {name}' if name in COUNTS else f'cast("{name}" as double) as {name}'
    )
