-- one row per (email, phone, loyalty_number) and channel_code that may not be contacted
{{ config(materialized='view') }}

with source as (
    select * from {{ source('lake', 'suppression') }}
)

select
    lower(email) as email,
    phone,
    loyalty_number,
    channel_code,
    min(since) as since
from source
group by 1, 2, 3, 4
