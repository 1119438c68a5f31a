-- one row per interaction, customer it may be of, and what points there
{{ config(materialized='table', schema='helper') }}

-- What reservations show of customers. A contact that many share names nobody but whoever books with it.
with known as (
    select
        record.customer_id,
        record.source_record_id,
        record.role,
        case when not person.is_email_shared or (record.role = 'booker' and person.email_registry_reason is null) then person.email_normalised end as email,
        case when not person.is_phone_shared or record.role = 'booker' then person.phone_number end as phone,
        person.loyalty_number_key as loyalty_number
    from {{ source('identity', 'customer_record') }} as record
    left join {{ source('identity', 'person_normalised') }} as person using (source_record_id)
    where record.record_kind = 'reservation'
),

of_reservation as (
    {% for role in ['guest', 'booker'] %}
    {{ 'union all' if not loop.first }}
    select
        {'source_system': source_system, 'property_code': property_code, 'reservation_id': reservation_id} as reservation,
        confirmation_number,
        external_reference,
        '{{ role }}' as role,
        {{ 'customer_id' if role == 'guest' else 'booker_customer_id' }} as customer_id,
        {{ role }}_source_record_id as source_record_id
    from {{ ref('fct_reservation') }}
    where {{ 'customer_id is not null' if role == 'guest' else 'booker_customer_id <> coalesce(customer_id, \'\')' }}
    {% endfor %}
),

numbered as (
    select
        of_reservation.*,
        unnest([{{ spoken_number('confirmation_number') }}, {{ spoken_number('external_reference') }}]) as spoken_number
    from of_reservation
),

pointed as (
    {% for way in ['loyalty_number', 'email', 'phone'] %}
    {{ 'union all by name' if not loop.first }}
    select said.source_system, said.interaction_id, known.customer_id, known.source_record_id, '{{ way }}' as way, known.role
    from {{ ref('interaction_said') }} as said
    inner join known on said.{{ way }} = known.{{ way }}
    {% endfor %}
    union all by name
    select source_system, interaction_id, caller_customer_id as customer_id, caller_source_record_id as source_record_id, 'linked' as way, 'caller' as role
    from {{ ref('interaction_said') }} as said
    semi join known on said.caller_customer_id = known.customer_id
    union all by name
    select said.source_system, said.interaction_id, customer_id, source_record_id, 'confirmation_number' as way, role, reservation
    from {{ ref('interaction_said') }} as said
    inner join numbered on said.confirmation_number = numbered.spoken_number
    union all by name
    select
        found.source_system,
        found.interaction_id,
        customer_id,
        source_record_id,
        case when found.matched_role = 'accompanying' then 'accompanying' else found.match_method end as way,
        role,
        reservation
    from {{ ref('stg_interaction_reservation') }} as found
    inner join of_reservation
        on found.reservation_source_system = reservation.source_system
        and found.reservation_property_code = reservation.property_code
        and found.matched_reservation_id = reservation.reservation_id
        and case when found.matched_role = 'booker' then 'booker' else 'guest' end = role
    where found.match_method = 'similar_confirmation_number' or found.name_level > 0
)

select
    source_system,
    interaction_id,
    customer_id,
    way,
    role,
    min(source_record_id) as source_record_id,
    min(reservation).source_system as reservation_source_system,
    min(reservation).property_code as reservation_property_code,
    min(reservation).reservation_id as matched_reservation_id
from pointed
group by source_system, interaction_id, customer_id, way, role
