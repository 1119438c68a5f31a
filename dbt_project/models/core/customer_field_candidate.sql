-- one row per customer_id, field_group and distinct value of that group; candidate_rank 1 is the golden value
{{ config(materialized='table', schema='helper', tags=['core']) }}

-- Three customers of three family names: an assistant's or an agency's that identity has not seen often enough to call it shared.
with email_of_strangers as (
    select normalised.email_normalised
    from {{ ref('bridge_customer_source_record') }} as bridge
    inner join {{ source('identity', 'person_normalised') }} as normalised using (source_record_id)
    where normalised.email_normalised is not null
    group by normalised.email_normalised
    having count(distinct bridge.customer_id) > 2 and count(distinct normalised.last_name_key) > 2
),

person as (
    select
        bridge.customer_id,
        person.source_record_id,
        person.source_system,
        person.role,
        person.observed_at,
        person.consent_email,
        person.title,
        normalised.first_name,
        normalised.last_name,
        normalised.native_name,
        lower(person.email) as email,
        normalised.email_normalised,
        normalised.phone_e164,
        normalised.birth_date,
        normalised.gender,
        upper(person.nationality_code) as nationality_code,
        lower(person.language_code) as language_code,
        person.address,
        person.city,
        person.state,
        person.postal_code,
        upper(person.country_code) as country_code,
        person.loyalty_number,
        person.loyalty_tier_code,
        normalised.is_email_shared,
        normalised.is_phone_shared,
        normalised.is_birth_date_shared,
        email_of_strangers.email_normalised is not null as is_email_of_strangers,
        coalesce(normalised.first_name_key, normalised.last_name_key) is null as is_name_placeholder
    from {{ ref('bridge_customer_source_record') }} as bridge
    inner join {{ ref('stg_person_record') }} as person on bridge.source_record_id = person.source_record_id
    inner join {{ source('identity', 'person_normalised') }} as normalised
        on bridge.source_record_id = normalised.source_record_id
    left join email_of_strangers on normalised.email_normalised = email_of_strangers.email_normalised
),

-- Said in any version, not only the newest: a version without a statement takes none back.
statement as (
    select
        coalesce(bridge.customer_id, bridge_of_current.customer_id) as customer_id,
        coalesce(bridge.source_record_id, bridge_of_current.source_record_id) as source_record_id,
        sighting.source_system,
        sighting.role,
        coalesce(sighting.consent_updated_at, sighting.updated_at) as observed_at,
        sighting.consent_email,
        sighting.consent_sms,
        sighting.consent_phone
    from (
        select *, {{ source_record_id() }} as source_record_id, {{ person_role_id() }} as person_role_id
        from {{ ref('stg_person_sighting') }}
        where coalesce(consent_email, consent_sms, consent_phone) is not null
    ) as sighting
    left join {{ ref('bridge_customer_source_record') }} as bridge on sighting.source_record_id = bridge.source_record_id
    left join {{ ref('stg_person_current') }} as shown on sighting.person_role_id = shown.person_role_id
    left join {{ ref('bridge_customer_source_record') }} as bridge_of_current
        on shown.source_record_id = bridge_of_current.source_record_id
),

evidence as (
    {% for group, spec in golden_field_groups().items() %}
    select
        customer_id,
        source_record_id,
        source_system,
        role,
        observed_at,
        coalesce(consent_email, false) as is_consented,
        '{{ group }}' as field_group,
        [{{ spec.fields.values() | join(', ') }}] as field_values,
        {{ 'not coalesce(' ~ spec.unfit ~ ', false)' if spec.unfit else 'true' }} as is_fit
    from {{ spec.get('read_from', 'person') }}
    where {{ spec.needs }} is not null and customer_id is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked_evidence as (
    select
        evidence.*,
        rule.criterion_1,
        rule.criterion_2,
        rule.criterion_3,
        rule.criterion_4,
        case evidence.role
            when 'guest' then rule.guest_rank
            when 'caller' then rule.caller_rank
            when 'booker' then rule.booker_rank
            else rule.payer_rank
        end as source_rank
    from evidence
    inner join {{ ref('survivorship_rule') }} as rule on evidence.field_group = rule.field_group
),

candidate as (
    select
        customer_id,
        field_group,
        field_values,
        any_value(criterion_1) as criterion_1,
        any_value(criterion_2) as criterion_2,
        any_value(criterion_3) as criterion_3,
        any_value(criterion_4) as criterion_4,
        bool_and(is_fit) as is_fit,
        bool_or(is_consented) as is_consented,
        min(source_rank) as source_rank,
        count(*) as record_count,
        list_count(field_values) as filled_count,
        max(observed_at) as last_observed_at,
        arg_max(
            {'source_record_id': source_record_id, 'source_system': source_system},
            (-source_rank, observed_at, source_record_id)
        ) as best_record
    from ranked_evidence
    group by customer_id, field_group, field_values
),

scored as (
    select
        *,
        [
            {{ survivorship_score('criterion_1') }},
            {{ survivorship_score('criterion_2') }},
            {{ survivorship_score('criterion_3') }},
            {{ survivorship_score('criterion_4') }}
        ] as scores
    from candidate
),

compared as (
    select
        *,
        row_number() over rivals as candidate_rank,
        count(*) over (partition by customer_id, field_group) as candidate_count,
        lead(if(is_fit, scores, null)) over rivals as runner_up_scores
    from scored
    window rivals as (
        partition by customer_id, field_group order by is_fit desc, scores desc, field_values asc
    )
)

select
    customer_id,
    field_group,
    cast(candidate_rank as integer) as candidate_rank,
    cast(candidate_count as integer) as candidate_count,
    cast(to_json(field_values) as varchar) as field_values,
    is_fit,
    record_count,
    last_observed_at,
    best_record.source_system as source_system,
    best_record.source_record_id as source_record_id,
    case
        when not is_fit then 'unfit'
        when candidate_rank > 1 then 'outranked'
        when runner_up_scores is null then 'only_candidate'
        when scores[1] <> runner_up_scores[1] then criterion_1
        when scores[2] <> runner_up_scores[2] then criterion_2
        when scores[3] <> runner_up_scores[3] then criterion_3
        when scores[4] <> runner_up_scores[4] then criterion_4
        else 'tie_break'
    end as survivorship_rule
from compared
