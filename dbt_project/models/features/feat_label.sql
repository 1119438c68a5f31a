-- one row per customer_id and as_of_date of feat_customer: what came after; null while the horizon is not over
{{ config(materialized='table', tags=['core']) }}

with horizon as (
    select
        as_of_date,
        sample_one_in,
        as_of_date + {{ var('horizon_days') }} as horizon_end_date,
        as_of_date + {{ var('horizon_days') }} <= cast('{{ var("night_date") }}' as date) as is_over
    from {{ ref('feat_as_of') }}
),

visit as (
    select
        visit.customer_id,
        as_of.as_of_date,
        count(*) as future_visit_count
    from {{ ref('fct_visit') }} as visit
    inner join horizon as as_of on visit.arrival_date > as_of.as_of_date and visit.arrival_date <= as_of.horizon_end_date
    where as_of.is_over and {{ is_sampled(hash_number('visit.customer_id')) }}
    group by visit.customer_id, as_of.as_of_date
),

revenue as (
    select
        stay.customer_id,
        as_of.as_of_date,
        sum(stay.total_revenue_reporting_amount) as future_revenue_amount
    from {{ ref('fct_stay') }} as stay
    inner join horizon as as_of on stay.arrival_date > as_of.as_of_date and stay.arrival_date <= as_of.horizon_end_date
    where as_of.is_over and {{ is_sampled(hash_number('stay.customer_id')) }}
    group by stay.customer_id, as_of.as_of_date
)

select
    customer.customer_id,
    customer.as_of_date,
    cast({{ var('horizon_days') }} as integer) as horizon_days,
    if(horizon.is_over, coalesce(visit.future_visit_count, 0), null) as future_visit_count,
    cast(if(horizon.is_over, coalesce(revenue.future_revenue_amount, 0), null) as decimal(18, 4)) as future_revenue_amount,
    '{{ var("reporting_currency") }}' as currency_code
from {{ ref('feat_customer') }} as customer
inner join horizon on customer.as_of_date = horizon.as_of_date
left join visit on customer.customer_id = visit.customer_id and customer.as_of_date = visit.as_of_date
left join revenue on customer.customer_id = revenue.customer_id and customer.as_of_date = revenue.as_of_date
