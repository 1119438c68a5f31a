-- one row per (source_system, interaction_id): the current version, with its customer
-- depends_on: {{ ref('stg_interaction_version') }}
-- depends_on: {{ ref('fct_reservation') }}
{{ config(materialized='incremental', unique_key=['source_system', 'interaction_id']) }}

{% if is_incremental() %}
with refreshed as (
    select confirmation_number
    from {{ ref('fct_reservation') }}
    where {{ newly_refreshed() }}
),

affected as (
    select source_system, interaction_id
    from {{ ref('stg_interaction_version') }}
    where {{ newly_arrived() }}
    union
    select built.source_system, built.interaction_id
    from {{ this }} as built
    left join {{ source('identity', 'customer_record') }} as record using (source_record_id)
    left join {{ source('identity', 'customer_record') }} as caller on built.caller_source_record_id = caller.source_record_id
    where {{ differs('built.customer_id', 'record.customer_id') }} or {{ differs('built.caller_customer_id', 'caller.customer_id') }}
        or {{ differs('built.caller_match_probability', 'caller.match_probability') }}
    union
    select source_system, interaction_id from {{ this }} semi join refreshed using (confirmation_number)
),

interaction as (
    select version.*
    from {{ ref('stg_interaction_version') }} as version
    semi join affected using (source_system, interaction_id)
    qualify row_number() over (partition by source_system, interaction_id {{ newest_first() }}) = 1
),
{% else %}
with interaction as (
    select * from {{ ref('stg_interaction') }}
),
{% endif %}

caller as (
    select
        shown.source_system,
        shown.reference_id as interaction_id,
        shown.source_record_id as caller_source_record_id,
        record.customer_id as caller_customer_id,
        record.match_probability as caller_match_probability
    from {{ ref('stg_person_current') }} as shown
    left join {{ source('identity', 'customer_record') }} as record on shown.source_record_id = record.source_record_id
    where shown.record_kind = 'interaction'
),

-- The reservation named on the call is the guest's, unless the caller shows another name and another contact.
named_reservation as (
    select
        interaction.source_system,
        interaction.interaction_id,
        reservation.customer_id,
        reservation.guest_source_record_id,
        coalesce({{ has_all_words('interaction.customer_name', 'guest.last_name') }}, false)
        or coalesce(lower(interaction.customer_email) = lower(guest.email), false)
        or coalesce({{ phone_tail('interaction.customer_phone') }} = {{ phone_tail('guest.phone') }}, false)
        or coalesce(interaction.loyalty_number = guest.loyalty_number, false)
        or coalesce(interaction.customer_name, interaction.customer_email, interaction.customer_phone, interaction.loyalty_number) is null
            as is_compatible
    from interaction
    inner join {{ ref('fct_reservation') }} as reservation
        on interaction.confirmation_number = reservation.confirmation_number
        and coalesce(interaction.property_code = reservation.property_code, true)
    left join {{ ref('stg_person_record') }} as guest on reservation.guest_source_record_id = guest.source_record_id
    where reservation.customer_id is not null
),

by_confirmation as (
    select
        source_system,
        interaction_id,
        min(customer_id) as guest_customer_id,
        arg_min(guest_source_record_id, (customer_id, guest_source_record_id)) as guest_source_record_id
    from named_reservation
    where is_compatible
    group by source_system, interaction_id
    having count(distinct customer_id) = 1
),

decided as (
    select
        interaction.* exclude (row_number, extra, file_sha256, folder_date, is_history),
        coalesce(by_confirmation.guest_customer_id, caller.caller_customer_id) as customer_id,
        case
            when by_confirmation.guest_customer_id is not null then by_confirmation.guest_source_record_id
            when caller.caller_customer_id is not null then caller.caller_source_record_id
        end as source_record_id,
        caller.caller_source_record_id,
        caller.caller_customer_id,
        caller.caller_match_probability,
        case
            when by_confirmation.guest_customer_id is not null then 'confirmation_number'
            when caller.caller_customer_id is null then 'unattributed'
            when interaction.loyalty_number is not null then 'loyalty_number'
            when interaction.customer_email is not null then 'email'
            when interaction.customer_phone is not null then 'phone'
            else 'confirmation_number'
        end as attribution_method
    from interaction
    left join by_confirmation using (source_system, interaction_id)
    left join caller using (source_system, interaction_id)
)

select
    decided.*,
    -- What the caller's own record says is as sure as the link that ties it to the customer, at most.
    cast(least(
        case attribution_method
            when 'confirmation_number' then 0.98 when 'loyalty_number' then 0.97 when 'email' then 0.95 when 'phone' then 0.9 else 0
        end,
        case when decided.source_record_id = caller_source_record_id then caller_match_probability end
    ) as double) as attribution_confidence,
    greatest(decided.night_date, coalesce(record.valid_from, decided.night_date)) as refreshed_night_date,
    {{ surrogate_key(['row_hash', 'decided.customer_id', 'attribution_method', 'attribution_confidence']) }} as fact_hash
from decided
left join {{ source('identity', 'customer_record') }} as record on decided.source_record_id = record.source_record_id
