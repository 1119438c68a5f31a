-- one row per property_code and business_date, from the property's first to its last day with anything to report, up to the night
{{ config(materialized='table', tags=['marts']) }}

{% set measures = [
    'rooms_sold_count', 'occupied_stay_count', 'arrival_count', 'departure_count', 'day_use_count', 'booking_count', 'cancellation_count',
    'no_show_count', 'pos_check_count', 'fnb_guest_count',
] %}
{% set amounts = ['room_revenue_amount', 'day_use_revenue_amount', 'fnb_amount', 'pos_amount'] %}

with night as (
    select
        property_code,
        stay_date as business_date,
        sum(room_sold_count) as rooms_sold_count,
        count(*) as occupied_stay_count,
        sum(room_revenue_reporting_amount) as room_revenue_amount
    from {{ ref('fct_stay_night') }}
    group by property_code, stay_date
),

arrival as (
    select
        property_code,
        arrival_date as business_date,
        count(*) as arrival_count,
        count(*) filter (where is_day_use) as day_use_count,
        sum(room_revenue_reporting_amount) filter (where is_day_use) as day_use_revenue_amount
    from {{ ref('fct_stay') }}
    group by property_code, arrival_date
),

departure as (
    select property_code, departure_date as business_date, count(*) as departure_count
    from {{ ref('fct_stay') }}
    where status = 'checked_out'
    group by property_code, departure_date
),

booking as (
    select property_code, booked_on as business_date, count(*) as booking_count
    from {{ ref('fct_reservation') }}
    where booked_on is not null
    group by property_code, booked_on
),

cancellation as (
    select property_code, coalesce(cancelled_on, cancellation_known_on) as business_date, count(*) as cancellation_count
    from {{ ref('fct_reservation') }}
    where status = 'cancelled'
    group by property_code, coalesce(cancelled_on, cancellation_known_on)
),

no_show as (
    select property_code, arrival_date as business_date, count(*) as no_show_count
    from {{ ref('fct_reservation') }}
    where status = 'no_show'
    group by property_code, arrival_date
),

pos as (
    select
        property_code,
        business_date,
        count(*) as pos_check_count,
        count(distinct (reservation_source_system, reservation_id)) filter (where fnb_net_amount > 0 and reservation_id is not null)
            as fnb_guest_count,
        sum(cast(fnb_net_amount * reporting_rate as decimal(18, 4))) as fnb_amount,
        sum(net_reporting_amount) as pos_amount
    from {{ ref('fct_pos_check') }}
    where line_count > 0
    group by property_code, business_date
),

measured as (
    select
        property_code,
        business_date,
        {% for measure in measures %}
        cast(coalesce(sum({{ measure }}), 0) as bigint) as {{ measure }},
        {% endfor %}
        {% for amount in amounts %}
        cast(coalesce(sum({{ amount }}), 0) as decimal(18, 4)) as {{ amount }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        {% for part in ['night', 'arrival', 'departure', 'booking', 'cancellation', 'no_show', 'pos'] %}
        select * from {{ part }}
        {{ 'union all by name' if not loop.last }}
        {% endfor %}
    )
    where business_date <= cast('{{ var("night_date") }}' as date)
    group by property_code, business_date
),

life as (
    select property_code, min(business_date) as first_date, max(business_date) as last_date
    from measured
    group by property_code
)

select
    life.property_code,
    calendar.calendar_date as business_date,
    property.room_count as rooms_available_count,
    {% for column in measures + amounts %}
    coalesce(measured.{{ column }}, 0) as {{ column }},
    {% endfor %}
    cast(
        coalesce(measured.room_revenue_amount + measured.day_use_revenue_amount + measured.pos_amount, 0) as decimal(18, 4)
    ) as total_revenue_amount,
    coalesce(measured.rooms_sold_count, 0) / property.room_count as occupancy_share,
    cast(measured.room_revenue_amount / nullif(measured.rooms_sold_count, 0) as decimal(18, 4)) as adr_amount,
    cast(coalesce(measured.room_revenue_amount, 0) / property.room_count as decimal(18, 4)) as revpar_amount,
    cast(
        coalesce(measured.room_revenue_amount + measured.day_use_revenue_amount + measured.pos_amount, 0) / property.room_count
        as decimal(18, 4)
    ) as trevpar_amount,
    measured.fnb_guest_count / nullif(measured.occupied_stay_count, 0) as fnb_capture_share,
    '{{ var("reporting_currency") }}' as currency_code
from life
inner join {{ ref('dim_date') }} as calendar on calendar.calendar_date between life.first_date and life.last_date
inner join {{ ref('dim_property') }} as property on life.property_code = property.property_code
left join measured on life.property_code = measured.property_code and calendar.calendar_date = measured.business_date
