-- one row per customer_id ever issued
{{ config(materialized='table', tags=['core']) }}

select
    customer_id,
    id_status,
    current_customer_id,
    changed_on,
    change_reason,
    issued_on
from {{ source('identity', 'customer_history') }}
