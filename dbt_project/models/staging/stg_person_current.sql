-- one row per person_role_id: (record_kind, source_system, property_code, reference_id, role) and the source record that the current version shows
{{ config(materialized='incremental', unique_key='person_role_id') }}

with sighting as (
    select
        *,
        {{ person_role_id() }} as person_role_id,
        {{ source_record_id() }} as source_record_id,
        {{ is_blank_person() }} as is_blank
    from {{ ref('stg_person_sighting') }}
    {% if is_incremental() %}
    semi join (
        select distinct record_kind, source_system, reference_id
        from {{ ref('stg_person_sighting') }}
        where {{ newly_arrived() }}
    ) as affected using (record_kind, source_system, reference_id)
    {% endif %}
)

select
    person_role_id,
    record_kind,
    source_system,
    property_code,
    reference_id,
    role,
    source_record_id,
    is_blank,
    updated_at as observed_at,
    delivery_sequence,
    night_date
from sighting
qualify row_number() over (partition by person_role_id order by is_blank, updated_at desc, row_hash desc) = 1
