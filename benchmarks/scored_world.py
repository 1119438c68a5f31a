"""A warehouse as staging, identity and core leave it, filled by DuckDB: for benchmarks of features and scores.

Tables carry the columns and types of their dbt contracts; only what features read is filled. One reservation version in
a row: ten percent cancelled, the last arrivals still on the books, every fourth with a POS check, every fifth customer
with a call.
"""

from datetime import date
from pathlib import Path

import duckdb
import yaml

from guestbook.dbt_runner import DBT_PROJECT
from guestbook.warehouse import quoted

MODELS = {path.stem: path for path in (DBT_PROJECT / "models").rglob("*.yml")}
TABLES = (
    "stg_reservation_version",
    "stg_pos_line_version",
    "stg_interaction_version",
    "fx_rate",
    "fct_reservation",
    "fct_stay",
    "fct_visit",
    "fct_pos_check",
    "fct_pos_line",
    "fct_interaction",
    "bridge_customer_source_record",
)
DICE = """
create or replace temp macro dice
(a, b) as hash(a, b) / 18446744073709551616.0,
(a, b, c) as hash(a, b, c) / 18446744073709551616.0
"""

BOOKINGS = """
create or replace temp table booking as
with customer as (
    select
        i as number,
        'c' || md5(i::varchar) as customer_id,
        floor(2190 * dice(i, 1))::integer as first_day,
        least(floor(-ln(1 - power(dice(i, 2), 2)) * 2.2), 60)::integer as repeats,
        80 + 400 * power(dice(i, 3), 3) as level
    from range($customers) as numbers(i)
),
visit as (
    select
        customer.*,
        step,
        $night::date - 2190 + first_day
            + if(step = 0, 0, floor((2250 - first_day) * power(dice(number, step, 4), 1.3)))::integer
            as arrival_date,
        1 + floor(4 * power(dice(number, step, 5), 2))::integer as nights,
        dice(number, step, 6) as luck
    from customer, unnest(range(0, repeats + 1)) as steps(step)
)
select
    row_number() over () as number,
    customer_id,
    number as customer_number,
    'P' || (number + floor(luck * 1.3)::integer) % 12 as property_code,
    'r' || number || '-' || step as reservation_id,
    arrival_date,
    arrival_date + nights as departure_date,
    arrival_date - floor(60 * luck)::integer as booked_on,
    nights,
    luck,
    round(level * nights, 2)::decimal(18, 4) as amount,
    case
        when arrival_date > $night::date then 'reserved'
        when luck < 0.1 then 'cancelled'
        when luck < 0.12 then 'no_show'
        else 'checked_out'
    end as status
from visit
where arrival_date - floor(60 * luck)::integer <= $night::date
qualify row_number() over (partition by customer_id, arrival_date order by step) = 1
"""
FILLS = (
    """
        insert into staging.stg_reservation_version by name
        select 'pms' as source_system, property_code, reservation_id, booked_on::timestamptz as booked_at, status,
            arrival_date, departure_date, 1 as room_count, reservation_id as confirmation_number,
            'EUR' as currency_code,
            amount as room_revenue_amount, amount as total_revenue_amount, md5(reservation_id) as row_hash,
            if(luck < 0.5, 'direct_web', 'ota') as channel_code, if(luck > 0.8, 'business', 'leisure') as purpose_code,
            if(customer_number % 4 = 0, 'L' || customer_number, null) as loyalty_number, 'DE' as guest_country_code,
            customer_number % 3 > 0 as consent_email, departure_date::timestamptz as updated_at,
            least(departure_date, $night::date) as known_on, true as is_history, $night::date as night_date,
            1 as delivery_sequence, number as row_number
        from booking
    """,
    """
        insert into core.fct_reservation by name
        select 'pms' as source_system, property_code, reservation_id, customer_id, status, arrival_date, departure_date
        from booking
    """,
    """
        insert into core.fct_stay by name
        select reservation_id as stay_id, customer_id, property_code, arrival_date, departure_date,
            amount as total_revenue_reporting_amount
        from booking where status = 'checked_out'
    """,
    """
        insert into core.fct_visit by name
        select reservation_id as visit_id, customer_id, property_code, arrival_date, departure_date
        from booking where status = 'checked_out'
    """,
    """
        insert into staging.stg_pos_line_version by name
        select 'pos' as source_system, property_code, 'k' || reservation_id as pos_check_id, line_number,
            arrival_date as business_date, 'EUR' as currency_code, 'food' as item_category,
            20 + luck * 40 as net_amount,
            arrival_date::timestamptz as updated_at, md5(reservation_id || line_number) as row_hash,
            arrival_date as known_on, 'closed' as check_status, false as is_void
        from booking, range(1, 4) as lines(line_number)
        where status = 'checked_out' and number % 4 = 0
    """,
    """
        insert into core.fct_pos_check by name
        select 'pos' as source_system, property_code, 'k' || reservation_id as pos_check_id, customer_id,
            'pms' as reservation_source_system, reservation_id, 3 as line_count,
            'outlet ' || floor(12 * luck * luck)::integer as outlet_name
        from booking where status = 'checked_out' and number % 4 = 0
    """,
    """
        insert into core.fct_pos_line by name
        select 'pos' as source_system, property_code, 'k' || reservation_id as pos_check_id, line_number,
            'item ' || floor(200 * power(dice(number, line_number), 2))::integer as item_name,
            ['food', 'beverage', 'spa', 'retail'][1 + floor(4 * luck * luck)::integer] as item_category,
            false as is_void
        from booking, range(1, 4) as lines(line_number)
        where status = 'checked_out' and number % 4 = 0
    """,
    """
        insert into core.bridge_customer_source_record by name
        select reservation_id as source_record_id, customer_id, 'pms' as source_system from booking
    """,
    """
        insert into staging.stg_interaction_version by name
        select 'calls' as source_system, 'i' || customer_number as interaction_id,
            min(booked_on)::timestamptz as started_at, min(booked_on)::timestamptz as updated_at,
            if(customer_number % 50 = 0, 'complaint', 'enquiry') as reason_code,
            md5(customer_number::varchar) as row_hash, min(booked_on) as known_on
        from booking where customer_number % 5 = 0 group by customer_number
    """,
    """
        insert into core.fct_interaction by name
        select 'calls' as source_system, 'i' || customer_number as interaction_id, customer_id
        from booking where customer_number % 5 = 0 group by customer_number, customer_id
    """,
    """
        insert into identity.customer_confidence by name
        select distinct customer_id, 1.0 as identity_confidence from booking
    """,
)


def fill_warehouse(con: duckdb.DuckDBPyConnection, customer_count: int, night: date) -> int:
    """Make the tables and fill them as of a night; returns the number of reservations."""
    for name in TABLES:
        con.execute(f"create or replace table {_empty(MODELS[name])}")
    con.execute(DICE)
    con.execute(BOOKINGS, {"customers": customer_count, "night": night})
    for statement in FILLS:
        con.execute(statement, {"night": night} if "$night" in statement else None)
    return int(con.sql("select count(*) from booking").fetchall()[0][0])


def _empty(model: Path) -> str:
    """schema.table (column type, ...) of a model's contract."""
    content = yaml.safe_load(model.read_text(encoding="utf-8"))["models"][0]
    columns = ", ".join(f"{quoted(column['name'])} {column['data_type']}" for column in content["columns"])
    schema = "staging" if "staging" in model.parts else "core"
    return f"{schema}.{content['name']} ({columns})"
