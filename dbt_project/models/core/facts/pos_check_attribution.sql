-- one row per (source_system, property_code, pos_check_id): whose check it is, how we know and how sure we are
{{ config(materialized='incremental', schema='helper', unique_key=['source_system', 'property_code', 'pos_check_id']) }}

{% set check_key = ['source_system', 'property_code', 'pos_check_id'] | join(', ') %}

with match as (
    select
        {{ check_key }},
        {{ group_hash("match_id || '|' || coalesce(cast(match_confidence as varchar), '')", 'match_id') }} as match_hash
    from {{ ref('stg_pos_check_reservation') }}
    group by {{ check_key }}
),

{% if is_incremental() %}
affected as (
    select {{ check_key }} from {{ ref('stg_pos_check') }} where {{ newly_arrived() }}
    union
    select {{ check_key }}
    from match
    inner join {{ this }} as built using ({{ check_key }})
    where {{ differs('match.match_hash', 'built.match_hash') }}
    union
    select found.source_system, found.property_code, found.pos_check_id
    from {{ ref('stg_pos_check_reservation') }} as found
    inner join {{ ref('fct_reservation') }} as reservation
        on found.reservation_source_system = reservation.source_system
        and found.property_code = reservation.property_code
        and found.matched_reservation_id = reservation.reservation_id
    where {{ newly_refreshed() }}
    union
    select built.source_system, built.property_code, built.pos_check_id
    from {{ this }} as built
    left join {{ source('identity', 'customer_record') }} as payer on built.payer_source_record_id = payer.source_record_id
    where {{ differs('built.payer_customer_id', 'payer.customer_id') }} or {{ differs('built.payer_match_probability', 'payer.match_probability') }}
),
{% endif %}

pos_check as (
    select * from {{ ref('stg_pos_check') }}
    {% if is_incremental() %}
    semi join affected using ({{ check_key }})
    {% endif %}
),

by_payer as ({{ shown_person('pos_check', 'pos_check_id', 'payer') }}),

candidate as (
    select
        found.*,
        reservation.guest_source_record_id as source_record_id,
        reservation.customer_id,
        coalesce(reservation.customer_id = by_payer.payer_customer_id, false) as is_payer,
        min(reservation.customer_id) over check_method = max(reservation.customer_id) over check_method as is_one_customer
    from {{ ref('stg_pos_check_reservation') }} as found
    semi join pos_check using ({{ check_key }})
    inner join {{ ref('fct_reservation') }} as reservation
        on found.reservation_source_system = reservation.source_system
        and found.property_code = reservation.property_code
        and found.matched_reservation_id = reservation.reservation_id
    left join by_payer
        on found.source_system = by_payer.source_system
        and found.property_code = by_payer.property_code
        and found.pos_check_id = by_payer.pos_check_id
    where reservation.customer_id is not null
    window check_method as (partition by found.source_system, found.property_code, found.pos_check_id, found.method_rank)
),

-- Sharers who fit equally well are a doubt; only a card or number known as one of theirs ends it.
by_reservation as (
    select *
    from candidate
    where is_one_customer or is_payer
    qualify row_number() over (
        partition by {{ check_key }} order by method_rank, is_payer desc, reservation_source_system, matched_reservation_id
    ) = 1
),

decided as (
    select
        pos_check.*,
        match.match_hash,
        by_reservation.reservation_source_system,
        by_reservation.matched_reservation_id,
        by_payer.payer_source_record_id,
        by_payer.payer_customer_id,
        by_payer.payer_match_probability,
        coalesce(by_reservation.customer_id, by_payer.payer_customer_id) as customer_id,
        case
            when by_reservation.customer_id is not null then by_reservation.source_record_id
            when by_payer.payer_customer_id is not null then by_payer.payer_source_record_id
        end as source_record_id,
        case
            when by_reservation.customer_id is not null then by_reservation.match_method
            when by_payer.payer_customer_id is null then 'unattributed'
            when pos_check.loyalty_number is not null then 'loyalty_number'
            else 'card_token'
        end as attribution_method,
        case
            when not by_reservation.is_one_customer then least(by_reservation.match_confidence, by_payer.payer_match_probability, 0.9)
            when by_reservation.customer_id is not null then by_reservation.match_confidence
            when by_payer.payer_customer_id is null then 0
            else least(by_payer.payer_match_probability, case when pos_check.loyalty_number is not null then 0.95 else 0.85 end)
        end as attribution_confidence
    from pos_check
    inner join match using ({{ check_key }})
    left join by_reservation using ({{ check_key }})
    left join by_payer using ({{ check_key }})
)

select
    {{ columns([
        'source_system', 'property_code', 'pos_check_id', 'business_date', 'customer_id', 'source_record_id', 'payer_source_record_id',
        'payer_customer_id', 'payer_match_probability', 'reservation_source_system', 'matched_reservation_id', 'attribution_method', 'lines_hash', 'match_hash',
        'delivery_sequence', 'night_date',
    ], 'decided') }},
    cast(attribution_confidence as double) as attribution_confidence,
    greatest(decided.night_date, coalesce(record.valid_from, decided.night_date)) as refreshed_night_date
from decided
left join {{ source('identity', 'customer_record') }} as record on decided.source_record_id = record.source_record_id
