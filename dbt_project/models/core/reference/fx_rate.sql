-- one row per currency_code and rate_date: a rate holds until the currency's next one
{{ config(materialized='table') }}

select
    currency_code,
    rate_date,
    rate,
    cast('{{ var("reporting_currency") }}' as varchar) as reporting_currency_code
from {{ ref('stg_fx_rate') }}
