-- one row per customer_id and as_of_date with at least one reservation known by then
{{ config(materialized='view', tags=['core']) }}

with first_known as (
    select
        *,
        min(known_on) over (partition by customer_id, property_code) as property_known_on
    from {{ ref('feat_reservation_known') }}
    where customer_id is not null
),

-- Orders are numbered before the dates multiply the rows: comparing a number is far cheaper than comparing a key.
numbered as (
    select
        *,
        -- A reservation once known stays known in some state, so the hotels known at a date are the first n of this order.
        dense_rank() over (partition by customer_id order by property_known_on, property_code) as property_number,
        row_number() over (
            partition by customer_id order by arrival_date, source_system, property_code, reservation_id, known_on
        ) as arrival_number,
        {{ sample_number('customer_id') }} as sample_number,
        -2 * epoch_us(consent_stated_at) + cast(consent_email as integer) as consent_order
    from first_known
),

known as (
    select
        as_of.as_of_date,
        reservation.*
    from numbered as reservation
    inner join {{ ref('feat_as_of') }} as as_of
        on as_of.as_of_date >= reservation.known_on
        and {{ is_sampled('reservation.sample_number') }}
        and (reservation.superseded_on is null or as_of.as_of_date < reservation.superseded_on)
)

select
    customer_id,
    as_of_date,
    count(*) as booking_count,
    count(*) filter (where status = 'cancelled') as cancelled_count,
    count(*) filter (where status = 'no_show') as no_show_count,
    count(*) filter (where status = 'reserved' and arrival_date > as_of_date) as on_books_count,
    min(arrival_date) filter (where status = 'reserved' and arrival_date > as_of_date) - as_of_date
        as on_books_next_arrival_days,
    avg(greatest(arrival_date - booked_on, 0)) as mean_lead_time_days,
    avg(cast(is_direct as integer)) as direct_share,
    avg(cast(is_business as integer)) as business_share,
    max(property_number) as property_count,
    avg(cast(is_history as integer)) as history_load_share,
    arg_max(guest_country_code, arrival_number) filter (where guest_country_code is not null) as country_code,
    arg_max(loyalty_number, arrival_number) filter (where loyalty_number is not null) as loyalty_number,
    arg_max(loyalty_tier_code, arrival_number) filter (where loyalty_tier_code is not null) as loyalty_tier_code,
    max(consent_stated_at) filter (where consent_email is not null) as consent_stated_at,
    arg_min(consent_email, consent_order) filter (where consent_email is not null) as consent_email
from known
group by customer_id, as_of_date
