"""Seconds and memory of scoring many customers: python -m benchmarks.bench_ml_scoring [customer_count].

Features of made-up customers are written to a warehouse of its own in a temporary folder; training sees a small part.
"""

import resource
import sys
import tempfile
import time
from datetime import date

import duckdb

import ml
from guestbook.settings import Settings
from guestbook.warehouse import warehouse
from ml.training import cut_off_dates

NIGHT, FIRST, HORIZON_DAYS = date(2025, 12, 31), date(2020, 1, 1), 365
PAST = tuple(cut_off_dates(FIRST, NIGHT, HORIZON_DAYS))
TRAINING_CUSTOMERS = 20_000

FEATURES = """
create or replace table features.feat_customer as
with dice as (
    select
        'c' || md5(i::varchar) as customer_id,
        hash(i) / 18446744073709551616.0 as u1, hash(i, 1) / 18446744073709551616.0 as u2,
        hash(i, 2) / 18446744073709551616.0 as u3, hash(i, 3) / 18446744073709551616.0 as u4
    from range(?) as numbers(i)
),
person as (
    select *,
        floor(1800 * u1)::integer as clv_age_days,
        least(floor(-ln(1 - u2 * u2) * 4), 60)::integer as repeats
    from dice
),
life as (
    select *,
        if(repeats > 0, floor(clv_age_days * (0.2 + 0.8 * sqrt(u3))), 0)::integer as clv_recency_days
    from person
)
select
    customer_id, as_of_date::date as as_of_date,
    repeats + 1 as visit_count, repeats as clv_frequency, clv_recency_days, clv_age_days,
    clv_age_days - clv_recency_days as rfm_recency_days,
    if(repeats > 0, clv_recency_days / repeats, null) as mean_gap_days,
    repeats + 1 as stay_count, 2 * (repeats + 1) as night_count,
    least(repeats + 1, floor(365.0 * (repeats + 1) / (clv_age_days + 1))) as visit_trailing_year_count,
    ((repeats + 1) * (80 + 400 * u4 * u4))::decimal(18, 4) as spend_amount,
    if(clv_age_days - clv_recency_days < 365, 80 + 400 * u4, 0)::decimal(18, 4) as spend_trailing_year_amount,
    (80 + 400 * u4 * u4)::decimal(18, 4) as average_visit_amount,
    repeats + 2 as booking_count, (u1 < 0.2)::integer as cancelled_count, (u2 < 0.3) as is_member,
    (u3 < 0.1)::integer as on_books_count, (u4 < 0.05)::integer as complaint_count,
    if(u4 < 0.05, floor(300 * u1), null) as days_since_complaint,
    2.0 as mean_los_nights, u2 * 60 as mean_lead_time_days,
    u3 as direct_share, u4 as business_share, u1 as weekend_share, 1 as property_count, 'EUR' as currency_code
from life, unnest(?) as dates(as_of_date)
"""
LABELS = """
create or replace table features.feat_label as
select customer_id, as_of_date, 365 as horizon_days,
    floor(clv_frequency * 730.0 / (clv_age_days + 30) * hash(customer_id, as_of_date) / 18446744073709551616.0)::bigint
        as future_visit_count,
    0::decimal(18, 4) as future_revenue_amount
from features.feat_customer where as_of_date < '2025-12-31'
"""


def _make(con: duckdb.DuckDBPyConnection, customer_count: int, dates: tuple[date, ...]) -> None:
    con.execute("create schema if not exists features; create schema if not exists core")
    con.execute(FEATURES, [customer_count, [day.isoformat() for day in dates]])
    con.execute(LABELS)
    con.execute("create or replace table core.fct_visit as select ?::date as arrival_date", [FIRST])


def main() -> None:
    """Print one line per step."""
    customer_count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.load({}, home=home)
        with warehouse(settings) as con:
            con.execute("set memory_limit = '1500MB'")
            _make(con, TRAINING_CUSTOMERS, (NIGHT, *PAST))
            start = time.perf_counter()
            for run in ml.train(con, settings, NIGHT):
                print(f"{run['model_name']}: {run['promotion_reason']}")
            print(
                f"train on {TRAINING_CUSTOMERS:,} customers, {1 + len(PAST)} dates: {time.perf_counter() - start:.1f} s"
            )
            _make(con, customer_count, (NIGHT,))
            start = time.perf_counter()
            counts = ml.score(con, settings, NIGHT)
            print(f"score {customer_count:,} customers: {time.perf_counter() - start:.1f} s, {counts}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
