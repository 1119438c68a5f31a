-- one row per (source_system, case_id) that is a complaint
{{ config(materialized='table', tags=['marts']) }}

{% set night = "cast('" ~ var('night_date') ~ "' as date)" %}

with complaint as (
    select
        *,
        {{ local_date('opened_at') }} as opened_on,
        -- Minutes to the first answer and hours to the solution that the hotel promises, by severity.
        case case_severity when 'critical' then 60 when 'high' then 240 else 1440 end as answer_limit_minutes,
        case case_severity when 'critical' then 24 when 'high' then 48 when 'medium' then 72 else 168 end as resolve_limit_hours
    from {{ ref('fct_case') }}
    where is_complaint
),

earlier as (
    select later.source_system, later.case_id, count(*) as earlier_complaint_count
    from complaint as later
    inner join complaint as sooner
        on later.customer_id = sooner.customer_id
        and (sooner.opened_at, sooner.source_system, sooner.case_id) < (later.opened_at, later.source_system, later.case_id)
        and sooner.opened_on >= later.opened_on - 365
    group by later.source_system, later.case_id
),

returned as (
    select complaint.source_system, complaint.case_id, min(visit.arrival_date) as next_arrival_date
    from complaint
    inner join {{ ref('fct_visit') }} as visit
        on complaint.customer_id = visit.customer_id and visit.arrival_date > complaint.opened_on
    group by complaint.source_system, complaint.case_id
),

timed as (
    select
        complaint.*,
        date_diff('second', opened_at, first_answered_at) / 60 as first_answer_minutes,
        date_diff('second', opened_at, resolved_at) / 3600 as resolve_hours,
        {{ reporting_rate('complaint.currency_code', 'fx.rate') }} as reporting_rate
    from complaint
    {{ join_rate('complaint', 'complaint', 'opened_on') }}
)

select
    timed.source_system,
    timed.case_id,
    timed.customer_id,
    timed.property_code,
    timed.opened_on,
    cast(date_trunc('month', timed.opened_on) as date) as opened_month,
    coalesce(timed.case_category, 'unknown') as case_category,
    timed.case_severity,
    coalesce(timed.case_status, 'open') as case_status,
    timed.agent_code,
    timed.opened_at,
    timed.first_answered_at,
    timed.resolved_at,
    timed.first_answer_minutes,
    timed.resolve_hours,
    case
        when timed.first_answered_at is not null then timed.first_answer_minutes <= timed.answer_limit_minutes
        when timed.opened_on + 1 + timed.answer_limit_minutes // 1440 <= {{ night }} then false
    end as is_answered_in_time,
    case
        when timed.resolved_at is not null then timed.resolve_hours <= timed.resolve_limit_hours
        when timed.opened_on + 1 + timed.resolve_limit_hours // 24 <= {{ night }} then false
    end as is_resolved_in_time,
    timed.interaction_count,
    {{ reporting_amount('timed.compensation_amount', 'timed.reporting_rate') }} as compensation_amount,
    '{{ var("reporting_currency") }}' as currency_code,
    timed.csat_score,
    coalesce(earlier.earlier_complaint_count, 0) as earlier_complaint_count,
    coalesce(earlier.earlier_complaint_count, 0) > 0 as is_repeat_complaint,
    returned.next_arrival_date,
    case
        when timed.customer_id is null then null
        when returned.next_arrival_date <= timed.opened_on + 365 then true
        when timed.opened_on + 365 <= {{ night }} then false
    end as is_returned_within_year
from timed
left join earlier on timed.source_system = earlier.source_system and timed.case_id = earlier.case_id
left join returned on timed.source_system = returned.source_system and timed.case_id = returned.case_id
