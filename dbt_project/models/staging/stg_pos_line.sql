-- one row per (source_system, property_code, pos_check_id, line_number): the current version
{{ config(materialized='view') }}

select *
from {{ ref('stg_pos_line_version') }}
{{ current_lines() }}
