-- one row per (source_system, case_id): a complaint or request over all its interactions
{{ config(
    materialized='incremental',
    unique_key=['source_system', 'case_id'],
    post_hook="delete from {{ this }} where (source_system, case_id) not in (
        select (source_system, case_id) from {{ ref('fct_interaction') }} where case_id is not null)",
) }}

with interaction as (
    select * from {{ ref('fct_interaction') }} where case_id is not null
),

changed as (
    select source_system, case_id, {{ group_hash('fact_hash', 'interaction_id') }} as case_hash
    from interaction
    group by source_system, case_id
    {% if is_incremental() %}
    having (source_system, case_id, case_hash) not in (select (source_system, case_id, case_hash) from {{ this }})
    {% endif %}
)

select
    source_system,
    case_id,
    {% for column in [
        'case_status', 'case_severity', 'case_category', 'property_code', 'customer_id', 'agent_code', 'compensation_amount', 'currency_code',
        'csat_score', 'nps_score',
    ] %}
    arg_max({{ column }}, (updated_at, started_at, interaction_id)) as {{ column }},
    {% endfor %}
    coalesce(min(case_opened_at), min(started_at)) as opened_at,
    min(case_first_answered_at) as first_answered_at,
    arg_max(case_resolved_at, (updated_at, started_at, interaction_id)) as resolved_at,
    count(*) as interaction_count,
    bool_or(coalesce(reason_code = 'complaint', false)) as is_complaint,
    arg_min(interaction_id, (started_at, interaction_id)) as first_interaction_id,
    min(known_on) as known_on,
    case_hash
from interaction
inner join changed using (source_system, case_id)
group by source_system, case_id, case_hash
