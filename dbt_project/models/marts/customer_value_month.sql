-- one row per customer_id and as_of_date (end of a month, or the night) with spend in the 365 days up to it
{{ config(materialized='table', tags=['marts']) }}

with stay as (
    select
        customer_id,
        arrival_date,
        sum(total_revenue_reporting_amount) as spend_amount
    from {{ ref('fct_stay') }}
    where customer_id is not null and arrival_date <= {{ night() }}
    group by customer_id, arrival_date
),

month_end as (
    {{ month_ends() }}
),

-- Most of the base spent nothing in the year.
base as (
    {{ customer_base() }}
),

spender as (
    select
        month_end.as_of_date,
        stay.customer_id,
        sum(stay.spend_amount) as spend_amount
    from stay
    inner join month_end
        on stay.arrival_date <= month_end.as_of_date and stay.arrival_date > month_end.as_of_date - 365
    group by month_end.as_of_date, stay.customer_id
    having sum(stay.spend_amount) > 0
),

ranked as (
    select
        spender.*,
        base.base_count,
        -- Range, not rows: customers of equal spend share the lower rank, so nobody is luckier than another.
        count(*) over (
            partition by spender.as_of_date order by spender.spend_amount desc
            range between unbounded preceding and current row
        ) as spend_rank
    from spender
    inner join base on spender.as_of_date = base.as_of_date
)

select
    customer_id,
    as_of_date,
    cast(spend_amount as decimal(18, 4)) as spend_amount,
    spend_rank,
    base_count,
    case
        when spend_rank <= base_count // 100 then 'vip'
        when spend_rank <= base_count * 5 // 100 then 'key'
        when spend_rank <= base_count * 20 // 100 then 'regular'
        else 'small'
    end as value_tier_code,
    '{{ var("reporting_currency") }}' as currency_code
from ranked
