-- one row per reservation and period in which one state of it was what was known: known_on <= day < superseded_on
{{ config(materialized='table', tags=['core']) }}

with delivered as (
    select
        *,
        {{ local_date('booked_at') }} as booked_on,
        row_number() over (
            -- By load: an older version that arrives later does not change what the history load had shown.
            partition by source_system, property_code, reservation_id, is_history order by updated_at, row_hash
        ) as version_number
    from {{ ref('stg_reservation_version') }}
),

-- A history load shows only how a booking ended. That it was on the books before is known from booked_on, so its first
-- version is preceded by the same booking as reserved: else cut-offs in the past would see empty books and today's full ones.
state as (
    select *
    from delivered
    union all
    select
        * replace (
            'reserved' as status,
            booked_on as known_on,
            cast(null as varchar) as row_hash,
            -- May have been learned at the desk, after the booking.
            cast(null as varchar) as guest_country_code,
            cast(null as varchar) as loyalty_number,
            cast(null as varchar) as loyalty_tier_code,
            cast(null as boolean) as consent_email
        )
    from delivered
    where version_number = 1 and is_history and status <> 'waitlisted' and booked_on < known_on
),

period as (
    select
        state.*,
        {{ superseded_on(['source_system', 'property_code', 'reservation_id']) }} as superseded_on
    from state
),

priced as (
    select
        period.*,
        coalesce(
            period.total_revenue_amount,
            coalesce(period.room_revenue_amount, {{ nightly_sum('period.nightly_amounts') }}, 0)
            + coalesce(period.fnb_revenue_amount, 0)
            + coalesce(period.other_revenue_amount, 0)
        ) as stay_amount,
        {{ reporting_rate('period.currency_code', 'fx.rate') }} as reporting_rate
    from period
    {{ join_rate('period', 'period', 'arrival_date') }}
)

select
    priced.source_system,
    priced.property_code,
    priced.reservation_id,
    reservation.customer_id,
    reservation.booker_customer_id,
    priced.known_on,
    priced.superseded_on,
    priced.is_history,
    priced.status,
    priced.booked_on,
    priced.arrival_date,
    priced.departure_date,
    {{ days_between('priced.arrival_date', 'priced.departure_date') }} as los_nights,
    greatest(coalesce(priced.room_count, 1), 1) as room_count,
    priced.confirmation_number,
    priced.group_block_code,
    priced.share_id,
    {{ reporting_amount('priced.stay_amount', 'priced.reporting_rate') }} as total_revenue_amount,
    {{ is_direct_channel('priced.channel_code') }} as is_direct,
    {{ is_business_trip('priced.purpose_code', 'priced.market_segment_code', 'priced.company_profile_id', 'priced.company_name') }} as is_business,
    priced.guest_country_code,
    priced.loyalty_number,
    priced.loyalty_tier_code,
    priced.consent_email,
    coalesce(priced.consent_updated_at, priced.updated_at) as consent_stated_at
from priced
inner join {{ ref('fct_reservation') }} as reservation
    on priced.source_system = reservation.source_system
    and priced.property_code = reservation.property_code
    and priced.reservation_id = reservation.reservation_id
where priced.superseded_on is null or priced.known_on < priced.superseded_on
