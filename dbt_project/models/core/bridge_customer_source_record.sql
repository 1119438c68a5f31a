-- one row per source_record_id that belongs to a customer
{{ config(materialized='table', tags=['core']) }}

select
    source_record_id,
    customer_id,
    source_system,
    property_code,
    record_kind,
    reference_id,
    role,
    match_rule,
    match_probability,
    valid_from
from {{ source('identity', 'customer_record') }}
