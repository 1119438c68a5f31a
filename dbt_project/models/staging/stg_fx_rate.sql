-- one row per currency_code and rate_date
{{ config(materialized='view') }}

with source as (
    select * from {{ source('lake', 'fx_rate') }}
)

select
    currency_code,
    rate_date,
    cast(max(rate) as decimal(18, 8)) as rate
from source
where rate > 0
group by currency_code, rate_date
