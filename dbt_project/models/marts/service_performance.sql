-- one row per started_month, dimension_code (queue or agent) and dimension_value
{{ config(materialized='table', tags=['marts']) }}

{% set small_sample = 30 %}

with inbound as (
    select
        *,
        cast(date_trunc('month', {{ local_date('started_at') }}) as date) as started_month,
        coalesce(is_abandoned, false) as is_lost,
        coalesce(talk_seconds, 0) + coalesce(hold_seconds, 0) + coalesce(wrap_up_seconds, 0) as handling_seconds
    from {{ ref('fct_interaction') }}
),

-- Settled at first contact: nobody transferred it, and the customer does not come back with the same reason within 7 days.
again as (
    select distinct earlier.source_system, earlier.interaction_id
    from inbound as earlier
    inner join inbound as later
        on earlier.customer_id = later.customer_id
        and earlier.reason_code = later.reason_code
        and later.started_at > earlier.started_at
        and later.started_at <= earlier.started_at + interval 7 day
    union
    select source_system, initial_interaction_id
    from inbound
    where initial_interaction_id is not null and initial_interaction_id <> interaction_id
),

judged as (
    select
        inbound.*,
        again.interaction_id is null as is_settled,
        -- The week is over and it is known who called.
        inbound.customer_id is not null and not inbound.is_lost
        and {{ local_date('inbound.started_at') }} + 7 <= {{ night() }} as is_judged
    from inbound
    left join again on inbound.source_system = again.source_system and inbound.interaction_id = again.interaction_id
),

expanded as (
    select *, 'queue' as dimension_code, coalesce(queue_name, 'unknown') as dimension_value from judged
    union all
    select *, 'agent', agent_code from judged where agent_code is not null
)

select
    started_month,
    dimension_code,
    dimension_value,
    count(*) as interaction_count,
    count(*) filter (where is_lost) as abandoned_count,
    count(*) filter (where is_lost) / count(*) as abandoned_share,
    avg(queue_seconds) as mean_queue_seconds,
    avg(handling_seconds) filter (where not is_lost and channel_code = 'voice') as mean_handling_seconds,
    count(*) filter (where is_judged) as first_contact_judged_count,
    count(*) filter (where is_judged and is_settled) as first_contact_settled_count,
    count(*) filter (where is_judged and is_settled) / nullif(count(*) filter (where is_judged), 0) as first_contact_share,
    count(csat_score) as csat_count,
    avg(csat_score) as mean_csat_score,
    count(*) filter (where reason_code = 'complaint') as complaint_count,
    count(*) < {{ small_sample }} as is_small_sample,
    count(csat_score) < {{ small_sample }} as is_small_csat_sample
from expanded
group by started_month, dimension_code, dimension_value
