-- one row per version of a check line: (source_system, property_code, pos_check_id, line_number), updated_at and row_hash; the first load of each is kept
{{ config(materialized='incremental', incremental_strategy='append') }}

{{ versions_of('pos_checks', ['source_system', 'property_code', 'pos_check_id', 'line_number'], 'business_date') }}
