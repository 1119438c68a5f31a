-- one row per (source_system, interaction_id): what the newest version says, in the form that identity compares
{{ config(materialized='table', schema='helper') }}

with caller as ({{ shown_person('interaction', 'interaction_id', 'caller') }}),

said as (
    select
        interaction.source_system,
        interaction.interaction_id,
        interaction.property_code,
        coalesce(interaction.ended_at, interaction.started_at) as ended_at,
        {{ local_date('interaction.started_at') }} as started_on,
        interaction.reason_code,
        {{ spoken_number('interaction.confirmation_number') }} as confirmation_number,
        caller.caller_customer_id,
        caller.caller_source_record_id,
        caller.caller_match_probability,
        person.first_name_key,
        person.last_name_key,
        {{ whole_name('person.first_name_key', 'person.last_name_key') }} as whole_name,
        person.email_normalised as email,
        person.phone_number as phone,
        person.loyalty_number_key as loyalty_number
    from {{ ref('stg_interaction') }} as interaction
    left join caller using (source_system, interaction_id)
    left join {{ source('identity', 'person_normalised') }} as person
        on caller.caller_source_record_id = person.source_record_id and person.record_kind = 'interaction'
)

{{ with_given_names('said') }}
