-- one row per as_of_date (end of a month, or the night for the running month) and lifecycle_stage_code
{{ config(materialized='table', tags=['marts']) }}

-- A period counts at the month ends it covers; one between two month ends is not seen at any.
with covering as (
    select
        customer_id,
        stage_from_date,
        lifecycle_stage_code,
        {{ month_end_of('stage_from_date') }} as first_end_date,
        case
            when stage_to_date = last_day(stage_to_date) or stage_to_date = {{ night() }} then stage_to_date
            else {{ month_end_before('stage_to_date') }}
        end as last_end_date
    from {{ ref('customer_stage_period') }}
),

seen as (
    select
        *,
        lag(lifecycle_stage_code) over (partition by customer_id order by stage_from_date) as earlier_stage_code,
        lead(lifecycle_stage_code) over (partition by customer_id order by stage_from_date) as later_stage_code
    from covering
    where first_end_date <= last_end_date
),

movement as (
    select first_end_date as as_of_date, lifecycle_stage_code, 1 as inflow_count, 0 as outflow_count
    from seen
    where earlier_stage_code is distinct from lifecycle_stage_code
    union all
    select {{ month_end_of('last_end_date + 1') }}, lifecycle_stage_code, 0, 1
    from seen
    where last_end_date < {{ night() }} and later_stage_code is distinct from lifecycle_stage_code
),

span as (
    select min(as_of_date) as first_date from movement
),

grid as (
    select month_end.as_of_date, stage.lifecycle_stage_code, stage.stage_rank
    from (
        select distinct {{ month_end_of('calendar_date') }} as as_of_date
        from {{ ref('dim_date') }}
        where calendar_date between (select first_date from span) and {{ night() }}
    ) as month_end
    cross join (
        values ('prospect', 1), ('new', 2), ('active', 3), ('won_back', 4), ('slipping', 5), ('dormant', 6), ('lost', 7)
    ) as stage (lifecycle_stage_code, stage_rank)
),

moved as (
    select as_of_date, lifecycle_stage_code, sum(inflow_count) as inflow_count, sum(outflow_count) as outflow_count
    from movement
    group by as_of_date, lifecycle_stage_code
),

counted as (
    select
        grid.*,
        coalesce(moved.inflow_count, 0) as inflow_count,
        coalesce(moved.outflow_count, 0) as outflow_count
    from grid
    left join moved on grid.as_of_date = moved.as_of_date and grid.lifecycle_stage_code = moved.lifecycle_stage_code
),

running as (
    select
        *,
        sum(inflow_count - outflow_count) over (partition by lifecycle_stage_code order by as_of_date) as customer_count
    from counted
)

select
    as_of_date,
    cast(date_trunc('month', as_of_date) as date) as month_start_date,
    lifecycle_stage_code,
    stage_rank,
    cast(customer_count as bigint) as customer_count,
    cast(inflow_count as bigint) as inflow_count,
    cast(outflow_count as bigint) as outflow_count,
    customer_count / nullif(sum(customer_count) over (partition by as_of_date), 0) as customer_share
from running
