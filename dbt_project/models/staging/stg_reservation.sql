-- one row per (source_system, property_code, reservation_id): the current version
{{ config(materialized='view') }}

select *
from {{ ref('stg_reservation_version') }}
qualify row_number() over (partition by source_system, property_code, reservation_id {{ newest_first() }}) = 1
