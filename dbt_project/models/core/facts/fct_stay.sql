-- one row per stay_id: one room of one reservation that is in house or checked out
{{ config(
    materialized='incremental',
    unique_key=['source_system', 'property_code', 'reservation_id'],
    post_hook="delete from {{ this }} where (source_system, property_code, reservation_id) in (
        select (source_system, property_code, reservation_id) from {{ ref('fct_reservation') }} where status not in ('in_house', 'checked_out'))",
) }}

with reservation as (
    select *
    from {{ ref('fct_reservation') }}
    where status in ('in_house', 'checked_out')
    {% if is_incremental() %}
        and (source_system, property_code, reservation_id, fact_hash) not in (
            select (source_system, property_code, reservation_id, fact_hash) from {{ this }}
        )
    {% endif %}
),

room as (
    select *, unnest(range(1, least(room_count, 999) + 1)) as room_index
    from reservation
),

share as (
    select
        *,
        least(room_count, 999) as shared_by,
        {% for amount in ['room_revenue', 'fnb_revenue', 'other_revenue', 'total_revenue'] %}
        {{ cent_share(amount ~ '_amount', 1, 'least(room_count, 999)') }} as {{ amount }}_share{{ ',' if not loop.last }}
        {% endfor %}
    from room
),

split as (
    select
        * exclude (room_revenue_amount, fnb_revenue_amount, other_revenue_amount, total_revenue_amount),
        {% for amount in ['room_revenue', 'fnb_revenue', 'other_revenue', 'total_revenue'] %}
        cast(case when room_index = 1 then {{ amount }}_amount - (shared_by - 1) * {{ amount }}_share else {{ amount }}_share end as decimal(18, 4))
            as {{ amount }}_amount{{ ',' if not loop.last }}
        {% endfor %}
    from share
)

select
    {{ surrogate_key(['source_system', 'property_code', 'reservation_id', 'room_index']) }} as stay_id,
    {{ columns([
        'source_system', 'property_code', 'reservation_id', 'room_index', 'customer_id', 'booker_customer_id', 'status', 'confirmation_number',
        'arrival_date', 'departure_date', 'los_nights', 'checked_in_at', 'checked_out_at', 'booked_on', 'lead_time_days', 'room_count',
        'room_type_code', 'booked_room_type_code', 'room_number', 'adult_count', 'child_count', 'rate_plan_code', 'market_segment_code',
        'channel_code', 'source_code', 'package_code', 'purpose_code', 'is_complimentary', 'group_block_code', 'share_id',
        'loyalty_tier_code', 'guest_country_code', 'guest_nationality_code', 'company_id', 'travel_agent_id', 'currency_code',
        'room_revenue_amount', 'fnb_revenue_amount', 'other_revenue_amount', 'total_revenue_amount',
        'reporting_currency_code', 'reporting_rate', 'nightly_amounts', 'first_known_on', 'is_history', 'night_date', 'fact_hash',
    ], 'split') }},
    stay_known_on as known_on,
    los_nights = 0 as is_day_use,
    {{ reporting_amount('room_revenue_amount') }} as room_revenue_reporting_amount,
    {{ reporting_amount('total_revenue_amount') }} as total_revenue_reporting_amount
from split
