-- one row per property_code, call_date (the day after the night) and customer_id: members to call, the most pressing first
{{ config(materialized='table', tags=['marts']) }}

{% set reasons = {
    'open_case': [1, 'customer.open_case_count > 0', 'customer.home_property_code'],
    'just_left': [2, 'customer.last_departure_on = ' ~ night(), 'recent.last_property_code'],
    'arriving': [3, 'customer.next_arrival_date <= ' ~ night() ~ ' + 7', 'coming.property_code'],
    'falling_behind': [4, 'warning.customer_id is not null', 'customer.home_property_code'],
} %}

with recent as (
    select customer_id, arg_max(property_code, (departure_date, arrival_date, visit_id)) as last_property_code
    from {{ ref('fct_visit') }}
    group by customer_id
),

coming as (
    select customer_id, arg_min(property_code, (arrival_date, property_code, reservation_id)) as property_code
    from {{ ref('fct_reservation') }}
    where status = 'reserved' and arrival_date > {{ night() }} and customer_id is not null
    group by customer_id
),

candidate as (
    {% for code, spec in reasons.items() %}
    select
        customer.*,
        {{ spec[2] }} as call_property_code,
        '{{ code }}' as call_reason_code,
        {{ spec[0] }} as reason_rank,
        warning.reason_code as warning_reason_code,
        warning.silence_days,
        coalesce(warning.value_at_stake_amount, 0) as value_at_stake_amount
    from {{ ref('customer_360') }} as customer
    left join recent on customer.customer_id = recent.customer_id
    left join coming on customer.customer_id = coming.customer_id
    left join {{ ref('early_warning') }} as warning on customer.customer_id = warning.customer_id
    where customer.is_member and {{ spec[1] }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A call needs an explicit yes to calls, a number of the customer's own, and no entry in the suppression list.
allowed as (
    select candidate.*
    from candidate
    inner join {{ ref('customer_reach') }} as reach on candidate.customer_id = reach.customer_id
    where reach.may_phone and candidate.call_property_code is not null
    qualify row_number() over (partition by candidate.customer_id order by candidate.reason_rank) = 1
),

valued as (
    select
        *,
        greatest(coalesce(expected_revenue_amount, 0), spend_trailing_year_amount, value_at_stake_amount) as customer_value_amount
    from allowed
),

scored as (
    -- Who may be lost and is worth much comes first; without a score the risk is taken as even.
    select *, cast(customer_value_amount * coalesce(churn_probability, 0.5) as decimal(18, 4)) as value_at_risk_amount
    from valued
)

select
    call_property_code as property_code,
    {{ night() }} + 1 as call_date,
    cast(
        row_number() over (
            partition by call_property_code order by reason_rank = 1 desc, value_at_risk_amount desc, customer_value_amount desc, customer_id
        ) as integer
    ) as call_rank,
    customer_id,
    display_name,
    phone_e164,
    language_code,
    loyalty_tier_code,
    call_reason_code,
    warning_reason_code,
    value_tier_code,
    lifecycle_stage_code,
    cast(customer_value_amount as decimal(18, 4)) as customer_value_amount,
    value_at_risk_amount,
    currency_code,
    churn_probability,
    risk_band,
    reason_1 as risk_reason,
    last_visit_on,
    silence_days,
    visit_count,
    next_arrival_date,
    open_case_count,
    last_complaint_at,
    preferred_room_type,
    preferred_outlet,
    preferred_special_request
from scored
