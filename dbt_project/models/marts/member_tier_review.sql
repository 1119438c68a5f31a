-- one row per customer_id that is a member: tier now, activity, and the tier that nights and visits of the trailing year would earn
{{ config(materialized='table', tags=['marts']) }}
{% set tiers = var('member_tiers') %}

-- A tier is earned by nights or by visits, whichever reaches it: frequent short stays count as much as rare long ones.
with rule (tier_level, tier_code, night_limit, visit_limit) as (
    values
    {%- for tier in tiers %}
    ({{ loop.index }}, '{{ tier.code }}', {{ tier.nights }}, {{ tier.visits }}){{ ',' if not loop.last }}
    {%- endfor %}
),

year as (
    select customer_id, sum(los_nights) as night_trailing_year_count
    from {{ ref('fct_stay') }}
    where customer_id is not null and arrival_date > {{ night() }} - 365 and arrival_date <= {{ night() }}
    group by customer_id
),

member as (
    select
        customer.*,
        coalesce(year.night_trailing_year_count, 0) as night_trailing_year_count,
        coalesce(lower(customer.loyalty_tier_code), '{{ tiers[0].code }}') as current_tier_code
    from {{ ref('customer_360') }} as customer
    left join year on customer.customer_id = year.customer_id
    where customer.is_member
),

earned as (
    select
        member.customer_id,
        max(rule.tier_level) as proposed_level,
        arg_max(rule.tier_code, rule.tier_level) as proposed_tier_code,
        max(rule.tier_level) filter (where member.night_trailing_year_count >= rule.night_limit) as night_level,
        max(rule.tier_level) filter (where member.visit_trailing_year_count >= rule.visit_limit) as visit_level
    from member
    inner join rule
        on member.night_trailing_year_count >= rule.night_limit or member.visit_trailing_year_count >= rule.visit_limit
    group by member.customer_id
)

select
    member.customer_id,
    member.home_property_code,
    member.current_tier_code,
    rule.tier_code is not null as is_tier_known,
    cast(member.night_trailing_year_count as bigint) as night_trailing_year_count,
    member.visit_trailing_year_count,
    member.last_visit_on,
    case
        when member.visit_trailing_year_count > 0 or member.on_books_count > 0 or member.is_in_house then 'active' else 'dormant'
    end as activity_code,
    earned.proposed_tier_code,
    case
        when rule.tier_level is null then 'unknown'
        when earned.proposed_level > rule.tier_level then 'up'
        when earned.proposed_level < rule.tier_level then 'down'
        else 'keep'
    end as proposal_code,
    case
        when earned.proposed_level = 1 then 'neither'
        when earned.night_level = earned.visit_level then 'both'
        when earned.night_level > earned.visit_level then 'nights'
        else 'visits'
    end as earned_by_code,
    member.spend_trailing_year_amount,
    member.currency_code
from member
inner join earned on member.customer_id = earned.customer_id
left join rule on member.current_tier_code = rule.tier_code
