-- one row per stay_id and stay_date; day use has no night
{{ config(
    materialized='incremental',
    unique_key='stay_id',
    post_hook="delete from {{ this }} where stay_id not in (select stay_id from {{ ref('fct_stay') }} where los_nights > 0)",
) }}

-- Who shares a room decides who sells it, so a change of one sharer rebuilds the nights of all.
with share_group as (
    select source_system, property_code, share_id, {{ group_hash('stay_id || arrival_date || departure_date', 'stay_id') }} as share_hash
    from {{ ref('fct_stay') }}
    where share_id is not null
    group by source_system, property_code, share_id
),

stay as (
    select realised.*, {{ surrogate_key(['fact_hash', 'share_hash']) }} as night_hash
    from {{ ref('fct_stay') }} as realised
    left join share_group using (source_system, property_code, share_id)
    where los_nights > 0
),

changed as (
    select *
    from stay
    {% if is_incremental() %}
    where (stay_id, night_hash) not in (select (stay_id, night_hash) from {{ this }})
    {% endif %}
),

delivered as (
    select stay_id, nightly.date as stay_date, sum({{ money_units('nightly.room_amount') }}) as weight
    from (select stay_id, unnest({{ nightly_list('nightly_amounts') }}) as nightly from changed where nightly_amounts is not null)
    group by 1, 2
),

night as (
    select
        dates.*,
        delivered.weight as delivered_weight,
        sum(delivered.weight) over (partition by stay_id) as delivered_total,
        count(delivered.weight) over (partition by stay_id) = los_nights as is_covered
    from (select *, {{ each_date('arrival_date', 'departure_date - 1') }} as stay_date from changed) as dates
    left join delivered using (stay_id, stay_date)
),

-- The list is used when it names every night. It is the pattern of the nights; their sum stays what the folio says.
share as (
    select
        *,
        is_covered and delivered_total <> 0 as is_delivered,
        case
            when is_covered and delivered_total <> 0 then {{ cent_share('room_revenue_amount', 'delivered_weight', 'delivered_total') }}
            else {{ cent_share('room_revenue_amount', 1, 'los_nights') }}
        end as night_share
    from night
),

split as (
    select
        * exclude (room_revenue_amount),
        cast(
            night_share
            + case when stay_date = arrival_date then room_revenue_amount - sum(night_share) over (partition by stay_id) else 0 end
            as decimal(18, 4)
        ) as room_revenue_amount
    from share
),

-- Sharers of one room sell it once: the first of those who sleep there that night.
seller as (
    select source_system, property_code, share_id, room_index, stay_date, min(stay_id) as selling_stay_id
    from (
        select stay.*, {{ each_date('arrival_date', 'departure_date - 1') }} as stay_date
        from stay
        semi join changed using (source_system, property_code, share_id)
    )
    group by all
)

select
    {{ columns([
        'stay_id', 'stay_date', 'source_system', 'property_code', 'reservation_id', 'room_index', 'customer_id', 'status', 'room_type_code',
        'rate_plan_code', 'market_segment_code', 'channel_code', 'group_block_code', 'share_id', 'company_id', 'travel_agent_id',
        'guest_country_code', 'currency_code', 'room_revenue_amount', 'reporting_currency_code', 'reporting_rate', 'known_on', 'night_hash',
    ], 'split') }},
    split.room_revenue_amount is not null and is_delivered as is_nightly_amount_delivered,
    {{ reporting_amount('room_revenue_amount') }} as room_revenue_reporting_amount,
    cast(seller.selling_stay_id is null or seller.selling_stay_id = split.stay_id as integer) as room_sold_count
from split
left join seller using (source_system, property_code, share_id, room_index, stay_date)
