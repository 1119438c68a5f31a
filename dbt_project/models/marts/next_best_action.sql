-- one row per customer_id: the one thing to do next, why, and how the customer may be told
{{ config(materialized='table', tags=['marts']) }}

-- The first line that fits decides: repair before care, care before sale, sale before silence.
{% set quiet = "'Last here ' || cast(warning.silence_days as varchar) || ' days ago, used to come every ' || cast(cast(warning.own_gap_days as integer) as varchar) || ' days'" %}
{% set worth = "'; a year with them was worth ' || cast(cast(round(warning.value_at_stake_amount) as bigint) as varchar) || ' ' || warning.currency_code" %}
{% set chances = "'; guests like that go there ' || cast(cast(offer.lift_ratio as decimal(12, 1)) as varchar) || ' times as often as the average guest'" %}
{% set actions = {
    'solve_open_case': [1, 'customer.open_case_count > 0', "'An open case waits for an answer'"],
    'prepare_arrival': [2, 'customer.next_arrival_date <= ' ~ night() ~ ' + 14', "'Arrives on ' || cast(customer.next_arrival_date as varchar)"],
    'thank_after_stay': [3, 'customer.last_departure_on between ' ~ night() ~ ' - 7 and ' ~ night(), "'Left on ' || cast(customer.last_departure_on as varchar)"],
    'win_back_call': [4, 'warning.value_at_stake_amount >= key_customer.threshold_amount and reach.may_phone', quiet ~ ' || ' ~ worth],
    'win_back_offer': [5, 'warning.customer_id is not null', quiet],
    'invite_to_programme': [6, 'not customer.is_member and customer.visit_trailing_year_count >= 2', "cast(customer.visit_trailing_year_count as varchar) || ' visits in the last 12 months and not a member yet'"],
    'cross_sell': [7, "offer.consequent_value is not null and customer.lifecycle_stage_code in ('new', 'active', 'won_back')", "'Knows ' || replace(offer.chosen_text, " ~ stay_choice("''") ~ ", 'hotel ') || ', has never been to ' || offer.consequent_value || " ~ chances],
    'second_stay_offer': [8, "customer.lifecycle_stage_code = 'new' and customer.on_books_count = 0", "'Has come once, on ' || cast(customer.last_visit_on as varchar) || ', and has not booked again'"],
    'book_direct': [9, "customer.lifecycle_stage_code in ('active', 'won_back') and customer.direct_share < 0.5", "'Books through agencies or portals ' || cast(cast(100 * (1 - customer.direct_share) as integer) as varchar) || '% of the time'"],
} %}

with used as (
    select distinct customer_id, coalesce(outlet_name, outlet_code) as choice_value, property_code
    from {{ ref('fct_pos_check') }}
    where customer_id is not null and line_count > 0
    union
    select distinct customer_id, {{ stay_choice('property_code') }}, property_code
    from {{ ref('fct_stay') }}
    where customer_id is not null
),

outlet as (
    select distinct property_code, coalesce(outlet_name, outlet_code) as outlet_name
    from {{ ref('fct_pos_check') }}
),

-- The best few outlets that go with a choice, or with two: an offer is one of them. At least a tenth more often than with everybody, and by two standard errors of the share among as many of everybody: what chance does is no reason.
rule as (
    select antecedent_value, other_antecedent_value, consequent_value, confidence_share, lift_ratio
    from {{ ref('basket_rule') }}
    where basket_code = 'choice_of_customer'
        and lift_ratio >= 1.1
        and confidence_share > consequent_count / basket_count + 2 * sqrt(consequent_count / basket_count * (1 - consequent_count / basket_count) / antecedent_count)
        and consequent_value in (select outlet_name from outlet)
    qualify row_number() over (
        partition by antecedent_value, other_antecedent_value order by confidence_share desc, lift_ratio desc, consequent_value
    ) <= 10
),

-- The outlet that guests who chose the same also use, that one of their hotels has and that they never tried.
offer as (
    select
        used.customer_id,
        rule.antecedent_value || coalesce(' and ' || rule.other_antecedent_value, '') as chosen_text,
        rule.consequent_value,
        rule.lift_ratio
    from used
    inner join rule on used.choice_value = rule.antecedent_value
    left join used as other on other.customer_id = used.customer_id and other.choice_value = rule.other_antecedent_value
    semi join (
        select used.customer_id, outlet.outlet_name
        from used
        inner join outlet on used.property_code = outlet.property_code
    ) as there on there.customer_id = used.customer_id and there.outlet_name = rule.consequent_value
    anti join used as tried on tried.customer_id = used.customer_id and tried.choice_value = rule.consequent_value
    where rule.other_antecedent_value is null or other.customer_id is not null
    qualify row_number() over (
        partition by used.customer_id
        order by rule.confidence_share desc, rule.lift_ratio desc, rule.consequent_value, rule.antecedent_value, rule.other_antecedent_value
    ) = 1
),

-- What the least of the key customers spent in the trailing year.
key_customer as (
    select min(threshold_amount) as threshold_amount
    from {{ ref('customer_pyramid') }}
    where as_of_date = {{ night() }} and value_tier_code in ('vip', 'key')
),

decided as (
    select
        customer.customer_id,
        customer.home_property_code,
        customer.value_tier_code,
        customer.lifecycle_stage_code,
        reach.may_email,
        reach.may_phone,
        reach.may_sms,
        case
            {% for code, spec in actions.items() %}
            when {{ spec[1] }} then '{{ code }}'
            {% endfor %}
            else 'none'
        end as action_code,
        case
            {% for code, spec in actions.items() %}
            when {{ spec[1] }} then {{ spec[2] }}
            {% endfor %}
            else 'Nothing that would help now'
        end as action_reason,
        offer.consequent_value
    from {{ ref('customer_360') }} as customer
    inner join {{ ref('customer_reach') }} as reach on customer.customer_id = reach.customer_id
    left join {{ ref('early_warning') }} as warning on customer.customer_id = warning.customer_id
    left join offer on customer.customer_id = offer.customer_id
    cross join key_customer
)

select
    customer_id,
    home_property_code,
    value_tier_code,
    lifecycle_stage_code,
    action_code,
    action_reason,
    case when action_code = 'cross_sell' then consequent_value end as offered_outlet_name,
    -- Answering a case or preparing an arrival is service, told at the desk or in the case; everything else is an offer and needs consent.
    case
        when action_code in ('solve_open_case', 'prepare_arrival') then 'service'
        when action_code = 'none' then 'none'
        when action_code = 'win_back_call' then 'phone'
        when may_email then 'email'
        when may_sms then 'sms'
        when may_phone then 'phone'
        else 'at_next_visit'
    end as allowed_channel_code
from decided
