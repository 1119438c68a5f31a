-- one row per version of a check line: (source_system, property_code, pos_check_id, line_number), updated_at and row_hash; the first load of each is kept
{{ config(materialized='incremental', incremental_strategy='append') }}

with source as (
    select * from {{ source('lake', 'pos_checks') }}
),

first_night as (
    select source_system, property_code, min(night_date) as first_night_date
    from (
        select source_system, property_code, night_date from source
        {% if is_incremental() %}
        union all
        select source_system, property_code, night_date from {{ this }}
        {% endif %}
    )
    group by source_system, property_code
),

new_version as (
    select source.*
    from source
    {% if is_incremental() %}
    anti join {{ this }} as known using (source_system, property_code, pos_check_id, line_number, updated_at, row_hash)
    {% endif %}
    qualify row_number() over (
        partition by source_system, property_code, pos_check_id, line_number, updated_at, row_hash order by delivery_sequence, row_number
    ) = 1
)

select
    new_version.*,
    new_version.night_date = first_night.first_night_date as is_history,
    {{ known_on('business_date') }} as known_on
from new_version
inner join first_night using (source_system, property_code)
