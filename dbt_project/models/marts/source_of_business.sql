-- one row per property_code, arrival_month, dimension_code and dimension_value: where the business comes from
{{ config(materialized='table', tags=['marts']) }}

with first_arrival as (
    select customer_id, property_code, min(arrival_date) as first_property_date
    from {{ ref('fct_visit') }}
    group by customer_id, property_code
),

first_ever as (
    select customer_id, min(first_property_date) as first_group_date
    from first_arrival
    group by customer_id
),

-- What a reservation became: its stays (rooms) are summed, so that a reservation is one row.
stay as (
    select
        source_system,
        property_code,
        reservation_id,
        count(*) as stay_count,
        sum(los_nights) as night_count,
        sum(room_revenue_reporting_amount) as room_revenue_amount,
        sum(total_revenue_reporting_amount) as total_revenue_amount
    from {{ ref('fct_stay') }}
    group by source_system, property_code, reservation_id
),

reservation as (
    select
        reservation.property_code,
        cast(date_trunc('month', reservation.arrival_date) as date) as arrival_month,
        reservation.status,
        stay.stay_count,
        stay.night_count,
        stay.room_revenue_amount,
        stay.total_revenue_amount,
        stay.stay_count is not null and reservation.arrival_date > first_ever.first_group_date as is_repeat_in_group,
        stay.stay_count is not null and reservation.arrival_date > first_arrival.first_property_date as is_repeat_in_property,
        [
            {'code': 'channel', 'value': coalesce(reservation.channel_code, 'unknown')},
            {'code': 'market_segment', 'value': coalesce(reservation.market_segment_code, 'unknown')},
            {'code': 'nationality', 'value': coalesce(reservation.guest_nationality_code, reservation.guest_country_code, 'unknown')},
            {'code': 'lead_time', 'value': case
                when reservation.lead_time_days is null then 'unknown'
                when reservation.lead_time_days = 0 then '0 days'
                when reservation.lead_time_days <= 7 then '1-7 days'
                when reservation.lead_time_days <= 30 then '8-30 days'
                when reservation.lead_time_days <= 90 then '31-90 days'
                else 'over 90 days'
            end}
        ] as dimensions
    from {{ ref('fct_reservation') }} as reservation
    left join stay using (source_system, property_code, reservation_id)
    left join first_ever on reservation.customer_id = first_ever.customer_id
    left join first_arrival
        on reservation.customer_id = first_arrival.customer_id and reservation.property_code = first_arrival.property_code
),

expanded as (
    select * exclude (dimensions), unnest(dimensions) as dimension
    from reservation
)

select
    property_code,
    arrival_month,
    dimension.code as dimension_code,
    dimension.value as dimension_value,
    count(*) as reservation_count,
    count(*) filter (where status = 'cancelled') as cancelled_count,
    count(*) filter (where status = 'no_show') as no_show_count,
    count(stay_count) as stayed_count,
    cast(coalesce(sum(stay_count), 0) as bigint) as stay_count,
    cast(coalesce(sum(night_count), 0) as bigint) as night_count,
    cast(coalesce(sum(room_revenue_amount), 0) as decimal(18, 4)) as room_revenue_amount,
    cast(coalesce(sum(total_revenue_amount), 0) as decimal(18, 4)) as total_revenue_amount,
    cast(sum(room_revenue_amount) / nullif(sum(night_count), 0) as decimal(18, 4)) as adr_amount,
    count(*) filter (where status = 'cancelled') / count(*) as cancellation_share,
    count(*) filter (where status = 'no_show') / count(*) as no_show_share,
    count(*) filter (where is_repeat_in_group) as repeat_in_group_count,
    count(*) filter (where is_repeat_in_property) as repeat_in_property_count,
    count(*) filter (where is_repeat_in_group) / nullif(count(stay_count), 0) as repeat_in_group_share,
    count(*) filter (where is_repeat_in_property) / nullif(count(stay_count), 0) as repeat_in_property_share,
    '{{ var("reporting_currency") }}' as currency_code
from expanded
group by property_code, arrival_month, dimension.code, dimension.value
