-- one row per visit_id: a customer's stays in one property that overlap, or touch and share confirmation, group or share id
{{ config(
    materialized='incremental',
    unique_key=['customer_id', 'property_code'],
    post_hook="delete from {{ this }} where (customer_id, property_code) not in (
        select (customer_id, property_code) from {{ ref('fct_stay') }} where customer_id is not null)",
) }}

with stay as (
    select *, greatest(departure_date, arrival_date + 1) as end_date
    from {{ ref('fct_stay') }}
    where customer_id is not null
),

guest_property as (
    select customer_id, property_code, {{ group_hash('fact_hash', 'stay_id') }} as visit_hash
    from stay
    group by customer_id, property_code
),

changed as (
    select stay.*, guest_property.visit_hash
    from stay
    inner join guest_property using (customer_id, property_code)
    {% if is_incremental() %}
    where (customer_id, property_code, visit_hash) not in (select (customer_id, property_code, visit_hash) from {{ this }})
    {% endif %}
),

-- Stays that arrive on one day are one visit in any case (day use counts as that day), so days are what is chained.
touching as (
    select distinct later.customer_id, later.property_code, later.arrival_date
    from changed as later
    inner join changed as earlier
        on {{ is_touching('later', 'earlier') }}
),

arrival_day as (
    select customer_id, property_code, arrival_date, max(end_date) as end_date
    from changed
    group by customer_id, property_code, arrival_date
),

reached as (
    select
        arrival_day.*,
        touching.arrival_date is not null as is_touching,
        max(end_date) over (
            partition by customer_id, property_code order by arrival_date rows between unbounded preceding and 1 preceding
        ) as reached_date
    from arrival_day
    left join touching using (customer_id, property_code, arrival_date)
),

island as (
    select
        *,
        max(case when not {{ goes_on() }} then arrival_date end) over (
            partition by customer_id, property_code order by arrival_date rows between unbounded preceding and current row
        ) as visit_start_date
    from reached
),

visit_stay as (
    select changed.*, island.visit_start_date
    from changed
    inner join island using (customer_id, property_code, arrival_date)
)

select
    {{ surrogate_key(['customer_id', 'property_code', 'visit_start_date']) }} as visit_id,
    customer_id,
    property_code,
    visit_start_date as arrival_date,
    max(departure_date) as departure_date,
    {{ days_between('visit_start_date', 'max(departure_date)') }} as los_nights,
    count(*) as stay_count,
    count(distinct (source_system, reservation_id)) as reservation_count,
    sum(los_nights) as room_night_count,
    bool_or(status = 'in_house') as is_in_house,
    min(known_on) as known_on,
    min(first_known_on) as first_known_on,
    min(booked_on) as booked_on,
    min(lead_time_days) as lead_time_days,
    arg_min(channel_code, (arrival_date, stay_id)) as channel_code,
    arg_min(market_segment_code, (arrival_date, stay_id)) as market_segment_code,
    case when count(distinct currency_code) = 1 then min(currency_code) end as currency_code,
    case when count(distinct currency_code) = 1 then cast(sum(room_revenue_amount) as decimal(18, 4)) end as room_revenue_amount,
    case when count(distinct currency_code) = 1 then cast(sum(total_revenue_amount) as decimal(18, 4)) end as total_revenue_amount,
    min(reporting_currency_code) as reporting_currency_code,
    case when count(room_revenue_amount) = count(room_revenue_reporting_amount) then cast(sum(room_revenue_reporting_amount) as decimal(18, 4)) end
        as room_revenue_reporting_amount,
    case when count(total_revenue_amount) = count(total_revenue_reporting_amount) then cast(sum(total_revenue_reporting_amount) as decimal(18, 4)) end
        as total_revenue_reporting_amount,
    visit_hash
from visit_stay
group by customer_id, property_code, visit_start_date, visit_hash
