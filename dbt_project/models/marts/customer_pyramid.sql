-- one row per as_of_date (end of a month, or the night for the running month) and value_tier_code
{{ config(materialized='table', tags=['marts']) }}

with base as (
    {{ customer_base() }}
),

tier as (
    select
        base.as_of_date,
        base.base_count,
        level.value_tier_code,
        level.tier_rank
    from base
    cross join (values ('vip', 1), ('key', 2), ('regular', 3), ('small', 4)) as level (value_tier_code, tier_rank)
),

summed as (
    select
        tier.as_of_date,
        tier.value_tier_code,
        tier.tier_rank,
        tier.base_count,
        count(tiered.customer_id) as spender_count,
        coalesce(sum(tiered.spend_amount), 0) as spend_amount,
        min(tiered.spend_amount) as threshold_amount
    from tier
    left join {{ ref('customer_value_month') }} as tiered
        on tier.as_of_date = tiered.as_of_date and tier.value_tier_code = tiered.value_tier_code
    group by all
),

counted as (
    select
        *,
        case
            when value_tier_code = 'small'
                then base_count - coalesce(sum(spender_count) filter (where value_tier_code <> 'small') over (partition by as_of_date), 0)
            else spender_count
        end as customer_count
    from summed
)

select
    as_of_date,
    cast(date_trunc('month', as_of_date) as date) as month_start_date,
    value_tier_code,
    tier_rank,
    cast(customer_count as bigint) as customer_count,
    spender_count,
    cast(spend_amount as decimal(18, 4)) as spend_amount,
    cast(threshold_amount as decimal(18, 4)) as threshold_amount,
    customer_count / base_count as customer_share,
    spend_amount / nullif(sum(spend_amount) over (partition by as_of_date), 0) as spend_share,
    sum(customer_count) over upwards / base_count as cumulative_customer_share,
    sum(spend_amount) over upwards / nullif(sum(spend_amount) over (partition by as_of_date), 0) as cumulative_spend_share,
    '{{ var("reporting_currency") }}' as currency_code
from counted
window upwards as (partition by as_of_date order by tier_rank rows between unbounded preceding and current row)
