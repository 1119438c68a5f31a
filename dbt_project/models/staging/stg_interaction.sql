-- one row per (source_system, interaction_id): the current version
{{ config(materialized='view') }}

select *
from {{ ref('stg_interaction_version') }}
qualify row_number() over (partition by source_system, interaction_id {{ newest_first() }}) = 1
