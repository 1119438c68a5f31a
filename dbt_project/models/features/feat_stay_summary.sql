-- one row per customer_id and as_of_date with at least one stay known and arrived by then; visits are built as in fct_visit
{{ config(materialized='view', tags=['core']) }}

with known as (
    select
        as_of.as_of_date,
        stay.*,
        greatest(stay.departure_date, stay.arrival_date + 1) as end_date,
        stay.arrival_date > as_of.as_of_date - 365 as is_trailing_year
    from {{ ref('feat_reservation_known') }} as stay
    inner join {{ ref('feat_as_of') }} as as_of
        on as_of.as_of_date >= greatest(stay.known_on, stay.arrival_date)
        and (stay.superseded_on is null or as_of.as_of_date < stay.superseded_on)
    where stay.status in ('in_house', 'checked_out') and stay.customer_id is not null
),

touching as (
    select distinct later.as_of_date, later.customer_id, later.property_code, later.arrival_date
    from known as later
    inner join known as earlier
        on later.as_of_date = earlier.as_of_date
        and later.customer_id = earlier.customer_id
        and later.property_code = earlier.property_code
        and later.source_system = earlier.source_system
        and later.arrival_date = earlier.end_date
    where later.confirmation_number = earlier.confirmation_number
        or later.group_block_code = earlier.group_block_code
        or later.share_id = earlier.share_id
),

arrival_day as (
    select as_of_date, customer_id, property_code, arrival_date, is_trailing_year, max(end_date) as end_date
    from known
    group by all
),

reached as (
    select
        arrival_day.*,
        touching.arrival_date is not null as is_touching,
        max(arrival_day.end_date) over (
            partition by arrival_day.as_of_date, arrival_day.customer_id, arrival_day.property_code
            order by arrival_day.arrival_date
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from arrival_day
    left join touching using (as_of_date, customer_id, property_code, arrival_date)
),

visit as (
    select
        customer_id,
        as_of_date,
        min(arrival_date) as first_visit_on,
        max(arrival_date) as last_visit_on,
        count(*) as visit_count,
        count(distinct arrival_date) as visit_date_count,
        count(*) filter (where is_trailing_year) as visit_trailing_year_count
    from reached
    where reached_date is null or arrival_date > reached_date or (arrival_date = reached_date and not is_touching)
    group by customer_id, as_of_date
),

stay as (
    select
        customer_id,
        as_of_date,
        sum(room_count) as stay_count,
        sum(los_nights * room_count) as night_count,
        sum(los_nights * room_count) filter (where is_trailing_year) as night_trailing_year_count,
        sum({{ weekend_nights('arrival_date', 'departure_date') }} * room_count) as weekend_night_count,
        avg(los_nights) as mean_los_nights,
        sum(total_revenue_amount) as spend_amount,
        sum(total_revenue_amount) filter (where is_trailing_year) as spend_trailing_year_amount
    from known
    group by customer_id, as_of_date
)

select
    stay.customer_id,
    stay.as_of_date,
    visit.first_visit_on,
    visit.last_visit_on,
    visit.visit_count,
    visit.visit_date_count,
    visit.visit_trailing_year_count,
    cast(stay.stay_count as bigint) as stay_count,
    cast(stay.night_count as bigint) as night_count,
    cast(coalesce(stay.night_trailing_year_count, 0) as bigint) as night_trailing_year_count,
    cast(stay.weekend_night_count as bigint) as weekend_night_count,
    stay.mean_los_nights,
    cast(coalesce(stay.spend_amount, 0) as decimal(18, 4)) as spend_amount,
    cast(coalesce(stay.spend_trailing_year_amount, 0) as decimal(18, 4)) as spend_trailing_year_amount
from stay
inner join visit on stay.customer_id = visit.customer_id and stay.as_of_date = visit.as_of_date
