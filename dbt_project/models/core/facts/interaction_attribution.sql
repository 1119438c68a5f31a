-- one row per (source_system, interaction_id): whose interaction it is, how we know and how sure we are
{{ config(materialized='table', schema='helper') }}

with interaction as (
    select
        source_system,
        interaction_id,
        customer_name,
        customer_email,
        customer_phone,
        loyalty_number,
        night_date,
        -- One caller speaks on all legs of a transfer; one customer is behind a case.
        coalesce(
            max(case_id) over (partition by source_system, coalesce(initial_interaction_id, interaction_id)),
            initial_interaction_id, interaction_id
        ) as conversation_id
    from {{ ref('stg_interaction') }}
),

caller as ({{ shown_person('interaction', 'interaction_id', 'caller') }}),

known_guest as (
    select distinct customer_id
    from {{ source('identity', 'customer_record') }}
    where record_kind = 'reservation' and role = 'guest'
),

-- E-mails and phones of more than one customer: couples, families.
household_contact as (
    select contact
    from (
        select unnest([email_normalised, phone_number]) as contact, customer_id
        from {{ source('identity', 'person_normalised') }} as person
        inner join {{ source('identity', 'customer_record') }} as record using (source_record_id)
        where person.record_kind = 'reservation'
    )
    group by contact
    having min(customer_id) <> max(customer_id)
),

called as (
    select
        interaction.*,
        caller.* exclude (source_system, interaction_id, property_code),
        known_guest.customer_id is not null as is_caller_guest,
        coalesce(said.is_email_shared, false) or coalesce(said.is_phone_shared, false) as is_contact_shared,
        said.first_name_key is null
        and interaction.loyalty_number is null
        and (said.email_normalised in (from household_contact) or said.phone_number in (from household_contact)) is true as is_of_household
    from interaction
    left join caller using (source_system, interaction_id)
    left join known_guest on caller.caller_customer_id = known_guest.customer_id
    left join {{ source('identity', 'person_normalised') }} as said on caller.caller_source_record_id = said.source_record_id
),

candidate as (
    select
        found.*,
        case found.matched_role when 'booker' then reservation.booker_customer_id else reservation.customer_id end as matched_customer_id,
        case found.matched_role when 'booker' then reservation.booker_source_record_id else reservation.guest_source_record_id end
            as matched_source_record_id
    from {{ ref('stg_interaction_reservation') }} as found
    inner join {{ ref('fct_reservation') }} as reservation
        on found.reservation_source_system = reservation.source_system
        and found.reservation_property_code = reservation.property_code
        and found.matched_reservation_id = reservation.reservation_id
    where matched_customer_id is not null
),

-- Two customers who fit equally well are a doubt.
by_reservation as (
    select
        source_system,
        interaction_id,
        any_value(match_method) as match_method,
        any_value(match_confidence) as match_confidence,
        any_value(name_level) as name_level,
        bool_or(matched_role = 'accompanying' or name_level = -1) as is_companion,
        min(matched_customer_id) as matched_customer_id,
        arg_min(matched_source_record_id, match_id) as matched_source_record_id,
        arg_min(
            {'source_system': reservation_source_system, 'property_code': reservation_property_code, 'reservation_id': matched_reservation_id}, match_id
        ) as reservation
    from candidate
    group by source_system, interaction_id
    having count(distinct matched_customer_id) = 1
),

-- A number that was said beats the caller's own record, unless a known guest gives another first name or comes along with the guest; a contact without a name is
-- settled by who has a reservation; a name without a contact speaks where the caller is nobody we know. What a household shares names none of them.
weighed as (
    select
        called.*,
        by_reservation.* exclude (source_system, interaction_id),
        case
            when matched_customer_id is null then false
            when match_method in ('confirmation_number', 'similar_confirmation_number') then not (is_caller_guest and is_companion)
            when match_method = 'contact_and_stay' and name_level = 0 then not is_contact_shared and loyalty_number is null and {{ differs('matched_customer_id', 'caller_customer_id') }}
            else not is_caller_guest
        end as is_by_reservation,
        is_of_household and {{ differs('matched_customer_id', 'caller_customer_id') }} as is_in_doubt
    from called
    left join by_reservation using (source_system, interaction_id)
),

decided as (
    select
        weighed.*,
        case when is_by_reservation then matched_customer_id when not is_in_doubt then caller_customer_id end as own_customer_id,
        case
            when is_by_reservation then matched_source_record_id
            when own_customer_id is not null then caller_source_record_id
        end as own_source_record_id,
        case
            when is_by_reservation then match_method
            when own_customer_id is null then 'unattributed'
            when loyalty_number is not null then 'loyalty_number'
            when customer_email is not null then 'email'
            when customer_phone is not null then 'phone'
            else 'confirmation_number'
        end as own_method,
        case
            when is_by_reservation then match_confidence
            when own_customer_id is null then 0
            -- What the caller's own record says is as sure as the link that ties it to the customer, at most.
            else least(
                caller_match_probability,
                case own_method when 'confirmation_number' then 0.98 when 'loyalty_number' then 0.97 when 'email' then 0.95 else 0.9 end
            )
        end as own_confidence,
        is_by_reservation or (is_caller_guest and not is_in_doubt) as is_known
    from weighed
),

by_conversation as (
    select
        source_system,
        conversation_id,
        min(own_customer_id) as conversation_customer_id,
        arg_min(own_source_record_id, interaction_id) as conversation_source_record_id,
        round(0.95 * min(own_confidence), 4) as conversation_confidence
    from decided
    where is_known
    group by source_system, conversation_id
    having count(distinct own_customer_id) = 1
)

select
    decided.source_system,
    decided.interaction_id,
    case when is_known then own_customer_id else coalesce(conversation_customer_id, own_customer_id) end as customer_id,
    case
        when is_known or conversation_customer_id is null then own_source_record_id
        else conversation_source_record_id
    end as source_record_id,
    caller_source_record_id,
    caller_customer_id,
    caller_match_probability,
    case when is_by_reservation then reservation.source_system end as reservation_source_system,
    case when is_by_reservation then reservation.property_code end as reservation_property_code,
    case when is_by_reservation then reservation.reservation_id end as matched_reservation_id,
    case when is_known or conversation_customer_id is null then own_method else 'conversation' end as attribution_method,
    cast(case when is_known or conversation_customer_id is null then own_confidence else conversation_confidence end as double) as attribution_confidence,
    greatest(decided.night_date, coalesce(record.valid_from, decided.night_date)) as refreshed_night_date
from decided
left join by_conversation using (source_system, conversation_id)
left join {{ source('identity', 'customer_record') }} as record
    on case when is_known or conversation_customer_id is null then own_source_record_id else conversation_source_record_id end = record.source_record_id
