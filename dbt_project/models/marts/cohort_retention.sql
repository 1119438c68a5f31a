-- one row per cohort_month (month of the first arrival) and month_number since then
{{ config(materialized='table', tags=['marts']) }}

with arrival as (
    select distinct customer_id, arrival_date
    from {{ ref('fct_visit') }}
    where arrival_date <= {{ night() }}
),

numbered as (
    select
        customer_id,
        date_trunc('month', arrival_date) as arrival_month,
        date_trunc('month', min(arrival_date) over (partition by customer_id)) as cohort_month,
        row_number() over (partition by customer_id order by arrival_date) as visit_number
    from arrival
),

cohort as (
    select cohort_month, count(*) as cohort_count
    from numbered
    where visit_number = 1
    group by cohort_month
),

active as (
    select
        cohort_month,
        date_diff('month', cohort_month, arrival_month) as month_number,
        count(distinct customer_id) as active_count,
        count(*) filter (where visit_number = 2) as second_visit_count
    from numbered
    group by cohort_month, arrival_month
),

grid as (
    select
        cohort_month,
        cohort_count,
        unnest(range(0, date_diff('month', cohort_month, date_trunc('month', {{ night() }})) + 1)) as month_number
    from cohort
)

select
    cast(grid.cohort_month as date) as cohort_month,
    cast(grid.month_number as integer) as month_number,
    grid.cohort_count,
    coalesce(active.active_count, 0) as active_count,
    coalesce(active.active_count, 0) / grid.cohort_count as retention_share,
    cast(sum(coalesce(active.second_visit_count, 0)) over cohort_life as bigint) as returned_count,
    sum(coalesce(active.second_visit_count, 0)) over cohort_life / grid.cohort_count as repeat_share
from grid
left join active on grid.cohort_month = active.cohort_month and grid.month_number = active.month_number
window cohort_life as (partition by grid.cohort_month order by grid.month_number)
