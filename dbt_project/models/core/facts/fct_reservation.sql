-- one row per (source_system, property_code, reservation_id): the current version, with its customer
-- depends_on: {{ ref('stg_reservation') }}
{{ config(materialized='incremental', unique_key=['source_system', 'property_code', 'reservation_id']) }}

{% if is_incremental() %}
with affected as (
    select source_system, property_code, reservation_id
    from {{ ref('stg_reservation_version') }}
    where {{ newly_arrived() }}
    union
    select built.source_system, built.property_code, built.reservation_id
    from {{ this }} as built
    left join {{ source('identity', 'customer_record') }} as guest on built.guest_source_record_id = guest.source_record_id
    left join {{ source('identity', 'customer_record') }} as booker on built.booker_source_record_id = booker.source_record_id
    left join {{ ref('dim_property') }} as property on built.property_code = property.property_code
    {{ join_rate('built', this, 'arrival_date') }}
    where {{ differs('built.customer_id', 'guest.customer_id') }}
        or {{ differs('built.booker_customer_id', 'booker.customer_id') }}
        or {{ differs('built.time_zone', 'property.time_zone') }}
        or {{ differs('built.reporting_rate', reporting_rate('built.currency_code', 'fx.rate')) }}
        or built.reporting_currency_code <> '{{ var("reporting_currency") }}'
),

version as (
    select version.*
    from {{ ref('stg_reservation_version') }} as version
    semi join affected using (source_system, property_code, reservation_id)
),
{% else %}
with version as (
    select * from {{ ref('stg_reservation_version') }}
),
{% endif %}

first_known as (
    select
        source_system,
        property_code,
        reservation_id,
        min(case when is_history then least({{ local_date('coalesce(booked_at, updated_at)') }}, night_date) else night_date end) as first_known_on,
        min(known_on) filter (where status in ('in_house', 'checked_out')) as stay_known_on,
        min(known_on) filter (where status = 'cancelled') as cancellation_known_on
    from version
    group by source_system, property_code, reservation_id
),

reservation as (
    select *
    from version
    qualify row_number() over (partition by source_system, property_code, reservation_id {{ newest_first() }}) = 1
),

person as (
    select
        shown.source_system,
        shown.property_code,
        shown.reference_id as reservation_id,
        shown.role,
        shown.source_record_id,
        record.customer_id,
        record.valid_from
    from {{ ref('stg_person_current') }} as shown
    left join {{ source('identity', 'customer_record') }} as record on shown.source_record_id = record.source_record_id
    where shown.record_kind = 'reservation'
),

renamed as (
    select
        source_system,
        property_code,
        reservation_id,
        reservation.status,
        guest.customer_id,
        booker.customer_id as booker_customer_id,
        reservation.confirmation_number,
        reservation.external_reference,
        reservation.booked_at,
        {{ local_date('reservation.booked_at', 'property.time_zone') }} as booked_on,
        reservation.cancelled_at,
        {{ local_date('reservation.cancelled_at', 'property.time_zone') }} as cancelled_on,
        reservation.arrival_date,
        reservation.departure_date,
        reservation.checked_in_at,
        reservation.checked_out_at,
        greatest(coalesce(reservation.room_count, 1), 1) as room_count,
        {{ columns([
            'room_type_code', 'booked_room_type_code', 'room_number', 'adult_count', 'child_count', 'rate_plan_code', 'market_segment_code',
            'channel_code', 'source_code', 'promotion_code', 'package_code', 'purpose_code', 'is_complimentary', 'group_block_code',
            'share_id', 'special_requests', 'loyalty_tier_code', 'vip_code', 'guest_country_code', 'guest_nationality_code', 'currency_code',
            'fnb_revenue_amount', 'other_revenue_amount', 'nightly_amounts', 'company_profile_id', 'company_name',
            'travel_agent_profile_id', 'travel_agent_name', 'travel_agent_iata', 'updated_at', 'row_hash', 'vendor', 'delivery_sequence',
            'night_date', 'known_on', 'is_history',
        ], 'reservation') }},
        coalesce(reservation.room_revenue_amount, {{ nightly_sum('reservation.nightly_amounts') }}) as room_revenue_amount,
        reservation.total_revenue_amount as delivered_total_amount,
        {{ company_key('company', 'company_profile_id', 'company_name') }} as company_id,
        {{ company_key('travel_agent', 'travel_agent_profile_id', 'travel_agent_name', 'travel_agent_iata') }} as travel_agent_id,
        first_known.first_known_on,
        first_known.stay_known_on,
        first_known.cancellation_known_on,
        property.time_zone,
        guest.source_record_id as guest_source_record_id,
        booker.source_record_id as booker_source_record_id,
        greatest(
            reservation.night_date, coalesce(guest.valid_from, reservation.night_date), coalesce(booker.valid_from, reservation.night_date)
        ) as refreshed_night_date
    from reservation
    inner join first_known using (source_system, property_code, reservation_id)
    left join (from person where role = 'guest') as guest using (source_system, property_code, reservation_id)
    left join (from person where role = 'booker') as booker using (source_system, property_code, reservation_id)
    left join {{ ref('dim_property') }} as property using (property_code)
),

measured as (
    select
        renamed.* exclude (delivered_total_amount),
        {{ days_between('arrival_date', 'departure_date') }} as los_nights,
        greatest({{ days_between('booked_on', 'arrival_date') }}, 0) as lead_time_days,
        case
            when delivered_total_amount is not null then delivered_total_amount
            when coalesce(room_revenue_amount, fnb_revenue_amount, other_revenue_amount) is not null then
                coalesce(room_revenue_amount, 0) + coalesce(fnb_revenue_amount, 0) + coalesce(other_revenue_amount, 0)
        end as total_revenue_amount,
        {{ reporting_rate('renamed.currency_code', 'fx.rate') }} as reporting_rate,
        '{{ var("reporting_currency") }}' as reporting_currency_code
    from renamed
    {{ join_rate('renamed', 'renamed', 'arrival_date') }}
)

select
    *,
    {{ reporting_amount('room_revenue_amount') }} as room_revenue_reporting_amount,
    {{ reporting_amount('total_revenue_amount') }} as total_revenue_reporting_amount,
    {{ surrogate_key(['row_hash', 'customer_id', 'booker_customer_id', 'reporting_rate', 'reporting_currency_code', 'time_zone']) }} as fact_hash
from measured
