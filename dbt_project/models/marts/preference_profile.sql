-- one row per customer_id, preference_code and preference_rank (1-3): what the customer chose most, with its evidence
{{ config(materialized='table', tags=['marts']) }}

with reservation as (
    select *
    from {{ ref('fct_reservation') }}
    where customer_id is not null
),

stay as (
    select *
    from {{ ref('fct_stay') }}
    where customer_id is not null
),

request as (
    select customer_id, lower(trim(unnest(string_split(special_requests, ';')))) as request, arrival_date
    from reservation
    where special_requests is not null
),

choice as (
    select customer_id, 'room_type' as preference_code, room_type_code as preference_value, arrival_date as shown_on from stay
    union all
    select customer_id, 'floor', cast(try_cast(room_number as integer) // 100 as varchar), arrival_date
    from stay
    where try_cast(room_number as integer) >= 100
    union all
    select customer_id, 'property', property_code, arrival_date from stay
    union all
    select customer_id, 'rate_plan', rate_plan_code, arrival_date from stay
    union all
    select customer_id, 'arrival_weekday', dayname(arrival_date), arrival_date from {{ ref('fct_visit') }}
    union all
    select customer_id, 'channel', channel_code, coalesce(booked_on, arrival_date) from reservation
    union all
    select customer_id, 'special_request', request, arrival_date from request
    union all
    -- Said in a request: "twin beds", "King size bed please", "sofa bed".
    select customer_id, 'bed', regexp_extract(request, '\b(twin|king|queen|double|single|sofa|bunk|extra)\b', 1), arrival_date
    from request
    where regexp_matches(request, '\b(twin|king|queen|double|single|sofa|bunk|extra)\b') and contains(request, 'bed')
    union all
    select customer_id, 'outlet', coalesce(outlet_name, outlet_code), business_date
    from {{ ref('fct_pos_check') }}
    where customer_id is not null and line_count > 0
),

counted as (
    select
        customer_id,
        preference_code,
        preference_value,
        count(*) as evidence_count,
        max(shown_on) as last_shown_on
    from choice
    where preference_value <> ''
    group by customer_id, preference_code, preference_value
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id, preference_code
            order by evidence_count desc, last_shown_on desc, preference_value asc
        ) as preference_rank,
        sum(evidence_count) over (partition by customer_id, preference_code) as choice_count
    from counted
)

select
    customer_id,
    preference_code,
    cast(preference_rank as integer) as preference_rank,
    preference_value,
    evidence_count,
    cast(choice_count as bigint) as choice_count,
    evidence_count / choice_count as preference_share,
    -- Lower end of the 95% Wilson interval: 1 of 1 is weak evidence, 9 of 10 is strong.
    (evidence_count / choice_count + 1.9207 / choice_count
        - 1.96 * sqrt((evidence_count / choice_count * (1 - evidence_count / choice_count) + 0.9604 / choice_count) / choice_count))
    / (1 + 3.8415 / choice_count) as preference_confidence,
    last_shown_on
from ranked
where preference_rank <= 3
