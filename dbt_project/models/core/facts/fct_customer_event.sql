-- one row per event_id: something that happened to a customer, at its time
{{ config(
    materialized='incremental',
    unique_key='fact_key',
    post_hook="delete from {{ this }} where (fact_key, fact_hash) not in ({{ customer_facts() }})",
) }}

{% if is_incremental() %}
with known as (
    select distinct fact_key, fact_hash from {{ this }}
),
{% else %}
with known as (
    select cast(null as varchar) as fact_key, cast(null as varchar) as fact_hash where false
),
{% endif %}

reservation as (
    select booked.*, {{ fact_key('reservation') }} as fact_key, 'reservation' as record_kind, reservation_id as reference_id
    from {{ ref('fct_reservation') }} as booked
    anti join known on known.fact_key = {{ fact_key('reservation') }} and known.fact_hash = booked.fact_hash
    where customer_id is not null
),

reservation_event as (
    select *, 'booking' as event_type, coalesce(booked_at, updated_at) as event_at, total_revenue_amount as amount
    from reservation
    union all by name
    select *, 'cancellation' as event_type, coalesce(cancelled_at, updated_at) as event_at
    from reservation
    where status = 'cancelled'
    union all by name
    select *, 'no_show' as event_type, {{ instant_of('arrival_date', '15:00', 'time_zone') }} as event_at
    from reservation
    where status = 'no_show'
    union all by name
    select *, 'arrival' as event_type, coalesce(checked_in_at, {{ instant_of('arrival_date', '15:00', 'time_zone') }}) as event_at
    from reservation
    where status in ('in_house', 'checked_out')
    union all by name
    select
        *,
        'departure' as event_type,
        greatest(
            coalesce(checked_out_at, {{ instant_of('departure_date', '11:00', 'time_zone') }}),
            coalesce(checked_in_at, {{ instant_of('arrival_date', '15:00', 'time_zone') }})
        ) as event_at,
        total_revenue_amount as amount
    from reservation
    where status = 'checked_out'
),

pos_event as (
    select
        checked.*,
        {{ fact_key('pos_check') }} as fact_key,
        'pos_check' as record_kind,
        pos_check_id as reference_id,
        'pos_check' as event_type,
        coalesce(opened_at, closed_at, {{ instant_of('business_date', '12:00', 'property.time_zone') }}) as event_at,
        net_amount as amount
    from {{ ref('fct_pos_check') }} as checked
    inner join {{ ref('dim_property') }} as property using (property_code)
    anti join known on known.fact_key = {{ fact_key('pos_check') }} and known.fact_hash = checked.fact_hash
    where customer_id is not null
),

interaction_event as (
    select
        contacted.* exclude (currency_code),
        {{ fact_key('interaction') }} as fact_key,
        'interaction' as record_kind,
        interaction_id as reference_id,
        case when reason_code = 'complaint' then 'complaint' else 'interaction' end as event_type,
        started_at as event_at
    from {{ ref('fct_interaction') }} as contacted
    anti join known on known.fact_key = {{ fact_key('interaction') }} and known.fact_hash = contacted.fact_hash
    where customer_id is not null
),

event as (
    select * from reservation_event
    union all by name
    select * from pos_event
    union all by name
    select * from interaction_event
)

select
    {{ surrogate_key(['fact_key', 'event_type']) }} as event_id,
    {{ columns([
        'customer_id', 'event_at', 'event_type', 'record_kind', 'source_system', 'property_code', 'reference_id', 'amount', 'currency_code',
        'known_on', 'fact_key', 'fact_hash',
    ], 'event') }}
from event
