-- one row per as_of_date (newest scores of a month), from_segment_code (newest of the month scored before) and to_segment_code
{{ config(materialized='table', tags=['marts']) }}

with scored_date as (
    select as_of_date, lag(as_of_date) over (order by as_of_date) as previous_date
    from (
        select max(as_of_date) as as_of_date
        from {{ source('ml', 'customer_segment_history') }}
        group by date_trunc('month', as_of_date)
    )
),

paired as (
    select scored_date.as_of_date, history.customer_id, history.segment_code, history.spend_trailing_year_amount, true as is_now
    from {{ source('ml', 'customer_segment_history') }} as history
    inner join scored_date on history.as_of_date = scored_date.as_of_date
    where scored_date.previous_date is not null
    union all
    select scored_date.as_of_date, history.customer_id, history.segment_code, history.spend_trailing_year_amount, false
    from {{ source('ml', 'customer_segment_history') }} as history
    inner join scored_date on history.as_of_date = scored_date.previous_date
),

-- The history keeps the ids of its night: a customer merged since counts under the id that holds today.
moved as (
    select
        paired.as_of_date,
        coalesce(id_history.current_customer_id, paired.customer_id) as customer_id,
        coalesce(arg_max(segment_code, (spend_trailing_year_amount, segment_code)) filter (where not is_now), 'none') as from_segment_code,
        coalesce(arg_max(segment_code, (spend_trailing_year_amount, segment_code)) filter (where is_now), 'none') as to_segment_code,
        coalesce(sum(spend_trailing_year_amount) filter (where not is_now), 0) as from_spend_amount,
        coalesce(sum(spend_trailing_year_amount) filter (where is_now), 0) as to_spend_amount
    from paired
    left join {{ ref('customer_id_history') }} as id_history on paired.customer_id = id_history.customer_id
    group by all
)

select
    as_of_date,
    from_segment_code,
    to_segment_code,
    count(*) as customer_count,
    cast(sum(from_spend_amount) as decimal(18, 4)) as from_spend_amount,
    cast(sum(to_spend_amount) as decimal(18, 4)) as to_spend_amount,
    '{{ var("reporting_currency") }}' as currency_code
from moved
group by as_of_date, from_segment_code, to_segment_code
