-- one row per (source_system, interaction_id): whose interaction it is, how we know and how sure we are
{{ config(materialized='table', schema='helper') }}

with interaction as (
    select
        source_system,
        interaction_id,
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

likeliest as (
    select *, sum(probability) over (partition by source_system, interaction_id) as known_probability
    from {{ ref('interaction_candidate') }}
    qualify row_number() over (partition by source_system, interaction_id order by probability desc, customer_id) = 1
),

-- A customer three times as likely as all others together (nine times of those who share the one contact that was given); or somebody else, when that is likelier than all known ones together; or nobody.
weighed as (
    select
        interaction.*,
        said.caller_source_record_id,
        said.caller_customer_id,
        said.caller_match_probability,
        likeliest.* exclude (source_system, interaction_id),
        coalesce(likeliest.probability >= case
            when candidate_method = 'contact_and_stay' then {{ var('sure_of_one_who_shares') }} else {{ var('sure_of_a_caller') }}
        end, false) as is_known,
        coalesce(likeliest.known_probability < 0.5, true) and said.caller_customer_id is not null as is_new,
        case
            when interaction.loyalty_number is not null then 'loyalty_number'
            when customer_email is not null then 'email'
            when customer_phone is not null then 'phone'
            else 'confirmation_number'
        end as caller_method
    from interaction
    inner join {{ ref('interaction_said') }} as said using (source_system, interaction_id)
    left join likeliest using (source_system, interaction_id)
),

decided as (
    select
        weighed.*,
        case when is_known then customer_id when is_new then caller_customer_id end as own_customer_id,
        case when is_known then source_record_id when is_new then caller_source_record_id end as own_source_record_id,
        case when is_known then coalesce(nullif(candidate_method, 'caller'), caller_method) when is_new then caller_method else 'unattributed' end as own_method,
        case
            when is_known then probability
            when is_new then least(caller_match_probability, {{ var('sure_of_a_new_caller') }})
            else 0
        end as own_confidence
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
),

lent as (
    select
        decided.*,
        by_conversation.* exclude (source_system, conversation_id),
        not is_known and conversation_customer_id is not null as is_lent,
        is_known and candidate_method in ('confirmation_number', 'similar_confirmation_number', 'done_in_call', 'contact_and_stay', 'name_and_stay')
            as is_by_reservation
    from decided
    left join by_conversation using (source_system, conversation_id)
)

select
    lent.source_system,
    lent.interaction_id,
    case when is_lent then conversation_customer_id else own_customer_id end as customer_id,
    case when is_lent then conversation_source_record_id else own_source_record_id end as source_record_id,
    caller_source_record_id,
    caller_customer_id,
    caller_match_probability,
    case when is_by_reservation then reservation_source_system end as reservation_source_system,
    case when is_by_reservation then reservation_property_code end as reservation_property_code,
    case when is_by_reservation then matched_reservation_id end as matched_reservation_id,
    case when is_lent then 'conversation' else own_method end as attribution_method,
    cast(case when is_lent then conversation_confidence else own_confidence end as double) as attribution_confidence,
    greatest(lent.night_date, coalesce(record.valid_from, lent.night_date)) as refreshed_night_date
from lent
left join {{ source('identity', 'customer_record') }} as record
    on case when is_lent then conversation_source_record_id else own_source_record_id end = record.source_record_id
