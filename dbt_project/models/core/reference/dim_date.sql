-- one row per calendar_date from 1990 to 2049
{{ config(materialized='incremental', unique_key='calendar_date') }}

with day as (
    select {{ each_date("date '1990-01-01'", "date '2049-12-31'") }} as calendar_date
)

select
    calendar_date,
    cast(year(calendar_date) as integer) as calendar_year,
    cast(quarter(calendar_date) as integer) as calendar_quarter,
    cast(month(calendar_date) as integer) as calendar_month,
    cast(day(calendar_date) as integer) as day_of_month,
    cast(isodow(calendar_date) as integer) as iso_weekday,
    dayname(calendar_date) as weekday_name,
    monthname(calendar_date) as month_name,
    cast(date_trunc('month', calendar_date) as date) as month_start_date,
    cast(date_trunc('week', calendar_date) as date) as week_start_date,
    isodow(calendar_date) in (5, 6) as is_weekend_night
from day
{% if is_incremental() %}
where calendar_date > (select max(calendar_date) from {{ this }})
{% endif %}
