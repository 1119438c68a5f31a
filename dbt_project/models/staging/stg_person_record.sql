-- one row per source_record_id: one person as one role of one reservation, interaction or check ever showed them
{{ config(materialized='incremental', unique_key='source_record_id') }}

-- The one reservation that a check was charged to, or that a call was about under the name said: how a card and a contact become known. Not part of who the
-- record is: a later version may move it.
with meant as (
    select
        'pos_check' as record_kind,
        source_system,
        property_code,
        pos_check_id as reference_id,
        case when fit_count = 1 then matched_reservation_id end as reservation_id
    from {{ ref('stg_pos_check_reservation') }}
    where matched_reservation_id is not null
    qualify row_number() over (
        partition by source_system, property_code, pos_check_id order by method_rank, reservation_source_system, matched_reservation_id
    ) = 1
    union all
    select
        'interaction',
        source_system,
        reservation_property_code,
        interaction_id,
        matched_reservation_id
    from {{ ref('stg_interaction_reservation') }}
    where fit_count = 1 and matched_role = 'guest' and name_level > 0
),

sighting as (
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
        union
        select built.record_kind, built.source_system, built.reference_id
        from {{ this }} as built
        left join meant using (record_kind, source_system, property_code, reference_id)
        where built.record_kind <> 'reservation' and {{ differs('built.reservation_id', 'meant.reservation_id') }}
    ) as affected using (record_kind, source_system, reference_id)
    {% endif %}
),

-- A record without any field exists only where the first delivery was blank; blanking later takes nothing away and adds nobody.
shown as (
    select *
    from sighting
    qualify not is_blank or first_value(is_blank) over (partition by person_role_id order by delivery_sequence, row_number, row_hash)
),

first_sight as (
    select source_record_id, delivery_sequence, row_number, night_date, is_history
    from shown
    qualify row_number() over (partition by source_record_id order by delivery_sequence, row_number, row_hash) = 1
),

newest as (
    select *
    from shown
    qualify row_number() over (partition by source_record_id {{ newest_first() }}) = 1
)

select
    newest.* exclude (delivery_sequence, row_number, night_date, is_history, updated_at, row_hash, is_blank),
    first_sight.delivery_sequence,
    first_sight.row_number,
    first_sight.night_date,
    first_sight.is_history,
    newest.updated_at as observed_at,
    meant.reservation_id
from newest
inner join first_sight using (source_record_id)
left join meant using (record_kind, source_system, property_code, reference_id)
