-- one row per customer_id and as_of_date with at least one interaction known and started by then
{{ config(materialized='view', tags=['core']) }}

with period as (
    select
        *,
        {{ superseded_on(['source_system', 'interaction_id']) }} as superseded_on,
        {{ local_date('started_at') }} as started_on,
        coalesce(reason_code = 'complaint', false) as is_complaint,
        coalesce(consent_updated_at, updated_at) as consent_stated_at
    from {{ ref('stg_interaction_version') }}
),

known as (
    select
        interaction.customer_id,
        as_of.as_of_date,
        period.started_on,
        period.is_complaint,
        period.loyalty_number,
        period.consent_email,
        period.consent_stated_at
    from period
    inner join {{ ref('fct_interaction') }} as interaction
        on period.source_system = interaction.source_system
        and period.interaction_id = interaction.interaction_id
        and interaction.customer_id is not null
    inner join {{ ref('feat_as_of') }} as as_of
        on as_of.as_of_date >= greatest(period.known_on, period.started_on)
        and {{ is_sampled(hash_number('interaction.customer_id')) }}
        and (period.superseded_on is null or as_of.as_of_date < period.superseded_on)
)

select
    customer_id,
    as_of_date,
    count(*) as interaction_count,
    count(*) filter (where is_complaint) as complaint_count,
    max(started_on) as last_interaction_on,
    max(started_on) filter (where is_complaint) as last_complaint_on,
    bool_or(loyalty_number is not null) as is_member,
    max(consent_stated_at) filter (where consent_email is not null) as consent_stated_at,
    arg_min(consent_email, (-epoch_us(consent_stated_at), consent_email)) filter (where consent_email is not null)
        as consent_email
from known
group by customer_id, as_of_date
